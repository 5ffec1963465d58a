"""Archives: their members, put into a raw store as objects, in a worker with limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.formats import ARCHIVES, may_be
from pipeline.clean.guard import Failure
from pipeline.clean.read import is_archive
from pipeline.crawl import RawStore, Receipt
from pipeline.crawl.media import media_type_of_name
from pipeline.crawl.store import LATEST
from pipeline.reading.named_files import own_name
from pipeline.reading.pool import reading_pool
from pipeline.reading.units import MEMBER

_NOT_OPENED = f"""
WHERE {LATEST} AND sha256 IS NOT NULL AND rule <> '{MEMBER}' AND sha256 NOT IN (SELECT sha256 FROM packed)
AND NOT EXISTS (SELECT 1 FROM receipt m WHERE m.rule = '{MEMBER}' AND m.referrer = receipt.url
                AND m.fetched_at = receipt.fetched_at)
"""
"""Receipts of objects that may be archives not opened yet: an archive is never in a pack (``crawl.packing``)."""


class Archive(NamedTuple):
    """An archive at ``path``, to be unpacked into the store at ``root``."""

    path: str
    root: str


class Unpacked(NamedTuple):
    """A member of an archive: its name, what became of it, and its object in the store (None: refused)."""

    name: str
    status: str
    detail: str
    sha256: str | None
    bytes: int | None


def is_packed(path: Path) -> bool:
    """Whether a file is an archive whose members are files of their own."""
    with path.open("rb") as stream:
        packed = may_be(stream.read(512), ARCHIVES)
    return packed and is_archive(path.read_bytes())


def members_of(archives: Sequence[Archive]) -> Iterator[tuple[Archive, list[Unpacked]]]:
    """Unpack archives; one that cannot be is given as one member, "archive", with the status."""
    if not archives:
        return
    with reading_pool(1, preload=__name__) as pool:
        for archive, result in pool.map_unordered(_unpack, archives):
            if isinstance(result, Failure):
                yield archive, [Unpacked("archive", result.status, result.detail, None, None)]
            else:
                yield archive, result


def _unpack(archive: Archive) -> list[Unpacked]:
    from pipeline.clean.packed.archive import contents

    found: list[Unpacked] = []
    with RawStore(Path(archive.root)) as store:
        for member in contents(Path(archive.path).read_bytes()):
            if member.status == "ok":
                found.append(Unpacked(member.name, "ok", "", store.put(member.data), len(member.data)))
            else:
                found.append(Unpacked(member.name, member.status, member.detail, None, None))
    return found


def unpack(store: RawStore) -> int:
    """Put the members of the store's archives into it as documents of their own, each with a receipt, those
    that were refused too; gives how many receipts are new."""
    waiting: dict[str, list[Receipt]] = {}
    for receipt in store.select(f"{_NOT_OPENED} ORDER BY url, fetched_at, receipt_id"):
        path = store.path(str(receipt.sha256))
        if path.is_file() and is_packed(path):
            waiting.setdefault(str(path), []).append(receipt)
    new = 0
    for archive, members in members_of([Archive(path, str(store.root)) for path in waiting]):
        for receipt in waiting[archive.path]:
            with store.transaction():
                new += sum(store.add_receipt(_member(receipt, member)) for member in members)
    return new


def _member(archive: Receipt, member: Unpacked) -> Receipt:
    url = f"{archive.url}!{member.name}"
    return Receipt(
        url=url,
        final_url=url,
        fetched_at=archive.fetched_at,
        status=member.status,
        detail=member.detail,
        media_type=media_type_of_name(member.name),
        sha256=member.sha256,
        bytes=member.bytes,
        rule=MEMBER,
        referrer=archive.url,
        source_id=archive.source_id,
        file_name=own_name(member.name),
    )
