"""The workers that read: how many, and the limits of each."""

from __future__ import annotations

import os

from pipeline.clean import guard
from pipeline.clean.guard import OCR_MEMORY_BYTES, GuardedPool

WORK = "pipeline.reading.work"
"""The module that a worker has in memory from its start."""
CPU_S = 180.0
"""Processor time that one article with its attachments, or one archive, may take."""
SWITCH = "YANGGUANG_WORKERS"


def worker_count(jobs: int) -> int:
    """As many as there are cores, or as ``YANGGUANG_WORKERS`` says; never more than there is to do. Raises
    UserError for a number below one."""
    from pipeline.crawl import UserError  # not before workers are begun: it loads the crawler

    named = os.environ.get(SWITCH, "")
    if named and not (named.isdecimal() and int(named)):
        raise UserError(f"{SWITCH} is the number of workers, at least 1, not {named!r}")
    return max(1, min(int(named) if named else len(os.sched_getaffinity(0)), jobs))


def start_early() -> None:
    """Begin to load what a worker needs, before the caller loads what it needs itself: the two take as long."""
    guard.start_early([WORK])


def reading_pool(jobs: int, preload: str = WORK, *, values: int = 2_000) -> GuardedPool:
    """Workers for so many jobs, each with the module in memory from its start, and replaced after so many
    ``values``."""
    return GuardedPool(
        worker_count(jobs), CPU_S, OCR_MEMORY_BYTES, preload=(preload,), values_per_worker=values
    )
