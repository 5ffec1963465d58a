"""Codes through time: forward to later boundaries, back to the units of an earlier year."""

from __future__ import annotations

import pytest

from pipeline.places import follow, load_registry, members


@pytest.mark.parametrize(
    ("code", "year", "codes", "exact", "merged"),
    [
        ("220284", 2008, ("220284",), True, False),
        ("320829", 2015, ("320813",), True, False),
        ("371200", 2018, ("370100",), True, True),
        ("371202", 2018, ("370116",), True, False),
        ("370284", 2011, ("370211",), True, True),
        ("370211", 2011, ("370211",), True, True),
        ("500222", 2010, ("500110",), True, True),
        ("542222", 2014, ("540521",), True, False),
        ("330110", 2015, ("330110",), False, False),
        ("341400", 2010, ("340100", "340200", "340500"), False, False),
        ("340200", 2010, ("340200",), False, False),
    ],
)
def test_follow(code: str, year: int, codes: tuple[str, ...], exact: bool, merged: bool) -> None:
    found = follow(code, year)
    assert (found.codes, found.exact, found.merged) == (codes, exact, merged)


def test_follow_tells_the_events_on_the_way() -> None:
    found = follow("320829", 2010)
    assert [(e.date, e.kind, e.to_code) for e in found.events] == [("2016", "raised", "320813")]


def test_follow_stops_at_the_year_asked_for() -> None:
    assert follow("320829", 2010, 2015).codes == ("320829",)


@pytest.mark.parametrize(
    ("code", "year", "codes", "exact"),
    [
        ("320813", 2015, ("320829",), True),
        ("370100", 2018, ("370100", "371200"), True),
        ("110101", 2009, ("110101", "110103"), True),
        ("500110", 2010, ("500110", "500222"), True),
        ("350404", 2020, ("350402", "350403"), True),
        ("340200", 2010, ("340200",), False),
        ("330113", 2015, (), False),
        ("330110", 2015, ("330110",), False),
    ],
)
def test_members(code: str, year: int, codes: tuple[str, ...], exact: bool) -> None:
    found = members(code, year)
    assert (found.codes, found.exact) == (codes, exact)


def test_every_place_of_2008_is_somewhere_today_and_back() -> None:
    registry = load_registry()
    for d in registry.divisions:
        if d.in_force(2008):
            today = follow(d.code, 2008, registry=registry)
            assert today.codes, d
            if len(today.codes) == 1:
                assert d.code in members(today.codes[0], 2008, registry=registry).codes, d


def test_a_code_out_of_force_is_refused() -> None:
    with pytest.raises(ValueError, match="320813"):
        follow("320813", 2010)
    with pytest.raises(ValueError, match="320829"):
        members("320829", 2010)
