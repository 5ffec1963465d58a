"""The folder that a site is written into: only what changed is written, and nothing that is not ours goes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from pipeline.durable import write_whole

MARK = "atlas.json"
"""What says that a folder is a site of ours: the snapshot's version and the files that were written."""


class NotOurs(ValueError):
    """A folder that must not be written into; the message says why."""


class SiteFolder:
    """Files of a site by their address below the folder.

    Each is written aside and renamed, and only where its bytes differ; what an earlier writing left and this
    one does not have is removed at the end. Until then the mark says that the site is not whole.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.version = version
        self.written = 0
        self.bytes = 0
        self._names: set[str] = set()
        self._made: set[Path] = set()
        self._before = _named_before(folder)

    def __enter__(self) -> SiteFolder:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._mark(sorted(self._before), whole=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._mark(sorted(self._before | self._names), whole=False)
            return
        for name in sorted(self._before - self._names):
            (self.folder / name).unlink(missing_ok=True)
        for parent in sorted({p for n in self._before - self._names for p in Path(n).parents}, reverse=True):
            place = self.folder / parent
            if parent.parts and place.is_dir() and not any(place.iterdir()):
                place.rmdir()
        self._mark(sorted(self._names), whole=True)

    def put(self, name: str, text: str) -> None:
        """Write a page, where it differs from the one that is there."""
        data = text.encode("utf-8")
        self._names.add(name)
        self.bytes += len(data)
        path = self.folder / name
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        try:
            if path.read_bytes() == data:
                return
        except OSError:
            pass
        aside = path.with_name(f".{path.name}.part")
        aside.write_bytes(data)
        os.replace(aside, path)
        self.written += 1

    @property
    def files(self) -> int:
        """How many files the site has so far."""
        return len(self._names)

    def _mark(self, names: list[str], *, whole: bool) -> None:
        told = {"made_by": "yangguang site", "snapshot": self.version, "whole": whole, "files": names}
        write_whole(self.folder / MARK, json.dumps(told, ensure_ascii=False, indent=0) + "\n")


def _named_before(folder: Path) -> set[str]:
    """Files of an earlier writing. Raises NotOurs where something else lies there."""
    if not folder.exists():
        return set()
    if not folder.is_dir():
        raise NotOurs(f"{folder} is a file")
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
        names = {str(n) for n in told["files"]}
        if told["made_by"] != "yangguang site":
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        if any(folder.iterdir()):
            raise NotOurs(f"{folder} is not empty and holds no site of yangguang: name another") from error
        return set()
    return {n for n in names if not Path(n).is_absolute() and ".." not in Path(n).parts}
