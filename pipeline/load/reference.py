"""The codebook and the places as rows of ``ref.*``; the parsed expressions of measures as
``ref.measure_term``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipeline.codebook import Codebook, Linear, Measure
from pipeline.places import Registry, division_rows, event_rows

DDL = {
    "indicator": "template VARCHAR, table_name VARCHAR, indicator VARCHAR, label_zh VARCHAR, label_en VARCHAR, unit VARCHAR, "
    "dimension VARCHAR, parent VARCHAR, sign_range VARCHAR, definition_zh VARCHAR, comparable_to VARCHAR, note VARCHAR",
    "applicant": "applicant VARCHAR, label_zh VARCHAR, label_en VARCHAR, position INTEGER, role VARCHAR",
    "rule": "rule VARCHAR, template VARCHAR, scope VARCHAR, foreach VARCHAR, formula VARCHAR, severity VARCHAR, "
    "tolerance INTEGER, null_policy VARCHAR, label_zh VARCHAR, label_en VARCHAR, note VARCHAR",
    "measure": "measure_id VARCHAR, template VARCHAR, label_zh VARCHAR, label_en VARCHAR, unit VARCHAR, kind VARCHAR, "
    "expression VARCHAR, fallback VARCHAR, comparability VARCHAR, why VARCHAR, rule_cited VARCHAR",
    "measure_term": "measure_id VARCHAR, template VARCHAR, alternative INTEGER, part VARCHAR, indicator VARCHAR, "
    "applicant VARCHAR, coefficient DECIMAL(24,6)",
    "division": "division_code VARCHAR, name VARCHAR, full_name VARCHAR, level VARCHAR, kind VARCHAR, parent_code VARCHAR, "
    "valid_from INTEGER, valid_to INTEGER",
    "division_event": "event_id VARCHAR, event_date DATE, kind VARCHAR, from_code VARCHAR, to_code VARCHAR, extent VARCHAR, source VARCHAR, "
    "note VARCHAR",
}


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


def reference_rows(
    codebook: Codebook, registry: Registry, events: list[tuple[Any, ...]] | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every ``ref`` table, in the column order of ``DDL``. ``events`` adds division events of a
    home's own."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "indicator": [
            (
                i.template,
                i.table,
                i.indicator_id,
                i.label_zh,
                i.label_en,
                i.unit,
                i.dimension or None,
                i.parent or None,
                i.sign_range,
                i.definition_zh,
                i.comparable_to or None,
                i.note or None,
            )
            for i in codebook.indicators
        ],
        "applicant": [
            (a.applicant, a.label_zh, a.label_en, a.order, a.role)
            for a in sorted(codebook.applicants, key=lambda a: a.order)
        ],
        "rule": [
            (
                r.rule_id,
                ",".join(r.templates),
                r.scope,
                r.foreach or None,
                r.formula,
                r.severity,
                r.tolerance,
                r.null_policy,
                r.label_zh,
                r.label_en,
                r.note or None,
            )
            for r in codebook.rules
        ],
        "measure": [
            (
                m.measure_id,
                m.template,
                m.label_zh,
                m.label_en,
                m.unit,
                m.kind,
                m.expression or None,
                m.fallback or None,
                m.comparability,
                m.why or None,
                m.rule_cited or None,
            )
            for m in codebook.measures
        ],
        "measure_term": [row for m in codebook.measures for row in _terms(m, codebook)],
        "division": [
            (
                d.division_code,
                d.name,
                d.full_name,
                d.level,
                d.kind,
                d.parent_code or None,
                d.valid_from,
                d.valid_to,
            )
            for d in division_rows(registry)
        ],
        "division_event": [
            (
                f"e{n:05d}",
                _day(e.date),
                e.kind,
                e.from_code or None,
                e.to_code or None,
                e.extent or None,
                e.source,
                e.note or None,
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
