"""Blanks, doubtful readings, the text as evidence, and printed figures that the sums contradict."""

from __future__ import annotations

from random import Random

from drawn_reports import (
    COLUMNS,
    DISPUTES,
    Slot,
    by_slot,
    cell,
    drawn_tables,
    errors,
    flagged,
    printed,
    report,
    row_slots,
    said,
)

from pipeline.reconcile import reconcile
from pipeline.report import Figure

RECEIVED, CONCLUDED = "application.received", "application.concluded"
PETITION = "application.outcome.not_processed.petition"
RECONSIDERATION = DISPUTES[:5]
TRUTH = drawn_tables("v2021", Random(11))


def disputes(*figures: int | None) -> dict[Slot, Figure | None]:
    return dict(zip(RECONSIDERATION, figures, strict=True))


def without(*slots: Slot) -> dict[Slot, Figure | None]:
    return {slot: None if slot in slots else value for slot, value in TRUTH.items()}


def test_a_blank_is_nought_where_the_printed_cells_balance() -> None:
    seen = by_slot(reconcile(printed("v2021", disputes(4, None, 1, None, 5))))
    blank = seen["reconsideration.corrected", None]
    assert (blank.value, blank.resolved, blank.resolution, blank.state) == (
        None,
        0,
        "proved_by_sums",
        "blank",
    )
    assert blank.proof == "v21.rev.reconsideration: 5 = 4 + ? + 1 + ?"


def test_a_blank_is_not_nought_where_something_is_missing() -> None:
    checked = reconcile(printed("v2021", disputes(4, None, 1, None, 7)))
    assert by_slot(checked)["reconsideration.corrected", None].resolved is None
    assert ("reconsideration.corrected", None) in flagged(checked)


def test_one_missing_part_alone_is_not_filled_by_one_sum() -> None:
    assert (
        by_slot(reconcile(printed("v2021", disputes(4, None, 1, 0, 7))))[
            "reconsideration.corrected", None
        ].resolved
        is None
    )


def test_a_blank_total_is_derived_only_from_all_its_parts() -> None:
    total = ("reconsideration.total", None)
    seen = by_slot(reconcile(printed("v2021", disputes(4, 2, 1, 0, None))))[total]
    assert (seen.value, seen.resolved, seen.resolution) == (None, 7, "derived_total")
    lost = {
        slot: value
        for slot, value in disputes(4, 2, 1, 0, None).items()
        if slot[0] != "reconsideration.other"
    }
    assert (
        by_slot(reconcile(printed("v2021", lost)))[total].resolved is None
    )  # a row the page lost is not nought
    dash = [cell(s, v, state="dash" if v is None else None) for s, v in disputes(4, None, 1, 0, None).items()]
    assert by_slot(reconcile(report("v2021", dash)))[total].resolved is None


def test_a_total_that_nobody_could_read_takes_two_sums() -> None:
    hidden = [
        cell(s, v, state="unreadable" if v is None else None) for s, v in disputes(4, 2, 1, 0, None).items()
    ]
    assert by_slot(reconcile(report("v2021", hidden)))["reconsideration.total", None].resolved is None
    total = (RECEIVED, "total")  # a row's sum and a column's
    hidden = [cell(s, v, state="unreadable" if s == total else None) for s, v in without(total).items()]
    found = by_slot(reconcile(report("v2021", hidden)))[total]
    assert (found.value, found.resolved, found.resolution) == (None, TRUTH[total], "proved_by_sums")


def test_a_blank_total_counts_in_a_check_as_what_its_row_shows() -> None:
    a = "application."
    shown: dict[Slot, Figure | None] = {
        (a + "received", "natural_person"): 5, (a + "received", "other"): None, (a + "received", "total"): 5,
        (a + "carried_in", "natural_person"): 2, (a + "carried_in", "other"): None, (a + "carried_in", "total"): None,
        (a + "concluded", "natural_person"): 7, (a + "concluded", "other"): None, (a + "concluded", "total"): 7,
        (a + "carried_forward", "natural_person"): 0, (a + "carried_forward", "other"): None, (a + "carried_forward", "total"): None,
    }  # fmt: skip
    assert "v21.app.flow" not in {f.rule for f in reconcile(printed("v2021", shown)).findings}
    wrong = shown | {(a + "concluded", "total"): 8}
    assert (a + "concluded", "total") in flagged(reconcile(printed("v2021", wrong)))


def test_a_number_needs_two_identities_that_agree() -> None:
    slot = next(s for s, v in TRUTH.items() if v > 0 and s[1] not in (None, "total") and ".outcome." in s[0])
    found = by_slot(reconcile(printed("v2021", without(slot))))[slot]
    assert (found.resolved, found.resolution) == (TRUTH[slot], "proved_by_sums")
    assert ";" in found.proof
    wrong_total = without(slot) | {(slot[0], "total"): TRUTH[slot[0], "total"] + 3}
    checked = reconcile(printed("v2021", wrong_total))
    assert by_slot(checked)[slot].resolved is None
    assert slot in flagged(checked)


