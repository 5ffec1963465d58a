"""``core`` on Spark: reports are dealt out by their bodies, and each share is judged by the SQL that judges all of
them on one machine, in a DuckDB of the executor's own.

Nothing that is judged looks beyond a body (copies of a page that names none share an address), so what comes back
together is what one DuckDB gives over all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.cluster.executor import OtherCode, code_here
from pipeline.cluster.session import ClusterFailed, failures_told, session, url_of
from pipeline.codebook import load_codebook
from pipeline.codebook.columns import columns_of
from pipeline.current import models_fingerprint
from pipeline.home import Home
from pipeline.load.core import CORE, Judge, fill_reports, judge_together
from pipeline.load.ddl import create_table
from pipeline.load.decided import apply_decisions
from pipeline.load.decisions import Decision
from pipeline.load.warehouse import settled
from pipeline.reading.kept import Kept
from pipeline.reading.schema import ARROW, SCHEMAS

JUDGED = tuple(name for name in CORE if name in SCHEMAS and name != "document")
"""The tables that are made by share, where reading makes them: of a document there is one row for all bodies."""
_OUT = (*JUDGED, "decision")
_TYPES = {**ARROW, "timestamp": pa.timestamp("us", "UTC")}
_LEAST, _REPORTS = 4, 500
"""Shares at least, and reports of one, about: some 20 MB."""
_OF_DOCUMENT = ("document_id", "sha256", "source_url", "fetched_at")
"""What is asked of a report's document."""


def _struct(table: str) -> pa.DataType:
    return pa.struct([(c.column, _TYPES[c.type]) for c in columns_of(load_codebook(), "core", table)])


_SCHEMA = pa.schema([("table", pa.string()), *((name, _struct(name)) for name in _OUT)])
"""A row of any table: its name and, in the column of that name, its values."""


def judge_share(rows: pa.Table, *, decisions: Sequence[Decision], code: str) -> pa.Table:
    """What one machine makes of the kept rows of some bodies, all rows of each: columns named by tables, structs of
    which one is there in a row; gives rows of the tables of ``core`` in the same way. Raises OtherCode."""
    if code != code_of():
        raise OtherCode(
            f"a node would build with other code, codebook or libraries ({code_of()}) than the driver ({code}): "
            "install the same project from the same lock there (docs/cluster.md)"
        )
    with settled(Path(tempfile.gettempdir(), f"yangguang-{os.getpid()}")) as con:
        con.execute("SET threads = 1; CREATE SCHEMA core")
        con.register("rows", rows)
        for name in CORE:
            con.execute(create_table(load_codebook(), "core", name))
        con.execute(
            "INSERT INTO core.document BY NAME SELECT document.* FROM rows WHERE document IS NOT NULL"
        )
        for name in (*JUDGED, "extracted"):
            con.execute(f"CREATE VIEW kept_{name} AS SELECT {name}.* FROM rows WHERE {name} IS NOT NULL")
        own = _kept_places(con)
        fill_reports(con)
        judge_together(con, [d for d in decisions if (d.place.document_sha256, d.place.ordinal) in own])
        return pa.concat_tables([_rows(con, name) for name in _OUT])


def code_of() -> str:
    """What building on a node hangs on: the fingerprints of reading and of what loads."""
    return f"{code_here()}-{models_fingerprint()}"


def _kept_places(con: duckdb.DuckDBPyConnection) -> set[tuple[str, int]]:
    """Document and number of every report that was kept."""
    found = con.execute(
        "SELECT p.document_id, p.ordinal FROM kept_report p SEMI JOIN core.document USING (document_id)"
    )
    return {(str(document), int(ordinal)) for document, ordinal in found.fetchall()}


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    """The rows of one table of ``core`` in the columns of all."""
    found = con.execute(f"FROM core.{name}").to_arrow_table()
    count = found.num_rows
    own = found.cast(pa.schema(list(_SCHEMA.field(name).type))).to_struct_array() if count else None
    columns = [
        pa.repeat(name, count)
        if f.name == "table"
        else own
        if own and f.name == name
        else pa.nulls(count, f.type)
        for f in _SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=_SCHEMA)


