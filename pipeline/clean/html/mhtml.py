"""Web pages saved as one file (.mht, .mhtml): the page is the first HTML part of a multipart message."""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import replace

from pipeline.clean.html import reader as html
from pipeline.clean.html.formats import MHTML
from pipeline.document import Document

_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]+)\"|([^\s;]+))", re.I)
_CHARSET = re.compile(rb"charset\s*=\s*\"?([A-Za-z0-9_\-]+)", re.I)
_PARTS = 400


def read(data: bytes, *, sha256: str, media_type: str = MHTML.media_type) -> Document:
    """Read a saved page. Gives the Document of its HTML part; pictures in other parts are left out. Never
    raises."""
    head, _, _ = data.partition(b"\r\n\r\n" if b"\r\n\r\n" in data[:8192] else b"\n\n")
    found = _BOUNDARY.search(head)
    parts = data.split(b"--" + (found[1] or found[2]))[1:_PARTS] if found else [data]
    for part in parts:
        page = _page_of(part)
        if page is not None:
            document = html.read(page, sha256=sha256, media_type=media_type)
            return replace(document, reader="html")
    return Document(
        sha256=sha256,
        media_type=media_type,
        reader="html",
        blocks=(),
        status="empty",
        detail="the saved page has no HTML part",
    )


def _page_of(part: bytes) -> bytes | None:
    """The bytes of a part that is a page, in the part's own encoding."""
    part = part.lstrip(b"\r\n")
    gap = re.search(rb"\r?\n\r?\n", part)
    if gap is None:
        return None
    head, body = part[: gap.start()].lower(), part[gap.end() :]
    if b"text/html" not in head:
        return None
    if b"quoted-printable" in head:
        body = quopri.decodestring(body)
    elif b"base64" in head:
        try:
            body = binascii.a2b_base64(body)
        except binascii.Error:
            return None
    declared = _CHARSET.search(head)
    if (
        declared
        and declared[1] in (b"unicode", b"utf-16", b"utf-16le")
        and not body.startswith((b"\xff\xfe", b"\xfe\xff"))
    ):
        body = b"\xff\xfe" + body
    return body
