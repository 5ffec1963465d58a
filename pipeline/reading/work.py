"""What a worker does: an article with the files that belong to it, or a file by itself, to reports.

Everything that decides what reading gives is reached from here (``fingerprint``), and nothing else is: no
store, no warehouse, no pool. Whoever reads, in processes, in this one or on a cluster, calls ``read_job`` or
``read_rows`` for jobs that ``in_turn`` puts in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.clean.guard import Failure
from pipeline.clean.opened import Opened, Prepared, open_file
from pipeline.clean.read import digest_of
from pipeline.document import Document
from pipeline.places import load_registry
from pipeline.reading.schema import Rows, rows_of
from pipeline.reading.trouble import DAMAGED
from pipeline.reading.whole import read_reports_of
from pipeline.report import Report
from pipeline.stored import NotARecord, stored_bytes

R = TypeVar("R")


class Source(NamedTuple):
    """A file to read: the key that the caller knows it by, its own name, its address, and its bytes or where
    they lie; whether its article shows it as a picture, and what LibreOffice made of it. ``offset`` and ``length``
    are those of a record, where the path is that of a pack."""

    key: str
    name: str
    url: str | None
    media_type: str = ""
    path: str = ""
    data: bytes = b""
    shown: bool = False
    prepared: Prepared | None = None
    offset: int = 0
    length: int = 0

    def content(self) -> bytes:
        return stored_bytes(Path(self.path), self.offset, self.length) if self.path else self.data


class Job(NamedTuple):
    """An article to read with its attachments (none: a file by itself). ``divisions`` is a home's own CSV of
    places; ``registered`` the body whose report the source registry says this address is."""

    article: Source
    attachments: tuple[Source, ...] = ()
    divisions: str = ""
    registered: str | None = None


class Read(NamedTuple):
    """What a job gave: the documents that it accounts for, by key, the article first, and its reports."""

    documents: tuple[tuple[str, Document], ...]
    reports: tuple[Report, ...]


def read_job(job: Job) -> Read:
    """Read one job. Attachments that belong to the report are among the documents, with a detail that says
    so; what the article did not take is left to be read by itself."""
    sources = (job.article, *job.attachments)
    held = {source.key: source.content() for source in sources}
    made = {digest_of(held[source.key]): source.prepared for source in sources if source.prepared}

    def open_as(inner: bytes, media_type: str | None) -> Opened:
        return open_file(inner, media_type=media_type, prepared=made.get(digest_of(inner)) if made else None)

    whole = read_reports_of(
        held[job.article.key],
        [(source.name, held[source.key]) for source in job.attachments],
        media_type=job.article.media_type or None,
        source_url=job.article.url,
        registered=job.registered,
        registry=load_registry(Path(job.divisions) if job.divisions else None),
        open_as=open_as,
        shown=frozenset(n for n, source in enumerate(job.attachments) if source.shown),
    )
    documents = [(job.article.key, whole.document)]
    for n, document in sorted(whole.used.items()):
        source = job.attachments[n]
        documents.append(
            (source.key, _attached(source, held[source.key], document, job.article.url or job.article.name))
        )
    return Read(tuple(documents), whole.reports)


def _attached(source: Source, data: bytes, document: Document | None, article: str) -> Document:
    """The document of a file that belongs to an article's report; it has no blocks of its own."""
    if document is None:
        detail = f"picture in {article}, which needs none for its tables"
        return Document(digest_of(data), source.media_type, "none", (), detail=detail)
    detail = "; ".join(part for part in (f"attachment of {article}", document.detail) if part)
    return replace(document, sha256=digest_of(data), blocks=(), meta={}, detail=detail)


_NOT_WHAT_WAS_STORED = (
    "The raw object is not there, or not what was stored: `yangguang heal`, then fetch or take it in again."
)


def read_rows(job: Job) -> Rows:
    """Read one job of the raw store, whose keys are hashes: its rows of every table. An object that is not what was
    stored is not read; a damaged attachment is left to be told by itself."""
    article, *others = map(_loaded, (job.article, *job.attachments))
    if article is None:
        source = job.article
        return rows_of(
            Document(source.key, source.media_type, "none", (), status=DAMAGED, detail=_NOT_WHAT_WAS_STORED),
            (),
        )
    read = read_job(job._replace(article=article, attachments=tuple(other for other in others if other)))
    (_, first), *attached = read.documents
    rows = rows_of(first, read.reports)
    for _, document in attached:
        rows["document"] += rows_of(document, ())["document"]
    return rows


def _loaded(source: Source) -> Source | None:
    """The source with its bytes, read once; None where they are not those of its hash."""
    try:
        data = source.content()
    except (OSError, NotARecord):
        return None
    return source._replace(path="", data=data) if digest_of(data) == source.key else None


Each = Callable[[Iterable[Job]], Iterable[tuple[Job, R | Failure]]]
"""Reads jobs, in whatever order they are done."""


def in_turn(
    jobs: Sequence[Job], each: Each[R], keys_of: Callable[[R], Iterable[str]]
) -> Iterator[tuple[Job, R | Failure]]:
    """What the jobs gave: articles with attachments first, then by itself what none of them took. An article
    that failed with its attachments, too much together, is read alone. ``keys_of`` gives the keys of the
    documents that a result accounts for."""
    done: set[str] = set()
    for alone in (False, True):
        turn = [job for job in jobs if job.article.key not in done and (alone or job.attachments)]
        for job, result in each(job._replace(attachments=()) if alone else job for job in turn):
            if isinstance(result, Failure):
                if job.attachments:
                    continue
                done.add(job.article.key)
            else:
                done.update(keys_of(result))
            yield job, result
