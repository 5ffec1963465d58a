"""The bytes of an object, wherever they lie: a file of their own, or a record in a pack
(docs/decisions/0014-store-of-packs.md)."""

from __future__ import annotations

import zlib
from pathlib import Path

_GZIP = 31
"""Window bits that say: gzip, with its header."""


class NotARecord(ValueError):
    """What lies there is no record of a pack."""


def stored_bytes(path: Path, offset: int = 0, length: int = 0) -> bytes:
    """The bytes of an object: the whole file, or what the record of ``length`` bytes at ``offset`` holds. Raises
    OSError, NotARecord."""
    if not length:
        return path.read_bytes()
    with path.open("rb") as stream:
        stream.seek(offset)
        return content_of(stream.read(length))


def content_of(record: bytes) -> bytes:
    """What a record of a pack holds: a gzip member with a WARC head and as many bytes as it states. Raises
    NotARecord."""
    try:
        head, mark, rest = zlib.decompress(record, wbits=_GZIP).partition(b"\r\n\r\n")
    except zlib.error as error:
        raise NotARecord(str(error)) from error
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            size = int(value)
            if mark and len(rest) == size + 4:
                return rest[:size]
    raise NotARecord("no WARC head, or not as long as it says")
