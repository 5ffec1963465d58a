"""The panel over many drawn reports: a build, and every question of docs/questions.

Usage: python -m bench.panel --reports 100000 [--home DIR] [--questions-only]

Draws the reports into a home (a folder of its own that is removed, or DIR, which is kept and used again),
then takes each step of ``yangguang run`` after reading. Prints seconds,
CPU seconds and the largest resident set (MB) of the process that does the step, sampled every 0.1 s. DuckDB's
memory is the budget of a run (``pipeline.load.warehouse.memory_budget``). Judges nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import runpy
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.corpus_run import resident
from bench.panel_corpus import fill
from pipeline.home import PROJECT, Home
from pipeline.load.models import BUILD, run_models
from pipeline.load.warehouse import memory_budget, opened
from pipeline.reading.kept import Kept
from pipeline.stages import build_environment, load_stage, publish_stage, snapshot_stage


class Watched:
    """Seconds and the largest resident set of a process while the body of a ``with`` runs."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.seconds, self.cpu = pid, 0, 0.0, 0.0
        self._stop = threading.Event()

    def __enter__(self) -> Watched:
        self._start, self._cpu = time.monotonic(), _cpu_seconds()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.peak = max(self.peak, resident(self.pid))

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu = time.monotonic() - self._start, _cpu_seconds() - self._cpu
        self._stop.set()
        self._thread.join()


def step(name: str, call: Callable[[], object]) -> float:
    """Do a step in this process and print what it took."""
    with Watched(os.getpid()) as watched:
        call()
    told(name, watched)
    return watched.seconds


def told(name: str, watched: Watched) -> None:
    print(
        f"  {name:<10} {watched.seconds:8.1f} s  {watched.cpu:8.1f} s CPU  {watched.peak / 1024:7.0f} MB",
        flush=True,
    )


def _cpu_seconds() -> float:
    """Of this process and of its children that have ended: what other work on the machine does not add to."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def build(home: Home) -> None:
    """The steps of a run after reading."""
    counts: dict[str, int] = {}
    total = step("core", lambda: counts.update(load_stage(home)))
    total += step(
        "dbt build", lambda: run_models(home.building, home.warehouse / "dbt", BUILD, build_environment())
    )
    total += step("publish", lambda: publish_stage(home))
    total += step("snapshot", lambda: snapshot_stage(home))
    print(
        f"  together   {total:8.1f} s;  {home.database.stat().st_size / 1e6:,.0f} MB;  {counts}", flush=True
    )


def ask(home: Home) -> None:
    """Every question's SQL, twice on one connection: first and second time."""
    render = runpy.run_path(str(PROJECT / "tools" / "render_questions.py"))
    slow = 0
    for question in render["questions"]():
        with opened(home.database, read_only=True) as con:
            times = []
            for _ in range(2):
                start = time.monotonic()
                rows = len(con.execute(question.sql).fetchall())
                times.append(time.monotonic() - start)
        slow += times[0] >= 1
        print(f"  {question.path.stem:<48} {times[0]:6.2f} {times[1]:6.2f} s  {rows:>8} rows", flush=True)
    print(f"  {slow} questions took a second or more", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions-only", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        home = Home(wanted.home or Path(aside)).make()
        with Kept(home) as kept:
            there = kept.count()
        if not there and not wanted.questions_only:
            print(f"{fill(home, wanted.reports)} reports drawn", flush=True)
        if not wanted.questions_only:
            print(f"a build, memory {memory_budget()}", flush=True)
            home.database.unlink(missing_ok=True)
            build(home)
        print("questions, first and second time", flush=True)
        ask(home)


if __name__ == "__main__":
    main()
