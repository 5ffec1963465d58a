"""The tables of ``core`` as Arrow schemas, and reports as their rows (docs/decisions/0001-spine.md).

Columns, their order and types are the codebook's (columns.csv, ``made_by`` reading). ``extracted`` is kept
beside them and not published: reports that neighbouring years may still decide, as they were extracted.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import columns_of, tables_of
from pipeline.document import Document
from pipeline.report import Figure, Finding, Observation, Report, Statement

ARROW: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "figure": pa.decimal128(24, 6),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "binary": pa.binary(),
}
Rows = dict[str, list[tuple[Any, ...]]]
_LIMIT = Decimal(10) ** 18


def schemas_of(codebook: Codebook) -> dict[str, pa.Schema]:
    """What reading keeps of a file, by table."""
    found: dict[str, pa.Schema] = {}
    for table in tables_of(codebook, "core"):
        own = [c for c in columns_of(codebook, "core", table) if c.made_by == "reading"]
        if own:
            found[table] = pa.schema([(c.column, ARROW[c.type]) for c in own])
    return {**found, "extracted": pa.schema([("report_id", pa.string()), ("report", pa.binary())])}


SCHEMAS = schemas_of(load_codebook())


def _row_of(table: str, *given: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Makes a row of ``table`` from values named ``given``, the first of a name counting. A column that
    nothing gives yet is null."""
    places = [given.index(name) if name in given else len(given) for name in SCHEMAS[table].names]
    pick = itemgetter(*places)
    return lambda values: pick((*values, None))


_document = _row_of(
    "document",
    *("sha256", "media_type", "reader", "encoding", "encoding_step", "status", "detail"),
    *("reports", "site_name", "site_id_code", "title"),
)
_report = _row_of(
    "report", *("document_id", "division_candidates", "published_on"), *Report.__dataclass_fields__
)
_observation = _row_of(
    "observation",
    *("observation_id", "report_id", "year", "value", "resolved", "candidates"),
    *Observation._fields,
)
_finding = _row_of("finding", "finding_id", "report_id", "left", "right", "cells", *Finding._fields)
_statement = _row_of("statement", "statement_id", "report_id", "value", *Statement._fields)
_section = _row_of("section", "report_id", "section", "heading", "body_text")


def _amount(value: Figure | None) -> Decimal | None:
    if value is None:
        return None
    amount = Decimal(value)
    return amount if abs(amount) < _LIMIT else None


def rows_of(document: Document, reports: Sequence[Report]) -> Rows:
    """One document and its reports as rows of every table, in the order of the schemas."""
    rows: Rows = {name: [] for name in SCHEMAS}
    meta = document.meta
    d = document
    rows["document"].append(
        _document(
            (
                *(d.sha256, d.media_type, d.reader, d.encoding, d.encoding_step, d.status, d.detail),
                *(len(reports), meta.get("SiteName"), meta.get("SiteIDCode"), d.title or None),
            )
        )
    )
    for r in reports:
        own = (
            r.document_sha256,
            "|".join(r.division_candidates) or None,
            date.fromisoformat(r.published_on) if r.published_on else None,
        )
        rows["report"].append(_report((*own, *(getattr(r, name) for name in Report.__dataclass_fields__))))
        rows["observation"] += observation_rows(r)
        rows["finding"] += finding_rows(r)
        rows["statement"] += statement_rows(r)
        if r.extracted:
            rows["extracted"].append((r.report_id, pickle.dumps(r.extracted)))
        for n, (heading, text) in enumerate(r.sections, start=1):
            rows["section"].append(_section((r.report_id, n, heading, text)))
    return rows


def observation_rows(report: Report) -> list[tuple[Any, ...]]:
    """A report's rows of ``core.observation``."""
    report_id, year = report.report_id, report.year
    return [
        _observation(
            (
                *(f"{report_id}:{n:04d}", report_id, year, _amount(o.value), _amount(o.resolved)),
                "|".join(str(c) for c in o.candidates) or None,
                *o,
            )
        )
        for n, o in enumerate(report.observations, start=1)
    ]


def finding_rows(report: Report) -> list[tuple[Any, ...]]:
    """A report's rows of ``core.finding``."""
    return [
        _finding(
            (
                *(f"{report.report_id}:f{n:03d}", report.report_id, _amount(f.left), _amount(f.right)),
                json.dumps([list(c) for c in f.cells], ensure_ascii=False),
                *f,
            )
        )
        for n, f in enumerate(report.findings, start=1)
    ]


def statement_rows(report: Report) -> list[tuple[Any, ...]]:
    """A report's rows of ``core.statement``."""
    return [
        _statement((f"{report.report_id}:s{n:04d}", report.report_id, _amount(s.value), *s))
        for n, s in enumerate(report.statements, start=1)
    ]


def table_of(name: str, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Rows as an Arrow table of that schema."""
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
