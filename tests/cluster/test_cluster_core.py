"""Bodies judged apart give what one machine gives over all of them; what does not come back is missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline.cluster.core import JUDGED, code_of, judge_share, take_in
from pipeline.cluster.executor import OtherCode
from pipeline.cluster.session import ClusterFailed
from pipeline.home import Home
from pipeline.load.decisions import Decision, Place
from pipeline.load.warehouse import opened
from pipeline.reading.kept import Kept

pytestmark = pytest.mark.slow
TABLES = (*JUDGED, "decision")


def dealt(home: Home, shares: int) -> list[pa.Table]:
    """What was kept of a home, dealt out by bodies."""
    with Kept(home) as kept, opened(home.database, read_only=True) as con:
        files = {name: kept.files(name) for name in (*JUDGED, "extracted")}
        con.execute(
            "CREATE TEMP TABLE dealt AS SELECT p.report_id, d.document_id, d.sha256, d.source_url, d.fetched_at, "
            f"hash(coalesce(p.body_id, d.source_url)) % {shares} AS share "
            f"FROM read_parquet({files['report']}) p JOIN core.document d USING (document_id)"
        )
        found = []
        for share in range(shares):
            own = f"(SELECT report_id FROM dealt WHERE share = {share})"
            parts = [
                f"SELECT k AS {name} FROM read_parquet({paths}) k WHERE k.report_id IN {own}"
                for name, paths in files.items()
            ]
            document = "DISTINCT document_id, sha256, source_url, fetched_at"
            parts.append(f"SELECT d AS document FROM (SELECT {document} FROM dealt WHERE share = {share}) d")
            tables = [con.execute(part).to_arrow_table() for part in parts]
            found.append(pa.concat_tables(tables, promote_options="default"))
    return found


def judged(shares: Sequence[pa.Table], decisions: Sequence[Decision] = ()) -> pa.Table:
    return pa.concat_tables(judge_share(rows, decisions=decisions, code=code_of()) for rows in shares)


def differing(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, expected: str) -> int:
    """Rows of a table that are in one of both alone."""
    con.register("rows", rows)
    mine = f"SELECT {name}.* FROM rows WHERE rows.\"table\" = '{name}'"
    found = con.execute(
        f"SELECT count(*) FROM (({mine} EXCEPT ALL {expected}) UNION ALL ({expected} EXCEPT ALL {mine}))"
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_bodies_judged_apart_are_judged_as_all_together(demo: Home) -> None:
    shares = dealt(demo, 3)
    assert min(rows.num_rows for rows in shares) > 1000
    rows = judged(shares)
    with opened(demo.database, read_only=True) as con:
        assert {name: differing(con, name, rows, f"FROM core.{name}") for name in TABLES} == dict.fromkeys(
            TABLES, 0
        )


def decision_for(home: Home) -> Decision:
    """What a person might decide of an open cell of that home."""
    with opened(home.database, read_only=True) as con:
        *place, raw = (
            con.execute(
                "SELECT d.sha256, r.ordinal, o.indicator, o.applicant, o.locator, o.raw FROM core.observation o "
                "JOIN core.report r USING (report_id) JOIN core.document d USING (document_id) "
                "WHERE r.is_current AND o.state = 'ambiguous' AND o.resolved IS NULL ORDER BY o.observation_id LIMIT 1"
            ).fetchone()
            or ("",) * 6
        )
    return Decision(Place(*place), " ".join(raw.split()), Decimal(1), "某人", date(2025, 3, 4), "纸本可见")


def test_a_persons_decision_goes_to_the_share_that_holds_its_report(demo: Home) -> None:
    here = decision_for(demo)
    gone = here._replace(place=here.place._replace(document_sha256="ab" * 32))
    sha, decisions = here.place.document_sha256, (here, gone)
    apart, together = judged(dealt(demo, 3), decisions), judged(dealt(demo, 1), decisions)
    with duckdb.connect() as con:
        con.register("whole", together)
        assert con.execute(
            "SELECT decision.status, decision.document_sha256 FROM whole WHERE \"table\" = 'decision'"
        ).fetchall() == [("applied", sha)]
        for name in TABLES:
            assert (
                differing(con, name, apart, f"SELECT {name}.* FROM whole WHERE whole.\"table\" = '{name}'")
                == 0
            )


def test_what_does_not_come_back_is_missed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.report (report_id VARCHAR, sightings INTEGER)")
        take_in(con, home, 0)
        part = home.on_spark / "core" / "table=report"
        part.mkdir(parents=True)
        row = "{'report_id': 'a', 'sightings': 2}"
        con.execute(f"COPY (SELECT {row} AS report) TO '{part}/1.parquet' (FORMAT parquet)")
        with pytest.raises(ClusterFailed, match="of 3 reports Spark gave 2"):
            take_in(con, home, 3)
        con.execute("DELETE FROM core.report")
        take_in(con, home, 2)


def test_a_node_with_other_code_judges_nothing() -> None:
    with pytest.raises(OtherCode, match="the same lock"):
        judge_share(pa.table({}), decisions=(), code="0123")
