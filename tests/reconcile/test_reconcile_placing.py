"""Rows whose blank cells were dropped (NOTES section 8), number for number."""

from __future__ import annotations

import pytest
from drawn_reports import (
    COLUMNS,
    DISPUTES,
    GROUPS,
    LEAVES,
    STATES,
    by_slot,
    cell,
    dropped,
    flagged,
    report,
    row_slots,
    said,
)

from pipeline.reconcile import reconcile
from pipeline.reconcile.search.ways import Way, ways
from pipeline.reconcile.system import system_for
from pipeline.report import Report, Unplaced

RECEIVED, CONCLUDED, GRANTED = "application.received", "application.concluded", "application.outcome.granted"
SECRET = "application.outcome.refused.state_secret"
FLOW = (RECEIVED, "application.carried_in", GRANTED, SECRET, CONCLUDED, "application.carried_forward")


def dispute_ways(*figures: int) -> list[Way]:
    found, complete = ways(dropped("", DISPUTES, figures), system_for("v2019"))
    assert complete
    return found


def filled_groups(way: Way) -> tuple[str, ...]:
    return tuple(g for n, g in enumerate(GROUPS) if any(t is not None for t in way[5 * n : 5 * n + 5]))


def guangyuan(*, with_text: bool) -> Report:
    """The rows of NOTES section 8: three rows of two persons, one refusal, a lone nought; the rest of the
    table is blank."""
    rows = {
        RECEIVED: (78, 10, 88),
        "application.carried_in": (0,),
        GRANTED: (76, 10, 86),
        SECRET: (2, 2),
        CONCLUDED: (78, 10, 88),
    }
    blank = [cell(s, None) for s in row_slots("application.carried_forward")]
    blank += [cell(s, None) for s in row_slots("application.outcome.partial")]
    others = [
        cell(s, None)
        for name in ("refused.other_law", "refused.security_stability", "refused.third_party", "refused.internal_affairs",
                     "refused.process_info", "refused.enforcement_file", "refused.admin_query", "unable.not_held",
                     "unable.needs_creation", "unable.unclear", "not_processed.petition", "not_processed.repeat",
                     "not_processed.publication", "not_processed.mass", "not_processed.confirm_reissue", "other")
        for s in row_slots(f"application.outcome.{name}")
    ]  # fmt: skip
    text = [said((RECEIVED, "natural_person"), 78), said((RECEIVED, "enterprise"), 10)] if with_text else []
    return report(
        "v2019", [*blank, *others, *text], [dropped(name, row_slots(name), own) for name, own in rows.items()]
    )


def test_ten_of_fifteen_figures_have_sixty_four_placements() -> None:
    found = dispute_ways(3, 2, 1, 6, 3, 1, 1, 5, 1, 1)
    assert len(found) == 64
    for total, token in ((4, 3), (9, 7), (14, 9)):
        assert {way[total] for way in found} == {token}
    assert all(
        {way[s] for way in found} != {None} and len({way[s] for way in found}) > 1
        for s in range(15)
        if s % 5 != 4
    )


def test_the_totals_are_certain_and_the_parts_are_not() -> None:
    checked = reconcile(report("v2019", [], [dropped("", DISPUTES, (3, 2, 1, 6, 3, 1, 1, 5, 1, 1))]))
    seen = by_slot(checked)
    for group, total in zip(GROUPS, (6, 5, 1), strict=True):
        cell_of = seen[f"{group}.total", None]
        assert (cell_of.value, cell_of.resolved, cell_of.resolution, cell_of.state) == (
            total,
            total,
            "proved_by_sums",
            "reported",
        )
        for state in STATES[:-1]:
            part = seen[f"{group}.{state}", None]
            assert (part.state, part.value, part.resolved) == ("ambiguous", None, None)
            assert (f"{group}.{state}", None) in flagged(checked)
    assert seen["reconsideration.upheld", None].candidates == (0, 3)
    assert seen["reconsideration.corrected", None].candidates == (0, 2, 3)
    assert seen["litigation.after_review.pending", None].candidates == (0, 1)


