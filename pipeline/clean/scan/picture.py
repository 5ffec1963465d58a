"""Reader of pictures (.png .jpg .tif .gif .bmp .webp): tables by their ruled lines, text by OCR.

Also reads the pixels of PDF pages that have no text layer. Every table is marked ``method="ocr"``: its
figures are candidates, with other ``readings`` where the recogniser doubts. A cell with ink that nothing
could be made of has an empty text and the one reading ``?``; a cell without ink is empty. Statuses other
than ``ok``: ``too_large``, ``truncated``, ``broken_picture``, ``empty``.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.clean.page.blocks import PageBlock, PageCell, PageTable, assemble
from pipeline.clean.page.layout import PageLayout, furniture, page_blocks
from pipeline.clean.page.ruled_grid import Grid, find_grids
from pipeline.clean.page.shapes import PageContent, Picture
from pipeline.clean.page.text_flow import Line, rows_of
from pipeline.clean.refused import Refused
from pipeline.clean.scan.grounds import with_light_grounds, without_seals
from pipeline.clean.scan.marks import with_dashes, with_slashes, without_marks, without_strays
from pipeline.clean.scan.ocr import MAX_READINGS, Reading, detect, recognise
from pipeline.clean.scan.pixels import Box, Pixels, Sheet, ink_box, line_boxes, prepare
from pipeline.clean.scan.upright import upright
from pipeline.document import Document

READER = "picture"
MAX_PIXELS = 60_000_000
MAX_SIDE = 30_000
MAX_FRAMES = 60
UNREAD = ("?",)
EDGE_TOLERANCE = 12.0

_LOOKS_LIKE = str.maketrans(dict.fromkeys("oOº°", "0") | dict.fromkeys("lI|丨", "1"))
_LOOKS_RATHER_LIKE = str.maketrans(dict.fromkeys("Qøθ〇○◯□口囗日曰", "0"))
"""What a zero alone is read as in some types: dotted, slashed, wide or with a speck beside it."""
_RIMS = "()（）[]_~¯"
_CERTAIN = 0.98
_BAND = 1_600
_DOTS = " .·•,、'`。"
_NUMERIC = re.compile(r"[\d\s.,%+\-—/／０-９]*")


def read(data: bytes, *, sha256: str, media_type: str = "image/png") -> Document:
    """A picture's bytes as a ``Document``; a file of several pages (.tif) is read page by page. Never
    raises for bad bytes; size is checked before anything is unpacked."""
    return read_pages(pages_in(data), sha256=sha256, media_type=media_type)


def read_pages(pages: Iterable[Pixels], *, sha256: str, media_type: str) -> Document:
    """Pages of grey pixels as a ``Document``; what ``pages`` raises as ``Refused`` becomes its status."""
    try:
        read = [(number, blocks_of_pixels(page)) for number, page in enumerate(pages, start=1)]
        blocks = assemble(read, EDGE_TOLERANCE)
    except Refused as refusal:
        return Document(sha256, media_type, READER, (), status=refusal.status, detail=refusal.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail="No text was found.")
    return Document(sha256, media_type, READER, blocks)


def pages_in(data: bytes) -> Iterator[Pixels]:
    """The pages of a picture file as grey pixels; raises ``Refused`` for what cannot be decoded or is too
    large."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
            frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
            if frames > MAX_FRAMES:
                raise Refused("too_large", f"The file has {frames} pages; the limit is {MAX_FRAMES}.")
            for frame in range(frames):
                picture.seek(frame)
                width, height = picture.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise Refused("too_large", f"The picture is {width} by {height} pixels.")
                shown = ImageOps.exif_transpose(picture)
                if shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info:
                    shown = shown.convert("RGBA")
                    paper = Image.new("RGBA", shown.size, "white")
                    shown = Image.alpha_composite(paper, shown)
                yield grey(
                    np.asarray(shown.convert("RGB") if shown.mode not in ("L", "1") else shown.convert("L"))
                )
    except UnidentifiedImageError:
        raise Refused("broken_picture", "The file is of no known picture format.") from None
    except Image.DecompressionBombError:
        raise Refused("too_large", "The picture unpacks to too many pixels.") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        status = "truncated" if "truncated" in str(error).lower() else "broken_picture"
        raise Refused(status, f"The picture cannot be decoded: {error}") from None


def grey(pixels: Any) -> Pixels:
    """Any picture array as grey; seals stamped over text turn to paper."""
    import cv2

    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    colours = np.ascontiguousarray(pixels[:, :, :3], dtype=np.uint8)
    result = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return without_seals(colours, result)


