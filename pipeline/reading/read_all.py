"""Read every document of the raw store that this version of code and codebook has not read yet.

Files are untrusted: each is read in a worker process with limits on time and memory; what exceeds them gets a
status. The unit of work is an article with the files that belong to it (``units``); what no article took is
read by itself.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.formats import ARCHIVES, may_be
from pipeline.clean.guard import OCR_MEMORY_BYTES, Failure, GuardedPool
from pipeline.clean.office.libreoffice import program
from pipeline.clean.opened import Opened, Prepared, is_older, open_file, prepared
from pipeline.clean.read import digest_of, is_archive
from pipeline.crawl import RawStore, Receipt
from pipeline.crawl.media import media_type_of_name
from pipeline.document import Document
from pipeline.home import Home
from pipeline.places import load_registry
from pipeline.reading.kept import Kept
from pipeline.reading.schema import Rows, rows_of
from pipeline.reading.units import MEMBER, Part, Unit, units_of
from pipeline.reading.whole import attachment_detail, plain, read_reports_of

TIMEOUT_S = 120.0
WAITING = "needs_libreoffice"
Tick = Callable[[int, int], None]
"""Called with (done, total) as documents are read."""


class Source(NamedTuple):
    """A file to read: where its bytes lie, what is known of it, and what LibreOffice made of it."""

    sha256: str
    path: str
    media_type: str
    url: str
    prepared: Prepared | None = None


class Job(NamedTuple):
    """An article to read with its attachments (none: a file by itself)."""

    article: Source
    attachments: tuple[Source, ...]
    parts: tuple[Part, ...]
    key: str
    divisions: str


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a pass over the store did: documents read now, kept from before, and read documents by status."""

    read: int
    kept: int
    statuses: dict[str, int]
    reports: int


def read_job(job: Job) -> Rows:
    """Read one unit (in a worker): rows of every table, those of the attachments that belong to the report
    too."""
    registry = load_registry(Path(job.divisions) if job.divisions else None)
    data = Path(job.article.path).read_bytes()
    sources = (job.article, *job.attachments)
    made = {s.sha256: s.prepared for s in sources if s.prepared}

    def open_as(inner: bytes, media_type: str | None) -> Opened:
        return open_file(inner, media_type=media_type, prepared=made.get(digest_of(inner)) if made else None)

    whole = read_reports_of(
        data,
        [(p.name, Path(s.path).read_bytes()) for s, p in zip(job.attachments, job.parts, strict=True)],
        media_type=job.article.media_type or None,
        source_url=job.article.url,
        registry=registry,
        open_as=open_as,
        shown=frozenset(n for n, p in enumerate(job.parts) if p.shown),
    )
    rows = rows_of(whole.document, whole.reports)
    for n, document in sorted(whole.used.items()):
        source = job.attachments[n]
        held = document or Document(source.sha256, source.media_type, "none", ())
        own = rows_of(_with_detail(held, attachment_detail(job.article.url, document)), ())
        rows["document"] += own["document"]
    return rows


def _with_detail(document: Document, detail: str) -> Document:
    return Document(
        document.sha256,
        document.media_type,
        document.reader,
        (),
        document.title,
        document.encoding,
        document.encoding_step,
        status=document.status,
        detail="; ".join(d for d in (detail, document.detail) if d),
    )


def _failed(job: Job, failure: Failure) -> Rows:
    document = Document(
        job.article.sha256, job.article.media_type, "none", (), status=failure.status, detail=failure.detail
    )
    return rows_of(document, ())


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
        self.units = {a: u for a, u in units_of(receipts, store.get).items() if a in self.first}
        self.keys: dict[str, set[str]] = {sha: {sha} for sha in self.first if sha not in self.units}
        for article, unit in self.units.items():
            self.keys[article] = {unit.key}
        for unit in self.units.values():
            for part in unit.parts:
                self.keys.setdefault(part.sha256, {part.sha256}).add(unit.key)

    def missing(self) -> list[str]:
        """Documents not read yet, in the order of their addresses. What a new attachment or tool changes is
        forgotten first."""
        tool = program() is not None
        while True:
            entries = self.kept.entries()
            stale = {
                sha
                for sha, (unit, status) in entries.items()
                if unit not in self.keys.get(sha, ()) or (status == WAITING and tool)
            }
            for article, unit in self.units.items():
                if article not in entries:
                    stale |= {p.sha256 for p in unit.parts if p.sha256 in entries}
            if not stale:
                return [sha for sha in self.first if sha not in entries]
            self.kept.forget(sorted(stale))

    def job(self, sha: str, made: Mapping[str, Prepared], *, alone: bool) -> Job:
        unit = Unit(sha, ()) if alone else self.units[sha]
        sources = [self._source(s, made) for s in (sha, *(p.sha256 for p in unit.parts))]
        key = self.units[sha].key if sha in self.units else sha
        return Job(sources[0], tuple(sources[1:]), unit.parts, key, self.divisions)

    def _source(self, sha: str, made: Mapping[str, Prepared]) -> Source:
        receipt = self.first[sha]
        return Source(sha, str(self.store.path(sha)), receipt.media_type, receipt.url, made.get(sha))

    def older(self, shas: Iterable[str]) -> Iterator[tuple[str, Path]]:
        """Those of the waiting files, and of the files attached to them, that LibreOffice has to convert."""
        wanted = list(shas)
        wanted += [p.sha256 for sha in wanted if sha in self.units for p in self.units[sha].parts]
        for sha in dict.fromkeys(wanted):
            path = self.store.path(sha)
            if is_older(path):
                yield sha, path


