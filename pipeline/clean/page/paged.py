"""From the pages of a fixed layout to blocks, whatever format the pages come from.

A format of pages (PDF, OFD) hands over a ``PagedDocument``: glyphs, rules and pictures of each page, and what
can be recognised of those whose figures stand in pixels. All else is the same for all of them: which sheets
hold two pages, which lines are furniture, where tables stand, what a page's end cut in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.clean.page.aligned_columns import Frame
from pipeline.clean.page.aligned_over_pages import MAX_TITLE, SECTION
from pipeline.clean.page.blocks import PageBlock, PageTable, PageText, assemble
from pipeline.clean.page.layout import furniture, lay_out, page_blocks, text_edges, unread_picture
from pipeline.clean.page.shapes import PageContent, Picture
from pipeline.clean.page.struck import without_struck
from pipeline.clean.page.two_up import pages_of
from pipeline.clean.refused import Refused
from pipeline.document import Block

MAX_PAGES = 400
MAX_OCR_PAGES = 60
EDGE_TOLERANCE = 4.0
"""Points by which column edges may differ between two parts of one table: pages that were printed, not
scanned."""

_SCAN_SHARE = 0.2
"""Share of a page that a picture covers at least where the page is nothing but a scan ..."""
_SCAN_UNDER_TEXT = 0.5
"""... and where it lies under an invisible layer of text."""
_MIN_VISIBLE = 20
"""Characters from which a page has a text layer of its own."""
_MANY_PATHS = 100
"""Drawings that may be letters as outlines, where a page has no text."""
_UNMAPPED_SHARE = 0.3
_MIN_PICTURE_SHARE = 0.04
_MIN_PICTURE_PX = (200, 60)
"""Width and height of a picture in pixels from which it may hold a table."""
_MIN_OVER = 20
"""Characters printed over a picture that make it a background."""
_MIN_ODD = 20
"""Accented letters on a page that may stand for other signs."""


class PagedDocument(Protocol):
    """A file of pages. ``page`` and ``recognised`` take a 0-based number and raise ``Refused`` for a page
    that cannot be read."""

    def __len__(self) -> int: ...

    def page(self, number: int) -> PageContent:
        """What the page draws."""

    def recognised(self, number: int, content: PageContent, picture: Picture | None) -> Sequence[PageBlock]:
        """The blocks of a page, or of one picture on it, read from its pixels; none where that cannot be
        done."""


def blocks_of(document: PagedDocument) -> tuple[Block, ...]:
    """The blocks of a file in reading order. Ruled tables become grids with their true spans; aligned columns
    become grids where the page clearly shows them; a table cut by a page's end is one table; page numbers and
    running heads are dropped. ``Refused`` for a file beyond the limits."""
    count = len(document)
    if count > MAX_PAGES:
        raise Refused("too_large", f"The file has {count} pages; the limit is {MAX_PAGES}.")
    if count == 0:
        raise Refused("empty", "The file has no pages.")
    sheets = [document.page(number) for number in range(count)]
    if any(sheet.overflow for sheet in sheets):
        raise Refused("too_large", "A page draws more objects than the reader takes.")
    for sheet in sheets:
        sheet.glyphs = without_struck(sheet)
    parted = [(number, half) for number, sheet in enumerate(sheets) for half in pages_of(sheet)]
    scanned = [is_scan(content) for _, content in parted]
    layouts = [
        lay_out(PageContent(content.width, content.height) if scan else content)
        for (_, content), scan in zip(parted, scanned, strict=True)
    ]
    dropped = furniture(layouts)
    edges = text_edges(layouts)
    pages: list[tuple[int, Sequence[PageBlock]]] = []
    before: Frame | None = None
    recognised = skipped = 0
    for place, ((number, content), scan) in enumerate(zip(parted, scanned, strict=True)):
        if scan:
            recognised += 1
            if recognised > MAX_OCR_PAGES:
                skipped += 1
                continue
            blocks = list(document.recognised(number, content, None))
        else:
            pictures: list[tuple[Picture, Sequence[PageBlock]]] = []
            for position, picture in enumerate(_large_pictures(content), start=1):
                read: Sequence[PageBlock] = ()
                if recognised < MAX_OCR_PAGES:
                    recognised += 1
                    read = document.recognised(number, content, picture)
                pictures.append((picture, read or [unread_picture(picture, position)]))
            blocks = page_blocks(layouts[place], dropped[place], edges, pictures, before)
        before = _last_frame(blocks)
        pages.append((number + 1, blocks))
    if skipped:
        raise Refused("too_large", f"The file has more than {MAX_OCR_PAGES} scanned pages.")
    return assemble(pages, EDGE_TOLERANCE)


def _last_frame(blocks: Sequence[PageBlock]) -> Frame | None:
    """The frame of the table without rules that ends a page, if only a title and a head inside it stand
    below."""
    for block in reversed(blocks[-3:]):
        if isinstance(block, PageTable):
            return block.frame
        if not isinstance(block, PageText) or len(block.text) > 1.5 * MAX_TITLE or SECTION.match(block.text):
            return None
    return None


def is_scan(content: PageContent) -> bool:
    """Whether a page's figures stand in its pixels: no usable text, but pictures or drawn outlines."""
    visible = len(content.glyphs)
    if visible and (content.unmapped > _UNMAPPED_SHARE * (visible + content.unmapped) or is_garbled(content)):
        return True
    page_area = max(1.0, content.width * content.height)
    covered = max((area(picture) / page_area for picture in content.pictures), default=0.0)
    if content.hidden and covered > _SCAN_UNDER_TEXT:
        return True
    if visible + content.unmapped >= _MIN_VISIBLE:
        return False
    return covered > _SCAN_SHARE or content.paths > _MANY_PATHS or content.unmapped > visible


def is_garbled(content: PageContent) -> bool:
    """Whether a font without a map to characters gives accented letters where Chinese signs are drawn."""
    odd = [glyph.text for glyph in content.glyphs if "\u00a0" < glyph.text < "\u0250"]
    if len(odd) < _MIN_ODD:
        return False
    signs = sum(1 for glyph in content.glyphs if "\u3400" <= glyph.text < "\ua000")
    return len(set(odd)) > _MIN_ODD / 2 and len(odd) > 2 * signs


def area(picture: Picture) -> float:
    """A picture's room on its page."""
    return max(0.0, picture.x1 - picture.x0) * max(0.0, picture.y1 - picture.y0)


def _large_pictures(content: PageContent) -> list[Picture]:
    """Pictures big enough to hold a table, on a page that also has text."""
    share = _MIN_PICTURE_SHARE * content.width * content.height
    return [
        picture
        for picture in content.pictures
        if area(picture) >= share
        and picture.px_width >= _MIN_PICTURE_PX[0]
        and picture.px_height >= _MIN_PICTURE_PX[1]
        and not _under_text(picture, content)
    ]


def _under_text(picture: Picture, content: PageContent) -> bool:
    """A background picture: the page's own text is printed over it."""
    over = sum(
        1
        for glyph in content.glyphs
        if picture.x0 < (glyph.x0 + glyph.x1) / 2 < picture.x1
        and picture.y0 < (glyph.y0 + glyph.y1) / 2 < picture.y1
    )
    return over >= _MIN_OVER
