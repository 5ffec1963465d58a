"""A snapshot opens in every reader, each column once; the example pages give what the SQL gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipeline.home import Home
from pipeline.load.snapshot import write_snapshot
from pipeline.load.sums import latest
from pipeline.load.warehouse import opened
from tools.render_questions import questions

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
READERS: dict[str, Callable[[Path], tuple[int, list[str]]]] = {
    "pandas": lambda folder: ((f := pd.read_parquet(folder)).shape[0], list(f.columns)),
    "polars": lambda folder: ((f := pl.read_parquet(folder / "*.parquet")).height, f.columns),
    "pyarrow": lambda folder: ((f := pq.read_table(folder)).num_rows, f.column_names),
    "dataset": lambda folder: ((f := ds.dataset(folder)).count_rows(), f.schema.names),
    "duckdb": lambda folder: ((f := duckdb.sql(f"from '{folder}/*.parquet'")).shape[0], f.columns),
}


@pytest.fixture
def snapshot(out: Home) -> Path:
    return out.snapshots / latest(out)


@pytest.mark.parametrize("reader", READERS)
def test_observations_open_in_every_reader(out: Home, snapshot: Path, reader: str) -> None:
    with opened(out.database, read_only=True) as con:
        cursor = con.execute("SELECT * FROM core.observation")
        wanted = (len(cursor.fetchall()), [d[0] for d in cursor.description or []])
    assert len(list((snapshot / "core" / "observation").iterdir())) > 1
    assert READERS[reader](snapshot / "core" / "observation") == wanted


def test_fields_say_what_they_are(snapshot: Path) -> None:
    for path in snapshot.rglob("*.parquet"):
        for field in pq.read_schema(path):
            assert field.metadata[b"label_zh"], (path.name, field.name)


def test_the_same_warehouse_gives_the_same_bytes(out: Home, snapshot: Path, tmp_path: Path) -> None:
    again = write_snapshot(out, tmp_path)
    assert again.name == snapshot.name
    assert (again / "SHA256SUMS").read_bytes() == (snapshot / "SHA256SUMS").read_bytes()


def block(page: str, snapshot: Path) -> str:
    found = re.search(r"```\w+\n(.+?)```", (EXAMPLES / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1].replace("SNAPSHOT", str(snapshot))


def answer(out: Home) -> list[tuple[str, int, float]]:
    question = next(q for q in questions() if "disputes-per-1000" in q.path.name)
    with opened(out.database, read_only=True) as con:
        asked = f"SELECT issuer, year, disputes_per_1000_applications FROM ({question.sql})"
        return [(i, y, float(r)) for i, y, r in con.execute(asked).fetchall()]


@pytest.mark.parametrize("page", ["pandas.md", "polars.md"])
def test_an_example_gives_what_the_sql_gives(out: Home, snapshot: Path, page: str) -> None:
    names: dict[str, Any] = {}
    exec(block(page, snapshot), names)
    frame = names["found"] if page == "pandas.md" else names["found"].to_pandas()
    columns = (frame[c] for c in ("issuer", "year", "disputes_per_1000_applications"))
    found = [(i, y, float(r)) for i, y, r in zip(*columns, strict=True)]
    assert found == answer(out)
    assert found


@pytest.mark.skipif(which("Rscript") is None, reason="R (Rscript) is not there")
def test_the_example_in_r_runs(snapshot: Path, tmp_path: Path) -> None:
    import subprocess

    script = tmp_path / "example.r"
    script.write_text(block("r.md", snapshot), encoding="utf-8")
    subprocess.run(["Rscript", str(script)], check=True, timeout=300)
