"""Plain text: paragraphs by line, and the tables that text keeps in one of several shapes.

- ``cell |`` lines: one cell a line, blank cells gathered at the end of a row (a ``stream``: positions are lost);
- Markdown and other rows of ``a | b | c``, and tab-separated rows (a ``grid``);
- one cell a line with blank lines between (a ``stream``; a line of spaces alone is a blank cell);
- rows of words and figures set apart by two or more spaces (a ``grid`` of what is there).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipeline.clean.decode import decode
from pipeline.document import Block, Cell, Document, Paragraph, Table

MAX_BYTES = 16 * 1024 * 1024
_RULE = re.compile(r"^[\s|:+\-=─┼├┤]*$")
_NUMBER = re.compile(r"^[-+]?\d[\d,，.]*(?:[件项条次个人篇笔元]|万元|人次)?$")
_SENTENCE_END = re.compile(r"[。；;！!？?]$")
_SPACED = re.compile(r"\t+|\s{2,}|　+")
_MIN_LONE_NUMBERS = 6
_SHORT = 64


def read(data: bytes, *, sha256: str, media_type: str = "text/plain") -> Document:
    """Read a text file. Gives a Document with line locators (1-based); never raises for bad input."""
    if len(data) > MAX_BYTES:
        return Document(
            sha256=sha256, media_type=media_type, reader="text", blocks=(), status="too_large",
            detail=f"the file has {len(data)} bytes; the limit is {MAX_BYTES}",
        )
    decoded = decode(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    control = sum(1 for c in text[:4096] if ord(c) < 32 and c not in "\n\t\f")
    if control * 50 > len(text[:4096]):
        return Document(
            sha256=sha256, media_type=media_type, reader="text", blocks=(), status="unknown_format",
            detail="the file holds binary data and is of no format that is read",
        )
    blocks = tuple(_blocks(text.split("\n")))
    detail = f"{decoded.replaced} characters could not be decoded as {decoded.encoding}" if decoded.replaced else ""
    return Document(
        sha256=sha256, media_type=media_type, reader="text", blocks=blocks, encoding=decoded.encoding,
        encoding_step=decoded.step, status="ok" if blocks else "empty", detail=detail or ("" if blocks else "no text"),
    )


def _flat(line: str) -> str:
    return unicodedata.normalize("NFKC", line).strip()


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    total = len(lines)
    wrapped = _wrap_width(lines)
    tables = 0
    while at < total:
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        end = at
        if "|" in line or "｜" in line:
            end = _pipe_run(lines, at)
            table = _pipe_table(lines, at, end)
        elif "\t" in line and _row_run(lines, at, tabs=True) - at >= 2:
            end = _row_run(lines, at, tabs=True)
            table = _spaced_table(lines, at, end, tabs=True)
        else:
            end = _lone_run(lines, at)
            if end > at:
                table = _lone_table(lines, at, end)
            else:
                end = _row_run(lines, at, tabs=False)
                table = _spaced_table(lines, at, end, tabs=False) if end - at >= 3 else None
        if table is not None:
            tables += 1
            yield table
            at = end
            continue
        first = at
        parts = [line.strip()]
        while wrapped and at + 1 < total and _width(lines[at]) >= wrapped - 3 and lines[at + 1].strip() and not (
            lines[at + 1][:1].isspace() or "|" in lines[at + 1]
        ):
            at += 1
            parts.append(lines[at].strip())
        at += 1
        place = f"line {first + 1}" if at == first + 1 else f"lines {first + 1}-{at}"
        yield Paragraph(" ".join("".join(parts).split()) if len(parts) > 1 else " ".join(line.split()), place)


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip())


def _wrap_width(lines: list[str]) -> int:
    """The column at which the file's lines were wrapped by hand, 0 where they were not."""
    widths = [_width(line) for line in lines if line.strip() and "|" not in line]
    if len(widths) < 12:
        return 0
    widest = max(widths)
    near = sum(1 for w in widths if w >= widest - 3)
    return widest if widest <= 120 and near * 2 >= len(widths) else 0


def _pipe_run(lines: list[str], at: int) -> int:
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


