"""What an executor does: chunks of units in, batches of kept readings out.

Each task has a child process with the limits of a local worker (``GuardedPool``), which runs what a local worker
runs: a hostile file costs the child and gets the status that it gets on one machine. The child stays for the
next task.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.clean.guard import Failure, GuardedPool
from pipeline.home import PROJECT, Home
from pipeline.reading.chunks import Chunk, Done
from pipeline.reading.fingerprint import reading_fingerprint
from pipeline.reading.pool import reading_pool
from pipeline.reading.work import Job, Source
from pipeline.stored import NotARecord, content_of

GIVES = "key string, came binary"
_CAME = pa.schema([("key", pa.string()), ("came", pa.binary())])
Read = Callable[[Chunk], Done]


class Terms(NamedTuple):
    """What every task is told: the fingerprint that the driver reads by; the raw store's folder as the driver
    knows it and as a URL that the executors know (empty: the same folder); the home's own places."""

    code: str
    raw: str = ""
    url: str = ""
    divisions: bytes = b""


class Sent(NamedTuple):
    """A chunk on its way out, with the files of the driver that it needs (what LibreOffice made), by path."""

    chunk: Chunk
    files: dict[str, bytes]


class Came(NamedTuple):
    """What became of a chunk, with the files of its batches, by name."""

    done: Done | Failure
    files: dict[str, bytes]


class OtherCode(RuntimeError):
    """This node would read otherwise than the driver."""


@lru_cache(maxsize=1)
def code_here() -> str:
    """The fingerprint of what reading hangs on in this environment, apart from a home's own places."""
    return reading_fingerprint(Home(PROJECT / "pipeline"))


def packed(value: object) -> bytes:
    """A value as bytes for Spark."""
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)


def unpacked(data: bytes) -> Any:
    """The value that ``packed`` was given."""
    return pickle.loads(zlib.decompress(data))


@lru_cache(maxsize=1)
def _child() -> GuardedPool:
    """This process's child; kept from task to task."""
    return reading_pool(1, "pipeline.reading.chunks")


def run_task(batches: Iterable[pa.RecordBatch], *, read: Read, terms: Terms) -> Iterator[pa.RecordBatch]:
    """Read the chunks of a partition, rows of (key, packed Sent), in this process's child; gives rows of (key,
    packed Came). Raises OtherCode."""
    if code_here() != terms.code:
        raise OtherCode(
            f"a node reads with other code, codebook or libraries ({code_here()}) than the driver ({terms.code}): "
            "install the same project from the same lock there (docs/cluster.md)"
        )
    with tempfile.TemporaryDirectory(prefix="yangguang-") as aside:
        chunks = (
            _here(unpacked(sent), terms, Path(aside, key))
            for batch in batches
            for key, sent in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        )
        for chunk, done in _child().map_unordered(read, chunks):
            folder = Path(chunk.folder)
            kept = () if isinstance(done, Failure) else done.batches
            files = {name: (folder / name).read_bytes() for batch in kept for name, _ in batch.files}
            shutil.rmtree(folder)
            row = [pa.array([folder.name]), pa.array([packed(Came(done, files))], pa.binary())]
            yield pa.RecordBatch.from_arrays(row, schema=_CAME)


def _here(sent: Sent, terms: Terms, folder: Path) -> Chunk:
    """The chunk as this node can do it: its objects fetched, its files and batches in ``folder``."""
    folder.mkdir()
    paths: dict[str, str] = {}
    for n, (path, data) in enumerate(sent.files.items()):
        place = folder / f"{n}.docx"
        place.write_bytes(data)
        paths[path] = str(place)
    divisions = _divisions(terms.divisions) if terms.divisions else ""

    def source(one: Source) -> Source:
        if one.prepared and one.prepared.path in paths:
            one = one._replace(prepared=one.prepared._replace(path=paths[one.prepared.path]))
        return _fetched(one, terms) if terms.url else one

    def job(one: Job) -> Job:
        others = tuple(map(source, one.attachments))
        return one._replace(article=source(one.article), attachments=others, divisions=divisions)

    units = tuple(wanted._replace(job=job(wanted.job)) for wanted in sent.chunk.units)
    return Chunk(str(folder), units)


def _fetched(source: Source, terms: Terms) -> Source:
    """The source with its bytes from where the executors find the raw store; one that is not there has
    none, which reading tells."""
    system, root = _storage(terms.url)
    place = f"{root}/{os.path.relpath(source.path, terms.raw)}"
    try:
        with system.open_input_file(place) as file:
            if source.length:
                return source._replace(path="", data=content_of(file.read_at(source.length, source.offset)))
            return source._replace(path="", data=file.read())
    except (FileNotFoundError, NotARecord):
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
