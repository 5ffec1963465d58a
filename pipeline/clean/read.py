"""Bytes to Document: sniff the format and call its reader. One reader a format; each is imported when first
needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from typing import cast

from pipeline.clean.sniff import MEDIA, sniff
from pipeline.document import Document

Reader = Callable[..., Document]
_READERS = {
    "html": "pipeline.clean.html.reader",
    "mhtml": "pipeline.clean.html.mhtml",
    "text": "pipeline.clean.text",
    "pdf": "pipeline.clean.pdf.reader",
    "docx": "pipeline.clean.office.word",
    "doc": "pipeline.clean.office.libreoffice",
    "rtf": "pipeline.clean.office.libreoffice",
    "odt": "pipeline.clean.office.libreoffice",
    "xlsx": "pipeline.clean.office.excel",
    "xls": "pipeline.clean.office.excel",
    "picture": "pipeline.clean.scan.picture",
}


def read_document(data: bytes, *, media_type: str | None = None) -> Document:
    """Read one file. Never raises for what the file holds: a file that cannot be read has a status that says
    why.

    An archive gives a document without blocks; ``pipeline.clean.packed.archive`` opens it.
    """
    sha256 = digest_of(data)
    kind = sniff(data, media_type)
    if kind == "empty":
        return Document(
            sha256, media_type or "application/octet-stream", "none", (), status="empty", detail="no bytes"
        )
    if kind == "archive":
        return _archive(data, sha256)
    name = _READERS.get(kind)
    if name is None:
        return Document(
            sha256,
            media_type or "application/octet-stream",
            "none",
            (),
            status="unknown_format",
            detail="the file is of no format that is read",
        )
    reader = cast(Reader, import_module(name).read)
    kept = media_type if kind == "picture" and media_type and media_type.startswith("image/") else MEDIA[kind]
    return reader(data, sha256=sha256, media_type=kept)


def _archive(data: bytes, sha256: str) -> Document:
    from pipeline.clean.packed.archive import contents

    first = next(contents(data), None)
    if first is None:
        return Document(
            sha256, MEDIA["archive"], "archive", (), status="empty", detail="The archive holds no file."
        )
    if first.status != "ok" and first.name == "archive":
        return Document(sha256, MEDIA["archive"], "archive", (), status=first.status, detail=first.detail)
    return Document(
        sha256, MEDIA["archive"], "archive", (), detail="an archive: its files are documents of their own"
    )


def digest_of(data: bytes) -> str:
    """The SHA-256 of a file's bytes, by which documents are known."""
    return hashlib.sha256(data).hexdigest()


def is_archive(data: bytes) -> bool:
    """Whether the file is an archive whose members are files of their own."""
    return sniff(data) == "archive"
