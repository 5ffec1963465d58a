"""The Word reader: files made here and read back."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image as Pillow

from pipeline.clean.office import word
from pipeline.clean.office.word_numbering import numeral
from pipeline.document import Document, Image, Paragraph, Table
from tests.drawn.files import word_files
from tests.drawn.files.drawn_tables import DrawnTable, fifteen_columns, grouped_table, plain_table, shape


def _read(data: bytes) -> Document:
    return word.read(data, sha256="0" * 64)


def _body(xml: str) -> Document:
    return _read(word_files.from_body(xml))


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("make", [plain_table, grouped_table, fifteen_columns])
def test_tables_keep_cells_and_spans(make: Callable[[int], DrawnTable]) -> None:
    seed = secrets.randbelow(10**9)
    table = make(seed)
    document = _read(word_files.document(["前文说明。", table, "后文说明。"]))
    before, found, after = document.blocks
    assert isinstance(found, Table)
    assert shape(found.cells) == shape(table.cells), seed
    assert (found.n_rows, found.n_cols) == (table.n_rows, table.n_cols)
    assert isinstance(before, Paragraph)
    assert (before.text, before.locator) == ("前文说明。", "paragraph 1")
    assert isinstance(after, Paragraph)
    assert (after.text, after.locator) == ("后文说明。", "paragraph 2")
    assert found.locator == "table 1"
    assert {c.locator for c in found.cells if c.col == 0} <= {f"row {row + 1}, column 1" for row in range(99)}


def test_runs_cut_anywhere_and_tracked_changes() -> None:
    document = _body(
        "<w:p><w:r><w:t>收到1</w:t></w:r><w:proofErr/><w:r><w:t>28</w:t></w:r>"
        '<w:del w:id="1" w:author="a"><w:r><w:delText>999</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>件</w:t></w:r></w:ins>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
        "<w:r><w:fldChar/><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["收到128件"]


def test_tracked_row_deletion_is_left_out() -> None:
    rows = "".join(
        f"<w:tr>{mark}<w:tc>{_p(text)}</w:tc><w:tc>{_p('1')}</w:tc></w:tr>"
        for mark, text in [("", "甲"), ('<w:trPr><w:del w:id="1" w:author="a"/></w:trPr>', "乙"), ("", "丙")]
    )
    (table,) = _body(f"<w:tbl>{rows}</w:tbl>").blocks
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells] == ["甲", "1", "丙", "1"]


def test_content_controls_around_rows_and_cells() -> None:
    (table,) = _body(
        "<w:sdt><w:sdtContent><w:tbl>"
        f"<w:sdt><w:sdtContent><w:tr><w:tc>{_p('甲')}</w:tc>"
        f"<w:sdt><w:sdtContent><w:tc>{_p('12')}</w:tc></w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt>"
        "</w:tbl></w:sdtContent></w:sdt>"
    ).blocks
    assert isinstance(table, Table)
    assert [(c.row, c.col, c.text) for c in table.cells] == [(0, 0, "甲"), (0, 1, "12")]


def test_grid_columns_at_which_no_cell_begins_do_not_count() -> None:
    def cell(text: str, span: int) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{_p(text)}</w:tc>'

    (table,) = _body(
        f"<w:tbl><w:tr>{cell('甲', 3)}{cell('乙', 2)}</w:tr><w:tr>{cell('丙', 5)}</w:tr></w:tbl>"
    ).blocks
    assert isinstance(table, Table)
    assert [tuple(c[:5]) for c in table.cells] == [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙"), (1, 0, 1, 2, "丙")]


def test_nested_table_follows_its_outer_table_and_a_frame_is_opened() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{_p('里一')}</w:tc><w:tc>{_p('7')}</w:tc></w:tr></w:tbl>"
    document = _body(
        f"<w:tbl><w:tr><w:tc>{_p('外一')}{inner}<w:p/></w:tc><w:tc>{_p('外二')}</w:tc></w:tr></w:tbl>"
        f"<w:tbl><w:tr><w:tc>{_p('框里的话')}{inner}<w:p/></w:tc></w:tr></w:tbl>"
    )
    first, nested, words, framed = document.blocks
    assert isinstance(first, Table)
    assert [c.text for c in first.cells] == ["外一", "外二"]
    assert isinstance(nested, Table)
    assert [c.text for c in nested.cells] == ["里一", "7"]
    assert nested.locator == "table 1, row 1, column 1, table 1"
    assert isinstance(words, Paragraph)
    assert words.text == "框里的话"
    assert isinstance(framed, Table)
    assert framed.locator == "table 2"


def test_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{_p('框内文字')}</w:txbxContent>"
    document = _body(
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["正文", "框内文字"]


def test_line_breaks_in_a_cell() -> None:
    (table,) = _body(
        f"<w:tbl><w:tr><w:tc>{_p('上行')}{_p('下行')}</w:tc>"
        "<w:tc><w:p><w:r><w:t>3</w:t><w:br/><w:t>4</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    ).blocks
    assert isinstance(table, Table)
    assert [c.text for c in table.cells] == ["上行\n下行", "3\n4"]


def test_printed_list_numbers_are_part_of_the_text() -> None:
    made = docx.Document()
    numbering = made.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlText w:val="%1、"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            '<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for text, depth in [("总述", 0), ("细目", 1), ("细目", 1), ("数据", 0), ("细目", 1)]:
        properties = made.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>')
        )
    texts = [b.text for b in _read(word_files.saved(made)).blocks if isinstance(b, Paragraph)]
    assert texts == ["一、总述", "（1）细目", "（2）细目", "二、数据", "（1）细目"]


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (3, "chineseLegalSimplified", "叁"),
        (4, "decimalEnclosedCircle", "④"),
        (28, "upperLetter", "BB"),
        (14, "lowerRoman", "xiv"),
        (2, "ideographTraditional", "乙"),
        (7, "no such format", "7"),
    ],
)
def test_numerals(number: int, number_format: str, text: str) -> None:
    assert numeral(number, number_format) == text


def test_picture_is_a_block_with_its_bytes() -> None:
    target = io.BytesIO()
    Pillow.new("RGB", (40, 30), "white").save(target, "PNG")
    made = docx.Document()
    made.add_paragraph("图示如下")
    made.add_picture(io.BytesIO(target.getvalue()))
    data = word_files.saved(made)
    images = [block for block in _read(data).blocks if isinstance(block, Image)]
    assert [image.locator for image in images] == ["picture 1"]
    assert dict(word.pictures(data))[images[0].source] == target.getvalue()


def _with_part(data: bytes, name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            new.writestr(item, content if item == name else old.read(item))
    return target.getvalue()


def _status(data: bytes) -> str:
    document = _read(data)
    assert document.blocks == ()
    assert document.detail
    return document.status


def test_bad_files_become_statuses() -> None:
    good = word_files.document(["一段", plain_table(1)])
    assert _read(good).status == "ok"
    assert _status(good[: len(good) // 2]) == "truncated"
    assert _status(b"") == "broken_word"
    assert _status(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "encrypted"
    assert _status(_with_part(good, "word/document.xml", b"<w:document")) == "broken_word"
    assert _status(word_files.document([])) == "empty"


def test_entities_are_refused() -> None:
    xml = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
        b"<w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert _status(_with_part(word_files.document(["一"]), "word/document.xml", xml)) == "broken_word"


def test_part_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.clean.package.MAX_PART_BYTES", 100_000)
    bomb = _with_part(word_files.document(["一"]), "word/document.xml", b" " * 1_000_000)
    assert _status(bomb) == "too_large"


def test_tables_nested_without_end() -> None:
    depth = 40
    xml = "<w:tbl><w:tr><w:tc>" * depth + _p("底") + "<w:p/></w:tc></w:tr></w:tbl>" * depth
    assert _status(word_files.from_body(xml)) == "too_deep"


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_struck_figures_and_marks_of_notes_are_no_digits() -> None:
    mark, off = '<w:vertAlign w:val="superscript"/>', '<w:strike w:val="0"/>'
    document = _body(
        f"<w:p>{_run('56', '<w:strike/>')}{_run('37')}</w:p><w:p>{_run('56', '<w:dstrike/>')}</w:p>"
        f"<w:p>{_run('88')}{_run('1', mark)}</w:p><w:p>{_run('88')}{_run('[2]', mark)}</w:p>"
        f"<w:p>{_run('9', off)}</w:p>"
    )
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [
        "37",
        "56",
        "88（1）",
        "88[2]",
        "9",
    ]


def test_rows_drawn_with_tabs_are_a_table() -> None:
    rows = [("当面申请数", "件", "3"), ("传真申请数", "件", "0"), ("网络申请数", "件", "12")]
    lines = "".join(f"<w:p>{'<w:r><w:tab/></w:r>'.join(_run(text) for text in row)}</w:p>" for row in rows)
    document = _body(_p("前文说明。") + lines)
    first, table = document.blocks
    assert isinstance(first, Paragraph)
    assert isinstance(table, Table)
    assert [(c.row, c.col, c.text) for c in table.cells] == [
        (r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)
    ]
    assert table.locator == "paragraphs 2-4"
