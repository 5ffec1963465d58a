"""Files that lie together to reports, no warehouse touched: those that ``yangguang extract`` names, each read
in a worker with limits, and bytes in memory (``read_reports``)."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.guard import Failure
from pipeline.clean.read import is_archive
from pipeline.reading.named_files import own_name, pair
from pipeline.reading.whole import read_whole
from pipeline.reading.work import Each, Job, Read, Source, in_turn, read_job
from pipeline.report import Report


class Unreadable(Exception):
    """A path that cannot be read; the message names it."""


class Answer(NamedTuple):
    """A file's name, its document's status with a detail, and its reports."""

    name: str
    status: str
    detail: str
    reports: tuple[Report, ...]


class _File(NamedTuple):
    """A file among others: the name that it is answered under, and what is read, or why nothing is."""

    name: str
    source: Source | Answer


def _answers(files: Sequence[_File], each: Each[Read]) -> Iterator[Answer]:
    """An answer for every file, in the order given, as soon as it and those before it are read."""
    sources = {f.source.key: f.source for f in files if isinstance(f.source, Source)}
    names = {f.source.key: f.name for f in files if isinstance(f.source, Source)}
    owned = pair(names, lambda key: sources[key].content())
    jobs = [
        Job(source, tuple(sources[own.key]._replace(shown=own.shown) for own in owned.get(key, ())))
        for key, source in sources.items()
    ]
    found: dict[str, Answer] = {}
    given = 0
    for job, result in in_turn(jobs, each, lambda read: [key for key, _ in read.documents]):
        key = job.article.key
        if isinstance(result, Failure):
            found[key] = Answer(names[key], result.status, result.detail, ())
        else:
            for own, document in result.documents:
                reports = result.reports if own == key else ()
                found.setdefault(own, Answer(names[own], document.status, document.detail, reports))
        while given < len(files):
            source = files[given].source
            answer = source if isinstance(source, Answer) else found.get(source.key)
            if answer is None:
                break
            yield answer
            given += 1
    yield from (f.source for f in files[given:] if isinstance(f.source, Answer))


def read_files(names: Sequence[str]) -> Iterator[Answer]:
    """Read files and what lies in folders, those that belong together as one, the members of archives too.
    Raises Unreadable before anything is read where a path cannot be opened."""
    from pipeline.clean.opened import is_older, prepared
    from pipeline.reading.archives import is_packed
    from pipeline.reading.pool import reading_pool

    paths = _paths(names)
    packed = [name for name in paths if is_packed(Path(name))]
    with tempfile.TemporaryDirectory(prefix="extract-") as aside:
        members = _members(packed, Path(aside)) if packed else {}
        files: list[_File] = []
        for name in paths:
            files += members.get(name) or [_File(name, Source("", own_name(name), own_name(name), path=name))]
        files = [
            f._replace(source=f.source._replace(key=str(n))) if isinstance(f.source, Source) else f
            for n, f in enumerate(files)
        ]
        there = [f.source for f in files if isinstance(f.source, Source)]
        older = ((s.key, Path(s.path)) for s in there if is_older(Path(s.path)))
        made = dict(prepared(older, Path(aside)))
        files = [
            f._replace(source=f.source._replace(prepared=made.get(f.source.key)))
            if isinstance(f.source, Source)
            else f
            for f in files
        ]
        with reading_pool(len(there)) as pool:
            yield from _answers(files, partial(pool.map_unordered, read_job))


def _members(packed: Sequence[str], aside: Path) -> dict[str, list[_File]]:
    """The members of archives, unpacked into a store of their own, by the archive's path."""
    from pipeline.crawl import RawStore
    from pipeline.reading.archives import Archive, members_of

    found: dict[str, list[_File]] = {}
    with RawStore(aside / "members") as store:
        for archive, members in members_of([Archive(name, str(store.root)) for name in packed]):
            files = found.setdefault(archive.path, [])
            for member in members:
                name, url = f"{archive.path}!{member.name}", f"{own_name(archive.path)}!{member.name}"
                if member.sha256 is None:
                    files.append(_File(name, Answer(name, member.status, member.detail, ())))
                else:
                    path = str(store.path(member.sha256))
                    files.append(_File(name, Source("", own_name(name), url, path=path)))
            if not members:
                empty = Answer(archive.path, "empty", "The archive holds no file.", ())
                files.append(_File(archive.path, empty))
    return found


def _paths(names: Sequence[str]) -> list[str]:
    """The regular files that are named and those in folders, each once."""
    found: list[str] = []
    for name in names:
        path = Path(name)
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                inside = (p for p in sorted(path.rglob("*")) if not p.name.startswith(".") and p.is_file())
                found += map(str, inside)
                continue
            if not stat.S_ISREG(mode):
                raise Unreadable(f"{name}: neither a file nor a folder")
            path.open("rb").close()
        except OSError as error:
            raise Unreadable(f"{name}: {error.strerror or error}") from error
        found.append(name)
    return list(dict.fromkeys(found))


def read_together(
    files: Sequence[tuple[str, bytes]], *, url_of: Callable[[str], str | None] = lambda name: name
) -> list[Answer]:
    """Read files that lie together (name and bytes each) in this process, articles with their attachments;
    gives an answer for every file, in the order given. ``url_of`` gives a file's address from its name."""

    def each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Read | Failure]]:
        return ((job, read_job(job)) for job in jobs)

    sources = [
        _File(name, Source(str(n), own_name(name), url_of(name), data=data))
        for n, (name, data) in enumerate(files)
    ]
    return list(_answers(sources, each))


def read_reports(
    data: bytes, *, media_type: str | None = None, source_url: str | None = None
) -> list[Report]:
    """The reports in a file, or in the files of an archive. A file that holds none, or cannot be read, gives
    an empty list."""
    if is_archive(data):
        from pipeline.clean.packed.archive import members

        answers = read_together(
            list(members(data)), url_of=lambda name: f"{source_url}!{name}" if source_url else None
        )
        return [report for answer in answers for report in answer.reports]
    return list(read_whole(data, media_type=media_type, source_url=source_url)[1])
