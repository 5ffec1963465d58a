"""The rules of one form, made ready: identities with their cells spelled out, once per process and form.

A rule that loops over applicants becomes one instance per column. A figure that the form does not print (the subtotals
of (三) to (六), litigation as a whole) is replaced by its parts, by the codebook's own sum rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.codebook import Codebook, Linear, Ref, Rule, load_codebook
from pipeline.report import Figure

Slot = tuple[str, str | None]


class Part(NamedTuple):
    """A coefficient and a cell; ``narrative`` cells are looked up among the text's figures."""

    coefficient: int | Decimal
    slot: Slot
    narrative: bool


@dataclass(frozen=True, slots=True)
class Side:
    parts: tuple[Part, ...]
    constant: int | Decimal


@dataclass(frozen=True, slots=True)
class Instance:
    """One check: a rule on one column. ``identity`` is true for an error-level equation of table cells."""

    rule: Rule
    left: Side
    op: str
    right: tuple[Side, ...]
    identity: bool

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(p.slot for side in (self.left, *self.right) for p in side.parts)


@dataclass(frozen=True, slots=True)
class System:
    """All checks of a form that need one report alone. ``sums``: parent slot -> parts, from single-parent sum rules."""

    template: str
    instances: tuple[Instance, ...]
    identities: tuple[Instance, ...]
    sums: Mapping[Slot, tuple[Slot, ...]]
    narrated: frozenset[str]


def _number(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value


def _slot(ref: Ref, member: str | None, template: str, codebook: Codebook) -> Slot:
    indicator = codebook.indicator(template, ref.indicator)
    dimension = bool(indicator and indicator.dimension)
    return ref.indicator, (ref.applicant or member or "total") if dimension else None


def _side(linear: Linear, member: str | None, template: str, codebook: Codebook) -> Side:
    return Side(
        tuple(
            Part(_number(t.coefficient), _slot(t.ref, member, template, codebook), t.ref.narrative) for t in linear.terms
        ),
        _number(linear.constant),
    )


@lru_cache(maxsize=8)
def system_for(template: str) -> System:
    """The checks of a form. ``template`` is v2008, v2014, v2019 or v2021."""
    codebook = load_codebook()
    instances: list[Instance] = []
    narrated: set[str] = set()
    for rule in codebook.rules_for(template):
        relation = rule.relation
        if relation is None or any(r.year for r in relation.refs):
            continue
        narrated |= {r.indicator for r in relation.refs if r.narrative}
        members: tuple[str | None, ...] = (None,)
        if rule.foreach == "applicant:all":
            members = (*codebook.leaves, "total")
        elif rule.foreach == "applicant:leaves":
            members = codebook.leaves
        for member in members:
            left = _side(relation.left, member, template, codebook)
            right = tuple(_side(option, member, template, codebook) for option in relation.right)
            identity = (
                relation.op == "=" and rule.scope == "within_table" and rule.severity == "error"
                and not any(r.narrative for r in relation.refs)
            )
            instances.append(Instance(rule, left, relation.op, right, identity))
    identities = tuple(i for i in instances if i.identity)
    sums: dict[Slot, tuple[Slot, ...]] = {}
    for instance in identities:
        if len(instance.left.parts) == 1 and all(p.coefficient == 1 for p in instance.right[0].parts):
            parent = instance.left.parts[0].slot
            parts = tuple(p.slot for p in instance.right[0].parts)
            if parts[0][1] == parent[1] and parts[0][0].startswith(parent[0] + "."):
                sums.setdefault(parent, parts)
    for direct, after in (("litigation.direct.total", "litigation.after_review.total"),):
        if codebook.by_form.get((template, direct)):
            sums.setdefault(("litigation.total", None), ((direct, None), (after, None)))
    return System(template, tuple(instances), identities, sums, frozenset(narrated))


def expand(side: Side, system: System, held: Mapping[Slot, object]) -> Side:
    """The side with every cell that the report does not hold replaced by its parts, where the report holds those."""
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


def total(side: Side, values: Mapping[Slot, Figure | None]) -> Figure | None:
    """The side's value; None where a cell has no figure."""
    amount: Figure = side.constant
    for part in side.parts:
        value = values.get(part.slot)
        if value is None:
            return None
        amount += part.coefficient * value
    return amount