def test_nothing_follows_from_an_empty_table() -> None:
    checked = reconcile(printed("v2019", dict.fromkeys(drawn_tables("v2019", Random(1)), None)))
    assert all(o.resolved is None for o in checked.observations)
    assert errors(checked) == []


def test_one_reading_is_chosen_where_row_and_column_leave_no_other() -> None:
    slot = next(s for s, v in TRUTH.items() if v > 2 and s[1] not in (None, "total") and ".outcome." in s[0])
    read = [
        cell(s, v + 1 if s == slot else v, method="ocr", candidates=(v + 1, v, v + 7) if s == slot else ())
        for s, v in TRUTH.items()
    ]
    found = by_slot(reconcile(report("v2021", read)))[slot]
    assert (found.value, found.resolved, found.resolution) == (TRUTH[slot] + 1, TRUTH[slot], "proved_by_sums")
    assert found.proof.startswith("the one reading that adds up: ")


def test_a_cell_that_was_not_read_takes_the_one_candidate_that_fits() -> None:
    read = [cell(s, v, method="ocr") for s, v in disputes(4, 2, 1, 0, 7).items()]
    read[1] = cell(RECONSIDERATION[1], None, state="unreadable", method="ocr", candidates=(7, 2))
    found = by_slot(reconcile(report("v2021", read)))[RECONSIDERATION[1]]
    assert (found.value, found.state, found.resolved, found.resolution) == (
        None,
        "unreadable",
        2,
        "proved_by_sums",
    )


def test_two_readings_at_the_same_cost_stay_open() -> None:
    read = [cell(s, v, method="ocr") for s, v in disputes(4, 3, 1, 0, 7).items()]
    read[0] = cell(RECONSIDERATION[0], 4, method="ocr", candidates=(4, 3))
    read[1] = cell(RECONSIDERATION[1], 3, method="ocr", candidates=(3, 2))
    checked = reconcile(report("v2021", read))
    seen = by_slot(checked)
    assert [(seen[s].state, set(seen[s].candidates), seen[s].resolved) for s in RECONSIDERATION[:2]] == [
        ("ambiguous", {3, 4}, None),
        ("ambiguous", {2, 3}, None),
    ]
    assert set(RECONSIDERATION[:2]) <= flagged(checked)
    assert seen[RECONSIDERATION[0]].value == 4


def test_no_reading_fits_so_all_stay_as_read_with_a_finding() -> None:
    read = [cell(s, v, method="ocr", candidates=(v, v + 1)) for s, v in disputes(4, 2, 1, 0, 90).items()]
    checked = reconcile(report("v2021", read))
    assert [o.resolved for o in checked.observations] == [4, 2, 1, 0, 90]
    assert set(RECONSIDERATION) <= flagged(checked)


def test_figures_from_pixels_without_a_sum_are_listed_once_a_table() -> None:
    read = [cell(s, v, method="ocr") for s, v in disputes(4, 2, 1, 0, 7).items()]
    loose = [(f"proactive.{name}.decisions", None) for name in ("licensing", "penalty")]
    checked = reconcile(report("v2021", [*read, *(cell(s, 12, method="ocr") for s in loose)]))
    assert [f.cells for f in checked.findings if f.rule == "ocr.unconfirmed"] == [tuple(loose)]


def test_the_text_fills_a_blank_that_the_sums_allow_and_no_other() -> None:
    cells = {**disputes(None, None, 1, 0, None)}
    total = ("reconsideration.total", None)
    observations = [cell(s, v) for s, v in cells.items()]
    seen = by_slot(reconcile(report("v2021", [*observations, said(total, 1)])))
    assert (seen[total].resolved, seen[total].resolution) == (1, "proved_by_text")
    assert seen["reconsideration.upheld", None].resolved == 0  # 1 = ? + ? + 1 + 0
    assert seen["reconsideration.upheld", None].resolution == "proved_by_text"
    against = reconcile(
        report("v2021", [cell(s, v) for s, v in disputes(4, None, 1, 0, None).items()] + [said(total, 3)])
    )
    assert by_slot(against)[total].resolved is None
    assert "text.against_sums" in {f.rule for f in against.findings}


def test_a_subtotal_in_the_text_proves_blank_rows_nought() -> None:
    rows = [n for n in dict.fromkeys(s[0] for s in TRUTH) if ".outcome.refused." in n]
    shown = {(n, "total"): 5 if n == rows[0] else 3 if n == rows[1] else None for n in rows}
    observations = [cell(s, v) for s, v in shown.items()]
    seen = by_slot(
        reconcile(report("v2021", [*observations, said(("application.outcome.refused", "total"), 8)]))
    )
    assert {seen[n, "total"].resolved for n in rows[2:]} == {0}
    assert {seen[n, "total"].resolution for n in rows[2:]} == {"proved_by_text"}
    assert all(
        o.resolved is None for o in reconcile(report("v2021", observations)).observations if o.value is None
    )