def test_a_pair_of_equal_figures_fits_any_of_three_groups() -> None:
    found = dispute_ways(4, 4)
    assert {filled_groups(way) for way in found} == {(g,) for g in GROUPS}
    assert len(found) == 12
    seen = by_slot(reconcile(report("v2021", [], [dropped("", DISPUTES, (4, 4))])))
    assert {o.state for o in seen.values()} == {"ambiguous"}


def test_six_figures_have_three_cuts_and_one_hundred_and_eight_placements() -> None:
    found = dispute_ways(5, 2, 7, 8, 1, 9)
    assert len({filled_groups(way) for way in found}) == 3
    assert len(found) == 108


def test_fifteen_figures_stand_in_one_way_and_only_where_their_sums_hold() -> None:
    assert len(dispute_ways(1, 0, 2, 1, 4, 0, 0, 0, 0, 0, 1, 1, 1, 1, 4)) == 1
    assert dispute_ways(1, 0, 2, 1, 5, 0, 0, 0, 0, 0, 1, 1, 1, 1, 4) == []


def test_two_leaves_and_a_total_have_fifteen_pairs() -> None:
    found, complete = ways(dropped("", row_slots(RECEIVED), (78, 10, 88)), system_for("v2019"))
    assert complete
    assert len(found) == 15
    assert {way[6] for way in found} == {2}


def test_without_the_text_the_pair_stays_open_but_the_totals_do_not() -> None:
    seen = by_slot(reconcile(guangyuan(with_text=False)))
    assert [seen[name, "total"].resolved for name in FLOW] == [88, 0, 86, 2, 88, 0]
    # the pair is the same in all rows, so the first column can only be 0 or the larger figure
    assert seen[RECEIVED, "natural_person"].candidates == (0, 78)
    assert seen[RECEIVED, "other"].candidates == (0, 10)
    assert seen[SECRET, "other"].resolved == 0  # 76 + 2 = 78, while 10 + 0 = 10


def test_the_text_decides_the_pair_and_with_it_every_row() -> None:
    checked = reconcile(guangyuan(with_text=True))
    seen = by_slot(checked)
    expected = {RECEIVED: (78, 10, 88), GRANTED: (76, 10, 86), SECRET: (2, 0, 2), CONCLUDED: (78, 10, 88)}
    for name in FLOW:
        person, enterprise, total = expected.get(name, (0, 0, 0))
        wanted = {"natural_person": person, "enterprise": enterprise, "total": total}
        for column in COLUMNS:
            o = seen[name, column]
            assert o.resolved == wanted.get(column, 0), (name, column, o)
            assert o.resolution in ("proved_by_sums", "proved_by_text", "derived_total")
    assert seen[RECEIVED, "natural_person"].resolution == "proved_by_text"
    assert seen[RECEIVED, "total"].resolution == "proved_by_sums"
    assert not flagged(checked)
    assert {f.rule for f in checked.findings} == {"row.placed"}


def test_a_text_that_no_placement_has_decides_nothing() -> None:
    before = guangyuan(with_text=False)
    wrong = report("v2019", [*before.observations, said((RECEIVED, "natural_person"), 41)], before.unplaced)
    seen = by_slot(reconcile(wrong))
    assert seen[RECEIVED, "natural_person"].state == "ambiguous"
    assert ("text.differs", 41) in {(f.rule, f.left) for f in reconcile(wrong).findings}


@pytest.mark.parametrize("raw", [(0,), (0, 0, 0)])
def test_noughts_are_nought_wherever_they_stand(raw: tuple[int, ...]) -> None:
    seen = by_slot(reconcile(report("v2019", [], [dropped("", row_slots("application.carried_in"), raw)])))
    assert {o.resolved for o in seen.values()} == {0}
    assert {o.state for o in seen.values()} <= {"blank", "reported"}


