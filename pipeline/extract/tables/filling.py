"""Values of a row given to their cells: by the order of its columns, as a list's one figure, as matters and
quantities."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.tables.alignment import aligned, kept, unit_of
from pipeline.extract.tables.claims import Claims, Slot, labels_of
from pipeline.extract.tables.heads import HeadReader, Heads
from pipeline.extract.tables.orders import Column, Order, best_order
from pipeline.extract.tables.rows import Item, Row, is_unit
from pipeline.extract.tables.vocabulary import ColumnKey, RowKey, Vocabulary

_NOTHING = ("text_zero", "dash", "not_applicable")


class RowFiller:
    """What reading a table keeps in mind, and the rows whose cells it settles by themselves."""

    def __init__(self, words: Vocabulary, template: str | None, year: int | None) -> None:
        self.words = words
        self.template = template
        self.year = year
        self.learner = HeadReader(words, year, self.choose)
        self.pending: list[Row] = []  # rows of a head whose body has not begun
        self.matter = ""  # the matter whose quantities stand in rows of their own
        self.matters: tuple[
            Column, ...
        ] = ()  # matters of the proactive tables as columns, their quantities in the rows
        self.heads = Heads()
        self.group = ""  # the dispute group named last, by a paragraph, a caption or a row
        self.outcome = ""  # the group of outcomes that the row before stood in
        self.dated = False  # some cell of the table is nothing but a year
        self.claims = Claims(words, template, "table")

    def choose(self, options: Sequence[Order], below: Sequence[Row]) -> Order:
        """The order of columns that the rows below a head bear out."""
        return best_order(options, below)

    # -- values -----------------------------------------------------------------------------------------------------

    def _fill(
        self,
        label: Item | None,
        values: Row,
        columns: Sequence[Column],
        slots: Sequence[Slot | None],
        stream: bool,
        gridded: bool,
        ragged: bool = False,
    ) -> None:
        """Give each value its column by order, or by its place where the whole table bears the places out;
        where numbers are fewer than columns, hand the row on."""
        name = label.text if label else ""
        if len(values) > len(columns):
            values = (
                [v for v in values if v.reading.unit != "%"]
                if any(v.reading.unit == "%" for v in values)
                else values
            )
        if len(values) < len(columns):
            values = _spread(values, len(columns))
        filled = [v for v in values if v.is_value and not v.is_blank]
        found = kept(values, columns) if stream else aligned(values, columns, gridded, ragged)
        if found is None and len(filled) == len(columns):
            found = [*filled]
        if found is None:
            if not filled:
                place = values[0] if values else label
                for slot, column in zip(slots, columns, strict=True):
                    if slot and place:
                        self.claims.blank(slot, place, labels_of(name, column.label))
            elif len(filled) < len(columns):
                self.claims.hand_on(name, filled, tuple(slots))
            else:
                self.claims.local_values(name, filled)
                for slot, column in zip(slots, columns, strict=True):
                    if slot:
                        self.claims.open(slot, filled, labels_of(name, column.label))
            return
        for value, column, slot in zip(found, columns, slots, strict=True):
            if slot is None:
                if value is not None and not value.is_label:
                    self.claims.local(name, column.label, value)
            elif value is None:
                place = label or next(v for v in values)
                self.claims.blank(slot, place, labels_of(name, column.label))
            elif not value.own and not value.is_blank:
                self.claims.open(slot, [value], labels_of(name, column.label))
            else:
                self.claims.claim(slot, value, labels_of(name, column.label), unit_of(column.label))

    def _list_row(self, row: Row, at: int, slot: Slot, values: Row) -> None:
        """A label with one figure of its own; figures of other years stay local, two of its own are open."""
        label = row[at].text
        units = [v for v in values if v.is_label and is_unit(v.text)]
        rest = [v for v in values if v.is_value]
        filled = [v for v in rest if not v.is_blank]
        own = {c.col for c in self.heads.single if c.key}
        past = {c.col: c.label for c in self.heads.single if not c.key}
        if past:
            for v in filled:
                if v.col in past:
                    self.claims.local(label, past[v.col], v)
            rest = [v for v in rest if v.col not in past]
            filled = [v for v in filled if v.col not in past]
        if len(filled) > 1 and own:
            chosen = [v for v in filled if v.col in own]
            for v in filled:
                if chosen and v not in chosen:
                    self.claims.local(label, "", v)
            filled = chosen or filled
        unit = units[0].text.strip() if units else unit_of(label)
        if not filled:
            words = [v for v in values if v.is_label and not is_unit(v.text)]
            if words and (not rest or words[0].col < rest[0].col):  # words stand where the figure should
                self.claims.claim(slot, words[0], label)
                return
        if len(filled) == 1:
            self.claims.claim(slot, filled[0], label, unit)
        elif not filled and rest:
            self.claims.claim(slot, rest[-1], label, unit)
        elif filled:
            self.claims.open(slot, filled, label)

    # -- proactive tables
    # -------------------------------------------------------------------------------------------

    def _matter_of(self, item: Item) -> str:
        keys = self.words.row(item.text, self.template) if item.is_label else ()
        return keys[0].matter if keys else ""

    def _matter_and_quantity(self, row: Row) -> bool:
        """A row that names a matter and one of its quantities beside one figure (规章 | 本年制发件数 | 3)."""
        if sum(1 for i in row if i.is_value and not i.is_blank) > 1:
            return False
        at = next(
            (n for n, i in enumerate(row) if i.own and i.is_label and self.learner.key(i, "quantity")), None
        )
        if at is None or not any(i.is_value for i in row[at + 1 :]):
            return False
        before = [i for i in row[:at] if not i.is_blank]
        matter = next(
            (m for i in reversed(before) if (m := self._matter_of(i))), "" if before else self.matter
        )
        key = self.learner.key(row[at], "quantity")
        if key is None or (matter, key.key) not in self.words.proactive:
            return False
        self.claims.out.known_rows += 1
        self.matter = matter
        self._list_row(row, at, (f"{matter}.{key.key}", None), row[at + 1 :])
        return True

    def _quantity_across(self, row: Row, following: Sequence[Row]) -> bool:
        """Matters as columns and their quantities in the rows: the head, or a row under it."""
        key = self.learner.key(row[0], "quantity") if self.matters else None
        if key and row[0].own and any(i.is_value for i in row[1:]):
            slots: list[Slot | None] = [
                (f"{c.group}.{key.key}", None) if (c.group, key.key) in self.words.proactive else None
                for c in self.matters
            ]
            if any(slots):
                self.claims.out.known_rows += 1
                self._fill(row[0], row[1:], self.matters, slots, False, False)
                return True
        if not following or any(i.is_value and not i.is_blank for i in row):
            return False
        named = [i for i in row if i.own and self._matter_of(i)]
        if not named or len(named) < len(row) - 1 or not self.learner.key(following[0][0], "quantity"):
            return False
        if len(following[0]) != len(named) + 1 or not all(i.is_value for i in following[0][1:]):
            return False
        self.matters = tuple(
            Column(ColumnKey("matter", m), i.text, i.col, m) for i in named if (m := self._matter_of(i))
        )
        return True

    def _proactive_row(self, row: Row, at: int, key: RowKey, values: Row, stream: bool) -> None:
        whole = self.heads.quantity
        columns = tuple(c for c in whole if c.key is None or (key.matter, c.key.key) in self.words.proactive)
        columns = columns if any(c.key for c in columns) else ()
        own_form = tuple(
            c
            for c in columns
            if c.key is None or (self.template or "") in self.words.proactive[key.matter, c.key.key]
        )
        if any(c.key for c in own_form):
            columns = own_form  # what another form has of this matter is not asked here
        if 0 < len(columns) < len(whole) == len(values) and all(
            c in columns or v.reading.value is None for c, v in zip(whole, values, strict=True)
        ):  # one head for all matters: marks stand where a matter has no such cell
            values = [v for c, v in zip(whole, values, strict=True) if c in columns]
        if not columns:
            own = [
                i
                for (m, _), i in self.words.proactive.items()
                if m == key.matter and (self.template or "") in i
            ]
            if len(own) == 1 and len([v for v in values if not v.is_blank]) <= 1:
                indicator = own[0][self.template or ""]
                columns = (
                    Column(
                        ColumnKey("quantity", indicator.indicator_id.rpartition(".")[2]),
                        indicator.label_zh,
                        0,
                    ),
                )
                values = [v for v in values if not v.is_blank][:1] or values[:1]
            else:
                self.claims.local_row(row)
                return
        slots: list[Slot | None] = [(f"{key.matter}.{c.key.key}", None) if c.key else None for c in columns]
        self._fill(row[at], values, columns, slots, stream, self.heads.placed and columns == whole)


def _spread(values: Row, n: int) -> Row:
    """The values with a zero, a dash or a slash that was merged over several columns in each of them, where
    that makes ``n``."""
    wide = [v for v in values if v.colspan > 1 and not v.is_blank]
    if not wide or sum(v.colspan if not v.is_blank else 1 for v in values) != n:
        return values
    if any(
        v.reading.state not in _NOTHING and (v.reading.state != "reported" or v.reading.value != 0)
        for v in wide
    ):
        return values
    return [v for v in values for _ in range(v.colspan if v in wide else 1)]
