"""Text that a PDF page holds and does not show: pale on pale, under something painted later, on a layer
that is off; and text whose characters its file itself says are others (``ActualText``).

Looked for only where a page's objects give cause (``Cause``); what is suspected is held against the page as
it is drawn, so that nothing is left out of which there is ink.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.clean.page.shapes import RULE_WIDTH, Box
from pipeline.clean.pdf.objects import address, bounds, objects

MAX_COVERS = 4_000
PALE = 225
"""Each channel of a colour (to 255) that is taken for white at least until it is looked at."""
_DOTS = 2.0
"""Pixels per point at which ink is looked for."""
_INK = 24
"""Grey levels between ink and its ground."""
_RIM = 0.2
"""Share of a character's width at both sides in which its neighbours may stand."""
_OPAQUE = 250


class Cause(NamedTuple):
    """Why a page may hold text that is not seen: pale text, something painted after text, marked content that
    may be a layer or tell other characters."""

    pale: bool = False
    late: bool = False
    marked: bool = False


class Unseen(NamedTuple):
    """Characters by their index: those of which nothing is seen, and those that the file says are others."""

    gone: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()


class _Text(NamedTuple):
    order: int
    box: Box
    pale: bool
    layered: bool
    other: bool


def is_pale(handle: Any, pdfium: Any, room: tuple[Any, Any, Any, Any]) -> bool:
    """Whether an object is filled with white, nearly white or nothing; ``room`` is for the colour."""
    red, green, blue, alpha = room
    if not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return bool(alpha.value < _OPAQUE // 10 or min(red.value, green.value, blue.value) >= PALE)


def mark_names(handle: Any, pdfium: Any) -> tuple[bool, bool]:
    """Whether an object stands on a layer, and whether its file says other characters for it."""
    layered = other = False
    length = ctypes.c_ulong()
    name = (ctypes.c_ushort * 64)()
    for number in range(pdfium.FPDFPageObj_CountMarks(handle)):
        mark = pdfium.FPDFPageObj_GetMark(handle, number)
        if pdfium.FPDFPageObjMark_GetName(mark, name, 128, length) and length.value == 6:
            layered = layered or bytes(name)[:4] == "OC".encode("utf-16-le")
        kind = pdfium.FPDFPageObjMark_GetParamValueType(mark, b"ActualText")
        other = other or kind == pdfium.FPDF_OBJECT_STRING
    return layered, other


def find_unseen(page: Any, textpage: Any, pdfium: Any) -> Unseen:
    """The unseen and the doubtful characters of a page that gives cause to look."""
    texts, covers = _painted(page, pdfium)
    suspected = {
        key: text for key, text in texts.items() if text.pale or text.layered or text.other
    } | _under(texts, covers)
    if not suspected:
        return Unseen()
    grey, to_pixels = _drawn(page, pdfium)
    gone: set[int] = set()
    doubtful: set[int] = set()
    covered: list[tuple[int, Box]] = []
    seen: list[Box] = []
    left, right, low, top = (ctypes.c_double() for _ in range(4))
    for index in range(pdfium.FPDFText_CountChars(textpage)):
        handle = pdfium.FPDFText_GetTextObject(textpage, index)
        if not handle or not pdfium.FPDFText_GetCharBox(textpage, index, left, right, low, top):
            continue
        box = (left.value, low.value, right.value, top.value)
        text = suspected.get(address(handle))
        if text is None:
            seen.append(box)
            continue
        if text.other:
            doubtful.add(index)
        elif not _has_ink(grey, to_pixels, box):
            gone.add(index)
        elif text.layered or _is_covered(text.order, box, covers):
            covered.append((index, box))
        else:
            seen.append(box)
    gone.update(index for index, box in covered if any(_overlap(box, other) for other in seen))
    return Unseen(frozenset(gone), frozenset(doubtful))


def _painted(page: Any, pdfium: Any) -> tuple[dict[int, _Text], list[tuple[int, Box]]]:
    """The texts of a page by their address, and what covers what was painted before it, in order."""
    texts: dict[int, _Text] = {}
    covers: list[tuple[int, Box]] = []
    room = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for order, (handle, kind, outer) in enumerate(objects(page, pdfium)):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            box = bounds(handle, outer, pdfium)
            texts[address(handle)] = _Text(
                order, box, is_pale(handle, pdfium, room), *mark_names(handle, pdfium)
            )
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or (
            kind == pdfium.FPDF_PAGEOBJ_PATH
            and pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
            and fill.value
            and pdfium.FPDFPageObj_GetFillColor(handle, *room)
            and room[3].value >= _OPAQUE
        ):
            x0, y0, x1, y1 = bounds(handle, outer, pdfium)
            if min(x1 - x0, y1 - y0) > RULE_WIDTH and len(covers) < MAX_COVERS:
                covers.append((order, (x0, y0, x1, y1)))
    return texts, covers


def _under(texts: Mapping[int, _Text], covers: list[tuple[int, Box]]) -> dict[int, _Text]:
    """The texts that something painted later touches."""
    first = min((text.order for text in texts.values()), default=0)
    late = [(order, box) for order, box in covers if order > first]
    if not late or not texts:
        return {}
    own = np.array([text.box for text in texts.values()])
    orders = np.array([text.order for text in texts.values()])
    found: dict[int, _Text] = {}
    touched = np.zeros(len(texts), dtype=bool)
    for order, (x0, y0, x1, y1) in late:
        touched |= (
            (orders < order) & (own[:, 0] < x1) & (own[:, 2] > x0) & (own[:, 1] < y1) & (own[:, 3] > y0)
        )
    for is_touched, (key, text) in zip(touched, texts.items(), strict=True):
        if is_touched:
            found[key] = text
    return found


def _is_covered(order: int, box: Box, covers: list[tuple[int, Box]]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(late > order and c[0] <= x <= c[2] and c[1] <= y <= c[3] for late, c in covers)


def _overlap(one: Box, other: Box) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 0.2 * (one[2] - one[0]) and high > 0.2 * (one[3] - one[1])


def _drawn(page: Any, pdfium: Any) -> tuple[npt.NDArray[np.uint8], tuple[Any, int, int]]:
    bitmap = page.render(scale=_DOTS, grayscale=True)
    grey = np.array(bitmap.to_numpy(), dtype=np.uint8)
    bitmap.close()
    grey = grey[:, :, 0] if grey.ndim == 3 else grey
    high, wide = grey.shape

    def to_pixels(x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, wide, high, 0, x, y, across, down)
        return across.value, down.value

    return grey, to_pixels  # type: ignore[return-value]


def _has_ink(grey: npt.NDArray[np.uint8], to_pixels: Any, box: Box) -> bool:
    """Whether something stands out in the inside of a character's box from the ground around it. Its rim is
    left out: the ink of its neighbours reaches in."""
    ax, ay = to_pixels(box[0], box[1])
    bx, by = to_pixels(box[2], box[3])
    left, right, top, low = min(ax, bx), max(ax, bx) + 1, min(ay, by), max(ay, by) + 1
    around = grey[max(0, top - 2) : low + 2, max(0, left - 2) : right + 2].astype(np.int16)
    if around.size == 0:
        return False
    ring = np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]])
    rim = max(1, round(_RIM * (right - left)))
    inside = grey[max(0, top) : low, max(0, left + rim) : max(left + rim + 1, right - rim)].astype(np.int16)
    return inside.size > 0 and int(np.abs(inside - np.median(ring)).max()) >= _INK
