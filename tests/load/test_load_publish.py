"""Nothing is published that is not whole, whoever asks in which order; and what is published stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.load.gate import NotWhole
from pipeline.load.models import run_models
from pipeline.load.publish import publish
from pipeline.load.published import damage, published
from pipeline.load.warehouse import opened
from pipeline.stages import is_up_to_date, publish_stage, snapshot_stage

At = Callable[[str], Home]
WRITES = """
import duckdb, os, sys
con = duckdb.connect(sys.argv[1])
con.execute("set checkpoint_threshold = '1GB'; update mart.measure set value = 999999 where value is not null")
os._exit(0)
"""
HOLDS = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def spoil(home: Home, statement: str) -> None:
    with duckdb.connect(str(home.building)) as con:
        con.execute(statement)


def refusal(home: Home) -> str:
    """What the gate says, the published file being as it was before."""
    home.database.write_bytes(b"as before")
    with pytest.raises(NotWhole) as refused:
        publish(home)
    assert home.database.read_bytes() == b"as before"
    return str(refused.value)


def figures(home: Home) -> list[tuple[object, ...]]:
    with opened(home.database, read_only=True) as con:
        return con.execute("SELECT * FROM mart.measure ORDER BY ALL").fetchall()


def test_a_whole_build_is_published_and_read_only(home_at: At) -> None:
    home = home_at("whole")
    publish(home)
    assert damage(home) == ""
    assert home.database.stat().st_mode & 0o222 == 0
    with opened(home.database, read_only=True) as con:
        built = con.execute("SELECT node, rows FROM meta.built WHERE kind = 'model' AND rows > 0").fetchall()
        assert {"mart.measure", "mart.city_year"} <= {node for node, _ in built}
    assert not home.building.exists()


def test_a_selection_of_models_is_not_published(home_at: At) -> None:
    said = refusal(home_at("part"))
    assert "model mart.city_year: not_run" in said
    assert "mart.timeliness" not in said


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE meta.built SET build = 'other' WHERE node = 'mart.trend'", "model mart.trend: built on another core"),
        ("UPDATE meta.built SET status = 'fail' WHERE node = 'unique_outcome_report_id'", "test unique_outcome_report_id: fail"),
        ("UPDATE meta.built SET status = 'error' WHERE node = 'mart.trend'", "model mart.trend: error"),
        ("DELETE FROM mart.trend", "model mart.trend: 0 rows"),
        ("DROP TABLE mart.coverage", "model mart.coverage: not there"),
        (
            "DELETE FROM mart.city_year; UPDATE meta.built SET rows = 0 WHERE node = 'mart.city_year'",
            "mart.city_year holds 0 where core has",
        ),
        (
            "DELETE FROM mart.outcome; UPDATE meta.built SET rows = 0 WHERE node = 'mart.outcome'",
            "mart.outcome holds 0 where core has",
        ),
        ("DELETE FROM meta.built", "held no model"),
        ("DROP TABLE meta.build", "it holds no core"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(home_at: At, statement: str, said: str) -> None:
    home = home_at("whole")
    spoil(home, statement)
    assert said in refusal(home)


def test_a_model_built_again_without_its_tests_is_untested(home_at: At) -> None:
    home = home_at("whole")
    run_models(home.building, home.root / "dbt", ["run", "-s", "outcome"])
    said = refusal(home)
    assert "test unique_outcome_report_id: not_run" in said
    assert "model" not in said


def test_no_home_parses_the_project_again(whole: Home) -> None:
    left = {path.name for path in (whole.warehouse / "dbt").iterdir()}
    assert {"compiled", "dbt.log"} <= left
    assert not left & {"partial_parse.msgpack", "manifest.json"}


@pytest.mark.parametrize("name", ["manifest.json", "partial_parse.msgpack"])
def test_what_dbt_parsed_counts_only_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without it every run would fail until somebody removes the folder."""
    from pipeline.load import models

    place = Path(shutil.copytree(models.parsed(), tmp_path / models.parsed().name))
    sound = (place / name).read_bytes()
    (place / name).write_bytes(sound[: len(sound) // 2])

    def parse(_words: object, _building: object, target: Path, _manifest: object) -> None:
        shutil.copytree(models.SQL / "target" / place.name, target)

    monkeypatch.setattr(models, "_invoke", parse)
    assert models.parsed(tmp_path) == place
    assert (place / name).read_bytes() == sound


def test_a_wal_of_another_program_is_never_replayed(home_at: At) -> None:
    home = home_at("whole")
    publish(home)
    true = figures(home)
    os.chmod(home.database, 0o644)
    subprocess.run([sys.executable, "-c", WRITES, str(home.database)], check=True)
    wal = home.database.with_name(f"{home.database.name}.wal")
    assert wal.stat().st_size > 0
    assert figures(home) == true
    assert not wal.exists()
    assert len(list(home.warehouse.glob("*.wal.foreign-*"))) == 1


def test_a_wal_lies_aside_before_and_after_the_swap(home_at: At) -> None:
    home = home_at("whole")
    wal = home.database.with_name(f"{home.database.name}.wal")
    wal.write_bytes(b"of a file that is no longer there")
    publish(home)
    assert not wal.exists()
    assert [p.read_bytes() for p in home.warehouse.glob("*.wal.foreign-*")] == [
        b"of a file that is no longer there"
    ]


def test_a_flipped_byte_is_seen_and_the_next_run_builds_again(home_at: At) -> None:
    home = home_at("whole")
    publish_stage(home)
    snapshot_stage(home)
    assert is_up_to_date(home)
    os.chmod(home.database, 0o644)
    with home.database.open("r+b") as stream:
        stream.seek(300_000)
        byte = stream.read(1)
        stream.seek(300_000)
        stream.write(bytes([byte[0] ^ 1]))
    assert "sha256" in damage(home)
    assert not is_up_to_date(home)


def test_who_holds_the_file_read_write_causes_no_new_build(home_at: At) -> None:
    home = home_at("whole")
    publish_stage(home)
    snapshot_stage(home)
    os.chmod(home.database, 0o644)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(home.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        assert is_up_to_date(home)
        holder.stdin.write("\n")
        holder.stdin.close()


def test_a_home_without_receipt_is_not_up_to_date(home_at: At) -> None:
    home = home_at("whole")
    publish_stage(home)
    snapshot_stage(home)
    home.receipt.write_text("{", encoding="utf-8")
    assert published(home) == {}
    assert not is_up_to_date(home)
