"""Files to reports for ``yangguang extract``: each read in a worker with limits, no warehouse touched."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.guard import OCR_MEMORY_BYTES, Failure, GuardedPool
from pipeline.clean.opened import Opened, Prepared, is_older, prepared
from pipeline.reading.named_files import pair
from pipeline.reading.whole import Answer, plain

TIMEOUT_S = 120.0

__all__ = ["Answer", "Unreadable", "read_files"]


class Unreadable(Exception):
    """A path that cannot be read; the message names it."""


class Task(NamedTuple):
    """A file to read with those that its text names, and what LibreOffice made of older ones, by path."""

    names: tuple[str, ...]
    made: dict[str, Prepared]


def read_task(task: Task) -> list[Answer]:
    """Read an article with its attachments, or the members of one archive (in a worker)."""
    from pipeline.clean.opened import open_file
    from pipeline.clean.packed.archive import contents
    from pipeline.clean.read import digest_of, is_archive
    from pipeline.reading.whole import read_together

    files = [(name, Path(name).read_bytes()) for name in task.names]
    name, data = files[0]
    if is_archive(data):
        members = list(contents(data))
        read = read_together(
            [(m.name, m.data) for m in members if m.status == "ok"],
            url_of=lambda member: f"{plain(name)}!{member}",
        )
        answers = dict(zip((n for n, m in enumerate(members) if m.status == "ok"), read, strict=True))
        found = [answers.get(n) or Answer(m.name, m.status, m.detail, ()) for n, m in enumerate(members)]
        return [a._replace(name=f"{name}!{a.name}") for a in found] or [
            Answer(name, "empty", "The archive holds no file.", ())
        ]
    made = {digest_of(inner): task.made[path] for path, inner in files if path in task.made}

    def open_as(inner: bytes, media_type: str | None) -> Opened:
        return open_file(inner, media_type=media_type, prepared=made.get(digest_of(inner)) if made else None)

    return read_together(files, url_of=plain, open_as=open_as)


def _files(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        path = Path(name)
        try:
            if path.is_dir():
                found += [
                    str(p) for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".")
                ]
                continue
            with path.open("rb") as stream:
                stream.read(1)
        except OSError as error:
            raise Unreadable(f"{name}: {error.strerror or error}") from error
        found.append(name)
    return list(dict.fromkeys(found))


def _groups(files: Sequence[str]) -> list[tuple[str, ...]]:
    """Files to be read together: an article and what it names, each file once, articles in the order
    given."""
    owned = pair({name: name for name in files}, lambda name: Path(name).read_bytes())
    taken: set[str] = set()
    groups: dict[str, tuple[str, ...]] = {}
    for page in files:
        own = [a.key for a in owned.get(page, ()) if a.key not in taken]
        if own:
            taken.update(own)
            groups[page] = (page, *own)
    return [groups.get(name, (name,)) for name in files if name not in taken]


def read_files(names: Sequence[str]) -> Iterator[Answer]:
    """Read the files, those that belong together as one. Raises Unreadable before anything is read where a
    path cannot be opened."""
    files = _files(names)
    groups = _groups(files)
    with (
        tempfile.TemporaryDirectory(prefix="older-") as aside,
        GuardedPool(1, TIMEOUT_S, OCR_MEMORY_BYTES, preload=("pipeline.reading.files",)) as pool,
    ):
        made = dict(prepared(((name, Path(name)) for name in files if is_older(Path(name))), Path(aside)))
        tasks = (Task(group, {name: made[name] for name in group if name in made}) for group in groups)
        for task, result in pool.map_unordered(read_task, tasks):
            if isinstance(result, Failure):
                yield from (Answer(name, result.status, result.detail, ()) for name in task.names)
            else:
                yield from result
