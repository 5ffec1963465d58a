"""Building on Spark against DuckDB alone: core, models, published file and snapshot of the same kept readings.

Usage: .venv-spark/bin/python -m bench.cluster_build [--documents 20000] [--master local[2]]

Readings are drawn (``bench.scale``: no bytes, nothing to read). Both build the same home in turn. CPU is user and
system time of all processes below this one. The rows of every table and the snapshot's sums are compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from bench.cluster import Cpu
from bench.scale import fill
from pipeline.cluster.session import master_of
from pipeline.home import Home
from pipeline.load.models import BUILD, run_models
from pipeline.load.sums import SUMS
from pipeline.load.warehouse import settled
from pipeline.reading.pool import worker_count
from pipeline.stages import build_environment, load_stage, models_on_spark, publish_stage, snapshot_stage


def build(home: Home, master: str, cpu: Cpu) -> tuple[Path, str]:
    """Build here, or on that master; gives the published file, put aside, and the sums of its snapshot."""
    steps = {
        "core": lambda: load_stage(home, master=master),
        "models": lambda: (
            models_on_spark(home, master)
            if master
            else run_models(home.building, home.warehouse / "dbt", BUILD, build_environment())
        ),
        "publish and snapshot": lambda: (publish_stage(home), snapshot_stage(home)),
    }
    for name, step in steps.items():
        start, used = time.monotonic(), cpu.seconds()
        step()
        took = f"{time.monotonic() - start:.1f} s, {cpu.seconds() - used:.1f} s of CPU"
        print(f"{master or 'here'}: {name}: {took}, load {os.getloadavg()[0]:.1f}", flush=True)
    (sums,) = home.snapshots.glob(f"*/{SUMS}")
    aside = home.root / f"{master or 'here'}.duckdb"
    home.database.rename(aside)
    told = sums.read_text()
    shutil.rmtree(home.snapshots)
    return aside, told


def compare(one: Path, other: Path) -> tuple[int, int, list[str]]:
    """Tables and rows of a warehouse, and the tables whose rows are not those of another."""
    with settled(one) as con:
        con.execute(f"ATTACH '{one}' AS a (READ_ONLY); ATTACH '{other}' AS b (READ_ONLY)")
        listed = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'a' ORDER BY 1"
        tables = [str(name) for (name,) in con.execute(listed).fetchall()]
        rows = sum(_count(con, f"FROM a.{table}") for table in tables)
        bad = [
            table
            for table in tables
            if _count(con, f"FROM a.{table} EXCEPT ALL FROM b.{table}")
            or _count(con, f"FROM b.{table} EXCEPT ALL FROM a.{table}")
        ]
    return len(tables), rows, bad


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    found = con.execute(f"SELECT count(*) FROM ({rows})").fetchone()
    return int(found[0]) if found else 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--master", default=f"local[{worker_count(1 << 30)}]")
    asked = parser.parse_args()
    master = master_of(asked.master, builds=True)
    cpu = Cpu()
    cpu.start()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).make()
        fill(home, asked.documents)
        here, sums = build(home, "", cpu)
        there, others = build(home, master, cpu)
        tables, rows, bad = compare(here, there)
    print(f"{tables} tables, {rows:,} rows: {', '.join(bad) or 'none'} differ")
    print("the same snapshot" if sums == others else "ANOTHER SNAPSHOT")


if __name__ == "__main__":
    main()
