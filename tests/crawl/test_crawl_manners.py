"""Turns at a host: one holder at a time, a pause between, and a dead holder is found out."""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import time
from pathlib import Path

import pytest

from pipeline.crawl.manners import HostResting, Turns


def test_tasks_take_turns_with_a_pause(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turns.sqlite")
    held: list[tuple[float, float]] = []

    async def visit() -> None:
        async with turns.turn("a", 0.05, 10):
            began = time.monotonic()
            await asyncio.sleep(0.02)
            held.append((began, time.monotonic()))

    async def visits() -> None:
        await asyncio.gather(*(visit() for _ in range(4)))

    asyncio.run(visits())
    held.sort()
    assert all(after[0] - before[1] >= 0.045 for before, after in itertools.pairwise(held))


def test_two_books_on_one_file_share_turns(tmp_path: Path) -> None:
    one, two = Turns(tmp_path / "t"), Turns(tmp_path / "t")
    order: list[str] = []

    async def visit(turns: Turns, name: str) -> None:
        async with turns.turn("a", 0.03, 10):
            order.append(f"{name} in")
            await asyncio.sleep(0.02)
            order.append(f"{name} out")

    async def visits() -> None:
        await asyncio.gather(visit(one, "one"), visit(two, "two"), visit(one, "one"))

    asyncio.run(visits())
    assert all(order[n].split()[0] == order[n + 1].split()[0] for n in (0, 2, 4))


def take_once(turns: Turns, pause: float = 0.02) -> float:
    async def visit() -> float:
        began = time.monotonic()
        async with turns.turn("a", pause, 10):
            return time.monotonic() - began

    return asyncio.run(visit())


def test_a_dead_holder_is_found_out_and_a_living_one_is_not(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "t", max_wait=5)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        theirs = Turns(tmp_path / "t")
        theirs._take("a", 0.02, 1000)
        os.write(write_end, b"x")
        os._exit(0)
    os.read(read_end, 1)
    os.waitpid(child, 0)
    assert 0.02 <= take_once(turns) < 5, "the holder is gone: one pause, not its whole hold"

    other = Turns(tmp_path / "t")
    assert other._take("a", 0.0, 1000) >= 0
    time.sleep(0.03)
    assert other._take("a", 0.0, 1000) == 0
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(_turn(turns), 0.3))


async def _turn(turns: Turns) -> None:
    async with turns.turn("a", 0.01, 10):
        pass


def test_a_hold_of_another_machine_runs_out(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "t")
    with sqlite3.connect(tmp_path / "t") as db:
        db.execute("INSERT INTO host VALUES ('a', 'elsewhere@b~c/1/2#3', ?, 0, 0)", (time.time() + 0.2,))
    assert take_once(turns) >= 0.15


def test_a_long_rest_is_told_and_outlives_the_book(tmp_path: Path) -> None:
    Turns(tmp_path / "t").rest("a", 100)
    with pytest.raises(HostResting) as resting:
        take_once(Turns(tmp_path / "t", max_wait=10))
    assert 90 < resting.value.seconds <= 100


def test_a_clock_set_back_does_not_stretch_a_pause(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "t", max_wait=10)
    with sqlite3.connect(tmp_path / "t") as db:
        db.execute("INSERT INTO host VALUES ('a', NULL, 0, ?, 0.05)", (time.time() + 86_400,))
    assert 0.04 <= take_once(turns) < 5


def test_sources_are_claimed_once(tmp_path: Path) -> None:
    one, two = Turns(tmp_path / "t"), Turns(tmp_path / "t")
    assert one.claim_sources(["a", "b"]) == {"a", "b"}
    assert two.claim_sources(["b", "c"]) == {"c"}
    one.close()
    assert two.claim_sources(["a", "b"]) == {"a", "b"}
