"""The Excel reader: workbooks made here and read back cell by cell."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime

import openpyxl
import pytest

from pipeline.clean.office import excel
from pipeline.clean.office.excel_formats import column_letters, column_number, parse_format
from pipeline.clean.read import read_document
from pipeline.document import Document, Paragraph, Table
from tests.drawn.files import excel_files
from tests.drawn.files.drawn_tables import DrawnTable, fifteen_columns, grouped_table, plain_table, shape


def _read(data: bytes) -> Document:
    return excel.read(data, sha256="0" * 64)


def _tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def _saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("save", [excel_files.xlsx, excel_files.xls])
@pytest.mark.parametrize("make", [plain_table, grouped_table, fifteen_columns])
def test_tables_keep_cells_and_spans(
    save: Callable[[Sequence[excel_files.Sheet]], bytes], make: Callable[[int], DrawnTable]
) -> None:
    seed = secrets.randbelow(10**9)
    table = make(seed)
    document = _read(save([("年报", [(0, 0, "表前的题目"), (2, 1, table)])]))
    title, found = document.blocks
    assert isinstance(title, Paragraph)
    assert (title.text, title.locator) == ("表前的题目", "年报!A1")
    assert isinstance(found, Table)
    assert shape(found.cells) == shape(table.cells), seed
    assert found.caption == "年报"
    assert next(c for c in found.cells if (c.row, c.col) == (0, 0)).locator == "年报!B3"


def test_sheets_and_empty_rows_part_tables() -> None:
    first, second, third = (plain_table(seed) for seed in (1, 2, 3))
    data = excel_files.xlsx([("甲", [(0, 0, first), (8, 2, second)]), ("乙", [(0, 0, third)])])
    found = _tables(_read(data))
    assert [shape(t.cells) for t in found] == [shape(t.cells) for t in (first, second, third)]
    assert [t.caption for t in found] == ["甲", "甲", "乙"]
    assert found[1].locator == "甲!C9:F14"


def test_title_directly_above_and_note_directly_below() -> None:
    table = plain_table(4)
    data = excel_files.xlsx([("S", [(0, 0, "某某市整理情况"), (1, 0, table), (7, 0, "注：数据截至年末")])])
    title, found, note = _read(data).blocks
    assert isinstance(title, Paragraph)
    assert isinstance(found, Table)
    assert isinstance(note, Paragraph)
    assert (title.text, note.text) == ("某某市整理情况", "注：数据截至年末")
    assert shape(found.cells) == shape(table.cells)


def test_values_as_the_cells_show_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    rows: list[tuple[object, str | None, str]] = [
        (12, None, "12"),
        (12.0, "General", "12"),
        (0.1 + 0.2, None, "0.3"),
        (38354.247, None, "38354.247"),
        (0.256, "0.0%", "25.6%"),
        (1234567, "#,##0", "1,234,567"),
        (12.5, "0.00", "12.50"),
        (1e-7, None, "0.0000001"),
        (123456789012, None, "123456789012"),
        ("007", None, "007"),
        (" 12 ", None, "12"),
        (True, None, "TRUE"),
        (date(2021, 1, 31), "yyyy-mm-dd", "2021-01-31"),
        (datetime(2021, 1, 31, 9, 30), "yyyy-mm-dd hh:mm", "2021-01-31 09:30:00"),
        ("上行\n下行", None, "上行\n下行"),
        ("-", None, "-"),
        (-223, "0_);(0)", "-223"),
    ]
    for index, (value, number_format, _) in enumerate(rows, start=1):
        sheet.cell(index, 1, f"项目{index}")
        cell = sheet.cell(index, 2, value)
        if number_format:
            cell.number_format = number_format
    (found,) = _tables(_read(_saved(book)))
    assert [cell.text for cell in found.cells if cell.col == 1] == [text for _, _, text in rows]


def test_hidden_sheets_are_not_shown() -> None:
    book = openpyxl.Workbook()
    book.active.append(["甲", 1])
    hidden = book.create_sheet("底稿")
    hidden.append(["乙", 2])
    hidden.sheet_state = "hidden"
    assert [t.caption for t in _tables(_read(_saved(book)))] == ["Sheet"]


def test_sheet_of_running_text() -> None:
    book = openpyxl.Workbook()
    for text in ("一段话。", "又一段话。"):
        book.active.append([text])
    document = _read(_saved(book))
    assert [(b.text, b.locator) for b in document.blocks if isinstance(b, Paragraph)] == [
        ("一段话。", "Sheet!A1"),
        ("又一段话。", "Sheet!A2"),
    ]


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_column_names(letters: str, number: int) -> None:
    assert column_number(letters) == number
    assert column_letters(number) == letters


@pytest.mark.parametrize("code", ["General", "@", "yyyy/m/d", "[h]:mm", "0.00E+00", "#,##0,"])
def test_formats_that_fix_no_decimals(code: str) -> None:
    assert parse_format(code) is None


def _status(data: bytes) -> str:
    document = _read(data)
    assert document.blocks == ()
    assert document.detail
    return document.status


def test_bad_files_become_statuses() -> None:
    good = excel_files.xlsx([("S", [(0, 0, plain_table(1))])])
    old = excel_files.xls([("S", [(0, 0, plain_table(1))])])
    assert _status(good[: len(good) // 2]) == "truncated"
    assert _status(b"") == "broken_excel"
    assert _status(old[:1500]) == "broken_excel"
    assert _status(excel_files.xlsx([("S", [])])) == "empty"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert _status(locked) == "encrypted"


def test_sheet_that_spans_the_whole_grid_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"] = 2
    assert _status(_saved(book)) == "too_large"


def test_hidden_rows_and_columns_are_left_out() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("甲项", 1, 9, 2), ("旧项", 7, 9, 7), ("乙项", 3, 9, 4)):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    (table,) = _tables(_read(_saved(book)))
    assert [c.text for c in table.cells] == ["甲项", "1", "2", "乙项", "3", "4"]
    assert table.cells[-1].locator.endswith("!D3")


def test_tables_side_by_side_are_parted() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("信息内容", "件数", None, "案件种类", "件数"),
        ("规章制度", 3, None, "复议案件", 5),
        ("规范文件", 4, None, "诉讼案件", 6),
    ):
        sheet.append(row)
    left, right = _tables(_read(_saved(book)))
    assert [c.text for c in left.cells] == ["信息内容", "件数", "规章制度", "3", "规范文件", "4"]
    assert [c.text for c in right.cells if c.col == 1] == ["件数", "5", "6"]


def test_a_label_and_its_figure_apart_stay_one_table() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("收到申请数", None, "件", 3), ("申请办结数", None, "件", 4), ("申请答复数", None, "件", 5)):
        sheet.append(row)
    assert len(_tables(_read(_saved(book)))) == 1


_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="Fixed"/></Style></Styles>
<Worksheet ss:Name="表"><Table>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">项目</Data></Cell><Cell ss:MergeAcross="1"><Data ss:Type="String">件数</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="String">本年</Data></Cell><Cell><Data ss:Type="String">上年</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">旧数</Data></Cell><Cell><Data ss:Type="Number">9</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">申请</Data></Cell><Cell><Data ss:Type="Number">12</Data></Cell><Cell ss:StyleID="s1"><Data ss:Type="Number">1.5</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="藏"><Table><Row><Cell><Data ss:Type="Number">7</Data></Cell></Row></Table>
<x:WorksheetOptions xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def test_workbook_written_as_xml() -> None:
    document = read_document(_XML.encode())
    (table,) = _tables(document)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells] == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "件数"),
        (1, 1, 1, 1, "本年"),
        (1, 2, 1, 1, "上年"),
        (2, 0, 1, 1, "申请"),
        (2, 1, 1, 1, "12"),
        (2, 2, 1, 1, "1.50"),
    ]
    assert table.cells[-1].locator == "表!C4"
    assert (
        read_document(_XML.replace('MergeAcross="1"', 'MergeAcross="99999999"').encode()).status
        == "too_large"
    )
    assert read_document(_XML.replace("</Workbook>", "").encode()).status == "broken_excel"
