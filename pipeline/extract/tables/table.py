"""Form tables to figures: every value cell finds its meaning in the labels of its row and its column.

One pass over the rows of a table, with what stands above in mind, reads the application table, the proactive
tables, the dispute table and the statistics table alike, whole or in pieces, upright or turned:

rows     the cells as rows of items, each with what its text can mean
kinds    what a row is: part of a head, a row of figures, a group's name, ...
heads    the columns that hold below a head, in the order that most sums bear out
cells    which value of a row is which cell of the form
observations   the cells put together, with what stayed open or local, and why

Columns are matched by the order of the head's leaves; geometry decides only where the whole table bears it
out, because heads and bodies often disagree in their spans. A row that shows fewer numbers than it has cells
is handed on as ``Unplaced``.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from operator import attrgetter

from pipeline.document import Table
from pipeline.extract.tables.cells import Entry, Local, cells_of, last_head
from pipeline.extract.tables.kinds import (
    Above,
    after,
    group_named,
    kind_below_heads,
    kind_of,
    with_head_row,
    with_heads,
)
from pipeline.extract.tables.misprints import respelled
from pipeline.extract.tables.observations import TableReading, together
from pipeline.extract.tables.rows import Form, Row, rows_of

_BESIDE_HEADS = ("other_year", "matter_and_quantity", "quantity", "matters")
"""Kinds of row that need no head: a head above them waits on."""
_year, _is_label, _is_figure = attrgetter("year"), attrgetter("is_label"), attrgetter("is_figure")
_BEARS = 3
"""Different labels of one of the form's tables from which a table looks like it."""


def read_table(table: Table, form: Form, above: Above) -> tuple[TableReading, Above]:
    """What a table says, and what stands above the next one of the report. ``above`` comes from the table
    before, or from the paragraphs since."""
    meant = respelled(table, form.words, form.template)
    if meant:
        table = replace(table, cells=tuple(c._replace(text=meant.get(c.text, c.text)) for c in table.cells))
    rows = rows_of(table, form)
    above = Above(
        above.heads,
        group_named(table.caption, form) or above.group,
        stream=table.layout == "stream",
        dated=any(map(_year, chain.from_iterable(rows))),
    )
    entries: list[Entry] = []
    known = False
    for n, row in enumerate(rows):
        kind = kind_of(row, rows[n + 1] if n + 1 < len(rows) else (), above, form)
        if kind.name == "head":
            above = with_head_row(row, kind, above)
            continue
        if above.pending and kind.name not in _BESIDE_HEADS:
            above = with_heads(above, rows[n:], form)
        if kind.name == "open":
            kind = kind_below_heads(row, above, form)
        found = cells_of(row, kind, above, form)
        known = known or kind.name == "labelled" or any(not isinstance(e, Local) for e in found)
        entries += found
        above = after(row, kind, above, form)
    if above.pending:
        waiting = above
        above = with_heads(above, [], form)
        if above.stream and "state" in above.learned:
            entries += last_head(waiting.pending, above.heads.state)
    reading = together(entries, form, "ocr" if table.method == "ocr" else "table", meant, known)
    return _told(reading, table, rows, above), above


def _told(reading: TableReading, table: Table, rows: list[Row], above: Above) -> TableReading:
    """The reading with what may be said of the table where it was not understood."""
    nameless = any(not any(map(_is_label, row)) and any(map(_is_figure, row)) for row in rows)
    if reading.cells() and not reading.local and not nameless:
        return reading  # understood
    items = [item for row in rows for item in row if item.own]
    named: dict[str, set[str]] = {}
    for item in items:
        for name in item.tables if item.is_label else ():
            named.setdefault(name, set()).add(item.text)
    about = frozenset(name for name, texts in named.items() if len(texts) >= _BEARS)
    figures = any(item.is_figure for item in items)
    why = "empty" if not any(c.text.strip() for c in table.cells) else "grid" if above.learned else "heads"
    return reading._replace(
        about=about,
        shown=figures or bool(table.cells and why == "empty"),
        nameless=nameless,
        why=why if named or why == "empty" else "labels",
    )
