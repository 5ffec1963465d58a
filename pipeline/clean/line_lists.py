"""Tables that lines keep a cell or a figure a line: a label, a colon and its figure; one cell a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.chinese.units import PRINTED_UNIT
from pipeline.clean.lines import (
    DATED,
    FIGURE,
    HEADING,
    MARK,
    MARKS,
    NUMBER,
    SENTENCE_END,
    SHORT,
    Lines,
    flat,
    grid,
)
from pipeline.document import Cell, Table

_TOLD = re.compile(
    rf"^([^。；;]*[\u4e00-\u9fff][^。；;]*):\s*"
    rf"((?:{FIGURE}|[零〇]|{MARKS})(?:\([^()]*\))?|)(?:{PRINTED_UNIT})?$"
)
_TITLE = re.compile(r"(?:报告|年报|公报|公告|通知)[》。]?$")
_MIN_LONE_NUMBERS = 6
_MIN_TOLD = 6
_LONGEST_TOLD = 160
_BETWEEN = 24


@lru_cache(maxsize=4096)
def told(line: str) -> tuple[str, str] | None:
    """The label and the figure (or mark, or nothing) of a line that holds nothing else."""
    match = _TOLD.match(flat(line)) if len(line) <= _LONGEST_TOLD and (":" in line or "：" in line) else None
    return (match[1], match[2]) if match else None


def told_run(lines: Sequence[str], at: int) -> int:
    """The end of a run of lines of a label, a colon and its figure; ``at`` where none starts. Short lines
    without figures may stand between; a section's heading ends it, and the same list may go on under that
    heading."""
    goes_on = at > 1 and HEADING.match(lines[at - 1].strip()) and told(lines[at - 2])
    if not (first := told(lines[at])) or not (first[1] or goes_on):
        return at
    last = at
    figures = between = 0
    for end in range(at, len(lines)):
        line = lines[end].strip()
        if pair := told(line):
            figures += bool(pair[1])
            last = end + 1
            between = 0
            continue
        between += bool(line)
        if (
            between > 2
            or len(line) > SHORT
            or SENTENCE_END.search(line)
            or HEADING.match(line)
            or DATED.match(line)
        ):
            break
    return last if figures >= (1 if goes_on else _MIN_TOLD) else at


def told_table(page: Lines, start: int, end: int) -> Table:
    rows: list[list[tuple[str, str]]] = []
    for n in range(start, end):
        line = page.texts[n].strip()
        if line:
            rows.append(
                [(part, f"{page.place(n)} cell {c}") for c, part in enumerate(told(line) or (line,), start=1)]
            )
    return grid(rows, page.places(start, end))


def lone_run(page: Lines, at: int) -> int:
    """The end of a run of short lines, one cell a line, that holds at least six lone figures; ``at`` where
    none begins."""
    lines = page.texts
    if at and lines[at - 1].strip() and not page.apart:
        return at
    if _TITLE.search(lines[at].strip()):
        return at
    numbers = prose = 0
    last = at
    for end in range(at, len(lines)):
        line = flat(lines[end])
        if not line:
            continue
        if prose == 1 and not numbers and not NUMBER.match(line) and HEADING.match(flat(lines[at])):
            return at  # a section's heading, no cell
        if len(line) > SHORT or SENTENCE_END.search(line) or "|" in line or DATED.match(line):
            break
        if NUMBER.match(line) or (numbers and MARK.match(line)):
            numbers += bool(NUMBER.match(line))
            last = end
            prose = 0
        else:
            prose += 1
            if prose > _BETWEEN:
                break
    return last + 1 if numbers >= _MIN_LONE_NUMBERS else at


def lone_table(page: Lines, start: int, end: int) -> Table:
    found: list[tuple[str, str]] = []
    n = start
    while n < end:
        lines = page.texts
        if page.apart:
            found.append((lines[n].strip(), page.place(n)))
            n += 1
            continue
        if lines[n] == "":
            n += 1
            continue
        first = n
        parts: list[str] = []
        while n < end and lines[n] != "":
            if lines[n].strip():
                parts.append(lines[n].strip())
            elif parts:
                break
            else:
                n += 1
                break
            n += 1
        if any(NUMBER.match(flat(p)) for p in parts) and len(parts) > 1:
            found += [(part, page.place(first + offset)) for offset, part in enumerate(parts)]
        else:
            found.append(("\n".join(parts), page.place(first)))
    cells = tuple(Cell(row, 0, 1, 1, text, at) for row, (text, at) in enumerate(found))
    return Table(cells, len(cells), 1, page.places(start, end), layout="stream")
