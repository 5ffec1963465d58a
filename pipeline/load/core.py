"""The tables of ``core`` from receipts and kept batches, by DuckDB itself; and which of several reports is
current."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import duckdb
import pyarrow as pa

from pipeline.codebook import load_codebook
from pipeline.codebook.columns import columns_of, tables_of
from pipeline.load.cross_year import add_cross_year_findings
from pipeline.load.decided import apply_decisions
from pipeline.load.decisions import Decision
from pipeline.load.neighbours import use_neighbours
from pipeline.reading.schema import SCHEMAS

if TYPE_CHECKING:
    from pipeline.crawl import Receipt
    from pipeline.reading.kept import Kept


Judge: TypeAlias = "Callable[[duckdb.DuckDBPyConnection, Kept, Sequence[Decision]], None]"
"""Fills the tables of reports, and ``core.decision``, once ``core.document`` is there."""
CORE = tables_of(load_codebook(), "core")
SAID = """
    SELECT o.report_id, md5(string_agg(concat_ws('|', o.indicator, coalesce(o.applicant, ''), o.label,
               coalesce(CAST(o.value AS VARCHAR), ''), o.state, o.method), '\\n'
               ORDER BY o.indicator, o.applicant, o.label, o.value, o.state, o.method)) AS said
    FROM {observations} o SEMI JOIN {among} a ON a.report_id = o.report_id GROUP BY o.report_id
"""
"""What was read of a report, in one word: visit counters and the like have no part in it."""

_OF_RECEIPTS = {
    "document_id": "coalesce(r.sha256, 'fetch-' || r.receipt_id)",
    "sha256": "r.sha256",
    "source_url": "r.url",
    "file_name": "r.file_name",
    "media_type": "coalesce(d.media_type, r.media_type)",
    "bytes": "r.bytes",
    "fetched_at": "CAST(CAST(r.fetched_at AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)",
    "http_status": "r.http_status",
    "insecure_tls": "r.insecure_tls",
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
        ("insecure_tls", pa.bool_()),
        ("status", pa.string()),
        ("detail", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
    ]
)
_PAGE = 10_000


def receipts_table(receipts: Iterable[Receipt]) -> pa.RecordBatchReader:
    """What ``core.document`` takes from receipts, a batch at a time: read once."""
    return pa.RecordBatchReader.from_batches(_RECEIPT, map(_batch, _pages(iter(receipts))))


def _pages(receipts: Iterator[Receipt]) -> Iterator[list[Receipt]]:
    while page := list(islice(receipts, _PAGE)):
        yield page


def _batch(receipts: list[Receipt]) -> pa.RecordBatch:
    columns = zip(*(tuple(getattr(r, name) for name in _RECEIPT.names) for r in receipts), strict=True)
    arrays = [pa.array(c, type=f.type) for c, f in zip(columns, _RECEIPT, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_RECEIPT)


def attach(con: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    """A temporary view ``kept_<name>`` over batch files of one table; an empty table where there is none."""
    if not files:
        con.register(f"kept_{name}", pa.Table.from_batches([], schema=SCHEMAS[name]))
        return
    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    con.execute(f"CREATE OR REPLACE TEMP VIEW kept_{name} AS SELECT * FROM read_parquet([{listed}])")


def fill_documents(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``core.document`` from ``receipts`` and the view of the kept documents."""
    con.execute(f"INSERT INTO core.document {_documents()} ORDER BY r.url, 1")


def judge_here(con: duckdb.DuckDBPyConnection, kept: Kept, decisions: Sequence[Decision]) -> None:
    """Fill and judge the tables of reports in the file that is built."""
    fill_reports(con)
    judge_together(con, decisions)


