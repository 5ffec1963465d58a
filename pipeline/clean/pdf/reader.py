"""Reader of PDF files: text layer by pdfium, tables from ruled lines or aligned columns, OCR for scans.

Knows the format and nothing of what the tables say. A file it cannot read gives a ``Document`` without
blocks whose status says why: ``encrypted``, ``truncated``, ``broken_pdf``, ``too_large``, ``empty``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pipeline.clean.page.blocks import PageBlock
from pipeline.clean.page.paged import area, blocks_of
from pipeline.clean.page.shapes import PageContent, Picture
from pipeline.clean.pdf.formats import PDF
from pipeline.clean.pdf.page import page_content, page_turn
from pipeline.clean.refused import Refused
from pipeline.document import Block, Document

READER = "pdf"
MAX_BYTES = 200_000_000

_PASSWORD_ERROR = 4
_USUAL_DOTS = 200.0 / 72.0
_SHORT_SIDE = 1_654.0
"""Pixels of a page's short side that are enough: an A4 page at 200 dots per inch."""


def read(data: bytes, *, sha256: str, media_type: str = PDF.media_type) -> Document:
    """A PDF file's bytes as a ``Document``, its pages put together by ``page.paged``. Pages without a text
    layer are recognised from their pixels (``method="ocr"``). Never raises for bad bytes."""
    try:
        blocks = _read(data)
    except Refused as refusal:
        return Document(sha256, media_type, READER, (), status=refusal.status, detail=refusal.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail="No text found.")
    return Document(sha256, media_type, READER, blocks)


def _read(data: bytes) -> tuple[Block, ...]:
    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"The file has {len(data)} bytes; the limit is {MAX_BYTES}.")
    file = _open(data)
    try:
        return blocks_of(_Pages(file))
    finally:
        file.close()


def _open(data: bytes) -> Any:
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise Refused("broken_pdf", "The file does not begin as a PDF does.")
    cut = b"%%EOF" not in data[-4096:]
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise Refused("encrypted", "The file asks for a password.") from None
        if cut:
            raise Refused("truncated", "The file ends before its last section.") from None
        raise Refused("broken_pdf", f"pdfium cannot open the file: {error}") from None
    if cut:
        document.close()
        raise Refused("truncated", "The file ends before its last section.")
    return document


class _Pages:
    """The pages of an open ``pypdfium2.PdfDocument``: a ``PagedDocument``."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.fonts: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self.file)

    def page(self, number: int) -> PageContent:
        import pypdfium2

        try:
            page = self.file[number]
        except pypdfium2.PdfiumError as error:
            raise Refused("broken_pdf", f"Page {number + 1} cannot be loaded: {error}") from None
        try:
            return page_content(page, self.fonts)
        finally:
            page.close()

    def recognised(self, number: int, content: PageContent, picture: Picture | None) -> Sequence[PageBlock]:
        from pipeline.clean.scan.picture import MAX_PIXELS, MAX_SIDE, blocks_of_pixels, grey

        most = math.sqrt(MAX_PIXELS / 2 / max(1.0, content.width * content.height))
        dots = min(_dots(content), MAX_SIDE / max(content.width, content.height, 1.0), most)
        page = self.file[number]
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


def _dots(content: PageContent) -> float:
    """Pixels per point at which to look at a page: those of its largest picture, as far as a page of usual
    size needs them."""
    largest = max(content.pictures, key=area, default=None)
    if largest is None or area(largest) <= 0:
        return _USUAL_DOTS
    own = math.sqrt(largest.px_width * largest.px_height / area(largest))
    if content.paths > 100 or area(largest) < 0.5 * content.width * content.height:
        own = max(own, _USUAL_DOTS)
    return max(min(own, _SHORT_SIDE / max(1.0, min(content.width, content.height))), 0.3)
