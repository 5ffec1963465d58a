"""Build ``core`` and ``ref`` in a new DuckDB file beside the published one; publish it by renaming.

DuckDB reads the batch files itself; Python hands over only the receipts and the reference rows.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipeline.codebook import Codebook, ColumnNote, Measure, load_codebook
from pipeline.load.cross_year import add_cross_year_findings
from pipeline.load.home import Home
from pipeline.load.kept import Kept
from pipeline.load.neighbours import use_neighbours
from pipeline.load.reference import DDL, reference_rows
from pipeline.load.schema import SCHEMAS
from pipeline.places import load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.crawl import Receipt

CORE = ("document", "report", "observation", "finding", "section")
CURRENT_RULE = "tables first, then the latest publication, then the latest fetch"
_CORE_DDL = {
    "document": "document_id VARCHAR, sha256 VARCHAR, source_url VARCHAR, file_name VARCHAR, media_type VARCHAR, "
    "reader VARCHAR, encoding VARCHAR, encoding_step VARCHAR, bytes BIGINT, fetched_at TIMESTAMP, http_status INTEGER, "
    "status VARCHAR, detail VARCHAR, reports INTEGER, site_name VARCHAR, site_id_code VARCHAR, title VARCHAR",
    "report": "report_id VARCHAR, document_id VARCHAR, ordinal INTEGER, source_url VARCHAR, title VARCHAR, issuer VARCHAR, "
    "body_id VARCHAR, body_kind VARCHAR, level VARCHAR, division_code VARCHAR, division_name VARCHAR, "
    "division_candidates VARCHAR, issuer_evidence VARCHAR, year INTEGER, year_evidence VARCHAR, template VARCHAR, "
    "scope VARCHAR, scope_evidence VARCHAR, published_on DATE, place VARCHAR, is_current BOOLEAN, superseded_by VARCHAR, "
    "current_rule VARCHAR",
    "observation": "observation_id VARCHAR, report_id VARCHAR, year INTEGER, indicator VARCHAR, applicant VARCHAR, "
    "value DECIMAL(24,6), raw VARCHAR, unit VARCHAR, approx BOOLEAN, state VARCHAR, resolved DECIMAL(24,6), "
    "resolution VARCHAR, method VARCHAR, locator VARCHAR, label VARCHAR, rule VARCHAR, proof VARCHAR, candidates VARCHAR",
    "finding": 'finding_id VARCHAR, report_id VARCHAR, rule VARCHAR, severity VARCHAR, "left" DECIMAL(24,6), '
    '"right" DECIMAL(24,6), cells VARCHAR, message VARCHAR',
    "section": "report_id VARCHAR, section INTEGER, heading VARCHAR, body_text VARCHAR",
}
_RECEIPT = pa.schema(
    [
        ("receipt_id", pa.string()), ("url", pa.string()), ("file_name", pa.string()), ("media_type", pa.string()),
        ("fetched_at", pa.string()), ("http_status", pa.int32()), ("status", pa.string()), ("detail", pa.string()),
        ("sha256", pa.string()), ("bytes", pa.int64()),
    ]
)


def _receipts_table(receipts: Iterable[Receipt]) -> pa.Table:
    rows = [tuple(getattr(r, name) for name in _RECEIPT.names) for r in receipts]
    columns = list(zip(*rows, strict=True)) or [()] * len(_RECEIPT)
    return pa.Table.from_arrays(
        [pa.array(c, type=f.type) for c, f in zip(columns, _RECEIPT, strict=True)], schema=_RECEIPT
    )


def memory_limit(documents: int = 0) -> str:
    """What DuckDB may hold in memory before it spills to disk: 400 MB, more only where a corpus is very large.

    ``YANGGUANG_MEMORY`` overrides it."""
    beyond = max(0, documents - 20_000)
    return os.environ.get("YANGGUANG_MEMORY") or f"{400 + beyond * 30 // 1000}MB"


@contextmanager
def opened(path: Path, *, read_only: bool = False, documents: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the project's settings: two threads, bounded memory, no extension downloads, UTC."""
    connection = duckdb.connect(str(path), read_only=read_only)
    try:
        connection.execute("SET threads = 2; SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute(f"SET memory_limit = {_quoted(memory_limit(documents))}")
        yield connection
    finally:
        connection.close()


def build_core(home: Home, receipts: Iterable[Receipt], facts: dict[str, str]) -> dict[str, int]:
    """Build ``core``, ``ref`` and ``meta`` in ``home.building``. ``facts`` go to ``meta.build``. Gives rows by table."""
    for stale in (home.building, home.building.with_suffix(".duckdb.wal")):
        stale.unlink(missing_ok=True)
    codebook = load_codebook()
    counts: dict[str, int] = {}
    with Kept(home) as kept, opened(home.building, documents=kept.count()) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA ref; CREATE SCHEMA meta; CREATE SCHEMA staging; CREATE SCHEMA mart")
        for name, columns in _CORE_DDL.items():
            con.execute(f"CREATE TABLE core.{name} ({columns})")
        con.register("receipts", _receipts_table(receipts))
        for name in SCHEMAS:
            _attach(con, name, kept.files(name))
        _fill_core(con)
        _mark_current(con)
        _fill_reference(con, home, codebook)
        use_neighbours(con)
        add_cross_year_findings(con)
        con.execute("CREATE TABLE meta.build (key VARCHAR, value VARCHAR)")
        con.executemany("INSERT INTO meta.build VALUES (?, ?)", sorted(facts.items()))
        for name in CORE:
            row = con.execute(f"SELECT count(*) FROM core.{name}").fetchone()
            counts[name] = int(row[0]) if row else 0
        con.execute("CHECKPOINT")
    return counts


def _attach(con: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    """A temporary view over the batch files of one table; an empty table where there is none."""
    if not files:
        con.register(f"kept_{name}", pa.Table.from_batches([], schema=SCHEMAS[name]))
        return
    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    con.execute(f"CREATE TEMP VIEW kept_{name} AS SELECT * FROM read_parquet([{listed}])")


def _fill_core(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        INSERT INTO core.document
        WITH first_seen AS (
            SELECT *, row_number() OVER (
                PARTITION BY coalesce(sha256, 'fetch-' || receipt_id) ORDER BY url, fetched_at, receipt_id
            ) AS turn FROM receipts
        )
        SELECT coalesce(r.sha256, 'fetch-' || r.receipt_id), r.sha256, r.url, r.file_name,
               coalesce(d.media_type, r.media_type), d.reader, d.encoding, d.encoding_step, r.bytes,
               CAST(CAST(r.fetched_at AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP), r.http_status,
               CASE WHEN r.status <> 'ok' THEN r.status ELSE coalesce(d.status, 'not_read') END,
               CASE WHEN r.status <> 'ok' THEN r.detail ELSE coalesce(d.detail, '') END,
               coalesce(d.reports, 0), d.site_name, d.site_id_code, d.title
        FROM first_seen r LEFT JOIN kept_document d ON d.sha256 = r.sha256
        WHERE r.turn = 1
        ORDER BY r.url, 1
        """
    )
    con.execute(
        """
        INSERT INTO core.report
        SELECT p.report_id, p.document_id, p.ordinal, d.source_url, p.title, p.issuer, p.body_id, p.body_kind, p.level,
               p.division_code, p.division_name, p.division_candidates, p.issuer_evidence, p.year, p.year_evidence, p.template,
               p.scope, p.scope_evidence, p.published_on, p.place, NULL, NULL, NULL
        FROM kept_report p JOIN core.document d ON d.document_id = p.document_id
        ORDER BY d.source_url, p.report_id
        """
    )
    for name, key in (("observation", "observation_id"), ("finding", "finding_id"), ("section", "section")):
        con.execute(
            f"INSERT INTO core.{name} SELECT k.* FROM kept_{name} k JOIN core.report r ON r.report_id = k.report_id "
            f"ORDER BY r.source_url, k.report_id, k.{key}"
        )


def _mark_current(con: duckdb.DuckDBPyConnection) -> None:
    """Among copies and revisions of one body's report for one year and scope, the current one (docs/analysts-guide.md)."""
    con.execute(
        """
        CREATE TEMP TABLE standing AS
        WITH tabled AS (
            SELECT report_id, count(*) AS cells FROM core.observation
            WHERE method <> 'text' AND resolved IS NOT NULL GROUP BY report_id
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
               superseded_by = CASE WHEN s.best = core.report.report_id THEN NULL ELSE s.best END, current_rule = ?
        FROM standing s WHERE s.report_id = core.report.report_id
        """,
        [CURRENT_RULE],
    )


def _fill_reference(con: duckdb.DuckDBPyConnection, home: Home, codebook: Codebook) -> None:
    registry = load_registry(home.divisions)
    rows = reference_rows(codebook, registry, _own_events(home.division_events))
    for name, columns in DDL.items():
        con.execute(f"CREATE TABLE ref.{name} ({columns})")
        if not rows[name]:
            continue
        description = con.execute(f"SELECT * FROM ref.{name} LIMIT 0").description or []
        names = [d[0] for d in description]
        texts = [[None if v is None else str(v) for v in column] for column in zip(*rows[name], strict=True)]
        table = pa.Table.from_arrays([pa.array(t, type=pa.string()) for t in texts], names=names)
        con.register("incoming", table)
        con.execute(f"INSERT INTO ref.{name} SELECT * FROM incoming")
        con.unregister("incoming")


def _own_events(path: Path | None) -> list[tuple[Any, ...]]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            (
                f"own{n:03d}", f"{row['date'][:4]}-01-01", row["kind"], row["from_code"] or None, row["to_code"] or None,
                row.get("extent") or "whole", row["source"], row["note"] or None,
            )
            for n, row in enumerate(csv.DictReader(stream), start=1)
        ]


def published_facts(home: Home) -> dict[str, str]:
    """What ``meta.build`` of the published warehouse says; empty where there is none."""
    if not home.database.is_file():
        return {}
    try:
        with opened(home.database, read_only=True) as con:
            return dict(con.execute("SELECT key, value FROM meta.build").fetchall())
    except duckdb.Error:
        return {}


def comment_tables(con: duckdb.DuckDBPyConnection, codebook: Codebook) -> None:
    """Give every table and column its comment from the codebook: Chinese label, unit, definition."""
    tables = con.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core', 'ref', 'mart') "
        "ORDER BY ALL"
    ).fetchall()
    notes = {(c.schema, c.table, c.column): c for c in codebook.columns}
    measures = {m.measure_id: m for m in codebook.measures}
    for schema, table in tables:
        note = notes.get((schema, table, ""))
        if note:
            con.execute(f"COMMENT ON TABLE {schema}.{table} IS {_quoted(_comment(note.label_zh, note.unit, note.definition_en))}")
        columns = con.execute(f'SELECT * FROM {schema}."{table}" LIMIT 0').description or []
        for column in (c[0] for c in columns):
            text = _column_comment(schema, table, column, notes, measures)
            if text:
                con.execute(f'COMMENT ON COLUMN {schema}."{table}"."{column}" IS {_quoted(text)}')


def _column_comment(
    schema: str, table: str, column: str, notes: dict[tuple[str, str, str], ColumnNote], measures: dict[str, Measure]
) -> str:
    """The column's own row, else a shared name's, else its measure's, else its measure's with a shared ending."""
    found = notes.get((schema, table, column)) or notes.get((schema, "*", column)) or notes.get(("*", "*", column))
    if found:
        return _comment(found.label_zh, found.unit, found.definition_en)
    if column in measures:
        return _comment(measures[column].label_zh, measures[column].unit, measures[column].label_en)
    parts = column.split("_")
    for cut in range(len(parts) - 1, 0, -1):
        measure, ending = measures.get("_".join(parts[:cut])), notes.get(("*", "*", "*_" + "_".join(parts[cut:])))
        if measure and ending:
            label = f"{measure.label_zh}: {ending.label_zh}"
            return _comment(label, ending.unit, f"{measure.label_en}: {ending.definition_en}")
    return ""


def _comment(label: str, unit: str, definition: str) -> str:
    return " | ".join(part for part in (label, f"单位: {unit}" if unit else "", definition) if part)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def publish(home: Home) -> None:
    """Comment the finished build and put it in the place of the published warehouse; open readers keep the old file."""
    with opened(home.building) as con:
        con.execute("DROP SCHEMA staging CASCADE")  # a second copy of every figure, for the models alone
        comment_tables(con, load_codebook())
        con.execute("CHECKPOINT")
    home.building.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    os.replace(home.building, home.database)
