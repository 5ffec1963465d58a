"""The rules of one form, made ready: identities with their cells spelled out, once per process and form.

A rule that loops over applicants becomes one instance per column. A figure that the form does not print (the
subtotals of (三) to (六), litigation as a whole) is replaced by its parts, by the codebook's own sum rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.codebook import Codebook, Linear, Ref, Relation, Rule, load_codebook
from pipeline.report import Figure

Slot = tuple[str, str | None]
TEXT = "text"
"""The origin of equations that the text of the report states."""


class Part(NamedTuple):
    """A coefficient and a cell; ``narrative`` cells are looked up among the text's figures."""

    coefficient: int | Decimal
    slot: Slot
    narrative: bool


@dataclass(frozen=True, slots=True)
class Side:
    parts: tuple[Part, ...]
    constant: int | Decimal


class Comparison(NamedTuple):
    """``left`` stands in ``op`` to ``right``; for ``in`` to any of ``right``."""

    left: Side
    op: str
    right: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One check: a rule on one column. ``identity`` is true for an error-level equation of table cells;
    ``skip`` is what leaves the rule out where it holds."""

    rule: Rule
    left: Side
    op: str
    right: tuple[Side, ...]
    identity: bool
    skip: Comparison | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(p.slot for side in (self.left, *self.right) for p in side.parts)


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """All checks of a form that need one report alone. ``sums``: parent slot -> parts, from rules that are
    subtotals; ``narrated``: the cells whose figure in the text a rule of the codebook tests; ``index``
    numbers all cells."""

    template: str
    instances: tuple[Instance, ...]
    identities: tuple[Instance, ...]
    sums: Mapping[Slot, tuple[Slot, ...]]
    narrated: frozenset[Slot]
    index: Mapping[Slot, int]


class Equation(NamedTuple):
    """An identity or a statement of the text on the cells that a report holds: the signed cells and the
    constant add to 0.

    ``total`` is the cell on the left where it stands there alone; ``origin`` is empty for an identity of the
    form, ``text`` for what the report's text says, and else names the report of a neighbouring year.
    """

    name: str
    terms: tuple[tuple[int, Slot], ...]
    constant: Figure
    total: Slot | None
    origin: str = ""


class Check(NamedTuple):
    """A rule with its derived cells replaced. ``left`` and ``right`` number the cells where the rule is a
    plain comparison of sums (``plain``), so that a report in order is passed quickly."""

    instance: Instance
    sides: tuple[Side, ...]
    plain: bool
    told: tuple[Slot, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A form's checks and identities as they apply to the cells that one report holds."""

    system: System
    checks: tuple[Check, ...]
    equations: tuple[Equation, ...]
    by_slot: Mapping[Slot, tuple[int, ...]]


def number_of(value: Decimal) -> int | Decimal:
    """An int where the number is whole."""
    return int(value) if value == value.to_integral_value() else value


def slot_of(ref: Ref, member: str | None, template: str, codebook: Codebook) -> Slot:
    """The cell that a reference of a formula names on this form; ``member`` is the applicant of the loop."""
    indicator = codebook.indicator(template, ref.indicator)
    dimension = bool(indicator and indicator.dimension)
    return ref.indicator, (ref.applicant or member or "total") if dimension else None


def _side(linear: Linear, member: str | None, template: str, codebook: Codebook) -> Side:
    return Side(
        tuple(
            Part(number_of(t.coefficient), slot_of(t.ref, member, template, codebook), t.ref.narrative)
            for t in linear.terms
        ),
        number_of(linear.constant),
    )


def _comparison(relation: Relation, member: str | None, template: str, codebook: Codebook) -> Comparison:
    return Comparison(
        _side(relation.left, member, template, codebook),
        relation.op,
        tuple(_side(option, member, template, codebook) for option in relation.right),
    )


@lru_cache(maxsize=8)
def system_for(template: str) -> System:
    """The checks of the form ``template``."""
    codebook = load_codebook()
    instances: list[Instance] = []
    narrated: set[Slot] = set()
    for rule in codebook.rules_for(template):
        relation = rule.relation
        if relation is None or any(r.year for r in relation.refs):
            continue
        narrated |= {slot_of(r, None, template, codebook) for r in relation.refs if r.narrative}
        members: tuple[str | None, ...] = (None,)
        if rule.foreach == "applicant:all":
            members = (*codebook.leaves, "total")
        elif rule.foreach == "applicant:leaves":
            members = codebook.leaves
        for member in members:
            left, _, right = _comparison(relation, member, template, codebook)
            identity = (
                relation.op == "="
                and rule.scope == "within_table"
                and rule.severity == "error"
                and not rule.tolerance
                and len(right) == 1
                and not any(r.narrative for r in relation.refs)
            )
            skip = _comparison(rule.skipped, member, template, codebook) if rule.skipped else None
            instances.append(Instance(rule, left, relation.op, right, identity, skip))
    identities = tuple(i for i in instances if i.identity)
    sums: dict[Slot, tuple[Slot, ...]] = {}
    for instance in identities:
        if instance.rule.subtotal:
            parts = tuple(p.slot for p in instance.right[0].parts)
            sums.setdefault(instance.left.parts[0].slot, parts)
    cells = dict.fromkeys(slot for i in instances for slot in i.slots)
    cells |= dict.fromkeys(slot for parent, parts in sums.items() for slot in (parent, *parts))
    index = {slot: n for n, slot in enumerate(cells)}
    return System(template, tuple(instances), identities, sums, frozenset(narrated), index)


