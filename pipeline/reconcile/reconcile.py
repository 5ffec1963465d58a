"""Observations and rules to resolutions and findings: place, choose, prove, check. Nothing printed is ever
changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.codebook import load_codebook
from pipeline.finding import finding
from pipeline.reconcile.check import check, check_dates
from pipeline.reconcile.evidence import by_statements, statements, text_conflicts, text_figures
from pipeline.reconcile.prove import OPEN, prove
from pipeline.reconcile.repair import shifted, suspects
from pipeline.reconcile.search.choose import choose, doubtful
from pipeline.reconcile.search.place import place
from pipeline.reconcile.search.placed import observed
from pipeline.reconcile.system import Equation, Shape, Slot, balance, shape_for
from pipeline.report import Figure, Finding, Observation, Report


def reconcile(report: Report, years: Sequence[Equation] = ()) -> Report:
    """Resolve what the sums or the text prove, and record every check that does not hold. Same report in,
    same out.

    ``years`` are what the neighbouring years' reports say of this one's cells (``year_statements``): they
    choose where sums and text leave several readings. A report that keeps such cells carries what was
    extracted (``Report.extracted``). Work is bounded by numbers of steps, never by time; where a search ends
    early, a finding ``reconcile.bounded`` says so.
    """
    template = report.template or load_codebook().fallback_form
    observations = list(report.observations)
    findings = list(report.findings)
    stated = text_figures(observations)
    table = _cells(observations)
    shape = shape_for(template, (*table, *(slot for row in report.unplaced for slot in row.slots)))
    told = statements(stated, shape)
    bounded: list[str] = []
    if report.unplaced:
        fixed = {
            slot: o.resolved
            for slot, n in table.items()
            if (o := observations[n]).resolved is not None and not o.approx and not o.candidates
        }
        blank = [slot for slot, n in table.items() if observations[n].state in OPEN]
        for placement in place(report.unplaced, fixed, blank, (*told, *years), shape):
            if placement.why == "bounded":
                bounded.append(f"“{placement.row.label or placement.row.raw}”")
            cells = observed(placement, report.template, shape, table, findings)
            table |= {(o.indicator, o.applicant): len(observations) + n for n, o in enumerate(cells)}
            observations += cells
    unsure = _choose(observations, table, shape, findings, bounded)
    _prove(observations, table, shape.equations, bounded)
    if told:
        by_statements(observations, table, told, shape, findings)
        _prove(observations, table, (*shape.equations, *told), bounded, after_text=True)
    if years:
        by_statements(observations, table, years, shape, findings)
        _prove(observations, table, shape.equations, bounded)
    observations = text_conflicts(observations)
    values = {slot: observations[n].resolved for slot, n in table.items()}
    open_cells = {
        slot: o.candidates
        for slot, n in table.items()
        if (o := observations[n]).state in ("ambiguous", "unreadable") and o.resolved is None
    }
    several = any(o.state == "ambiguous" and o.method != "text" for o in observations)
    draft = replace(
        report, observations=tuple(observations), unplaced=(), extracted=report if several else None
    )
    failures = list(check(draft, values, stated, open_cells, shape))
    findings += failures
    if any(f.severity == "error" for f in failures):
        known = {slot: value for slot, value in values.items() if value is not None}
        findings += suspects(known, shape)
        moved, complete = shifted({slot: observations[n].value for slot, n in table.items()}, shape)
        findings += moved
        if not complete:
            bounded.append("row.shifted")
    findings += _unconfirmed(draft, table, values, unsure, shape)
    if bounded:
        places = ", ".join(dict.fromkeys(bounded))
        findings.append(
            finding(
                "reconcile.bounded",
                f"推算超出限度, 未完成: {places} / the search was cut off at its limit for {places}",
            )
        )
    findings += check_dates(draft)
    return replace(draft, findings=tuple(dict.fromkeys(findings)))


def _cells(observations: list[Observation]) -> dict[Slot, int]:
    """The cells of the form's tables that the report shows, each with its place in the list."""
    known = load_codebook().ids
    return {
        (o.indicator, o.applicant): n
        for n, o in enumerate(observations)
        if o.method != "text" and o.state != "table_missing" and o.indicator in known
    }


