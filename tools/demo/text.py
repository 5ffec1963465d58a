"""Reports as text files, in the three table shapes that crawlers leave: ``cell |`` lines, one cell a line
with blank lines between, and Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tools.demo.forms import FormTable, Td, tables_after
from tools.demo.prose import Part

Shape = Literal["pipes", "lines", "markdown"]


def _pipes(table: FormTable, drop_blanks: bool) -> str:
    """Each cell on a line of its own before a bar; every row is filled up with bars to the longest row."""
    width = max(len(row) for row in table.rows)
    out: list[str] = []
    for row in table.rows:
        texts = [td.text for td in row]
        if drop_blanks:
            texts = [t for t in texts if t]
        out += [f"{t} |" if t else "|" for t in texts]
        if len(texts) < width:
            out.append("|" * (width - len(texts)))
    return "\n".join(out) + "\n"


def _lines(table: FormTable) -> str:
    return "".join(f"  {td.text}\n\n" for row in table.rows for td in row) + "\n"


def grid(rows: Sequence[Sequence[Td]]) -> list[list[str]]:
    """The rows as a full grid: a spanning cell's text stands at its first place, the others are empty."""
    taken: set[tuple[int, int]] = set()
    out: list[list[str]] = []
    for y, row in enumerate(rows):
        line: dict[int, str] = {}
        x = 0
        for td in row:
            while (y, x) in taken:
                x += 1
            line[x] = td.text
            taken.update((y + dy, x + dx) for dy in range(td.rowspan) for dx in range(td.colspan))
            x += td.colspan
        width = max(c for r, c in taken if r == y) + 1
        out.append([line.get(c, "") for c in range(width)])
    return out


def _markdown(table: FormTable) -> str:
    lines = [f"| {' | '.join(row)} |" for row in grid(table.rows)]
    columns = lines[0].count("|") - 1
    return "\n".join([lines[0], "|" + " --- |" * columns, *lines[1:]]) + "\n"


def text_file(title: str, published_on: str, parts: Sequence[Part], tables: Sequence[FormTable], shape: Shape, *,
              drop_blanks: bool = False) -> str:  # fmt: skip
    """The whole file. ``drop_blanks`` (shape pipes only) leaves blank cells out, so that rows lose their
    places."""
    out = [f"{title}\n", f"发布日期：{published_on}\n"]
    last = parts[-1].number
    for part in parts:
        if part.heading:
            out.append(f"{part.heading}\n")
        out += [f"　　{p}\n" for p in part.paragraphs]
        for table in tables_after(tables, part.number, last):
            if table.title:
                out.append(f"{table.title}\n")
            if shape == "pipes":
                out.append(_pipes(table, drop_blanks))
            else:
                out.append(_lines(table) if shape == "lines" else _markdown(table))
    return "\n".join(out)
