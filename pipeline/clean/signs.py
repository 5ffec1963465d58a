"""Signs that stand in text and are not seen, and signs that are seen and are no figure, the same for every
format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import UNREAD, Block, Cell, Document, Paragraph, Table

_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_CONTROL = re.compile(f"[{_UNSEEN}]+")
_REVERSED = re.compile(r"\u202e[^\u202c\n]*\d[^\u202c\n]*\d")
"""Figures whose signs are shown in the other order than they are kept."""
_NOTE = re.compile(r"\s*[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u00b2\u00b3\u00b9\u2070-\u2079*＊]+\s*")
"""A cell of nothing but a note's mark."""
_ODD = re.compile(f"[{_UNSEEN}{UNREAD}\u2460-\u24ff\u2776-\u2793\u00b2\u00b3\u00b9\u2070-\u2079*＊]")


def as_seen(document: Document) -> Document:
    """A document whose texts hold what is seen: without controls of direction and format. Cells in which
    something stands unread beside a figure, or a note's mark alone, hold ``UNREAD`` and nothing else."""
    if not _ODD.search("\n".join(_texts(document))):
        return document
    return replace(document, blocks=tuple(_seen(block) for block in document.blocks))


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Table):
            yield from [cell.text for cell in block.cells]
        elif isinstance(block, Paragraph):
            yield block.text


def _seen(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=_CONTROL.sub("", block.text))
    if not isinstance(block, Table):
        return block
    cells = [_seen_cell(cell) if _ODD.search(cell.text) else cell for cell in block.cells]
    return replace(block, cells=tuple(cells))


def _seen_cell(cell: Cell) -> Cell:
    text = cell.text
    plain = _CONTROL.sub("", text).replace(UNREAD, "")
    words = any(c.isalpha() and c.isprintable() for c in plain)
    if not words and (UNREAD in text or _REVERSED.search(text) or _NOTE.fullmatch(plain)):
        return cell._replace(text=UNREAD)
    return cell if plain == text else cell._replace(text=plain)
