"""A table as rows of items: spans laid out, labels told from values, streams cut at labels, tables turned
upright. What a cell's text can mean is looked up once, here; all later steps look at the items alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, zip_longest
from operator import attrgetter
from typing import Any, NamedTuple

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbering import is_numbered
from pipeline.chinese.numbers import Reading, parse_cell
from pipeline.chinese.text import squeeze
from pipeline.document import Cell, Table
from pipeline.extract.tables.cut_rows import with_whole_rows
from pipeline.extract.tables.garbled_labels import with_likely_labels
from pipeline.extract.tables.vocabulary import ColumnKey, RowKey, Vocabulary, is_unit
from pipeline.extract.tables.years import year_of

BESIDE = " | "
_MOST_NAMES = 5  # names of applicants down one column that need no figures beside each
_MIN_TWINS = 4  # equal labels side by side from which a table's merged cells were filled one by one


class Form(NamedTuple):
    """What a table is read by: the labels, the report's form and its year."""

    words: Vocabulary
    template: str | None
    year: int | None

    @property
    def lists(self) -> bool:
        """Whether the form is a list of single figures, not tables of six sections."""
        return (self.template or "") in self.words.statistics


class Item(NamedTuple):
    """One cell as a row shows it; ``own`` is false where a cell of a row above reaches down into this row.
    A cell is a value (which may be blank), a label, or, where its text is not understood as either, a label
    too. From ``reading`` on all follows from the text: a ``figure`` is a value that is not blank, what
    ``names`` a label that is no unit; ``year`` is ``own``, ``past`` or nothing; ``rows``, ``columns`` and
    ``group`` are what a label means as a row, a column, a group; ``is_row`` says that a row may begin with
    it; ``applicant``, ``state`` and ``quantity`` are the column's key as one of that kind; ``state_group``
    is the dispute group that a result names along with itself, ``matter`` that of the proactive tables."""

    text: str
    col: int
    colspan: int
    locator: str
    own: bool
    readings: tuple[str, ...]
    reading: Reading
    is_value: bool
    is_label: bool
    is_blank: bool
    is_figure: bool
    is_unit: bool
    names: bool
    year: str
    rows: tuple[RowKey, ...]
    is_row: bool
    columns: tuple[ColumnKey, ...]
    applicant: str
    state: str
    quantity: str
    group: ColumnKey | None
    state_group: str
    matter: str

    @property
    def tables(self) -> set[str]:
        """The form's tables whose labels this may be."""
        found = {key.table for key in self.rows if key.table in ("application", "proactive")}
        review = self.state or (self.group and self.group.kind == "group")
        return found | ({"proactive"} if self.quantity else set()) | ({"review"} if review else set())

    def blanked(self) -> Item:
        """The same place with nothing in it."""
        return Item._make(("", *self[1:5], (), *_NOTHING))


Row = Sequence[Item]
_new = tuple.__new__  # of a named tuple it takes half the time of the class itself
_NO_WORDS = ((), False, (), "", "", "", None, "", "")
_NOTHING = (Reading("blank"), True, False, True, False, False, False, "", *_NO_WORDS)


@lru_cache(maxsize=65536)
def _kind(text: str) -> tuple[Reading, bool, bool, bool]:
    """(reading, is a value, is a label, is blank)."""
    reading = parse_cell(text)
    value = reading.state != "unreadable" or not any(map(str.isalnum, text))  # dots, a picture: no words
    return reading, value, not value and not text.strip().isdigit(), reading.state == "blank"


