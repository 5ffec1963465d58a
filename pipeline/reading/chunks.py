"""What a worker is given and gives back: some units to read, and the batches that it has written of them.

Only names and digests go back to the main process. A chunk of which a unit exceeds a worker's limits fails as a
whole; its units are then given one by one, so that each has the limits to itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.clean.guard import Failure, crash
from pipeline.reading.batches import SHA256, STATUS, Batch, merge, write_batch
from pipeline.reading.schema import Rows
from pipeline.reading.trouble import DAMAGED
from pipeline.reading.work import Job, read_rows

MOST = 64
"""Units of a chunk."""
CPU_S = 5.0
"""After so much processor time a worker gives back what of its chunk it has not begun."""


class Wanted(NamedTuple):
    """A unit to read: the key that what it gives is kept under."""

    unit: str
    job: Job


class Chunk(NamedTuple):
    """Units for one worker, and the folder that it writes batches into."""

    folder: str
    units: tuple[Wanted, ...]


class Given(NamedTuple):
    """What a unit gave: its documents (hash and status) and how many reports; or why it gave nothing."""

    documents: tuple[tuple[str, str], ...] = ()
    reports: int = 0
    failure: Failure | None = None


class Done(NamedTuple):
    """What a worker made of a chunk: what each of the first units gave, and the batches that hold it; or why they
    could not be written, which is the disk's trouble and no document's."""

    given: tuple[Given, ...]
    batches: tuple[Batch, ...] = ()
    trouble: OSError | None = None


def read_chunk(chunk: Chunk) -> Done:
    """Read units and write what they gave. What was damaged lies in a batch of its own, since it is read again."""
    start = time.process_time()
    given: list[Given] = []
    sound: list[tuple[str, Rows]] = []
    damaged: list[tuple[str, Rows]] = []
    for wanted in chunk.units:
        if given and time.process_time() - start > CPU_S:
            break
        try:
            rows = read_rows(wanted.job)
        except MemoryError:
            raise
        except Exception as error:
            given.append(Given(failure=crash(error)))
            continue
        documents = tuple((row[SHA256], row[STATUS]) for row in rows["document"])
        is_damaged = any(status == DAMAGED for _, status in documents)
        (damaged if is_damaged else sound).append((wanted.unit, rows))
        given.append(Given(documents, len(rows["report"])))
    try:
        batches = [write_batch(Path(chunk.folder), results) for results in (sound, damaged) if results]
    except OSError as error:
        return Done((), (), error)
    return Done(tuple(given), tuple(batches))


class Group(NamedTuple):
    """Batches to be merged."""

    folder: str
    batches: tuple[Batch, ...]


def merge_group(group: Group) -> Batch:
    """Write the batches of a group as one."""
    return merge(Path(group.folder), group.batches)


class Pool(Protocol):
    """What calls a function on chunks in workers."""

    def map_unordered(
        self, fn: Callable[[Chunk], Done], items: Iterable[Chunk], /
    ) -> Iterator[tuple[Chunk, Done | Failure]]: ...


def read_all(
    pool: Pool, folder: Path, wanted: Iterable[Wanted], count: int, workers: int
) -> Iterator[tuple[tuple[Wanted, Given], ...] | Batch]:
    """Read units in workers; gives batches that lie in ``folder`` and are to be registered, and what each unit
    gave, a chunk at a time, after the batches that hold it. Raises OSError where these cannot be written. ``count`` is about how many units there are: the last
    chunks are small, so that no worker waits for another."""
    again: deque[Chunk] = deque()

    def chunks() -> Iterator[Chunk]:
        left = count
        source = iter(wanted)
        while True:
            while again:
                yield again.popleft()
            size = max(1, min(MOST, left // (4 * workers)))
            units = tuple(unit for _, unit in zip(range(size), source, strict=False))
            if not units:
                return
            left -= len(units)
            yield Chunk(str(folder), units)

    def drained() -> Iterator[Chunk]:
        while again:
            yield again.popleft()

    source: Iterable[Chunk] = chunks()
    while True:
        for chunk, done in pool.map_unordered(read_chunk, source):
            if isinstance(done, Failure):
                if len(chunk.units) == 1:
                    yield ((chunk.units[0], Given(failure=done)),)
                else:
                    again.extend(Chunk(chunk.folder, (unit,)) for unit in chunk.units)
                continue
            if done.trouble:
                raise done.trouble
            yield from done.batches
            yield tuple(zip(chunk.units, done.given, strict=False))
            if rest := chunk.units[len(done.given) :]:
                again.append(Chunk(chunk.folder, rest))
        if not again:
            return
        source = drained()
