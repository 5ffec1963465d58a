"""Build ``core`` and ``ref`` in a new DuckDB file beside the published one; publish it by renaming.

DuckDB reads the batch files itself; Python hands over only the receipts and the reference rows.
"""

from __future__ import annotations

import csv
import itertools
import logging
import os
import shutil
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import comment_of, explain, tables_of
from pipeline.home import Home
from pipeline.load.core import CORE, Judge, attach, fill_documents, judge_here, receipts_table
from pipeline.load.ddl import create_table
from pipeline.load.decisions import load_decisions
from pipeline.load.reference import reference_rows
from pipeline.places import load_registry
from pipeline.reading.kept import Kept
from pipeline.reading.schema import SCHEMAS as READ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.crawl import Receipt


SCHEMAS = ("core", "ref", "meta", "staging", "intermediate", "mart")
log = logging.getLogger(__name__)
MOST_MEMORY = 8 * 1024**3
"""What DuckDB takes at most by itself, in bytes."""


def memory_budget() -> str:
    """What DuckDB may hold before it spills to disk: ``YANGGUANG_MEMORY`` (as ``2GB``), else half of the
    machine's memory, at most 8 GB."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return os.environ.get("YANGGUANG_MEMORY") or f"{min(machine // 2, MOST_MEMORY) // 1024**2}MiB"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the project's settings: all cores, the memory budget, spilling beside the file, no
    extension downloads, UTC. What is published was closed whole: a WAL beside it is another's, and is put
    aside."""
    if read_only:
        set_wal_aside(path)
    with settled(path, duckdb.connect(str(path), read_only=read_only)) as connection:
        connection.execute(f"SET preserve_insertion_order = {read_only}")
        yield connection


@contextmanager
def settled(
    beside: Path, connection: duckdb.DuckDBPyConnection | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection (default: of its own, to no file) with the project's settings, closed at the end; it spills
    ``beside`` a path."""
    con = connection or duckdb.connect()
    try:
        con.execute(
            f"SET threads = {cores()}; SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false"
        )
        con.execute(
            f"SET temp_directory = {_quoted(f'{beside}.spill')}; SET memory_limit = {_quoted(memory_budget())}"
        )
        yield con
    finally:
        con.close()


def set_wal_aside(path: Path) -> None:
    """Rename a WAL that lies beside a published file: DuckDB would replay it, though it belongs to a file
    that is no longer there. Says so in the log."""
    wal = path.with_name(f"{path.name}.wal")
    if wal.exists():
        aside = next(
            p for n in itertools.count(1) if not (p := wal.with_name(f"{wal.name}.foreign-{n}")).exists()
        )
        wal.rename(aside)
        log.warning(
            "%s was left by another program that wrote into the warehouse; put aside as %s", wal, aside.name
        )


def build_core(
    home: Home, receipts: Iterable[Receipt], facts: dict[str, str], judge: Judge = judge_here
) -> dict[str, int]:
    """Build ``core``, ``ref`` and ``meta`` in ``home.building``, from nothing. ``facts`` go to ``meta.build``;
    ``judge`` says where reports are judged. Gives rows by table."""
    clear(home)
    with Kept(home) as kept, opened(home.building) as con:
        con.register("incoming", receipts_table(receipts))
        con.execute("CREATE TEMP TABLE receipts AS SELECT * FROM incoming")
        con.unregister("incoming")
        for schema in SCHEMAS:
            con.execute(f"CREATE SCHEMA {schema}")
        codebook = load_codebook()
        for name in CORE:
            con.execute(create_table(codebook, "core", name))
            if name in READ:
                attach(con, name, kept.files(name))
        attach(con, "extracted", kept.files("extracted"))
        fill_documents(con)
        judge(con, kept, load_decisions(home))
        _fill_reference(con, home, codebook)
        con.execute("CREATE TABLE meta.build (key VARCHAR, value VARCHAR)")
        con.executemany("INSERT INTO meta.build VALUES (?, ?)", sorted(facts.items()))
        counts = {name: _count(con, f"core.{name}") for name in CORE}
        con.execute("CHECKPOINT")
    return counts


def clear(home: Home) -> None:
    """Throw away what a killed run left of its build."""
    for stale in (home.building, home.building.with_suffix(".duckdb.wal")):
        stale.unlink(missing_ok=True)
    shutil.rmtree(f"{home.building}.spill", ignore_errors=True)
    shutil.rmtree(home.on_spark, ignore_errors=True)


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(row[0]) if row else 0


def _fill_reference(con: duckdb.DuckDBPyConnection, home: Home, codebook: Codebook) -> None:
    registry = load_registry(home.divisions)
    rows = reference_rows(codebook, registry, _own_events(home.division_events))
    for name in tables_of(codebook, "ref"):
        con.execute(create_table(codebook, "ref", name))
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
                f"own{n:03d}",
                f"{row['date'][:4]}-01-01",
                row["kind"],
                row["from_code"] or None,
                row["to_code"] or None,
                row.get("extent") or "whole",
                row["source"],
                row["note"] or None,
            )
            for n, row in enumerate(csv.DictReader(stream), start=1)
        ]


def comment_tables(con: duckdb.DuckDBPyConnection, codebook: Codebook) -> None:
    """Give every table and column its comment from the codebook: Chinese label, unit, definition."""
    tables = con.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core', 'ref', 'mart') "
        "ORDER BY ALL"
    ).fetchall()
    for schema, table in tables:
        if own := explain(codebook, schema, table, ""):
            con.execute(f"COMMENT ON TABLE {schema}.{table} IS {_quoted(comment_of(own))}")
        columns = con.execute(f'SELECT * FROM {schema}."{table}" LIMIT 0').description or []
        for name in (c[0] for c in columns):
            if found := explain(codebook, schema, table, name):
                text = _quoted(comment_of(found))
                con.execute(f'COMMENT ON COLUMN {schema}."{table}"."{name}" IS {text}')


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