def judging(home: Home, master: str) -> Judge:
    """Judges on that master: what ``build_core`` takes. Leaves the Parquet that Spark wrote, for the models. Raises
    ClusterFailed."""

    def judge(con: duckdb.DuckDBPyConnection, kept: Kept, decisions: Sequence[Decision]) -> None:
        home.on_spark.mkdir()
        documents = home.on_spark / "documents.parquet"
        asked = ", ".join(_OF_DOCUMENT)
        con.execute(f"COPY (SELECT {asked} FROM core.document) TO ? (FORMAT parquet)", [str(documents)])
        held = _kept_places(con)
        if held:
            files = {name: kept.files(name) for name in (*JUDGED, "extracted")}
            shares = max(_LEAST, len(held) // _REPORTS)
            parts = {"spark.sql.shuffle.partitions": str(shares)}
            with session(master, parts) as spark, failures_told():
                frame = _dealt(spark, documents, files, shares)
                _judged(frame, decisions).write.partitionBy("table").parquet(url_of(_folder(home)))
        take_in(con, home, len(held))
        apply_decisions(con, [d for d in decisions if (d.place.document_sha256, d.place.ordinal) not in held])

    return judge


def take_in(con: duckdb.DuckDBPyConnection, home: Home, reports: int) -> None:
    """Fill the tables of ``core`` with what Spark wrote. Raises ClusterFailed where that is not of so many reports that
    were kept."""
    for name in _OUT:
        if part := parquet_of(home, name):
            rows = "read_parquet(?, hive_partitioning = false)"
            con.execute(f"INSERT INTO core.{name} BY NAME SELECT {name}.* FROM {rows}", [f"{part}/*.parquet"])
    (came,) = con.execute("SELECT coalesce(sum(sightings), 0) FROM core.report").fetchone() or (0,)
    if came != reports:
        raise ClusterFailed(f"of {reports} reports Spark gave {came}: do all nodes see {home.warehouse}?")


def parquet_of(home: Home, name: str) -> Path | None:
    """The folder of what Spark made of one table, rows as in ``_SCHEMA``; None where it made none."""
    part = _folder(home) / f"table={name}"
    return part if part.is_dir() else None


def _folder(home: Home) -> Path:
    return home.on_spark / "core"


def _dealt(spark: Any, documents: Path, files: Mapping[str, list[str]], shares: int) -> Any:
    """A frame of all kept rows with the share of bodies that each belongs to: ``share``, and a struct a table."""
    from pyspark.sql import functions as sql

    document = spark.read.parquet(url_of(documents))
    kept = {name: spark.read.parquet(*map(url_of, paths)) for name, paths in files.items()}
    whose = sql.xxhash64(sql.coalesce("body_id", "source_url", sql.lit("")))
    share = sql.pmod(whose, sql.lit(shares)).alias("share")
    of = kept["report"].join(document, "document_id").select("report_id", "document_id", share)
    rows = [frame.select("report_id", sql.struct("*").alias(name)) for name, frame in kept.items()]
    whole = document.select("document_id", sql.struct("*").alias("document"))
    documents_of = whole.join(of.select("document_id", "share").distinct(), "document_id")
    together = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), rows)
    return (
        together.join(of.select("report_id", "share"), "report_id")
        .drop("report_id")
        .unionByName(documents_of.drop("document_id"), allowMissingColumns=True)
    )


def _judged(frame: Any, decisions: Sequence[Decision]) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    code = code_of()

    def judge(rows: pa.Table) -> pa.Table:
        return judge_share(rows, decisions=decisions, code=code)

    return frame.groupBy("share").applyInArrow(judge, from_arrow_schema(_SCHEMA, prefer_timestamp_ntz=False))
