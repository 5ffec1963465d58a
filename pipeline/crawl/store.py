"""The raw store: what was fetched, byte for byte, and a receipt that says how it came.

Objects lie at ``objects/ab/<sha256>``, written aside, synced and renamed, so a file of that name is whole or
absent; where there are many, in packs (``packs``). Receipts lie in ``crawl.sqlite`` (WAL, ``synchronous=FULL``: a receipt that a run has counted must
outlive a power cut, else the next run would fetch the page again; a commit costs a few milliseconds beside a
pause of seconds per host). An object is always on disk before the receipt that names it.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipeline.crawl import chain
from pipeline.crawl.errors import DamagedReceipt
from pipeline.crawl.objects import ObjectWriter
from pipeline.crawl.packing import hash_file, problems
from pipeline.crawl.packs import SCHEMA as PACKED
from pipeline.crawl.packs import Packs, Record
from pipeline.crawl.receipt import COLUMNS, Receipt, from_row, receipt_id_of, to_column

STALE_PART_SECONDS = 86_400
"""Files in ``incoming/`` older than this were left by a killed process and are removed."""

_ROWS = 1_000


_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipt (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL, final_url TEXT NOT NULL, redirects TEXT NOT NULL, fetched_at TEXT NOT NULL,
    http_status INTEGER, status TEXT NOT NULL, detail TEXT NOT NULL, headers TEXT NOT NULL,
    media_type TEXT NOT NULL, sha256 TEXT, bytes INTEGER, rule TEXT NOT NULL, referrer TEXT,
    source_id TEXT, file_name TEXT, insecure_tls INTEGER NOT NULL, chain TEXT
);
CREATE INDEX IF NOT EXISTS receipt_by_url ON receipt (url, seq);
CREATE INDEX IF NOT EXISTS receipt_by_object ON receipt (sha256);
CREATE INDEX IF NOT EXISTS receipt_of_member ON receipt (referrer, fetched_at) WHERE rule = 'archive_member';
CREATE TABLE IF NOT EXISTS recheck (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt_id TEXT NOT NULL, checked_at TEXT NOT NULL, http_status INTEGER, detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS recheck_by_receipt ON recheck (receipt_id, seq);
"""

_ON_THE_WAY = """
SELECT CASE WHEN instr(url, '#form=') OR NOT instr(url, '#') THEN url ELSE substr(url, 1, instr(url, '#') - 1) END
FROM (SELECT url FROM crawl_page WHERE kind IN ('site', 'list') OR url IN (
    SELECT referrer FROM crawl_page WHERE kind IN ('report', 'candidate') GROUP BY referrer HAVING count(DISTINCT url) > 1)
EXCEPT SELECT url FROM crawl_find
EXCEPT SELECT url FROM crawl_page WHERE kind = 'attachment')
"""
LATEST = """
(seq IN (SELECT max(seq) FROM receipt WHERE sha256 IS NOT NULL GROUP BY url, sha256)
 OR (sha256 IS NULL AND seq IN (SELECT max(seq) FROM receipt GROUP BY url)))
"""
_ORDER = "ORDER BY url, fetched_at, receipt_id"
_REGISTERED = """
SELECT sha256, min(issuer) FROM receipt JOIN crawl_article USING (source_id)
WHERE rule = 'registry' AND sha256 IS NOT NULL GROUP BY sha256 HAVING count(DISTINCT issuer) = 1
"""


class Inputs(NamedTuple):
    """The documents that are to be read, in a word: a digest (16 hex digits), how many, the newest's day."""

    digest: str
    documents: int
    day: str


