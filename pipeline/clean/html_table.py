"""One ``table`` of an HTML page as a grid of cells."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from pipeline.clean.divtable import elements
from pipeline.document import Cell, Table

MAX_SPAN = 100
_CELLS = ("td", "th")


def one_line(text: str | None) -> str:
    """Text without line breaks and doubled spaces; of None nothing."""
    return " ".join((text or "").split())


def is_data_despite_nesting(node: LexborNode) -> bool:
    """A table with a table inside is data only where most of its own cells are short and hold none, in rows of several."""
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


def read_table(node: LexborNode, locator: str) -> Table | None:
    nested = len(node.css("table")) > 1
    spanning = {cell.mem_id for cell in node.css("[colspan],[rowspan]")}
    rows: list[list[tuple[str, int, int]]] = []
    filled = total = longest = 0
    figure = False
    for row in node.css("tr"):
        if nested and not _belongs(row, node):
            continue
        cells: list[tuple[str, int, int]] = []
        cell = row.child
        while cell is not None:
            if cell.tag in _CELLS:
                text = _cell_text(cell.text(deep=True))
                if text:
                    filled += 1
                    longest = max(longest, len(text))
                    figure = figure or text.isdigit()
                if cell.mem_id in spanning:
                    attributes = cell.attributes
                    cells.append((text, _span(attributes.get("rowspan")), _span(attributes.get("colspan"))))
                else:
                    cells.append((text, 1, 1))
            cell = cell.next
        rows.append(cells)
        total += len(cells)
    if filled < 2 or (total < 4 and not figure):
        return None  # one cell around the whole article, or nothing: read as text
    if longest > 600 and filled < 9:
        return None
    caption = node.css_first("caption")
    return grid_table(rows, locator, one_line(caption.text()) if caption is not None else "")


def _cell_text(text: str) -> str:
    parts = text.split()
    if len(parts) < 2:
        return parts[0] if parts else ""
    if "\n" not in text:
        return " ".join(parts)
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)


def _span(value: str | None) -> int:
    if not value:
        return 1
    try:
        return min(max(int(value.strip().rstrip("%")), 1), MAX_SPAN)
    except ValueError:
        return 1


def grid_table(rows: list[list[tuple[str, int, int]]], locator: str, caption: str = "") -> Table | None:
    """Lay cells out as a browser does: each goes to the first free place of its row."""
    cells: list[Cell] = []
    taken: dict[int, int] = {}  # column -> row up to which a rowspan above fills it
    width = 0
    for r, row in enumerate(rows):
        col = 0
        for position, (text, rowspan, colspan) in enumerate(row, start=1):
            while taken.get(col, 0) > r:
                col += 1
            cells.append(Cell(r, col, rowspan, colspan, text, f"row {r + 1} cell {position}"))
            if rowspan > 1:
                for c in range(col, col + colspan):
                    taken[c] = r + rowspan
            col += colspan
        width = max(width, col)
    if not cells:
        return None
    return Table(tuple(cells), len(rows), width, locator, caption=caption)
