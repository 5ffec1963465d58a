"""One PDF page as plain values: glyphs, ruled lines and pictures, in points from the page's top left.

Everything comes straight from pdfium's objects (no layout analysis here). A page that is turned by
``/Rotate``, or whose text is all drawn sideways, is turned upright first, so that x always runs to the
right along the text and y down.
"""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from pipeline.clean.page.shapes import (
    IDENTITY,
    RULE_WIDTH,
    Box,
    Glyph,
    Matrix,
    PageContent,
    Picture,
    Rule,
    times,
)
from pipeline.clean.pdf.annotations import printed_notes, set_in
from pipeline.clean.pdf.digits import untrue_digits
from pipeline.clean.pdf.hidden import clipped_texts, is_aslant, is_cut_off, is_invisible
from pipeline.clean.pdf.objects import bounds, matrix_of, objects
from pipeline.clean.pdf.unseen import Cause, Unseen, find_unseen, is_pale, mark_names
from pipeline.document import UNREAD

MAX_GLYPHS = 200_000
MAX_OBJECTS = 200_000
MAX_SEGMENTS = 400
_QUARTER = 1.5707963
_LOOSE = 1.6
"""A character's loose box is wrong where it is more than so many times the size that is drawn."""
_DESCENT = 0.12
"""Share of a character's size that stands under its base line."""
_SAMPLE = 7
"""After the first fifty, every how many-th piece of text is looked at for being hidden."""


