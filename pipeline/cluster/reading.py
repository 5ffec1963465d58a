"""The driver's side of reading on Spark: chunks out, batches in, a wave at a time.

It stands in the place of the local pool: what is to be read was decided before, and what comes back counts when
the same code as ever puts it into the index (``reading.read_all``). A wave is one Spark job: a task whose
executor dies is done again elsewhere, and a driver that dies loses one wave.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.clean.guard import Failure
from pipeline.clean.read import digest_of
from pipeline.cluster.executor import GIVES, Came, Read, Sent, Terms, code_here, packed, run_task, unpacked
from pipeline.cluster.session import ClusterFailed, failures_told, session
from pipeline.home import Home
from pipeline.reading.chunks import MOST, Chunk, Done

RAW_URL = "YANGGUANG_RAW_URL"
"""Environment: where executors find the raw store (``s3://bucket/raw``), where it is not this folder."""
_LEAST, _MOST = 64, 2_000
"""Chunks of a wave: what the driver holds at once, 160 KB each."""
_PER_CORE = 8
"""Chunks of a wave for each core, so that the slowest does not keep the others waiting for long."""


class Cluster:
    """Reads chunks on the executors of a Spark session."""

    def __init__(self, spark: Any, terms: Terms) -> None:
        self._spark = spark
        self._terms = terms

    def map_unordered(self, fn: Read, items: Iterable[Chunk], /) -> Iterator[tuple[Chunk, Done | Failure]]:
        """Calls a module-level function on every chunk, in an executor's child with the limits of a local worker;
        gives the chunk with what became of it, its batches in its folder. Raises ClusterFailed."""
        waiting = iter(items)
        cores = self._spark.sparkContext.defaultParallelism
        size = min(max(_LEAST, _PER_CORE * cores), _MOST)
        while wave := list(itertools.islice(waiting, size)):
            yield from self._wave(fn, wave)

    def _wave(self, fn: Read, wave: list[Chunk]) -> Iterator[tuple[Chunk, Done | Failure]]:
        chunks = {str(n): chunk for n, chunk in enumerate(wave)}
        sent = pa.array([packed(Sent(chunk, _files(chunk))) for chunk in wave], pa.binary())
        table = pa.table({"key": pa.array(list(chunks)), "chunk": sent})
        task = partial(run_task, read=fn, terms=self._terms)
        units = sum(len(chunk.units) for chunk in wave)
        tasks = min(len(wave), max(2 * self._spark.sparkContext.defaultParallelism, -(-units // MOST)))
        frame = self._spark.createDataFrame(table).repartition(tasks).mapInArrow(task, GIVES)
        with failures_told():
            results = frame.toArrow()
        for key, data in zip(results["key"].to_pylist(), results["came"], strict=True):
            chunk = chunks.pop(key)
            yield chunk, landed(unpacked(data.as_py()), Path(chunk.folder))
        if chunks:
            raise ClusterFailed(f"Spark gave nothing for {len(chunks)} of {len(wave)} chunks")


def _files(chunk: Chunk) -> dict[str, bytes]:
    """What LibreOffice made for a chunk, by path: it lies on the driver's disk alone."""
    sources = (s for wanted in chunk.units for s in (wanted.job.article, *wanted.job.attachments))
    made = {source.prepared.path for source in sources if source.prepared}
    return {path: Path(path).read_bytes() for path in sorted(made) if path}


def landed(came: Came, folder: Path) -> Done | Failure:
    """What became of a chunk, once the files of its batches lie in ``folder``. Raises ClusterFailed for a file
    that is not what the executor wrote."""
    if isinstance(came.done, Failure):
        return came.done
    for name, digest in (file for batch in came.done.batches for file in batch.files):
        data = came.files[name]
        if digest_of(data) != digest:
            raise ClusterFailed(f"{name} came otherwise than it was written")
        aside = (folder / name).with_suffix(".part")
        aside.write_bytes(data)
        aside.replace(folder / name)
    return came.done


def cluster(home: Home, master: str) -> Callable[[int], AbstractContextManager[Cluster]]:
    """Gives, for so many documents, a Cluster as a context manager: what ``read_new`` takes in the place of the
    local pool."""

    @contextmanager
    def opened(_: int) -> Iterator[Cluster]:
        divisions = home.divisions.read_bytes() if home.divisions else b""
        terms = Terms(code_here(), str(home.raw), os.environ.get(RAW_URL, ""), divisions)
        with session(master) as spark:
            yield Cluster(spark, terms)

    return opened
