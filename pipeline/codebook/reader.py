"""The one reader of the codebook: CSV rows in, validated frozen rows out.

Every label, unit, definition, formula and sentence pattern of the project stands in this folder's CSV files
and nowhere else. ``load_codebook()`` reads and checks them once per process.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal, cast

from pipeline.chinese.labels import normalise_label
from pipeline.codebook.formula import FormulaError, Linear, Quotient, Relation, parse_quotient, parse_relation

TEMPLATES = ("v2008", "v2014", "v2019", "v2021")
Severity = Literal["error", "warn", "info"]
Family = Literal["narrative", "statistics", "sections"]
FAMILIES: tuple[Family, ...] = ("narrative", "statistics", "sections")
SEVERITIES: tuple[Severity, ...] = ("error", "warn", "info")
TABLES = (
    "indicators.csv",
    "groups.csv",
    "applicants.csv",
    "forms.csv",
    "rules.csv",
    "measures.csv",
    "patterns.csv",
    "columns.csv",
    "sections.csv",
    "findings.csv",
)


class CodebookError(ValueError):
    """A row of the codebook is wrong; the message names file, line and fault."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row or column of one form. ``unit`` as printed on the form; ``decimal`` true for money."""

    template: str
    table: str
    indicator_id: str
    label_zh: str
    label_en: str
    unit: str
    dimension: str
    parent: str
    sign_range: str
    definition_zh: str
    group: str
    row_labels: tuple[str, ...]
    col_labels: tuple[str, ...]
    comparable_to: str
    note: str

    @property
    def decimal(self) -> bool:
        return self.sign_range.startswith("decimal")

    @property
    def signed(self) -> bool:
        return "signed" in self.sign_range


@dataclass(frozen=True, slots=True)
class Group:
    templates: tuple[str, ...]
    table: str
    group: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applicant:
    """A column of the application table, in the form's order; ``role`` starts with leaf for the six
    leaves."""

    applicant: str
    label_zh: str
    labels: tuple[str, ...]
    label_en: str
    order: int
    role: str

    @property
    def is_leaf(self) -> bool:
        return self.role.startswith("leaf")


