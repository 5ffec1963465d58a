"""What a run has to read: which documents, in which units, kept under which keys; by SQL, in a file of its own.

A home may hold millions of documents, so no list of them stands in memory: receipts, units and what is kept
already are joined in a scratch database beside the batches, and what is to be read is handed out page by page.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from pipeline.clean.office.libreoffice import program
from pipeline.clean.opened import Prepared
from pipeline.crawl import RawStore
from pipeline.reading.kept import Kept
from pipeline.reading.trouble import DAMAGED
from pipeline.reading.units import Part, fill_units, scratch_functions

WAITING = "needs_libreoffice"
_PAGE = 1_000
_STORED = "d.sha256, d.url, d.media_type, m.path, m.status, m.detail"
_SCHEMA = """
CREATE TABLE doc (
    n INTEGER PRIMARY KEY, sha256 TEXT, url TEXT, final_url TEXT, media_type TEXT, rule TEXT, referrer TEXT,
    file_name TEXT);
CREATE TABLE part (article TEXT, place INTEGER, sha256 TEXT, name TEXT, shown INTEGER);
CREATE TABLE unit (article TEXT PRIMARY KEY, key TEXT);
CREATE TABLE member (article TEXT, place INTEGER, sha256 TEXT, name TEXT, shown INTEGER);
CREATE TABLE own (sha256 TEXT PRIMARY KEY, key TEXT, issuer TEXT);
CREATE TABLE first (sha256 TEXT PRIMARY KEY, n INTEGER);
CREATE TABLE todo (place INTEGER PRIMARY KEY, n INTEGER);
CREATE TABLE again (sha256 TEXT PRIMARY KEY);
CREATE TABLE made (sha256 TEXT PRIMARY KEY, path TEXT, status TEXT, detail TEXT)
"""
_KEPT_WELL = """
EXISTS (SELECT 1 FROM first f WHERE f.sha256 = e.sha256) AND (
    e.unit = coalesce((SELECT o.key FROM own o WHERE o.sha256 = e.sha256), e.sha256)
    OR EXISTS (SELECT 1 FROM member m JOIN own o ON o.sha256 = m.article WHERE m.sha256 = e.sha256 AND o.key = e.unit))