@lru_cache(maxsize=65536)
def _sense(text: str, form: Form) -> tuple[Any, ...]:
    """The fields of an item that its text decides."""
    (reading, value, label, blank), unit, year = _kind(text), is_unit(text), year_of(text, form.year)
    kind = (reading, value, label, blank, value and not blank, unit, label and not unit, year)
    if not label:
        return (*kind, *_NO_WORDS)
    words = form.words
    rows, columns, groups = words.row(text, form.template), words.columns.find(text), words.groups.find(text)
    is_row = bool(rows) and not ("\n" in text and words.names_several(text, form.template))
    is_row = is_row and (not columns or is_numbered(squeeze(text)))  # 其他 and 总计 only with a number
    keys = {key.kind: key.key for key in reversed(columns)}
    kinds = [keys.get(kind, "") for kind in ("applicant", "state", "quantity")]
    group_of_state = words.group_of_state.get(normalise_label(text), "")
    matter = rows[0].matter if rows else ""
    group = groups[0] if groups else None
    return (*kind, rows, is_row, columns, *kinds, group, group_of_state, matter)


def _items(table: Table, form: Form) -> list[Item]:
    """The table's cells, in order."""
    place, senses = table.locator, {text: _sense(text, form) for text in {c.text for c in table.cells}}
    items: list[Item] = []
    for _, col, _, colspan, text, locator, readings in table.cells:
        item = _new(Item, (text, col, colspan, f"{place} {locator}", True, readings, *senses[text]))
        if readings and item.is_blank:  # ink that was not read
            item = item._replace(is_blank=False, is_figure=item.is_value)
        items.append(item)
    return items


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """A label without its line breaks and doubled spaces."""
    return " ".join(text.split())


@lru_cache(maxsize=16384)
def labels_of(row_label: str, column_label: str) -> str:
    """The labels of a cell's row and column as printed, on one line: ``结转下年度继续办理 | 自然人``."""
    return BESIDE.join(part for part in (one_line(row_label), one_line(column_label)) if part)


def label_item(text: str, col: int, colspan: int, form: Form) -> Item:
    """A label at a place of a head, wherever in a file it stands."""
    return _new(Item, (text, col, colspan, "", True, (), *_sense(text, form)))


def rows_of(table: Table, form: Form) -> list[Row]:
    """The table's rows of items, upright: row labels to the left, column labels above. A row of a list that
    holds several labels, each with its figure, is cut before each label."""
    if table.method == "ocr":
        table = with_likely_labels(
            _with_known_labels(table, form), form.words, form.template, lambda t: _kind(t)[2]
        )
    if table.layout == "stream":
        rows = _cut_stream(table, form)
    else:
        table = _merged(with_whole_rows(table, form.words, form.template))
        items = _items(table, form)
        if _lies_on_its_side(table, items, form):
            table = _turned(table)
            items = _items(table, form)
        rows = _lay_out(table, items)
    return [part for row in rows for part in _parts(row)] if form.lists else rows


def _parts(row: Row) -> list[Row]:
    if len(row) < 4:
        return [row]
    cuts = [n for n, i in enumerate(row) if i.own and i.rows and i.rows[0].table == "statistics"]
    if len(cuts) < 2 or any(not any(i.is_value for i in row[a + 1 : b]) for a, b in pairwise(cuts)):
        return [row]
    return [row[a:b] for a, b in pairwise([0, *cuts[1:], len(row)])]


def _merged(table: Table) -> Table:
    """A table without spans whose labels stand once in every place that they cover, as if its cells were
    merged."""
    for cell in table.cells:
        if cell.rowspan > 1 or cell.colspan > 1:
            return table
    text = {(c.row, c.col): c.text for c in table.cells if len(c.text) > 1 and _kind(c.text)[2]}
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


def _with_known_labels(table: Table, form: Form) -> Table:
    """The table with its doubtful labels read as the first of their readings that the codebook knows."""
    words = form.words

    def known(text: str) -> bool:
        return bool(words.row(text, form.template) or words.columns.find(text) or words.groups.find(text))

    def read(cell: Cell) -> Cell:
        if not cell.readings or not _kind(cell.text)[2] or known(cell.text):
            return cell
        other = next((text for text in cell.readings if _kind(text)[2] and known(text)), None)
        return cell._replace(text=other, readings=(cell.text,)) if other else cell

    return replace(table, cells=tuple(read(cell) for cell in table.cells))


