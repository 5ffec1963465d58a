"""The layout of one PDF page: which glyphs stand in ruled tables, which in tables without rules, which in
running text; and which lines are page furniture."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.chinese.days import YEAR
from pipeline.clean.page.aligned_columns import Frame, is_figure
from pipeline.clean.page.aligned_table import AlignedTable, find_aligned_tables
from pipeline.clean.page.blocks import PageBlock, PageCell, PagePicture, PageTable, PageText
from pipeline.clean.page.note_marks import with_notes
from pipeline.clean.page.ruled_grid import Grid, find_grids
from pipeline.clean.page.shapes import Glyph, PageContent, Picture
from pipeline.clean.page.text_flow import (
    Line,
    Placed,
    cell_text,
    joined,
    paragraphs_of,
    reading_order,
    rows_of,
    runs_of,
)

MARGIN = 0.12
"""Share of the page's height at its top and bottom in which furniture stands."""

_FIGURE_SIGNS = frozenset("0123456789.,")
_TOUCHING = 0.06
"""Share of a digit's size within which the next digit of the same figure begins."""
_SPILL = 0.2
"""Share of a character's size within which the next one of the same label stands."""
_MIN_STACKED = 5
"""Lines of figures over each other that are no figure cut by a narrow cell."""
_PAGE_NUMBER = re.compile(r"[-—–－~·.•|/\s]*(?:第|共|页|/|of|page|Page|PAGE|[-—–－~·.•|\s]|\d)+")
_BARE_NUMBER = re.compile(r"\d{1,4}")
_DIGITS = re.compile(r"\d+")
_COUNT = re.compile(rf"(?<!\d)(?!{YEAR}(?!\d))\d+")
"""A number that may be a page's: a year is none, so that the titles of two years' reports stay."""


@dataclass(slots=True)
class PageLayout:
    """A page between extraction and reading order: its ruled tables with their glyphs by cell, and the
    rows of text outside of them."""

    content: PageContent
    grids: list[Grid]
    by_cell: list[list[list[Glyph]]]
    rows: list[list[Line]]
    boxes: list[list[list[Glyph]]] = field(default_factory=list)


