"""The PDF reader: every file is drawn here and read back cell by cell."""

from __future__ import annotations

import io
import random
import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Spacer

from pipeline.clean.page import paged
from pipeline.clean.pdf import reader as pdf
from pipeline.document import Document, Paragraph, Table
from tests.drawn.files import pdf_files
from tests.drawn.files.drawn_tables import (
    DrawnTable,
    fifteen_columns,
    grouped_table,
    plain_table,
    shape,
    without_space,
)

LONG = (
    "本年度各部门按照统一要求整理文件，逐项核对目录、登记台账并更新栏目，共整理文件128件，其中修订16件，"
    "来信来访也都在时限以内予以回复。"
)


def _read(data: bytes) -> Document:
    return pdf.read(data, sha256="0" * 64, media_type="application/pdf")


def _tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def _texts(document: Document) -> list[str]:
    return [without_space(block.text) for block in document.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("make", [plain_table, grouped_table, fifteen_columns])
def test_ruled_table_keeps_cells_and_spans(make: Callable[[int], DrawnTable]) -> None:
    seed = secrets.randbelow(10**9)
    table = make(seed)
    found = _tables(_read(pdf_files.document([pdf_files.text(LONG), pdf_files.ruled(table)])))
    assert len(found) == 1, seed
    assert shape(found[0].cells) == shape(table.cells), seed
    assert (found[0].n_rows, found[0].n_cols) == (table.n_rows, table.n_cols)


def test_broken_label_keeps_its_lines() -> None:
    table = grouped_table(1)
    found = _tables(_read(pdf_files.document([pdf_files.ruled(table, width=330)])))[0]
    label = next(cell for cell in found.cells if without_space(cell.text) == "3.危及公共秩序的情形")
    assert "\n" in label.text


def test_marks_and_doubled_letters_survive() -> None:
    table = plain_table(1)
    marks = ["-", "—", "/", "a-", "well 11", "０", "1,128", "-23", "+2", "100%"]
    cells = tuple(
        c._replace(text=marks[i % len(marks)]) if c.row and c.col else c for i, c in enumerate(table.cells)
    )
    found = _tables(_read(pdf_files.document([pdf_files.ruled(replace(table, cells=cells))])))[0]
    assert {c.text for c in found.cells if c.row and c.col} == set(marks)


def test_locators_count_from_one() -> None:
    story = [pdf_files.text(LONG), pdf_files.page_end(), pdf_files.ruled(plain_table(1)), Spacer(1, 20)]
    document = _read(pdf_files.document([*story, pdf_files.ruled(plain_table(2))]))
    assert [table.locator for table in _tables(document)] == ["page 2, table 1", "page 2, table 2"]
    cell = next(c for c in _tables(document)[1].cells if (c.row, c.col) == (3, 2))
    assert cell.locator == "row 4, column 3"
    assert document.blocks[0].locator == "page 1, paragraph 1"


@pytest.mark.parametrize("repeat_head", [True, False])
def test_table_cut_by_page_end_is_one_table(repeat_head: bool) -> None:
    table = plain_table(secrets.randbelow(10**9), n_rows=60)
    story = [pdf_files.text(LONG), pdf_files.ruled(table, repeat_head=repeat_head), pdf_files.text(LONG)]
    document = _read(pdf_files.document(story, head="某某市整理情况"))
    found = _tables(document)
    assert len(found) == 1
    assert shape(found[0].cells) == shape(table.cells)
    on_second = [cell for cell in found[0].cells if "(page 2, row" in cell.locator]
    assert on_second


def test_two_tables_on_neighbouring_pages_stay_two_when_text_parts_them() -> None:
    first, second = plain_table(1), plain_table(2)
    story = [pdf_files.ruled(first), pdf_files.page_end(), pdf_files.text("另有一表如下。")]
    found = _tables(_read(pdf_files.document([*story, pdf_files.ruled(second)])))
    assert [shape(table.cells) for table in found] == [shape(first.cells), shape(second.cells)]


def test_tables_of_other_columns_are_not_joined_over_a_page_end() -> None:
    story = [pdf_files.ruled(plain_table(1)), pdf_files.page_end(), pdf_files.ruled(fifteen_columns(2))]
    assert len(_tables(_read(pdf_files.document(story)))) == 2


def test_soft_line_breaks_join_and_furniture_goes() -> None:
    long = LONG * 12
    story = [pdf_files.title("某某市二〇二一年度整理工作报告"), *(pdf_files.text(long) for _ in range(4))]
    texts = _texts(_read(pdf_files.document(story, head="某某市整理情况")))
    assert texts == ["某某市二〇二一年度整理工作报告", *[without_space(long)] * 4]


def test_title_over_two_lines_is_one_paragraph() -> None:
    words = "某某市某某区人民政府办公室二〇二一年度文件整理公布与来信来访办理工作情况的总结报告"
    texts = _texts(_read(pdf_files.document([pdf_files.title(words), pdf_files.text(LONG)])))
    assert texts[0] == words


@pytest.mark.parametrize("offset", [0.0, 7.0])
def test_two_columns_are_read_column_by_column(offset: float) -> None:
    left = [f"左栏第{number}句说明整理工作的进展情况。" for number in range(20)]
    right = [f"右栏第{number}句说明来信来访的办理情况。" for number in range(20)]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 11)
        canvas.drawCentredString(A4[0] / 2, 800, "某某市文件整理工作年度情况总结报告全文刊登")
        for number in range(20):
            canvas.drawString(50, 760 - 17 * number, left[number])
            canvas.drawString(310, 760 - offset - 17 * number, right[number])

    whole = "".join(_texts(_read(pdf_files.drawn(paint))))
    assert whole == "某某市文件整理工作年度情况总结报告全文刊登" + "".join(left) + "".join(right)


