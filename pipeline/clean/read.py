"""Bytes to Document: sniff the format and call its reader. One reader a format; each is imported when first
needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from typing import cast

from pipeline.clean.format import Format
from pipeline.clean.signs import as_seen
from pipeline.clean.sniff import is_empty, sniff
from pipeline.document import Document

Reader = Callable[..., Document]
_UNKNOWN = "application/octet-stream"


def read_document(data: bytes, *, media_type: str | None = None) -> Document:
    """Read one file. Never raises for what the file holds: a file that cannot be read has a status that says
    why.

    An archive gives a document without blocks; ``pipeline.clean.packed.archive`` opens it.
    """
    sha256 = digest_of(data)
    format = sniff(data)
    if format is None:
        status, detail = "unknown_format", "the file is of no format that is read"
        if is_empty(data):
            status, detail = "empty", "no bytes"
        return Document(sha256, media_type or _UNKNOWN, "none", (), status=status, detail=detail)
    if format.role == "archive":
        return _archive(data, sha256, format)
    reader = cast(Reader, import_module(format.reader).read)
    served = format.role == "picture" and media_type and media_type.startswith("image/")
    return as_seen(reader(data, sha256=sha256, media_type=media_type if served else format.media_type))


def _archive(data: bytes, sha256: str, format: Format) -> Document:
    from pipeline.clean.packed.archive import contents

    first = next(contents(data), None)
    status, detail = "ok", "an archive: its files are documents of their own"
    if first is None:
        status, detail = "empty", "The archive holds no file."
    elif first.status != "ok" and first.name == "archive":
        status, detail = first.status, first.detail
    return Document(sha256, format.media_type, "archive", (), status=status, detail=detail)


def digest_of(data: bytes) -> str:
    """The SHA-256 of a file's bytes, by which documents are known."""
    return hashlib.sha256(data).hexdigest()


def is_archive(data: bytes) -> bool:
    """Whether the file is an archive whose members are files of their own."""
    format = sniff(data)
    return format is not None and format.role == "archive"