def _lay_out(table: Table, items: Sequence[Item]) -> list[Row]:
    rows: list[list[Item]] = [[] for _ in range(table.n_rows)]
    mixed: set[int] = set()
    for cell, item in zip(table.cells, items, strict=True):
        rows[cell.row].append(item)
        if cell.rowspan > 1:
            below = _new(Item, (*item[:4], False, *item[5:]))
            for r in range(cell.row + 1, min(cell.row + cell.rowspan, table.n_rows)):
                rows[r].append(below)
                mixed.add(r)
    for r in mixed:
        rows[r].sort(key=attrgetter("col"))
    return [row for row in rows if row]


def _cut_stream(table: Table, form: Form) -> list[Row]:
    rows: list[Row] = []
    row: list[Item] = []
    named = filled = spaced = False  # a known label; a figure; a value (blank or not) after the label
    heads = 0
    items = _items(table, form)
    for item, following in zip_longest(items, items[1:]):
        label = item.names
        known = label and item.is_row
        head_ends = not label and item.is_figure and not named and heads >= 2
        if label and following is not None and following.is_value and heads == 0 and len(row) > 1:
            head_ends = bool(item.state) and len(dispute_groups(row, form)) > 1
        if row and (
            head_ends
            or (label and (filled or known or (spaced and named) or (heads and not row[-1].is_label)))
        ):
            rows.append(row)
            row, named, filled, spaced, heads = [], False, False, False, 0
        row.append(_new(Item, (item.text, len(row), *item[2:])))
        if label:
            named = named or known
            heads += bool(item.columns)
        elif item.is_value:
            spaced = True
            filled = filled or not item.is_blank
    if row:
        rows.append(row)
    return rows


def dispute_groups(items: Row, form: Form) -> list[str]:
    """The dispute groups with results of their own that some labels name."""
    return [i.group.key for i in items if i.group and i.group.key in form.words.review_groups]


def _lies_on_its_side(table: Table, items: Sequence[Item], form: Form) -> bool:
    """Whether what the forms print as column labels stands in a column, each with figures to its right."""
    if sum(1 for i in items if i.columns) < 3:
        return False
    cells = list(zip(table.cells, items, strict=True))
    named = [(c, i) for c, i in cells if i.columns and not c.text[:1].isdigit()]
    if max(Counter(c.col for c, _ in named).values(), default=0) < 3:
        return False
    figures: Counter[int] = Counter()
    for cell, item in cells:
        if item.reading.state not in ("blank", "unreadable"):
            for r in range(cell.row, cell.row + cell.rowspan):
                figures[r] += 1
    people = [c for c, i in named if i.applicant and not i.is_row]
    if max(Counter(c.col for c in people).values(), default=0) >= _MOST_NAMES and any(
        figures.get(c.row) for c in people
    ):
        return max(Counter(c.row for c in people).values()) < 3 and _heads_fit(table, figures)
    matters = [(c.row, c.col) for c, i in cells if i.matter]
    down: Counter[int] = Counter()
    across: Counter[int] = Counter()
    for cell, item in named:
        if item.quantity and any(r <= cell.row and c < cell.col for r, c in matters):
            continue  # a matter, its quantity and a figure in one row
        if item.state or item.is_row:
            continue  # results of disputes may stand in rows as well as in columns: read as they are
        across[cell.row] += 1
        down[cell.col] += bool(figures.get(cell.row))
    if max(down.values(), default=0) < 3 or not _heads_fit(table, figures):
        return False
    return max(down.values()) > max((n for r, n in across.items() if not figures.get(r)), default=0)


def _heads_fit(table: Table, figures: Counter[int]) -> bool:
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
    cells = (Cell(c.col, c.row, c.colspan, c.rowspan, *c[4:]) for c in table.cells)
    upright = tuple(sorted(cells, key=lambda c: (c.row, c.col)))
    return replace(table, cells=upright, n_rows=table.n_cols, n_cols=table.n_rows, joints=())
