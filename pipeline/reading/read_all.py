"""Read every document of the raw store that this version of code and codebook has not read yet.

Files are untrusted: each is read in a worker process with limits on time and memory; what exceeds them gets a
status. What is read together is an article with the files that belong to it (``units``); what no article took
is read by itself. Workers write what they read; this process plans, hands out and keeps the index.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pipeline.clean.guard import Failure
from pipeline.clean.opened import is_older, prepared
from pipeline.crawl import RawStore
from pipeline.document import Document
from pipeline.home import Home
from pipeline.logs import keep_traceback
from pipeline.progress import Tick
from pipeline.reading.archives import unpack
from pipeline.reading.batches import Batch
from pipeline.reading.chunks import Group, Pool, Wanted, merge_group, read_all
from pipeline.reading.kept import Kept
from pipeline.reading.named_files import own_name
from pipeline.reading.plan import Plan, Stored
from pipeline.reading.pool import reading_pool, worker_count
from pipeline.reading.schema import Rows, rows_of
from pipeline.reading.work import Job, Source

log = logging.getLogger(__name__)
_ASIDE = "older-"
"""Folders beside the warehouse for what LibreOffice makes begin so."""
_PLAN = ".plan.sqlite"
PRELOAD = "pipeline.reading.chunks"
_CHUNKS = 50
"""Chunks after which a worker is replaced, which bounds what leaks."""

Readers = Callable[[int], AbstractContextManager[Pool]]
"""Gives, for so many documents, what calls a function on chunks of them and sees their batches into their
folder."""


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a pass over the store did: documents read now, kept from before, and read documents by status."""

    read: int
    kept: int
    statuses: dict[str, int]
    reports: int


class _Pass:
    """One pass: what is counted, and what is done with what workers give."""

    def __init__(self, home: Home, kept: Kept, wanted: int, tick: Tick | None) -> None:
        self.home = home
        self.kept = kept
        self.wanted = wanted
        self.tick = tick
        self.statuses: Counter[str] = Counter()
        self.reports = 0

    def take(self, pool: Pool, units: Iterator[Wanted], count: int) -> None:
        """Read units in workers that write what they read; what fails with files is left to be read without
        them."""
        failed: list[tuple[str, Rows]] = []
        for found in read_all(pool, self.kept.folder, units, count, worker_count(count)):
            if isinstance(found, Batch):
                self.kept.register(found)
                continue
            for wanted, given in found:
                if given.failure is None:
                    self._count([status for _, status in given.documents], given.reports)
                elif not wanted.job.attachments:
                    failed.append((wanted.unit, self._failed(wanted, given.failure)))
            self._tell()
        for _ in self.kept.write(failed):
            pass

    def _failed(self, wanted: Wanted, failure: Failure) -> Rows:
        self._count([failure.status], 0)
        return _failed(self.home, self.kept, wanted.job.article, failure)

    def _count(self, statuses: list[str], reports: int) -> None:
        self.statuses.update(statuses)
        self.reports += reports

    def _tell(self) -> None:
        if self.tick:
            self.tick(min(sum(self.statuses.values()), self.wanted), self.wanted)


def read_new(
    home: Home, store: RawStore, *, tick: Tick | None = None, readers: Readers | None = None
) -> ReadCounts:
    """Read what is new, by ``readers`` (default: processes of this machine). Documents already read by this fingerprint are left alone; archives are unpacked first."""
    for left in home.warehouse.glob(
        f"{_ASIDE}*"
    ):  # by a run that was killed: runs of a home are one at a time
        shutil.rmtree(left)
    unpack(store)
    with Kept(home) as kept, Plan(store, kept, home.warehouse / _PLAN) as plan:
        plan.forget_stale()
        kept.sweep()
        count = plan.alone()
        done = _Pass(home, kept, count, tick)
        if count:
            with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=home.warehouse) as aside:
                jobs = _Jobs(home, store, plan)
                jobs.convert(Path(aside))
                together = plan.with_files()
                with readers(count) if readers else reading_pool(count, PRELOAD, values=_CHUNKS) as pool:
                    done.take(pool, jobs.wanted(alone=False), together)
                    done.take(pool, jobs.wanted(alone=True), plan.alone())
                _merge(kept)
        log.info("read %d documents now, %d kept: %s", count, kept.count() - count, dict(done.statuses))
        return ReadCounts(count, kept.count() - count, dict(done.statuses), done.reports)


def _merge(kept: Kept) -> None:
    """Merge small batches, in workers of this machine."""
    names = kept.to_merge()
    groups = (Group(str(kept.folder), tuple(map(kept.batch, group))) for group in names)
    if not names:
        return
    with reading_pool(len(names), PRELOAD) as pool:
        for group, merged in pool.map_unordered(merge_group, groups):
            if isinstance(merged, Failure):
                log.warning("small batches of kept readings stay as they are: %s", merged.detail)
            else:
                kept.replace(group.batches, merged)


class _Jobs:
    """What a plan wants read, as jobs for workers."""

    def __init__(self, home: Home, store: RawStore, plan: Plan) -> None:
        self._divisions = str(home.divisions or "")
        self._store = store
        self._plan = plan

    def convert(self, aside: Path) -> None:
        """Let LibreOffice convert the older Office files among what was taken up, into the folder ``aside``."""
        for sha, made in prepared(self._older(), aside):
            self._plan.add_made(sha, made)

    def _older(self) -> Iterator[tuple[str, Path]]:
        for page in self._plan.pages(alone=True):
            for reading in page:
                path = self._store.path(reading.document.sha256)
                if path.is_file() and is_older(path):
                    yield reading.document.sha256, path

    def wanted(self, *, alone: bool) -> Iterator[Wanted]:
        """The units that the plan has taken up, in the order of their addresses."""
        for page in self._plan.pages(alone=alone):
            for reading in page:
                article = self._source(reading.document, own_name(reading.document.url))
                attachments = (
                    self._source(stored, part.name)._replace(shown=part.shown)
                    for part, stored in reading.parts
                )
                yield Wanted(reading.key, Job(article, tuple(attachments), self._divisions, reading.issuer))

    def _source(self, stored: Stored, name: str) -> Source:
        path, offset, length = self._store.place(stored.sha256)
        return Source(
            *(stored.sha256, name, stored.url, stored.media_type, str(path)),
            prepared=stored.made,
            offset=offset,
            length=length,
        )


def _failed(home: Home, kept: Kept, source: Source, failure: Failure) -> Rows:
    """The row of a document that could not be read, with its history, and where the traceback is kept."""
    detail = failure.detail
    if failure.trace:
        detail += f"; traceback in {keep_traceback(home, source.key[:16], failure.trace)}"
    before = kept.add_failure(source.key, failure.status)
    if len(before) > 1:
        detail += f"; tried on {len(before)} runs: {', '.join(before)}"
    log.warning("%s (%s): %s: %s", source.url, source.key, failure.status, detail)
    document = Document(source.key, source.media_type, "none", (), status=failure.status, detail=detail)
    return rows_of(document, ())
