"""Whether a build may be published: decided from the build itself, whoever ran what in which order.

``meta.built`` (sql/macros/record.sql) says what became of each model and test of the SQL project in this
build.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

_CURRENT = "SELECT count(*) FROM core.report WHERE is_current"
RECONCILED = (
    ("mart.quality", "SELECT count(*) FROM mart.quality", "SELECT count(*) FROM core.report"),
    ("mart.application", "SELECT count(*) FROM mart.application", _CURRENT),
    ("mart.outcome", "SELECT count(*) FROM mart.outcome", _CURRENT),
    ("mart.dispute", "SELECT count(*) FROM mart.dispute", _CURRENT),
    ("mart.measure", "SELECT count(DISTINCT report_id) FROM mart.measure", _CURRENT),
    ("mart.timeliness", "SELECT count(*) FROM mart.timeliness", f"{_CURRENT} AND year IS NOT NULL"),
    (
        "mart.city_year",
        "SELECT count(*) FROM mart.city_year",
        "SELECT count(*) FROM intermediate.int_city_report",
    ),
)
"""Of a mart: how many reports (or places and years) it holds, and how many it must hold."""
_DONE = ("success", "pass", "warn")


class NotWhole(RuntimeError):
    """A build that may not be published; the message says what is missing."""


def has_core(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the build holds a core that was written to its end."""
    return _has(con, "build") and _number(con, "SELECT count(*) FROM meta.build WHERE key = 'build'") > 0


def faults(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What keeps an open build from being published, one line each; nothing where it is whole."""
    if not has_core(con):
        yield "it holds no core: materialize `load` and what depends on it, or everything"
        return
    if not _has(con, "built"):
        yield "no model was built on this core: materialize the models, then `warehouse`"
        return
    wrong = list(_models(con)) + list(_tests(con))
    yield from wrong
    if not wrong:
        for mart, held, wanted in RECONCILED:
            found, expected = _number(con, held), _number(con, wanted)
            if found != expected:
                yield f"{mart} holds {found} where core has {expected}"


def _models(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = con.execute(
        "SELECT node, status, rows, build IS NOT DISTINCT FROM (SELECT value FROM meta.build WHERE key = 'build') "
        "FROM meta.built WHERE kind = 'model' ORDER BY node"
    ).fetchall()
    if not rows:
        yield "the SQL project held no model"
    for node, status, count, of_this_core in rows:
        if status not in _DONE:
            yield f"model {node}: {status}"
        elif not of_this_core:
            yield f"model {node}: built on another core"
        elif count is not None and (found := _rows(con, node)) != count:
            yield f"model {node}: {'not there' if found is None else f'{found} rows'}, {count} were built"


def _tests(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = con.execute(
        "SELECT node, status FROM meta.built WHERE kind = 'test' AND blocking ORDER BY node"
    ).fetchall()
    yield from (f"test {node}: {status}" for node, status in rows if status not in _DONE)


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int | None:
    try:
        return _number(con, f"SELECT count(*) FROM {table}")
    except duckdb.CatalogException:
        return None


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = ?"
    row = con.execute(query, [table]).fetchone()
    return bool(row and row[0])


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