class RawStore:
    """Objects by SHA-256 and receipts under ``root`` (``data/raw/``); made where absent.

    Safe for several threads and several processes at once.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.objects = self.root / "objects"
        self.incoming = self.root / "incoming"
        self.objects.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(parents=True, exist_ok=True)
        self.database = self.root / "crawl.sqlite"
        self._lock = threading.RLock()
        self._db = open_database(self.database)
        self.packs = Packs(self.root / "packs", self.incoming, self._db)
        with self.transaction():
            for statement in filter(str.strip, (*_SCHEMA.split(";"), PACKED)):
                self._db.execute(statement)
            if "chain" not in {row[1] for row in self._db.execute("PRAGMA table_info(receipt)")}:
                self._db.execute("ALTER TABLE receipt ADD COLUMN chain TEXT")
                chain.join_up(self._db)
        self._sweep_stale_parts()

    def __enter__(self) -> RawStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database; the store is not used afterwards."""
        with self._lock:
            self._db.close()

    # objects

    def path(self, sha: str) -> Path:
        """Gives where the object of that SHA-256 (64 lower-case hex digits) lies or would lie."""
        if len(sha) != 64 or not set(sha) <= set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256 in lower-case hex: {sha!r}")
        return self.objects / sha[:2] / sha

    def packed(self, sha: str) -> Record | None:
        """Gives where the object lies in a pack; null where none holds it."""
        with self._lock:
            return self.packs.find(sha)

    def place(self, sha: str) -> tuple[Path, int, int]:
        """Gives the file that holds the object, and offset and length of its record there (0 and 0: the whole
        file, which may be absent)."""
        path = self.path(sha)
        if not path.is_file() and (record := self.packed(sha)):
            return self.packs.path(record), record.offset, record.length
        return path, 0, 0

    def has(self, sha: str) -> bool:
        """Tells whether the object is there."""
        if self.path(sha).is_file():
            return True
        return bool((record := self.packed(sha)) and self.packs.has(record)) or self.path(sha).is_file()

    def is_sound(self, sha: str) -> bool:
        """Tells whether the object is there and its bytes are those of its name."""
        if self.path(sha).is_file():
            return hash_file(self.path(sha))[0] == sha
        record = self.packed(sha)
        return record is not None and self.packs.is_sound(record)

    def get(self, sha: str) -> bytes:
        """Gives the object's bytes; ``FileNotFoundError`` where it is absent, ``NotARecord`` where its pack is
        damaged."""
        try:
            return self.path(sha).read_bytes()
        except FileNotFoundError:
            return self.packs.get(record) if (record := self.packed(sha)) else self.path(sha).read_bytes()

    def open(self, sha: str) -> BinaryIO:
        """Opens the object's bytes; raises as ``get``."""
        path = self.path(sha)
        return path.open("rb") if path.is_file() else io.BytesIO(self.get(sha))

    def length(self, sha: str) -> int:
        """Gives the object's length in bytes; ``FileNotFoundError`` where it is absent."""
        record = None if self.path(sha).is_file() else self.packed(sha)
        return record.bytes if record else self.path(sha).stat().st_size

    def objects_by_address(self) -> Iterator[str]:
        """Yields the objects that receipts name, in the order of their addresses, some more than once."""
        for row in self._rows("SELECT sha256 FROM receipt WHERE sha256 IS NOT NULL ORDER BY url, seq"):
            yield str(row[0])

    def put(self, data: bytes) -> str:
        """Keeps the bytes and gives their SHA-256; bytes already kept are not written again."""
        sha = hashlib.sha256(data).hexdigest()
        if not self.is_kept(sha, len(data)):
            self.put_stream([data])
        return sha

    def put_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keeps what ``chunks`` yield without holding it in memory; gives SHA-256 and length in bytes.

        Where ``chunks`` raises, nothing is kept and the error goes on.
        """
        with self.open_writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
            return writer.keep()

    def open_writer(self) -> ObjectWriter:
        """Opens an object that is written piece by piece; nothing is kept until its ``keep()``."""
        return ObjectWriter(self)

    def verify(self) -> Iterator[tuple[str, str]]:
        """Hashes every object again; yields ``(sha, problem)`` in order of sha, nothing where all is well.

        Problems: ``hash_mismatch`` (the bytes are not those of the name), ``missing`` (a receipt names an
        object that is not there), ``size_mismatch`` (a receipt states another length), ``unexpected_file``
        (a file among the objects whose name is no hash; the name stands in place of the sha).
        """
        with self._lock:
            yield from problems(self, self._db)

    def put_aside(self, names: Collection[str]) -> None:
        """Moves damaged objects, and what is none, out of the objects into ``damaged/``: they are absent from
        then on."""
        aside = self.root / "damaged"
        for path in sorted((*self.objects.rglob("*"), *self.packs.folder.glob("*"))) if names else ():
            if path.name in names and path.is_file():
                aside.mkdir(exist_ok=True)
                path.replace(aside / path.name)
        with self.transaction():
            for name in names:
                if (record := self.packs.find(name)) and not self.packs.is_sound(record):
                    self.packs.forget(name)

    def ask_again(self, sha: str) -> None:
        """Forgets that a crawl has seen this object, so that a server is not asked only whether it has
        changed."""
        with self.transaction() as db:
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'crawl_visit'").fetchone():
                db.execute("DELETE FROM crawl_visit WHERE sha256 = ?", (sha,))

    # receipts

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Runs its body in one write transaction; nested use joins the outer one.

        For many receipts at once, and for the frontier, which keeps its state in the same database so that
        a receipt and the frontier's mark for it are committed together.
        """
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add_receipt(self, receipt: Receipt) -> bool:
        """Writes the receipt down; false where the very same one (same ``receipt_id``) is there already."""
        receipt = replace(receipt, receipt_id=receipt.receipt_id or receipt_id_of(receipt))
        if (receipt.sha256 is None) != (receipt.bytes is None):
            raise ValueError("sha256 and bytes stand or fall together")
        row = [to_column(getattr(receipt, name)) for name in COLUMNS]
        with self.transaction() as db:
            before = db.total_changes
            db.execute(
                f"INSERT OR IGNORE INTO receipt ({', '.join(COLUMNS)}, chain) "
                f"VALUES ({', '.join('?' * len(COLUMNS))}, ?)",
                [*row, chain.link(chain.last_link(db), row)],
            )
            return db.total_changes > before

    def knows(self, url: str) -> bool:
        """Tells whether the address has a receipt."""
        with self._lock:
            return (
                self._db.execute("SELECT 1 FROM receipt WHERE url = ? LIMIT 1", (url,)).fetchone() is not None
            )

    def receipt(self, receipt_id: str) -> Receipt | None:
        """Gives the receipt of that id."""
        return next(self.select("WHERE receipt_id = ?", (receipt_id,)), None)

    def add_recheck(self, receipt_id: str, checked_at: str, http_status: int | None, detail: str) -> None:
        """Writes down that a later look found what ``receipt_id`` says unchanged (304, or the same bytes).

        Rechecks are not receipts: they change neither ``receipts()`` nor ``fingerprint()``.
        """
        with self.transaction() as db:
            db.execute(
                "INSERT INTO recheck (receipt_id, checked_at, http_status, detail) VALUES (?,?,?,?)",
                (receipt_id, checked_at, http_status, detail),
            )

    def damaged_receipts(self) -> list[tuple[int, str]]:
        """Gives the receipts, by number and address, that are not what was written, or before which one is
        gone. Raises ``sqlite3.DatabaseError`` where the database itself is damaged."""
        with self._lock:
            ((first, *_), *more) = self._db.execute("PRAGMA integrity_check(5)").fetchall()
            if first != "ok":
                raise sqlite3.DatabaseError(f"database disk image is malformed: {first}; {len(more)} more")
            return list(chain.broken(self._db))

    def drop_damaged_receipts(self) -> list[str]:
        """Takes damaged receipts out; gives their addresses, which are to be fetched or taken in again."""
        with self.transaction() as db:
            found = self.damaged_receipts()
            if found:
                chain.take_out(db, [seq for seq, _ in found])
            return [url for _, url in found]

    def sources(self) -> dict[str, str]:
        """Gives an address that each object came from, by its hash."""
        with self._lock:
            return dict(
                self._db.execute("SELECT sha256, url FROM receipt WHERE sha256 IS NOT NULL ORDER BY seq")
            )

    def receipts(self) -> Iterator[Receipt]:
        """Yields every receipt, ordered by url, time and id: the order does not tell who came first."""
        yield from self.select("ORDER BY url, fetched_at, receipt_id")

    def latest_by_document(self) -> Iterator[Receipt]:
        """Yields one receipt a document, ordered as ``receipts()``: what the later stages read.

        A document is an address with the bytes it gave: a page that changed yields a receipt for each of its
        versions, the same bytes seen again only their last one. A failure is yielded while it is the last
        that is known of its address.
        """
        yield from self.select(f"WHERE {LATEST} {_ORDER}")

    def documents_to_read(self) -> Iterator[Receipt]:
        """Yields those of ``latest_by_document()`` that may hold a report, in the same order.

        Left out are pages that a crawl fetched well to find its way and that show no report themselves:
        lists, portals, and others that led to several reports. A failure stays, whatever it was a failure of.
        """
        yield from self.select(f"WHERE {self.to_read()} {_ORDER}")

    def inputs(self) -> Inputs:
        """Gives what ``documents_to_read()`` comes to, without making receipts of it."""
        digest = hashlib.sha256()
        documents, day = 0, ""
        for url, sha, status, fetched_at in self._rows(
            f"SELECT url, sha256, status, fetched_at FROM receipt WHERE {self.to_read()} {_ORDER}"
        ):
            documents += 1
            day = max(day, fetched_at[:10])
            digest.update(f"{url}\0{sha}\0{status}\0{fetched_at}\n".encode())
        return Inputs(digest.hexdigest()[:16], documents, day)

    def to_read(self) -> str:
        """The condition of ``documents_to_read()``, in SQL over ``receipt``."""
        with self._lock:
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'crawl_find'").fetchone():
                return LATEST
        return f"{LATEST} AND (status <> 'ok' OR url NOT IN ({_ON_THE_WAY}))"

    def registered_issuers(self) -> dict[str, str]:
        """Gives the body whose report the source registry says an address is, by the hash of what came of it:
        of sources of the kind ``article`` alone (a list or a portal leads to reports of others too)."""
        with self._lock:
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'crawl_article'").fetchone():
                return {}
            return dict(self._db.execute(_REGISTERED))

    def fingerprint(self) -> str:
        """Gives a text that changes when, and only when, a receipt is added; costs no scan."""
        with self._lock:
            last, count = self._db.execute("SELECT coalesce(max(seq), 0), count(*) FROM receipt").fetchone()
        return f"{last}-{count}"

    def select(self, clause: str, parameters: tuple[Any, ...] = ()) -> Iterator[Receipt]:
        """Yields the receipts that a clause of SQL over ``receipt`` names."""
        for row in self._rows(f"SELECT {', '.join(COLUMNS)} FROM receipt {clause}", parameters):
            try:
                yield from_row(row)
            except (ValueError, TypeError) as error:
                raise DamagedReceipt(f"the receipt of {row[0]} is damaged: `yangguang heal`") from error

    def _rows(self, query: str, parameters: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """A question's rows, as they stood when it was asked."""
        with self._lock:
            cursor = self._db.execute(query, parameters)
            rows = cursor.fetchmany(_ROWS)
        while rows:
            yield from rows
            with self._lock:
                rows = cursor.fetchmany(_ROWS)

    def is_kept(self, sha: str, length: int) -> bool:
        """Tells whether the object is there with that length in bytes."""
        try:
            return self.has(sha) and self.length(sha) == length
        except FileNotFoundError:
            return False

    def _sweep_stale_parts(self) -> None:
        deadline = time.time() - STALE_PART_SECONDS
        for part in self.incoming.glob("*.part"):
            try:
                if part.stat().st_mtime < deadline:
                    part.unlink()
            except FileNotFoundError:
                continue


def open_database(path: Path) -> sqlite3.Connection:
    """Opens a SQLite file for several processes at once: WAL, full sync, a minute's patience for locks."""
    database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    return database
