"""PDF pages whose cells show one figure and hold another beside it, in every way that PDF has."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.drawn.files import pdf_files

Row = tuple[str, str, str]
HIGH, LABEL, FIGURE = 24.0, 140.0, 90.0
Paint = Callable[[Canvas, float, float, str, str], None]
"""Draws a figure's cell, given the left and the base line of its text, the figure shown and the one
hidden."""


def _shown(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.setFillGray(0)
    canvas.drawString(x + 30, y, shown)


def _white(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.setFillGray(1)
    canvas.drawString(x, y, hidden)
    _shown(canvas, x, y, shown, hidden)


def _covered(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.drawString(x + 30, y, hidden)
    canvas.setFillGray(1)
    canvas.rect(x + 28, y - 3, 50, 14, stroke=0, fill=1)
    _shown(canvas, x, y, shown, hidden)


def _covered_beside(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.drawString(x, y, hidden)
    _shown(canvas, x, y, shown, hidden)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(x - 1, y - 3, 28, 14, stroke=0, fill=1)
    canvas.setFillGray(0)


def _transparent(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(x, y, hidden)
    canvas.setFillAlpha(1)
    _shown(canvas, x, y, shown, hidden)


def _struck(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.drawString(x, y, hidden)
    canvas.line(x - 1, y + 3.4, x + canvas.stringWidth(hidden, pdf_files.FONT, 9) + 1, y + 3.4)
    _shown(canvas, x, y, shown, hidden)


def _invisible(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    text = canvas.beginText(x, y)
    text.setTextRenderMode(3)
    text.textOut(hidden)
    text.setTextRenderMode(0)
    canvas.drawText(text)
    _shown(canvas, x, y, shown, hidden)


def _white_on_dark(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.setFillColorRGB(0.1, 0.2, 0.5)
    canvas.rect(x - 4, y - 7, FIGURE, HIGH, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawString(x, y, shown)
    canvas.setFillGray(0)


def _on_white_ground(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.setFillGray(1)
    canvas.rect(x - 4, y - 7, FIGURE, HIGH, stroke=0, fill=1)
    _shown(canvas, x, y, shown, hidden)


def _underlined(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.drawString(x, y, shown)
    canvas.line(x, y - 1.5, x + 20, y - 1.5)


def _field(canvas: Canvas, x: float, y: float, shown: str, hidden: str) -> None:
    canvas.acroForm.textfield(name=f"f{y}", value=shown, x=x, y=y - 4, width=60, height=16, fontSize=9)


HIDING: dict[str, Paint] = {
    "white": _white,
    "covered": _covered,
    "covered beside": _covered_beside,
    "transparent": _transparent,
    "struck": _struck,
    "invisible": _invisible,
}
SHOWING: dict[str, Paint] = {
    "plain": _shown,
    "white on dark": _white_on_dark,
    "on a white ground": _on_white_ground,
    "underlined": _underlined,
    "a form's field": _field,
}


def page(rows: Sequence[Row], paint: Paint) -> bytes:
    """A page with a ruled table of labels and figures."""

    def draw(canvas: Canvas) -> None:
        top, left = A4[1] - 100, 80.0
        for number in range(len(rows) + 1):
            canvas.line(left, top - number * HIGH, left + LABEL + FIGURE, top - number * HIGH)
        for x in (left, left + LABEL, left + LABEL + FIGURE):
            canvas.line(x, top, x, top - len(rows) * HIGH)
        for number, (label, shown, hidden) in enumerate(rows):
            y = top - number * HIGH - 17
            canvas.setFont(pdf_files.FONT, 9)
            canvas.drawString(left + 4, y, label)
            paint(canvas, left + LABEL + 4, y, shown, hidden)

    return pdf_files.drawn(draw)


def with_free_text(data: bytes, rows: Sequence[Row]) -> bytes:
    """The page with a note printed over each figure's cell."""
    file = pypdfium2.PdfDocument(data)
    sheet = file[0]
    for number, (_, shown, _) in enumerate(rows):
        note = pdfium.FPDFPage_CreateAnnot(sheet, pdfium.FPDF_ANNOT_FREETEXT)
        low = A4[1] - 100 - (number + 1) * HIGH
        rect = pdfium.FS_RECTF(80 + LABEL + 4, low + HIGH - 4, 80 + LABEL + 60, low + 4)
        pdfium.FPDFAnnot_SetRect(note, rect)
        text = (shown + "\0").encode("utf-16-le")
        room = (pdfium.FPDF_WCHAR * (len(text) // 2)).from_buffer_copy(text)
        pdfium.FPDFAnnot_SetStringValue(note, b"Contents", room)
        pdfium.FPDFPage_CloseAnnot(note)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()