def blocks_of_pixels(pixels: Pixels, *, unit: float = 1.0, left: float = 0.0) -> list[PageBlock]:
    """The blocks of a page given as grey pixels, in reading order. ``unit`` is pixels per unit of the
    table edges that come out, ``left`` is added to these."""
    if min(pixels.shape) < 16 or int(pixels.max()) - int(pixels.min()) < 40:
        return []
    sheet = prepare(upright(with_light_grounds(pixels)), MAX_SIDE)
    grids = [
        grid
        for grid in find_grids(
            sheet.horizontal, sheet.vertical, snap=max(4.0, 0.22 * sheet.char), gap=max(5.0, 0.4 * sheet.char)
        )
        if len(grid.regions) > 1 and grid.n_cols > 1
    ]
    grids = [grid for grid in grids if not any(_inside(grid, other) for other in grids if other is not grid)]
    tables = [(grid, _table(sheet, grid, unit, left)) for grid in grids]
    rows = _text_rows(sheet, grids)
    height, width = sheet.grey.shape
    content = PageContent(float(width), float(height))
    layout = PageLayout(content, [], [], rows)
    placed = [
        (Picture(grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1], 0, 0), [table])
        for grid, table in tables
        if any(cell.text or cell.readings for cell in table.cells)
    ]
    dropped = furniture([layout])[0]
    blocks = page_blocks(layout, dropped, None, placed)
    return [replace(block, method="ocr") if isinstance(block, PageTable) else block for block in blocks]


def _inside(grid: Grid, other: Grid) -> bool:
    """Whether a grid lies within one cell of another (a drawing, or a table in a frame, keeps the cell)."""
    if grid.area >= other.area:
        return False
    first = other.region_at(grid.xs[0] + 2, grid.ys[0] + 2)
    return first is not None and first == other.region_at(grid.xs[-1] - 2, grid.ys[-1] - 2)


def _table(sheet: Sheet, grid: Grid, unit: float, left: float) -> PageTable:
    lines: list[tuple[int, Box]] = []
    cells_of: list[Box] = []
    for index, region in enumerate(grid.regions):
        x0, y0, x1, y1 = grid.box(region)
        inset = 3
        within = Box(int(x0) + inset, int(y0) + inset, max(int(x0) + inset, int(x1) - inset + 1),
                     max(int(y0) + inset, int(y1) - inset + 1))  # fmt: skip
        lines.extend((index, box) for box in line_boxes(sheet.ink, within, sheet.char))
        cells_of.extend([within] * (len(lines) - len(cells_of)))
    boxes = [box for _, box in lines]
    readings = with_dashes(
        boxes, cells_of, with_slashes(sheet.ink, boxes, _doubted(sheet.bare, boxes)), sheet.char
    )
    readings = without_strays(boxes, cells_of, readings)
    by_cell: list[list[tuple[Box, Reading]]] = [[] for _ in grid.regions]
    for (index, box), reading in zip(lines, readings, strict=True):
        by_cell[index].append((box, reading))
    cells = tuple(
        PageCell(*region, *_cell_text(found, sheet.char))
        for region, found in zip(grid.regions, by_cell, strict=True)
    )
    edges = tuple(x / sheet.scale / unit + left for x in grid.xs)
    return PageTable(edges, grid.n_rows, cells, method="ocr")


def _doubted(page: Pixels, boxes: Sequence[Box]) -> list[Reading]:
    """Lines read once, and figures that are not quite certain a second time with another margin: where
    the two differ, the second is kept as another reading. (What gave no text counts as such a figure.)"""
    first = recognise(page, boxes)
    again = [
        index
        for index, reading in enumerate(first)
        if (reading.score < _CERTAIN and _NUMERIC.fullmatch(reading.text)) or _is_odd(reading.text)
    ]
    second = recognise(page, [boxes[index] for index in again], margin=0.34)
    result = list(first)
    for index, other in zip(again, second, strict=True):
        reading = first[index]
        if other.text == reading.text:
            continue
        first_leads = (
            bool(reading.text) and reading.score >= other.score and not _NUMERIC.fullmatch(other.text)
        )
        if _NUMERIC.fullmatch(reading.text):
            first_leads = bool(reading.text) and reading.score >= other.score
        lead, rest = (reading, other) if first_leads else (other, reading)
        others = dict.fromkeys((rest.text, *lead.others, *rest.others))
        near = tuple(text for text in others if text != lead.text)
        result[index] = Reading(lead.text, near[:MAX_READINGS], min(lead.score, 0.5))
    return result


def _is_odd(text: str) -> bool:
    """Whether a text is a few characters that are neither of a figure nor Chinese: what smeared figures are
    read as."""
    return (
        len(text) <= 3 and not _NUMERIC.fullmatch(text) and not any("\u4e00" <= c <= "\u9fff" for c in text)
    )


def _cell_text(found: Sequence[tuple[Box, Reading]], char: float) -> tuple[str, tuple[str, ...]]:
    """A cell's text and its other readings from its lines."""
    lines = [_as_figure(reading) for reading in without_marks(found, char)]
    if not lines:
        return "", ()
    if any(not reading.text for reading in lines):
        if len(lines) == 1:
            return "", tuple(text for text in lines[0].others if text) or UNREAD
        lines = [reading if reading.text else Reading("?", (), 0.0) for reading in lines]
    text = "\n".join(reading.text for reading in lines)
    others: list[str] = []
    for place, reading in enumerate(lines):
        for other in reading.others:
            parts = [line.text for line in lines]
            parts[place] = other
            others.append("\n".join(parts).strip())
    return text, _apart(text, others)


