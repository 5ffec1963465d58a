"""Builds the marts of a warehouse on Spark too and compares them row by row with DuckDB's.

    python tools/compare_engines.py WAREHOUSE.duckdb

WAREHOUSE holds core, ref and the marts that the duckdb target built. Needs Java 17 and, beside dbt-core and
duckdb, the packages dbt-spark[session] and pyspark, which are not in the lock: run it with an environment of
its own. Ends with 0 where every table has the same rows, with 1 and a line for each that has not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1] / "sql"


def tables(con: Any, *schemas: str) -> list[tuple[str, str]]:
    """Schema and name of every table in those schemas of an open DuckDB connection."""
    listed = ", ".join(f"'{s}'" for s in schemas)
    found = con.execute(
        f"select table_schema, table_name from information_schema.tables where table_schema in ({listed}) order by all"
    ).fetchall()
    return [(schema, table) for schema, table in found]


def start_spark(folder: Path) -> Any:
    """A Spark session on two cores that keeps its tables in ``folder``."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.warehouse.dir": str(folder / "spark"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.inferTimestampNTZ.enabled": "false",  # a contract's timestamp is Spark's own
        "spark.driver.memory": "4g",
    }
    builder = SparkSession.builder.master("local[2]").appName("yangguang")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def load_sources(con: Any, spark: Any, folder: Path) -> None:
    """Copy core and ref from DuckDB to Spark tables of the same names."""
    for schema in ("core", "ref", "staging", "intermediate", "mart"):
        spark.sql(f"create schema if not exists {schema}")
    for schema, table in tables(con, "core", "ref"):
        file = folder / f"{schema}.{table}.parquet"
        con.execute(f"copy (select * from {schema}.\"{table}\") to '{file}' (format parquet)")
        spark.read.parquet(str(file)).write.mode("overwrite").saveAsTable(f"{schema}.{table}")


def build_on_spark(folder: Path) -> str | None:
    """Run dbt with the spark target in this process. Gives what failed, or None."""
    from dbt.cli.main import dbtRunner

    result: Any = dbtRunner().invoke(
        [
            "build",
            "--target",
            "spark",
            "--exclude-resource-type",
            "unit_test",
            "--project-dir",
            str(HERE),
            "--profiles-dir",
            str(HERE),
            "--target-path",
            str(folder / "target"),
            "--log-path",
            str(folder / "logs"),
            "--quiet",
        ]
    )
    if result.success:
        return None
    failed = [f"{r.node.name}: {r.message}" for r in (result.result or []) if r.status in ("error", "fail")]
    return "\n".join(failed) or str(result.exception)


def differences(con: Any, spark: Any, folder: Path) -> Iterator[str]:
    """One line for each mart whose rows differ between the engines."""
    for schema, table in tables(con, "mart"):
        out = folder / f"out.{table}"
        spark.table(f"{schema}.{table}").write.mode("overwrite").parquet(str(out))
        described = con.execute(f"describe {schema}.{table}").fetchall()
        columns = ", ".join(f'"{row[0]}"' for row in described)
        typed = ", ".join(f'cast("{row[0]}" as {row[1]}) as "{row[0]}"' for row in described)
        other = f"(select {typed} from read_parquet('{out}/*.parquet'))"
        mine = f"(select {columns} from {schema}.{table})"
        here, there = (con.execute(f"select count(*) from {r}").fetchone()[0] for r in (mine, other))
        missing = con.execute(f"select * from ({mine} except all {other})").fetchall()
        extra = con.execute(f"select * from ({other} except all {mine})").fetchall()
        print(f"{schema}.{table}: {here} rows, {len(missing)} differ")
        if missing or extra or here != there:
            yield f"{schema}.{table}: {here} rows in DuckDB, {there} in Spark; first of each: {missing[:1]} {extra[:1]}"


def main(warehouse: Path) -> int:
    """Compare; gives the exit code."""
    import duckdb

    con = duckdb.connect(str(warehouse), read_only=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spark = start_spark(folder)
        load_sources(con, spark, folder)
        failed = build_on_spark(folder)
        if failed:
            print(failed, file=sys.stderr)
            return 1
        found = list(differences(con, spark, folder))
        spark.stop()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("usage: python tools/compare_engines.py WAREHOUSE.duckdb", file=sys.stderr)
        raise SystemExit(2)
    raise SystemExit(main(Path(sys.argv[1])))
