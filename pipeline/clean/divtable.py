"""Tables that a page draws with ``div``, ``ul`` or ``dl`` instead of ``table``."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

Row = list[tuple[str, int, int]]
_CELL_LENGTH = 80
_MIN_ROWS = 3


def _elements(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.child
    while child is not None:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found


def _row(node: LexborNode) -> Row | None:
    """A row: an element whose element children are all short texts, and which has no text of its own."""
    cells = _elements(node)
    if len(cells) < 2 or any(c.tag not in ("div", "span", "li", "p", "dd", "dt", "i", "b", "em", "label") for c in cells):
        return None
    own = node.text(deep=False).strip()
    if own:
        return None
    row: Row = []
    for cell in cells:
        text = "\n".join(line for line in (" ".join(p.split()) for p in cell.text(deep=True).split("\n")) if line)
        if len(text) > _CELL_LENGTH or any(len(_elements(inner)) > 1 for inner in _elements(cell)):
            return None
        span = cell.attributes.get("data-colspan") or cell.attributes.get("colspan") or "1"
        row.append((text, 1, int(span) if span.isdigit() else 1))
    return row


def div_rows(article: LexborNode) -> Iterator[tuple[list[Row], LexborNode, str]]:
    """Elements that hold at least three rows of at least two short cells, with figures in them, outermost first.

    Gives (rows of (text, rowspan, colspan), the element, its place)."""
    number = 0
    taken: set[int] = set()
    for node in article.css("div,ul,section,dl"):
        parent, inside = node.parent, False
        while parent is not None:
            if parent.mem_id in taken:
                inside = True
                break
            parent = parent.parent
        if inside:
            continue
        children = _elements(node)
        if len(children) < _MIN_ROWS:
            continue
        rows = [_row(child) for child in children]
        kept = [row for row in rows if row is not None]
        with_figure = sum(1 for row in kept if any(cell[0].strip().isdigit() for cell in row))
        if len(kept) >= _MIN_ROWS and len(kept) >= 0.7 * len(children) and with_figure * 3 >= len(kept):
            full = [
                row if row is not None else [(" ".join(child.text(deep=True).split()), 1, 1)]
                for row, child in zip(rows, children, strict=True)
            ]
            number += 1
            taken.add(node.mem_id)
            yield full, node, f"div-table[{number}]"
