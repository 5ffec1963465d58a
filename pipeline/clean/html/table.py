"""One ``table`` of an HTML page as a grid of cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from selectolax.lexbor import LexborNode

from pipeline.chinese.units import PRINTED_UNIT
from pipeline.clean.html.div_table import elements
from pipeline.clean.line_lists import told
from pipeline.document import UNREAD, Cell, Table

MAX_SPAN = 100
_SHORT = 120
Shown = tuple[str, int, int]
"""A cell's text, its rowspan and its colspan."""
_CELLS = ("td", "th")
_new = tuple.__new__  # of a named tuple it takes half the time of the class itself
_CUT_ENDS = ("…", ".")
_CUT_LEAST = 3
_LEAST_BELOW = 2
_LEAST_PARTED = 3
_LEAST_TOLD = 6
_MOST_BLOCKS = 40  # of a cell, among which one may hold all its lines
_SPACER = re.compile(r"(?:spacer|blank|space|transparent|pixel|dot|line|clear)[-_\d]*\.(?:gif|png)", re.I)
_CELL_FIGURE = re.compile(
    rf"(?:[-+－]?\d[\d.,， ]*|[-—－/／无零〇])(?:{PRINTED_UNIT})?(?:[(（][^()（）]*[)）])?"
)
_WORD = re.compile(r"[\u4e00-\u9fff]")


def one_line(text: str | None) -> str:
    """Text without line breaks and doubled spaces; of None nothing."""
    return " ".join((text or "").split())


def is_data_despite_nesting(node: LexborNode) -> bool:
    """A table with a table inside is data only where most of its own cells are short and hold none, in rows
    of several."""
    short = deep = 0
    for row in node.css("tr"):
        if not _belongs(row, node) or len(elements(row)) < 2:
            continue
        for cell in elements(row):
            if cell.css_first("table") is not None:
                deep += 1
            elif len(cell.text(deep=True)) < 60:
                short += 1
    return short >= 12 and short > 8 * deep


def _belongs(row: LexborNode, table: LexborNode) -> bool:
    parent = row.parent
    while parent is not None and parent.tag != "table":
        parent = parent.parent
    return parent is not None and parent.mem_id == table.mem_id


