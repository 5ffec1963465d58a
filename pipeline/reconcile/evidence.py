"""What the text of a report says exactly, as evidence for cells of its tables.

A statement counts where the text gives one exact figure for it, and only one. Subtotals (all refusals,
granted or partly granted) become equations over their rows by the codebook's own rules on the text. Figures
that the codebook lets mean several things (applications received) prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.finding import finding
from pipeline.reconcile.prove import OPEN, feasible
from pipeline.reconcile.system import TEXT, Equation, Shape, Side, Slot, equation_of
from pipeline.report import Figure, Finding, Observation


def text_figures(observations: Sequence[Observation]) -> dict[Slot, list[Figure]]:
    """The text's exact figures by cell, each once, in reading order. Approximations do not count."""
    exact: dict[Slot, list[Figure]] = {}
    for o in observations:
        if (
            o.method == "text"
            and o.value is not None
            and o.state in ("reported", "text_zero")
            and not o.approx
        ):
            held = exact.setdefault((o.indicator, o.applicant), [])
            if o.value not in held:
                held.append(o.value)
    return exact


def statements(stated: Mapping[Slot, Sequence[Figure]], shape: Shape) -> tuple[Equation, ...]:
    """The exact statements as equations: by a rule of the codebook, or a cell's own figure where no rule
    speaks of it."""
    if not stated:
        return ()
    found: list[Equation] = []
    for slot, equation in _told_by_rules(shape):
        figures = stated.get(slot, ())
        if len(figures) == 1:
            found.append(equation._replace(constant=equation.constant + figures[0]))
    for slot, figures in stated.items():
        if len(figures) == 1 and slot not in shape.system.narrated:
            found.append(Equation("text", ((-1, slot),), figures[0], None, TEXT))
    return tuple(found)


@lru_cache(maxsize=256)
def _told_by_rules(shape: Shape) -> tuple[tuple[Slot, Equation], ...]:
    """The codebook's rules by which one figure of the text is a sum of cells: the figure's cell, and the
    equation without it."""
    found: list[tuple[Slot, Equation]] = []
    for check in shape.checks:
        rule, told = check.instance.rule, check.told
        if len(told) != 1 or check.instance.op != "=" or len(check.sides) != 2 or rule.tolerance:
            continue
        left = check.sides[0]
        if len(left.parts) == 1 and left.parts[0].narrative:
            equation = equation_of(rule.rule_id, Side((), left.constant), check.sides[1])
            found.append((told[0], equation._replace(total=None, origin=TEXT)))
    return tuple(found)


def by_statements(
    observations: list[Observation],
    table: Mapping[Slot, int],
    told: Sequence[Equation],
    shape: Shape,
    findings: list[Finding],
) -> None:
    """Resolve the open cells of which a statement itself gives the figure, where every identity can hold with
    it. The text may fill a blank; a neighbouring year only picks among candidates. Changes ``observations``
    in place."""
    values = {
        slot: o.resolved
        for slot, n in table.items()
        if (o := observations[n]).resolved is not None and not o.approx
    }
    for equation in told:
        if len(equation.terms) != 1:
            continue
        sign, slot = equation.terms[0]
        figure = -sign * equation.constant
        n = table.get(slot)
        if n is None or observations[n].resolved is not None or abs(sign) != 1:
            continue
        cell, of_text = observations[n], equation.origin == TEXT
        if not (
            (of_text and cell.state in OPEN) or (cell.state == "ambiguous" and figure in cell.candidates)
        ):
            continue
        touching = [shape.equations[e] for e in shape.by_slot.get(slot, ())]
        against = [e for e in touching if feasible(e, values) and not feasible(e, {**values, slot: figure})]
        if against and of_text:
            findings.append(
                finding(
                    "text.against_sums",
                    f"正文的 {figure} 与表内勾稽关系不符 / the text's figure cannot stand in its cell: {against[0].name}",
                    tuple(dict.fromkeys((slot, *(s for e in against for _, s in e.terms)))),
                    figure,
                )
            )
        if against:
            continue
        observations[n] = cell._replace(
            resolved=figure,
            resolution="proved_by_text" if of_text else "proved_by_sums",
            rule=equation.name,
            proof=f"the text says {figure}" if of_text else f"{figure} by {equation.origin}",
        )
        values[slot] = figure


def text_conflicts(observations: list[Observation]) -> list[Observation]:
    """Where the text alone gives two different exact figures for one indicator, neither is resolved."""
    exact = text_figures(observations)
    vague = {(o.indicator, o.applicant) for o in observations if o.approx and o.method == "text"}
    if not vague.intersection(exact) and all(len(figures) == 1 for figures in exact.values()):
        return observations
    in_table = {
        (o.indicator, o.applicant) for o in observations if o.method != "text" and o.resolved is not None
    }
    found: list[Observation] = []
    for o in observations:
        slot = (o.indicator, o.applicant)
        if o.method == "text" and o.value is not None and slot not in in_table:
            figures = exact.get(slot, [])
            if len(figures) > 1 or (o.approx and figures):
                o = o._replace(resolved=None, resolution=None)
        found.append(o)
    return found
