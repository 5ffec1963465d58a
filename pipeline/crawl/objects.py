"""An object on its way into the raw store."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.durable import sync

if TYPE_CHECKING:
    from pipeline.crawl.store import RawStore

_IN_MEMORY = 1 << 18


class ObjectWriter:
    """An object on its way in: gathered in memory while small, then in a file aside; ``keep()`` makes it
    durable, leaving the ``with`` block without it throws it away."""

    def __init__(self, store: RawStore) -> None:
        self._store = store
        self._digest = hashlib.sha256()
        self._gathered: list[bytes] = []
        self._part: Path | None = None
        self._aside: BinaryIO | None = None
        self.length = 0

    def __enter__(self) -> ObjectWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def write(self, chunk: bytes) -> None:
        """Adds bytes."""
        self._digest.update(chunk)
        self.length += len(chunk)
        if self._aside is not None:
            self._aside.write(chunk)
            return
        self._gathered.append(bytes(chunk))
        if self.length > _IN_MEMORY:
            self._spill()

    def keep(self) -> tuple[str, int]:
        """Makes the object durable under its hash; gives SHA-256 and length in bytes."""
        sha = self._digest.hexdigest()
        if self._store.is_kept(sha, self.length):
            self.discard()
            return sha, self.length
        aside = self._aside or self._spill()
        assert self._part is not None
        aside.flush()
        os.fsync(aside.fileno())
        aside.close()
        target = self._store.path(sha)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            sync(self._store.objects)
        os.replace(self._part, target)
        self._part = None
        sync(target.parent)
        return sha, self.length

    def discard(self) -> None:
        """Throws away what was gathered; does nothing after ``keep()``."""
        self._gathered = []
        if self._aside is not None:
            self._aside.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            self._part = None

    def _spill(self) -> BinaryIO:
        self._part = self._store.incoming / f"{os.getpid()}-{uuid.uuid4().hex}.part"
        self._aside = self._part.open("xb")
        self._aside.writelines(self._gathered)
        self._gathered = []
        return self._aside