def inside_taken(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "html":
            return False
        parent = parent.parent
    return True  # its outer table was taken out of the tree


def rows_below(node: LexborNode) -> list[LexborNode]:
    """The tables of one row that follow a table of one row with nothing between: each is a row of the same
    table."""
    found: list[LexborNode] = []
    last = node
    while len(last.css("tr")) == 1:
        following = last.next
        while following is not None and following.is_text_node and not (following.text_content or "").strip():
            following = following.next
        if following is None or following.tag != "table" or len(following.css("tr")) != 1:
            break
        found.append(following)
        last = following
    return found if len(found) >= _LEAST_BELOW else []


def read_table(node: LexborNode, locator: str, more: Sequence[LexborNode] = ()) -> Table | None:
    """The figures and labels of a table, ``more`` being tables that are rows of it; None where it holds
    none."""
    nested = len(node.css("table")) > 1
    nodes = [node, *more]
    looked_at = [found for each in nodes for found in each.css("[colspan],[rowspan],img")]
    spanning = {found.mem_id for found in looked_at}
    pictured = {_cell_around(found) for found in looked_at if found.tag == "img" and not _is_spacer(found)}
    rows: list[list[Shown]] = []
    for row in [row for each in nodes for row in each.css("tr")]:
        if nested and not _belongs(row, node):
            continue
        cells = [cell for cell in row.iter() if cell.tag in _CELLS]
        texts = [_cell_text(cell.text(deep=True)) for cell in cells]
        whole = "".join(texts)
        if any(end in whole for end in _CUT_ENDS):
            texts = [_whole_text(cell, text) for cell, text in zip(cells, texts, strict=True)]
            whole = "".join(texts)
        if pictured:
            texts = [
                text or (UNREAD if cell.mem_id in pictured else "")
                for cell, text in zip(cells, texts, strict=True)
            ]
        shown = [
            (text, *_spans(cell)) if cell.mem_id in spanning else (text, 1, 1)
            for cell, text in zip(cells, texts, strict=True)
        ]
        rows += parted(shown, cells) if "\n" in whole and any(map(str.isdigit, whole)) else [shown]
    rows = _with_figures_apart(rows)
    if not _holds_data([text for row in rows for text, _, _ in row]):
        return None
    caption = node.css_first("caption")
    return grid_table(rows, locator, one_line(caption.text()) if caption is not None else "")


def _with_figures_apart(rows: list[list[Shown]]) -> list[list[Shown]]:
    """The rows of a table whose cells hold a label, a colon and its figure each, with the figures in cells of
    their own."""
    texts = [text for row in rows for text, _, _ in row if text]
    if not any(":" in text or "：" in text for text in texts[-_LEAST_TOLD:]):
        return rows
    found = [pair for text in texts if (pair := told(text)) and pair[1]]
    if len(found) < _LEAST_TOLD or 2 * len(found) < len(texts):
        return rows
    apart: list[list[Shown]] = []
    for row in rows:
        apart.append([])
        for text, rowspan, colspan in row:
            pair = told(text)
            apart[-1] += (
                [(pair[0], rowspan, colspan), (pair[1], rowspan, 1)] if pair else [(text, rowspan, colspan)]
            )
    return apart


def _cell_around(node: LexborNode) -> int:
    """The cell in which something stands, by its ``mem_id``; 0 where none is around it."""
    parent = node.parent
    while parent is not None and parent.tag not in _CELLS:
        parent = parent.parent
    return parent.mem_id if parent is not None else 0


def _is_spacer(picture: LexborNode) -> bool:
    """Whether a picture only keeps a place open, by its name."""
    return bool(_SPACER.search(picture.attributes.get("src") or ""))


def _holds_data(texts: Sequence[str]) -> bool:
    """Whether the cells of a table are more than one around the whole article, or nothing."""
    filled = [text for text in texts if text]
    if len(filled) < 2 or (len(texts) < 4 and not any(map(str.isdigit, filled))):
        return False
    return len(filled) >= 9 or max(map(len, filled)) <= 600


def parted(cells: list[Shown], nodes: Sequence[LexborNode]) -> list[list[Shown]]:
    """A row whose cells hold a column each, line under line, as the rows that the lines make; else the row
    itself."""
    lines = [_lines(node) for node in nodes]
    if all(not found[-1] for found in lines if len(found) > 1):  # each cell ends with a break
        lines = [found[:-1] if len(found) > 1 else found for found in lines]
    tall = Counter(len(found) for found in lines if len(found) > 1)
    n, as_many = max(tall.items(), key=lambda pair: pair[1], default=(0, 0))
    lines = [
        found[:-1] if len(found) == n + 1 and not found[-1] else found for found in lines
    ]  # a break at the cell's end
    as_many = sum(1 for found in lines if len(found) == n)
    if as_many < 2 or any(len(found) not in (1, n) for found in lines):
        return [cells]
    figures = sum(1 for found in lines if len(found) == n and _mostly_figures(found))
    if not (n >= _LEAST_PARTED <= as_many and figures >= 2) and not _labels_and_figures(lines, n):
        return [cells]
    rows: list[list[Shown]] = [[] for _ in range(n)]
    for (text, rowspan, colspan), found in zip(cells, lines, strict=True):
        if len(found) == 1:
            rows[0].append((text, rowspan + n - 1, colspan))
        else:
            for row, line in zip(rows, found, strict=True):
                row.append((line, 1, colspan))
    return rows


def _labels_and_figures(lines: Sequence[Sequence[str]], n: int) -> bool:
    """Whether the cells of ``n`` lines are one of labels and, to its right, cells whose every line is a
    figure, a mark or blank; no figure stands alone beside them. Two of them in one cell, or a blank line
    above one, tell them from a label that is broken."""
    at = next((k for k, found in enumerate(lines) if len(found) == n), 0)
    if not all(
        len(line) >= 2 and _WORD.search(line[:3]) and not _CELL_FIGURE.fullmatch(line) for line in lines[at]
    ):
        return False
    beside = lines[at + 1 :]
    if any(line and not _CELL_FIGURE.fullmatch(line) for found in beside for line in found):
        return False
    if any(len(found) == 1 and found[0] for found in beside):
        return False
    tall = [found for found in beside if len(found) == n]
    return any(map(str.isdigit, "".join(map("".join, tall)))) and any(any(found[1:]) for found in tall)


def _lines(cell: LexborNode) -> list[str]:
    """The lines of a cell's text, blank ones among them; where each is a block, those with a blank that was
    meant."""
    text = cell.text(deep=True)
    blocks = cell.css("p,div")
    few = blocks if len(blocks) <= _MOST_BLOCKS else []
    around = [inner for block in few if (inner := block.text(deep=True)).strip() == text.strip()]
    if around:
        found = around[-1].split("\n")  # one block holds all the lines: its own end is no line
        found = found[:-1] if len(found) > 1 and not found[-1].strip(" ") else found
    else:
        found = text.strip(" ").split("\n")
        if blocks:
            found = [line for line in found if line.strip(" ")]
    return [" ".join(line.split()) for line in found] or [""]


def _mostly_figures(lines: Sequence[str]) -> bool:
    figures = sum(1 for line in lines if any(map(str.isdigit, line)) and _CELL_FIGURE.fullmatch(line))
    words = sum(1 for line in lines if line and not _CELL_FIGURE.fullmatch(line))
    return figures >= 2 and words < figures


def _whole_text(cell: LexborNode, text: str) -> str:
    """The text of a cell, whole where it shows only its beginning (属于国家…) and has the rest in a title."""
    if not text.endswith(_CUT_ENDS):
        return text
    shown = text.rstrip("….")
    for node in (cell, *cell.css("[title]")):
        whole = one_line(node.attributes.get("title"))
        if len(shown) >= _CUT_LEAST and len(whole) > len(shown) and whole.startswith(shown):
            return whole
    return text


def _cell_text(text: str) -> str:
    return _short_text(text) if len(text) < _SHORT else _in_lines(text)


def _in_lines(text: str) -> str:
    parts = text.split()
    if len(parts) < 2:
        return parts[0] if parts else ""
    if "\n" not in text:
        return " ".join(parts)
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)