def shape_for(template: str, held: Iterable[Slot]) -> Shape:
    """The form's checks on just the cells ``held``; made once for each set of cells that reports show."""
    system = system_for(template)
    mask = bytearray(len(system.index))
    get = system.index.get
    for slot in held:
        n = get(slot)
        if n is not None:
            mask[n] = 1
    return _shape(template, bytes(mask))


@lru_cache(maxsize=256)
def _shape(template: str, mask: bytes) -> Shape:
    system = system_for(template)
    held = {slot: None for slot, shown in zip(system.index, mask, strict=True) if shown}
    checks: list[Check] = []
    equations: list[Equation] = []
    for instance in system.instances:
        sides = tuple(expand(side, system, held) for side in (instance.left, *instance.right))
        told = tuple(p.slot for side in sides for p in side.parts if p.narrative)
        plain = (
            len(sides) == 2
            and not told
            and instance.op in ("=", "<=", ">=")
            and not instance.rule.tolerance
            and all(p.coefficient == 1 for side in sides for p in side.parts)
            and not any(s.constant for s in sides)
        )
        numbered = [tuple(system.index[p.slot] for p in side.parts) for side in sides[:2]]
        checks.append(Check(instance, sides, plain, told, numbered[0], numbered[-1]))
        if instance.identity and any(p.slot in held for side in sides for p in side.parts):
            equation = equation_of(instance.rule.rule_id, *sides)
            if equation.terms:  # a subtotal that is not printed and stands for its parts says nothing of them
                equations.append(equation)
    by_slot: dict[Slot, list[int]] = {}
    for n, equation in enumerate(equations):
        for _, slot in equation.terms:
            by_slot.setdefault(slot, []).append(n)
    return Shape(
        system, tuple(checks), tuple(equations), {slot: tuple(found) for slot, found in by_slot.items()}
    )


def equation_of(name: str, left: Side, right: Side) -> Equation:
    """``left = right`` as signed cells; a cell on both sides cancels out."""
    sums: dict[Slot, int] = {}
    for sign, side in ((1, left), (-1, right)):
        for part in side.parts:
            sums[part.slot] = sums.get(part.slot, 0) + sign * int(part.coefficient)
    terms = tuple((coefficient, slot) for slot, coefficient in sums.items() if coefficient)
    return Equation(
        name, terms, left.constant - right.constant, left.parts[0].slot if len(left.parts) == 1 else None
    )


def balance(equation: Equation, values: Mapping[Slot, Figure]) -> Figure | None:
    """The equation's sum, 0 where it holds; None where a cell has no figure."""
    amount = equation.constant
    for sign, slot in equation.terms:
        value = values.get(slot)
        if value is None:
            return None
        amount += sign * value
    return amount


def spell(equation: Equation, values: Mapping[Slot, Figure]) -> str:
    """The equation in figures, zeros left out and open cells as ``?``: ``6 = 3 + 2 + 1``."""

    def side(wanted: int) -> str:
        shown = [
            values.get(slot) for sign, slot in equation.terms if sign * wanted > 0 and values.get(slot) != 0
        ]
        if wanted < 0 and equation.constant:
            shown.append(-equation.constant)
        return " + ".join("?" if v is None else str(v) for v in shown) or "0"

    return f"{equation.name}: {side(1)} = {side(-1)}"


def expand(side: Side, system: System, held: Mapping[Slot, object]) -> Side:
    """The side with every cell that the report does not hold replaced by its parts, where the report holds
    those."""
    if all(p.narrative or p.slot in held or p.slot not in system.sums for p in side.parts):
        return side
    parts: list[Part] = []
    for part in side.parts:
        children = system.sums.get(part.slot)
        if part.narrative or part.slot in held or children is None or not any(c in held for c in children):
            parts.append(part)
        else:
            parts += [Part(part.coefficient, child, False) for child in children]
    return Side(tuple(parts), side.constant)
