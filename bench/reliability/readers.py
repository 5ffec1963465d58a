"""A thousand readers over a hundred swaps of the published file: each sees one whole version.

A reader opens the file as an analyst does, looks, waits, and looks again over the same connection. As a program:
``python -m bench.reliability.readers FILE``, until standard input ends; it prints what it saw, a line an opening.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import duckdb

from bench.reliability.homes import copied
from bench.reliability.kills import HERE, Kills
from pipeline.home import Home

PROCESSES = 4
LOOKS = (
    "SELECT count(*), sum(hash(r)::HUGEINT) FROM core.observation r",
    "SELECT count(*), sum(hash(r)::HUGEINT) FROM mart.measure r",
    "SELECT count(*) FROM core.report",
)


class Readings(NamedTuple):
    """What readers saw: swaps, openings, openings that fell between two swaps, by version, worst seconds of one
    opening, and what was wrong."""

    swaps: int
    openings: int
    versions: tuple[int, ...]
    seconds: float
    wrong: tuple[str, ...]


def look(path: Path, wait: float) -> list[list[str]]:
    """What one reader sees: the same questions twice over one connection."""
    with duckdb.connect(str(path), read_only=True) as con:
        seen = []
        for _ in range(2):
            seen.append([str(value) for query in LOOKS for value in con.execute(query).fetchall()[0]])
            time.sleep(wait)
        return seen


def run_readers(
    kills: Kills, swaps: int, readings: int, builds: Sequence[Path] = (), processes: int = PROCESSES
) -> Readings:
    """``swaps`` real publishes of two builds in turn (homes that are ready to publish), under readers that open the
    file ``readings`` times at least."""
    builds = builds or [kills.home("modelled"), kills.home("modelled again")]
    home = copied(kills.home("published"), kills.folder / "work")
    wanted = []
    for build in builds:
        _put(build, home)
        kills.warm.ask(home, f"{HERE}:publish")
        wanted.append(look(Home(home).database, 0)[0])
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.reliability.readers", str(Home(home).database)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # what ends the bench leaves them to end by themselves
            stdout=(kills.folder / f"seen-{n}").open("w"),
            stderr=subprocess.PIPE,
        )
        for n in range(processes)
    ]
    done, seen = 0, 0
    with suppress(KeyboardInterrupt):  # what was seen until then counts
        while done < swaps or seen < readings:
            _put(builds[done % 2], home)
            kills.warm.ask(home, f"{HERE}:publish")
            done += 1
            seen = sum((kills.folder / f"seen-{n}").read_text().count("\n") for n in range(processes))
    wrong = []
    for reader in readers:
        _, said = reader.communicate()
        if reader.returncode or said:
            wrong.append(f"a reader ended with {reader.returncode}: {said.decode()[-300:]}")
    lines = [
        json.loads(line)
        for n in range(processes)
        for line in (kills.folder / f"seen-{n}").read_text().splitlines()
    ]
    versions: Counter[int] = Counter()
    for first, second, _ in lines:
        if first != second:
            wrong.append(f"a reader saw two versions: {first} and {second}")
        elif first not in wanted:
            wrong.append(f"a reader saw what was never published: {first}")
        else:
            versions[wanted.index(first)] += 1
    slowest = max(line[2] for line in lines)
    return Readings(done, len(lines), tuple(versions[n] for n in range(2)), slowest, tuple(wrong[:5]))


def _put(build: Path, home: Path) -> None:
    """A finished build of another home beside the published file."""
    Home(home).building.write_bytes(Home(build).building.read_bytes())


def table(found: Readings) -> list[str]:
    """The result as Markdown."""
    return [
        "| swaps | openings | saw the one / the other | saw a mixture, or were refused | slowest opening s |",
        "|---|---|---|---|---|",
        f"| {found.swaps} | {found.openings} | {found.versions[0]} / {found.versions[1]} | {len(found.wrong)} | {found.seconds:.2f} |",
    ]


def main() -> None:
    path, number = Path(sys.argv[1]), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        start = time.monotonic()
        first, second = look(path, (number % 7) * 0.03)
        print(json.dumps([first, second, time.monotonic() - start]), flush=True)
        number += 1
        time.sleep(0.2)


if __name__ == "__main__":
    main()
