"""The rows of the codebook, one type a file: what each column holds and what is allowed there.

Plain frozen dataclasses; pydantic reads the annotations once a process (``reader.py``). A field is named as
its column in the CSV. What has to be known of other files (forms, indicators, applicants) comes in through
the context of the validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo

from pipeline.codebook.formula import (
    Linear,
    Quotient,
    Relation,
    indicators_of,
    parse_quotient,
    parse_relation,
)

Family = Literal["narrative", "statistics", "sections"]
Kind = Literal["printed", "derived", "narrative", "local"]
Severity = Literal["error", "warn", "info"]
Level = Literal["province", "prefecture", "county", "township", "department", "unknown"]
TableName = Literal[
    "proactive",
    "response",
    "application",
    "review",
    "complaint",
    "fee",
    "institution",
    "training",
    "consultation",
    "catalogue",
    "other_matters",
    "overview",
]
Unit = Literal["件", "条", "条|件", "项", "次", "人", "人次", "个", "篇", "元", "万元", "ratio"]
ColumnType = Literal[
    "text", "texts", "integer", "bigint", "figure", "double", "boolean", "date", "timestamp", "binary"
]
"""Types of the warehouse's columns: ``figure`` is an exact decimal of 24 digits, 6 behind the point."""

STATA_NAME = 32
"""Signs of a name in Stata, at most."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]
Text = Annotated[str, StringConstraints(pattern=r"^\S([^\t\r\n]*\S)?$")]
Note = Annotated[str, StringConstraints(pattern=r"^(\S([^\t\r\n]*\S)?)?$")]


def parts(separator: str) -> Callable[[object], object]:
    def split(value: object) -> object:
        return tuple(p for p in value.split(separator) if p) if isinstance(value, str) else value

    return split


def _none_for_blank(value: object) -> object:
    return None if value == "" else value


def one_of(what: str) -> Callable[[str, ValidationInfo], str]:
    """A value that must stand in another file of the codebook (``context[what]``); blank is for the type to
    judge."""

    def known(value: str, info: ValidationInfo) -> str:
        allowed: Set[str] = (info.context or {}).get(what, frozenset())
        if value and value not in allowed:
            shown = ", ".join(sorted(allowed)) if len(allowed) < 12 else f"those of {what}.csv"
            raise ValueError(f"no such {what.removesuffix('s')}, allowed: {shown}")
        return value

    return known


def _templates(value: object, info: ValidationInfo) -> object:
    if value == "all":
        return tuple((info.context or {})["forms"])
    return tuple(value.split(",")) if isinstance(value, str) else value


Template = Annotated[Id, AfterValidator(one_of("forms"))]
Templates = Annotated[tuple[Template, ...], BeforeValidator(_templates)]
IndicatorId = Annotated[Id, AfterValidator(one_of("indicators"))]
ApplicantId = Annotated[str, AfterValidator(one_of("applicants"))]
Labels = Annotated[tuple[Text, ...], BeforeValidator(parts("|"))]
IndicatorIds = Annotated[tuple[IndicatorId, ...], BeforeValidator(parts("|"))]
Levels = Annotated[tuple[Level, ...], BeforeValidator(parts("|"))]
Year = Annotated[int | None, BeforeValidator(_none_for_blank)]


def _label_groups(value: object) -> object:
    return tuple(tuple(p.split(",")) for p in value.split("|") if p) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Form:
    """A form and how it is told: ``needs`` is any, two or else; labels of one group count once.

    ``family`` says how such a report is built: ``narrative`` (no national table: sentences and local tables),
    ``statistics`` (the one long table of rows), ``sections`` (six sections with three tables).
    """

    template: Id
    family: Family
    needs: Literal["any", "two", "else"]
    labels: Annotated[tuple[tuple[Text, ...], ...], BeforeValidator(_label_groups)]
    valid_from: int
    valid_to: Year
    name_zh: Text
    name_en: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Applicant:
    """A column of the application table, in the form's order; ``total`` is the sum of the others."""

    applicant: Id
    label_zh: Text
    labels: Labels
    label_en: Text
    position: int
    role: Literal["person", "organisation", "total"]

    @property
    def is_leaf(self) -> bool:
        return self.role != "total"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row or column of one form. ``unit`` as printed on the form.

    ``kind``: ``printed`` on every copy of the form, ``local`` (a row that some places print), ``derived`` (a
    sum that the form does not print), ``narrative`` (stands in sentences alone). ``span``: of the ``year``,
    or a ``stock`` on its last day. ``matter`` and ``quantity`` name row and column where the form crosses
    them (行政许可 x 本年处理决定数量; of disputes ``quantity`` is the result and ``group`` the row).
    """

    template: Template
    table: TableName
    indicator_id: Id
    kind: Kind
    label_zh: Text
    label_en: Text
    unit: Unit
    dimension: Literal["", "applicant"]
    parent: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_.]*(\(subset\))?)?$")]
    sign_range: Literal["int>=0", "int(signed)", "decimal>=0", "decimal(signed)"]
    span: Literal["year", "stock"]
    definition_zh: Text
    group: Annotated[str, StringConstraints(pattern=r"^[a-z_.]*$")]
    matter: Literal[""] | Id
    quantity: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]*$")]
    row_labels: Labels
    col_labels: Labels
    comparable_to: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]*$")]
    note: Note

    @property
    def decimal(self) -> bool:
        return self.sign_range in ("decimal>=0", "decimal(signed)")

    @property
    def signed(self) -> bool:
        return self.sign_range in ("int(signed)", "decimal(signed)")


@dataclass(frozen=True, slots=True)
class Group:
    """The heading over several rows or columns of a table. ``within`` is the group that it is a part of."""

    templates: Templates
    table: TableName
    group: Id
    within: Literal[""] | Id
    labels: Labels


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the six-part report whose heading announces a table, and the figures missed where none
    follows."""

    table: TableName
    headings: Labels
    expected: IndicatorIds


