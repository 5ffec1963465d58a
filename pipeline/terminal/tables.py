"""Tables for a person: aligned lines where output goes to a file or pipe, rich's tables on a terminal, and a
block for each row where the columns do not fit beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from rich.cells import cell_len, set_cell_size

from pipeline.terminal.say import visible

MARKS = {True: "true", False: "false"}


def text_of(value: Any) -> str:
    """A value as people read it: decimals with their own digits, in plain notation."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return MARKS[value] if isinstance(value, bool) else str(value)


def _cell(value: Any) -> str:
    return visible(" ".join(text_of(value).split()))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def grid(names: Sequence[str], rows: Sequence[Sequence[Any]], limit: int = 48) -> Iterator[str]:
    """Lines of an aligned table; numbers to the right. What is wider than ``limit`` is cut with an
    ellipsis."""
    texts = [[_cell(v) for v in row] for row in rows]
    sizes = [min(limit, max([cell_len(n), *(cell_len(t[i]) for t in texts)])) for i, n in enumerate(names)]
    yield "  ".join(_fit(n, s) for n, s in zip(names, sizes, strict=True)).rstrip()
    yield "  ".join("-" * s for s in sizes)
    for row, text in zip(rows, texts, strict=True):
        cells = [
            " " * (s - cell_len(t)) + t if is_number(v) else _fit(t, s)
            for v, t, s in zip(row, text, sizes, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _fit(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text + " " * (room - cell_len(text))
    return set_cell_size(set_cell_size(text, room - 1).rstrip() + "…", room)


def draw(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Draw rows on the terminal: a table where it fits, else a block for each row with one column a line."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    wide = [
        max([cell_len(n), *(min(cell_len(_cell(row[i])), 40) for row in rows)]) for i, n in enumerate(names)
    ]
    if sum(wide) + 2 * len(wide) <= console.width:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
        for i, name in enumerate(names):
            numbers = any(is_number(row[i]) for row in rows)
            table.add_column(
                Text(visible(name)),
                justify="right" if numbers else "left",
                overflow="fold",
                min_width=wide[i],
            )
        for row in rows:
            table.add_row(*(Text(_cell(v)) for v in row))
        console.print(table)
        return
    for number, row in enumerate(rows, start=1):
        console.rule(Text(str(number)), align="left")
        block = Table.grid(padding=(0, 2))
        block.add_column(style="dim", no_wrap=True)
        block.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            block.add_row(Text(visible(name)), Text("—" if value is None else _cell(value)))
        console.print(block)
