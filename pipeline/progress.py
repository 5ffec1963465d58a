"""Progress of long work on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

_LINE_EVERY_S = 10.0
SWITCH = "YANGGUANG_PROGRESS"
"""The environment variable by which the command line asks the stages to show their progress."""


def shown(what: str) -> Callable[[int, int], None] | None:
    """A function of (done, total) that shows progress; None where nobody asked for it."""
    if os.environ.get(SWITCH) != "1":
        return None
    return _bar(what) if sys.stderr.isatty() else _lines(what)


def _eta(start: float, done: int, total: int) -> float:
    return (time.monotonic() - start) / max(done, 1) * (total - done)


def _bar(what: str) -> Callable[[int, int], None]:
    start = time.monotonic()

    def tick(done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        text = f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}, about {_eta(start, done, total):.0f} s left "
        print(text, end=end, file=sys.stderr, flush=True)

    return tick


def _lines(what: str) -> Callable[[int, int], None]:
    start = last = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY_S:
            last = time.monotonic()
            print(
                f"{what}: {done} of {total}, about {_eta(start, done, total):.0f} s left",
                file=sys.stderr,
                flush=True,
            )

    return tick
