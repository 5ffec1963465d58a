"""Which year a table is headed with, where the lines before it or its first row say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.chinese.days import PART_OF_YEAR, YEAR
from pipeline.chinese.text import squeeze
from pipeline.document import Table

_HEADED = re.compile(YEAR)
_PART = re.compile(rf"{PART_OF_YEAR}|(?<!\d)(?:1[0-2]|[1-9])月?[-—–~至](?:1[01]|[1-9])月")
_PARTS = frozenset("半季月")
_YEAR_ALONE = re.compile(rf"(?:({YEAR})年?(?:度|全年|数据)?|(本年度?|当年度?|今年|上年度?|上一年度?|去年))$")
_ABOUT_TABLE = re.compile(r"表|统计|情况|年度|数据")


def year_hint(titles: Sequence[str]) -> int | None:
    """The year that a table's titles name."""
    for text in titles:
        years = {int(y) for y in _HEADED.findall(text)}
        if len(years) == 1 and _ABOUT_TABLE.search(text):
            return years.pop()
    return None


def part_of_year(titles: Sequence[str]) -> bool:
    """Whether a table's titles name a part of a year: a half, a quarter, some months."""
    return any(_PART.search(text) and _ABOUT_TABLE.search(text) for text in titles if _PARTS & set(text))


def titles_of(before: Sequence[str], table: Table) -> list[str]:
    """What heads a table: its caption, its first rows of a single cell, the short lines right before it."""
    found = [table.caption] if table.caption else []
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row > 2:
            break
        if cell.text:
            rows.setdefault(cell.row, []).append(cell.text)
    found += [texts[0] for texts in rows.values() if len(texts) == 1 and len(texts[0]) <= 40]
    found += [
        text
        for text in reversed(before[-2:])
        if len(text) <= 40 and not text.rstrip().endswith(("。", "；", ";"))
    ]
    return found


def year_of(text: str, year: int | None) -> str:
    """``own`` where a label is nothing but the report's year, ``past`` where it is another year, else
    nothing."""
    match = _YEAR_ALONE.match(squeeze(text)) if 2 <= len(text) <= 16 else None
    if match is None:
        return ""
    if match[1]:
        return "own" if year and int(match[1]) == year else "past"
    return "own" if match[2].startswith(("本", "当", "今")) else "past"
