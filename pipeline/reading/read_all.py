"""Read every document of the raw store that this version of code and codebook has not read yet.

Files are untrusted: each is read in a worker process with limits on time and memory; what exceeds them gets a
status. What is read together is an article with the files that belong to it (``units``); what no article took
is read by itself.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.clean.guard import Failure
from pipeline.clean.office.libreoffice import program
from pipeline.clean.opened import Prepared, is_older, prepared
from pipeline.crawl import RawStore, Receipt
from pipeline.document import Document
from pipeline.home import Home
from pipeline.logs import keep_traceback
from pipeline.progress import Tick
from pipeline.reading.archives import unpack
from pipeline.reading.kept import SHA256, STATUS, Kept
from pipeline.reading.named_files import own_name
from pipeline.reading.pool import reading_pool
from pipeline.reading.schema import Rows, rows_of
from pipeline.reading.trouble import DAMAGED
from pipeline.reading.units import Unit, units_of
from pipeline.reading.work import Each, Job, Source, in_turn, read_rows

log = logging.getLogger(__name__)
WAITING = "needs_libreoffice"
_ASIDE = "older-"
"""Folders beside the warehouse for what LibreOffice makes begin so."""


Readers = Callable[[int], AbstractContextManager[Any]]
"""Gives, for so many jobs, what has a ``map_unordered`` as ``GuardedPool`` has it."""


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a pass over the store did: documents read now, kept from before, and read documents by status."""

    read: int
    kept: int
    statuses: dict[str, int]
    reports: int


class _Plan:
    """What is to be read: the units of articles, and which documents are known to be read well enough."""

    def __init__(self, home: Home, store: RawStore, kept: Kept) -> None:
        self.kept = kept
        self.store = store
        self.divisions = str(home.divisions or "")
        receipts = list(store.documents_to_read())
        self.first: dict[str, Receipt] = {}
        for receipt in receipts:
            if receipt.sha256:
                self.first.setdefault(receipt.sha256, receipt)
        self.registered = store.registered_issuers()
        self.units = {a: u for a, u in units_of(receipts, _bytes_of(store)).items() if a in self.first}
        self.keys: dict[str, set[str]] = {sha: {self.key(sha)} for sha in self.first}
        for article, unit in self.units.items():
            for part in unit.parts:
                self.keys.setdefault(part.sha256, {self.key(part.sha256)}).add(self.key(article))

    def missing(self) -> list[str]:
        """Documents not read yet, in the order of their addresses. What a new attachment or tool changes is
        forgotten first."""
        tool = program() is not None
        again = set(self.kept.to_try_again())
        while True:
            entries = self.kept.entries()
            stale = (again & set(entries)) | {
                sha
                for sha, (unit, status) in entries.items()
                if unit not in self.keys.get(sha, ()) or (status == WAITING and tool) or status == DAMAGED
            }
            for article, unit in self.units.items():
                if article not in entries:
                    stale |= {p.sha256 for p in unit.parts if p.sha256 in entries}
            if not stale:
                return [sha for sha in self.first if sha not in entries]
            self.kept.forget(sorted(stale))

    def key(self, sha: str) -> str:
        """The key that what was read of an article is kept under: it changes with all that reading is
        told."""
        key = self.units[sha].key if sha in self.units else sha
        if issuer := self.registered.get(sha):
            key = hashlib.sha256(f"{key}\n{issuer}".encode()).hexdigest()[:32]
        return key

    def job(self, sha: str, made: Mapping[str, Prepared]) -> Job:
        article, *others = (
            self._source(sha, own_name(self.first[sha].url), made),
            *(
                self._source(p.sha256, p.name, made)._replace(shown=p.shown)
                for p in self.units.get(sha, Unit(sha, ())).parts
            ),
        )
        return Job(article, tuple(others), self.divisions, self.registered.get(sha))

    def _source(self, sha: str, name: str, made: Mapping[str, Prepared]) -> Source:
        receipt = self.first[sha]
        path = str(self.store.path(sha))
        return Source(sha, name, receipt.url, receipt.media_type, path, prepared=made.get(sha))

    def older(self, shas: Iterable[str]) -> Iterator[tuple[str, Path]]:
        """Those of the waiting files, and of the files attached to them, that LibreOffice has to convert."""
        wanted = list(shas)
        wanted += [p.sha256 for sha in wanted if sha in self.units for p in self.units[sha].parts]
        for sha in dict.fromkeys(wanted):
            path = self.store.path(sha)
            if path.is_file() and is_older(path):
                yield sha, path


def _bytes_of(store: RawStore) -> Callable[[str], bytes]:
    """An object's bytes; none of one that is not there, which its reading tells."""
    return lambda sha: store.get(sha) if store.has(sha) else b""


def read_new(
    home: Home, store: RawStore, *, tick: Tick | None = None, readers: Readers | None = None
) -> ReadCounts:
    """Read what is new, by ``readers`` (default: the local pool). Documents already read by this fingerprint
    are left alone; archives are unpacked first."""
    for left in home.warehouse.glob(
        f"{_ASIDE}*"
    ):  # by a run that was killed: runs of a home are one at a time
        shutil.rmtree(left)
    unpack(store)
    statuses: Counter[str] = Counter()
    reports = 0
    with Kept(home) as kept:
        plan = _Plan(home, store, kept)
        wanted = plan.missing()
        if wanted:
            with (
                tempfile.TemporaryDirectory(prefix=_ASIDE, dir=home.warehouse) as aside,
                (readers or reading_pool)(len(wanted)) as pool,
            ):
                made = dict(prepared(plan.older(wanted), Path(aside)))
                jobs = [plan.job(sha, made) for sha in wanted]
                each = partial(pool.map_unordered, read_rows)
                for rows in kept.write(_results(home, plan, jobs, each, tick)):
                    statuses.update(row[STATUS] for row in rows["document"])
                    reports += len(rows["report"])
        log.info(
            "read %d documents now, %d kept: %s", len(wanted), kept.count() - len(wanted), dict(statuses)
        )
        return ReadCounts(len(wanted), kept.count() - len(wanted), dict(statuses), reports)


def _results(
    home: Home, plan: _Plan, jobs: Sequence[Job], each: Each[Rows], tick: Tick | None
) -> Iterator[tuple[str, Rows]]:
    """What each unit gave, by the key that it is kept under; a document that two articles took is the
    first's."""
    done: set[str] = set()
    for job, result in in_turn(jobs, each, lambda rows: [row[SHA256] for row in rows["document"]]):
        rows = _failed(home, plan.kept, job, result) if isinstance(result, Failure) else result
        rows["document"] = [row for row in rows["document"] if row[SHA256] not in done]
        done.update(row[SHA256] for row in rows["document"])
        if tick:
            tick(len(done), len(jobs))
        yield plan.key(job.article.key), rows


def _failed(home: Home, kept: Kept, job: Job, failure: Failure) -> Rows:
    """The row of a document that could not be read, with its history, and where the traceback is kept."""
    source = job.article
    detail = failure.detail
    if failure.trace:
        detail += f"; traceback in {keep_traceback(home, source.key[:16], failure.trace)}"
    before = kept.add_failure(source.key, failure.status)
    if len(before) > 1:
        detail += f"; tried on {len(before)} runs: {', '.join(before)}"
    log.warning("%s (%s): %s: %s", source.url, source.key, failure.status, detail)
    document = Document(source.key, source.media_type, "none", (), status=failure.status, detail=detail)
    return rows_of(document, ())
