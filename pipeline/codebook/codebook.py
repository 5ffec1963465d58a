"""All rows of the codebook, and the look-ups that stages need. ``load_codebook()`` reads them once a
process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipeline.chinese.labels import normalise_label
from pipeline.codebook.reader import (
    TABLES,
    CodebookError,
    codebook_folder,
    codebook_version,
    read_table,
    unique,
)
from pipeline.codebook.release_rows import Attribution, Caveat, Key, Value
from pipeline.codebook.rows import (
    STATA_NAME,
    Applicant,
    Column,
    Family,
    FindingKind,
    Form,
    Group,
    Indicator,
    Measure,
    Rule,
    Section,
    Severity,
)
from pipeline.codebook.sentence_rows import Decision, Genre, Word


@dataclass(frozen=True)
class Codebook:
    """Rows by file, each in the file's order."""

    forms: tuple[Form, ...]
    applicants: tuple[Applicant, ...]
    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    sections: tuple[Section, ...]
    genres: tuple[Genre, ...]
    rules: tuple[Rule, ...]
    findings: tuple[FindingKind, ...]
    measures: tuple[Measure, ...]
    lexicon: tuple[Word, ...]
    decisions: tuple[Decision, ...]
    columns: tuple[Column, ...]
    values: tuple[Value, ...]
    caveats: tuple[Caveat, ...]
    attributions: tuple[Attribution, ...]
    keys: tuple[Key, ...]
    version: str

    @cached_property
    def by_form(self) -> Mapping[tuple[str, str], Indicator]:
        """(template, indicator_id) -> indicator."""
        return {(i.template, i.indicator_id): i for i in self.indicators}

    @cached_property
    def ids(self) -> frozenset[str]:
        """All indicators; an observation of another name is of a row that the codebook lacks."""
        return frozenset(i.indicator_id for i in self.indicators)

    @cached_property
    def _age(self) -> Mapping[str, int]:
        return {f.template: f.valid_from for f in self.forms}

    @cached_property
    def any_form(self) -> Mapping[str, Indicator]:
        """indicator_id -> its row in the newest form that has it."""
        found: dict[str, Indicator] = {}
        for indicator in self.indicators:
            held = found.get(indicator.indicator_id)
            if held is None or self._age[indicator.template] > self._age[held.template]:
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
        """The applicants' columns without their total."""
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

    def forms_of(self, *families: Family) -> tuple[str, ...]:
        """The forms of these families, oldest first."""
        own = sorted((f.valid_from, f.template) for f in self.forms if f.family in families)
        return tuple(template for _, template in own)

    def first_year_of(self, family: Family) -> int:
        """The year from which there is a form of this family."""
        return min(f.valid_from for f in self.forms if f.family == family)

    def form_in_force(self, year: int) -> str:
        """The form whose years hold that year; the oldest form for years before all."""
        ordered = sorted(self.forms, key=lambda f: f.valid_from)
        held = [f for f in ordered if f.valid_from <= year and (f.valid_to is None or year <= f.valid_to)]
        return (held or ordered[:1])[-1].template

    @cached_property
    def notes(self) -> Mapping[tuple[str, str, str], Column]:
        """(schema, table, column) -> its row of columns.csv as it stands there."""
        return {(c.schema, c.table, c.column): c for c in self.columns}

    @cached_property
    def newest_measure(self) -> Mapping[str, Measure]:
        """measure_id -> its last row."""
        return {m.measure_id: m for m in self.measures}

    @cached_property
    def all_values(self) -> tuple[Value, ...]:
        """The values of columns that hold few: those of values.csv, the forms, the applicants."""
        forms = (Value("template", f.template, f.valid_from, f.name_zh, f.name_en) for f in self.forms)
        columns = (
            Value("applicant", a.applicant, a.position, a.label_zh, a.label_en) for a in self.applicants
        )
        return (*self.values, *forms, *columns)

    @cached_property
    def _values(self) -> Mapping[str, tuple[Value, ...]]:
        found: dict[str, tuple[Value, ...]] = {}
        for value in self.all_values:
            found[value.name] = (*found.get(value.name, ()), value)
        return found

    def values_of(self, table: str, column: str) -> tuple[Value, ...]:
        """The values that a column may hold, where they are few; ``table`` is ``schema.table``, or empty where
        only the name is known. Empty where anything may stand there. Names that all tables share are those of
        ``core`` and ``mart``: ``ref`` says of rules and the like for which of several they hold."""
        shared = () if table.startswith("ref.") else self._values.get(column, ())
        return self._values.get(f"{table}.{column}") or shared

    def primary_key(self, table: str) -> tuple[str, ...]:
        """The columns that tell the rows of a table (``schema.table``) apart; empty where only all of them
        do."""
        return next((k.columns for k in self.keys if k.table == table and not k.refers_to), ())

    @cached_property
    def stata_names(self) -> Mapping[str, str]:
        """Columns of measures whose name Stata does not take, with the name that stands for it; of a rate its
        numerator and denominator too."""
        found: dict[str, str] = {}
        for measure in self.newest_measure.values():
            short = measure.stata_name or measure.measure_id
            ends = (
                {"": "", "_numerator": "_num", "_denominator": "_den"}
                if measure.kind == "ratio"
                else {"": ""}
            )
            found |= {measure.measure_id + end: short + own for end, own in ends.items()}
        return {name: short for name, short in found.items() if name != short}

    def rules_for(self, template: str) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if template in r.templates)

    @cached_property
    def _severities(self) -> Mapping[str, Severity]:
        return {f.finding_id: f.severity for f in self.findings} | {r.rule_id: r.severity for r in self.rules}

    def severity_of(self, rule: str) -> Severity:
        """How grave a break of that rule, or that finding, is. KeyError where neither file has it."""
        return self._severities[rule]