def fill_reports(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the empty tables of reports from ``core.document`` and the views of the kept batches."""
    con.execute(f"INSERT INTO core.report {_reports()} ORDER BY d.source_url, p.report_id")
    _leave_out_sightings(con)
    for name in (
        n for n in CORE[2:] if n in SCHEMAS
    ):  # as they stand in the batches: sorting would cost memory and time
        con.execute(
            f"INSERT INTO core.{name} BY NAME SELECT k.* FROM kept_{name} k SEMI JOIN core.report USING (report_id)"
        )


def judge_together(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision] = ()) -> None:
    """What can be said only of reports beside each other: which is current, what neighbouring years decide,
    what people decided of what is left, what breaks a rule between years. Reads the view
    ``kept_extracted``."""
    _mark_current(con)
    use_neighbours(con)
    apply_decisions(con, decisions)
    add_cross_year_findings(con)


def _leave_out_sightings(con: duckdb.DuckDBPyConnection) -> None:
    """A page fetched again that says the same is the same report: the earliest version stays, under its id;
    how often and when it was last seen is noted."""
    con.execute(
        """
        CREATE TEMP TABLE fetched_again AS
        SELECT r.report_id, r.source_url, r.ordinal, r.title, r.year, r.body_id, d.fetched_at
        FROM core.report r JOIN core.document d ON d.document_id = r.document_id
        QUALIFY count(*) OVER (PARTITION BY r.source_url, r.ordinal) > 1
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE sighting AS
        SELECT a.report_id, first_value(a.report_id) OVER same AS first_id, count(*) OVER same AS n,
               max(a.fetched_at) OVER same AS last_seen
        FROM fetched_again a JOIN ({SAID.format(observations="kept_observation", among="fetched_again")}) USING (report_id)
        WINDOW same AS (
            PARTITION BY a.source_url, a.ordinal, said, a.title, a.year, a.body_id ORDER BY a.fetched_at, a.report_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
        """
    )
    con.execute(
        "DELETE FROM core.report WHERE report_id IN (SELECT report_id FROM sighting WHERE report_id <> first_id)"
    )
    con.execute(
        """
        UPDATE core.report SET sightings = coalesce(s.n, 1), last_seen = coalesce(s.last_seen, d.fetched_at)
        FROM core.report r JOIN core.document d ON d.document_id = r.document_id LEFT JOIN sighting s ON s.report_id = r.report_id
        WHERE r.report_id = core.report.report_id
        """
    )


def _mark_current(con: duckdb.DuckDBPyConnection) -> None:
    """Among copies and revisions of one body's report for one year and scope, the current one
    (docs/analysts-guide.md): one with tables, then the latest publication, then what was fetched last for the
    first time; of those that say the same the earliest. Kinds of body never meet: a body's id is its own."""
    con.execute(
        """
        CREATE TEMP TABLE version AS
        SELECT r.report_id, r.body_id, r.year, r.scope, r.published_on, d.fetched_at,
               row_number() OVER (PARTITION BY r.body_id, r.year, r.scope ORDER BY d.fetched_at, r.report_id) AS revision,
               count(*) OVER (PARTITION BY r.body_id, r.year, r.scope) AS versions
        FROM core.report r JOIN core.document d ON d.document_id = r.document_id
        WHERE r.body_id IS NOT NULL AND r.year IS NOT NULL
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE standing AS
        WITH several AS (SELECT * FROM version WHERE versions > 1),
        tabled AS (
            SELECT DISTINCT o.report_id FROM core.observation o SEMI JOIN several s ON s.report_id = o.report_id
            WHERE o.method <> 'text' AND o.resolved IS NOT NULL
        ), told AS (
            SELECT s.*, t.report_id IS NOT NULL AS has_tables, said,
                   min(s.fetched_at) OVER (PARTITION BY s.body_id, s.year, s.scope, said) AS first_told
            FROM several s LEFT JOIN tabled t ON t.report_id = s.report_id
            LEFT JOIN ({SAID.format(observations="core.observation", among="several")}) h ON h.report_id = s.report_id
        )
        SELECT report_id, first_value(report_id) OVER best AS best,
               CASE WHEN report_id = first_value(report_id) OVER best THEN NULL
                    WHEN said = first_value(said) OVER best THEN 'says the same as a version seen earlier'
                    WHEN has_tables <> first_value(has_tables) OVER best THEN 'the current version shows tables'
                    WHEN published_on IS DISTINCT FROM first_value(published_on) OVER best
                        THEN 'the current version was published later'
                    ELSE 'the current version was fetched later' END AS why
        FROM told
        WINDOW best AS (PARTITION BY body_id, year, scope
                        ORDER BY has_tables DESC, published_on DESC NULLS LAST, first_told DESC NULLS LAST, fetched_at, report_id)
        """
    )
    con.execute(
        """
        UPDATE core.report SET is_current = s.best IS NULL OR s.best = r.report_id,
               superseded_by = nullif(s.best, r.report_id), current_rule = s.why,
               report_key = CASE WHEN v.revision IS NOT NULL
                   THEN concat_ws('/', v.body_id, v.year, coalesce(v.scope, 'unknown'), v.revision) END
        FROM core.report r LEFT JOIN version v ON v.report_id = r.report_id LEFT JOIN standing s ON s.report_id = r.report_id
        WHERE r.report_id = core.report.report_id
        """
    )