class Window(NamedTuple):
    """Days of the year after the report's, both ends included, as (month, day); None: open."""

    first: tuple[int, int] | None
    last: tuple[int, int] | None


_WINDOW = re.compile(r"(?:(\d\d)-(\d\d))?\.\.(?:(\d\d)-(\d\d))?")


def _relation(text: str, indicators: Set[str]) -> Relation:
    relation = parse_relation(text)
    if unknown := {r.indicator for r in relation.refs} - indicators:
        raise ValueError(
            f"no such indicators: {', '.join(sorted(unknown))}; allowed: those of indicators.csv"
        )
    return relation


@dataclass(frozen=True, slots=True)
class Rule:
    """An identity or plausibility rule.

    ``formula`` is a relation between figures (``relation``); of the scope ``publication`` the days of the
    following year in which the report is due (``window``): ``01-01..03-31``. ``subtotal``: the figure on the
    left stands for the sum on the right, and is replaced by it where a report does not print it.
    ``applies_to``: the levels of bodies that it holds for, none: all. ``skip_when``: a relation that, where
    it holds, leaves the rule out; figures that are not printed count as 0 there.
    """

    rule_id: Id
    templates: Templates
    scope: Literal["within_table", "plausibility", "cross_year", "narrative", "publication"]
    foreach: Literal["", "applicant:all", "applicant:leaves"]
    formula: Text
    subtotal: Literal["", "yes"]
    applies_to: Levels
    skip_when: Note
    severity: Severity
    tolerance: Annotated[int, BeforeValidator(lambda v: v or 0)]
    null_policy: Literal["zero", "skip"]
    label_zh: Text
    label_en: Text
    note: Note

    @property
    def relation(self) -> Relation | None:
        """The parsed formula; None for a rule on the day of publication."""
        return None if self.scope == "publication" else parse_relation(self.formula)

    @property
    def skipped(self) -> Relation | None:
        return parse_relation(self.skip_when) if self.skip_when else None

    @property
    def window(self) -> Window | None:
        found = _WINDOW.fullmatch(self.formula)
        if not found:
            return None
        a, b, c, d = (int(g) if g else 0 for g in found.groups())
        return Window((a, b) if a else None, (c, d) if c else None)


def check_rule(rule: Rule, info: ValidationInfo) -> Rule:
    """Raises ValueError where a formula does not parse or names what no file knows."""
    indicators: Set[str] = (info.context or {}).get("indicators", frozenset())
    if rule.scope == "publication":
        if rule.window is None:
            raise ValueError("formula of a publication rule, allowed: MM-DD..MM-DD with either end left out")
    else:
        _relation(rule.formula, indicators)
    if rule.skip_when:
        _relation(rule.skip_when, indicators)
    return rule


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A finding that code raises beside the rules: how grave it is, and what it says."""

    finding_id: Id
    severity: Severity
    label_zh: Text
    label_en: Text


@dataclass(frozen=True, slots=True)
class Measure:
    """A harmonised measure on one form: its expression there, fallbacks in order, and how comparable it
    is. ``stata_name`` is its name where Stata takes no longer one; empty where the id itself will do."""

    measure_id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    stata_name: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=STATA_NAME)]
    label_zh: Text
    label_en: Text
    unit: Unit
    kind: Literal["flow", "stock", "mixed", "ratio"]
    template: Template
    expression: Note
    fallback: Note
    comparability: Literal["exact", "approx", "none"]
    why: Note
    why_zh: Note
    rule_cited: Note

    @property
    def quotient(self) -> Quotient | None:
        return parse_quotient(self.expression) if self.expression else None

    @property
    def fallbacks(self) -> tuple[Linear, ...]:
        return tuple(parse_quotient(f).numerator for f in self.fallback.split("|") if f.strip())


def check_measure(measure: Measure, info: ValidationInfo) -> Measure:
    """Raises ValueError where an expression does not parse or names what no file knows."""
    quotient = measure.quotient
    parts = [p for p in (quotient and quotient.numerator, quotient and quotient.denominator) if p]
    known: Set[str] = (info.context or {}).get("indicators", frozenset())
    if unknown := indicators_of([*parts, *measure.fallbacks]) - known:
        raise ValueError(
            f"no such indicators: {', '.join(sorted(unknown))}; allowed: those of indicators.csv"
        )
    return measure


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the warehouse (a table, where ``column`` is empty), in the order of its table.

    ``table`` may be * for a name that means the same everywhere: what a table's own row leaves empty (type,
    label, definition, unit) is taken from there. ``made_by``: ``reading`` writes it into what is kept of a
    file, ``load`` adds it, ``models`` are SQL.
    """

    schema: Literal["core", "ref", "meta", "mart", "*"]
    table: Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]+)$")]
    column: Annotated[str, StringConstraints(pattern=r"^[*a-z0-9_]*$")]
    type: Literal[""] | ColumnType
    made_by: Literal["", "reading", "load", "models"]
    label_zh: Note
    definition_en: Note
    unit: Literal["", "年", "字节", "日", "句", "份", "页"] | Unit
