"""The registry: codes, names and parents in a year."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.places import division_rows, event_rows, load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize(
    ("code", "year", "full_name"),
    [
        ("220284", 2018, "吉林省吉林市磐石市"),
        ("320829", 2015, "江苏省淮安市洪泽县"),
        ("320813", 2016, "江苏省淮安市洪泽区"),
        ("429006", 2025, "湖北省天门市"),
        ("110105", 2010, "北京市朝阳区"),
        ("469022", 2015, "海南省屯昌县"),
        ("420600", 2009, "湖北省襄樊市"),
        ("420600", 2010, "湖北省襄阳市"),
        ("371202", 2018, "山东省莱芜市莱城区"),
        ("370116", 2019, "山东省济南市莱芜区"),
        ("500110", 2010, "重庆市万盛区"),
        ("500110", 2011, "重庆市綦江区"),
    ],
)
def test_full_name_in_a_year(code: str, year: int, full_name: str) -> None:
    assert REGISTRY.full_name(code, year) == full_name


@pytest.mark.parametrize(
    ("code", "year"), [("320829", 2016), ("320813", 2015), ("371200", 2019), ("370116", 2018)]
)
def test_code_out_of_force_has_no_row(code: str, year: int) -> None:
    assert REGISTRY.get(code, year) is None


@pytest.mark.parametrize(
    ("code", "year", "then"),
    [
        ("320813", 2010, "320829"),
        ("320829", 2024, "320813"),
        ("370116", 2018, "371202"),
        ("360981", 2020, "360981"),
        ("220381", 2021, "220184"),
        ("500110", 2010, "500110"),
    ],
)
def test_in_year_follows_one_to_one_changes(code: str, year: int, then: str) -> None:
    row = REGISTRY.rows_of(code)[-1] if (code, year) != ("500110", 2010) else REGISTRY.get(code, 2010)
    assert row is not None
    assert REGISTRY.in_year(row, year).code == then


def test_a_merger_is_not_followed_one_to_one() -> None:
    qijiang = REGISTRY.get("500110", 2012)
    assert qijiang is not None
    assert REGISTRY.in_year(qijiang, 2009) == qijiang


def test_same_names() -> None:
    assert {d.code for d in REGISTRY.by_name("朝阳区", 2018)} == {"110105", "220104"}
    assert len(REGISTRY.by_name("鼓楼区", 2018)) == 4
    assert {d.code for d in REGISTRY.by_short_name("朝阳", 2018)} == {"110105", "220104", "211300", "211321"}
    assert [d.code for d in REGISTRY.by_name("恩施州", 2018)] == ["422800"]


def test_children_and_townships() -> None:
    names = {d.name for d in REGISTRY.children("220200", 2018)}
    assert {"磐石市", "舒兰市", "永吉县", "桦甸市", "蛟河市"} <= names
    assert len(names) == 9
    assert REGISTRY.townships("一拉溪镇") == ("220221",)
    assert len(REGISTRY.townships("太平镇")) > 20


@pytest.mark.parametrize(
    ("year", "provinces", "prefectures"), [(2008, 34, 333), (2018, 34, 334), (2024, 34, 333)]
)
def test_known_totals(year: int, provinces: int, prefectures: int) -> None:
    rows = [d for d in REGISTRY.divisions if d.in_force(year)]
    assert sum(d.level == "province" for d in rows) == provinces
    assert sum(d.level == "prefecture" for d in rows) == prefectures
    assert len({d.code for d in rows}) == len(rows)


def test_every_parent_is_in_force_and_every_event_names_known_codes() -> None:
    for d in REGISTRY.divisions:
        for year in (d.valid_from, d.valid_to or 2026):
            assert d.level == "province" or REGISTRY.get(d.parent_code, year), d
    for event in event_rows():
        for code in (event.from_code, event.to_code):
            assert not code or REGISTRY.rows_of(code), event


def test_every_code_that_ends_has_an_event() -> None:
    told = {(e.from_code, e.date) for e in event_rows()}
    for d in REGISTRY.divisions:
        if d.valid_to is not None:
            assert (d.code, str(d.valid_to + 1)) in told, d


def test_rows_for_the_warehouse() -> None:
    rows = {(r.division_code, r.valid_from): r for r in division_rows()}
    assert rows["320813", 2016].full_name == "江苏省淮安市洪泽区"
    assert rows["110000", 2008].parent_code is None
    assert len(rows) == len(REGISTRY.divisions)


def test_extra_places(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "code6,name,short_name,parent_code,level,kind,valid_from,valid_to\n"
        "990000,云泽省,云泽,,province,省,2008,\n990100,青岚市,青岚,990000,prefecture,地级市,2008,\n"
        "990121,溪口县,溪口,990100,county,县,2008,\n990121001,白石镇,白石,990121,township,镇,2008,\n",
        encoding="utf-8",
    )
    own = load_registry(path)
    assert own.full_name("990121", 2020) == "云泽省青岚市溪口县"
    assert own.townships("白石镇") == ("990121",)
    assert own.get("220284", 2018) is not None
    assert REGISTRY.get("990121") is None