def test_equal_figures_that_cover_a_cell_in_every_way_are_certain_there() -> None:
    slots = DISPUTES[:5]
    seen = by_slot(reconcile(report("v2019", [], [dropped("", slots, (2, 2, 2, 6))])))
    assert seen["reconsideration.total", None].resolved == 6
    assert {seen[s].candidates for s in slots[:4]} == {(0, 2)}
    seen = by_slot(reconcile(report("v2019", [], [dropped("", slots, (2, 2, 2, 2, 8))])))
    assert [seen[s].value for s in slots] == [2, 2, 2, 2, 8]


def test_a_row_that_fits_nowhere_is_open_and_a_split_number_is_proposed() -> None:
    checked = reconcile(report("v2019", [], [dropped("", DISPUTES[:5], (1, 20, 4, 124))]))
    seen = by_slot(checked)
    assert {o.state for o in seen.values()} == {"ambiguous"}
    assert all(o.candidates == (0, 1, 4, 20, 124) for o in seen.values())
    assert {f.rule for f in checked.findings} == {"row.unplaced", "row.shifted"}
    assert "120 4 124" in next(f.message for f in checked.findings if f.rule == "row.shifted")


def test_rows_that_contradict_their_columns_keep_only_what_their_own_sum_says() -> None:
    rows = [
        dropped(RECEIVED, row_slots(RECEIVED), (5, 3, 8)),
        dropped(CONCLUDED, row_slots(CONCLUDED), (7, 2, 9)),
    ]
    noughts = [
        cell(s, 0)
        for name in ("application.carried_in", "application.carried_forward")
        for s in row_slots(name)
    ]
    checked = reconcile(report("v2019", noughts, rows))
    seen = by_slot(checked)
    assert seen[RECEIVED, "total"].resolved == 8
    assert seen[CONCLUDED, "total"].resolved == 9
    assert seen[RECEIVED, "natural_person"].state == "ambiguous"
    assert any("cannot hold together" in f.message for f in checked.findings)
    assert any(f.rule == "v19.app.flow" and f.severity == "error" for f in checked.findings)


def _hostile() -> dict[str, list[Unplaced]]:
    names = sorted(
        {i.left.parts[0].slot[0] for i in system_for("v2021").identities if i.left.parts[0].slot[1]}
    )
    return {
        "all equal": [dropped(n, row_slots(n), (1, 1)) for n in names],
        "all nought": [dropped(n, row_slots(n), (0, 0, 0)) for n in names]
        + [dropped("", DISPUTES, (0,) * 7)],
        "three hundred rows": [
            dropped(f"local {n}", [(f"application.outcome.extra{n}", c) for c in COLUMNS], (1, 1, 2))
            for n in range(300)
        ],
        "one row of three hundred cells": [dropped("", [(f"x{n}", None) for n in range(300)], (1,) * 40)],
        "the same row again and again": [dropped(RECEIVED, row_slots(RECEIVED), (3, 3)) for _ in range(300)],
        "more figures than cells": [dropped(RECEIVED, row_slots(RECEIVED), (1,) * 500)],
        "a whole column": [dropped("", [(n, leaf) for n in names for leaf in LEAVES], (1,) * 30)],
        "equal and long": [dropped(n, row_slots(n), (1, 1, 1, 1, 4)) for n in names]
        + [dropped("", DISPUTES, (2, 2, 2, 2, 2, 2, 4, 4, 4))],
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(_hostile()))
def test_hostile_rows_end_and_no_cell_is_guessed(kind: str) -> None:
    rows = _hostile()[kind]
    checked = reconcile(report("v2021", [], rows))
    assert reconcile(report("v2021", [], rows)) == checked
    named = flagged(checked)
    slots = [s for row in rows for s in row.slots]
    assert {(o.indicator, o.applicant) for o in checked.observations} == set(slots)
    assert len(checked.observations) == len(set(slots))
    for o in checked.observations:
        if o.state == "ambiguous":
            assert o.resolved is None
            assert (o.indicator, o.applicant) in named


def test_a_search_cut_off_says_so() -> None:
    checked = reconcile(report("v2021", [], _hostile()["one row of three hundred cells"]))
    assert "reconcile.bounded" in {f.rule for f in checked.findings}