@pytest.mark.parametrize("make", [lambda seed: plain_table(seed, 9), lambda seed: plain_table(seed, 7, 6)])
def test_table_without_rules(make: Callable[[int], DrawnTable]) -> None:
    seed = secrets.randbelow(10**9)
    while not any(cell[0] == 1 and cell[-1].isdigit() for cell in shape(make(seed).cells)):
        seed += 1  # without rules a first row of blanks is told from a head's second line by nothing
    table = make(seed)
    document = _read(pdf_files.document([pdf_files.text(LONG), pdf_files.bare(table), pdf_files.text(LONG)]))
    found = _tables(document)
    assert len(found) == 1, seed
    assert shape(found[0].cells) == shape(table.cells), seed
    assert _texts(document) == [without_space(LONG)] * 2


def test_table_without_rules_over_a_page_end() -> None:
    table = plain_table(5, n_rows=60, blanks=False)
    found = _tables(_read(pdf_files.document([pdf_files.text(LONG), pdf_files.bare(table)])))
    assert len(found) == 1
    assert shape(found[0].cells) == shape(table.cells)


def test_labels_broken_over_lines_without_rules() -> None:
    """Figures stand level with the middle of labels that take up two lines."""
    dice = random.Random(3)
    labels = [
        ("危及公共秩序", "的各类情形"),
        ("需要另行", "制作的文件"),
        ("补正以后", "仍不明确"),
        ("其余", ""),
    ]
    rows = [[str(dice.randint(0, 300)) for _ in range(4)] for _ in labels]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 10)
        for number, ((upper, lower), values) in enumerate(zip(labels, rows, strict=True)):
            y = 700 - 32 * number
            canvas.drawString(60, y + (6 if lower else 0), upper)
            if lower:
                canvas.drawString(60, y - 6, lower)
            for col, value in enumerate(values):
                canvas.drawCentredString(220 + 70 * col, y, value)

    found = _tables(_read(pdf_files.drawn(paint)))[0]
    grid = [[without_space(c.text) for c in found.cells if c.row == row] for row in range(found.n_rows)]
    assert grid == [[u + lo, *values] for (u, lo), values in zip(labels, rows, strict=True)]


def test_groups_without_rules_keep_each_row_of_figures() -> None:
    table = grouped_table(secrets.randbelow(10**9), blanks=False)
    story = [pdf_files.text(LONG), pdf_files.ruled(table, lines=False), pdf_files.text(LONG)]
    (found,) = _tables(_read(pdf_files.document(story)))
    rows = [[c.text for c in found.cells if c.row == row][-7:] for row in range(found.n_rows)]
    drawn = [[table.at(row, col) for col in range(3, 10)] for row in range(3, 13)]
    assert rows[-10:] == drawn


def test_frame_around_text_is_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 11)
        canvas.rect(50, 600, 420, 140)
        for number in range(4):
            canvas.drawString(60, 710 - 18 * number, "框内文字说明本次整理工作的范围依据以及数据的统计口径，")

    document = _read(pdf_files.drawn(paint))
    assert not _tables(document)
    assert "".join(_texts(document)).count("框内文字") == 4


def _cells_by_boxes(table: DrawnTable, style: str) -> bytes:
    """The table drawn cell by cell, as browsers (a box a cell) and word processors (thin bars) do."""
    share = 480 / sum(table.widths)
    xs = [50.0]
    for part in table.widths:
        xs.append(xs[-1] + part * share)

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 8)
        for cell in table.cells:
            x0, x1 = xs[cell.col], xs[cell.col + cell.colspan]
            y1, y0 = 780 - 30 * cell.row, 780 - 30 * (cell.row + cell.rowspan)
            if style == "boxes":
                canvas.rect(x0 + 0.3, y0 + 0.3, x1 - x0 - 0.6, y1 - y0 - 0.6)
            else:
                canvas.rect(x0, y0, x1 - x0, 0.5, stroke=0, fill=1)
                canvas.rect(x0, y1, x1 - x0, 0.5, stroke=0, fill=1)
                canvas.rect(x0, y0, 0.5, y1 - y0, stroke=0, fill=1)
                canvas.rect(x1, y0, 0.5, y1 - y0, stroke=0, fill=1)
            canvas.drawCentredString((x0 + x1) / 2, (y0 + y1) / 2 - 3, cell.text)

    return pdf_files.drawn(paint)


