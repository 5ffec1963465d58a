"""Two snapshots: every figure that differs, each with its reason, and nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pipeline.load.difference import MEASURE, NoSnapshot, differing
from pipeline.terminal.main import main

Row = tuple[str, int, str, int | None, str]
COUNT = pl.Decimal(24, 6)


def snapshot(folder: Path, rows: list[Row], **facts: str) -> Path:
    """A snapshot's folder with the figures (body, year, measure, value, report) alone."""
    names = ("body_id", "year", "measure_id", "value", "report_id")
    frame = pl.DataFrame(
        rows,
        schema=dict(zip(names, (pl.String, pl.Int32, pl.String, COUNT, pl.String), strict=True)),
        orient="row",
    )
    frame = frame.with_columns(
        scope=pl.lit("whole_area"),
        division_code=pl.lit("990100"),
        issuer=pl.col("body_id") + "府",
        state=pl.when(pl.col("value").is_null()).then(pl.lit("blank")).otherwise(pl.lit("reported")),
    )
    (folder / MEASURE).parent.mkdir(parents=True)
    frame.write_parquet(folder / MEASURE)
    (folder / "datapackage.json").write_text(json.dumps({"yangguang": facts}), encoding="utf-8")
    return folder


def test_each_figure_that_differs_says_why(tmp_path: Path) -> None:
    before = snapshot(
        tmp_path / "1",
        [
            ("甲", 2020, "received", 5, "r1"),
            ("甲", 2020, "granted", 2, "r1"),
            ("甲", 2021, "received", 7, "r2"),
            ("乙", 2020, "received", 9, "r3"),
            ("丙", 2020, "received", None, "r4"),
        ],
        reading="a",
        models="m",
    )
    now = snapshot(
        tmp_path / "2",
        [
            ("甲", 2020, "received", 5, "r1"),
            ("甲", 2020, "granted", 3, "r1"),
            ("甲", 2021, "received", 8, "r2b"),
            ("丁", 2020, "received", 0, "r5"),
            ("丙", 2020, "received", 0, "r4"),
        ],
        reading="b",
        models="m",
    )
    found = {
        (r["body_id"], r["year"], r["measure_id"]): r for r in differing(before, now).iter_rows(named=True)
    }
    assert {key: (r["before"], r["now"], r["why"]) for key, r in found.items()} == {
        ("甲", 2020, "granted"): (Decimal(2), Decimal(3), "the code that reads changed"),
        ("甲", 2021, "received"): (Decimal(7), Decimal(8), "another version is current"),
        ("乙", 2020, "received"): (Decimal(9), None, "report no longer there"),
        ("丁", 2020, "received"): (None, Decimal(0), "new report"),
        ("丙", 2020, "received"): (None, Decimal(0), "the code that reads changed"),
    }
    assert found["丙", 2020, "received"]["state_before"] == "blank"


def test_the_same_snapshot_differs_in_nothing(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "1", [("甲", 2020, "received", None, "r1"), ("乙", 2020, "received", 4, "r2")])
    assert differing(one, one).is_empty()


def test_a_damaged_snapshot_is_named(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "1", [("甲", 2020, "received", 4, "r1")])
    two = snapshot(tmp_path / "2", [("甲", 2020, "received", 4, "r1")])
    (two / MEASURE).write_bytes((two / MEASURE).read_bytes()[:40])
    with pytest.raises(NoSnapshot, match="cannot be compared"):
        differing(one, two)


def test_the_command_gives_all_rows_and_names_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = snapshot(tmp_path / "1", [("甲", 2020, "received", 4, "r1")])
    two = snapshot(tmp_path / "2", [("甲", 2020, "received", 6, "r1")])
    monkeypatch.setenv("YANGGUANG_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "warehouse").mkdir(parents=True)
    (tmp_path / "home" / "warehouse" / "yangguang.duckdb").touch()
    done = CliRunner().invoke(main, ["diff", str(one), str(two), "--format", "jsonl"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["now"] == 6
    assert "1 figure differ" in done.stderr
    nothing = CliRunner().invoke(main, ["diff", str(tmp_path / "no"), str(two)])
    assert nothing.exit_code == 2
    assert "no snapshot" in nothing.stderr
