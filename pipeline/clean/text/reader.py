"""Plain text: paragraphs by line, and the tables that the lines keep."""

from __future__ import annotations

import json

from pipeline.clean.decode import decode
from pipeline.clean.line_tables import blocks_of
from pipeline.clean.lines import Lines
from pipeline.clean.text.formats import TEXT
from pipeline.document import Document

MAX_BYTES = 16 * 1024 * 1024


def read(data: bytes, *, sha256: str, media_type: str = TEXT.media_type) -> Document:
    """Read a text file. Gives a Document with line locators (1-based); never raises for bad input."""
    if len(data) > MAX_BYTES:
        return Document(
            sha256=sha256,
            media_type=media_type,
            reader="text",
            blocks=(),
            status="too_large",
            detail=f"the file has {len(data)} bytes; the limit is {MAX_BYTES}",
        )
    decoded = decode(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    control = sum(1 for c in text[:4096] if ord(c) < 32 and c not in "\n\t\f")
    if control * 50 > len(text[:4096]) or _is_json(text):
        kind = "JSON" if _is_json(text) else "binary data"
        return Document(
            sha256=sha256,
            media_type=media_type,
            reader="text",
            blocks=(),
            status="unknown_format",
            detail=f"the file holds {kind} and is of no format that is read",
        )
    lines = text.split("\n")
    blocks = tuple(blocks_of(Lines(lines, range(1, len(lines) + 1)), wrapped=True))
    detail = (
        f"{decoded.replaced} characters could not be decoded as {decoded.encoding}"
        if decoded.replaced
        else ""
    )
    return Document(
        sha256=sha256,
        media_type=media_type,
        reader="text",
        blocks=blocks,
        encoding=decoded.encoding,
        encoding_step=decoded.step,
        status="ok" if blocks else "empty",
        detail=detail or ("" if blocks else "no text"),
    )


def _is_json(text: str) -> bool:
    """Whether a file is data of a program, whose labels and figures are no page that an office published."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
