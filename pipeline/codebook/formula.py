"""Formulas of the codebook: one linear grammar for rules and measures.

``id``, ``id[member]``, ``id@-1`` (the report of the year before, same body and scope), ``narr(id)`` (the
figure in the text), numbers, ``+ - *`` and brackets around sums; one relation ``= <= >= !=`` or
``in {a, b}``; a measure may divide one sum by another. Everything is linear by design, so that a formula
can be checked, proved with, or turned into rows for SQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class FormulaError(ValueError):
    """The formula does not fit the grammar; the message quotes it."""


class Ref(NamedTuple):
    """One figure: an indicator, its applicant column (None: no column, or the loop's), years back, text or
    table."""

    indicator: str
    applicant: str | None = None
    year: int = 0
    narrative: bool = False


class Term(NamedTuple):
    coefficient: Decimal
    ref: Ref


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of figures times coefficients, plus a constant."""

    terms: tuple[Term, ...]
    constant: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Relation:
    """``left`` stands in ``op`` to ``right``; for ``in`` to any of ``right``."""

    left: Linear
    op: str
    right: tuple[Linear, ...]

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(t.ref for side in (self.left, *self.right) for t in side.terms)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A measure: a sum, divided by ``denominator`` where there is one."""

    numerator: Linear
    denominator: Linear | None = None


_TOKEN = re.compile(
    r"\s*(?:(?P<narr>narr\()|(?P<num>\d+(?:\.\d+)?)(?![\w.])|(?P<id>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)"
    r"|(?P<op><=|>=|!=|[-+*/=(){},\[\]@]|\bin\b))"
)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if not match:
            raise FormulaError(f"cannot read {text[at:]!r} in formula {text!r}")
        found.append(match.group().strip())
        at = match.end()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise FormulaError(
                f"expected {expected or 'more'} at word {self.at + 1} of formula {self.text!r}"
            )
        self.at += 1
        return token

    def ref(self, name: str, narrative: bool) -> Ref:
        applicant, year = None, 0
        while self.peek() in ("[", "@"):
            if self.take() == "[":
                applicant = self.take()
                self.take("]")
            else:
                self.take("-")
                year = -int(self.take())
        return Ref(name, applicant, year, narrative)

    def factor(self) -> tuple[list[Term], Decimal]:
        token = self.take()
        if token == "(":
            inner = self.sum()
            self.take(")")
            return list(inner.terms), inner.constant
        if token == "narr(":
            ref = self.ref(self.take(), True)
            self.take(")")
            return [Term(Decimal(1), ref)], Decimal(0)
        if token[0].isdigit():
            return [], Decimal(token)
        if token[0].isalpha():
            return [Term(Decimal(1), self.ref(token, False))], Decimal(0)
        raise FormulaError(f"unexpected {token!r} in formula {self.text!r}")

    def product(self) -> tuple[list[Term], Decimal]:
        terms, constant = self.factor()
        while self.peek() == "*":
            self.take()
            other_terms, other = self.factor()
            if terms and other_terms:
                raise FormulaError(f"not linear: {self.text!r}")
            if other_terms:
                terms, constant, other = other_terms, Decimal(0), constant
            terms = [Term(t.coefficient * other, t.ref) for t in terms]
            constant *= other
        return terms, constant

    def sum(self) -> Linear:
        terms: list[Term] = []
        constant = Decimal(0)
        sign = Decimal(1)
        while True:
            part, value = self.product()
            terms += [Term(sign * t.coefficient, t.ref) for t in part]
            constant += sign * value
            if self.peek() not in ("+", "-"):
                return Linear(tuple(terms), constant)
            sign = Decimal(1) if self.take() == "+" else Decimal(-1)


@lru_cache(maxsize=1024)
def parse_relation(text: str) -> Relation:
    """Parse a rule's formula. Raises FormulaError."""
    reader = _Reader(text)
    left = reader.sum()
    op = reader.take()
    if op == "in":
        reader.take("{")
        options = [reader.sum()]
        while reader.peek() == ",":
            reader.take()
            options.append(reader.sum())
        reader.take("}")
    elif op in ("=", "<=", ">=", "!="):
        options = [reader.sum()]
    else:
        raise FormulaError(f"no relation in formula {text!r}")
    if reader.peek():
        raise FormulaError(f"left over: {reader.peek()!r} in formula {text!r}")
    return Relation(left, op, tuple(options))


@lru_cache(maxsize=1024)
def parse_quotient(text: str) -> Quotient:
    """Parse a measure's expression: a sum, or one sum divided by another. Raises FormulaError."""
    reader = _Reader(text)
    numerator = reader.sum()
    denominator = None
    if reader.peek() == "/":
        reader.take()
        denominator = reader.sum()
    if reader.peek():
        raise FormulaError(f"left over: {reader.peek()!r} in formula {text!r}")
    return Quotient(numerator, denominator)


def indicators_of(parts: Sequence[Linear]) -> set[str]:
    """The ids that the sums name."""
    return {t.ref.indicator for part in parts for t in part.terms}