def _as_figure(reading: Reading) -> Reading:
    """A line of nothing but letters that look like digits is read as the digits, and what specks and rules
    leave at the ends of a figure is left out; what was read stays among the readings."""
    bare = reading.text.strip(_DOTS)
    folded = bare.translate(_LOOKS_LIKE)
    if not _NUMERIC.fullmatch(folded):
        plain = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
        folded = (
            plain.translate(_LOOKS_LIKE).translate(_LOOKS_RATHER_LIKE)
            if len(plain) == 1
            else _without_rims(folded)
        )
    if bare and folded and folded != reading.text and _NUMERIC.fullmatch(folded):
        return reading._replace(text=folded, others=(*reading.others, reading.text))
    return reading


def _without_rims(text: str) -> str:
    """The text without a bracket that has no other, and without strokes at its ends."""
    inner = text.strip(_RIMS)
    brackets = sum(text.count(c) for c in "()（）[]")
    return inner if brackets < 2 and len(text) - len(inner) <= 2 else text


def _apart(text: str, others: Sequence[str]) -> tuple[str, ...]:
    """The readings that say something else: not only another width, another space or a look-alike."""
    known = {_plain(text)}
    kept = []
    for other in others:
        plain = _plain(other)
        if plain not in known:
            known.add(plain)
            kept.append(other)
    return tuple(kept[:MAX_READINGS])


def _plain(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    plain = plain.rstrip(_DOTS) or plain
    folded = plain.translate(_LOOKS_LIKE)
    return folded if _NUMERIC.fullmatch(folded) else plain


def _text_rows(sheet: Sheet, grids: Sequence[Grid]) -> list[list[Line]]:
    """The lines of text outside of ruled tables."""
    ink = sheet.ink.copy()
    page = sheet.grey.copy()
    paper = int(np.percentile(page, 90))
    for grid in grids:
        top, low = max(0, int(grid.ys[0]) - 4), int(grid.ys[-1]) + 5
        first, last = max(0, int(grid.xs[0]) - 4), int(grid.xs[-1]) + 5
        ink[top:low, first:last] = 0
        page[top:low, first:last] = paper
    whole = ink_box(ink, Box(0, 0, ink.shape[1], ink.shape[0]))
    if whole is None:
        return []
    boxes = _found_lines(page, ink, sheet.char)
    readings = recognise(sheet.grey, boxes)
    usual = float(np.median([box.height for box in boxes])) if boxes else sheet.char
    lines = []
    for box, reading in zip(boxes, readings, strict=True):
        if reading.text and reading.score >= 0.5:
            size = usual if abs(box.height - usual) < 0.35 * usual else float(box.height)
            lines.append(Line(reading.text, box.x0, box.y0, box.x1, box.y1, size))
    return rows_of(lines)


def _found_lines(page: Pixels, ink: Pixels, char: float) -> list[Box]:
    """Boxes around lines of text: the detector's, and what ink of a character's size it passed over."""
    found = []
    rest = ink.copy()
    for back in _bands(ink, char):
        for box in detect(np.ascontiguousarray(page[back])):
            y0, y1 = int(back[box.y0]), int(back[box.y1 - 1]) + 1
            tight = ink_box(ink, Box(box.x0, y0, box.x1, y1))
            if tight is not None:
                found.append(tight)
                rest[y0:y1, box.x0 : box.x1] = 0
    found.extend(_lone_characters(rest, char))
    return found


def _bands(ink: Pixels, char: float) -> list[Any]:
    """The page rows to look at (those near ink), in bands that are cut where no ink is: the detector makes a
    tall page small."""
    drawn = np.asarray(ink.any(axis=1))
    near = np.flatnonzero(
        np.convolve(drawn.astype(np.int32), np.ones(int(2 * char) + 1, dtype=np.int32), "same") > 0
    )
    bands, start = [], 0
    while len(near) - start > _BAND:
        free = np.flatnonzero(~drawn[near[start + _BAND // 2 : start + _BAND]])
        end = start + _BAND // 2 + int(free[-1]) if len(free) else start + _BAND
        bands.append(near[start:end])
        start = end
    return [*bands, near[start:]]


def _lone_characters(rest: Pixels, char: float) -> list[Box]:
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, int(0.5 * char)), 1))
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(rest, kernel), connectivity=8)
    found = []
    for x, y, wide, high, _ in stats[1:]:
        box = ink_box(rest, Box(int(x), int(y), int(x + wide), int(y + high)))
        if (
            box is not None
            and 0.6 * char <= box.height <= 1.6 * char
            and 0.3 * char <= box.width <= 12 * char
        ):
            found.append(box)
    return found
