"""Tables that a page draws with ``div``, ``ul`` or ``dl`` instead of ``table``."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

Row = list[tuple[str, int, int]]
_CELL_TAGS = frozenset({"div", "span", "li", "p", "dd", "dt", "i", "b", "em", "label", "strong", "font"})
_CELL_LENGTH = 80
_MIN_ROWS = 2
_MIN_FIGURES = 3
_FIGURE_SHARE = 0.12
_TAKEN = "\ue000"  # the mark of a table that was taken out already


def elements(node: LexborNode) -> list[LexborNode]:
    """The child elements of a node, in order."""
    found = []
    child = node.child
    while child is not None:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found


def _row(node: LexborNode) -> Row | None:
    """A row: an element whose element children are all short texts, and which has no text of its own."""
    cells = elements(node)
    if len(cells) < 2 or any(c.tag not in _CELL_TAGS for c in cells):
        return None
    own = node.text(deep=False).strip()
    if own:
        return None
    row: Row = []
    for cell in cells:
        raw = cell.text(deep=True)
        if _TAKEN in raw:
            return None
        text = "\n".join(line for line in (" ".join(p.split()) for p in raw.split("\n")) if line)
        if len(text) > _CELL_LENGTH or any(len(elements(inner)) > 1 for inner in elements(cell)):
            return None
        span = cell.attributes.get("data-colspan") or cell.attributes.get("colspan") or "1"
        row.append((text, 1, min(int(span), 100) if span.isascii() and span.isdigit() else 1))
    return row


def _figures(rows: list[Row]) -> int:
    return sum(
        1
        for row in rows
        for cell in row
        if cell[0][:1].isdigit() and len(cell[0]) <= 14 and "-" not in cell[0]
    )


def _rows_of(node: LexborNode, least: int = _MIN_FIGURES) -> list[Row] | None:
    """The rows that an element draws, None where it draws no table; ``least`` figures stand in one."""
    children = elements(node)
    if len(children) < _MIN_ROWS:
        return None
    if node.tag in ("ul", "dl", "p") and all(c.tag in ("span", "b", "i", "a") for c in children):
        return None
    first = _row(children[0]) is not None
    if not first and _row(children[1]) is None and (len(children) < 4 or _row(children[3]) is None):
        return None
    rows = [_row(child) for child in children]
    kept = [row for row in rows if row is not None]
    figures = _figures(kept)
    cells = sum(1 for row in kept for cell in row if cell[0])
    strays = len(children) - len(kept)
    if (
        len(kept) < _MIN_ROWS
        or (strays > 1 and strays > 0.3 * len(children))
        or figures < max(least, _FIGURE_SHARE * cells)
    ):
        return None
    full: list[Row] = []
    for row, child in zip(rows, children, strict=True):
        if row is None:
            text = child.text(deep=True)
            if _TAKEN in text or len(text) > 200:
                return None
            row = [(" ".join(text.split()), 1, 1)]
        full.append(row)
    return full


def draws_table(node: LexborNode) -> bool:
    """Whether an element's children are the rows of a table drawn without ``table``."""
    return _rows_of(node) is not None


def div_rows(article: LexborNode) -> Iterator[tuple[list[Row], LexborNode, str]]:
    """Elements that hold at least two rows of at least two short cells, with figures in them, outermost
    first.

    Gives (rows of (text, rowspan, colspan), the element, its place)."""
    number = 0
    taken: set[int] = set()
    found = [node for node in article.css("div,ul,section,dl") if node.mem_id != article.mem_id]
    kinds: set[tuple[str, str]] = set()
    for least in (_MIN_FIGURES, 1):  # a small table is one where it looks like a larger one of the page
        for node in found:
            kind = (node.tag or "", node.attributes.get("class") or "")
            if least == 1 and (kind not in kinds or node.mem_id in taken):
                continue
            rows = _rows_of(node, least)
            if rows is None or _stands_in(node, taken):
                continue
            number += 1
            taken.add(node.mem_id)
            if kind[1]:
                kinds.add(kind)
            yield rows, node, f"div-table[{number}]"
        if not kinds:
            return


def _stands_in(node: LexborNode, taken: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in taken:
            return True
        parent = parent.parent
    return False
