"""What was found out about files, so that it is found out again only after somebody wrote to them.

A finding is kept with the file's identity: its number, size, and the times of its last change, which every
write moves on. It holds as long as that is the same. What turns in a file without being written (a flipped bit
on the disk) does not show here: `yangguang verify` reads everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_SETTLED_NS = 50_000_000
"""A file changed less than this ago may change again within the same tick of its clock: nothing is kept of it."""


class Looked:
    """Findings about files, kept in ``memory``, a small file that counts only as it was written."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._aside = memory.with_name(f".{memory.name}.part")
        self._held = _recalled(memory)
        self._before = json.dumps(self._held, sort_keys=True)
        self._asked: set[str] = set()

    def __enter__(self) -> Looked:
        return self

    def __exit__(self, *_: object) -> None:
        self.keep()

    def found(self, path: Path, what: str, find: Callable[[], str]) -> str:
        """``what`` is known of the file at ``path``: as it was found before, else what ``find`` gives now."""
        key = f"{what} {path}"
        self._asked.add(key)
        before = _identity(path)
        held = self._held.get(key)
        if held and before and held[:-1] == before:
            return str(held[-1])
        settled = bool(before) and time.time_ns() - max(before[2:4] + before[6:]) > _SETTLED_NS
        value = find()
        if settled and _identity(path) == before:
            self._held[key] = [*before, value]
        else:
            self._held.pop(key, None)
        return value

    def keep(self) -> None:
        """Writes down what is known of the files that were asked for; a disk that takes nothing costs only the
        next run."""
        held = {key: value for key, value in self._held.items() if key in self._asked}
        text = json.dumps(held, sort_keys=True)
        if text == self._before:
            return
        with suppress(OSError):
            self._aside.write_text(f"{_sum(text)}\n{text}", encoding="utf-8")
            os.replace(self._aside, self._memory)


def _identity(path: Path) -> list[int]:
    """Number, size and times of a file, and of the write-ahead log of a database; empty where it is absent."""
    found: list[int] = []
    for one in (path, path.with_name(f"{path.name}-wal")):
        try:
            about = one.stat()
        except FileNotFoundError:
            if not found:
                return []
            continue
        if one == path or about.st_size:
            found += [about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns]
    return found


def _recalled(memory: Path) -> dict[str, list[int | str]]:
    with suppress(OSError, ValueError):
        checked, _, text = memory.read_text(encoding="utf-8").partition("\n")
        if checked == _sum(text):
            return dict(json.loads(text))
    return {}


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
