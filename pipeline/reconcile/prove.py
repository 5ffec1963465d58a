"""Proofs by the form's own arithmetic: cells without a printed figure whose value the sums leave no choice about.

Each identity is an equation of counts that cannot be negative. An open cell is proved

- zero, where the printed cells of an identity already balance and all open cells stand on one side of it;
- a total, where it is the one open cell of its sum and at least one part is printed;
- a number above zero, only where two identities give it independently (a row's and a column's).

An identity whose printed figures do not balance proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.reconcile.system import Instance, Side, Slot, System, expand
from pipeline.report import Figure, Resolution


class Proof(NamedTuple):
    """A proved figure: how it may be called, the rule that proves it, and the sum in figures."""

    value: Figure
    resolution: Resolution
    rule: str
    text: str


def prove(values: Mapping[Slot, Figure | None], system: System) -> dict[Slot, Proof]:
    """Prove what the sums decide. ``values`` has every cell that the report shows, None where it shows no figure."""
    open_cells = {slot for slot, value in values.items() if value is None}
    if not open_cells:
        return {}
    known: dict[Slot, Figure] = {slot: value for slot, value in values.items() if value is not None}
    proofs: dict[Slot, Proof] = {}
    equations = []
    for instance in system.identities:
        left, right = expand(instance.left, system, values), expand(instance.right[0], system, values)
        slots = {p.slot for side in (left, right) for p in side.parts}
        if slots & open_cells:
            equations.append((instance, left, right))
    claims: dict[Slot, dict[str, tuple[Figure, str]]] = {}
    progress = True
    while progress and open_cells:
        progress = False
        for instance, left, right in equations:
            for slot, value, is_total, text in _solve(instance, left, right, known, values):
                if slot in proofs:
                    continue
                rule = instance.rule.rule_id
                if value == 0 or is_total:
                    proofs[slot] = Proof(value, "derived_total" if is_total else "proved_by_sums", rule, text)
                    known[slot] = value
                    open_cells.discard(slot)
                    progress = True
                    continue
                held = claims.setdefault(slot, {})
                held[rule] = (value, text)
                if len(held) >= 2 and len({v for v, _ in held.values()}) == 1:
                    both = "; ".join(t for _, t in held.values())
                    proofs[slot] = Proof(value, "proved_by_sums", " + ".join(held), both)
                    known[slot] = value
                    open_cells.discard(slot)
                    progress = True
    return proofs


def _solve(
    instance: Instance, left: Side, right: Side, known: Mapping[Slot, Figure], shown: Mapping[Slot, Figure | None]
) -> list[tuple[Slot, Figure, bool, str]]:
    """(cell, value, whether it is the sum's total, the sum in figures) for what this identity alone decides."""
    balance: Figure = left.constant - right.constant
    unknown: list[tuple[int, Slot]] = []
    counted = 0  # cells of it that are printed or proved: from nothing follows nothing
    for side, sign in ((left, 1), (right, -1)):
        for part in side.parts:
            value = known.get(part.slot)
            if value is None:
                if part.slot not in shown:
                    continue  # the form here has no such row: nothing of it is counted
                unknown.append((sign * int(part.coefficient), part.slot))
            else:
                balance += sign * part.coefficient * value
                counted += 1
    if not unknown or not counted:
        return []
    text = _spell(instance, left, right, known)
    total = left.parts[0].slot if len(left.parts) == 1 else None
    if len(unknown) == 1:
        sign, slot = unknown[0]
        value = -balance * sign
        if value < 0:
            return []
        return [(slot, value, slot == total, text)]
    if balance == 0 and len({sign for sign, _ in unknown}) == 1:
        return [(slot, 0, False, text) for _, slot in unknown]
    return []


def _spell(instance: Instance, left: Side, right: Side, known: Mapping[Slot, Figure]) -> str:
    def spell(side: Side) -> str:
        shown = [known.get(p.slot) for p in side.parts if known.get(p.slot) != 0]
        return " + ".join("?" if v is None else str(v) for v in shown) or "0"

    return f"{instance.rule.rule_id}: {spell(left)} = {spell(right)}"
