"""The tables of ``core`` from receipts and kept batches, by DuckDB itself; and which of several reports is
current."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from pipeline.codebook import load_codebook
from pipeline.codebook.columns import columns_of, tables_of
from pipeline.load.cross_year import add_cross_year_findings
from pipeline.load.neighbours import use_neighbours
from pipeline.reading.schema import SCHEMAS

if TYPE_CHECKING:
    from pipeline.crawl import Receipt

CORE = tables_of(load_codebook(), "core")
CURRENT_RULE = "tables first, then the latest publication, then the latest fetch"

_OF_RECEIPTS = {
    "document_id": "coalesce(r.sha256, 'fetch-' || r.receipt_id)",
    "sha256": "r.sha256",
    "source_url": "r.url",
    "file_name": "r.file_name",
    "media_type": "coalesce(d.media_type, r.media_type)",
    "bytes": "r.bytes",
    "fetched_at": "CAST(CAST(r.fetched_at AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)",
    "http_status": "r.http_status",
    "status": "CASE WHEN r.status <> 'ok' THEN r.status ELSE coalesce(d.status, 'not_read') END",
    "detail": "CASE WHEN r.status <> 'ok' THEN r.detail ELSE coalesce(d.detail, '') END",
    "reports": "coalesce(d.reports, 0)",
}
"""Columns of ``core.document`` that a fetch has a say in; the others are what reading kept."""


def _documents() -> str:
    """The rows of ``core.document``: the first fetch of each file, and what reading it gave."""
    chosen = (
        f"{_OF_RECEIPTS.get(c.column) or f'd.{c.column}'} AS {c.column}"
        for c in columns_of(load_codebook(), "core", "document")
    )
    return f"""
    WITH first_seen AS (
        SELECT *, row_number() OVER (
            PARTITION BY coalesce(sha256, 'fetch-' || receipt_id) ORDER BY url, fetched_at, receipt_id
        ) AS turn FROM receipts
    )
    SELECT {", ".join(chosen)}
    FROM first_seen r LEFT JOIN kept_document d ON d.sha256 = r.sha256
    WHERE r.turn = 1
    """


def _reports() -> str:
    """The rows of ``core.report``: what reading kept, the document's address, and what is judged later."""
    chosen = (
        f'p."{c.column}"'
        if c.made_by == "reading"
        else "d.source_url"
        if c.column == "source_url"
        else "NULL"
        for c in columns_of(load_codebook(), "core", "report")
    )
    return (
        f"SELECT {', '.join(chosen)} FROM kept_report p JOIN core.document d ON d.document_id = p.document_id"
    )


_RECEIPT = pa.schema(
    [
        ("receipt_id", pa.string()),
        ("url", pa.string()),
        ("file_name", pa.string()),
        ("media_type", pa.string()),
        ("fetched_at", pa.string()),
        ("http_status", pa.int32()),
        ("status", pa.string()),
        ("detail", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
    ]
)


def receipts_table(receipts: Iterable[Receipt]) -> pa.Table:
    """What ``core.document`` takes from receipts, as an Arrow table."""
    rows = [tuple(getattr(r, name) for name in _RECEIPT.names) for r in receipts]
    columns = list(zip(*rows, strict=True)) or [()] * len(_RECEIPT)
    return pa.Table.from_arrays(
        [pa.array(c, type=f.type) for c, f in zip(columns, _RECEIPT, strict=True)], schema=_RECEIPT
    )


def attach(con: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    """A temporary view ``kept_<name>`` over batch files of one table; an empty table where there is none."""
    if not files:
        con.register(f"kept_{name}", pa.Table.from_batches([], schema=SCHEMAS[name]))
        return
    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    con.execute(f"CREATE OR REPLACE TEMP VIEW kept_{name} AS SELECT * FROM read_parquet([{listed}])")


def fill_core(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the empty tables of ``core`` from ``receipts`` and the views of the kept batches."""
    con.execute(f"INSERT INTO core.document {_documents()} ORDER BY r.url, 1")
    con.execute(f"INSERT INTO core.report {_reports()} ORDER BY d.source_url, p.report_id")
    for name in CORE[2:]:  # as they stand in the batches: sorting would cost memory and time
        con.execute(
            f"INSERT INTO core.{name} BY NAME SELECT k.* FROM kept_{name} k SEMI JOIN core.report USING (report_id)"
        )


def judge_together(con: duckdb.DuckDBPyConnection) -> None:
    """What can be said only of reports beside each other: which is current, what neighbouring years decide,
    what breaks a rule between years. Reads the view ``kept_extracted``."""
    _mark_current(con)
    use_neighbours(con)
    add_cross_year_findings(con)


def _mark_current(con: duckdb.DuckDBPyConnection) -> None:
    """Among copies and revisions of one body's report for one year and scope, the current one
    (docs/analysts-guide.md)."""
    con.execute(
        """
        CREATE TEMP TABLE standing AS
        WITH tabled AS (
            SELECT o.report_id, count(*) AS cells FROM core.observation o
            WHERE o.method <> 'text' AND o.resolved IS NOT NULL GROUP BY o.report_id
        )
        SELECT r.report_id, first_value(r.report_id) OVER (
                   PARTITION BY coalesce(r.body_id, r.report_id), coalesce(r.year, -r.ordinal), r.scope,
                                CASE WHEN r.body_id IS NULL OR r.year IS NULL THEN r.report_id ELSE '' END
                   ORDER BY (coalesce(t.cells, 0) > 0) DESC, r.published_on DESC NULLS LAST, d.fetched_at DESC NULLS LAST,
                            r.report_id
               ) AS best
        FROM core.report r JOIN core.document d ON d.document_id = r.document_id LEFT JOIN tabled t ON t.report_id = r.report_id
        """
    )
    con.execute(
        """
        UPDATE core.report SET is_current = (s.best = core.report.report_id),
               superseded_by = nullif(s.best, core.report.report_id), current_rule = ?
        FROM standing s WHERE s.report_id = core.report.report_id
        """,
        [CURRENT_RULE],
    )
