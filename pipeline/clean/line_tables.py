"""Tables that lines of text keep, in one of several shapes, and the paragraphs between them.

- ``cell |`` lines: one cell a line, blank cells gathered at the end of a row (a ``stream``: positions are
  lost);
- Markdown and other rows of ``a | b | c``, and tab-separated rows (a ``grid``);
- one cell a line with blank lines between (a ``stream``; a line of spaces alone is a blank cell);
- lines of a label, a colon and its figure (a ``grid`` of two columns);
- rows of words and figures set apart by spaces: a ``grid`` where all rows have as many cells, else a
  ``stream``, because blank cells left no trace.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.days import YEAR
from pipeline.chinese.numbering import BRACKETED, CHAPTER
from pipeline.chinese.units import PRINTED_UNIT
from pipeline.document import Block, Cell, Paragraph, Table

_RULE = re.compile(r"^[\s|:+\-=─┼├┤]*$")
_FIGURE = rf"[-+]?\d[\d,，.]*(?:{PRINTED_UNIT})?"
_NUMBER = re.compile(rf"^{_FIGURE}$")
_MARKS = "[-—–/无]"
_MARK = re.compile(rf"^{_MARKS}$")
_BEHIND = re.compile(rf"^(\S.*?[^\s\d.,，+-])((?:\s+(?:{_FIGURE}|{_MARKS}))+)$")
_ALONE = re.compile(rf"^(?:{_FIGURE}|{_MARKS})(?:\s+(?:{_FIGURE}|{_MARKS}))+$")
_TOLD = re.compile(
    rf"^([^。；;]*[\u4e00-\u9fff][^。；;]*):\s*"
    rf"((?:{_FIGURE}|[零〇]|{_MARKS})(?:\([^()]*\))?|)(?:{PRINTED_UNIT})?$"
)
_SENTENCE_END = re.compile(r"[。；;！!？?]$")
_SPACED = re.compile(r"\t+|\s{2,}|[\u2001\u2003\u3000]+")
_TITLE = re.compile(r"(?:报告|年报|公报|公告|通知)[》。]?$")
_DATED = re.compile(rf"^(?:{BRACKETED}|{CHAPTER}|\d+[.、])?{YEAR}年度?[^\s\d].*[\u4e00-\u9fff]")
_HEADING = re.compile(rf"^{CHAPTER}[^\s\d]+$")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_MIN_LONE_NUMBERS = 6
_MIN_TOLD = 6
_LONGEST_TOLD = 160
_MIN_FIGURES = 3
_MIN_ROWS = 3
_BETWEEN = 24
_SHORT = 64


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


def may_hold_tables(texts: Sequence[str]) -> bool:
    """Whether some lines end as the cells of a table do: in a figure or a bar. Cheap, and true of more than
    tables."""
    ends = 0
    for line in texts:
        text = line.rstrip("\t")
        if len(text) < 160 and text and (text[-1].isdigit() or text[-1] in "|｜件条"):
            ends += 1
            if ends >= _MIN_FIGURES:
                return True
    return False


def blocks_of(page: Lines, *, wrapped: bool = False) -> Iterator[Block]:
    """The tables and paragraphs that the lines hold. ``wrapped``: the lines may have been cut by hand at one
    width."""
    lines = page.texts
    width = _wrap_width(lines) if wrapped else 0
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        table, end = _table_at(page, at)
        if table is not None:
            yield table
            at = end
            continue
        first = at
        parts = [lines[at].strip()]
        while (
            width
            and at + 1 < len(lines)
            and _width(lines[at]) >= width - 3
            and lines[at + 1].strip()
            and not (lines[at + 1][:1].isspace() or "|" in lines[at + 1])
        ):
            at += 1
            parts.append(lines[at].strip())
        at += 1
        text = " ".join("".join(parts).split()) if len(parts) > 1 else " ".join(parts[0].split())
        yield Paragraph(text, page.places(first, at))


def _table_at(page: Lines, at: int) -> tuple[Table | None, int]:
    """The table that begins at a line and where it ends; None where none does."""
    line = page.texts[at]
    if "|" in line or "｜" in line:
        end = _pipe_run(page.texts, at)
        return _pipe_table(page, at, end), end
    if "\t" in line and (end := _tabbed_run(page.texts, at)) - at >= 2:
        return _row_table(page, at, end, tabs=True), end
    if (end := _lone_run(page, at)) > at:
        return _lone_table(page, at, end), end
    if (end := _told_run(page.texts, at)) > at:
        return _told_table(page, at, end), end
    if (end := _spaced_run(page.texts, at)) > at:
        return _row_table(page, at, end, tabs=False), end
    return None, at


@lru_cache(maxsize=4096)
def _flat(line: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).strip()


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip())


def _wrap_width(lines: Sequence[str]) -> int:
    """The column at which the file's lines were wrapped by hand, 0 where they were not."""
    widths = [_width(line) for line in lines if line.strip() and "|" not in line]
    if len(widths) < 12:
        return 0
    widest = max(widths)
    near = sum(1 for w in widths if w >= widest - 3)
    return widest if widest <= 120 and near * 2 >= len(widths) else 0


# -- bars --------------------------------------------------------------------------------------------------------------


def _pipe_run(lines: Sequence[str], at: int) -> int:
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