def _pipe_table(lines: list[str], start: int, end: int) -> Table | None:
    rows = [(n, lines[n]) for n in range(start, end) if lines[n].strip()]
    single = sum(1 for _, line in rows if sum(1 for part in _split_pipes(line) if part) <= 1)
    if single * 10 >= len(rows) * 7 and len(rows) > 2:
        cells: list[Cell] = []
        for n, line in rows:
            parts = _split_pipes(line)
            if parts and not parts[-1]:
                parts = parts[:-1]  # the bar closes the cell before it
            for part in parts:
                cells.append(Cell(len(cells), 0, 1, 1, part, f"line {n + 1}"))
        return Table(tuple(cells), len(cells), 1, f"lines {start + 1}-{end}", layout="stream") if cells else None
    if len(rows) < 2:
        return None
    grid: list[Cell] = []
    r = 0
    width = 0
    for n, line in rows:
        if _RULE.match(line) and "-" in line:
            continue
        stripped = line.strip().replace("｜", "|")
        inner = stripped[1:] if stripped.startswith("|") else stripped
        inner = inner[:-1] if inner.endswith("|") else inner
        for c, part in enumerate(inner.split("|")):
            grid.append(Cell(r, c, 1, 1, part.strip(), f"line {n + 1} cell {c + 1}"))
            width = max(width, c + 1)
        r += 1
    return Table(tuple(grid), r, width, f"lines {start + 1}-{end}")


def _row_run(lines: list[str], at: int, *, tabs: bool) -> int:
    """The end of a run of rows (cells set apart by tabs or by spaces) that starts here; ``at`` where none does. A short
    line of one cell belongs to it where rows with figures stand before and after."""
    end = at
    figures = 0
    while end < len(lines):
        width, numbers = _row_shape(lines[end], tabs=tabs)
        if width < (2 if tabs else 3):
            following = _row_shape(lines[end + 1], tabs=tabs) if end + 1 < len(lines) else (0, 0)
            lone = 0 < len(lines[end].strip()) <= 30 and not _SENTENCE_END.search(lines[end].strip())
            if end == at or not lone or following[0] < (2 if tabs else 3) or not (following[1] or tabs):
                break
        figures += numbers
        end += 1
    return end if figures >= 3 else at


def _row_shape(line: str, *, tabs: bool) -> tuple[int, int]:
    """(cells, figures) of a line read as a row."""
    parts = line.strip("\n ").split("\t") if tabs else _SPACED.split(line.strip())
    if not tabs and len(line) > 200:
        return 0, 0
    return len(parts), sum(1 for p in parts if _NUMBER.match(_flat(p)))


def _spaced_table(lines: list[str], start: int, end: int, *, tabs: bool) -> Table | None:
    if end - start < 2:
        return None
    cells: list[Cell] = []
    width = 0
    for r, n in enumerate(range(start, end)):
        parts = lines[n].rstrip("\n").split("\t") if tabs else _SPACED.split(lines[n].strip())
        for c, part in enumerate(parts):
            cells.append(Cell(r, c, 1, 1, part.strip(), f"line {n + 1} cell {c + 1}"))
        width = max(width, len(parts))
    return Table(tuple(cells), end - start, width, f"lines {start + 1}-{end}")


def _lone_run(lines: list[str], at: int) -> int:
    """The end of a run of short lines, one cell a line, that holds at least six lone figures; ``at`` where none begins."""
    if at and lines[at - 1].strip():
        return at
    end = at
    numbers = 0
    last_number = at
    prose = 0
    while end < len(lines):
        line = _flat(lines[end])
        if line:
            if len(line) > _SHORT or _SENTENCE_END.search(line) or "|" in line:
                break
            if _NUMBER.match(line):
                numbers += 1
                last_number = end
                prose = 0
            else:
                prose += 1
                if prose > 24:
                    break
        end += 1
    if numbers < _MIN_LONE_NUMBERS:
        return at
    return last_number + 1


def _lone_table(lines: list[str], start: int, end: int) -> Table | None:
    cells: list[Cell] = []
    n = start
    while n < end:
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
            for offset, part in enumerate(parts):
                cells.append(Cell(len(cells), 0, 1, 1, part, f"line {first + 1 + offset}"))
            continue
        cells.append(Cell(len(cells), 0, 1, 1, "\n".join(parts), f"line {first + 1}"))
    return Table(tuple(cells), len(cells), 1, f"lines {start + 1}-{end}", layout="stream")
