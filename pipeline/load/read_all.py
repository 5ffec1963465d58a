"""Read every document of the raw store that this version of code and codebook has not read yet.

Files are untrusted: each is read in a worker process with limits on time and memory; what exceeds them gets a status.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.guard import OCR_MEMORY_BYTES, Failure, GuardedPool
from pipeline.crawl import RawStore, Receipt
from pipeline.document import Document
from pipeline.load.home import Home
from pipeline.load.kept import Kept
from pipeline.load.schema import Rows, rows_of
from pipeline.places import load_registry
from pipeline.reading import read_whole

TIMEOUT_S = 120.0
Tick = Callable[[int, int], None]
"""Called with (done, total) as documents are read."""


class Job(NamedTuple):
    """One document to read: where its bytes lie and what is known of it."""

    sha256: str
    path: str
    media_type: str
    url: str
    divisions: str


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a pass over the store did: documents read now, kept from before, and read documents by status."""

    read: int
    kept: int
    statuses: dict[str, int]
    reports: int


def read_job(job: Job) -> Rows:
    """Read one document (in a worker): rows of every table."""
    registry = load_registry(Path(job.divisions) if job.divisions else None)
    data = Path(job.path).read_bytes()
    document, reports = read_whole(data, media_type=job.media_type or None, source_url=job.url, registry=registry)
    return rows_of(document, reports)


def _failed(job: Job, failure: Failure) -> Rows:
    document = Document(job.sha256, job.media_type, "none", (), status=failure.status, detail=failure.detail)
    return rows_of(document, ())


def _jobs(store: RawStore, home: Home, receipts: Iterable[Receipt], wanted: Iterable[str]) -> Iterator[Job]:
    first: dict[str, Receipt] = {}
    for receipt in receipts:
        if receipt.sha256:
            first.setdefault(receipt.sha256, receipt)
    divisions = str(home.divisions or "")
    for sha in wanted:
        receipt = first[sha]
        yield Job(sha, str(store.path(sha)), receipt.media_type, receipt.url, divisions)


def read_new(home: Home, store: RawStore, *, tick: Tick | None = None, workers: int | None = None) -> ReadCounts:
    """Read what is new. Documents already read by this fingerprint are left alone."""
    receipts = list(store.documents_to_read())
    statuses: Counter[str] = Counter()
    reports = 0
    with Kept(home) as kept:
        wanted = kept.missing(r.sha256 for r in receipts if r.sha256)
        total = len(wanted)
        if wanted:
            count = workers or min(2, os.cpu_count() or 1, total)
            with GuardedPool(count, TIMEOUT_S, OCR_MEMORY_BYTES, preload=("pipeline.load.read_all",)) as pool:
                results = (
                    _failed(job, result) if isinstance(result, Failure) else result
                    for job, result in pool.map_unordered(read_job, _jobs(store, home, receipts, wanted))
                )
                for done, rows in enumerate(kept.write(_ticked(results, total, tick)), start=1):
                    statuses[rows["document"][0][5]] += 1
                    reports += len(rows["report"])
                    if done == total and tick:
                        tick(total, total)
        return ReadCounts(total, kept.count() - total, dict(statuses), reports)


def _ticked(results: Iterable[Rows], total: int, tick: Tick | None) -> Iterator[Rows]:
    for done, rows in enumerate(results, start=1):
        if tick:
            tick(done, total)
        yield rows


def unpack(store: RawStore) -> int:
    """Put the members of archives into the store as documents of their own; gives how many are new."""
    from pipeline.clean import is_archive

    receipts = [r for r in store.latest_by_document() if r.sha256]
    opened = {r.referrer for r in receipts if r.rule == "archive_member"}
    new = 0
    for receipt in receipts:
        if receipt.sha256 is None or receipt.url in opened or receipt.rule == "archive_member":
            continue
        with store.path(receipt.sha256).open("rb") as stream:
            start = stream.read(8)
        if not start.startswith((b"PK", b"Rar!", b"\x1f\x8b", b"7z")) or not is_archive(store.get(receipt.sha256)):
            continue
        from pipeline.clean.archive import members

        for name, data in members(store.get(receipt.sha256)):
            sha = store.put(data)
            new += store.add_receipt(
                Receipt(
                    url=f"{receipt.url}!{name}", final_url=f"{receipt.url}!{name}", fetched_at=receipt.fetched_at, status="ok",
                    detail="", media_type="", sha256=sha, bytes=len(data), rule="archive_member", referrer=receipt.url,
                    source_id=receipt.source_id, file_name=name.rsplit("/", 1)[-1],
                )
            )
    return new
