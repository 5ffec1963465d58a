"""Proofs by the form's own arithmetic: cells without a printed figure whose value the sums leave no choice
about.

Each identity is an equation of counts that cannot be negative. A cell without a figure is proved

- zero, where the known cells of an identity already balance and all its unknown cells stand on one side of
  it;
- a total, where it is the one unknown cell of its sum;
- a number above zero, only where two identities give it independently (a row's and a column's).

A cell that is missing or open otherwise counts as unknown, never as zero. What two identities say
differently, or what makes another identity impossible, is proved not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pipeline.reconcile.system import Equation, Slot, spell
from pipeline.report import Figure, Resolution, State

MAX_ROUNDS = 12
OPEN: tuple[State, ...] = ("blank", "dash", "not_applicable", "unreadable")
"""States of cells that show no figure and may be proved one."""


class Proof(NamedTuple):
    """A proved figure: how it may be called, the rule that proves it, and the sum in figures."""

    value: Figure
    resolution: Resolution
    rule: str
    text: str


def prove(
    equations: Sequence[Equation],
    known: Mapping[Slot, Figure],
    open_cells: Collection[Slot],
    inked: Collection[Slot] = (),
) -> tuple[dict[Slot, Proof], bool]:
    """Prove what the sums decide. ``known`` holds the figures to rely on, ``open_cells`` the cells to prove;
    of these ``inked`` show a figure that nobody could read, and one sum alone says nothing of it. Gives the
    proofs, and whether the work was done to its end."""
    wanted = dict.fromkeys(open_cells)
    banned: set[Slot] = set()
    for _ in range(MAX_ROUNDS):
        allowed = {slot for slot in wanted if slot not in banned}
        touched = [e for e in equations if any(slot in allowed for _, slot in e.terms)]
        if not touched:
            return {}, True
        proofs, figures = _fixpoint(touched, known, allowed, inked)
        refuted = _refuted(touched, proofs, figures)
        if not refuted:
            return proofs, True
        banned |= refuted
    return {}, False


def _fixpoint(
    equations: Sequence[Equation],
    given: Mapping[Slot, Figure],
    allowed: Collection[Slot],
    inked: Collection[Slot],
) -> tuple[dict[Slot, Proof], dict[Slot, Figure]]:
    known = dict(given)
    proofs: dict[Slot, Proof] = {}
    claims: dict[Slot, dict[int, tuple[Figure, str]]] = {}
    waiting = list(range(len(equations)))
    progress = True
    while progress:
        progress = False
        still: list[int] = []
        for n in waiting:
            equation = equations[n]
            amount: Figure = equation.constant
            unknown: list[tuple[int, Slot]] = []
            for sign, slot in equation.terms:
                value = known.get(slot)
                if value is None:
                    unknown.append((sign, slot))
                else:
                    amount += sign * value
            if not unknown:
                continue
            still.append(n)
            if len(unknown) == len(equation.terms):
                continue  # from nothing follows nothing
            found: list[tuple[Slot, Figure, bool]] = []
            if len(unknown) == 1:
                sign, slot = unknown[0]
                if slot in allowed and -amount * sign >= 0:
                    found.append((slot, -amount * sign, slot == equation.total))
            elif amount == 0 and len({sign for sign, _ in unknown}) == 1:
                found += [(slot, 0, False) for _, slot in unknown if slot in allowed]
            if not found:
                continue
            text = spell(equation, known)
            for slot, value, is_total in found:
                resolution: Resolution = "proved_by_sums"
                rule, told = equation.name, text
                if is_total and not equation.origin and slot not in inked:
                    resolution = "derived_total"
                elif value != 0 or slot in inked:
                    held = claims.setdefault(slot, {})
                    held[n] = (value, text)
                    if len(held) < 2 or len({v for v, _ in held.values()}) > 1:
                        continue
                    rule = " + ".join(dict.fromkeys(equations[m].name for m in held))
                    told = "; ".join(t for _, t in held.values())
                proofs[slot] = Proof(value, resolution, rule, told)
                known[slot] = value
                progress = True
        waiting = still
    return proofs, known


def _refuted(
    equations: Sequence[Equation], proofs: Mapping[Slot, Proof], figures: Mapping[Slot, Figure]
) -> set[Slot]:
    """Proved cells of an equation that cannot hold with them and could without."""
    found: set[Slot] = set()
    for equation in equations:
        proved = [slot for _, slot in equation.terms if slot in proofs]
        if proved and not feasible(equation, figures):
            without = {
                slot: figures[slot] for _, slot in equation.terms if slot in figures and slot not in proofs
            }
            if feasible(equation, without):
                found.update(proved)
    return found


def feasible(
    equation: Equation,
    known: Mapping[Slot, Figure],
    ranges: Mapping[Slot, tuple[Figure, Figure | None]] | None = None,
) -> bool:
    """Whether counts of zero or more for the unknown cells can make the equation hold. ``ranges`` gives the
    least and the greatest figure (None: no limit) of cells whose candidates are known."""
    least: Figure | None = equation.constant
    most: Figure | None = equation.constant
    for sign, slot in equation.terms:
        value = known.get(slot)
        bounds: tuple[Figure, Figure | None] = (
            (value, value) if value is not None else (ranges or {}).get(slot, (0, None))
        )
        low = sign * bounds[0]
        high = None if bounds[1] is None else sign * bounds[1]
        if sign > 0:
            least = None if least is None else least + low
            most = None if most is None or high is None else most + high
        else:
            least = None if least is None or high is None else least + high
            most = None if most is None else most + low
    return (least is None or least <= 0) and (most is None or most >= 0)
