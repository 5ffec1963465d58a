"""Reads a home on Spark, as ``run --engine spark`` does before it builds anything; run in the cluster's own
environment: ``python -m tests.cluster.reads HOME MASTER [--dying]``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.reading.read_all import Readers, read_new
from pipeline.reading.work import Job, read_rows

WAYS = {
    "spin": signal.SIGXCPU,  # what the system sends where the processor time is used up
    "eaten": signal.SIGKILL,
    "crash": signal.SIGSEGV,
}


def read_or_die(job: Job) -> Any:
    """Reads a job; files of certain names end their reader as hostile ones do."""
    name = Path(str(job.article.url)).stem
    if name in WAYS:
        os.kill(os.getpid(), WAYS[name])
    if name == "eat":
        bytearray(1 << 40)
    return read_rows(job)


def dying(readers: Readers) -> Readers:
    """Those readers, calling ``read_or_die`` whatever they are told to."""

    @contextmanager
    def opened(jobs: int) -> Iterator[Any]:
        with readers(jobs) as pool:
            yield _Dying(pool)

    return opened


class _Dying:
    def __init__(self, pool: Any) -> None:
        self.pool = pool

    def map_unordered(self, fn: object, jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        yield from self.pool.map_unordered(read_or_die, jobs)


if __name__ == "__main__":
    from pipeline.cluster.reading import cluster
    from tests.cluster import reads  # by its name, since executors import what they run

    place, master, *how = sys.argv[1:]
    readers = cluster(Home(Path(place)), master)
    with RawStore(Home(Path(place)).raw) as store:
        print(read_new(Home(Path(place)), store, readers=reads.dying(readers) if how else readers))
