"""Reader of PDF files: text layer by pdfium, tables from ruled lines or aligned columns, OCR for scans.

Knows the format and nothing of what the tables say. A file it cannot read gives a ``Document`` without
blocks whose status says why: ``encrypted``, ``truncated``, ``broken_pdf``, ``too_large``, ``empty``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pipeline.clean.page.aligned_columns import Frame
from pipeline.clean.page.aligned_over_pages import MAX_TITLE, SECTION
from pipeline.clean.page.blocks import PageBlock, PageTable, PageText, assemble
from pipeline.clean.page.two_up import pages_of
from pipeline.clean.pdf.formats import PDF
from pipeline.clean.pdf.layout import furniture, lay_out, page_blocks, text_edges, unread_picture
from pipeline.clean.pdf.page import PageContent, Picture, page_content, page_turn
from pipeline.document import Block, Document

READER = "pdf"
MAX_BYTES = 200_000_000
MAX_PAGES = 400
MAX_OCR_PAGES = 60
EDGE_TOLERANCE = 4.0
"""Points by which column edges may differ between two parts of one table."""

_PASSWORD_ERROR = 4
_MIN_PICTURE_SHARE = 0.04
_MIN_ODD = 20
"""Accented letters on a page that may stand for other signs."""
_USUAL_DOTS = 200.0 / 72.0
_SHORT_SIDE = 1_654.0
"""Pixels of a page's short side that are enough: an A4 page at 200 dots per inch."""


class _Refused(Exception):
    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def read(data: bytes, *, sha256: str, media_type: str = PDF.media_type) -> Document:
    """A PDF file's bytes as a ``Document``.

    Ruled tables become grids with their true spans; aligned columns become grids where the page clearly
    shows them; a table cut by a page's end is one table. Pages without a text layer are recognised from
    their pixels (``method="ocr"``). Page numbers and running heads are dropped. Never raises for bad
    bytes.
    """
    try:
        blocks, detail = _read(data)
    except _Refused as refusal:
        return Document(sha256, media_type, READER, (), status=refusal.status, detail=refusal.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail=detail or "No text found.")
    return Document(sha256, media_type, READER, blocks, detail=detail)


def _read(data: bytes) -> tuple[tuple[Block, ...], str]:
    if len(data) > MAX_BYTES:
        raise _Refused("too_large", f"The file has {len(data)} bytes; the limit is {MAX_BYTES}.")
    document = _open(data)
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise _Refused("too_large", f"The file has {count} pages; the limit is {MAX_PAGES}.")
        if count == 0:
            raise _Refused("empty", "The file has no pages.")
        contents = [_content(document, number) for number in range(count)]
        if any(content.overflow for content in contents):
            raise _Refused("too_large", "A page draws more objects than the reader takes.")
        return _blocks(document, contents)
    finally:
        document.close()


def _open(data: bytes) -> Any:
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise _Refused("broken_pdf", "The file does not begin as a PDF does.")
    cut = b"%%EOF" not in data[-4096:]
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise _Refused("encrypted", "The file asks for a password.") from None
        if cut:
            raise _Refused("truncated", "The file ends before its last section.") from None
        raise _Refused("broken_pdf", f"pdfium cannot open the file: {error}") from None
    if cut:
        document.close()
        raise _Refused("truncated", "The file ends before its last section.")
    return document


def _content(document: Any, number: int) -> PageContent:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise _Refused("broken_pdf", f"Page {number + 1} cannot be loaded: {error}") from None
    try:
        return page_content(page)
    finally:
        page.close()


def _blocks(document: Any, sheets: Sequence[PageContent]) -> tuple[tuple[Block, ...], str]:
    parted = [(number, half) for number, sheet in enumerate(sheets) for half in pages_of(sheet)]
    numbers, contents = [number for number, _ in parted], [half for _, half in parted]
    scanned = [_is_scan(content) for content in contents]
    layouts = [
        lay_out(PageContent(content.width, content.height) if scan else content)
        for content, scan in zip(contents, scanned, strict=True)
    ]
    dropped = furniture(layouts)
    edges = text_edges(layouts)
    pages: list[tuple[int, Sequence[PageBlock]]] = []
    before: Frame | None = None
    recognised = skipped = 0
    for place, (number, content, scan) in enumerate(zip(numbers, contents, scanned, strict=True)):
        if scan:
            recognised += 1
            if recognised > MAX_OCR_PAGES:
                skipped += 1
                continue
            blocks: list[PageBlock] = _recognised(document, number, content)
        else:
            layout = layouts[place]
            pictures: list[tuple[Picture, Sequence[PageBlock]]] = []
            for position, picture in enumerate(_large_pictures(content), start=1):
                read_blocks: Sequence[PageBlock] = ()
                if recognised < MAX_OCR_PAGES:
                    recognised += 1
                    read_blocks = _recognised(document, number, content, picture)
                pictures.append((picture, read_blocks or [unread_picture(picture, position)]))
            blocks = page_blocks(layout, dropped[place], edges, pictures, before)
        before = _last_frame(blocks)
        pages.append((number + 1, blocks))
    if skipped:
        raise _Refused("too_large", f"The file has more than {MAX_OCR_PAGES} scanned pages.")
    return assemble(pages, EDGE_TOLERANCE), ""


