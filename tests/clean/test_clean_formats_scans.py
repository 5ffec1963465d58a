"""Scans as they come: dirty, pale or dotted rules, shaded cells, pages on their side, slices of a picture,
slashes and dashes."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.clean.scan import picture, pixels
from pipeline.clean.scan.marks import is_dash, is_speck, with_dashes, without_strays
from pipeline.clean.scan.ocr import Reading
from pipeline.clean.scan.picture_series import inline_bytes, read_series
from pipeline.clean.scan.pixels import Box
from pipeline.document import Table
from pipeline.reading.files import read_together
from tests.drawn.files import picture_files, report_files, word_files
from tests.drawn.files.drawn_tables import DrawnCell, DrawnTable, grouped_table

pytestmark = pytest.mark.slow

needs_font = pytest.mark.skipif(not picture_files.font_paths(), reason=picture_files.NEEDED)


def _figures(data: bytes) -> list[list[str]]:
    (table,) = [b for b in picture.read(data, sha256="0" * 64).blocks if isinstance(b, Table)]
    return _rows(table)


def _rows(table: Table) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in sorted(table.cells, key=lambda c: (c.row, c.col)):
        rows.setdefault(cell.row, []).append(cell.text)
    return [row for _, row in sorted(rows.items())]


def _list(texts: list[str]) -> DrawnTable:
    cells = [DrawnCell(0, 0, 1, 1, "事项名称"), DrawnCell(0, 1, 1, 1, "本期数量")]
    for row, text in enumerate(texts, start=1):
        cells += [DrawnCell(row, 0, 1, 1, "甲类文件"), DrawnCell(row, 1, 1, 1, text)]
    return DrawnTable(len(texts) + 1, 2, tuple(cells), 1, (2.0, 1.0))


FIGURES = ["12.5", "0", "308", "7", "1", "46", "0", "0", "1024.75"]


@needs_font
def test_salt_and_pepper_hide_no_figure_and_no_decimal_point() -> None:
    page = picture_files.salted(picture_files.page([_list(FIGURES)], dots=200), 0.02)
    assert [row[1] for row in _figures(picture_files.encoded(page))[1:]] == FIGURES


def test_a_decimal_point_is_no_dirt_and_a_lone_dot_is() -> None:
    ink = np.zeros((60, 200), dtype=np.uint8)
    ink[20:40, 20:30] = ink[20:40, 44:54] = 255  # two digits
    ink[36:40, 35:39] = 255  # the point between them
    ink[30:34, 150:154] = 255  # a speck by itself
    dirt = pixels._stray(ink, 24.0)
    assert not dirt[36:40, 35:39].any()
    assert dirt[30:34, 150:154].all()


def _ruled(draw: Callable[[ImageDraw.ImageDraw, int, int, int, int], None], ground: int = 255) -> Image.Image:
    """A list whose rules ``draw`` paints, from point to point."""
    page = picture_files.page([_list(FIGURES)], dots=200, line=0).point(lambda v: min(v, ground))
    pen = ImageDraw.Draw(page)
    left, right, top, high = 180, 1474, 180, 46
    for n in range(len(FIGURES) + 2):
        draw(pen, left, top + n * high, right, top + n * high)
    for x in (left, left + (right - left) * 2 // 3, right):
        draw(pen, x, top, x, top + (len(FIGURES) + 1) * high)
    return page


def _pale(pen: ImageDraw.ImageDraw, x0: int, y0: int, x1: int, y1: int) -> None:
    pen.line((x0, y0, x1, y1), fill=225)


def _dotted(pen: ImageDraw.ImageDraw, x0: int, y0: int, x1: int, y1: int) -> None:
    for step in range(0, max(x1 - x0, y1 - y0), 5):
        x, y = (x0 + step, y0) if y0 == y1 else (x0, y0 + step)
        pen.rectangle((x, y, x + 1, y + 1), fill=0)


def _white(pen: ImageDraw.ImageDraw, x0: int, y0: int, x1: int, y1: int) -> None:
    pen.line((x0, y0, x1, y1), fill=255, width=2)


@needs_font
@pytest.mark.parametrize(("draw", "ground"), [(_pale, 255), (_dotted, 255), (_white, 225)])
def test_rules_that_are_pale_or_dotted_or_lighter_than_the_ground(
    draw: Callable[[ImageDraw.ImageDraw, int, int, int, int], None], ground: int
) -> None:
    rows = _figures(picture_files.encoded(_ruled(draw, ground)))
    assert [row[-1] for row in rows[1:]] == FIGURES


@needs_font
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_pages_on_their_side_or_upside_down(quarters: int) -> None:
    page = picture_files.page(["文件整理工作报告，按照统一要求逐项核对。", grouped_table(3)], dots=150)
    assert _figures(picture_files.encoded(page.rotate(90 * quarters, expand=True))) == _figures(
        picture_files.encoded(page)
    )


@needs_font
def test_slices_of_one_picture_are_put_together() -> None:
    page = picture_files.page([grouped_table(5)], dots=150)
    cuts = [0, 410, 777, page.height]  # the first two go through the table
    slices = [picture_files.encoded(page.crop((0, a, page.width, b))) for a, b in pairwise(cuts)]
    (table,) = [b for b in read_series(slices).blocks if isinstance(b, Table)]
    assert _rows(table) == _figures(picture_files.encoded(page))


def test_a_picture_within_its_address() -> None:
    assert inline_bytes("data:image/png;base64,aGF s\nbG8=") == b"hallo"
    assert inline_bytes("data:image/svg+xml;charset=utf-8,%3Csvg%3E") == b"<svg>"
    assert inline_bytes("/upload/a.png") == b""
    assert inline_bytes("data:image/png;base64,a") == b""


@needs_font
@pytest.mark.parametrize("font", picture_files.font_paths())
def test_slashes_and_dashes_are_no_ones_and_no_blanks(font: str) -> None:
    texts = ["0", "/", "1", "-", "0", "—", "/", "11", "0", "", "0"]
    rows = _figures(picture_files.encoded(picture_files.page([_list(texts)], dots=150, font=font)))
    told = ["dash" if row[1] in ("-", "—", "_", "一", "–") else row[1] for row in rows[1:]]
    assert told == ["0", "/", "1", "dash", "0", "dash", "/", "11", "0", "", "0"]


def test_marks() -> None:
    assert is_dash(Box(0, 0, 6, 2), 18.0)
    assert not is_speck(Box(0, 0, 6, 2), 18.0)
    assert is_speck(Box(0, 0, 4, 4), 24.0)
    assert not is_speck(Box(0, 0, 4, 17), 24.0)


@pytest.mark.parametrize(
    ("text", "box", "told"),
    [("一", Box(40, 28, 50, 36), "-"), ("一", Box(40, 22, 50, 38), "一"), ("7", Box(40, 28, 50, 36), "7")],
)
def test_a_smeared_dash(text: str, box: Box, told: str) -> None:
    (reading,) = with_dashes([box], [Box(0, 0, 90, 64)], [Reading(text, ("1",), 0.4)], 24.0)
    assert reading.text == told


@pytest.mark.parametrize(("box", "told"), [(Box(30, 10, 40, 30), "/"), (Box(30, 0, 60, 40), "")])
def test_a_stroke_that_runs_out_of_its_cell_is_no_slash(box: Box, told: str) -> None:
    (reading,) = without_strays([box], [Box(0, 0, 90, 40)], [Reading("/", (), 0.9)])
    assert (reading.text, bool(reading.others)) == (told, not told)


@pytest.mark.parametrize(
    ("read", "figure"),
    [("ò", "0"), ("日", "0"), ("0)", "0"), ("29_", "29"), ("(5)", "(5)"), ("日期", "日期"), ("件", "件")],
)
def test_what_a_figure_is_misread_as(read: str, figure: str) -> None:
    text, others = picture._cell_text([(Box(0, 0, 20, 20), Reading(read, (), 0.9))], 24.0)
    assert text == figure
    assert (others != ()) == (read != figure)  # what was changed stays doubtful


@needs_font
def test_a_tall_picture_is_read_to_its_end() -> None:
    words = [f"第{n}条，本年度共整理文件{100 + 7 * n}件。" for n in range(1, 25)]
    pages = [picture_files.page(words[n : n + 8], dots=110) for n in range(0, len(words), 8)]
    tall = Image.new("L", (pages[0].width, sum(p.height for p in pages)), 255)
    for n, page in enumerate(pages):
        tall.paste(page, (0, n * page.height))
    read = picture.read(picture_files.encoded(tall), sha256="0" * 64).blocks
    text = "".join(getattr(b, "text", "") for b in read)
    assert [f"{100 + 7 * n}件" in text for n in range(1, 25)] == [True] * 24


@needs_font
def test_too_large_a_picture_costs_nothing() -> None:
    target = io.BytesIO()
    Image.new("1", (400, 31_000), 1).save(target, "PNG")
    assert picture.read(target.getvalue(), sha256="0" * 64).status == "too_large"


def _values(files: list[tuple[str, bytes]]) -> dict[tuple[str, str | None], object]:
    (report,) = [r for answer in read_together(files) for r in answer.reports]
    return {(o.indicator, o.applicant): o.resolved for o in report.observations if o.method == "ocr"}


@needs_font
@pytest.mark.parametrize(
    "way", ["slices beside the page", "pictures within the page", "pictures in a Word file"]
)
def test_pages_of_nothing_but_pictures_are_one_report(way: str) -> None:
    made = report_files.report("v2021", 11)
    pages = report_files.pictures(made, dots=120)
    if way == "pictures in a Word file":
        files = [("r.docx", word_files.of_pictures([picture_files.encoded(page) for page in pages]))]
    elif way == "pictures within the page":
        inline = [
            f"data:image/png;base64,{base64.b64encode(picture_files.encoded(page)).decode()}"
            for page in pages
        ]
        files = [("r.html", report_files.html_of_pictures(made.title, inline))]
    else:
        slices = picture_files.sliced(pages, random.Random(3))
        files = [
            ("r.html", report_files.html_of_pictures(made.title, [f"s{n}.png" for n in range(len(slices))]))
        ]
        files += [(f"s{n}.png", data) for n, data in enumerate(slices)]
    read = _values(files)
    shown = {key: cell.printed for key, cell in made.cells.items() if cell.printed is not None}
    wrong = {key: (read.get(key), figure) for key, figure in shown.items() if read.get(key) != figure}
    assert len(wrong) <= 0.02 * len(shown), wrong


@needs_font
def test_grey_paper_made_of_black_dots() -> None:
    page = (
        picture_files.page([_list(FIGURES)], dots=200).point(lambda v: min(v, 236)).convert("1").convert("L")
    )
    assert [row[1] for row in _figures(picture_files.encoded(page))[1:]] == FIGURES
