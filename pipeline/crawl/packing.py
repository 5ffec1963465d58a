"""Loose objects of a raw store into packs; and every object hashed again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.clean.formats import CONVERTED
from pipeline.clean.read import is_archive
from pipeline.clean.sniff import sniff
from pipeline.crawl.packs import LOOSE, MOST_BYTES, loose_objects, records_in

if TYPE_CHECKING:
    from pipeline.crawl.store import RawStore

_CHUNK = 1 << 20


def pack(store: RawStore, loose: int = LOOSE) -> int:
    """Move objects into packs where more than ``loose`` are files of their own; gives how many it moved.

    What is damaged, too large, or opened by its path (archives, older Office files) stays. Packs that the index
    does not know are taken up first. Killed at any point, nothing is lost.
    """
    take_up(store)
    if loose_objects(store.objects, loose) <= loose:
        return 0
    moved = 0
    for records in store.packs.write(_to_pack(store)):
        with store.transaction():
            store.packs.add(records)
        for record in records:
            store.path(record.sha256).unlink(missing_ok=True)
        moved += len(records)
    return moved


def take_up(store: RawStore) -> int:
    """Write the objects of packs that the index does not know into it; gives how many packs these are."""
    unknown = store.packs.unknown()
    for path in unknown:
        with store.transaction():
            store.packs.add(records_in(path))
    return len(unknown)


def _to_pack(store: RawStore) -> Iterator[tuple[str, bytes]]:
    """Loose objects in the order of their addresses, with their bytes; one of two addresses may come twice."""
    for sha in store.objects_by_address():
        path = store.path(sha)
        if not path.is_file():
            continue
        if found := store.packs.find(sha):
            if store.packs.is_sound(found):
                path.unlink()  # a packing was killed before it
                continue
            store.packs.forget(sha)
        if path.stat().st_size <= MOST_BYTES:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == sha and not _needs_a_path(data):
                yield sha, data


def _needs_a_path(data: bytes) -> bool:
    return is_archive(data) or sniff(data) in CONVERTED


def problems(store: RawStore, db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Hash every object again; gives ``(sha, problem)`` in order of sha (``RawStore.verify``). What was seen is
    noted in temporary tables of ``db``."""
    for table in ("seen (sha256 TEXT PRIMARY KEY, bytes INTEGER)", "wrong (sha256 TEXT, problem TEXT)"):
        db.execute(f"DROP TABLE IF EXISTS temp.{table.partition(' ')[0]}")
        db.execute(f"CREATE TEMP TABLE {table}")
    for sha, wrong, length in _objects(store):
        if wrong != "unexpected_file":
            db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (sha, length))
        if wrong:
            db.execute("INSERT INTO wrong VALUES (?, ?)", (sha, wrong))
    db.execute(
        "INSERT INTO wrong SELECT sha256, 'missing' FROM receipt "
        "WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM seen)"
    )
    db.execute(
        "INSERT INTO wrong SELECT r.sha256, 'size_mismatch' FROM receipt r JOIN seen s USING (sha256) "
        "WHERE r.bytes <> s.bytes AND r.sha256 NOT IN (SELECT sha256 FROM wrong)"
    )
    yield from db.execute("SELECT DISTINCT sha256, problem FROM wrong ORDER BY 1, 2").fetchall()


def _objects(store: RawStore) -> Iterator[tuple[str, str, int]]:
    """Every object, loose and packed: its hash, what is wrong (empty where nothing is), its bytes. What is no
    object stands under its name."""
    for folder in sorted(store.objects.iterdir()):
        for path in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
            if not _is_in_place(store, path):
                yield path.name, "unexpected_file", 0
                continue
            digest, length = hash_file(path)
            yield path.name, "" if digest == path.name else "hash_mismatch", length
    for name in store.packs.unexpected():
        yield name, "unexpected_file", 0
    for record, wrong in store.packs.checked():
        if wrong != "missing":
            yield record.sha256, wrong, record.bytes


def _is_in_place(store: RawStore, path: Path) -> bool:
    try:
        return store.path(path.name) == path
    except ValueError:
        return False


def hash_file(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file and its length in bytes."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
    return digest.hexdigest(), length
