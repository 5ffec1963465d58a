"""A file opened for reading: its Document, and the pictures that it carries inside.

Older word-processor files need LibreOffice, which is slow to start: ``prepared`` converts all that wait in
few calls, and a ``Prepared`` is then handed to ``open_file`` in place of a conversion of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.formats import CONVERTED, may_be
from pipeline.clean.office import libreoffice, word
from pipeline.clean.read import digest_of, read_document
from pipeline.clean.signs import as_seen
from pipeline.clean.sniff import sniff
from pipeline.document import Document

BATCH = 64
"""Files that one call of LibreOffice converts."""


class Prepared(NamedTuple):
    """An older file turned into .docx: where that lies (empty: nowhere), and the status and detail of the
    conversion."""

    path: str
    status: str = "ok"
    detail: str = ""


class Opened(NamedTuple):
    """A Document, and the bytes of the pictures that its ``Image.source`` names (empty for those that are
    only linked)."""

    document: Document
    pictures: Mapping[str, bytes]


def open_file(data: bytes, *, media_type: str | None = None, prepared: Prepared | None = None) -> Opened:
    """Read one file that is no archive. Never raises for what it holds."""
    format = sniff(data)
    if format is not None and format in CONVERTED and prepared is not None:
        bytes_of = Path(prepared.path).read_bytes() if prepared.path else b""
        converted = libreoffice.Converted(bytes_of, prepared.status, prepared.detail)
        document = libreoffice.read_converted(converted, sha256=digest_of(data), media_type=format.media_type)
        return Opened(as_seen(document), dict(word.pictures(bytes_of)) if bytes_of else {})
    document = read_document(data, media_type=media_type)
    carries = document.reader == word.READER and document.status == "ok"
    return Opened(document, dict(word.pictures(data)) if carries else {})


def is_older(path: Path) -> bool:
    """Whether a file is one that LibreOffice has to convert."""
    with path.open("rb") as stream:
        start = stream.read(512)
    return may_be(start, CONVERTED) and sniff(path.read_bytes()) in CONVERTED


def prepared(files: Iterable[tuple[str, Path]], place: Path) -> Iterator[tuple[str, Prepared]]:
    """Convert older files, ``BATCH`` at a call, into the folder ``place``; gives each key with what became of
    its file."""
    waiting: list[tuple[str, Path]] = []
    for key, path in files:
        waiting.append((key, path))
        if len(waiting) == BATCH:
            yield from _converted(waiting, place)
            waiting = []
    if waiting:
        yield from _converted(waiting, place)


def _converted(batch: list[tuple[str, Path]], place: Path) -> Iterator[tuple[str, Prepared]]:
    with tempfile.TemporaryDirectory(prefix="older-", dir=place) as aside:
        links: dict[Path, str] = {}
        for number, (key, path) in enumerate(batch):
            with path.open("rb") as stream:
                link = Path(aside, f"{number:06d}{libreoffice.ending_of(stream.read(512))}")
            os.symlink(path.resolve(), link)
            links[link] = key
        for number, (link, converted) in enumerate(libreoffice.convert_batch(list(links))):
            target = ""
            if converted.status == "ok":
                made = place / f"{Path(aside).name}-{number:06d}.docx"
                made.write_bytes(converted.data)
                target = str(made)
            yield links[link], Prepared(target, converted.status, converted.detail)
