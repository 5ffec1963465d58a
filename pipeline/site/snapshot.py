"""A snapshot opened for reading: its Parquet files as tables of an in-memory DuckDB, and what it says of
itself."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.load.warehouse import cores, memory_budget


class NotASnapshot(ValueError):
    """A folder that holds no snapshot, or a broken one; the message says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the snapshot: ``core.report``, its comment, its columns as (name, comment)."""

    name: str
    comment: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the data package says: version, what the warehouse was built from, whether all bodies are
    invented, how to cite it."""

    folder: Path
    version: str
    build: str
    invented: bool
    citation: str
    tables: tuple[Table, ...]


@contextmanager
def opened_snapshot(folder: Path) -> Iterator[tuple[Snapshot, duckdb.DuckDBPyConnection]]:
    """The snapshot and a connection in which its tables stand under their own names (``mart.city_year``).

    Raises NotASnapshot.
    """
    package = _package(folder)
    con = duckdb.connect()
    spill = tempfile.TemporaryDirectory(prefix="yangguang-site-")
    try:
        con.execute(
            f"SET threads = {cores()}; SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false; "
            f"SET memory_limit = '{memory_budget()}'; SET temp_directory = '{spill.name}'"
        )
        tables = tuple(_attach(con, folder, resource) for resource in package["resources"])
        con.execute("SET search_path = 'main,mart,core,ref'")
        facts = package.get("yangguang") or {}
        yield (
            Snapshot(
                folder,
                str(package.get("version") or folder.name),
                str(facts.get("build") or ""),
                bool(facts.get("invented")),
                str(package.get("citation") or ""),
                tables,
            ),
            con,
        )
    finally:
        con.close()
        spill.cleanup()


def _package(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotASnapshot(f"{folder} holds no snapshot: datapackage.json cannot be read") from error
    if not isinstance(found, dict) or not isinstance(found.get("resources"), list):
        raise NotASnapshot(f"{folder} holds no snapshot: datapackage.json names no tables")
    return found


def _attach(con: duckdb.DuckDBPyConnection, folder: Path, resource: dict[str, Any]) -> Table:
    schema, _, table = str(resource["name"]).partition("_")
    named = resource["path"]
    paths = [folder / p for p in ([named] if isinstance(named, str) else named)]
    if lost := [p for p in paths if not p.is_file()]:
        raise NotASnapshot(f"{folder} is not whole: {lost[0].relative_to(folder)} is missing")
    quoted = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
    try:
        con.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        con.execute(
            f'CREATE VIEW "{schema}"."{table}" AS SELECT * FROM '
            f"read_parquet([{quoted}], hive_partitioning = false)"
        )
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise NotASnapshot(f"{folder}: {schema}.{table} cannot be read: {reason}") from error
    fields = resource.get("schema", {}).get("fields", [])
    return Table(
        f"{schema}.{table}",
        str(resource.get("description") or ""),
        tuple((str(f["name"]), str(f.get("description") or "")) for f in fields),
    )
