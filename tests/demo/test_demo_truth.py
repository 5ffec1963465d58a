"""The truth of the demo corpus holds every identity of the codebook where no fault is planted, and breaks one
where a fault is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.codebook import Codebook, Linear, Rule, load_codebook
from pipeline.report import Figure
from tools.demo import ReportTruth, iter_bodies, iter_pages, missing_reports
from tools.demo import plan as kinds
from tools.demo.figures import Figures, draw_years
from tools.demo.plan import plan_of

YEARS = range(2013, 2026)
BREAKS = {kinds.CARRY_BREAK, kinds.STOCK_BREAK}


@pytest.fixture(scope="module")
def reports() -> list[ReportTruth]:
    return [truth for _, _, truth in iter_pages()]


def _with_subtotals(figures: Figures) -> Figures:
    """The figures and the sums that the codebook derives (subtotals by group and applicant, both kinds of
    suit)."""
    full = dict(figures)
    for (name, applicant), value in figures.items():
        for group in ("refused", "unable", "not_processed"):
            if name.startswith(f"application.outcome.{group}.") and applicant:
                key = (f"application.outcome.{group}", applicant)
                full[key] = full.get(key, 0) + value
    return full


def _value(linear: Linear, here: Figures, before: Figures | None, member: str | None) -> Decimal | None:
    total = Decimal(linear.constant)
    for term in linear.terms:
        ref = term.ref
        source = here if ref.year == 0 else before
        if source is None or ref.narrative:
            return None
        for applicant in (ref.applicant or member, "total", None):
            found: Figure | None = source.get((ref.indicator, applicant))
            if found is not None:
                break
        if found is None:
            return None
        total += term.coefficient * found
    return total


def _broken(rule: Rule, here: Figures, before: Figures | None, book: Codebook) -> bool:
    members: tuple[str | None, ...] = (None,)
    if rule.foreach:
        members = (*book.leaves, "total") if rule.foreach == "applicant:all" else book.leaves
    assert rule.relation is not None
    for member in members:
        left = _value(rule.relation.left, here, before, member)
        rights = [_value(r, here, before, member) for r in rule.relation.right]
        if left is None or None in rights:
            continue
        known = [r for r in rights if r is not None]
        holds = {"=": left == known[0], "<=": left <= known[0], ">=": left >= known[0], "!=": left != known[0],
                 "in": left in known}[rule.relation.op]  # fmt: skip
        if not holds:
            return True
    return False


def _skipped(rule: Rule, level: str, here: Figures) -> bool:
    """Rules whose note limits them: rule-making power is for those who have none, a misread needs a
    change."""
    if rule.rule_id.endswith("rulemaking_power"):
        return level == "prefecture"
    if rule.rule_id.endswith("decisions_misread"):
        name = rule.rule_id.split(".")[2]
        return here[(f"proactive.{name}.items_change", None)] == 0
    return rule.rule_id in ("v21.fee.min_unit", "v21.fee.consistent")


@pytest.mark.parametrize("seed", [1, 7])
def test_every_rule_of_the_codebook_holds_on_the_drawn_figures_and_only_planned_breaks_break(
    seed: int,
) -> None:
    book = load_codebook()
    checked = 0
    for index, body in enumerate(iter_bodies(40)):
        plan = plan_of(index, body, YEARS, seed)
        years = {y: (t, _with_subtotals(f)) for y, t, f in draw_years(body, YEARS, plan, seed)}
        for year, (template, here) in years.items():
            before = years.get(year - 1, (None, None))[1]
            broken = {
                rule.rule_id
                for rule in book.rules_for(template)
                if rule.relation is not None
                and not _skipped(rule, body.level, here)
                and _broken(rule, here, before, book)
            }
            expected = set()
            if kinds.CARRY_BREAK in plan[year]:
                expected |= {"v21.xy.carry_total", "v21.xy.carry_col"}
            if kinds.STOCK_BREAK in plan[year]:
                expected.add("v21.xy.normative_documents.stock")
            assert broken == expected, (body.name, year, template)
            checked += 1
    assert checked > 480


def test_figures_that_must_be_whole_and_not_negative_are(reports: list[ReportTruth]) -> None:
    book = load_codebook()
    for report in reports:
        for cell in (*report.cells, *report.statements):
            indicator = book.indicator(report.template, cell.indicator)
            assert indicator is not None, cell
            for value in (cell.printed, cell.true):
                assert value is None or indicator.signed or value >= 0, (report.file_name, cell)
                assert value is None or indicator.decimal or isinstance(value, int), (report.file_name, cell)


def test_printed_and_true_differ_only_where_a_fault_says_so(reports: list[ReportTruth]) -> None:
    found = 0
    for report in reports:
        named = {(f.indicator, f.applicant) for f in report.faults}
        for cell in report.cells:
            if cell.state in ("reported", "text_zero") and cell.printed != cell.true:
                assert (cell.indicator, cell.applicant) in named, (report.file_name, cell)
                found += 1
        for said in report.statements:
            if said.printed != said.true:
                assert said.indicator in {i for i, _ in named}, (report.file_name, said)
                found += 1
    assert found >= 6


def test_blank_dash_and_slash_cells_have_no_printed_figure(reports: list[ReportTruth]) -> None:
    seen = set()
    for report in reports:
        for cell in report.cells:
            seen.add(cell.state)
            assert (cell.printed is None) == (cell.state not in ("reported", "text_zero")), (
                report.file_name,
                cell,
            )
    assert seen == {"reported", "text_zero", "blank", "dash", "not_applicable", "ambiguous"}


def test_the_shipped_corpus_has_all_forms_levels_scopes_and_faults(reports: list[ReportTruth]) -> None:
    assert {r.template for r in reports} == {"v2008", "v2014", "v2019", "v2021"}
    assert {r.level for r in reports} == {"prefecture", "county", "township", "department"}
    assert {r.scope for r in reports} == {"whole_area", "own_body"}
    assert {r.shape for r in reports} == {"html", "pipes", "lines", "markdown"}
    assert {r.encoding for r in reports} == {"utf-8", "gb18030"}
    assert {f.kind for r in reports for f in r.faults} | {kinds.MISSING_YEAR} == set(kinds.FAULTS)
    assert len({r.body for r in reports}) == 8


def test_a_missing_year_has_no_page_and_the_merged_county_stops(reports: list[ReportTruth]) -> None:
    written = {(r.body, r.year) for r in reports}
    missing = missing_reports()
    assert len(missing) == 3
    assert not written & {(body, year) for body, _, year in missing}
    assert max(y for b, y in written if b == "鹭湾县人民政府") == 2019
    assert max(y for b, y in written if b == "竹影区人民政府") == 2025


def test_the_township_never_received_an_application(reports: list[ReportTruth]) -> None:
    own = [r for r in reports if r.level == "township"]
    states = set()
    for report in own:
        for cell in report.cells:
            if cell.indicator.startswith("application.received"):
                assert cell.true == 0
                states.add(cell.state)
    assert states == {"reported", "text_zero", "blank", "not_applicable"}


def test_a_copied_table_repeats_the_year_before_and_no_other_does(reports: list[ReportTruth]) -> None:
    def table(r: ReportTruth) -> tuple[tuple[object, ...], ...]:
        return tuple(
            sorted(
                (c.indicator, c.applicant, c.true)
                for c in r.cells
                if c.applicant and not c.indicator.startswith("application.outcome.other")
            )
        )

    by_key = {(r.body, r.year): r for r in reports if r.superseded_by is None}
    copied = set()
    for (body, year), report in by_key.items():
        before = by_key.get((body, year - 1))
        if not before or not report.template == before.template == "v2021":
            continue
        if table(report) == table(before) and any(value for _, _, value in table(report)):
            copied.add((body, year))
    assert copied == {(r.body, r.year) for r in reports for f in r.faults if f.kind == kinds.COPIED_TABLE}
    assert copied
