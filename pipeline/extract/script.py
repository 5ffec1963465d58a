"""Traditional characters brought to simplified ones, character by character, so that positions stay."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from pipeline.document import Block, Cell, Document, Image, Paragraph, Table

_MARKS = "開關報數處請號無與國這據統計會議訊"
_ENOUGH = 6


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    path = files("opencc").joinpath("dictionary", "TSCharacters.txt")
    table: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        first = new.split(" ")[0]
        if len(old) == 1 and len(first) == 1 and old != first:
            table[ord(old)] = first
    return table


def simplified(document: Document) -> Document:
    """The document in simplified characters; the very same one where it holds no traditional text."""
    sample = "".join(b.text for b in document.blocks[:60] if isinstance(b, Paragraph)) + document.title
    sample += "".join(c.text for b in document.blocks if isinstance(b, Table) for c in b.cells[:40])
    telling = sum(sample.count(c) for c in _MARKS)
    if telling < _ENOUGH:
        return document
    table = _table()

    def turn(block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, text=block.text.translate(table))
        if isinstance(block, Image):
            return block
        cells = tuple(
            Cell(c.row, c.col, c.rowspan, c.colspan, c.text.translate(table), c.locator, c.readings) for c in block.cells
        )
        return replace(block, cells=cells, caption=block.caption.translate(table))

    return replace(
        document, title=document.title.translate(table), blocks=tuple(turn(b) for b in document.blocks),
        meta={k: v.translate(table) for k, v in document.meta.items()},
    )
