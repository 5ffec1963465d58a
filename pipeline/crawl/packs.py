"""Packs of the raw store: many objects in a WARC file, found by an index in the store's database
(docs/decisions/0014-store-of-packs.md)."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from pipeline.durable import sync
from pipeline.stored import NotARecord, stored_bytes

LOOSE = 20_000
"""So many objects may be files of their own before they are packed."""
MOST_BYTES = 4 << 20
"""Larger objects stay files of their own."""
PACK_BYTES = 256 << 20
SCHEMA = """
CREATE TABLE IF NOT EXISTS packed (
    sha256 TEXT PRIMARY KEY, pack TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID
"""
_URN = "urn:sha256:"
_ENDING = ".warc.gz"


class Record(NamedTuple):
    """Where an object lies in a pack: the pack's name, offset and length of its record, and its own bytes."""

    sha256: str
    pack: str
    offset: int
    length: int
    bytes: int


class Packs:
    """The packs in ``folder``; ``db`` is the store's database, which the store guards."""

    def __init__(self, folder: Path, incoming: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self._incoming = incoming
        self._db = db

    def find(self, sha: str) -> Record | None:
        """Where an object lies; None where no pack holds it."""
        row = self._db.execute("SELECT * FROM packed WHERE sha256 = ?", (sha,)).fetchone()
        return Record(*row) if row else None

    def path(self, record: Record) -> Path:
        """The pack of a record."""
        return self.folder / record.pack

    def get(self, record: Record) -> bytes:
        """The object's bytes. Raises OSError, NotARecord."""
        return stored_bytes(self.path(record), record.offset, record.length)

    def has(self, record: Record) -> bool:
        """Whether the record's pack is long enough to hold it."""
        with suppress(FileNotFoundError):
            return self.path(record).stat().st_size >= record.offset + record.length
        return False

    def forget(self, sha: str) -> None:
        """Takes an object out of the index; its record stays where it is."""
        self._db.execute("DELETE FROM packed WHERE sha256 = ?", (sha,))

    def add(self, records: Iterable[Record]) -> None:
        """Writes records into the index; one that another pack holds already stays there."""
        self._db.executemany("INSERT OR IGNORE INTO packed VALUES (?, ?, ?, ?, ?)", records)

    def unknown(self) -> list[Path]:
        """Packs that the index does not know: a killed packing left them, or the index was lost."""
        if not self.folder.is_dir():
            return []
        known = {row[0] for row in self._db.execute("SELECT DISTINCT pack FROM packed")}
        return sorted(p for p in self.folder.iterdir() if p.name.endswith(_ENDING) and p.name not in known)

    def write(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[list[Record]]:
        """Writes objects into new packs; gives the records of each pack once it is durable and was read back."""
        source = iter(objects)
        for sha, data in source:
            yield self._write_one(sha, data, source)

    def _write_one(self, sha: str, data: bytes, more: Iterator[tuple[str, bytes]]) -> list[Record]:
        self.folder.mkdir(exist_ok=True)
        name = self._next_name()
        aside = self._incoming / f"{os.getpid()}-{name}.part"
        records: list[Record] = []
        with aside.open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            while True:
                start = stream.tell()
                writer.write_record(
                    writer.create_warc_record(
                        _URN + sha,
                        "resource",
                        payload=io.BytesIO(data),
                        length=len(data),
                        warc_content_type="application/octet-stream",
                        warc_headers_dict={"WARC-Record-ID": f"<{_URN}{sha}>"},
                    )
                )
                records.append(Record(sha, name, start, stream.tell() - start, len(data)))
                if stream.tell() >= PACK_BYTES:
                    break
                try:
                    sha, data = next(more)
                except StopIteration:
                    break
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, self.folder / name)
        sync(self.folder)
        return [record for record in records if self.is_sound(record)]

    def _next_name(self) -> str:
        numbers = [
            int(p.name.removesuffix(_ENDING)) for p in self.folder.glob(f"*{_ENDING}") if _number(p.name)
        ]
        return f"{max(numbers, default=0) + 1:06d}{_ENDING}"

    def is_sound(self, record: Record) -> bool:
        """Whether a record holds the bytes of its hash."""
        try:
            data = self.get(record)
        except (OSError, NotARecord):
            return False
        return len(data) == record.bytes and hashlib.sha256(data).hexdigest() == record.sha256

    def checked(self) -> Iterator[tuple[Record, str]]:
        """Reads every record that the index has, pack by pack, with what is wrong: ``missing``, ``hash_mismatch``,
        empty where nothing is."""
        for row in self._db.execute("SELECT * FROM packed ORDER BY pack, offset"):
            record = Record(*row)
            yield (
                record,
                "missing" if not self.has(record) else "" if self.is_sound(record) else "hash_mismatch",
            )

    def unexpected(self) -> list[str]:
        """Names of what lies among the packs and is none."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path.name for path in found if not _number(path.name))


def records_in(pack: Path) -> Iterator[Record]:
    """Reads a pack through: its records whose bytes are those of their hash. One that is cut short ends it."""
    with pack.open("rb") as stream:
        records = ArchiveIterator(stream)
        with suppress(Exception):  # whatever damage does to a record ends what can be read
            for record in records:
                uri = str(record.rec_headers.get_header("WARC-Target-URI") or "")
                data = record.content_stream().read()
                offset, length = records.get_record_offset(), records.get_record_length()
                if uri == _URN + hashlib.sha256(data).hexdigest():
                    yield Record(uri.removeprefix(_URN), pack.name, offset, length, len(data))


def loose_objects(objects: Path, most: int) -> int:
    """How many objects are files of their own, counted no further than ``most``."""
    count = 0
    for folder in objects.iterdir():
        if folder.is_dir():
            with os.scandir(folder) as files:
                count += sum(1 for _ in files)
        if count > most:
            break
    return count


def _number(name: str) -> bool:
    return name.endswith(_ENDING) and name.removesuffix(_ENDING).isdecimal()
