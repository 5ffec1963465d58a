"""The tables of ``core`` as Arrow schemas, and reports as their rows (docs/decisions/0001-spine.md).

``extracted`` is kept beside them and not published: reports that neighbouring years may still decide, as they
were extracted.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.document import Document
from pipeline.report import Figure, Report

FIGURE = pa.decimal128(24, 6)
_S, _I, _B = pa.string(), pa.int32(), pa.bool_()

DOCUMENT = pa.schema(
    [
        ("sha256", _S),
        ("media_type", _S),
        ("reader", _S),
        ("encoding", _S),
        ("encoding_step", _S),
        ("status", _S),
        ("detail", _S),
        ("reports", _I),
        ("site_name", _S),
        ("site_id_code", _S),
        ("title", _S),
    ]
)
REPORT = pa.schema(
    [
        ("report_id", _S),
        ("document_id", _S),
        ("ordinal", _I),
        ("title", _S),
        ("issuer", _S),
        ("body_id", _S),
        ("body_kind", _S),
        ("level", _S),
        ("division_code", _S),
        ("division_name", _S),
        ("division_candidates", _S),
        ("issuer_evidence", _S),
        ("year", _I),
        ("year_evidence", _S),
        ("template", _S),
        ("scope", _S),
        ("scope_evidence", _S),
        ("published_on", pa.date32()),
        ("place", _S),
    ]
)
OBSERVATION = pa.schema(
    [
        ("observation_id", _S),
        ("report_id", _S),
        ("year", _I),
        ("indicator", _S),
        ("applicant", _S),
        ("value", FIGURE),
        ("raw", _S),
        ("unit", _S),
        ("approx", _B),
        ("state", _S),
        ("resolved", FIGURE),
        ("resolution", _S),
        ("method", _S),
        ("locator", _S),
        ("label", _S),
        ("rule", _S),
        ("proof", _S),
        ("candidates", _S),
    ]
)
FINDING = pa.schema(
    [
        ("finding_id", _S),
        ("report_id", _S),
        ("rule", _S),
        ("severity", _S),
        ("left", FIGURE),
        ("right", FIGURE),
        ("cells", _S),
        ("message", _S),
    ]
)
SECTION = pa.schema([("report_id", _S), ("section", _I), ("heading", _S), ("body_text", _S)])
EXTRACTED = pa.schema([("report_id", _S), ("report", pa.binary())])
SCHEMAS = {
    "document": DOCUMENT,
    "report": REPORT,
    "observation": OBSERVATION,
    "finding": FINDING,
    "section": SECTION,
    "extracted": EXTRACTED,
}
Rows = dict[str, list[tuple[Any, ...]]]
_LIMIT = Decimal(10) ** 18


def _amount(value: Figure | None) -> Decimal | None:
    if value is None:
        return None
    amount = Decimal(value)
    return amount if abs(amount) < _LIMIT else None


def rows_of(document: Document, reports: Sequence[Report]) -> Rows:
    """One document and its reports as rows of every table, in the order of the schemas."""
    from datetime import date

    rows: Rows = {name: [] for name in SCHEMAS}
    meta = document.meta
    rows["document"].append(
        (
            document.sha256,
            document.media_type,
            document.reader,
            document.encoding,
            document.encoding_step,
            document.status,
            document.detail,
            len(reports),
            meta.get("SiteName"),
            meta.get("SiteIDCode"),
            document.title or None,
        )
    )
    for r in reports:
        rows["report"].append(
            (
                r.report_id,
                r.document_sha256,
                r.ordinal,
                r.title,
                r.issuer,
                r.body_id,
                r.body_kind,
                r.level,
                r.division_code,
                r.division_name,
                "|".join(r.division_candidates) or None,
                r.issuer_evidence,
                r.year,
                r.year_evidence,
                r.template,
                r.scope,
                r.scope_evidence,
                date.fromisoformat(r.published_on) if r.published_on else None,
                r.place,
            )
        )
        rows["observation"] += observation_rows(r)
        rows["finding"] += finding_rows(r)
        if r.extracted:
            rows["extracted"].append((r.report_id, pickle.dumps(r.extracted)))
        for n, (heading, text) in enumerate(r.sections, start=1):
            rows["section"].append((r.report_id, n, heading, text))
    return rows


def observation_rows(report: Report) -> list[tuple[Any, ...]]:
    """A report's rows of ``core.observation``."""
    return [
        (
            f"{report.report_id}:{n:04d}",
            report.report_id,
            report.year,
            o.indicator,
            o.applicant,
            _amount(o.value),
            o.raw,
            o.unit,
            o.approx,
            o.state,
            _amount(o.resolved),
            o.resolution,
            o.method,
            o.locator,
            o.label,
            o.rule,
            o.proof,
            "|".join(str(c) for c in o.candidates) or None,
        )
        for n, o in enumerate(report.observations, start=1)
    ]


def finding_rows(report: Report) -> list[tuple[Any, ...]]:
    """A report's rows of ``core.finding``."""
    return [
        (
            f"{report.report_id}:f{n:03d}",
            report.report_id,
            f.rule,
            f.severity,
            _amount(f.left),
            _amount(f.right),
            json.dumps([list(c) for c in f.cells], ensure_ascii=False),
            f.message,
        )
        for n, f in enumerate(report.findings, start=1)
    ]


def table_of(name: str, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Rows as an Arrow table of that schema."""
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
