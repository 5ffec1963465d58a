"""Text of a PDF page that is none of what it says: drawn invisibly, cut off by a clipping path as sheets cut
off long labels, or printed aslant over the rest."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.clean.page.shapes import Box
from pipeline.clean.pdf.objects import address

MAX_OBJECTS = 20_000
MAX_CLIP_POINTS = 64
_SLACK = 1.0
"""Points by which text may reach over the edge of its clipping path."""

_QUARTER = 1.5707963
_SLANT = 0.1
"""Share of a quarter turn by which text must lean to be aslant."""


def is_invisible(textpage: Any, index: int, pdfium: Any) -> bool:
    """Whether a character is drawn in the mode that leaves no ink."""
    text = pdfium.FPDFText_GetTextObject(textpage, index)
    return bool(text) and pdfium.FPDFTextObj_GetTextRenderMode(text) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE


def is_aslant(angle: float) -> bool:
    """Whether text runs neither along nor across the page: a watermark or a stamp, printed over what the page
    says."""
    turns = angle / _QUARTER
    return abs(turns - round(turns)) > _SLANT


def clipped_texts(page: Any, pdfium: Any) -> dict[int, Box]:
    """The pieces of text that reach out of their clipping path: address -> the box of what is left of them.
    Pieces inside forms are not looked at: their paths stand in another space."""
    found: dict[int, Box] = {}
    left, low, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        piece = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(piece) != pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        clip = pdfium.FPDFPageObj_GetClipPath(piece)
        if (
            not clip
            or pdfium.FPDFClipPath_CountPaths(clip) <= 0
            or not pdfium.FPDFPageObj_GetBounds(piece, left, low, right, top)
        ):
            continue
        box = _clip_box(clip, pdfium)
        if box is not None and (box[0] > left.value + _SLACK or box[2] < right.value - _SLACK):
            found[address(piece)] = box
    return found


def is_cut_off(textpage: Any, clips: Mapping[int, Box], pdfium: Any) -> Callable[[int], bool]:
    """Says of a character, by its index, whether its middle stands out of its clipping path."""
    left, right, low, top = (ctypes.c_double() for _ in range(4))

    def cut_off(index: int) -> bool:
        text = pdfium.FPDFText_GetTextObject(textpage, index)
        box = clips.get(address(text)) if text else None
        if box is None or not pdfium.FPDFText_GetCharBox(textpage, index, left, right, low, top):
            return False
        x, y = (left.value + right.value) / 2, (low.value + top.value) / 2
        return not (box[0] - _SLACK <= x <= box[2] + _SLACK and box[1] - _SLACK <= y <= box[3] + _SLACK)

    return cut_off


def _clip_box(clip: Any, pdfium: Any) -> Box | None:
    """The box inside of all paths of a clip; None where none of them says anything."""
    result: Box | None = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(pdfium.FPDFClipPath_CountPaths(clip)):
        count = pdfium.FPDFClipPath_CountPathSegments(clip, path)
        if not 2 <= count <= MAX_CLIP_POINTS:
            continue
        xs: list[float] = []
        ys: list[float] = []
        for number in range(count):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, number)
            if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                xs.append(x.value)
                ys.append(y.value)
        if not xs:
            continue
        box = (min(xs), min(ys), max(xs), max(ys))
        result = (
            box
            if result is None
            else (
                max(result[0], box[0]),
                max(result[1], box[1]),
                min(result[2], box[2]),
                min(result[3], box[3]),
            )
        )
    return result
