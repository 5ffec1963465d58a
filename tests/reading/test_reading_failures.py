"""Trouble of the machine is tried again, with its history; a worker's traceback is kept in the home."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean.guard import Failure, GuardedPool
from pipeline.crawl import RawStore, UserError, take_in
from pipeline.home import Home
from pipeline.reading import read_all
from pipeline.reading.chunks import Chunk
from pipeline.reading.files import Unreadable, read_files
from pipeline.reading.index import Index
from pipeline.reading.kept import Kept
from pipeline.reading.pool import worker_count
from pipeline.stages import is_up_to_date
from tests.drawn.files import report_files


class _Pool:
    """Reads in this process, and fails on files of one name as told."""

    def __init__(self, failures: Iterator[Failure | None]) -> None:
        self.failures = failures
        self.read: list[str] = []

    def map_unordered(self, fn: Any, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Any]]:
        for chunk in chunks:
            assert len(chunk.units) == 1
            url = str(chunk.units[0].job.article.url)
            self.read.append(url)
            failure = next(self.failures) if url == "b.txt" else None
            yield chunk, failure or fn(chunk)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "a.html").write_bytes(report_files.html(report_files.report("v2021", 5)))
    (tmp_path / "b.txt").write_text("请查收")
    made = Home(tmp_path / "home").make()
    with RawStore(made.raw) as store:
        take_in(store, [tmp_path / "a.html", tmp_path / "b.txt"])
    return made


def _runs(home: Home, monkeypatch: pytest.MonkeyPatch, *failures: Failure | None) -> list[list[str]]:
    """What each of a row of runs read."""
    pool = _Pool(iter(failures))

    @contextmanager
    def given(jobs: int, preload: str, values: int) -> Iterator[_Pool]:
        yield pool

    monkeypatch.setattr(read_all, "reading_pool", given)
    found = []
    with RawStore(home.raw) as store:
        for _ in range(6):
            pool.read = []
            read_all.read_new(home, store)
            found.append(pool.read)
    return found


def _status(home: Home) -> list[tuple[str, str]]:
    import pyarrow.parquet as pq

    with Kept(home) as kept:
        tables = [pq.read_table(path) for path in kept.files("document")]
    return sorted((row["status"], row["detail"]) for table in tables for row in table.to_pylist())


def test_what_failed_is_tried_on_three_runs_and_then_kept_with_its_history(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, full = Failure("timeout", "Took long."), Failure("memory", "Needed much.")
    runs = _runs(home, monkeypatch, busy, full, busy)
    assert runs == [["a.html", "b.txt"], ["b.txt"], ["b.txt"], [], [], []]  # and nothing else again
    failed = [detail for status, detail in _status(home) if status == "timeout"]
    assert failed == ["Took long.; tried on 3 runs: timeout, memory, timeout"]


def test_what_can_be_read_the_second_time_is_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _runs(home, monkeypatch, Failure("crashed", "By chance."), None)[1:3] == [["b.txt"], []]
    assert [status for status, _ in _status(home)] == ["not_a_report", "ok"]


def test_a_home_with_something_to_try_again_is_not_up_to_date(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    inputs = RawStore.inputs
    monkeypatch.setattr(RawStore, "inputs", lambda self: asked.append(1) or inputs(self))
    assert not is_up_to_date(home)
    assert asked.pop()
    monkeypatch.setattr(Index, "to_try_again", lambda self: ["x"])
    assert not is_up_to_date(home)
    assert not asked


def test_a_workers_traceback_is_kept_and_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with GuardedPool(1, 20.0, 2_000_000_000) as pool:
        ((_, failure),) = pool.map_unordered(int, ["no number"])
    assert isinstance(failure, Failure)
    _runs(home, monkeypatch, failure, failure, failure)
    (detail,) = [detail for status, detail in _status(home) if status == "crashed"]
    assert detail.startswith("ValueError: invalid literal")
    kept = home.root / detail.partition("traceback in ")[2].partition(";")[0]
    assert "Traceback (most recent call last)" in kept.read_text()


def test_workers_are_as_many_as_cores_or_as_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YANGGUANG_WORKERS", raising=False)
    assert worker_count(1000) == len(os.sched_getaffinity(0))
    assert worker_count(1) == 1
    monkeypatch.setenv("YANGGUANG_WORKERS", "7")
    assert (worker_count(1000), worker_count(3)) == (7, 3)
    monkeypatch.setenv("YANGGUANG_WORKERS", "none")
    with pytest.raises(UserError, match="YANGGUANG_WORKERS"):
        worker_count(5)


def test_extract_waits_for_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        next(read_files([str(tmp_path / "pipe.html")]))
    assert list(read_files([str(tmp_path)])) == []
