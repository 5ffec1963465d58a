"""The driver's side of reading on Spark: jobs out, results in, a wave at a time.

It stands in the place of the local pool: what is to be read was decided before, and what is kept of a result
is written by the same code (``reading.read_all``), wave by wave. A wave is one Spark job: a task whose executor
dies is done again elsewhere, and a driver that dies loses one wave.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.clean.guard import Failure
from pipeline.cluster.executor import GIVES, Sent, Terms, code_here, packed, run_task, unpacked
from pipeline.cluster.session import session
from pipeline.home import Home
from pipeline.reading.work import Job

R = TypeVar("R")
RAW_URL = "YANGGUANG_RAW_URL"
"""Environment: where executors find the raw store (``s3://bucket/raw``), where it is not this folder."""
_PER_TASK = 40
"""Documents of a task: some seconds of work, which is what a dead executor costs."""
_WAVE = 4_000
"""Documents of a wave at least: what the driver holds at once."""
_TASKS_PER_CORE = 8
"""Tasks of a wave for each core, so that the slowest does not keep the others waiting for long."""


class ClusterFailed(RuntimeError):
    """The cluster gave up on a wave; what was read before it is kept."""


class Cluster:
    """Reads jobs on the executors of a Spark session."""

    def __init__(self, spark: Any, terms: Terms) -> None:
        self._spark = spark
        self._terms = terms

    def map_unordered(self, fn: Callable[[Job], R], jobs: Iterable[Job]) -> Iterator[tuple[Job, R | Failure]]:
        """Calls a module-level function on every job, in an executor's child with the limits of a local
        worker; gives ``(job, result or Failure)``. Raises ClusterFailed."""
        waiting = iter(jobs)
        size = max(_WAVE, _PER_TASK * _TASKS_PER_CORE * self._spark.sparkContext.defaultParallelism)
        while wave := list(itertools.islice(waiting, size)):
            yield from self._wave(fn, wave)

    def _wave(self, fn: Callable[[Job], R], wave: list[Job]) -> Iterator[tuple[Job, R | Failure]]:
        from pyspark.errors import PySparkException

        jobs = {job.article.key: job for job in wave}
        sent = [packed(Sent(job, _files(job))) for job in wave]
        table = pa.table({"key": pa.array(list(jobs), pa.string()), "job": pa.array(sent, pa.binary())})
        cores = self._spark.sparkContext.defaultParallelism
        tasks = max(min(len(wave), cores), -(-len(wave) // _PER_TASK))
        task = partial(run_task, fn=fn, terms=self._terms)
        frame = self._spark.createDataFrame(table).repartition(tasks).mapInArrow(task, GIVES)
        try:
            results = frame.toArrow()
        except PySparkException as error:
            raise ClusterFailed(_cause(str(error))) from error
        for key, data in zip(results["key"].to_pylist(), results["result"], strict=True):
            yield jobs.pop(key), unpacked(data.as_py())
        if jobs:
            raise ClusterFailed(f"Spark gave no result for {len(jobs)} of {len(wave)} documents")


def _files(job: Job) -> dict[str, bytes]:
    """What LibreOffice made for a job, by path: it lies on the driver's disk alone."""
    made = [source.prepared.path for source in (job.article, *job.attachments) if source.prepared]
    return {path: Path(path).read_bytes() for path in made if path}


def _cause(text: str) -> str:
    """What a Python worker's traceback ends with, else the first line."""
    lines = [line for line in text.splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"(\w+\.)*[A-Z]\w+: ", line)]
    return (raised or lines)[-1 if raised else 0][:500]


def cluster(home: Home, master: str) -> Callable[[int], Any]:
    """Gives, for so many jobs, a Cluster as a context manager: what ``read_new`` takes in the place of the
    local pool."""

    @contextmanager
    def opened(_: int) -> Iterator[Cluster]:
        divisions = home.divisions.read_bytes() if home.divisions else b""
        terms = Terms(code_here(), str(home.raw), os.environ.get(RAW_URL, ""), divisions)
        with session(master) as spark:
            yield Cluster(spark, terms)

    return opened
