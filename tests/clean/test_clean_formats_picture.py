"""The reader of pictures and scans: pages drawn here, recognised, compared cell by cell.

A figure may come out doubtful (then the true one is among its readings) but never wrong in silence.
"""

from __future__ import annotations

import io
import re
import secrets
import struct
import unicodedata
import zlib
from difflib import SequenceMatcher

import pytest
from PIL import Image, ImageChops, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.clean.pdf import reader as pdf
from pipeline.clean.scan import picture
from pipeline.clean.scan.ocr import decode
from pipeline.document import Document, Paragraph, Table
from tests.drawn.files import pdf_files, picture_files
from tests.drawn.files.drawn_tables import (
    DrawnTable,
    fifteen_columns,
    grouped_table,
    plain_table,
    without_space,
)

pytestmark = pytest.mark.slow

needs_font = pytest.mark.skipif(not picture_files.font_paths(), reason=picture_files.NEEDED)


def _read(data: bytes) -> Document:
    return picture.read(data, sha256="0" * 64)


def _tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def _plain(text: str) -> str:
    return without_space(unicodedata.normalize("NFKC", text))


def _check(table: DrawnTable, found: Table, note: object) -> None:
    """Same grid; every figure right, or doubtful with the right one among its readings."""
    assert found.method == "ocr"
    places = {cell[:4] for cell in table.cells}
    assert {cell[:4] for cell in found.cells} == places, note
    read = {cell[:4]: cell for cell in found.cells}
    doubtful = 0
    for cell in table.cells:
        if not (cell.text.isdigit() or not cell.text):
            continue
        got = read[cell[:4]]
        if got.text != cell.text:
            assert cell.text in got.readings or got.readings == picture.UNREAD, (note, cell, got)
            doubtful += 1
    assert doubtful <= 0.02 * len(table.cells), (note, doubtful)


@needs_font
@pytest.mark.parametrize("dots", [120, 150, 200])
def test_clean_page(dots: int) -> None:
    seed = secrets.randbelow(10**9)
    tables = [plain_table(seed), grouped_table(seed), fifteen_columns(seed)]
    page = picture_files.page(["文件整理工作报告", *tables], dots=dots)
    found = _tables(_read(picture_files.encoded(page)))
    assert len(found) == 3, seed
    for table, read in zip(tables, found, strict=True):
        _check(table, read, (seed, dots))


@needs_font
@pytest.mark.parametrize("degrees", [-2.0, 1.2])
def test_turned_and_noisy_page(degrees: float) -> None:
    seed = secrets.randbelow(10**9)
    tables = [plain_table(seed), grouped_table(seed)]
    page = picture_files.noisy(picture_files.turned(picture_files.page(tables, dots=170), degrees), seed, 8.0)
    found = _tables(_read(picture_files.encoded(page, "JPEG")))
    assert len(found) == 2, seed
    for table, read in zip(tables, found, strict=True):
        _check(table, read, (seed, degrees))


@needs_font
@pytest.mark.parametrize("font", picture_files.font_paths())
def test_lone_zeros_are_not_lost(font: str) -> None:
    cells = tuple(
        cell._replace(text="0") if cell.row >= 3 and cell.col >= 3 else cell
        for cell in grouped_table(1).cells
    )
    table = DrawnTable(13, 10, cells, 3, grouped_table(1).widths)
    (found,) = _tables(_read(picture_files.encoded(picture_files.page([table], font=font))))
    read = [cell for cell in found.cells if cell.row >= 3 and cell.col >= 3]
    assert len(read) == 70
    assert {cell.text for cell in read} == {"0"}