class _Turn:
    """Maps page space (y up) to upright space (y down) for a turn of 0, 90, 180 or 270 degrees."""

    __slots__ = ("height", "left", "low", "right", "top", "turn", "width")

    def __init__(self, box: tuple[float, float, float, float], turn: int) -> None:
        self.left, self.low, self.right, self.top = box
        self.turn = turn % 360
        wide, high = self.right - self.left, self.top - self.low
        self.width, self.height = (high, wide) if self.turn in (90, 270) else (wide, high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turn == 0:
            return x - self.left, self.top - y
        if self.turn == 90:
            return y - self.low, x - self.left
        if self.turn == 180:
            return self.right - x, y - self.low
        return self.top - y, self.right - x

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def page_content(page: Any, fonts: MutableMapping[str, bool] | None = None) -> PageContent:
    """The glyphs, rules and pictures of a ``pypdfium2.PdfPage``. Bounded: what a page holds beyond the
    limits above is left out and ``overflow`` is set. ``fonts`` is what is known of the document's fonts
    (``untrue_digits``) and is added to."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    try:
        turn = _text_turn(page, textpage, pdfium)
        upright = _Turn(page.get_cropbox(), page.get_rotation() + turn)
        content = PageContent(upright.width, upright.height)
        digits = _read_glyphs(textpage, pdfium, upright, content)
        untrue = untrue_digits(page, textpage, digits, pdfium, {} if fonts is None else fonts)
    finally:
        textpage.close()
    mixed, cause = _read_objects(page, pdfium, upright, content)
    clips = clipped_texts(page, pdfium)
    if mixed or clips or any(cause) or untrue:
        _leave_out_unseen(page, pdfium, upright, content, clips, untrue, hidden=mixed, look=any(cause))
    for text, box in printed_notes(page, pdfium):
        content.glyphs += set_in(text, upright.box(*box))
    return content


def _leave_out_unseen(
    page: Any,
    pdfium: Any,
    upright: _Turn,
    content: PageContent,
    clips: Mapping[int, Box],
    untrue: frozenset[int],
    *,
    hidden: bool,
    look: bool,
) -> None:
    """Keeps the glyphs that are seen; ``look`` asks for a look at the page as it is drawn. Of a page with
    hidden text too, only where they are the most of it; else the page counts as hidden, with a few things
    printed on it. ``untrue`` digits stand there unread."""
    textpage = page.get_textpage()
    try:
        shown = PageContent(content.width, content.height)
        cut_off = is_cut_off(textpage, clips, pdfium)
        found = find_unseen(page, textpage, pdfium) if look else Unseen()
        if look and not (hidden or clips or untrue or any(found)):
            return
        _read_glyphs(
            textpage,
            pdfium,
            upright,
            shown,
            unseen=lambda index: (
                index in found.gone or cut_off(index) or (hidden and is_invisible(textpage, index, pdfium))
            ),
            doubtful=found.doubtful | untrue,
        )
    finally:
        textpage.close()
    if not hidden or 2 * len(shown.glyphs) > len(content.glyphs) - len(shown.glyphs):
        content.glyphs, content.unmapped = shown.glyphs, shown.unmapped
    else:
        content.hidden = True


def page_turn(page: Any) -> int:
    """Degrees clockwise that bring a page's sideways text upright, beyond the page's own ``/Rotate``."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    try:
        return _text_turn(page, textpage, pdfium)
    finally:
        textpage.close()


def _text_turn(page: Any, textpage: Any, pdfium: Any) -> int:
    count = pdfium.FPDFText_CountChars(textpage)
    if count < 8:
        return 0
    turns: Counter[int] = Counter()
    for index in range(0, count, max(1, count // 24)):
        if pdfium.FPDFText_IsGenerated(textpage, index):
            continue
        turns[round(pdfium.FPDFText_GetCharAngle(textpage, index) / _QUARTER) % 4] += 1
    if not turns:
        return 0
    quarter, votes = turns.most_common(1)[0]
    # pdfium gives a character's angle clockwise in page space; the page's own turn adds to it on screen
    shown = (quarter * 90 + int(page.get_rotation())) % 360
    if votes < 0.9 * turns.total() or shown == 0:
        return 0
    return (360 - shown) % 360


def _read_glyphs(
    textpage: Any,
    pdfium: Any,
    upright: _Turn,
    content: PageContent,
    *,
    unseen: Callable[[int], bool] | None = None,
    doubtful: frozenset[int] = frozenset(),
) -> list[int]:
    """Gives the indices of the digits. ``unseen`` says of a character, by its index, that it is left out;
    ``doubtful`` digits stand there unread."""
    digits: list[int] = []
    count = pdfium.FPDFText_CountChars(textpage)
    if count > MAX_GLYPHS:
        content.overflow = True
        count = MAX_GLYPHS
    rect = pdfium.FS_RECTF()
    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    generated = pdfium.FPDFText_IsGenerated
    as_stored = upright.turn == 0
    left, top = upright.left, upright.top
    width, height = upright.width, upright.height
    high = 0
    level = reach = -1e9
    loose, drawn, matrix = False, 0.0, pdfium.FS_MATRIX()
    angle_of = pdfium.FPDFText_GetCharAngle
    for index in range(count):
        if unseen is not None and unseen(index):
            continue
        code = unicode_of(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            high = 0
        if code == 2:
            code = 45  # pdfium's mark for a hyphen that ends a line
        if code <= 32 or code == 0xA0 or code == 0x3000:
            if code == 0 or (code < 32 and not generated(textpage, index)):
                content.unmapped += 1
            elif code >= 32 and content.glyphs and not generated(textpage, index):
                last = content.glyphs[-1]
                content.glyphs.append(last._replace(text=" ", x0=last.x1))
            continue
        if 0xE000 <= code < 0xF900 or 0xFFFE <= code <= 0xFFFF or code == 0xFFFD:
            content.unmapped += 1
        if generated(textpage, index) or not box_of(textpage, index, rect):
            continue
        if as_stored:
            x0, x1 = rect.left - left, rect.right - left
            y0, y1 = top - rect.top, top - rect.bottom
        else:
            x0, y0, x1, y1 = upright.box(rect.left, rect.bottom, rect.right, rect.top)
        if x1 <= -1 or y1 <= -1 or x0 >= width + 1 or y0 >= height + 1:
            continue
        size = y1 - y0
        if size <= 0.5 and x1 - x0 <= 0.5:
            continue
        middle = y0 + y1
        if (
            abs(middle - level) > 0.2 * size or not -0.5 * size < x0 - reach < size
        ):  # a new run, or text drawn aslant
            level = middle
            if is_aslant(angle_of(textpage, index)):
                continue
            drawn = _drawn_size(textpage, index, matrix, pdfium)
            loose = size > _LOOSE * drawn > 0
        if loose:
            x0, y0, x1, y1 = _from_origin(textpage, index, drawn, pdfium, upright)
            size = y1 - y0
        reach = x1
        if 48 <= code <= 57:
            digits.append(index)
        sign = UNREAD if index in doubtful and chr(code).isdigit() else chr(code)
        content.glyphs.append(Glyph(sign, x0, y0, x1, y1, size))
    content.glyphs = _once(content.glyphs)
    return digits


def _drawn_size(textpage: Any, index: int, matrix: Any, pdfium: Any) -> float:
    """A character's size in points after its matrix, for which ``matrix`` is room."""
    if not pdfium.FPDFText_GetMatrix(textpage, index, matrix):
        return 0.0
    return float(pdfium.FPDFText_GetFontSize(textpage, index)) * max(
        math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    )


def _from_origin(textpage: Any, index: int, size: float, pdfium: Any, upright: _Turn) -> Box:
    """The box of a character set upright under a scaled matrix, whose loose box is that of the size before
    scaling: one of its drawn size about its origin."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
    return upright.box(x.value, y.value - _DESCENT * size, x.value + size, y.value + (1.0 - _DESCENT) * size)


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs without those drawn again over themselves, to look bold or by an invisible layer of the same
    text."""
    places = {(g.text, round(g.x0 / 2), round(g.y0 / 2)) for g in glyphs if g.text != " "}
    if len(places) == sum(1 for g in glyphs if g.text != " "):
        return glyphs
    held: dict[tuple[str, int, int], list[Glyph]] = {}
    kept: list[Glyph] = []
    skipped = False
    for glyph in glyphs:
        if glyph.text == " ":
            if not skipped:
                kept.append(glyph)
            continue
        reach = 0.12 * glyph.size
        cells = {
            (glyph.text, int((glyph.x0 + dx) // 4), int((glyph.y0 + dy) // 4))
            for dx in (-reach, reach)
            for dy in (-reach, reach)
        }
        skipped = any(
            abs(glyph.x0 - other.x0) < reach and abs(glyph.y0 - other.y0) < reach
            for cell in cells
            for other in held.get(cell, ())
        )
        if not skipped:
            held.setdefault((glyph.text, int(glyph.x0 // 4), int(glyph.y0 // 4)), []).append(glyph)
            kept.append(glyph)
    return kept


def _read_objects(page: Any, pdfium: Any, upright: _Turn, content: PageContent) -> tuple[bool, Cause]:
    """The page's drawings and pictures; says whether some of its text is hidden and some is not, and what
    else gives cause to look at the page as it is drawn."""
    left_to_read = MAX_OBJECTS
    texts = hidden = looked = 0
    pale = late = marked = False
    room = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())
    for handle, kind, outer in objects(page, pdfium):
        left_to_read -= 1
        if left_to_read < 0:
            content.overflow = True
            break
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            content.paths += 1
            _read_path(handle, outer, pdfium, upright, content)
            late = late or (texts > 0 and _covers(handle, pdfium, room))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _read_picture(handle, outer, pdfium, upright, content)
            late = late or texts > 0
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
            pale = pale or is_pale(handle, pdfium, room)
            if texts <= 50 or texts % _SAMPLE == 0:
                looked += 1
                mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
                hidden += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
                marked = marked or (
                    pdfium.FPDFPageObj_CountMarks(handle) > 0 and any(mark_names(handle, pdfium))
                )
    content.hidden = looked > 0 and hidden == looked
    return 0 < hidden < looked, Cause(pale, late, marked) if not content.hidden else Cause()


def _covers(handle: Any, pdfium: Any, room: tuple[Any, Any, Any, Any]) -> bool:
    """Whether a path is a white box that may cover text painted before it."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not is_pale(handle, pdfium, room) or not pdfium.FPDFPath_GetDrawMode(handle, fill, stroke):
        return False
    x0, y0, x1, y1 = bounds(handle, IDENTITY, pdfium)
    return bool(fill.value) and min(x1 - x0, y1 - y0) > RULE_WIDTH


def _read_picture(handle: Any, outer: Matrix, pdfium: Any, upright: _Turn, content: PageContent) -> None:
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(handle, wide, high)
    x0, y0, x1, y1 = upright.box(*bounds(handle, outer, pdfium))
    if x1 - x0 <= RULE_WIDTH < y1 - y0:
        content.vertical.append(Rule((x0 + x1) / 2, y0, y1))
    elif y1 - y0 <= RULE_WIDTH < x1 - x0:
        content.horizontal.append(Rule((y0 + y1) / 2, x0, x1))
    else:
        content.pictures.append(Picture(x0, y0, x1, y1, wide.value, high.value))


def _read_path(handle: Any, outer: Matrix, pdfium: Any, upright: _Turn, content: PageContent) -> None:
    count = pdfium.FPDFPath_CountSegments(handle)
    if count < 2 or count > MAX_SEGMENTS:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
    if not fill.value and not stroke.value:
        return
    a, b, c, d, e, f = times(matrix_of(handle, pdfium), outer)
    x, y = ctypes.c_float(), ctypes.c_float()
    runs: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(handle, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = upright.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not runs:
            runs.append([point])
        elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return
        else:
            runs[-1].append(point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            runs[-1].append(runs[-1][0])
    for run in runs:
        _rules_of(run, bool(stroke.value), content)


def _rules_of(run: list[tuple[float, float]], stroked: bool, content: PageContent) -> None:
    x0, x1 = min(p[0] for p in run), max(p[0] for p in run)
    y0, y1 = min(p[1] for p in run), max(p[1] for p in run)
    wide, high = x1 - x0, y1 - y0
    if high <= RULE_WIDTH and wide > high:
        content.horizontal.append(Rule((y0 + y1) / 2, x0, x1))
    elif wide <= RULE_WIDTH and high > wide:
        content.vertical.append(Rule((x0 + x1) / 2, y0, y1))
    elif stroked:
        for (ax, ay), (bx, by) in itertools.pairwise(run):
            if abs(ay - by) <= 0.7 and abs(ax - bx) > 0.7:
                content.horizontal.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) <= 0.7 and abs(ay - by) > 0.7:
                content.vertical.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
