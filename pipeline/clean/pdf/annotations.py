"""What the notes and form fields of a PDF page print: they belong to the page and not to its text."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.clean.page.shapes import Box, Glyph
from pipeline.document import UNREAD

MAX_ANNOTATIONS = 2_000
_HIDDEN, _NO_VIEW = 2, 32
_LONGEST = 400
_NOTE_SIZE = 9.0
"""Points in which the text of a note is set, at most."""


class Printed(NamedTuple):
    """Text that an annotation prints, and its box in page space (y up)."""

    text: str
    box: Box


def printed_notes(page: Any, pdfium: Any) -> Iterator[Printed]:
    """The free texts and the fields of text or choice of a page; ``UNREAD`` where one shows something that
    only its drawing tells."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(note)
            if kind not in (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_WIDGET):
                continue
            if pdfium.FPDFAnnot_GetFlags(note) & (_HIDDEN | _NO_VIEW):
                continue
            rect = pdfium.FS_RECTF()
            if not pdfium.FPDFAnnot_GetRect(note, rect):
                continue
            text = _string(note, b"Contents" if kind == pdfium.FPDF_ANNOT_FREETEXT else b"V", pdfium).strip()
            if kind == pdfium.FPDF_ANNOT_WIDGET and _string(note, b"FT", pdfium) in ("Btn", "Sig"):
                continue
            if not text and _draws_text(note, pdfium):
                text = UNREAD
            if text:
                yield Printed(text[:_LONGEST], (rect.left, rect.bottom, rect.right, rect.top))
        finally:
            pdfium.FPDFPage_CloseAnnot(note)


def _string(note: Any, key: bytes, pdfium: Any) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    if length <= 2:
        return ""
    room = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFAnnot_GetStringValue(note, key, room, length)
    return bytes(room)[: length - 2].decode("utf-16-le", "replace")


def _draws_text(note: Any, pdfium: Any) -> bool:
    normal = pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL
    length = pdfium.FPDFAnnot_GetAP(note, normal, None, 0)
    if not 2 < length < 200_000:
        return False
    room = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFAnnot_GetAP(note, normal, room, length)
    drawn = bytes(room).decode("utf-16-le", "replace")
    return "Tj" in drawn or "TJ" in drawn


def set_in(text: str, box: Box) -> list[Glyph]:
    """A note's text as characters on one line through the middle of its box."""
    x0, y0, x1, y1 = box
    size = min(_NOTE_SIZE, y1 - y0, 2 * (x1 - x0) / max(len(text), 1))
    widths = [size if sign > "\u2e80" else size / 2 for sign in text]
    at, top = (x0 + x1 - sum(widths)) / 2, (y0 + y1 - size) / 2
    glyphs = []
    for sign, width in zip(text, widths, strict=True):
        if not sign.isspace():
            glyphs.append(Glyph(sign, at, top, at + width, top + size, size))
        at += width
    return glyphs
