"""The same marts on Spark: run with ``-m spark`` and YANGGUANG_SPARK_PYTHON naming an interpreter that has
dbt-spark."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from tools.demo import ReportTruth

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "compare_engines.py"
PYTHON = os.environ.get("YANGGUANG_SPARK_PYTHON", "")


@pytest.mark.spark
@pytest.mark.skipif(
    not PYTHON, reason="YANGGUANG_SPARK_PYTHON names no interpreter with dbt-spark and pyspark"
)
def test_spark_gives_the_rows_of_duckdb(
    shipped: tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth]], tmp_path: Path
) -> None:
    con, _ = shipped
    con.execute("checkpoint")
    (path,) = con.execute(
        "select path from duckdb_databases() where not internal and path is not null"
    ).fetchone() or ("",)
    copy = tmp_path / Path(path).name
    shutil.copy(path, copy)
    done = subprocess.run([PYTHON, str(SCRIPT), str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.count(" rows, 0 differ") >= 17