def lay_out(content: PageContent) -> PageLayout:
    """Parts a page's glyphs between ruled tables and running text."""
    grids = sorted(find_grids(content.horizontal, content.vertical), key=lambda grid: grid.area)
    held: list[list[list[Glyph]]] = [[[] for _ in grid.regions] for grid in grids]
    loose: list[Glyph] = []
    live = [(number, grid) for number, grid in enumerate(grids) if len(grid.regions) > 1]
    last: Glyph | None = None
    place = (-1, -1)
    spilt: dict[tuple[int, int, int], list[Glyph]] = {}
    glyphs = with_notes(content.glyphs)
    middle = _middles_of_figures(glyphs) if live else {}
    for at, glyph in enumerate(glyphs):
        x, y = middle.get(at) or (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
        for number, grid in live:
            region = grid.region_at(x, y)
            if region is not None:
                if (
                    last is not None
                    and place != (number, region)
                    and place[0] == number
                    and _runs_over(last, glyph)
                ):
                    spilt.setdefault((number, place[1], region), []).append(glyph)
                else:
                    place = (number, region)
                    held[number][region].append(glyph)
                break
        else:
            place = (-1, -1)
            loose.append(glyph)
        last = glyph
    for (number, begun, region), over in spilt.items():
        beside = is_figure("".join(glyph.text for glyph in held[number][region]).strip())
        held[number][begun if beside else region] += over
    kept = PageLayout(content, [], [], [])
    for number, grid in live:
        cells = held[number]
        filled = sum(1 for cell in cells if cell)
        if filled == 0:
            continue
        if _lacks_rules_between_rows(grid, cells):
            loose += [glyph for cell in cells for glyph in cell]
            continue
        if filled < 2 or grid.n_cols == 1 or _is_prose(grid, cells):
            kept.boxes.extend([cell] for cell in cells if cell)
            continue
        kept.grids.append(grid)
        kept.by_cell.append(cells)
    order = sorted(range(len(kept.grids)), key=lambda i: (kept.grids[i].ys[0], kept.grids[i].xs[0]))
    kept.grids = [kept.grids[i] for i in order]
    kept.by_cell = [kept.by_cell[i] for i in order]
    kept.rows = rows_of(runs_of(loose))
    return kept


def _middles_of_figures(glyphs: Sequence[Glyph]) -> dict[int, float]:
    """For the characters of figures, by their numbers, the middle of the whole figure: one that is wider than
    its cell stands in the cell of its middle."""
    middles: dict[int, float] = {}
    begun = 0
    for number in range(1, len(glyphs) + 1):
        last = glyphs[number - 1]
        if (
            number < len(glyphs)
            and last.text in _FIGURE_SIGNS
            and (glyph := glyphs[number]).text in _FIGURE_SIGNS
            and abs(glyph.x0 - last.x1) < _TOUCHING * glyph.size
            and abs(glyph.y0 - last.y0) < _SPILL * glyph.size
        ):
            continue
        if number - begun > 1:
            centre = (glyphs[begun].x0 + last.x1) / 2
            middles.update(dict.fromkeys(range(begun, number), centre))
        begun = number
    return middles


def _runs_over(last: Glyph, glyph: Glyph) -> bool:
    """Whether a character follows the one before so closely that a label runs over the rule between them."""
    return (
        last.text > "\u2e80" < glyph.text
        and abs(glyph.y0 - last.y0) < _SPILL * glyph.size
        and abs(glyph.x0 - last.x1) < _SPILL * glyph.size
    )


def _lacks_rules_between_rows(grid: Grid, cells: list[list[Glyph]]) -> bool:
    """Whether only upright rules part the figures: several cells beside each other hold a column of figures
    each."""
    columns: dict[int, int] = defaultdict(int)
    for region, cell in zip(grid.regions, cells, strict=True):
        lines = {round((glyph.y0 + glyph.y1) / 6) for glyph in cell}
        if len(lines) >= _MIN_STACKED and is_figure(
            "".join(glyph.text for glyph in cell if glyph.text != " ")
        ):
            columns[region.row] += 1
    return max(columns.values(), default=0) >= 3


def _is_prose(grid: Grid, cells: list[list[Glyph]]) -> bool:
    """A frame around running text: few cells and all of them long."""
    filled = [len(cell) for cell in cells if cell]
    return len(filled) <= 4 and grid.n_rows <= 2 and min(filled) > 120


def furniture(pages: Sequence[PageLayout]) -> list[set[int]]:
    """For each page the numbers of the rows (in ``PageLayout.rows``) that are page numbers or running
    heads: in the top or bottom margin, and either shaped like a page number or printed on several pages
    at the same height."""
    drop: list[set[int]] = [set() for _ in pages]
    seen: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    bare: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, page in enumerate(pages):
        height = page.content.height
        inner_top = min((grid.ys[0] for grid in page.grids), default=height)
        inner_low = max((grid.ys[-1] for grid in page.grids), default=0.0)
        for index, row in enumerate(page.rows):
            middle = row[0].middle
            in_top = middle < MARGIN * height and middle < inner_top and index < 3
            in_low = middle > (1 - MARGIN) * height and middle > inner_low and index >= len(page.rows) - 3
            if not (in_top or in_low) or sum(1 for piece in row if is_figure(piece.text)) >= 3:
                continue  # a row of figures is none
            text = "".join(piece.text for piece in row).replace(" ", "")
            if _BARE_NUMBER.fullmatch(text):
                bare[int(text) - number].append((number, index))
            elif _PAGE_NUMBER.fullmatch(text) and _DIGITS.search(text) and len(text) <= 16:
                drop[number].add(index)
            seen[(_COUNT.sub("#", text), round(middle / 4))].append((number, index))
    for (text, level), places in list(seen.items()):
        near = places + seen.get((text, level + 1), [])
        sheets = {number for number, _ in near}
        if text and text != "#" and len(sheets) >= 2 and (len(sheets) >= 3 or len(pages) <= 4):
            for number, index in near:
                drop[number].add(index)
    for offset, places in bare.items():
        if len(places) >= 2 or offset == 1:
            for number, index in places:
                drop[number].add(index)
    return drop


def text_edges(pages: Sequence[PageLayout]) -> tuple[float, float] | None:
    """Left and right edge of the running text over all pages, where there are enough lines to tell."""
    lines = [piece for page in pages for row in page.rows for piece in row if len(piece.text) > 12]
    if len(lines) < 4:
        return None
    rights = sorted(line.x1 for line in lines)
    return min(line.x0 for line in lines), rights[max(0, len(rights) - 2)]


def page_blocks(
    page: PageLayout,
    dropped: set[int],
    edges: tuple[float, float] | None,
    pictures: Sequence[tuple[Picture, Sequence[PageBlock]]] = (),
    before: Frame | None = None,
) -> list[PageBlock]:
    """The page's blocks in reading order. ``pictures`` are pictures with the blocks that stand for them;
    ``before`` is the frame of a table without rules that ended the page before."""
    rows = [row for index, row in enumerate(page.rows) if index not in dropped]
    free_rules = [
        rule
        for rule in page.content.horizontal
        if not any(grid.ys[0] - 3 <= rule.at <= grid.ys[-1] + 3 for grid in page.grids)
    ]
    aligned = find_aligned_tables(rows, free_rules, before)
    taken = {index for table in aligned for index in range(table.first, table.last)}
    rows = [row for index, row in enumerate(rows) if index not in taken]
    made: list[list[PageBlock]] = []
    things: list[Placed] = []

    def place(blocks: list[PageBlock], box: tuple[float, float, float, float]) -> None:
        things.append(Placed(*box, len(made), None))
        made.append(blocks)

    for grid, cells in zip(page.grids, page.by_cell, strict=True):
        place([_ruled(grid, cells)], (grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1]))
    for table in aligned:
        place([_inferred(table)], table.box)
    for box in page.boxes:
        glyphs = [glyph for cell in box for glyph in cell]
        lines = [row[0] for row in rows_of(runs_of(glyphs), split=1000.0)]
        texts: list[PageBlock] = [PageText(flow.text) for flow in paragraphs_of(lines)]
        place(texts, _extent(glyphs))
    for picture, blocks in pictures:
        place(list(blocks), picture[:4])
    strips = reading_order(rows, things)
    result: list[PageBlock] = []
    for strip in strips:
        own = edges if len(strips) == 1 else None
        for block in _strip_blocks(strip, made, own):
            last = result[-1] if result else None
            if isinstance(last, PageText) and isinstance(block, PageText) and len(strips) > 1:
                result[-1:] = _over_column_end(last, block)
            else:
                result.append(block)
    return result