def _pipe_table(page: Lines, start: int, end: int) -> Table | None:
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
    grid: list[list[tuple[str, str]]] = []
    for n, line in rows:
        if _RULE.match(line) and "-" in line:
            continue
        stripped = line.strip().replace("｜", "|")
        inner = stripped[1:] if stripped.startswith("|") else stripped
        inner = inner[:-1] if inner.endswith("|") else inner
        grid.append(
            [(part.strip(), f"{page.place(n)} cell {c}") for c, part in enumerate(inner.split("|"), start=1)]
        )
    return _grid(grid, page.places(start, end))


def _grid(rows: Sequence[Sequence[tuple[str, str]]], place: str) -> Table:
    cells = tuple(
        Cell(r, c, 1, 1, text, at) for r, row in enumerate(rows) for c, (text, at) in enumerate(row)
    )
    return Table(cells, len(rows), max(len(row) for row in rows), place)


# -- rows set apart by tabs or spaces
# ----------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _cells_of(line: str) -> tuple[str, ...]:
    """The words and figures of a line that spaces set apart: two or more of them, or one before each of some
    figures."""
    if len(line) > _SHORT and len("".join(line.split())) > 200:
        return (line,)
    cells: list[str] = []
    for part in _SPACED.split(line.strip()):
        flat = _flat(part)
        if behind := _BEHIND.match(flat):
            cells += [behind[1], *behind[2].split()]
        elif _ALONE.match(flat):
            cells += flat.split()
        else:
            cells.append(part.strip())
    return tuple(cells)


def _figures(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if _NUMBER.match(_flat(cell)))


def _marks(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if _MARK.match(_flat(cell)))


def _tabbed_run(lines: Sequence[str], at: int) -> int:
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
        if _DATED.match(line) or (_HEADING.match(line) and len(after) > 1 and not _figures(after)):
            break
        if between > _BETWEEN or len(line) > _SHORT or _SENTENCE_END.search(line):
            break
    return last if figures >= _MIN_FIGURES else at


def _spaced_run(lines: Sequence[str], at: int) -> int:
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
        if between > _BETWEEN or len("".join(line.split())) > _SHORT or _SENTENCE_END.search(line):
            break
        if _HEADING.match(line) or _DATED.match(line):
            break
    return last if figures >= _MIN_FIGURES and last - at >= _MIN_ROWS else at


def _row_table(page: Lines, start: int, end: int, *, tabs: bool) -> Table:
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
        return _grid(rows, place)
    cells = tuple(
        Cell(n, 0, 1, 1, text, at) for n, (text, at) in enumerate(cell for row in rows for cell in row)
    )
    return Table(cells, len(cells), 1, place, layout="stream")


# -- a label, a colon and a figure
# ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def told(line: str) -> tuple[str, str] | None:
    """The label and the figure (or mark, or nothing) of a line that holds nothing else."""
    match = _TOLD.match(_flat(line)) if len(line) <= _LONGEST_TOLD and (":" in line or "：" in line) else None
    return (match[1], match[2]) if match else None


def _told_run(lines: Sequence[str], at: int) -> int:
    """The end of a run of lines of a label, a colon and its figure; ``at`` where none starts. Short lines
    without figures may stand between; a section's heading ends it, and the same list may go on under that
    heading."""
    goes_on = at > 1 and _HEADING.match(lines[at - 1].strip()) and told(lines[at - 2])
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
            or len(line) > _SHORT
            or _SENTENCE_END.search(line)
            or _HEADING.match(line)
            or _DATED.match(line)
        ):
            break
    return last if figures >= (1 if goes_on else _MIN_TOLD) else at


def _told_table(page: Lines, start: int, end: int) -> Table:
    rows: list[list[tuple[str, str]]] = []
    for n in range(start, end):
        line = page.texts[n].strip()
        if line:
            rows.append(
                [(part, f"{page.place(n)} cell {c}") for c, part in enumerate(told(line) or (line,), start=1)]
            )
    return _grid(rows, page.places(start, end))


# -- one cell a line
# ---------------------------------------------------------------------------------------------------


def _lone_run(page: Lines, at: int) -> int:
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
        line = _flat(lines[end])
        if not line:
            continue
        if prose == 1 and not numbers and not _NUMBER.match(line) and _HEADING.match(_flat(lines[at])):
            return at  # a section's heading, no cell
        if len(line) > _SHORT or _SENTENCE_END.search(line) or "|" in line or _DATED.match(line):
            break
        if _NUMBER.match(line) or (numbers and _MARK.match(line)):
            numbers += bool(_NUMBER.match(line))
            last = end
            prose = 0
        else:
            prose += 1
            if prose > _BETWEEN:
                break
    return last + 1 if numbers >= _MIN_LONE_NUMBERS else at


def _lone_table(page: Lines, start: int, end: int) -> Table:
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
        if any(_NUMBER.match(_flat(p)) for p in parts) and len(parts) > 1:
            found += [(part, page.place(first + offset)) for offset, part in enumerate(parts)]
        else:
            found.append(("\n".join(parts), page.place(first)))
    cells = tuple(Cell(row, 0, 1, 1, text, at) for row, (text, at) in enumerate(found))
    return Table(cells, len(cells), 1, page.places(start, end), layout="stream")
