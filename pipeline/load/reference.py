"""The codebook and the places as rows of ``ref.*``; the parsed expressions of measures as
``ref.measure_term``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pipeline.codebook import Codebook, Column, Linear, Measure
from pipeline.codebook.columns import columns_of
from pipeline.places import Registry, division_rows, event_rows


def _terms(measure: Measure, codebook: Codebook) -> Iterator[tuple[Any, ...]]:
    parts: list[tuple[int, str, Linear]] = []
    if measure.quotient:
        parts.append((0, "numerator", measure.quotient.numerator))
        if measure.quotient.denominator:
            parts.append((0, "denominator", measure.quotient.denominator))
    parts += [(n, "numerator", linear) for n, linear in enumerate(measure.fallbacks, start=1)]
    for alternative, part, linear in parts:
        for term in linear.terms:
            indicator = codebook.indicator(measure.template, term.ref.indicator)
            applicant = (term.ref.applicant or "total") if indicator and indicator.dimension else None
            yield (
                measure.measure_id,
                measure.template,
                alternative,
                part,
                term.ref.indicator,
                applicant,
                term.coefficient,
            )


_NAMES = {"indicator": "indicator_id", "table_name": "table", "rule": "rule_id"}
"""Columns of ``ref`` whose field in the codebook has a fuller name."""


def _cells(row: Any, columns: Iterable[Column], **given: object) -> tuple[Any, ...]:
    """A row of the codebook as one of ``ref``: lists joined, null for what is empty."""
    found: list[Any] = []
    for column in columns:
        name = column.column
        value = given[name] if name in given else getattr(row, _NAMES.get(name, name), None)
        found.append(
            (",".join(value) or None) if isinstance(value, tuple) else None if value == "" else value
        )
    return tuple(found)


def reference_rows(
    codebook: Codebook, registry: Registry, events: list[tuple[Any, ...]] | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every ``ref`` table, in the order of its columns. ``events`` adds division events of a home's
    own."""

    def rows_of(table: str, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        columns = columns_of(codebook, "ref", table)
        return [_cells(row, columns) for row in rows]

    every = ",".join(f.template for f in codebook.forms)
    rules = columns_of(codebook, "ref", "rule")
    rows: dict[str, list[tuple[Any, ...]]] = {
        "form": rows_of("form", codebook.forms),
        "indicator": rows_of("indicator", codebook.indicators),
        "applicant": rows_of("applicant", codebook.applicants),
        "rule": [
            _cells(r, rules, kind="rule", template=r.templates, applies_to="|".join(r.applies_to))
            for r in codebook.rules
        ]
        + [
            _cells(f, rules, kind="finding", rule=f.finding_id, template=every, scope="reading")
            for f in codebook.findings
        ],
        "measure": rows_of("measure", codebook.measures),
        "measure_term": [row for m in codebook.measures for row in _terms(m, codebook)],
        "division": rows_of("division", division_rows(registry)),
        "division_event": [
            _cells(
                e,
                columns_of(codebook, "ref", "division_event"),
                event_id=f"e{n:05d}",
                event_date=_day(e.date),
            )
            for n, e in enumerate(event_rows(registry), start=1)
        ],
    }
    rows["division_event"] += events or []
    return rows


def _day(text: str) -> date | None:
    parts = [int(p) for p in text.split("-") if p.isdigit()]
    return (
        date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
        if parts
        else None
    )
