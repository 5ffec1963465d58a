"""What is read is what is shown: a figure, and another one beside it that nobody sees."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline import read_reports
from pipeline.clean import read_document
from pipeline.document import UNREAD, Table
from tests.drawn.files import pdf_files, shown_files, shown_pages, shown_pdf, word_files

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
LABELS = ("召开会议次数", "举办培训次数", "接受培训人数", "公开信息条数")


def _drawn(seed: str, same: bool = False) -> list[tuple[str, str, str]]:
    dice = random.Random(seed)
    first = str(dice.randint(1, 99999))
    return [
        (label, first if same else str(dice.randint(0, 99999)), str(dice.randint(1, 999))) for label in LABELS
    ]


def _figures(data: bytes) -> list[str]:
    (table,) = (block for block in read_document(data).blocks if isinstance(block, Table))
    return [cell.text for cell in table.cells if cell.col == 1]


@pytest.mark.parametrize("way", shown_pages.HIDING)
def test_a_figure_that_a_page_hides_is_not_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_pages.page(rows, shown_pages.HIDING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_pages.SHOWING)
def test_a_figure_that_a_page_shows_is_read(way: str) -> None:
    rows = _drawn(way, same="{{" in shown_pages.SHOWING[way].sheet)
    assert _figures(shown_pages.page(rows, shown_pages.SHOWING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_pages.UNREADABLE)
def test_what_a_page_shows_unread_is_no_blank_and_no_figure(way: str) -> None:
    assert _figures(shown_pages.page(_drawn(way), shown_pages.UNREADABLE[way])) == [UNREAD] * len(LABELS)


def test_a_hidden_row_and_a_hidden_table_are_left_out_and_a_script_may_show_its_parts() -> None:
    rows = "".join(f"<tr><td>{label}</td><td>{n}</td></tr>" for n, label in enumerate(LABELS))
    old = '<tr class="old"><td>召开会议次数</td><td>77</td></tr>'
    sheet = "<style>.old,.draft{display:none}</style>"
    page = f'{sheet}<p>一、情况</p><table>{old}{rows}</table><div class="draft"><table>{rows}</table></div>'
    assert _figures(page.encode()) == ["0", "1", "2", "3"]
    scripted = f"<script src=tabs.js></script>{page}".encode()
    assert sum(isinstance(b, Table) for b in read_document(scripted).blocks) == 2


def test_a_cell_that_was_not_read_is_told_and_is_no_blank() -> None:
    page = (GOLDEN / "v2021_form.html").read_text(encoding="utf-8")
    (whole,) = read_reports(page.encode())
    first = next(o for o in whole.observations if o.indicator == "proactive.licensing.decisions")
    assert f">{first.raw}<" in page
    (report,) = read_reports(page.replace(f">{first.raw}<", ">①<", 1).encode())
    cell = next(o for o in report.observations if o.indicator == first.indicator)
    assert (cell.state, cell.value, cell.resolved) == ("unreadable", None, None)
    assert [f.cells for f in report.findings if f.rule == "cell.unread"] == [((first.indicator, None),)]


@pytest.mark.parametrize("way", shown_files.WORD_HIDING)
def test_a_figure_that_a_word_file_hides_is_not_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_files.word(rows, shown_files.WORD_HIDING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_files.WORD_SHOWING)
def test_a_figure_that_a_word_file_shows_is_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_files.word(rows, shown_files.WORD_SHOWING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_files.WORD_UNREADABLE)
def test_what_a_word_file_shows_unread_is_no_blank_and_no_figure(way: str) -> None:
    assert _figures(shown_files.word(_drawn(way), shown_files.WORD_UNREADABLE[way])) == [UNREAD] * len(LABELS)


def test_hidden_rows_of_a_word_table_are_left_out_and_files_inside_are_read() -> None:
    rows = _drawn("rows")
    data = shown_files.word(rows, "<w:r><w:t>{shown}</w:t></w:r>")
    hidden = shown_files.with_part(
        data, "word/document.xml", lambda xml: xml.replace("<w:tr>", "<w:tr><w:trPr><w:hidden/></w:trPr>", 1)
    )
    assert _figures(hidden) == [shown for _, shown, _ in rows[1:]]
    page = (
        "<table>"
        + "".join(f"<tr><td>{label}</td><td>{shown}</td></tr>" for label, shown, _ in rows)
        + "</table>"
    )
    relation = '<Relationship Id="rIdX" Type="http://x/aFChunk" Target="page.html"/></Relationships>'
    chunk = shown_files.with_part(
        shown_files.with_part(
            word_files.from_body('<w:altChunk r:id="rIdX"/>'),
            "word/_rels/document.xml.rels",
            lambda xml: xml.replace("</Relationships>", relation),
        ),
        "word/settings.xml",
        lambda xml: xml,
    )
    target = io.BytesIO(chunk)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("word/page.html", f"<html><body>{page}</body></html>")
    assert _figures(target.getvalue()) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_files.EXCEL_SHOWN)
def test_a_workbook_is_read_as_it_prints(way: str) -> None:
    rows = [(label, str(int(shown) + 1), hidden) for label, shown, hidden in _drawn(way)]
    paint, printed = shown_files.EXCEL_SHOWN[way]
    rows.append(("合计", "1", "2"))
    data = shown_files.excel(rows, paint)
    found = read_document(data).blocks[-1]
    assert isinstance(found, Table)
    assert [cell.text for cell in found.cells if cell.col == 1] == [
        printed.format(shown=shown) for _, shown, _ in rows
    ]


def test_zeros_that_print_nothing_or_a_dash_are_told_with_what_they_hold() -> None:
    rows = [(f"项目{n}", "0", "") for n in range(len(shown_files.ZEROS))]
    formats = iter(shown_files.ZEROS)

    def paint(sheet: Any, cell: Any, shown: str, hidden: str) -> None:
        cell.value, cell.number_format = 0, next(formats)

    data = shown_files.excel(rows, paint)
    (table,) = (block for block in read_document(data).blocks if isinstance(block, Table))
    found = [cell for cell in table.cells if cell.col == 1]
    assert [cell.text for cell in found] == list(shown_files.ZEROS.values())
    assert ["holds 0" in cell.locator for cell in found] == [
        text != "0" for text in shown_files.ZEROS.values()
    ]
    no_zeros = shown_files.with_part(
        data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<sheetView ", '<sheetView showZeros="0" ')
    )
    assert _figures(no_zeros) == [""] * len(rows)


@pytest.mark.parametrize("way", shown_pdf.HIDING)
def test_a_figure_that_a_pdf_hides_is_not_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_pdf.page(rows, shown_pdf.HIDING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_pdf.SHOWING)
def test_a_figure_that_a_pdf_shows_is_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_pdf.page(rows, shown_pdf.SHOWING[way])) == [shown for _, shown, _ in rows]


def test_a_note_over_a_cell_is_its_figure() -> None:
    rows = _drawn("notes")
    empty = shown_pdf.page([(label, "", "") for label, _, _ in rows], shown_pdf.SHOWING["plain"])
    assert _figures(shown_pdf.with_free_text(empty, rows)) == [shown for _, shown, _ in rows]


def test_heads_set_from_bottom_to_top_are_read_along_their_lines() -> None:
    def paint(canvas: Any, x: float, y: float, shown: str, hidden: str) -> None:
        canvas.saveState()
        canvas.translate(x + 14, y - 5)
        canvas.rotate(90)
        canvas.setFont(pdf_files.FONT, 5)
        canvas.drawString(0, 0, "维持")
        canvas.restoreState()

    assert _figures(shown_pdf.page(_drawn("turned"), paint)) == ["维持"] * len(LABELS)
