"""Tables as rows of items: spans laid out, labels told from values, streams cut at labels, tables turned
upright."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from pipeline.chinese.numbers import Reading, parse_cell
from pipeline.chinese.text import squeeze
from pipeline.document import Cell, Table
from pipeline.extract.tables.cut_rows import with_whole_rows
from pipeline.extract.tables.garbled_labels import with_likely_labels
from pipeline.extract.tables.vocabulary import Vocabulary

_NUMBERED = re.compile(r"^\s*(?:[(（][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、|\d+\s*[.、．])")
_MOST_NAMES = 5  # names of applicants down one column that need no figures beside each
_MIN_TWINS = 4  # equal labels side by side from which a table's merged cells were filled one by one
_UNIT_ONLY = frozenset({"件", "条", "次", "个", "人", "篇", "人次", "万元", "元", "项", "份", "期", "场"})


class Item(NamedTuple):
    """One cell as a row shows it; ``own`` is false where a cell of a row above reaches down into this row. A
    cell is a value (which may be blank), a label, or, where its text is not understood as either, a label
    too."""

    text: str
    col: int
    colspan: int
    locator: str
    reading: Reading
    own: bool
    is_value: bool
    is_label: bool
    is_blank: bool
    readings: tuple[str, ...] = ()

    def blanked(self) -> Item:
        """The same place with nothing in it."""
        return Item("", self.col, self.colspan, self.locator, _BLANK, self.own, True, False, True)


Row = list[Item]
_BLANK = Reading("blank")


@lru_cache(maxsize=65536)
def _kind(text: str) -> tuple[Reading, bool, bool, bool]:
    """(reading, is a value, is a label, is blank)."""
    reading = parse_cell(text)
    value = reading.state != "unreadable" or not any(map(str.isalnum, text))  # dots, a picture: no words
    return reading, value, not value and not text.strip().isdigit(), reading.state == "blank"


def _item(cell: Cell, place: str) -> Item:
    _, col, _, colspan, text, locator, readings = cell
    reading, value, label, blank = _kind(text)
    blank = blank and not readings  # ink that was not read is no blank
    return Item(text, col, colspan, f"{place} {locator}", reading, True, value, label, blank, readings)


def is_unit(text: str) -> bool:
    """Whether a cell holds nothing but a unit of counting or money."""
    return squeeze(text) in _UNIT_ONLY


@lru_cache(maxsize=16384)
def is_row_label(text: str, words: Vocabulary, template: str | None) -> bool:
    """Whether a cell is the label of a known row; 其他 and 总计 are so only with their numbering."""
    if not words.row(text, template) or ("\n" in text and words.names_several(text, template)):
        return False
    return not words.columns.find(text) or bool(_NUMBERED.match("".join(text.split())))


def rows_of(table: Table, words: Vocabulary, template: str | None) -> list[Row]:
    """The table's rows of items, upright: row labels to the left, column labels above."""
    if table.method == "ocr":
        table = with_likely_labels(
            _with_known_labels(table, words, template), words, template, lambda text: _kind(text)[2]
        )
    if table.layout == "stream":
        return _cut_stream(table, words, template)
    table = _merged(with_whole_rows(table, words, template))
    return _lay_out(_turned(table) if _lies_on_its_side(table, words, template) else table)


def _merged(table: Table) -> Table:
    """A table without spans whose labels stand once in every place that they cover, as if its cells were
    merged."""
    if any(cell.rowspan > 1 or cell.colspan > 1 for cell in table.cells):
        return table
    text = {
        (cell.row, cell.col): cell.text for cell in table.cells if len(cell.text) > 1 and _kind(cell.text)[2]
    }
    twins = sum(1 for (r, c), t in text.items() if text.get((r, c + 1)) == t and not is_unit(t))
    if twins < _MIN_TWINS:
        return table
    merged: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for cell in table.cells:
        at = (cell.row, cell.col)
        if at in taken:
            continue
        label = text.get(at)
        if label is None or is_unit(label):
            merged.append(cell)
            continue
        wide = tall = 1
        while text.get((cell.row, cell.col + wide)) == label and (cell.row, cell.col + wide) not in taken:
            wide += 1
        while all(text.get((cell.row + tall, cell.col + n)) == label for n in range(wide)):
            tall += 1
        taken.update((cell.row + r, cell.col + c) for r in range(tall) for c in range(wide))
        merged.append(cell._replace(rowspan=tall, colspan=wide))
    return replace(table, cells=tuple(merged))


def _with_known_labels(table: Table, words: Vocabulary, template: str | None) -> Table:
    """The table with its doubtful labels read as the first of their readings that the codebook knows."""

    def known(text: str) -> bool:
        return bool(words.row(text, template) or words.columns.find(text) or words.groups.find(text))

    def read(cell: Cell) -> Cell:
        if not cell.readings or not _kind(cell.text)[2] or known(cell.text):
            return cell
        other = next((text for text in cell.readings if _kind(text)[2] and known(text)), None)
        return cell._replace(text=other, readings=(cell.text,)) if other else cell

    return replace(table, cells=tuple(read(cell) for cell in table.cells))