def _last_frame(blocks: Sequence[PageBlock]) -> Frame | None:
    """The frame of the table without rules that ends a page, if only a title and a head inside it stand
    below."""
    for block in reversed(blocks[-3:]):
        if isinstance(block, PageTable):
            return block.frame
        if not isinstance(block, PageText) or len(block.text) > 1.5 * MAX_TITLE or SECTION.match(block.text):
            return None
    return None


def _is_scan(content: PageContent) -> bool:
    """Whether a page's figures stand in its pixels: no usable text, but pictures or drawn outlines."""
    visible = len(content.glyphs)
    if visible and (content.unmapped > 0.3 * (visible + content.unmapped) or _is_garbled(content)):
        return True
    page_area = max(1.0, content.width * content.height)
    covered = max((_area(picture) / page_area for picture in content.pictures), default=0.0)
    if content.hidden and covered > 0.5:
        return True
    if visible + content.unmapped >= 20:
        return False
    return covered > 0.2 or content.paths > 100 or content.unmapped > visible


def _is_garbled(content: PageContent) -> bool:
    """Whether a font without a map to characters gives accented letters where Chinese signs are drawn."""
    odd = [glyph.text for glyph in content.glyphs if "\u00a0" < glyph.text < "\u0250"]
    if len(odd) < _MIN_ODD:
        return False
    signs = sum(1 for glyph in content.glyphs if "\u3400" <= glyph.text < "\ua000")
    return len(set(odd)) > _MIN_ODD / 2 and len(odd) > 2 * signs


def _area(picture: Picture) -> float:
    return max(0.0, picture.x1 - picture.x0) * max(0.0, picture.y1 - picture.y0)


def _large_pictures(content: PageContent) -> list[Picture]:
    """Pictures big enough to hold a table, on a page that also has text."""
    share = _MIN_PICTURE_SHARE * content.width * content.height
    return [
        picture
        for picture in content.pictures
        if _area(picture) >= share
        and picture.px_width >= 200
        and picture.px_height >= 60
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
    return over >= 20


def _dots(content: PageContent) -> float:
    """Pixels per point at which to look at a page: those of its largest picture, as far as a page of usual
    size needs them."""
    largest = max(content.pictures, key=_area, default=None)
    if largest is None or _area(largest) <= 0:
        return _USUAL_DOTS
    own = math.sqrt(largest.px_width * largest.px_height / _area(largest))
    if content.paths > 100 or _area(largest) < 0.5 * content.width * content.height:
        own = max(own, _USUAL_DOTS)
    return max(min(own, _SHORT_SIDE / max(1.0, min(content.width, content.height))), 0.3)


def _recognised(
    document: Any, number: int, content: PageContent, picture: Picture | None = None
) -> list[PageBlock]:
    """The blocks of a page, or of one picture on it, read from its pixels."""
    from pipeline.clean.scan.picture import MAX_PIXELS, MAX_SIDE, blocks_of_pixels, grey

    most = math.sqrt(MAX_PIXELS / 2 / max(1.0, content.width * content.height))
    dots = min(_dots(content), MAX_SIDE / max(content.width, content.height, 1.0), most)
    page = document[number]
    try:
        turn = page_turn(page)
        bitmap = page.render(scale=dots, rotation=turn, rev_byteorder=True)
        pixels = grey(bitmap.to_numpy().copy())
        bitmap.close()
    finally:
        page.close()
    left = top = 0.0
    if picture is not None:
        left, top = max(0.0, picture.x0), max(0.0, picture.y0)
        pixels = pixels[
            int(top * dots) : max(int(top * dots) + 1, int(picture.y1 * dots)),
            int(left * dots) : max(int(left * dots) + 1, int(picture.x1 * dots)),
        ]
    return blocks_of_pixels(pixels, unit=dots, left=left)
