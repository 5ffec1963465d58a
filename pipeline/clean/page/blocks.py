"""Pages of placed blocks put together into one run of ``Block``s.

The readers of PDFs and of pictures both lay a page out as ``PageText``, ``PageTable`` and ``PagePicture``
in reading order; here paragraphs and tables that a page's end cut in two become one again, and every
block gets its locator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from pipeline.clean.page.aligned_columns import Frame
from pipeline.clean.page.text_flow import joined
from pipeline.document import Block, Cell, Image, Paragraph, Table

MAX_HEAD_ROWS = 3
"""Rows above a page's end that may be the wide cells of a head whose narrow ones stand on the next page."""
_SPACE = re.compile(r"\s+")


class PageCell(NamedTuple):
    """A cell of a page's table, 0-based; ``readings`` as in ``document.Cell``."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """A paragraph; ``open_end`` and ``flush`` as in ``text_flow.Flowed``."""

    text: str
    open_end: bool = False
    flush: bool = False


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on one page. ``edges`` are its column edges, ``n_cols + 1`` ascending numbers in a unit
    that is the same on every page of the file; ``ruled`` is false where they were inferred from text, as
    ``frame``."""

    edges: tuple[float, ...]
    n_rows: int
    cells: tuple[PageCell, ...]
    method: Literal["table", "ocr"] = "table"
    ruled: bool = True
    frame: Frame | None = None

    @property
    def n_cols(self) -> int:
        return len(self.edges) - 1


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture that was not read."""

    source: str


PageBlock = PageText | PageTable | PagePicture


class _Part(NamedTuple):
    page: int
    table: PageTable
    dropped: int
    """Head rows left out because they repeat the first page's."""


def assemble(pages: Sequence[tuple[int, Sequence[PageBlock]]], tolerance: float) -> tuple[Block, ...]:
    """The blocks of a file from its pages' blocks: pairs of a 1-based page number and its blocks (a sheet
    that holds two pages stands twice).

    ``tolerance`` is how far column edges may differ (same unit as ``PageTable.edges``) between the two
    parts of a table that runs over a page's end. A head printed again is dropped where it equals the
    first part's; nothing else is added or taken away.
    """
    return tuple(_emit(_chains(pages, tolerance)))


class _Chain(NamedTuple):
    first_page: int
    number: int
    parts: list[_Part]


_Item = tuple[int, int, PageText] | tuple[int, int, PagePicture] | _Chain


def _chains(pages: Sequence[tuple[int, Sequence[PageBlock]]], tolerance: float) -> list[_Item]:
    items: list[_Item] = []
    tables = texts = pictures = before = 0
    for page, blocks in pages:
        if page != before:
            tables = texts = pictures = 0
        before = page
        for position, block in enumerate(blocks):
            if isinstance(block, PageTable):
                tables += 1
                chain = items[-1] if position == 0 and items else None
                if isinstance(chain, _Chain) and chain.parts[-1].page in (page - 1, page):
                    grown = _continued(chain, page, block, tolerance)
                    if grown:
                        continue
                items.append(_Chain(page, tables, [_Part(page, block, 0)]))
            elif isinstance(block, PageText):
                last = items[-1] if position == 0 and items else None
                if (
                    last is not None
                    and not isinstance(last, _Chain)
                    and isinstance(last[2], PageText)
                    and last[2].open_end
                    and block.flush
                ):
                    whole = replace(block, text=joined(last[2].text, block.text), flush=last[2].flush)
                    items[-1] = (last[0], last[1], whole)
                    continue
                texts += 1
                items.append((page, texts, block))
            else:
                pictures += 1
                items.append((page, pictures, block))
    return items


