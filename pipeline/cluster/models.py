"""The SQL models on Spark: core as Parquet in, marts as Parquet out, and from these the build that is published.

The models' text is the one that DuckDB builds from; types and constraints of the tables are the contracts'. What
became of models and tests (``meta.built``) comes back with the tables, so the gate asks what it always asks.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb

from pipeline.cluster.core import JUDGED, parquet_of
from pipeline.cluster.session import session, url_of
from pipeline.home import Home
from pipeline.load.models import Node, manifest, run_models_on_spark
from pipeline.load.warehouse import opened

_SCHEMAS = ("core", "ref", "meta", "staging", "intermediate", "mart")
_SETTINGS = {
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",  # a contract's timestamp is Spark's own
}
_PARTS, _CELLS = 4, 500_000
"""Parts that Spark cuts a large table into at least, and observations that make one more."""


def build_models(home: Home, master: str) -> list[Node]:
    """Build the models on Spark over the core in ``home.building`` and take them into it, where all are well; what
    became of each node. Raises DbtFailed, ClusterFailed."""
    sources, tables = home.on_spark / "sources", home.on_spark / "tables"
    with opened(home.building) as con:
        there = {f"core.{name}" for name in JUDGED if parquet_of(home, name)}
        cells = _hand_out(con, sources, there)
    own = {
        "spark.sql.warehouse.dir": url_of(tables),
        "spark.sql.shuffle.partitions": str(min(max(_PARTS, cells // _CELLS), 100 * _PARTS)),
    }
    with session(master, _SETTINGS | own) as spark:
        for schema in _SCHEMAS:
            spark.sql(f"create schema {schema}")
        for file in sorted(sources.iterdir()):
            spark.sql(f"create table {file.stem} using parquet location '{url_of(file)}'")
        for name in JUDGED:
            if part := parquet_of(home, name):
                spark.sql(f"create view core.{name} as select {name}.* from parquet.`{url_of(part)}`")
        nodes = run_models_on_spark(home.building, home.warehouse / "dbt" / "spark")
    if all(node.is_well for node in nodes):
        with opened(home.building) as con:
            _take_in(con, tables)
        shutil.rmtree(home.on_spark)
    return nodes


def _hand_out(con: duckdb.DuckDBPyConnection, folder: Path, there: set[str]) -> int:
    """Write what the models stand on as Parquet, a file a table, but for those that are ``there``; ``meta.built`` is
    empty. Gives how many observations there are."""
    folder.mkdir(parents=True)
    con.execute(
        "CREATE OR REPLACE TABLE meta.built"
        " (node VARCHAR, kind VARCHAR, blocking BOOLEAN, build VARCHAR, status VARCHAR, rows BIGINT)"
    )
    listed = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('core', 'ref', 'meta')"
    for name in {str(name) for (name,) in con.execute(listed).fetchall()} - there:
        con.execute(f"COPY {name} TO ? (FORMAT parquet)", [f"{folder / name}.parquet"])
    (cells,) = con.execute("SELECT count(*) FROM core.observation").fetchone() or (0,)
    return int(cells)


def _take_in(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the tables of the models, and of what became of them, from what Spark wrote."""
    for node in manifest().nodes.values():
        if node.resource_type == "model" and node.config.materialized == "table":
            name, place = f"{node.schema}.{node.alias}", f"{folder}/{node.schema}.db/{node.alias}/*.parquet"
            if node.config.contract.enforced:
                con.execute(f"CREATE TABLE {name} ({', '.join(map(_column, node.columns.values()))})")
                con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM read_parquet(?)", [place])
            else:
                con.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet(?)", [place])
    built = f"{folder}/meta.db/built_on_spark/*.parquet"
    con.execute("CREATE OR REPLACE TABLE meta.built AS SELECT * FROM read_parquet(?)", [built])


def _column(column: Any) -> str:
    """A column of a contract, as DuckDB declares it."""
    needed = " NOT NULL" if any(c.type == "not_null" for c in column.constraints) else ""
    return f'"{column.name}" {column.data_type}{needed}'
