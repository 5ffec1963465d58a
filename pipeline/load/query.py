"""SQL over the published warehouse, read-only and shut off from files and network."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb

from pipeline.home import Home
from pipeline.load.warehouse import opened


def run_query(home: Home, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows. Raises duckdb.Error where the query is wrong."""
    with opened(home.database, read_only=True) as con:
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        cursor = con.execute(query)
        return [d[0] for d in cursor.description or []], cursor.fetchall()


def query_parquet(home: Home, query: str) -> bytes:
    """The query's result as one Parquet file's bytes. Raises duckdb.Error."""
    with opened(home.database, read_only=True) as con, tempfile.TemporaryDirectory() as folder:
        statements = con.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise duckdb.InvalidInputException("--format parquet takes one SELECT")
        target = Path(folder) / "result.parquet"
        con.sql(query).write_parquet(str(target), compression="zstd")
        return target.read_bytes()