def _continued(chain: _Chain, page: int, block: PageTable, tolerance: float) -> bool:
    """Adds ``block`` to the chain where it goes on with the table above; says whether it did."""
    last = chain.parts[-1].table
    if last.ruled != block.ruled or last.method != block.method:
        return False
    one = last.frame is not None and block.frame is not None and last.frame.values == block.frame.values
    if one:
        chain.parts.append(_Part(page, block, 0))
        return True
    if abs(last.edges[0] - block.edges[0]) > tolerance or abs(last.edges[-1] - block.edges[-1]) > tolerance:
        return False
    known = _union([part.table.edges for part in chain.parts], tolerance)
    if not _subset(block.edges, known, tolerance) and not _subset(known, block.edges, tolerance):
        return False
    above = sum(part.table.n_rows - part.dropped for part in chain.parts)
    cut_in_head = above <= MAX_HEAD_ROWS and len(block.edges) > len(known)
    if 2 * min(len(known), len(block.edges)) < max(len(known), len(block.edges)) and not cut_in_head:
        return False  # far more columns on one side: another table of the same width
    edges = _union([known, block.edges], tolerance)
    dropped = _repeated_head(
        _on_edges(chain.parts[0].table, edges), _on_edges(block, edges), chain.parts[0].table.n_rows
    )
    if dropped == block.n_rows:
        return False
    chain.parts.append(_Part(page, block, dropped))
    return True


def _subset(small: Sequence[float], large: Sequence[float], tolerance: float) -> bool:
    return all(any(abs(edge - other) <= tolerance for other in large) for edge in small)


def _union(all_edges: Sequence[Sequence[float]], tolerance: float) -> tuple[float, ...]:
    union: list[float] = []
    for edges in all_edges:
        for edge in edges:
            if not any(abs(edge - other) <= tolerance for other in union):
                union.append(edge)
    return tuple(sorted(union))


def _on_edges(table: PageTable, edges: Sequence[float]) -> list[PageCell]:
    """The table's cells with columns counted on a finer set of edges."""
    position = [min(range(len(edges)), key=lambda i: abs(edges[i] - edge)) for edge in table.edges]
    return [
        cell._replace(col=position[cell.col], colspan=position[cell.col + cell.colspan] - position[cell.col])
        for cell in table.cells
    ]


def _repeated_head(first: Sequence[PageCell], second: Sequence[PageCell], n_rows: int) -> int:
    """How many rows at the top of ``second`` print the top of ``first`` again."""

    def key(cell: PageCell) -> tuple[int, int, int, int, str]:
        return cell.row, cell.col, cell.rowspan, cell.colspan, _SPACE.sub("", cell.text)

    repeated = 0
    for depth in range(1, n_rows):
        upper = [cell for cell in first if cell.row < depth]
        again = [cell for cell in second if cell.row < depth]
        if any(cell.row + cell.rowspan > depth for cell in (*upper, *again)):
            continue
        if sorted(map(key, upper)) != sorted(map(key, again)):
            break
        if any(cell.text for cell in upper):
            repeated = depth
    return repeated


def _emit(items: Sequence[_Item]) -> Iterator[Block]:
    for item in items:
        if isinstance(item, _Chain):
            yield _table(item)
            continue
        page, number, block = item
        if isinstance(block, PageText):
            yield Paragraph(block.text, f"page {page}, paragraph {number}")
        else:
            yield Image(block.source, f"page {page}, picture {number}")


def _table(chain: _Chain) -> Table:
    if len(chain.parts) == 1:
        edges: Sequence[float] = chain.parts[0].table.edges
    else:
        narrow = min(
            b - a
            for part in chain.parts
            for a, b in zip(part.table.edges, part.table.edges[1:], strict=False)
        )
        edges = _union([part.table.edges for part in chain.parts], 0.5 * narrow)
    cells: list[Cell] = []
    base = 0
    joints: list[int] = []
    for page, table, dropped in chain.parts:
        if base:
            joints.append(base)
        for cell in _on_edges(table, edges) if len(chain.parts) > 1 else table.cells:
            if cell.row < dropped:
                continue
            row = base + cell.row - dropped
            locator = f"row {row + 1}, column {cell.col + 1}"
            if page != chain.first_page:
                locator += f" (page {page}, row {cell.row + 1})"
            cells.append(Cell(row, cell.col, cell.rowspan, cell.colspan, cell.text, locator, cell.readings))
        base += table.n_rows - dropped
    first = chain.parts[0].table
    return Table(
        tuple(cells),
        base,
        len(edges) - 1,
        f"page {chain.first_page}, table {chain.number}",
        method=first.method,
        joints=tuple(joints),
    )
