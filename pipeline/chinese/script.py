"""Traditional characters brought to simplified ones, character by character, so that positions stay."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from pipeline.document import Block, Cell, Document, Image, Paragraph, Table

_MARKS = "開關報數處請號無與國這據統計會議訊"
_ENOUGH = 6
_WORDS = (("答覆", "答复"), ("回覆", "回复"), ("批覆", "批复"))  # 覆 is a simplified character too


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

    def plain(text: str) -> str:
        text = text.translate(table)
        for old, new in _WORDS:
            text = text.replace(old, new)
        return text

    def turn(block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, text=plain(block.text))
        if isinstance(block, Image):
            return block
        cells = tuple(
            Cell(c.row, c.col, c.rowspan, c.colspan, plain(c.text), c.locator, c.readings)
            for c in block.cells
        )
        return replace(block, cells=cells, caption=plain(block.caption))

    return replace(
        document,
        title=plain(document.title),
        blocks=tuple(turn(b) for b in document.blocks),
        meta={k: plain(v) for k, v in document.meta.items()},
    )
