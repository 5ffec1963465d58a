"""What an executor does: rows of (key, job) to rows of (key, what reading gave).

Each task has a child process with the limits of a local worker (``GuardedPool``), so that a hostile file costs
its child and gets the status that it gets on one machine. The child stays for the next task.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.clean.guard import Failure, GuardedPool
from pipeline.home import PROJECT, Home
from pipeline.reading.fingerprint import reading_fingerprint
from pipeline.reading.pool import reading_pool
from pipeline.reading.work import Job, Source

GIVEN = "key string, job binary"
GIVES = "key string, result binary"
_SENT = pa.schema([("key", pa.string()), ("result", pa.binary())])
_AT_ONCE = 16
"""Results that go to Spark together."""


class Terms(NamedTuple):
    """What every task is told: the fingerprint that the driver reads by; the raw store's folder as the driver
    knows it and as a URL that the executors know (empty: the same folder); the home's own places."""

    code: str
    raw: str = ""
    url: str = ""
    divisions: bytes = b""


class OtherCode(RuntimeError):
    """This node would read otherwise than the driver."""


@lru_cache(maxsize=1)
def code_here() -> str:
    """The fingerprint of what reading hangs on in this environment, apart from a home's own places."""
    return reading_fingerprint(Home(PROJECT / "pipeline"))


def packed(result: object) -> bytes:
    """A value as bytes for Spark: rows of a document shrink to a tenth."""
    return zlib.compress(pickle.dumps(result, pickle.HIGHEST_PROTOCOL), 1)


def unpacked(data: bytes) -> Any:
    """The value that ``packed`` was given."""
    return pickle.loads(zlib.decompress(data))


def _call(fn: Callable[[Job], object], job: Job) -> bytes:
    return packed(fn(job))


@lru_cache(maxsize=1)
def _child(fn: Callable[[Job], object]) -> tuple[GuardedPool, Callable[[Job], bytes]]:
    """This process's child and what it runs; kept from task to task."""
    return reading_pool(1), partial(_call, fn)


def run_task(
    batches: Iterable[pa.RecordBatch], *, fn: Callable[[Job], object], terms: Terms
) -> Iterator[pa.RecordBatch]:
    """Call ``fn`` on every job of a partition (GIVEN), in this process's child; gives each result or Failure
    (GIVES). Raises OtherCode."""
    if code_here() != terms.code:
        raise OtherCode(
            f"a node reads with other code, codebook or libraries ({code_here()}) than the driver ({terms.code}): "
            "install the same project from the same lock there (docs/cluster.md)"
        )
    pool, call = _child(fn)
    with tempfile.TemporaryDirectory(prefix="yangguang-") as aside:
        jobs = (
            _here(unpacked(data), terms, Path(aside))
            for batch in batches
            for data in batch.column("job").to_pylist()
        )
        keys: list[str] = []
        results: list[bytes] = []
        for job, result in pool.map_unordered(call, jobs):
            keys.append(job.article.key)
            results.append(packed(result) if isinstance(result, Failure) else result)
            if len(keys) == _AT_ONCE:
                yield pa.RecordBatch.from_arrays(
                    [pa.array(keys), pa.array(results, pa.binary())], schema=_SENT
                )
                keys, results = [], []
        yield pa.RecordBatch.from_arrays(
            [pa.array(keys, pa.string()), pa.array(results, pa.binary())], schema=_SENT
        )


class Sent(NamedTuple):
    """A job on its way, with the files of the driver that it needs (what LibreOffice made), by path."""

    job: Job
    files: dict[str, bytes]


def _here(sent: Sent, terms: Terms, aside: Path) -> Job:
    """The job as this node can do it: its objects fetched, its files written beside."""
    paths: dict[str, str] = {}
    for n, (path, data) in enumerate(sent.files.items()):
        place = aside / f"{sent.job.article.key}-{n}.docx"
        place.write_bytes(data)
        paths[path] = str(place)

    def source(one: Source) -> Source:
        made = one.prepared
        if made and made.path in paths:
            one = one._replace(prepared=made._replace(path=paths[made.path]))
        return _fetched(one, terms) if terms.url else one

    job = sent.job
    return job._replace(
        article=source(job.article),
        attachments=tuple(map(source, job.attachments)),
        divisions=_divisions(terms.divisions) if terms.divisions else "",
    )


def _fetched(source: Source, terms: Terms) -> Source:
    """The source with its bytes from where the executors find the raw store; one that is not there has
    none, which reading tells."""
    system, root = _storage(terms.url)
    try:
        with system.open_input_stream(
            f"{root}/{os.path.relpath(source.path, terms.raw)}", compression=None
        ) as stream:
            return source._replace(path="", data=stream.read())
    except FileNotFoundError:
        return source._replace(path="", data=b"")


@lru_cache(maxsize=4)
def _storage(url: str) -> tuple[Any, str]:
    from pyarrow import fs

    system, root = fs.FileSystem.from_uri(url)
    return system, root.rstrip("/")


@lru_cache(maxsize=4)
def _divisions(data: bytes) -> str:
    """A file with these places on this node, made once."""
    path = Path(tempfile.gettempdir(), f"yangguang-{hashlib.sha256(data).hexdigest()[:32]}.csv")
    if not path.is_file() or path.read_bytes() != data:
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_bytes(data)
        aside.replace(path)
    return str(path)
