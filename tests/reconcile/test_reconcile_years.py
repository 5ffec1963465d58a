"""Neighbouring years as evidence: they choose among readings, fill no blank and overrule nothing."""

from __future__ import annotations

from drawn_reports import by_slot, cell, dropped, report

from pipeline.reconcile import reconcile
from pipeline.reconcile.years import year_statements

STOCK = "proactive.normative_documents"
IN_FORCE = (f"{STOCK}.in_force", None)
SLOTS = ((f"{STOCK}.issued", None), (f"{STOCK}.repealed", None), IN_FORCE)


def test_both_neighbours_become_equations_over_this_reports_cells() -> None:
    before = year_statements("v2021", {IN_FORCE: 43}, before=True, origin="2021")
    assert [(e.name, {s: c for c, s in e.terms}, e.constant) for e in before] == [
        ("v21.xy.normative_documents.stock", {IN_FORCE: 1, SLOTS[0]: -1, SLOTS[1]: 1}, -43)
    ]
    after = year_statements("v2021", {IN_FORCE: 50, SLOTS[0]: 6, SLOTS[1]: 1}, before=False, origin="2023")
    assert [(e.terms, e.constant) for e in after] == [(((-1, IN_FORCE),), 45)]
    assert year_statements("v2021", {SLOTS[0]: 6}, before=False, origin="2023") == ()


def test_the_stock_of_the_year_before_places_a_row_that_lost_a_blank() -> None:
    row = report("v2021", [], [dropped(STOCK, SLOTS, (2, 45))])
    alone = reconcile(row)
    assert alone.extracted == row
    assert by_slot(alone)[IN_FORCE].state == "ambiguous"
    decided = reconcile(row, year_statements("v2021", {IN_FORCE: 47}, before=True, origin="report of 2021"))
    seen = by_slot(decided)
    assert [seen[s].resolved for s in SLOTS] == [
        None,
        2,
        45,
    ]  # the blank stays one: the neighbour fills no cell
    assert seen[IN_FORCE].proof.endswith("given report of 2021")
    assert decided.extracted is None


def test_a_doubtful_figure_takes_the_neighbours_candidate_and_a_blank_takes_nothing() -> None:
    forward = ("application.carried_forward", "total")
    told = year_statements(
        "v2021", {("application.carried_in", "total"): 8}, before=False, origin="report of 2023"
    )
    doubtful = cell(forward, None)._replace(state="ambiguous", candidates=(3, 8), method="ocr")
    assert by_slot(reconcile(report("v2021", [doubtful]), told))[forward].resolved == 8
    assert (
        by_slot(reconcile(report("v2021", [doubtful._replace(candidates=(3, 9))]), told))[forward].resolved
        is None
    )
    assert by_slot(reconcile(report("v2021", [cell(forward, None)]), told))[forward].resolved is None
    assert by_slot(reconcile(report("v2021", [cell(forward, 7)]), told))[forward].resolved == 7
