"""Progress of long work on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

_LINE_EVERY_S = 10.0
SWITCH = "YANGGUANG_PROGRESS"
"""The environment variable by which the command line asks the stages to show their progress."""


class Tick(Protocol):
    """Is told how far the work is; must be quick."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """``note`` says more, in place of the time that is left."""


@contextmanager
def progress_if_asked(what: str) -> Iterator[Tick | None]:
    """``progress`` where the command line asked for it; else None."""
    if os.environ.get(SWITCH) != "1":
        yield None
        return
    with progress(what) as tick:
        yield tick


@contextmanager
def progress(what: str) -> Iterator[Tick]:
    """Shows how far the work called ``what`` is, for as long as the block lasts."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    start = time.monotonic()
    with Progress(
        *columns,
        TextColumn("{task.fields[note]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    ) as bar:
        task = bar.add_task(what, total=None, note="")

        def tick(done: int, total: int, note: str = "") -> None:
            bar.update(task, completed=done, total=total, note=note or _left(start, done, total))

        yield tick


def _left(start: float, done: int, total: int) -> str:
    return f"about {(time.monotonic() - start) / max(done, 1) * (total - done):.0f} s left"


def _lines(what: str) -> Tick:
    start = last = time.monotonic()

    def tick(done: int, total: int, note: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY_S:
            last = time.monotonic()
            line = f"{what}: {done} of {total}, {note or _left(start, done, total)}"
            print(line, file=sys.stderr, flush=True)

    return tick