def _over_column_end(last: PageText, block: PageText) -> list[PageBlock]:
    if last.open_end and block.flush:
        return [PageText(joined(last.text, block.text), block.open_end, last.flush)]
    return [last, block]


def _strip_blocks(
    strip: Sequence[Placed], made: Sequence[Sequence[PageBlock]], edges: tuple[float, float] | None
) -> list[PageBlock]:
    lines = [item.line for item in strip if item.line is not None]
    if edges is None and lines:
        edges = min(line.x0 for line in lines), max(line.x1 for line in lines)
    result: list[PageBlock] = []
    group: list[Line] = []

    def flush() -> None:
        result.extend(PageText(f.text, f.open_end, f.flush) for f in paragraphs_of(group, edges))
        group.clear()

    for item in strip:
        if item.line is not None:
            group.append(item.line)
        else:
            flush()
            result.extend(made[item.number])
    flush()
    return result


def _extent(glyphs: Sequence[Glyph]) -> tuple[float, float, float, float]:
    return (
        min(g.x0 for g in glyphs), min(g.y0 for g in glyphs),
        max(g.x1 for g in glyphs), max(g.y1 for g in glyphs),
    )  # fmt: skip


def _ruled(grid: Grid, cells: Sequence[Sequence[Glyph]]) -> PageTable:
    return PageTable(
        grid.xs,
        grid.n_rows,
        tuple(
            PageCell(*region, cell_text(glyphs)) for region, glyphs in zip(grid.regions, cells, strict=True)
        ),
    )


def _inferred(table: AlignedTable) -> PageTable:
    columns = table.frame.columns
    inner = [(a[1] + b[0]) / 2 for a, b in itertools.pairwise(columns)]
    return PageTable(
        (columns[0][0], *inner, columns[-1][1]),
        table.n_rows,
        tuple(PageCell(cell.row, cell.col, 1, cell.colspan, cell.text) for cell in table.cells),
        ruled=False,
        frame=table.frame,
    )


def unread_picture(picture: Picture, number: int) -> PagePicture:
    """Stands for a picture of the page that was not recognised; its name gives its size in pixels."""
    return PagePicture(f"picture-{number}-{picture.px_width}x{picture.px_height}")
