"""Runs under bad input, under readers, and under SIGKILL."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from pipeline.home import Home
from pipeline.load.sums import latest
from tests.spine.conftest import COMMAND, yangguang
from tools.demo import iter_pages


def pages(folder: Path, start: int, count: int) -> Path:
    """Some demo pages as files of fixed age."""
    folder.mkdir(parents=True, exist_ok=True)
    for n, (_, data, truth) in enumerate(iter_pages(bodies=6, seed=5)):
        if start <= n < start + count:
            path = folder / f"{n:03d}.{'txt' if truth.shape != 'html' else 'html'}"
            path.write_bytes(data)
            os.utime(path, (1_700_000_000 + n, 1_700_000_000 + n))
    return folder


def broken(folder: Path) -> Path:
    """Five files that no reader reads whole, beside what the folder holds."""
    (folder / "empty.html").write_bytes(b"")
    (folder / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(3000))
    (folder / "divs.html").write_bytes(b"<div>" * 6_000_000)
    (folder / "cut.html").write_bytes(b"<html><body><p>text</p><table><tr><td>1</td><td")
    (folder / "noise.pdf").write_bytes(b"%PDF-1.7\n" + random.Random(2).randbytes(2000))
    return folder


def test_wrong_use_is_exit_code_2_with_a_message(tmp_path: Path) -> None:
    for arguments in (
        ["run", str(tmp_path / "nowhere")],
        ["run", "--colour"],
        ["extract", str(tmp_path / "nowhere")],
        ["city"],
        ["sql", "select 1", "--format", "xml"],
        ["sql", "select 1"],
    ):
        done = yangguang(tmp_path / "home", *arguments, check=False)
        assert done.returncode == 2, arguments
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


TABLES = ("core.report", "core.observation", "core.finding", "mart.city_year")


class Grown(NamedTuple):
    """A home after a calm run of twelve pages (what its tables and its snapshot then held) and a second run of one
    known page, one new, and five broken files."""

    home: Home
    calm: dict[str, list[tuple[Any, ...]]]
    given: dict[str, str]
    before: dict[str, int]
    said: str
    held: int
    seen: set[int]
    failures: str


def rows_of(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(home.database), read_only=True) as con:
        return {table: con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def sums(home: Home) -> dict[str, str]:
    """The SHA-256 of every file of the latest snapshot."""
    folder = home.snapshots / latest(home)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(home.snapshots).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def batches(home: Home) -> dict[str, int]:
    """When each file of what was read was written."""
    return {p.name: p.stat().st_mtime_ns for p in home.read.glob("*/*.parquet")}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("grown")
    home = Home(folder / "home")
    yangguang(home.root, "run", str(pages(folder / "a", 0, 12)))
    calm, given, before = rows_of(home), sums(home), batches(home)
    old = duckdb.connect(str(home.database), read_only=True)
    old.execute("SELECT count(*) FROM core.report")
    script = (
        "import duckdb, select, sys\n"
        "while not select.select([sys.stdin], [], [], 0.2)[0]:\n"
        "    with duckdb.connect(sys.argv[1], read_only=True) as con:\n"
        "        print(con.execute('SELECT count(*) FROM core.report').fetchone()[0], flush=True)\n"
    )
    reader = subprocess.Popen(  # opens the file anew some five times a second
        [COMMAND[0], "-c", script, str(home.database)],
        stdin=subprocess.PIPE,
        stdout=(folder / "counts").open("w"),
        stderr=subprocess.PIPE,
        text=True,
    )
    done = yangguang(home.root, "run", str(broken(pages(folder / "b", 11, 2))))
    _, failures = reader.communicate()
    seen = {int(line) for line in (folder / "counts").read_text().splitlines()}
    held = old.execute("SELECT count(*) FROM core.report").fetchall()[0][0]
    old.close()
    return Grown(home, calm, given, before, done.stderr, held, seen, failures)


def test_readers_are_never_locked_out(grown: Grown) -> None:
    assert not grown.failures
    assert {12, 13} >= grown.seen >= {12}
    assert grown.held == 12
    assert len(rows_of(grown.home)["core.report"]) == 13


def test_only_new_documents_are_read_and_a_file_taken_twice_is_one(grown: Grown) -> None:
    assert "6 new, 1 known" in grown.said
    now = batches(grown.home)
    assert {n: t for n, t in now.items() if n in grown.before} == grown.before
    assert len(now) > len(grown.before)
    assert len([p for p in (grown.home.raw / "objects").rglob("*") if p.is_file()]) == 18


def test_broken_files_are_rows_with_a_status_and_the_run_goes_on(grown: Grown) -> None:
    assert "5 documents could not be read whole" in grown.said
    query = "select source_url, status from core.document order by 1"
    lines = yangguang(grown.home.root, "sql", query, "--format", "csv").stdout.splitlines()[1:]
    status = dict(line.split(",") for line in lines)
    assert {s for n, s in status.items() if n[0].isdigit()} == {"ok"}
    assert status["empty.html"] == "empty"
    assert status["divs.html"] == "too_large"
    assert status["cut.html"] == "truncated"
    assert status["picture.html"] not in ("ok", "crashed")
    assert status["noise.pdf"] not in ("ok", "crashed")


def test_a_killed_run_loses_nothing_and_the_same_input_gives_the_same_bytes(
    grown: Grown, tmp_path: Path
) -> None:
    folder = pages(tmp_path / "in", 0, 12)
    home = Home(tmp_path / "killed")
    dice = random.Random(7)
    for _ in range(2):
        process = subprocess.Popen(
            [*COMMAND, "run", str(folder)],
            env={**os.environ, "YANGGUANG_HOME": str(home.root)},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(2, 9))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if home.database.is_file():  # whatever is published is whole
            assert len(rows_of(home)["core.report"]) == 12
    yangguang(home.root, "run", str(folder))
    assert yangguang(home.root, "verify").returncode == 0
    assert rows_of(home) == grown.calm
    assert sums(home) == grown.given