def load_codebook(folder: Path | None = None) -> Codebook:
    """Read and check the codebook of ``folder`` (default: ``codebook_folder()``), once a process. Raises
    CodebookError naming file, line, what stands there and what is allowed."""
    return _loaded(folder or codebook_folder())


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Codebook:
    read: dict[str, tuple[Any, ...]] = {}
    context: dict[str, Set[str]] = {}
    for name in TABLES:
        read[name.removesuffix(".csv")] = rows = read_table(folder, name, context)
        if name == "forms.csv":
            context["forms"] = dict.fromkeys(f.template for f in rows).keys()
            if sum(f.needs == "else" for f in rows) != 1:
                raise CodebookError(f"{name}: forms with needs else, allowed: one")
        elif name == "applicants.csv":
            context["applicants"] = {a.applicant for a in rows}
        elif name == "indicators.csv":
            context["indicators"] = {i.indicator_id for i in rows}
        elif name == "lexicon.csv":
            stood_for = {c for w in rows if w.kind == "concept" for c in w.value.split("+")}
            context["concepts"] = stood_for | {"prev", "next"}
    codebook = Codebook(**read, version=codebook_version(folder))
    unique("forms.csv", (f.template for f in codebook.forms))
    unique("indicators.csv", ((i.template, i.indicator_id) for i in codebook.indicators))
    unique(
        "rules.csv, findings.csv",
        [r.rule_id for r in codebook.rules] + [f.finding_id for f in codebook.findings],
    )
    unique("measures.csv", ((m.measure_id, m.template) for m in codebook.measures))
    unique("lexicon.csv", ((w.surface, w.kind == "unit") for w in codebook.lexicon))
    unique("decisions.csv", (d.decision_id for d in codebook.decisions))
    unique("columns.csv", ((c.schema, c.table, c.column) for c in codebook.columns))
    measures = {m.measure_id for m in codebook.measures}
    for indicator in codebook.indicators:
        if indicator.comparable_to and indicator.comparable_to not in measures:
            raise CodebookError(
                f"indicators.csv: comparable_to {indicator.comparable_to!r} of {indicator.indicator_id}, "
                "allowed: a measure of measures.csv"
            )
    unique("values.csv", ((v.name, v.value) for v in codebook.values))
    unique("values.csv", ((v.name, v.code) for v in codebook.values))
    unique("keys.csv", (k.table for k in codebook.keys if not k.refers_to))
    unique("caveats.csv", (c.caveat_id for c in codebook.caveats))
    _whole(codebook.columns)
    _named(codebook)
    return codebook


def _named(codebook: Codebook) -> None:
    """Raises CodebookError where a measure has no name that Stata takes, or two have one."""
    taken = codebook.stata_names
    names = [taken.get(m, m) for m in codebook.newest_measure]
    unique("measures.csv: as Stata's name", [*names, *(n for m, n in taken.items() if n not in names)])
    for name in (*names, *taken.values()):
        if len(name) > STATA_NAME:
            raise CodebookError(
                f"measures.csv: {name!r} has {len(name)} signs, allowed: a stata_name with which it has {STATA_NAME}"
            )
    one = {(m.measure_id, m.stata_name) for m in codebook.measures}
    unique("measures.csv: stata_name of", [measure_id for measure_id, _ in sorted(one)])


def _whole(columns: Sequence[Column]) -> None:
    """Raises CodebookError where a column of ``core`` or ``ref`` has no type or no meaning, of its own or
    shared."""
    shared = {c.column: c for c in columns if c.schema == "*"}
    for own in columns:
        if own.schema in ("core", "ref") and own.column:
            meaning = shared.get(own.column, own)
            if not ((own.type or meaning.type) and (own.label_zh or meaning.label_zh)):
                raise CodebookError(
                    f"columns.csv: {own.schema}.{own.table}.{own.column} without a type or a label, allowed: "
                    "its own, or those of a row with schema * and table *"
                )
