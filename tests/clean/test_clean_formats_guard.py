"""The guarded pool: values that hang, eat memory or kill their worker cost one value each."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean.guard import Failure, GuardedPool, WorkersDoNotStart

GIGABYTE = 1_000_000_000


def behave(order: str) -> str:
    """What the workers run: misbehaves as told."""
    if order == "hang":
        while True:
            time.sleep(1)
    if order == "spin":
        while True:
            pass
    if order == "eat":
        return str(len(b"x" * (20 * GIGABYTE)))
    if order == "crash":
        ctypes.string_at(0)
    if order == "exit":
        os._exit(7)
    if order == "raise":
        raise ValueError("not this one")
    if order == "pid":
        return str(os.getpid())
    if order == "large":
        return "y" * 5_000_000
    return order.upper()


def _pool(**changes: float) -> GuardedPool:
    settings = {"workers": 2, "timeout_s": 3.0, "memory_bytes": 2 * GIGABYTE} | changes
    return GuardedPool(
        int(settings["workers"]),
        settings["timeout_s"],
        int(settings["memory_bytes"]),
        wall_s=settings.get("wall_s", settings["timeout_s"]),
        values_per_worker=int(settings.get("values_per_worker", 2_000)),
    )


def test_results_come_with_their_items() -> None:
    with _pool() as pool:
        items = [f"v{number}" for number in range(200)]
        assert sorted(pool.map_unordered(behave, items)) == sorted((i, i.upper()) for i in items)


@pytest.mark.parametrize(
    ("order", "status"),
    [("hang", "timeout"), ("spin", "timeout"), ("eat", "memory"), ("crash", "crashed"), ("exit", "crashed"),
     ("raise", "crashed")],
)  # fmt: skip
def test_a_bad_value_fails_alone(order: str, status: str) -> None:
    with _pool(timeout_s=1.5) as pool:
        found = dict(pool.map_unordered(behave, ["a", order, "b", "c", "d"]))
    failure = found.pop(order)
    assert isinstance(failure, Failure)
    assert failure.status == status
    assert failure.detail
    assert found == {"a": "A", "b": "B", "c": "C", "d": "D"}


def test_many_bad_values_in_a_row() -> None:
    with _pool() as pool:
        results = list(pool.map_unordered(behave, ["exit", "crash", "eat"] * 4 + ["a"]))
    assert len(results) == 13
    assert results.count(("a", "A")) == 1


def test_large_results_arrive_whole() -> None:
    with _pool() as pool:
        ((_, result),) = pool.map_unordered(behave, ["large"])
    assert isinstance(result, str)
    assert len(result) == 5_000_000


def test_items_are_drawn_as_workers_are_free() -> None:
    drawn = 0

    def endless() -> Iterator[str]:
        nonlocal drawn
        while True:
            drawn += 1
            yield "a"

    with _pool() as pool:
        results = pool.map_unordered(behave, endless())
        for _ in range(20):
            assert next(results) == ("a", "A")
        assert drawn <= 20 + 5
        del results


def test_workers_are_kept_and_replaced_after_their_share() -> None:
    with _pool(workers=1) as pool:
        first = {result for _, result in pool.map_unordered(behave, ["pid"] * 5)}
        second = {result for _, result in pool.map_unordered(behave, ["pid"] * 5)}
        assert first == second
        assert len(first) == 1
    with _pool(workers=1, values_per_worker=2) as pool:
        assert len({result for _, result in pool.map_unordered(behave, ["pid"] * 6)}) == 3


def test_worker_that_died_while_idle_is_replaced() -> None:
    with _pool(workers=1) as pool:
        ((_, pid),) = pool.map_unordered(behave, ["pid"])
        assert isinstance(pid, str)
        os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.2)
        assert next(iter(pool.map_unordered(behave, ["a"])))[0] == "a"
        assert list(pool.map_unordered(behave, ["b"])) == [("b", "B")]


def test_parent_with_threads() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with _pool() as pool:
            assert dict(pool.map_unordered(behave, ["a", "b"])) == {"a": "A", "b": "B"}
    finally:
        stop.set()
        thread.join()


def test_two_maps_at_once_are_refused() -> None:
    with _pool() as pool:
        running = pool.map_unordered(behave, ["a", "b"])
        next(running)
        with pytest.raises(RuntimeError):
            next(pool.map_unordered(behave, ["c"]))


def test_limits_must_be_positive() -> None:
    with pytest.raises(ValueError):
        GuardedPool(0, 1.0, GIGABYTE)


def test_interrupt_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "run_pool.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, time
            sys.path[:0] = [{root!r}, {here!r}]
            from pipeline.clean.guard import GuardedPool
            from test_clean_formats_guard import behave

            if __name__ == "__main__":
                with GuardedPool(2, 60.0, 2_000_000_000) as pool:
                    for item, result in pool.map_unordered(behave, ["pid", "pid", "hang", "hang"]):
                        print(result, flush=True)
            """
        ).format(root=str(Path(__file__).resolve().parents[2]), here=str(Path(__file__).resolve().parent))
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    workers = [int(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stdout.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_alive(pid) for pid in workers):
        time.sleep(0.1)
    assert not any(_alive(pid) for pid in workers)
    assert process.returncode != 0


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def slow_then(order: str) -> str:
    """Misbehaves after a moment, when the next value waits."""
    time.sleep(0.2)
    return behave(order)


def test_what_waits_behind_a_value_that_kills_its_worker_is_read() -> None:
    with _pool(workers=1) as pool:
        found = dict(pool.map_unordered(slow_then, ["crash", "a", "eat", "b", "exit", "c"]))
    assert {item: r for item, r in found.items() if isinstance(r, str)} == {"a": "A", "b": "B", "c": "C"}
    assert len(found) == 6


def test_large_values_do_not_hold_each_other_up() -> None:
    """A worker that sends much and a parent that gives much wait for nobody."""
    with _pool(workers=2, timeout_s=30.0) as pool:
        items = ["z" * 3_000_000 + str(n) for n in range(12)]
        assert sorted(r for _, r in pool.map_unordered(behave, items)) == sorted(i.upper() for i in items)


def test_workers_that_do_not_start_end_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one worker after the other, and no value blamed for it."""
    (tmp_path / "only_here.py").write_text(
        f"import os\nif os.getpid() != {os.getpid()}:\n    raise ImportError\ndef upper(text): return text.upper()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    only_here = importlib.import_module("only_here")
    with _pool() as pool, pytest.raises(WorkersDoNotStart):
        list(pool.map_unordered(only_here.upper, ["a", "b"]))


def test_the_limit_is_processor_time() -> None:
    with GuardedPool(1, 1.0, 2 * GIGABYTE, wall_s=30.0) as pool:
        ((_, spun),) = pool.map_unordered(behave, ["spin"])
        ((_, slept),) = pool.map_unordered(slow_then, ["a"])
    assert spun == Failure("timeout", "Used more than 1 s of processor time.")
    assert slept == "A"


def test_a_worker_that_dies_before_its_next_value_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value that killed it is told, and the one that could not be handed over is given to another."""
    hand_out = GuardedPool._hand_out

    def late(pool: GuardedPool, worker: Any, item: Any) -> bool:
        if worker.items:
            worker.process.join(5)  # it has ended by the time that the next value comes
        return hand_out(pool, worker, item)

    monkeypatch.setattr(GuardedPool, "_hand_out", late)
    with _pool() as pool:
        results = list(pool.map_unordered(behave, ["exit"] * 6 + ["a"]))
    assert sorted(item for item, _ in results) == ["a", *["exit"] * 6]
    assert all(isinstance(result, Failure) for item, result in results if item == "exit")