"""
_STALE = f"""
SELECT e.sha256 FROM kept.entry e
WHERE NOT ({_KEPT_WELL}) OR e.status = '{DAMAGED}' OR (e.status = '{WAITING}' AND ?) OR e.sha256 IN (SELECT sha256 FROM again)
UNION
SELECT e.sha256 FROM kept.entry e JOIN member m ON m.sha256 = e.sha256
WHERE NOT EXISTS (SELECT 1 FROM kept.entry a WHERE a.sha256 = m.article)
"""


class Stored(NamedTuple):
    """A document as its first receipt has it, and what LibreOffice made of it."""

    sha256: str
    url: str
    media_type: str
    made: Prepared | None


class Reading(NamedTuple):
    """A document to read, the key that what is read is kept under, the body that the source registry names, and
    the files that belong to it."""

    document: Stored
    key: str
    issuer: str | None
    parts: tuple[tuple[Part, Stored], ...]


class Plan:
    """The documents of a store against what is kept, in ``place``, a scratch file that is removed at the end."""

    def __init__(self, store: RawStore, kept: Kept, place: Path) -> None:
        self._kept = kept
        self._place = place
        self._remove()
        self._db = sqlite3.connect(place, isolation_level=None)
        self._db.execute("PRAGMA main.journal_mode=OFF")
        self._db.execute("PRAGMA main.synchronous=OFF")
        scratch_functions(self._db)
        self._db.executescript(_SCHEMA)
        self._db.execute("ATTACH ? AS raw", (str(store.database),))
        self._db.execute("ATTACH ? AS kept", (str(kept.folder / "index.sqlite"),))
        self._db.execute(
            "INSERT INTO doc SELECT row_number() OVER (ORDER BY url, fetched_at, receipt_id), sha256, url, final_url, "
            f"media_type, rule, referrer, file_name FROM raw.receipt WHERE sha256 IS NOT NULL AND {store.to_read()}"
        )
        self._db.execute("INSERT INTO first SELECT sha256, min(n) FROM doc GROUP BY sha256")
        fill_units(self._db, store, kept)
        self._name_keys(store.registered_issuers())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._remove()

    def _remove(self) -> None:
        with suppress(FileNotFoundError):
            self._place.unlink()

    def _name_keys(self, registered: dict[str, str]) -> None:
        """The keys of articles with files and of those whose body the registry names: they change with all that
        reading is told. Of other documents the key is their hash."""
        self._db.execute("BEGIN")
        self._db.execute("INSERT INTO own SELECT article, key, NULL FROM unit")
        for sha, issuer in registered.items():
            row = self._db.execute("SELECT key FROM unit WHERE article = ?", (sha,)).fetchone()
            key = hashlib.sha256(f"{row[0] if row else sha}\n{issuer}".encode()).hexdigest()[:32]
            self._db.execute("INSERT OR REPLACE INTO own VALUES (?, ?, ?)", (sha, key, issuer))
        self._db.execute("CREATE INDEX member_by_article ON member (article, place)")
        self._db.execute("CREATE INDEX member_by_sha256 ON member (sha256)")
        self._db.execute("COMMIT")

    def forget_stale(self) -> None:
        """Forget what a new attachment, a tool that is there now or another run's luck changes."""
        again = ((sha,) for sha in self._kept.to_try_again())
        self._db.executemany("INSERT OR IGNORE INTO again VALUES (?)", again)
        while stale := [row[0] for row in self._db.execute(_STALE, (program() is not None,))]:
            self._kept.forget(stale)

    def with_files(self) -> int:
        """Take up the articles with files that are not read yet; gives how many these are."""
        return self._take_up("JOIN unit u ON u.article = f.sha256")

    def alone(self) -> int:
        """Take up the documents that are not read yet, each by itself; gives how many these are."""
        return self._take_up("")

    def _take_up(self, those: str) -> int:
        self._db.execute("DELETE FROM todo")
        self._db.execute(
            f"INSERT INTO todo (n) SELECT f.n FROM first f {those} LEFT JOIN kept.entry e ON e.sha256 = f.sha256 "
            "WHERE e.sha256 IS NULL ORDER BY f.n"
        )
        return int(self._db.execute("SELECT count(*) FROM todo").fetchone()[0])

    def pages(self, *, alone: bool) -> Iterator[list[Reading]]:
        """What was taken up, in the order of addresses, a page at a time; ``alone``: without files."""
        last = 0
        while rows := self._db.execute(
            f"SELECT t.place, {_STORED}, coalesce(o.key, d.sha256), o.issuer FROM todo t JOIN doc d USING (n) "
            "LEFT JOIN made m ON m.sha256 = d.sha256 LEFT JOIN own o ON o.sha256 = d.sha256 "
            "WHERE t.place > ? ORDER BY t.place LIMIT ?",
            (last, _PAGE),
        ).fetchall():
            last = rows[-1][0]
            yield [
                Reading(_stored(row[1:7]), row[7], row[8], () if alone else self._parts(row[1]))
                for row in rows
            ]

    def _parts(self, article: str) -> tuple[tuple[Part, Stored], ...]:
        rows = self._db.execute(
            f"SELECT p.name, p.shown, {_STORED} FROM member p JOIN first f ON f.sha256 = p.sha256 JOIN doc d USING (n) "
            "LEFT JOIN made m ON m.sha256 = d.sha256 WHERE p.article = ? ORDER BY p.place",
            (article,),
        )
        return tuple((Part(row[2], row[0], bool(row[1])), _stored(row[2:])) for row in rows)

    def add_made(self, sha: str, made: Prepared) -> None:
        """Notes what LibreOffice made of a document."""
        self._db.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?)", (sha, *made))


def _stored(row: tuple[str, str, str, str | None, str, str]) -> Stored:
    sha, url, media_type, path, status, detail = row
    return Stored(sha, url, media_type, None if path is None else Prepared(path, status, detail))
