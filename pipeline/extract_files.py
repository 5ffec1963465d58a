"""Files to reports for ``yangguang extract``: each read in a worker with limits, no warehouse touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.guard import OCR_MEMORY_BYTES, Failure, GuardedPool
from pipeline.report import Report

TIMEOUT_S = 120.0
MAX_BYTES = 256 * 1024 * 1024


class Unreadable(Exception):
    """A path that cannot be read; the message names it."""


class Answer(NamedTuple):
    """A file's name, its document's status with a detail, and its reports."""

    name: str
    status: str
    detail: str
    reports: tuple[Report, ...]


def read_one(name: str) -> list[Answer]:
    """Read one file, or the members of one archive (in a worker)."""
    from pipeline.clean import is_archive
    from pipeline.reading import read_whole

    data = Path(name).read_bytes()
    if is_archive(data):
        from pipeline.clean.archive import members

        found = []
        for member, inner in members(data):
            document, reports = read_whole(inner, source_url=f"{Path(name).name}!{member}")
            found.append(Answer(f"{name}!{member}", document.status, document.detail, reports))
        return found or [Answer(name, "empty", "the archive holds no file that is read", ())]
    document, reports = read_whole(data, source_url=Path(name).name)
    return [Answer(name, document.status, document.detail, reports)]


def _files(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        path = Path(name)
        try:
            if path.is_dir():
                found += [str(p) for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".")]
                continue
            with path.open("rb") as stream:
                stream.read(1)
        except OSError as error:
            raise Unreadable(f"{name}: {error.strerror or error}") from error
        found.append(name)
    return found


def read_files(names: Sequence[str]) -> Iterator[Answer]:
    """Read the files in order. Raises Unreadable before anything is read where a path cannot be opened."""
    files = _files(names)
    with GuardedPool(1, TIMEOUT_S, OCR_MEMORY_BYTES, preload=("pipeline.extract_files",)) as pool:
        for name, result in pool.map_unordered(read_one, files):
            if isinstance(result, Failure):
                yield Answer(name, result.status, result.detail, ())
            else:
                yield from result
