"""PDF pages with marks that are no text of the page, with text drawn twice, and with columns under a
title."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.clean.page.paged import is_scan
from pipeline.clean.page.shapes import Glyph, PageContent
from pipeline.clean.pdf import reader as pdf
from pipeline.document import Paragraph, Table
from tests.drawn.files import pdf_files

HEIGHT = A4[1]


def _table(canvas: Canvas, left: float, top: float, rows: list[list[str]], width: float = 45.0) -> None:
    high = 20.0
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = left + c * width, HEIGHT - top - (r + 1) * high
            canvas.rect(x, y, width, high)
            canvas.setFont(pdf_files.FONT, 9)
            canvas.drawString(x + 4, y + 6, text)


def _read(paint: object) -> list[list[str]]:
    document = pdf.read(pdf_files.drawn(paint), sha256="0" * 64)  # type: ignore[arg-type]
    assert document.status == "ok"
    return [[c.text for c in block.cells] for block in document.blocks if isinstance(block, Table)]


def test_text_aslant_is_a_watermark() -> None:
    def paint(canvas: Canvas) -> None:
        _table(canvas, 60, 100, [["甲项", "12"], ["乙项", "34"], ["丙项", "56"]])
        canvas.saveState()
        canvas.translate(70, HEIGHT - 170)
        canvas.rotate(45)
        canvas.setFont(pdf_files.FONT, 30)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()

    assert _read(paint) == [["甲项", "12", "乙项", "34", "丙项", "56"]]


def test_text_drawn_again_over_itself_counts_once() -> None:
    def paint(canvas: Canvas) -> None:
        for shift in (0.0, 0.3):
            canvas.saveState()
            canvas.translate(shift, 0)
            _table(canvas, 60, 100, [["召开会议", "11"], ["举办培训", "22"], ["接受培训", "33"]])
            canvas.restoreState()

    assert _read(paint) == [["召开会议", "11", "举办培训", "22", "接受培训", "33"]]


def test_columns_of_tables_under_a_title() -> None:
    rows = [[f"项目{n}", str(n), str(2 * n), str(3 * n)] for n in range(1, 16)]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 18)
        canvas.drawCentredString(A4[0] / 2, HEIGHT - 50, "某某区人民政府二〇二二年政府信息公开工作年度报告")
        _table(canvas, 60, 100, rows)
        _table(canvas, 330, 100, [[text.replace("项目", "后项") for text in row] for row in rows])

    document = pdf.read(pdf_files.drawn(paint), sha256="0" * 64)
    first = document.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text == "某某区人民政府二〇二二年政府信息公开工作年度报告"
    (table,) = (b for b in document.blocks if isinstance(b, Table))
    assert [c.text for c in table.cells if c.col == 0] == [f"项目{n}" for n in range(1, 16)] + [
        f"后项{n}" for n in range(1, 16)
    ]


def test_hidden_text_under_the_printed_text_is_left_out() -> None:
    rows = [["召开会议次数", "11"], ["举办培训班数", "22"], ["接受培训人员", "33"]]

    def paint(canvas: Canvas) -> None:
        _table(canvas, 60, 100, rows, 90.0)
        hidden = canvas.beginText()
        hidden.setTextRenderMode(3)
        hidden.setFont(pdf_files.FONT, 7)
        for n in range(3):
            hidden.setTextOrigin(66, HEIGHT - 100 - 20 * n - 12)
            hidden.textOut("召开会议次 99")
        hidden.setTextRenderMode(0)
        canvas.drawText(hidden)

    assert _read(paint) == [[text for row in rows for text in row]]


def test_upright_rules_alone_leave_the_rows_to_their_lines() -> None:
    rows = [[f"第{n}项数量", str(n), str(2 * n), str(3 * n)] for n in range(10, 18)]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 9)
        for n in range(5):
            canvas.line(60 + 90 * n, HEIGHT - 100, 60 + 90 * n, HEIGHT - 100 - 16 * 8)
        for y in (100, 100 + 16 * 8):
            canvas.line(60, HEIGHT - y, 420, HEIGHT - y)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                canvas.drawString(64 + 90 * c, HEIGHT - 100 - 16 * r - 12, text)

    assert _read(paint) == [[text for row in rows for text in row]]


def test_a_font_without_a_map_to_characters_is_no_text() -> None:
    odd = [Glyph(chr(0xC0 + n % 60), 10.0 * n, 0, 10.0 * n + 9, 10, 10) for n in range(80)]
    signs = [Glyph(chr(0x4E00 + n), 10.0 * n, 20, 10.0 * n + 9, 30, 10) for n in range(80)]
    assert is_scan(PageContent(900, 900, odd))
    assert not is_scan(PageContent(900, 900, odd + signs))


def test_text_beyond_its_clipping_path_is_not_seen() -> None:
    def paint(canvas: Canvas) -> None:
        _table(canvas, 60, 100, [["", "12"], ["", "34"], ["", "56"]])
        for n in range(3):
            canvas.saveState()
            path = canvas.beginPath()
            path.rect(61, HEIGHT - 100 - 20 * (n + 1), 38, 20)
            canvas.clipPath(path, stroke=0)
            canvas.drawString(64, HEIGHT - 100 - 20 * (n + 1) + 6, "召开会议各类次数")
            canvas.restoreState()

    assert _read(paint) == [["召开会议", "12", "召开会议", "34", "召开会议", "56"]]


def test_a_heading_set_upright_under_a_scaled_matrix_stays_in_its_cell() -> None:
    font = UnicodeCIDFont(pdf_files.FONT, isVertical=True)
    font.name = font.fontName = "Upright"
    pdfmetrics.registerFont(font)

    def paint(canvas: Canvas) -> None:
        canvas.rect(60, HEIGHT - 180, 20, 80)
        canvas.saveState()
        canvas.transform(0.05, 0, 0, 0.05, 70, HEIGHT - 105)
        canvas.setFont("Upright", 199)
        canvas.drawString(0, 0, "三、办理结果")
        canvas.restoreState()
        _table(canvas, 80, 100, [[f"第{n}项", str(n), str(10 * n)] for n in range(1, 5)])

    (cells,) = _read(paint)
    assert cells[0].replace("\n", "") == "三、办理结果"
    assert [text for text in cells[1:] if text] == [
        text for n in range(1, 5) for text in (f"第{n}项", str(n), str(10 * n))
    ]


def test_a_label_that_runs_over_its_rule_leaves_the_figure_beside_it_alone() -> None:
    rows = [["收费情况", "3", "11"], ["没有按照要求缴纳费用", "4", "12"], ["其他", "5", "13"]]

    def paint(canvas: Canvas) -> None:
        _table(canvas, 60, 100, rows)

    assert _read(paint) == [[text for row in rows for text in row]]


def test_a_figure_wider_than_its_cell_stands_in_the_cell_of_its_middle() -> None:
    def paint(canvas: Canvas) -> None:
        for r in range(4):
            for c in range(6):
                x, y = 60 + 12 * c, HEIGHT - 120 - 20 * r
                canvas.rect(x, y, 12, 20)
                canvas.setFont(pdf_files.FONT, 9)
                canvas.drawCentredString(x + 6, y + 6, str(1000 * (r + 1) + c) if c % 2 else str(c))

    (cells,) = _read(paint)
    assert cells == [str(1000 * (r + 1) + c) if c % 2 else str(c) for r in range(4) for c in range(6)]