def read_new(
    home: Home, store: RawStore, *, tick: Tick | None = None, workers: int | None = None
) -> ReadCounts:
    """Read what is new. Documents already read by this fingerprint are left alone; archives are unpacked
    first."""
    unpack(store)
    statuses: Counter[str] = Counter()
    reports = 0
    with Kept(home) as kept:
        plan = _Plan(home, store, kept)
        wanted = plan.missing()
        total = len(wanted)
        if wanted:
            count = workers or min(2, os.cpu_count() or 1, total)
            with (
                tempfile.TemporaryDirectory(prefix="older-", dir=home.warehouse) as aside,
                GuardedPool(
                    count, TIMEOUT_S, OCR_MEMORY_BYTES, preload=("pipeline.reading.read_all",)
                ) as pool,
            ):
                made = dict(prepared(plan.older(wanted), Path(aside)))
                for rows in kept.write(_results(pool, plan, wanted, made, tick)):
                    for row in rows["document"]:
                        statuses[row[5]] += 1
                    reports += len(rows["report"])
        return ReadCounts(total, kept.count() - total, dict(statuses), reports)


def _results(
    pool: GuardedPool, plan: _Plan, wanted: Sequence[str], made: Mapping[str, Prepared], tick: Tick | None
) -> Iterator[tuple[str, Rows]]:
    """What each unit gave, articles with attachments first; then what none of them took, by itself."""
    done: set[str] = set()
    for alone in (False, True):
        chosen = [sha for sha in wanted if sha not in done and (alone or sha in plan.units)]
        for job, result in pool.map_unordered(read_job, (plan.job(sha, made, alone=alone) for sha in chosen)):
            if isinstance(result, Failure) and job.parts:
                continue  # too much together: the article by itself may do
            rows = _failed(job, result) if isinstance(result, Failure) else result
            rows["document"] = [row for row in rows["document"] if row[0] not in done]
            done.update(row[0] for row in rows["document"])
            if tick:
                tick(len(done), len(wanted))
            yield job.key, rows


# -- archives ---------------------------------------------------------------------------------------------------------


class Archive(NamedTuple):
    """An archive to be unpacked into the store at ``root``."""

    root: str
    sha256: str


class Unpacked(NamedTuple):
    """A member of an archive: its name, what became of it, and its object in the store (None: refused)."""

    name: str
    status: str
    detail: str
    sha256: str | None
    bytes: int | None


def unpack_job(archive: Archive) -> list[Unpacked]:
    """Put the members of an archive into the store (in a worker). One that cannot be unpacked is given with
    its status."""
    from pipeline.clean.packed.archive import contents

    found: list[Unpacked] = []
    with RawStore(Path(archive.root)) as store:
        for member in contents(store.get(archive.sha256)):
            if member.status == "ok":
                found.append(Unpacked(member.name, "ok", "", store.put(member.data), len(member.data)))
            else:
                found.append(Unpacked(member.name, member.status, member.detail, None, None))
    return found


def _archives(store: RawStore) -> Iterator[Receipt]:
    """The receipts of archives that have not been unpacked yet."""
    receipts = list(store.latest_by_document())
    opened = {(r.referrer, r.fetched_at) for r in receipts if r.rule == MEMBER}
    for receipt in receipts:
        if receipt.sha256 is None or receipt.rule == MEMBER or (receipt.url, receipt.fetched_at) in opened:
            continue
        with store.path(receipt.sha256).open("rb") as stream:
            packed = may_be(stream.read(512), ARCHIVES)
        if packed and is_archive(store.get(receipt.sha256)):
            yield receipt


def unpack(store: RawStore) -> int:
    """Put the members of archives into the store as documents of their own, each with a receipt, those that
    were refused too; gives how many receipts are new."""
    waiting = list(_archives(store))
    if not waiting:
        return 0
    new = 0
    jobs = {r.sha256: Archive(str(store.root), r.sha256) for r in waiting if r.sha256}
    with GuardedPool(1, TIMEOUT_S, OCR_MEMORY_BYTES, preload=("pipeline.reading.read_all",)) as pool:
        for job, result in pool.map_unordered(unpack_job, jobs.values()):
            if isinstance(result, Failure):
                result = [Unpacked("archive", result.status, result.detail, None, None)]
            for receipt in (r for r in waiting if r.sha256 == job.sha256):
                with store.transaction():
                    new += sum(store.add_receipt(_member(receipt, m)) for m in result)
    return new


def _member(archive: Receipt, member: Unpacked) -> Receipt:
    url = f"{archive.url}!{member.name}"
    return Receipt(
        url=url,
        final_url=url,
        fetched_at=archive.fetched_at,
        status=member.status,
        detail=member.detail,
        media_type=media_type_of_name(member.name),
        sha256=member.sha256,
        bytes=member.bytes,
        rule=MEMBER,
        referrer=archive.url,
        source_id=archive.source_id,
        file_name=plain(member.name),
    )
