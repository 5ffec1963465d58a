"""Lines of text as people write tables into them: where each is found, and what a figure, a mark and a heading
look like there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.days import YEAR
from pipeline.chinese.numbering import BRACKETED, CHAPTER
from pipeline.chinese.units import PRINTED_UNIT
from pipeline.document import Cell, Table

FIGURE = rf"[-+]?\d[\d,，.]*(?:{PRINTED_UNIT})?"
NUMBER = re.compile(rf"^{FIGURE}$")
MARKS = "[-—–/无]"
MARK = re.compile(rf"^{MARKS}$")
SENTENCE_END = re.compile(r"[。；;！!？?]$")
DATED = re.compile(rf"^(?:{BRACKETED}|{CHAPTER}|\d+[.、])?{YEAR}年度?[^\s\d].*[\u4e00-\u9fff]")
HEADING = re.compile(rf"^{CHAPTER}[^\s\d]+$")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
SHORT = 64
"""Characters of a line that may be a cell or a label."""


class Lines(NamedTuple):
    """Lines of text with the number by which a person finds each; ``word`` is what a line is called in a
    locator, ``at`` stands before it. ``apart``: each is a paragraph of its own, so that no blank line has to
    part them."""

    texts: Sequence[str]
    numbers: Sequence[int]
    word: str = "line"
    at: str = ""
    apart: bool = False

    def place(self, at: int) -> str:
        return f"{self.word} {self.numbers[at]}"

    def places(self, start: int, end: int) -> str:
        """The place of the lines from ``start`` to before ``end``."""
        first, last = self.numbers[start], self.numbers[end - 1]
        return f"{self.at}{self.word} {first}" if first == last else f"{self.at}{self.word}s {first}-{last}"


@lru_cache(maxsize=4096)
def flat(line: str) -> str:
    """A line in one width of characters, without invisible ones and white space around."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).strip()


def grid(rows: Sequence[Sequence[tuple[str, str]]], place: str) -> Table:
    """A grid of rows of (text, place)."""
    cells = tuple(
        Cell(r, c, 1, 1, text, at) for r, row in enumerate(rows) for c, (text, at) in enumerate(row)
    )
    return Table(cells, len(rows), max(len(row) for row in rows), place)