def _choose(
    observations: list[Observation],
    table: Mapping[Slot, int],
    shape: Shape,
    findings: list[Finding],
    bounded: list[str],
) -> Collection[Slot]:
    """Settle the doubtful cells that the sums decide. Gives those that keep their first reading though
    another could stand."""
    if not any(o.candidates and doubtful(o) for o in observations):
        return ()
    choice = choose(observations, table, shape)
    if choice.bounded:
        bounded.append("candidates")
    for slot, (figure, rule, text) in choice.chosen.items():
        n = table[slot]
        observations[n] = observations[n]._replace(
            resolved=figure,
            resolution="proved_by_sums",
            rule=rule,
            proof=f"the one reading that adds up: {text}",
        )
    for slot, figures in choice.several.items():
        n = table[slot]
        observations[n] = observations[n]._replace(
            state="ambiguous",
            resolved=None,
            resolution=None,
            candidates=figures,
            rule="readings",
            proof="more than one reading adds up",
        )
    if choice.several:
        findings.append(
            finding(
                "cell.ambiguous",
                "有多种读法都符合勾稽关系 / more than one reading of these cells adds up",
                tuple(choice.several),
            )
        )
    return choice.unsure


def _prove(
    observations: list[Observation],
    table: Mapping[Slot, int],
    equations: tuple[Equation, ...],
    bounded: list[str],
    after_text: bool = False,
) -> None:
    """Resolve the open cells that the equations decide."""
    known: dict[Slot, Figure] = {}
    wanted: list[Slot] = []
    for slot, n in table.items():
        o = observations[n]
        if o.resolved is not None:
            if not o.approx:
                known[slot] = o.resolved
        elif o.state in OPEN:
            wanted.append(slot)
    if not wanted:
        return
    inked = {slot for slot in wanted if observations[table[slot]].state == "unreadable"}
    proofs, complete = prove(equations, known, wanted, inked)
    if not complete:
        bounded.append("sums")
    for slot, proof in proofs.items():
        cell = observations[table[slot]]
        if cell.state == "unreadable" and cell.candidates and proof.value not in cell.candidates:
            continue
        observations[table[slot]] = cell._replace(
            resolved=proof.value,
            resolution="proved_by_text" if after_text else proof.resolution,
            rule=proof.rule,
            proof=proof.text,
        )


def _unconfirmed(
    report: Report,
    table: Mapping[Slot, int],
    values: Mapping[Slot, Figure | None],
    unsure: Collection[Slot],
    shape: Shape,
) -> list[Finding]:
    """Figures and blanks read from pixels that no identity confirms, and doubtful ones beside which another
    reading could stand too: one finding a table."""
    cells = [
        slot
        for slot, n in table.items()
        if (o := report.observations[n]).method == "ocr"
        and (o.resolution == "as_printed" or (o.state == "blank" and o.resolved is None))
    ]
    if not cells:
        return []
    known = {slot: value for slot, value in values.items() if value is not None}
    holding = [balance(e, known) == 0 for e in shape.equations]
    codebook = load_codebook()
    by_table: dict[str, list[Slot]] = {}
    for slot in cells:
        if slot in unsure or not any(holding[n] for n in shape.by_slot.get(slot, ())):
            indicator = codebook.indicator(report.template, slot[0])
            by_table.setdefault(indicator.table if indicator else "", []).append(slot)
    return [
        finding(
            "ocr.unconfirmed",
            f"图像识别的 {len(own)} 格没有勾稽关系可以印证 ({name})"
            f" / {len(own)} cells read from a picture that no sum confirms ({name})",
            tuple(own),
        )
        for name, own in by_table.items()
    ]
