"""Rules that join a report to its body's report of the year before: what a neighbour's figures say of this
report's cells.

A case carried forward is carried in next year; what is in force was in force, was issued, and was not
repealed. Where a report's own sums and text leave several readings, these identities may leave one. They
never fill a blank: a body that breaks the chain would have its neighbour's figure put in its mouth.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.codebook import Rule, load_codebook
from pipeline.reconcile.system import Equation, Slot, number_of, slot_of
from pipeline.report import Figure


class YearTerm(NamedTuple):
    """A signed cell of this report (``back`` 0) or of the one before (``back`` -1), on the rule's left or
    right side."""

    left: bool
    coefficient: Decimal
    slot: Slot
    back: int


class YearRule(NamedTuple):
    """A rule over two years, for one applicant column where it loops over them (``member``)."""

    rule: Rule
    member: str | None
    terms: tuple[YearTerm, ...]
    left_constant: Decimal
    right_constant: Decimal

    @property
    def op(self) -> str:
        return self.rule.relation.op if self.rule.relation else ""


@lru_cache(maxsize=8)
def year_rules(template: str) -> tuple[YearRule, ...]:
    """The codebook's rules over two years that a report of this form has to keep."""
    codebook = load_codebook()
    found: list[YearRule] = []
    for rule in codebook.rules_for(template):
        relation = rule.relation
        if relation is None or not any(r.year for r in relation.refs) or len(relation.right) != 1:
            continue
        for member in codebook.leaves if rule.foreach == "applicant:leaves" else (None,):
            terms = tuple(
                YearTerm(left, t.coefficient, slot_of(t.ref, member, template, codebook), t.ref.year)
                for left, side in ((True, relation.left), (False, relation.right[0]))
                for t in side.terms
            )
            found.append(YearRule(rule, member, terms, relation.left.constant, relation.right[0].constant))
    return tuple(found)


def year_statements(
    template: str, figures: Mapping[Slot, Figure], *, before: bool, origin: str
) -> tuple[Equation, ...]:
    """What the neighbour's ``figures`` say as equations over this report's cells. ``before`` tells that the
    neighbour is the year before; ``template`` is the form of the later of the two; ``origin`` names the
    neighbour in proofs."""
    found: list[Equation] = []
    for link in year_rules(template):
        if link.op != "=":
            continue
        own: dict[Slot, int] = {}
        constant = link.left_constant - link.right_constant
        known = True
        for term in link.terms:
            signed = term.coefficient if term.left else -term.coefficient
            if (term.back == -1) != before:
                own[term.slot] = own.get(term.slot, 0) + int(signed)
            elif (figure := figures.get(term.slot)) is not None:
                constant += signed * figure
            else:
                known = False
                break
        if known and own:
            terms = tuple((sign, slot) for slot, sign in own.items() if sign)
            found.append(Equation(link.rule.rule_id, terms, number_of(constant), None, origin))
    return tuple(found)