@dataclass(frozen=True, slots=True)
class Form:
    """A form and how it is told: ``needs`` is any, two or else; labels of one group count once.

    ``family`` says how such a report is built: ``narrative`` (no national table: sentences and local tables),
    ``statistics`` (the one long table of rows), ``sections`` (six sections with three tables).
    """

    template: str
    family: Family
    needs: str
    labels: tuple[tuple[str, ...], ...]
    valid_from: int
    valid_to: int | None
    name_zh: str
    name_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the six-part report whose heading announces a table, and the figures missed where none
    follows."""

    table: str
    headings: tuple[str, ...]
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An identity or plausibility rule. ``relation`` is None for metadata rules, which code evaluates by
    id."""

    rule_id: str
    templates: tuple[str, ...]
    scope: str
    foreach: str
    formula: str
    severity: str
    tolerance: int
    null_policy: str
    label_zh: str
    label_en: str
    note: str
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A finding that code raises beside the rules: how grave it is, and what it says."""

    finding_id: str
    severity: Severity
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A harmonised measure on one form: its expression there, fallbacks in order, and how comparable it
    is."""

    measure_id: str
    label_zh: str
    label_en: str
    unit: str
    kind: str
    template: str
    expression: str
    fallback: str
    comparability: str
    why: str
    rule_cited: str
    quotient: Quotient | None
    fallbacks: tuple[Linear, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence that states a figure. ``regex`` runs over NFKC text without white space; see
    patterns.csv."""

    pattern_id: str
    indicator: str
    applicant: str
    templates: tuple[str, ...]
    fixed_value: str
    unit: str
    regex: str
    example_zh: str
    example_value: str
    counter_example_zh: str
    note: str


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """What a column of the warehouse means; ``table`` may be * for a name that means the same everywhere."""

    schema: str
    table: str
    column: str
    label_zh: str
    definition_en: str
    unit: str


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    path = files("pipeline.codebook").joinpath(name)
    if not path.is_file():
        return
    with path.open("rb") as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        for line, row in enumerate(csv.DictReader(stream), start=2):
            if None in row or None in row.values():
                raise CodebookError(f"{name}:{line}: wrong number of fields")
            yield line, row


@dataclass(frozen=True)
class Codebook:
    """All rows, and the look-ups that stages need."""

    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    applicants: tuple[Applicant, ...]
    forms: tuple[Form, ...]
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    findings: tuple[FindingKind, ...]
    measures: tuple[Measure, ...]
    patterns: tuple[Pattern, ...]
    columns: tuple[ColumnNote, ...]
    version: str

    @cached_property
    def by_form(self) -> Mapping[tuple[str, str], Indicator]:
        """(template, indicator_id) -> indicator."""
        return {(i.template, i.indicator_id): i for i in self.indicators}

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(i.indicator_id for i in self.indicators)

    @cached_property
    def any_form(self) -> Mapping[str, Indicator]:
        """indicator_id -> its row in the newest form that has it."""
        found: dict[str, Indicator] = {}
        for indicator in self.indicators:
            held = found.get(indicator.indicator_id)
            if held is None or indicator.template > held.template:
                found[indicator.indicator_id] = indicator
        return found

    @cached_property
    def section_by_heading(self) -> Mapping[str, Section]:
        """The section that a heading in normal form announces."""
        found: dict[str, Section] = {}
        for section in self.sections:
            for heading in section.headings:
                found.setdefault(normalise_label(heading), section)
        return found

    def indicator(self, template: str | None, indicator_id: str) -> Indicator | None:
        """The indicator on that form, else on the newest form that has it, else None."""
        return self.by_form.get((template or "", indicator_id)) or self.any_form.get(indicator_id)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        return tuple(a.applicant for a in self.applicants if a.is_leaf)

    @cached_property
    def fallback_form(self) -> str:
        """The form of a report that shows the labels of none: ``needs`` is else."""
        return next(f.template for f in self.forms if f.needs == "else")

    @cached_property
    def _families(self) -> Mapping[str, Family]:
        return {f.template: f.family for f in self.forms}

    def family_of(self, template: str | None) -> Family:
        """The family of a form; of None (no form was told) that of the fallback form. KeyError for no
        form."""
        return self._families[template or self.fallback_form]

    def forms_of(self, family: Family) -> tuple[str, ...]:
        """The forms of a family, oldest first."""
        own = sorted((f.valid_from, f.template) for f in self.forms if f.family == family)
        return tuple(template for _, template in own)

    def rules_for(self, template: str) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if template in r.templates)


def _indicators() -> tuple[Indicator, ...]:
    found: list[Indicator] = []
    seen: set[tuple[str, str]] = set()
    for line, row in _rows("indicators.csv"):
        key = (row["template"], row["indicator_id"])
        if row["template"] not in TEMPLATES:
            raise CodebookError(f"indicators.csv:{line}: unknown template {row['template']!r}")
        if key in seen:
            raise CodebookError(f"indicators.csv:{line}: {key} stands twice")
        if not re.match(r"(int|decimal)(>=0|\(signed\))$", row["sign_range"]):
            raise CodebookError(f"indicators.csv:{line}: sign_range {row['sign_range']!r}")
        seen.add(key)
        found.append(
            Indicator(
                **{k: v for k, v in row.items() if k not in ("row_labels", "col_labels")},
                row_labels=_split(row["row_labels"]),
                col_labels=_split(row["col_labels"]),
            )
        )
    return tuple(found)


def _rules(ids: frozenset[str]) -> tuple[Rule, ...]:
    found: list[Rule] = []
    for line, row in _rows("rules.csv"):
        templates = TEMPLATES if row["template"] == "all" else tuple(row["template"].split(","))
        relation = None
        if row["null_policy"] != "n/a":
            try:
                relation = parse_relation(row["formula"])
            except FormulaError as error:
                raise CodebookError(f"rules.csv:{line}: {error}") from error
            unknown = {r.indicator for r in relation.refs} - ids
            if unknown:
                raise CodebookError(f"rules.csv:{line}: unknown indicators {sorted(unknown)}")
        if row["severity"] not in ("error", "warn", "info"):
            raise CodebookError(f"rules.csv:{line}: severity {row['severity']!r}")
        found.append(
            Rule(
                row["rule_id"],
                templates,
                row["scope"],
                row["foreach"],
                row["formula"],
                row["severity"],
                int(row["tolerance"] or 0),
                row["null_policy"],
                row["label_zh"],
                row["label_en"],
                row["note"],
                relation,
            )
        )
    if len({r.rule_id for r in found}) != len(found):
        raise CodebookError("rules.csv: a rule_id stands twice")
    return tuple(found)


def _measures(ids: frozenset[str]) -> tuple[Measure, ...]:
    found: list[Measure] = []
    for line, row in _rows("measures.csv"):
        try:
            quotient = parse_quotient(row["expression"]) if row["expression"] else None
            fallbacks = tuple(parse_quotient(f).numerator for f in row["fallback"].split("|") if f.strip())
        except FormulaError as error:
            raise CodebookError(f"measures.csv:{line}: {error}") from error
        parts = [
            p for p in (quotient and quotient.numerator, quotient and quotient.denominator, *fallbacks) if p
        ]
        unknown = {t.ref.indicator for p in parts for t in p.terms} - ids
        if unknown:
            raise CodebookError(f"measures.csv:{line}: unknown indicators {sorted(unknown)}")
        if row["comparability"] not in ("exact", "approx", "none"):
            raise CodebookError(f"measures.csv:{line}: comparability {row['comparability']!r}")
        found.append(Measure(**row, quotient=quotient, fallbacks=fallbacks))
    return tuple(found)


def _patterns(ids: frozenset[str]) -> tuple[Pattern, ...]:
    found: list[Pattern] = []
    for line, row in _rows("patterns.csv"):
        if row["indicator"] not in ids:
            raise CodebookError(f"patterns.csv:{line}: unknown indicator {row['indicator']!r}")
        templates = TEMPLATES if row["templates"] == "all" else tuple(row["templates"].split(","))
        texts = {name: text for name, text in row.items() if name != "templates"}
        found.append(Pattern(templates=templates, **texts))
    if len({p.pattern_id for p in found}) != len(found):
        raise CodebookError("patterns.csv: a pattern_id stands twice")
    return tuple(found)


def _forms() -> tuple[Form, ...]:
    found: list[Form] = []
    for line, row in _rows("forms.csv"):
        if row["family"] not in FAMILIES:
            raise CodebookError(f"forms.csv:{line}: family {row['family']!r}, allowed: {', '.join(FAMILIES)}")
        found.append(
            Form(
                row["template"],
                cast(Family, row["family"]),
                row["needs"],
                tuple(tuple(g.split(",")) for g in _split(row["labels"])),
                int(row["valid_from"]),
                int(row["valid_to"]) if row["valid_to"] else None,
                row["name_zh"],
                row["name_en"],
                row["source"],
            )
        )
    return tuple(found)


def _findings() -> tuple[FindingKind, ...]:
    found: list[FindingKind] = []
    for line, row in _rows("findings.csv"):
        if row["severity"] not in SEVERITIES:
            raise CodebookError(
                f"findings.csv:{line}: severity {row['severity']!r}, allowed: {', '.join(SEVERITIES)}"
            )
        found.append(
            FindingKind(row["finding_id"], cast(Severity, row["severity"]), row["label_zh"], row["label_en"])
        )
    return tuple(found)


@lru_cache(maxsize=1)
def codebook_version() -> str:
    """A hash over every CSV of the codebook: 12 hex digits."""
    digest = hashlib.sha256()
    for name in TABLES:
        path = files("pipeline.codebook").joinpath(name)
        if path.is_file():
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def load_codebook() -> Codebook:
    """Read and validate the codebook. Raises CodebookError naming file and line."""
    indicators = _indicators()
    ids = frozenset(i.indicator_id for i in indicators)
    groups = tuple(
        Group(_split(r["templates"]), r["table"], r["group"], _split(r["labels"]))
        for _, r in _rows("groups.csv")
    )
    applicants = tuple(
        Applicant(
            r["member"],
            r["label_zh"],
            _split(r["label_variants"]),
            r["label_en"],
            int(r["column_order"]),
            r["role"],
        )
        for _, r in _rows("applicants.csv")
    )
    columns = tuple(ColumnNote(**r) for _, r in _rows("columns.csv"))
    sections = tuple(
        Section(r["table"], _split(r["headings"]), _split(r["expected"])) for _, r in _rows("sections.csv")
    )
    if unknown := {i for s in sections for i in s.expected} - ids:
        raise CodebookError(f"sections.csv: unknown indicators {sorted(unknown)}")
    return Codebook(
        indicators,
        groups,
        applicants,
        _forms(),
        sections,
        _rules(ids),
        _findings(),
        _measures(ids),
        _patterns(ids),
        columns,
        codebook_version(),
    )
