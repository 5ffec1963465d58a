"""The index of kept readings: which documents were read, in which batch they lie, what became of them.

A SQLite file beside the batches of one fingerprint (``kept``). Little is imported for it, so that asking
whether anything is to be read costs little.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from typing import Self

from pipeline.home import Home
from pipeline.looked import Looked
from pipeline.reading.fingerprint import reading_fingerprint
from pipeline.reading.trouble import DAMAGED, TRIES, TROUBLE

log = logging.getLogger(__name__)
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entry (sha256 TEXT PRIMARY KEY, batch TEXT NOT NULL, unit TEXT NOT NULL, "
    "status TEXT, digest TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS entry_by_batch ON entry (batch)",
    "CREATE INDEX IF NOT EXISTS entry_by_status ON entry (status) WHERE status <> 'ok'",
    "CREATE TABLE IF NOT EXISTS failure (sha256 TEXT NOT NULL, status TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS failure_by_sha256 ON failure (sha256)",
    "CREATE TABLE IF NOT EXISTS named (sha256 TEXT PRIMARY KEY, files TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS file (batch TEXT NOT NULL, name TEXT PRIMARY KEY, sha256 TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS file_by_batch ON file (batch)",
)


class Index:
    """What one fingerprint's index says. ``looked`` spares a check of the whole file that was made before."""

    def __init__(self, home: Home, looked: Looked | None = None) -> None:
        self.fingerprint = reading_fingerprint(home)
        self.root = home.read
        self.folder = home.read / self.fingerprint
        self._looked = looked
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            log.warning("the index of kept readings is damaged (%s): all is read again", error)
            shutil.rmtree(self.folder)
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "index.sqlite"
        db = sqlite3.connect(path, timeout=60)
        db.execute("PRAGMA journal_mode=WAL")

        def check() -> str:
            ((found, *_), *_) = db.execute("PRAGMA integrity_check(1)").fetchall()
            return str(found)

        found = self._looked.found(path, "integrity", check) if self._looked else check()
        if found != "ok":
            db.close()
            raise sqlite3.DatabaseError(found)
        for statement in _SCHEMA:
            db.execute(statement)
        db.commit()
        return db

    def close(self) -> None:
        """Closes the file; the index is not used afterwards."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def to_try_again(self) -> list[str]:
        """Documents whose last reading failed, and that fewer than ``TRIES`` runs have tried."""
        marks = ", ".join("?" * len(TROUBLE))
        rows = self._db.execute(
            f"SELECT sha256 FROM entry WHERE status <> 'ok' AND status IN ({marks}) "
            "AND (SELECT count(*) FROM failure WHERE failure.sha256 = entry.sha256) < ? ORDER BY sha256",
            (*sorted(TROUBLE), TRIES),
        )
        return [row[0] for row in rows]

    def waiting_for_objects(self) -> list[str]:
        """Documents that were not read because their raw object was damaged."""
        rows = self._db.execute("SELECT sha256 FROM entry WHERE status <> 'ok' AND status = ?", (DAMAGED,))
        return [row[0] for row in rows]
