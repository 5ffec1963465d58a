"""Versions of one report: what says the same is one version, the earliest; what differs is superseded with
its reason."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.load.core import _leave_out_sightings, _mark_current

A, B = "http://a.example/1.html", "http://b.example/2.html"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("CREATE SCHEMA core")
    con.execute("CREATE TABLE core.document (document_id VARCHAR, fetched_at TIMESTAMP)")
    con.execute(
        "CREATE TABLE core.report (report_id VARCHAR, document_id VARCHAR, source_url VARCHAR, ordinal INTEGER, title VARCHAR, "
        "year INTEGER, body_id VARCHAR, scope VARCHAR, published_on DATE, is_current BOOLEAN, superseded_by VARCHAR, "
        "current_rule VARCHAR, report_key VARCHAR, sightings INTEGER, last_seen TIMESTAMP)"
    )
    for table in ("core.observation", "kept_observation"):
        con.execute(
            f"CREATE TABLE {table} (report_id VARCHAR, indicator VARCHAR, applicant VARCHAR, label VARCHAR, "
            "value DECIMAL(24,6), resolved DECIMAL(24,6), state VARCHAR, method VARCHAR)"
        )
    return con


def add(con: duckdb.DuckDBPyConnection, name: str, day: int, received: int, url: str = A, body: str | None = "350128:government",
        method: str = "table") -> None:  # fmt: skip
    con.execute("INSERT INTO core.document VALUES (?, make_timestamp(2024, 1, ?, 0, 0, 0))", [name, day])
    con.execute(
        "INSERT INTO core.report VALUES (?, ?, ?, 1, 't', 2023, ?, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        [f"{name}-1", name, url, body],
    )
    for table in ("core.observation", "kept_observation"):
        con.execute(
            f"INSERT INTO {table} VALUES (?, 'application.received', 'total', '', ?, ?, 'reported', ?)",
            [f"{name}-1", received, received, method],
        )


def judged(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    _leave_out_sightings(con)
    _mark_current(con)
    rows = con.execute(
        "SELECT report_id, is_current, superseded_by, current_rule, report_key, sightings FROM core.report"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("order", [("x", "y", "z"), ("z", "y", "x")])
def test_a_page_seen_again_is_one_version(con: duckdb.DuckDBPyConnection, order: tuple[str, ...]) -> None:
    days = {"x": 1, "y": 2, "z": 3}
    for name in order:
        add(con, name, days[name], 5)
    assert judged(con) == {"x-1": (True, None, None, "350128:government/2023/unknown/1", 3)}


def test_another_figure_is_another_version_with_its_reason(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "old", 1, 5)
    add(con, "new", 2, 6)
    found = judged(con)
    assert found["new-1"][:3] == (True, None, None)
    assert found["old-1"][:3] == (False, "new-1", "the current version was fetched later")
    assert found["old-1"][3] == "350128:government/2023/unknown/1"


def test_the_same_on_another_address_does_not_displace_the_earliest(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "first", 1, 5)
    add(con, "copy", 9, 5, url=B)
    found = judged(con)
    assert found["first-1"][0] is True
    assert found["copy-1"][1:3] == ("first-1", "says the same as a version seen earlier")


def test_bodies_of_other_kinds_and_open_bodies_displace_nobody(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "county", 1, 37)
    add(con, "office", 2, 13, url=B, body="350128:office")
    add(con, "open1", 3, 1, url="http://c.example", body=None)
    add(con, "open2", 4, 2, url="http://d.example", body=None)
    assert all(row[0] is True for row in judged(con).values())
