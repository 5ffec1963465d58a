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

import unicodedata
from collections.abc import Iterator, Sequence

from pipeline.clean.line_grids import pipe_run, pipe_table, row_table, spaced_run, tabbed_run
from pipeline.clean.line_lists import lone_run, lone_table, told_run, told_table
from pipeline.clean.lines import Lines
from pipeline.document import Block, Paragraph, Table

_MIN_FIGURES = 3


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
        end = pipe_run(page.texts, at)
        return pipe_table(page, at, end), end
    if "\t" in line and (end := tabbed_run(page.texts, at)) - at >= 2:
        return row_table(page, at, end, tabs=True), end
    if (end := lone_run(page, at)) > at:
        return lone_table(page, at, end), end
    if (end := told_run(page.texts, at)) > at:
        return told_table(page, at, end), end
    if (end := spaced_run(page.texts, at)) > at:
        return row_table(page, at, end, tabs=False), end
    return None, at


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
