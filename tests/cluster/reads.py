"""Reads a home on Spark, as ``run --engine spark`` does before it builds anything; run in the cluster's own
environment: ``python -m tests.cluster.reads HOME MASTER [--dying]``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.clean.guard import Failure
from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.reading.chunks import Chunk, Done, Pool, read_chunk
from pipeline.reading.read_all import Readers, read_new

WAYS = {
    "spin": signal.SIGXCPU,  # what the system sends where the processor time is used up
    "eaten": signal.SIGKILL,
    "crash": signal.SIGSEGV,
}


def read_or_die(chunk: Chunk) -> Done:
    """Reads a chunk; files of certain names end their reader as hostile ones do."""
    for wanted in chunk.units:
        name = Path(str(wanted.job.article.url)).stem
        if name in WAYS:
            os.kill(os.getpid(), WAYS[name])
        if name == "eat":
            bytearray(1 << 40)
    return read_chunk(chunk)


def dying(readers: Readers) -> Readers:
    """Those readers, calling ``read_or_die`` whatever they are told to."""

    @contextmanager
    def opened(jobs: int) -> Iterator[Pool]:
        with readers(jobs) as pool:
            yield _Dying(pool)

    return opened


class _Dying:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def map_unordered(self, fn: object, items: Iterable[Chunk], /) -> Iterator[tuple[Chunk, Done | Failure]]:
        yield from self.pool.map_unordered(read_or_die, items)


if __name__ == "__main__":
    from pipeline.cluster.reading import cluster
    from tests.cluster import reads  # by its name, since executors import what they run

    place, master, *how = sys.argv[1:]
    readers = cluster(Home(Path(place)), master)
    with RawStore(Home(Path(place)).raw) as store:
        print(read_new(Home(Path(place)), store, readers=reads.dying(readers) if how else readers))