_short_text = lru_cache(maxsize=8192)(_in_lines)  # labels and figures come again and again


def _spans(cell: LexborNode) -> tuple[int, int]:
    attributes = cell.attributes
    return _span(attributes.get("rowspan")), _span(attributes.get("colspan"))


def _span(value: str | None) -> int:
    if not value:
        return 1
    try:
        return min(max(int(value.strip().rstrip("%")), 1), MAX_SPAN)
    except ValueError:
        return 1


def grid_table(rows: list[list[Shown]], locator: str, caption: str = "") -> Table | None:
    """Lay cells out as a browser does: each goes to the first free place of its row."""
    cells, full, width = _laid_out(rows)
    if any(not row for row in rows):  # rows without cells may be counted by the spans, or stray
        others = _laid_out([row for row in rows if row])
        if others[1] > full:
            cells, full, width = others
    if not cells:
        return None
    return Table(tuple(cells), cells[-1].row + 1, width, locator, caption=caption)


def _laid_out(rows: list[list[Shown]]) -> tuple[list[Cell], int, int]:
    """The cells in their places, how many rows they fill to the last column, and how many columns there
    are."""
    cells: list[Cell] = []
    ends: list[int] = []
    taken: dict[int, int] = {}  # column -> row up to which a rowspan above fills it
    width = 0
    for r, row in enumerate(rows):
        col = 0
        place = f"row {r + 1} cell"
        for position, (text, rowspan, colspan) in enumerate(row, start=1):
            while col in taken and taken[col] > r:
                col += 1
            cells.append(_new(Cell, (r, col, rowspan, colspan, text, f"{place} {position}", ())))
            if rowspan > 1:
                for c in range(col, col + colspan):
                    taken[c] = r + rowspan
            col += colspan
        width = max(width, col)
        ends.append(max([col, *(c + 1 for c, until in taken.items() if until > r)]) if taken else col)
    return cells, sum(1 for end, row in zip(ends, rows, strict=True) if row and end == width), width
