"""Two snapshots: every figure that differs, each with its reason, and nothing else."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from pipeline.codebook import load_codebook
from pipeline.load.difference import MEASURE, NoSnapshot, differing, summary
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
        ("甲", 2020, "granted"): (Decimal(2), Decimal(3), "code"),
        ("甲", 2021, "received"): (Decimal(7), Decimal(8), "other_version"),
        ("乙", 2020, "received"): (Decimal(9), None, "report_gone"),
        ("丁", 2020, "received"): (None, Decimal(0), "new_report"),
        ("丙", 2020, "received"): (None, Decimal(0), "code"),
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
    (tmp_path / "latest").write_text("2\n")
    named = CliRunner().invoke(main, ["diff", str(one), str(tmp_path / "latest"), "--format", "jsonl"])
    assert named.stdout == done.stdout, "a file that names a snapshot beside it stands for it"
    nothing = CliRunner().invoke(main, ["diff", str(tmp_path / "no"), str(two)])
    assert nothing.exit_code == 2
    assert "no snapshot" in nothing.stderr


def deep(folder: Path, figures: list[tuple[str, int]], *, cell: str = "as_printed", value: int = 5,
         expression: str = "application.received", address: str = "http://a.example/1", **facts: str) -> Path:  # fmt: skip
    """A snapshot that holds cells and the codebook too: one report a figure (report, value), each with one cell
    ``received`` of ``value`` and one ``granted``."""
    snapshot(folder, [("甲", 2020, "received", n, report) for report, n in figures], **facts)
    tables = {
        "core/report": {
            "report_id": [r for r, _ in figures],
            "template": ["form"] * len(figures),
            "source_url": [address] * len(figures),
        },
        "ref/measure": {
            "measure_id": ["received"],
            "template": ["form"],
            "kind": ["flow"],
            "expression": [expression],
            "fallback": [None],
            "comparability": ["exact"],
        },
        "ref/measure_term": {
            "measure_id": ["received"],
            "template": ["form"],
            "indicator": ["application.received"],
            "applicant": [None],
        },
        "core/observation/2020": {
            "report_id": [r for r, _ in figures for _ in range(2)],
            "indicator": ["application.received", "application.granted"] * len(figures),
            "applicant": [None, None] * len(figures),
            "resolved": [value, 1] * len(figures),
            "resolution": [cell, "as_printed"] * len(figures),
            "state": ["ambiguous", "reported"] * len(figures),
        },
    }
    texts = ("fallback", "applicant")
    for name, columns in tables.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(columns, schema_overrides={c: pl.String for c in texts if c in columns}).write_parquet(
            path
        )
    return folder


FACTS = {"codebook": "c", "code": "k", "places": "p", "models": "m"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cell": "decided_by_person", "value": 7, "code": "k2"}, "decision"),
        ({"value": 7, "code": "k2", "models": "m2"}, "code"),
        ({"value": 7, "places": "p2"}, "places"),
        ({"value": 7, "codebook": "c2", "code": "k2"}, "codebook+code"),
        ({"value": 7}, "neighbours"),
        ({"expression": "application.received + 1", "codebook": "c2", "code": "k2"}, "codebook"),
        ({"models": "m2", "code": "k2"}, "sql"),
        ({"code": "k2"}, "neighbours"),
    ],
)
def test_the_reason_is_the_one_that_moved_the_figures_own_cells(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    before = deep(tmp_path / "1", [("r1", 5)], **FACTS)
    now = deep(tmp_path / "2", [("r1", 7)], **(FACTS | change))
    assert differing(before, now)["why"].to_list() == [why]


@pytest.mark.parametrize(
    ("address", "why"), [("http://a.example/1", "document_changed"), ("http://b.example/", "other_version")]
)
def test_a_document_that_changed_at_its_address_is_told_from_another_version(
    tmp_path: Path, address: str, why: str
) -> None:
    before = deep(tmp_path / "1", [("r1", 5)], **FACTS)
    now = deep(tmp_path / "2", [("r2", 7)], address=address, **FACTS)
    assert differing(before, now)["why"].to_list() == [why]


def test_every_reason_is_a_value_of_the_codebook() -> None:
    listed = {v.value for v in load_codebook().values_of("diff.figure", "why")}
    source = (Path(__file__).resolve().parents[2] / "pipeline" / "load" / "difference.py").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r'pl\.lit\("(\w+)"\)', source)) | {"code", "places", "sql", "neighbours"}
    assert named == listed


def test_a_summary_counts_by_reason_and_measure(tmp_path: Path) -> None:
    before = snapshot(
        tmp_path / "1", [("甲", 2020, "received", 1, "r1"), ("乙", 2020, "received", 2, "r2")], models="a"
    )
    now = snapshot(
        tmp_path / "2", [("甲", 2020, "received", 3, "r1"), ("乙", 2020, "received", 4, "r2")], models="b"
    )
    assert summary(differing(before, now)).rows() == [("sql", "received", 2, 2)]
