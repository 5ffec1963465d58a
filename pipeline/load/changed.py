"""The rows of ``core`` that changed since the last warehouse, replaced in a copy of it, and what depends on
them.

``meta.changed (kind, key)`` tells the SQL models which of their rows to build again;
docs/decisions/0003-changed-rows.md lists the kinds. Both this and a full build give the same rows.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipeline.load.core import CORE, DOCUMENTS, PARTS, REPORTS, attach, judge_together
from pipeline.reading.kept import Kept

MOST = 2
"""Where more than one report in so many is concerned, a full build is the shorter way."""

_GROUP = "level, substr(division_code, 1, 2) AS province, year, coalesce(scope, 'unknown') AS scope"
_SAME_GROUP = (
    "g.level IS NOT DISTINCT FROM r.level AND g.province = substr(r.division_code, 1, 2) AND g.year = r.year "
    "AND g.scope = coalesce(r.scope, 'unknown')"
)
_WHOLE_AREA = "kind IN ('raised', 'recoded', 'merged') AND coalesce(extent, 'whole') = 'whole' AND from_code <> '' AND to_code <> ''"


def digests(kept: Kept) -> pa.Table:
    """Of every document kept what stands for all that reading gave: (document_id, digest)."""
    held = kept.held()
    return pa.table(
        {
            "document_id": pa.array(list(held), pa.string()),
            "digest": pa.array([d for _, d in held.values()], pa.string()),
        }
    )


def replace_changed(con: duckdb.DuckDBPyConnection, kept: Kept) -> bool:
    """Bring the copy's ``core`` to what ``receipts`` and the kept batches hold now, and fill
    ``meta.changed``.

    All reports of the bodies concerned are taken out and put in as they were kept, since they are judged
    together; then it shows which of them differ. Gives False, leaving the copy half done and of no use, where
    so many are concerned that a full build is due.
    """
    attach(con, "document", kept.files("document"))
    con.execute(f"CREATE TEMP TABLE now_document AS {DOCUMENTS}")
    con.register("read_now", digests(kept))
    _find_touched(con)
    _find_bodies(con, kept)
    concerned, reports = _one(
        con, "SELECT (SELECT count(*) FROM concerned), (SELECT count(*) FROM core.report)"
    )
    if concerned * MOST > reports:
        return False
    _replace(con)
    judge_together(con, "r.report_id IN (FROM concerned)")
    halves = [
        f"{one} EXCEPT ALL {other}"
        for before, now in (
            (f"FROM was_{t}", f"FROM core.{t} SEMI JOIN concerned USING (report_id)") for t in CORE[1:]
        )
        for one, other in ((before, now), (now, before))
    ]
    con.execute(
        "CREATE TEMP TABLE changed_report AS "
        + " UNION ".join(f"SELECT report_id FROM ({half})" for half in halves)
    )
    con.execute("CREATE OR REPLACE TABLE meta.changed (kind VARCHAR, key VARCHAR)")
    _name_keys(con)
    return True


def _find_touched(con: duckdb.DuckDBPyConnection) -> None:
    """``touched``: documents whose own row is another, or whose reading gave something else."""
    con.execute(
        """
        CREATE TEMP TABLE touched AS
        SELECT document_id FROM (FROM now_document EXCEPT FROM core.document)
        UNION SELECT document_id FROM (FROM core.document EXCEPT FROM now_document)
        UNION SELECT n.document_id FROM now_document n LEFT JOIN read_now k USING (document_id) LEFT JOIN meta.read w USING (document_id)
        WHERE k.digest IS DISTINCT FROM w.digest
        """
    )


def _find_bodies(con: duckdb.DuckDBPyConnection, kept: Kept) -> None:
    """``concerned``: every report, before or now, of the bodies that touched documents speak or spoke of.
    ``now_<table>`` holds the rows of these as they were kept."""
    held = {document: batch for document, (batch, _) in kept.held().items()}

    def attached(query: str, *tables: str) -> None:
        documents = {row[0] for row in con.execute(query).fetchall()}
        for table in tables:
            attach(con, table, kept.files(table, {held[d] for d in documents if d in held}))

    attached("FROM touched", "report")
    con.execute(
        """
        CREATE TEMP TABLE concerned AS
        WITH own AS (
            SELECT report_id, body_id FROM core.report SEMI JOIN touched USING (document_id)
            UNION SELECT report_id, body_id FROM kept_report SEMI JOIN touched USING (document_id)
        )
        SELECT report_id FROM own UNION SELECT report_id FROM core.report WHERE body_id IN (SELECT body_id FROM own)
        """
    )
    attached(
        "SELECT document_id FROM core.report SEMI JOIN concerned USING (report_id) UNION FROM touched",
        "report",
        "extracted",
        *PARTS,
    )
    con.execute(
        f"CREATE TEMP TABLE now_report AS {REPORTS.format(documents='now_document')} SEMI JOIN concerned c ON c.report_id = p.report_id"
    )
    for name in PARTS:
        con.execute(
            f"CREATE TEMP TABLE now_{name} AS SELECT k.* FROM kept_{name} k SEMI JOIN now_report USING (report_id)"
        )


def _replace(con: duckdb.DuckDBPyConnection) -> None:
    """Documents and reports out and in; ``was_<table>`` holds the rows that the reports had."""
    con.execute("DELETE FROM core.document WHERE document_id IN (FROM touched)")
    con.execute("INSERT INTO core.document SELECT * FROM now_document SEMI JOIN touched USING (document_id)")
    for name in CORE[1:]:
        con.execute(f"CREATE TEMP TABLE was_{name} AS FROM core.{name} SEMI JOIN concerned USING (report_id)")
        con.execute(f"DELETE FROM core.{name} WHERE report_id IN (FROM concerned)")
        con.execute(f"INSERT INTO core.{name} FROM now_{name}")


def _name_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.changed`` from ``changed_report``, ``was_report`` and ``core.report``."""
    con.execute(
        """
        CREATE TEMP TABLE spoken AS
        SELECT report_id, body_id, division_code, level, year, scope FROM was_report SEMI JOIN changed_report USING (report_id)
        UNION SELECT report_id, body_id, division_code, level, year, scope FROM core.report SEMI JOIN changed_report USING (report_id)
        """
    )
    con.execute(
        "INSERT INTO meta.changed SELECT DISTINCT 'body', body_id FROM spoken WHERE body_id IS NOT NULL"
    )
    con.execute(
        "INSERT INTO meta.changed SELECT 'report', report_id FROM changed_report "
        "UNION SELECT 'report', report_id FROM core.report WHERE body_id IN (SELECT key FROM meta.changed WHERE kind = 'body')"
    )
    con.execute(
        f"""
        INSERT INTO meta.changed
        WITH RECURSIVE link AS (
            SELECT from_code AS a, to_code AS b FROM ref.division_event WHERE {_WHOLE_AREA}
            UNION SELECT to_code, from_code FROM ref.division_event WHERE {_WHOLE_AREA}
        ), area AS (
            SELECT division_code AS code FROM spoken WHERE division_code IS NOT NULL
            UNION SELECT l.b FROM area a JOIN link l ON l.a = a.code
        )
        SELECT 'division', code FROM area
        UNION SELECT 'division', d.parent_code FROM area a JOIN ref.division d ON d.division_code = a.code WHERE d.parent_code <> ''
        UNION SELECT 'division', substr(code, 1, 4) || '00' FROM area
        UNION SELECT 'division', substr(code, 1, 2) || '0000' FROM area
        """
    )
    con.execute(
        f"""
        INSERT INTO meta.changed
        WITH g AS (SELECT DISTINCT {_GROUP} FROM spoken)
        SELECT 'peer', key FROM meta.changed WHERE kind = 'report'
        UNION SELECT 'peer', r.report_id FROM core.report r JOIN g ON {_SAME_GROUP} WHERE r.is_current
        """
    )
    con.execute(
        f"""
        INSERT INTO meta.changed
        WITH peer AS (SELECT r.* FROM core.report r JOIN meta.changed c ON c.kind = 'peer' AND c.key = r.report_id WHERE r.is_current),
        g AS (SELECT DISTINCT {_GROUP} FROM peer)
        SELECT 'beside', r.report_id FROM core.report r JOIN g ON {_SAME_GROUP} WHERE r.is_current
        UNION SELECT 'beside', report_id FROM core.report WHERE is_current AND body_id IN (SELECT body_id FROM peer)
        UNION SELECT 'beside', report_id FROM peer
        """
    )


def _one(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = con.execute(query).fetchone()
    return tuple(int(v) for v in row) if row else ()
