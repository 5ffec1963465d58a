"""Observations and rules to resolutions and findings: place, prove, check. Nothing printed is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.codebook import load_codebook
from pipeline.reconcile.check import check, check_dates, text_figures
from pipeline.reconcile.place import Placement, place
from pipeline.reconcile.prove import prove
from pipeline.reconcile.system import Slot, system_for
from pipeline.report import Figure, Finding, Observation, Report, Resolution

_PROVABLE = ("blank", "dash", "not_applicable", "unreadable")


def reconcile(report: Report) -> Report:
    """Resolve what the sums or the text prove, and record every check that does not hold. Same report in, same out."""
    system = system_for(report.template or "v2008")
    stated = text_figures(report.observations)
    findings = list(report.findings)
    observations = list(report.observations)
    if report.unplaced:
        fixed = {
            (o.indicator, o.applicant): o.value if o.state != "unreadable" else None
            for o in observations
            if o.method != "text" and not o.indicator.startswith("local.")
        }
        exact = {slot: frozenset(figures) for slot, figures in stated.items()}
        for placement in place(report.unplaced, fixed, exact, system):
            observations += _observed(placement, report, findings)
    table = {
        (o.indicator, o.applicant): n
        for n, o in enumerate(observations)
        if o.method != "text" and not o.indicator.startswith("local.") and o.state != "table_missing"
    }
    shown: dict[Slot, Figure | None] = {
        slot: observations[n].value for slot, n in table.items() if observations[n].state != "ambiguous"
    }
    for slot, proof in prove(shown, system).items():
        n = table[slot]
        if observations[n].state in _PROVABLE:
            observations[n] = observations[n]._replace(
                resolved=proof.value, resolution=proof.resolution, rule=proof.rule, proof=proof.text
            )
    _by_text(observations, table, stated)
    observations = _text_conflicts(observations)
    values = {slot: observations[n].resolved for slot, n in table.items()}
    open_cells = frozenset(slot for slot, n in table.items() if observations[n].state in ("ambiguous", "unreadable"))
    draft = replace(report, observations=tuple(observations), unplaced=())
    findings += check(draft, values, stated, open_cells, system)
    findings += check_dates(draft)
    return replace(draft, findings=tuple(_distinct(findings)))


def _observed(placement: Placement, report: Report, findings: list[Finding]) -> list[Observation]:
    """The cells of a placed row: printed figures where all ways agree, blanks where all agree, else ambiguous."""
    row = placement.row
    codebook = load_codebook()
    found: list[Observation] = []
    open_slots: list[Slot] = []
    for slot, survivors, by in zip(row.slots, placement.survivors, placement.by, strict=True):
        resolution: Resolution = "proved_by_text" if by == "text" else "proved_by_sums"
        indicator = codebook.indicator(report.template, slot[0])
        unit = indicator.unit if indicator else ""
        options = {row.tokens[t].value if t is not None else None for t in survivors}
        if len(survivors) == 1 and (token := next(iter(survivors))) is not None:
            t = row.tokens[token]
            found.append(
                Observation(
                    slot[0], slot[1], t.value, t.raw, unit, t.approx, t.state, t.value, resolution, row.method, t.locator,
                    row.label, "place", f"row “{row.raw}” can be placed in one way only",
                )
            )
        elif options == {None}:
            found.append(
                Observation(
                    slot[0], slot[1], None, "", unit, False, "blank", None, None, row.method, row.locator, row.label,
                )
            )
        elif {o or 0 for o in options} == {0}:
            found.append(
                Observation(
                    slot[0], slot[1], None, row.raw, unit, False, "blank", 0, resolution, row.method, row.locator, row.label,
                    "place", f"row “{row.raw}”: zero wherever its figures stand",
                )
            )
        else:
            open_slots.append(slot)
            found.append(
                Observation(
                    slot[0], slot[1], None, row.raw, unit, False, "ambiguous", None, None, row.method, row.locator, row.label,
                    "place", f"row “{row.raw}” can be placed in more than one way",
                    candidates=tuple(sorted({o or 0 for o in options})),
                )
            )
    if open_slots:
        why = {
            "bounded": "搜索超出限度 / the search for its places was cut off at its limit",
            "none": "没有符合勾稽关系的放法 / no placement satisfies the sums",
        }.get(placement.by[0], "有多种放法 / its figures can be placed in more than one way")
        findings.append(
            Finding("row.unplaced", "warn", None, None, tuple(open_slots), f"行“{row.label or row.raw}”缺少空格: {why}")
        )
    return found


def _by_text(observations: list[Observation], table: dict[Slot, int], stated: dict[Slot, list[Figure]]) -> None:
    """A blank table cell for which the text gives one exact figure is resolved by the text."""
    for slot, figures in stated.items():
        n = table.get(slot)
        if n is None or len(figures) != 1:
            continue
        cell = observations[n]
        if (cell.resolved is None and cell.state in ("blank", "dash", "unreadable", "not_applicable")) or (cell.state == "ambiguous" and figures[0] in cell.candidates):
            observations[n] = cell._replace(
                resolved=figures[0], resolution="proved_by_text", rule="text", proof=f"the text says {figures[0]}"
            )


def _text_conflicts(observations: list[Observation]) -> list[Observation]:
    """Where the text alone gives two different exact figures for one indicator, neither is resolved."""
    in_table = {(o.indicator, o.applicant) for o in observations if o.method != "text" and o.resolved is not None}
    exact = text_figures(observations)
    found: list[Observation] = []
    for o in observations:
        slot = (o.indicator, o.applicant)
        if o.method == "text" and o.value is not None and slot not in in_table:
            figures = exact.get(slot, [])
            if len(figures) > 1 or (o.approx and figures):
                o = o._replace(resolved=None, resolution=None)
        found.append(o)
    return found


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))
