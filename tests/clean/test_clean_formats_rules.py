"""Ruled lines of a page of pixels, without recognition: how the page is turned, what is a rule and what only
looks like one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.clean.page.ruled_grid import Grid, find_grids
from pipeline.clean.scan import pixels
from pipeline.clean.scan.rule_lines import find_rules

LEFT, TOP, WIDE, HIGH = 120, 150, 130, 44
ROWS, COLUMNS = 12, 6
CHAR = 24.0


def _page(ink: int = 0, width: int = 1) -> Image.Image:
    """A table of empty cells under a line of strokes as high as characters."""
    page = Image.new("L", (LEFT * 2 + WIDE * COLUMNS, TOP * 2 + HIGH * ROWS), 255)
    pen = ImageDraw.Draw(page)
    for row in range(ROWS + 1):
        pen.line((LEFT, TOP + row * HIGH, LEFT + COLUMNS * WIDE, TOP + row * HIGH), fill=ink, width=width)
    for col in range(COLUMNS + 1):
        pen.line((LEFT + col * WIDE, TOP, LEFT + col * WIDE, TOP + ROWS * HIGH), fill=ink, width=width)
    for n in range(24):
        pen.rectangle((LEFT + n * 30, 60, LEFT + n * 30 + 20, 60 + int(CHAR)), outline=0, width=3)
    return page


def _grids(page: Image.Image) -> list[Grid]:
    grey = np.asarray(page, dtype=np.uint8)
    across, down, _ = find_rules(grey, pixels.binary(grey), CHAR)
    return find_grids(across, down, snap=0.22 * CHAR, gap=0.4 * CHAR)


@pytest.mark.parametrize("ink", [0, 215])
@pytest.mark.parametrize("degrees", [-2.6, -0.4, 0.0, 1.3])
def test_how_a_page_is_turned(degrees: float, ink: int) -> None:
    page = _page(ink).rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    assert abs(pixels.turn_of(np.asarray(page, dtype=np.uint8)) - degrees) <= 0.06


def test_a_page_without_ink_is_not_turned() -> None:
    assert pixels.turn_of(np.full((900, 700), 255, dtype=np.uint8)) == 0.0


def test_a_rule_that_is_partly_lost_is_found_where_it_must_run() -> None:
    page = _page()
    pen = ImageDraw.Draw(page)
    for x in range(
        LEFT + 2 * WIDE + 2, LEFT + 3 * WIDE, 11
    ):  # one side of a cell is broken into pieces, another is pale
        pen.rectangle((x, TOP + 5 * HIGH - 2, x + 1, TOP + 5 * HIGH + 2), fill=255)
    x = LEFT + 4 * WIDE
    pen.line((x, TOP + 7 * HIGH + 2, x, TOP + 8 * HIGH - 2), fill=140)
    (grid,) = _grids(page)
    assert (grid.n_rows, grid.n_cols, len(grid.regions)) == (ROWS, COLUMNS, ROWS * COLUMNS)


def test_a_cell_over_two_columns_stays_one_though_a_stroke_of_its_text_stands_there() -> None:
    page = _page()
    pen = ImageDraw.Draw(page)
    x, y = LEFT + 3 * WIDE, TOP + 4 * HIGH
    pen.line((x, y + 2, x, y + HIGH - 2), fill=255)
    pen.line((x, y + 12, x, y + 32), fill=0, width=3)
    (grid,) = _grids(page)
    assert len(grid.regions) == ROWS * COLUMNS - 1


def test_a_streak_over_the_whole_page_is_no_rule() -> None:
    page = _page()
    ImageDraw.Draw(page).line((LEFT + 40, 0, LEFT + 40, page.height), fill=90)
    (grid,) = _grids(page)
    assert (grid.n_rows, grid.n_cols) == (ROWS, COLUMNS)


def test_strokes_that_hang_in_a_cell_are_no_rules() -> None:
    page = _page()
    pen = ImageDraw.Draw(page)
    pen.line((LEFT + 20, TOP + 60, LEFT + 100, TOP + 60), fill=0, width=4)  # bold characters run together
    pen.arc(
        (LEFT + 150, TOP + 190, LEFT + 420, TOP + 460), 0, 360, fill=120, width=4
    )  # a stamp copied to grey
    (grid,) = _grids(page)
    assert (grid.n_rows, grid.n_cols) == (ROWS, COLUMNS)
