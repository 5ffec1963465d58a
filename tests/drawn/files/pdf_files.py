"""PDF files for tests, drawn with reportlab and its built-in Chinese font."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from tests.drawn.files.drawn_tables import DrawnTable

FONT = "STSong-Light"
MARGIN = 60.0
WIDTH = A4[0] - 2 * MARGIN

pdfmetrics.registerFont(UnicodeCIDFont(FONT))

BODY = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=18, firstLineIndent=24, wordWrap="CJK")
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=26, alignment=TA_CENTER, wordWrap="CJK")
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=11, alignment=TA_CENTER, wordWrap="CJK")


def ruled(table: DrawnTable, *, repeat_head: bool = False, width: float = WIDTH, lines: bool = True) -> Table:
    """A reportlab table with every line drawn (or none), labels broken over lines in narrow cells."""
    share = sum(table.widths)
    grid: list[list[Any]] = [["" for _ in range(table.n_cols)] for _ in range(table.n_rows)]
    style: list[tuple[Any, ...]] = [
        *([("GRID", (0, 0), (-1, -1), 0.5, "black")] if lines else []),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
    ]
    for cell in table.cells:
        grid[cell.row][cell.col] = Paragraph(cell.text, CELL) if cell.text else ""
        if cell.rowspan > 1 or cell.colspan > 1:
            style.append(
                ("SPAN", (cell.col, cell.row), (cell.col + cell.colspan - 1, cell.row + cell.rowspan - 1))
            )
    return Table(
        grid,
        colWidths=[width * part / share for part in table.widths],
        style=TableStyle(style),
        repeatRows=table.head_rows if repeat_head else 0,
    )


def bare(table: DrawnTable) -> Table:
    """The same table with no lines at all."""
    share = sum(table.widths)
    grid = [["" for _ in range(table.n_cols)] for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = cell.text
    style = TableStyle([("FONT", (0, 0), (-1, -1), FONT, 10), ("ALIGN", (1, 0), (-1, -1), "CENTER")])
    return Table(grid, colWidths=[WIDTH * part / share for part in table.widths], style=style)


def document(story: Sequence[Any], *, numbers: bool = True, head: str = "", page: Any = A4) -> bytes:
    """A flowing document; ``numbers`` prints ``- 1 -`` at each page's foot, ``head`` a running head."""
    target = io.BytesIO()

    def furniture(canvas: Canvas, _: Any) -> None:
        canvas.setFont(FONT, 9)
        if numbers:
            canvas.drawCentredString(page[0] / 2, 30, f"- {canvas.getPageNumber()} -")
        if head:
            canvas.drawString(MARGIN, page[1] - 30, head)

    template = SimpleDocTemplate(
        target, pagesize=page, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=60, bottomMargin=60
    )
    template.build(list(story), onFirstPage=furniture, onLaterPages=furniture)
    return target.getvalue()


def text(words: str) -> Paragraph:
    return Paragraph(words, BODY)


def title(words: str) -> Paragraph:
    return Paragraph(words, TITLE)


def page_end() -> PageBreak:
    return PageBreak()


def drawn(paint: Callable[[Canvas], None], page: Any = A4) -> bytes:
    """A file whose pages ``paint`` draws itself."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=page)
    paint(canvas)
    canvas.save()
    return target.getvalue()
