"""Digits that a PDF draws otherwise than its text layer says: a font whose table of characters lies.

Of each embedded font one drawn digit of every kind is held against the ten digits of the usual fonts; where
one is clearly another digit, no digit of that font is believed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.clean.page.shapes import Box
from pipeline.clean.pdf.objects import address

Shape = npt.NDArray[np.float64]
MAX_FONTS = 64
_USUAL = (
    b"Helvetica",
    b"Helvetica-Bold",
    b"Helvetica-Oblique",
    b"Times-Roman",
    b"Times-Bold",
    b"Times-Italic",
    b"Courier",
)
_PIXELS = 40
"""Height at which a digit is drawn to be looked at."""
_GRID = (24, 16)
_INK = 0.35
_LIKE, _LIKER = 0.65, 0.08
"""Likeness from which a shape is taken for a digit, and by how much it must be liker to that than to the
one said: of 25 fonts none was told a lie so, and of 1,125 with two digits changed about all but 4 were."""


def untrue_digits(
    page: Any, textpage: Any, digits: Iterable[int], pdfium: Any, known: MutableMapping[str, bool]
) -> frozenset[int]:
    """Of ``digits``, the indices of a page's digits, those whose font draws others. ``known`` is what is
    known of the document's embedded fonts, by name: whether they lie; what is seen here for the first time
    is added."""
    fonts: dict[int, str] = {}
    of_font: dict[str, list[int]] = {}
    for index in digits:
        handle = pdfium.FPDFText_GetTextObject(textpage, index)
        font = pdfium.FPDFTextObj_GetFont(handle) if handle else None
        if font:
            key = address(font)
            if key not in fonts:
                fonts[key] = _name(font, pdfium)
            of_font.setdefault(fonts[key], []).append(index)
    of_font.pop("", None)
    for name, own in of_font.items():
        if name not in known and len(known) < MAX_FONTS:
            known[name] = _lies(page, textpage, own, pdfium)
    return frozenset(index for name, own in of_font.items() if known.get(name) for index in own)


def _name(font: Any, pdfium: Any) -> str:
    """An embedded font's name with the mark of its subset; "" of another, whose digits are those of its
    code."""
    if pdfium.FPDFFont_GetIsEmbedded(font) != 1:
        return ""
    room = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, room, 128)
    return room.value.decode("latin-1")


def _lies(page: Any, textpage: Any, indices: Iterable[int], pdfium: Any) -> bool:
    """Whether one of a font's digits is drawn as another, and that other not as itself: where two digits
    are drawn alike the font is only an unusual one."""
    box = (ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double())
    drawn_as: dict[int, int] = {}
    sure: set[int] = set()
    for index in indices:
        digit = pdfium.FPDFText_GetUnicode(textpage, index) - ord("0")
        if digit in drawn_as or not pdfium.FPDFText_GetCharBox(textpage, index, *box):
            continue
        left, right, low, top = (side.value for side in box)
        shape = _shape(_drawn(page, (left, low, right, top), pdfium))
        if shape is None:
            continue
        likeness = [max(float(np.vdot(shape, usual)) for usual in kind) for kind in _usual_digits()]
        liked = drawn_as[digit] = max(range(10), key=likeness.__getitem__)
        if likeness[liked] >= _LIKE and likeness[liked] - likeness[digit] >= _LIKER:
            sure.add(digit)
    return any(drawn_as.get(drawn_as[digit]) != drawn_as[digit] for digit in sure)


def _drawn(page: Any, box: Box, pdfium: Any) -> Shape:
    """The ink (0 to 1) of a box of the page, drawn large."""
    scale = _PIXELS / max(box[3] - box[1], 1.0)
    wide, high = (round(side * scale) for side in page.get_size())
    across, down = ctypes.c_int(), ctypes.c_int()
    corners = []
    for x, y in (box[:2], box[2:]):
        pdfium.FPDF_PageToDevice(page, 0, 0, wide, high, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (ax, ay), (bx, by) = corners
    left, top = min(ax, bx) - 1, min(ay, by) - 1
    columns, rows = min(abs(ax - bx) + 3, 4 * _PIXELS), min(abs(ay - by) + 3, 4 * _PIXELS)
    room = np.full((rows, columns), 255, dtype=np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        columns, rows, pdfium.FPDFBitmap_Gray, room.ctypes.data_as(ctypes.c_void_p), columns
    )
    try:
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, wide, high, 0, 0)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return 1.0 - room / 255.0


def _shape(ink: Shape) -> Shape | None:
    """A digit's ink cut out and brought to one size, as a unit vector; None where there is none."""
    rows, columns = np.where(ink > _INK)
    if len(rows) < 4:
        return None
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    missing = (cut.shape[0] // 2 - cut.shape[1]) // 2  # a 1 is not blown up to the width of a 0
    if 3 * cut.shape[1] < cut.shape[0] and missing > 0:
        cut = np.pad(cut, ((0, 0), (missing, missing)))
    for axis, size in enumerate(_GRID):
        edges = np.linspace(0, cut.shape[axis], size + 1)
        ends = np.concatenate([np.zeros_like(cut.take([0], axis)), cut.cumsum(axis)], axis)
        low = np.minimum(edges.astype(int), cut.shape[axis] - 1)
        share = np.expand_dims(edges - low, 1 - axis)
        cut = np.diff(ends.take(low, axis) * (1 - share) + ends.take(low + 1, axis) * share, axis=axis)
    flat = cut.ravel() - cut.mean()
    length = float(np.linalg.norm(flat))
    return flat / length if length else None


@lru_cache(maxsize=1)
def _usual_digits() -> tuple[tuple[Shape, ...], ...]:
    """The shapes of each digit in pdfium's own usual fonts; some 10 ms, once a process."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument.new()
    kinds: list[tuple[Shape, ...]] = []
    try:
        for digit in range(10):
            page = document.new_page(len(_USUAL) * 60, 60)
            for n, name in enumerate(_USUAL):
                font = pdfium.FPDFText_LoadStandardFont(document, name)
                text = pdfium.FPDFPageObj_CreateTextObj(document, font, float(_PIXELS))
                letters = ctypes.create_string_buffer(f"{digit}\0".encode("utf-16-le"))
                pdfium.FPDFText_SetText(text, ctypes.cast(letters, pdfium.FPDF_WIDESTRING))
                pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, n * 60 + 10, 15)
                pdfium.FPDFPage_InsertObject(page, text)
                pdfium.FPDFFont_Close(font)
            pdfium.FPDFPage_GenerateContent(page)
            shapes = (_shape(_drawn(page, (n * 60, 10, n * 60 + 60, 50), pdfium)) for n in range(len(_USUAL)))
            kinds.append(tuple(shape for shape in shapes if shape is not None))
            page.close()
    finally:
        document.close()
    return tuple(kinds)