@needs_font
def test_text_outside_tables_is_in_reading_order() -> None:
    words = "本年度各部门按照统一要求整理文件，逐项核对目录并更新栏目，共整理文件128件，其中修订16件。"
    page = picture_files.page([words * 2, plain_table(3), "表后说明一句话。"])
    document = _read(picture_files.encoded(page))
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Paragraph, Table, Paragraph]
    first, _, last = document.blocks
    assert isinstance(first, Paragraph)
    assert isinstance(last, Paragraph)
    for read, true in ((first.text, words * 2), (last.text, "表后说明一句话。")):
        assert SequenceMatcher(None, _plain(read), _plain(true)).ratio() >= 0.95
        assert re.findall(r"\d+", read) == re.findall(r"\d+", true)


@needs_font
def test_red_seal_does_not_hide_figures() -> None:
    table = plain_table(8, blanks=False)
    page = picture_files.page([table]).convert("RGB")
    seal = Image.new("RGB", page.size, "white")
    ImageDraw.Draw(seal).ellipse((500, 120, 800, 420), outline=(225, 40, 40), width=9)
    (found,) = _tables(_read(picture_files.encoded(ImageChops.multiply(page, seal))))
    _check(table, found, "seal")


@needs_font
def test_scanned_pdf_pages_are_recognised() -> None:
    table = plain_table(secrets.randbelow(10**9), blanks=False)
    data = picture_files.scanned_pdf([picture_files.page([table]), picture_files.page(["第二页的一句话。"])])
    document = pdf.read(data, sha256="0" * 64, media_type="application/pdf")
    (found,) = _tables(document)
    _check(table, found, "scan")
    assert found.locator == "page 1, table 1"
    assert document.blocks[-1].locator == "page 2, paragraph 1"


@needs_font
def test_table_that_is_a_picture_on_a_page_of_text() -> None:
    table = plain_table(5, blanks=False)
    drawn = picture_files.page([table]).crop((100, 100, 1160, 420))

    def paint(canvas: Canvas) -> None:
        canvas.setFont(pdf_files.FONT, 12)
        canvas.drawString(60, 780, "本年度整理工作的数据见下表，各项数据截至年末，由各部门分别核对后汇总。")
        canvas.drawImage(ImageReader(drawn), 60, 600, 480, 480 * drawn.height / drawn.width)
        canvas.drawString(60, 540, "以上数据与上一年度的口径一致，没有需要另行说明的事项，特此写明。")

    before, found, after = pdf.read(pdf_files.drawn(paint), sha256="0" * 64).blocks
    assert isinstance(before, Paragraph)
    assert isinstance(after, Paragraph)
    assert isinstance(found, Table)
    _check(table, found, "picture on a page")


@needs_font
def test_pages_of_a_tiff() -> None:
    target = io.BytesIO()
    first, second = (picture_files.page([plain_table(seed), "页末的一句话。"]) for seed in (1, 2))
    first.save(target, "TIFF", save_all=True, append_images=[second], compression="tiff_lzw")
    assert [table.locator for table in _tables(_read(target.getvalue()))] == [
        "page 1, table 1",
        "page 2, table 1",
    ]


def test_decode_keeps_the_doubt() -> None:
    import numpy as np

    characters = ["", "3", "8", "1"]
    rows = [[0.99, 0, 0, 0.01], [0.01, 0.55, 0.4, 0.04], [0.97, 0.01, 0.01, 0.01], [0.0, 0.0, 0.0, 1.0]]
    reading = decode(np.array(rows, dtype=np.float32), characters)
    assert reading.text == "31"
    assert reading.others[0] == "81"


def _status(data: bytes) -> str:
    document = _read(data)
    assert document.blocks == ()
    assert document.detail
    return document.status


def _png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def test_bad_files_become_statuses() -> None:
    blank = picture_files.encoded(Image.new("L", (300, 200), 255))
    assert _status(blank) == "empty"
    assert _status(b"no picture") == "broken_picture"
    assert _status(b"") == "broken_picture"
    assert _status(_png_of_size(50_000, 50_000)) == "too_large"
    assert _status(_png_of_size(50_000, 20)) == "too_large"
    whole = picture_files.encoded(Image.effect_noise((400, 400), 60), "JPEG")
    assert _status(whole[: len(whole) // 2]) == "truncated"