def _lay_out(table: Table) -> list[Row]:
    rows: list[Row] = [[] for _ in range(table.n_rows)]
    mixed: set[int] = set()
    for cell in table.cells:
        item = _item(cell, table.locator)
        rows[cell.row].append(item)
        if cell.rowspan > 1:
            below = item._replace(own=False)
            for r in range(cell.row + 1, min(cell.row + cell.rowspan, table.n_rows)):
                rows[r].append(below)
                mixed.add(r)
    for r in mixed:
        rows[r].sort(key=lambda item: item.col)
    return [row for row in rows if row]


def _cut_stream(table: Table, words: Vocabulary, template: str | None) -> list[Row]:
    rows: list[Row] = []
    row: Row = []
    named = filled = spaced = (
        False  # the row has a known label; a figure; a value (blank or not) after its label
    )
    heads = 0
    items = [_item(cell, table.locator) for cell in table.cells]
    for item, following in zip_longest(items, items[1:]):
        label = item.is_label and not is_unit(item.text)
        known = label and is_row_label(item.text, words, template)
        head_ends = not label and item.is_value and not item.is_blank and not named and heads >= 2
        if label and following is not None and following.is_value and heads == 0 and len(row) > 1:
            states = [k for k in words.columns.find(item.text) if k.kind == "state"]
            head_ends = bool(states) and len(words.dispute_groups(i.text for i in row if i.is_label)) > 1
        if row and (
            head_ends
            or (label and (filled or known or (spaced and named) or (heads and not row[-1].is_label)))
        ):
            rows.append(row)
            row, named, filled, spaced, heads = [], False, False, False, 0
        row.append(item._replace(col=len(row)))
        if label:
            named = named or known
            heads += bool(words.columns.find(item.text))
        elif item.is_value:
            spaced = True
            filled = filled or not item.is_blank
    if row:
        rows.append(row)
    return rows


def _lies_on_its_side(table: Table, words: Vocabulary, template: str | None) -> bool:
    """Whether what the forms print as column labels stands in a column, each with figures to its right."""
    columns = words.columns
    named = [c for c in table.cells if not c.text[:1].isdigit() and columns.find(c.text)]
    if len(named) < 3:
        return False
    down: dict[int, int] = {}
    across: dict[int, int] = {}
    figures: dict[int, int] = {}
    for cell in named:
        down[cell.col] = down.get(cell.col, 0) + 1
    if max(down.values()) < 3:
        return False
    down.clear()
    for cell in table.cells:
        if parse_cell(cell.text).state not in ("blank", "unreadable"):
            for r in range(cell.row, cell.row + cell.rowspan):
                figures[r] = figures.get(r, 0) + 1
    people = [
        c
        for c in named
        if any(k.kind == "applicant" for k in columns.find(c.text))
        and not is_row_label(c.text, words, template)
    ]
    if max(Counter(c.col for c in people).values(), default=0) >= _MOST_NAMES and any(
        figures.get(c.row) for c in people
    ):
        return max(Counter(c.row for c in people).values()) < 3 and _heads_fit(table, figures)
    matters = [
        (cell.row, cell.col) for cell in table.cells if (k := words.row(cell.text, template)) and k[0].matter
    ]
    for cell in named:
        keys = words.columns.find(cell.text)
        if keys and keys[0].kind == "quantity" and any(r <= cell.row and c < cell.col for r, c in matters):
            continue  # a matter, its quantity and a figure in one row
        if not keys or any(k.kind == "state" for k in keys) or is_row_label(cell.text, words, template):
            continue  # results of disputes may stand in rows as well as in columns: read as they are
        across[cell.row] = across.get(cell.row, 0) + 1
        if figures.get(cell.row):
            down[cell.col] = down.get(cell.col, 0) + 1
    if not down or max(down.values()) < 3 or not _heads_fit(table, figures):
        return False
    return max(down.values()) > max((n for r, n in across.items() if not figures.get(r)), default=0)


def _heads_fit(table: Table, figures: dict[int, int]) -> bool:
    """Whether the rows above the first figures reach as far to the right as those below: else their labels'
    places say nothing of the columns."""
    reach: dict[int, int] = {}
    for cell in table.cells:
        for r in range(cell.row, min(cell.row + cell.rowspan, table.n_rows)):
            reach[r] = max(reach.get(r, 0), cell.col + cell.colspan)
    first = min(figures)
    cells = Counter(cell.row for cell in table.cells if cell.row < first)
    top = min((row for row, n in cells.items() if n > 1), default=first)
    return all(reach.get(r, 0) == reach.get(first, 0) for r in range(top, first))


def _turned(table: Table) -> Table:
    cells = tuple(
        sorted(
            (Cell(c.col, c.row, c.colspan, c.rowspan, c.text, c.locator, c.readings) for c in table.cells),
            key=lambda c: (c.row, c.col),
        )
    )
    return Table(
        cells,
        table.n_cols,
        table.n_rows,
        table.locator,
        layout=table.layout,
        method=table.method,
        caption=table.caption,
    )
