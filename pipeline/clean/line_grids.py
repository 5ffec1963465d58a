"""Tables that lines keep as rows: ``a | b | c``, cells parted by tabs, words and figures set apart by spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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

_RULE = re.compile(r"^[\s|:+\-=─┼├┤]*$")
_BEHIND = re.compile(rf"^(\S.*?[^\s\d.,，+-])((?:\s+(?:{FIGURE}|{MARKS}))+)$")
_ALONE = re.compile(rf"^(?:{FIGURE}|{MARKS})(?:\s+(?:{FIGURE}|{MARKS}))+$")
_SPACED = re.compile(r"\t+|\s{2,}|[\u2001\u2003\u3000]+")
_MIN_FIGURES = 3
_MIN_ROWS = 3
_BETWEEN = 24


def pipe_run(lines: Sequence[str], at: int) -> int:
    """The end of a run of lines with bars; one blank line may stand between."""
    end = at
    last = at
    while end < len(lines):
        line = lines[end]
        if "|" in line or "｜" in line:
            last = end
        elif line.strip() or end - last > 1:
            break
        end += 1
    return last + 1


def _split_pipes(line: str) -> list[str]:
    return [part.strip() for part in line.replace("｜", "|").split("|")]


def pipe_table(page: Lines, start: int, end: int) -> Table | None:
    """The lines with bars as a stream where most hold one cell, else as a grid; None where they are no two rows."""
    rows = [(n, page.texts[n]) for n in range(start, end) if page.texts[n].strip()]
    single = sum(1 for _, line in rows if sum(1 for part in _split_pipes(line) if part) <= 1)
    if single * 10 >= len(rows) * 7 and len(rows) > 2:
        cells: list[Cell] = []
        for n, line in rows:
            parts = _split_pipes(line)
            if parts and not parts[-1]:
                parts = parts[:-1]  # the bar closes the cell before it
            for part in parts:
                cells.append(Cell(len(cells), 0, 1, 1, part, page.place(n)))
        return Table(tuple(cells), len(cells), 1, page.places(start, end), layout="stream") if cells else None
    if len(rows) < 2:
        return None
    found: list[list[tuple[str, str]]] = []
    for n, line in rows:
        if _RULE.match(line) and "-" in line:
            continue
        stripped = line.strip().replace("｜", "|")
        inner = stripped[1:] if stripped.startswith("|") else stripped
        inner = inner[:-1] if inner.endswith("|") else inner
        found.append(
            [(part.strip(), f"{page.place(n)} cell {c}") for c, part in enumerate(inner.split("|"), start=1)]
        )
    return grid(found, page.places(start, end))


@lru_cache(maxsize=4096)
def _cells_of(line: str) -> tuple[str, ...]:
    """The words and figures of a line that spaces set apart: two or more of them, or one before each of some
    figures."""
    if len(line) > SHORT and len("".join(line.split())) > 200:
        return (line,)
    cells: list[str] = []
    for part in _SPACED.split(line.strip()):
        piece = flat(part)
        if behind := _BEHIND.match(piece):
            cells += [behind[1], *behind[2].split()]
        elif _ALONE.match(piece):
            cells += piece.split()
        else:
            cells.append(part.strip())
    return tuple(cells)


def _figures(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if NUMBER.match(flat(cell)))


def _marks(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if MARK.match(flat(cell)))


def tabbed_run(lines: Sequence[str], at: int) -> int:
    """The end of a run of rows with tabs that starts here; ``at`` where it shows less than three figures.
    Short lines of one cell belong to it where rows stand before and after."""
    last = at
    figures = between = 0
    for end in range(at, len(lines)):
        line = lines[end].strip("\n ")
        if "\t" in line:
            figures += _figures(line.split("\t"))
            last = end + 1
            between = 0
            continue
        between += 1
        after = lines[end + 1].split("\t") if end + 1 < len(lines) else []
        if DATED.match(line) or (HEADING.match(line) and len(after) > 1 and not _figures(after)):
            break
        if between > _BETWEEN or len(line) > SHORT or SENTENCE_END.search(line):
            break
    return last if figures >= _MIN_FIGURES else at


def spaced_run(lines: Sequence[str], at: int) -> int:
    """The end of a run of rows of words and figures that starts with a line of several; ``at`` where none
    does. Short lines without figures belong to it where rows with figures stand before and after."""
    if len(_cells_of(lines[at])) < 2:
        return at
    end = last = at
    figures = between = 0
    for end in range(at, len(lines)):
        line = lines[end].strip()
        cells = _cells_of(line) if line else ()
        found = _figures(cells)
        filled = found + _marks(cells)
        if filled and (len(cells) > filled or filled > 2):
            figures += found
            last = end + 1
            between = 0
            continue
        between += 1
        if between > _BETWEEN or len("".join(line.split())) > SHORT or SENTENCE_END.search(line):
            break
        if HEADING.match(line) or DATED.match(line):
            break
    return last if figures >= _MIN_FIGURES and last - at >= _MIN_ROWS else at


def row_table(page: Lines, start: int, end: int, *, tabs: bool) -> Table:
    rows: list[list[tuple[str, str]]] = []
    for n in range(start, end):
        line = page.texts[n]
        if line.strip():
            parts = tuple(line.rstrip("\n").split("\t")) if tabs else _cells_of(line)
            rows.append(
                [(part.strip(), f"{page.place(n)} cell {c}") for c, part in enumerate(parts, start=1)]
            )
    place = page.places(start, end)
    if tabs or len({len(row) for row in rows}) == 1:
        return grid(rows, place)
    cells = tuple(
        Cell(n, 0, 1, 1, text, at) for n, (text, at) in enumerate(cell for row in rows for cell in row)
    )
    return Table(cells, len(cells), 1, place, layout="stream")