def test_what_the_text_calls_received_may_mean_three_things_and_proves_none() -> None:
    observations = [cell((RECEIVED, c), None) for c in COLUMNS]
    seen = by_slot(reconcile(report("v2021", [*observations, said((RECEIVED, "total"), 9)])))
    assert seen[RECEIVED, "total"].resolved is None


def test_the_one_figure_against_row_and_column_is_suspected_and_left() -> None:
    slot = next(s for s, v in TRUTH.items() if v > 2 and s[1] not in (None, "total") and ".outcome." in s[0])
    checked = reconcile(printed("v2021", TRUTH | {slot: TRUTH[slot] + 90}))
    assert by_slot(checked)[slot].resolved == TRUTH[slot] + 90
    suspect = [f for f in checked.findings if f.rule == "cell.suspect"]
    assert [(f.severity, f.left, f.right, f.cells) for f in suspect] == [
        ("info", TRUTH[slot] + 90, TRUTH[slot], (slot,))
    ]
    assert slot in flagged(checked)


def test_two_figures_wrong_far_apart_are_both_suspected() -> None:
    first, *_, last = [
        s for s, v in TRUTH.items() if v > 2 and s[1] not in (None, "total") and ".outcome." in s[0]
    ]
    if first[1] == last[1]:
        last = next(
            s for s, v in TRUTH.items() if v and s[1] not in (None, "total", first[1]) and s[0] != first[0]
        )
    checked = reconcile(printed("v2021", TRUTH | {first: TRUTH[first] + 5, last: TRUTH[last] + 40}))
    assert {first, last} <= flagged(checked)
    assert {f.cells for f in checked.findings if f.rule == "cell.suspect"} <= {(first,), (last,)}


def test_a_row_that_slipped_by_one_cell_is_proposed_and_left() -> None:
    slots = row_slots(PETITION)
    cells: dict[Slot, Figure | None] = {s: 0 for s in TRUTH if s[1] is not None}
    for name, figures in ((RECEIVED, (9, 4, 0, 0, 0, 0, 13)), (CONCLUDED, (9, 4, 0, 0, 0, 0, 13))):
        cells |= dict(zip(row_slots(name), figures, strict=True))
    cells |= dict(zip(slots, (9, 4, 0, 0, 0, 0, 13), strict=True))
    assert errors(reconcile(printed("v2021", cells))) == []
    for wrong, proposal in (
        ((None, 9, 4, 0, 0, 0, 13), "9 4"),  # the row adds up, its columns do not
        ((9, 4, 0, 0, 0, 13, None), "9 4"),  # a cell is missing, the total stands under 其他
        ((9, 4, 0, 0, 0, 1, 3), "13"),  # a number cut in two
    ):
        before = printed("v2021", cells | dict(zip(slots, wrong, strict=True)))
        checked = reconcile(before)
        assert [by_slot(checked)[s].value for s in slots] == list(wrong)
        assert set(slots) & flagged(checked)
        shifted = [f for f in checked.findings if f.rule == "row.shifted"]
        assert [f.severity for f in shifted] == ["warn"]
        assert proposal in shifted[0].message


def test_disputes_of_both_kinds_against_the_text() -> None:
    cells = dict(zip(DISPUTES, (1, 0, 0, 0, 1, 2, 0, 0, 0, 2, 3, 0, 0, 1, 4), strict=True))
    fine = reconcile(
        report("v2021", [*(cell(s, v) for s, v in cells.items()), said(("litigation.total", None), 6)])
    )
    assert flagged(fine) == set()
    wrong = reconcile(
        report("v2021", [*(cell(s, v) for s, v in cells.items()), said(("litigation.total", None), 7)])
    )
    assert [(f.rule, f.left, f.right) for f in wrong.findings if f.severity == "warn"] == [
        ("v21.narr.lit", 7, 6)
    ]


def test_an_identity_that_no_candidate_can_satisfy_is_a_finding() -> None:
    cells = [cell(s, v) for s, v in disputes(9, 2, None, 0, 7).items()]
    cells[2] = cells[2]._replace(state="ambiguous", candidates=(1, 3))
    checked = reconcile(report("v2021", cells))
    assert [f.rule for f in errors(checked)] == ["v21.rev.reconsideration"]
    assert set(RECONSIDERATION) <= flagged(checked)


def test_a_blank_of_a_picture_that_no_sum_confirms_is_owned_up() -> None:
    slot = ("proactive.licensing.decisions", None)
    for method, owned in (("ocr", [(slot,)]), ("table", [])):
        checked = reconcile(report("v2021", [cell(slot, None, method=method)]))
        assert [f.cells for f in checked.findings if f.rule == "ocr.unconfirmed"] == owned