@pytest.mark.parametrize("style", ["boxes", "bars"])
@pytest.mark.parametrize("make", [grouped_table, fifteen_columns])
def test_rules_drawn_cell_by_cell(style: str, make: Callable[[int], DrawnTable]) -> None:
    table = make(7)
    found = _tables(_read(_cells_by_boxes(table, style)))
    assert len(found) == 1
    assert shape(found[0].cells) == shape(table.cells)


def test_table_with_open_sides() -> None:
    table = plain_table(11, blanks=False)

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 10)
        for row in range(table.n_rows + 1):
            canvas.line(50, 700 - 24 * row, 530, 700 - 24 * row)
        for col in range(1, table.n_cols):
            canvas.line(50 + 120 * col, 700, 50 + 120 * col, 700 - 24 * table.n_rows)
        for cell in table.cells:
            canvas.drawCentredString(110 + 120 * cell.col, 684 - 24 * cell.row, cell.text)

    found = _tables(_read(pdf_files.drawn(paint)))[0]
    assert shape(found.cells) == shape(table.cells)


def test_rules_between_rows_only() -> None:
    table = plain_table(12, blanks=False)

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 10)
        for row in (0, 1, table.n_rows):
            canvas.line(50, 700 - 24 * row, 530, 700 - 24 * row)
        for cell in table.cells:
            canvas.drawCentredString(110 + 120 * cell.col, 684 - 24 * cell.row, cell.text)

    found = _tables(_read(pdf_files.drawn(paint)))[0]
    assert shape(found.cells) == shape(table.cells)


@pytest.mark.parametrize("turn", [90, 270])
def test_page_turned_by_its_rotate_entry(turn: int) -> None:
    """A landscape page stored upright: content drawn sideways, shown upright through ``/Rotate``."""
    table = fifteen_columns(5)

    def paint(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        if turn == 90:
            canvas.translate(A4[0], 0)
            canvas.rotate(90)
        else:
            canvas.translate(0, A4[1])
            canvas.rotate(-90)
        _paint_simply(canvas, table)

    found = _tables(_read(pdf_files.drawn(paint, page=landscape(A4))))  # reportlab swaps it back
    assert [shape(t.cells) for t in found] == [shape(table.cells)]


def test_sideways_text_on_an_upright_page() -> None:
    table = fifteen_columns(6)

    def paint(canvas: Canvas) -> None:
        canvas.translate(A4[0], 0)
        canvas.rotate(90)
        _paint_simply(canvas, table)

    found = _tables(_read(pdf_files.drawn(paint)))
    assert [shape(t.cells) for t in found] == [shape(table.cells)]


def _paint_simply(canvas: Canvas, table: DrawnTable) -> None:
    canvas.setFont(pdf_files.FONT, 9)
    for cell in table.cells:
        x, y = 50 + 48 * cell.col, 500 - 30 * cell.row
        canvas.rect(x, y - 30 * cell.rowspan, 48 * cell.colspan, 30 * cell.rowspan)
        canvas.drawCentredString(x + 24 * cell.colspan, y - 15 * cell.rowspan - 3, cell.text)


def test_landscape_page() -> None:
    table = fifteen_columns(8)
    data = pdf_files.document([pdf_files.ruled(table, width=700)], page=landscape(A4))
    assert [shape(t.cells) for t in _tables(_read(data))] == [shape(table.cells)]


def _status(data: bytes) -> str:
    document = _read(data)
    assert document.blocks == ()
    assert document.detail
    return document.status


def test_bad_files_become_statuses() -> None:
    good = pdf_files.document([pdf_files.text(LONG), pdf_files.ruled(plain_table(1))])
    assert _read(good).status == "ok"
    assert _status(good[: len(good) // 2]) == "truncated"
    assert _status(b"not a pdf at all") == "broken_pdf"
    assert _status(b"%PDF-1.4\n" + b"x" * 500 + b"\n%%EOF\n") == "broken_pdf"
    assert _status(b"") == "broken_pdf"
    assert _status(pdf_files.drawn(lambda canvas: canvas.showPage())) == "empty"


def test_locked_file_says_encrypted() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    canvas = Canvas(target := io.BytesIO(), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "128")
    canvas.save()
    assert _status(target.getvalue()) == "encrypted"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paged, "MAX_PAGES", 2)
    story = [pdf_files.text(LONG), pdf_files.page_end()] * 4
    assert _status(pdf_files.document(story)) == "too_large"
