"""Form tables to figures: every value cell finds its meaning in the labels of its row and its column.

One pass over the rows of a table, with the column heads seen last kept in mind, reads the application table,
the five proactive tables, the dispute table and the statistics table alike, whole or in pieces, upright or
turned. Columns are matched by the order of the head's leaves; geometry decides only where the whole table
bears it out, because heads and bodies often disagree in their spans. A row that shows fewer numbers than it
has cells is handed on as ``Unplaced``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.codebook import normalise_label
from pipeline.document import Table
from pipeline.extract.tables.alignment import total_left_out
from pipeline.extract.tables.claims import Claims, Slot, TableReading
from pipeline.extract.tables.filling import RowFiller
from pipeline.extract.tables.heads import year_of
from pipeline.extract.tables.misprints import respelled
from pipeline.extract.tables.orders import Column
from pipeline.extract.tables.rows import Row, is_row_label, is_unit, rows_of
from pipeline.extract.tables.vocabulary import ColumnKey, RowKey

__all__ = ["Slot", "TableReader", "TableReading"]

LEAST_NUMBERED = 5
"""Columns from which a row 1, 2, 3 and so on under a head of results numbers them: results never add up
so."""


class TableReader(RowFiller):
    """Reads the tables of one report in order. ``template`` and ``year`` are the report's."""

    def note_paragraph(self, text: str) -> None:
        """A paragraph between tables may name the group of the small table that follows."""
        if text and len(text) <= 60:
            found = self.words.groups.find(text)
            if found:
                self.group = found[0].key

    def read(self, table: Table) -> TableReading:
        """Read one table. Gives its figures, its unplaced rows and what stayed local."""
        self.claims = self.claims_of(table)
        self.note_paragraph(table.caption)
        meant = respelled(table, self.words, self.template)
        if meant:
            table = replace(
                table, cells=tuple(c._replace(text=meant.get(c.text, c.text)) for c in table.cells)
            )
        stream = table.layout == "stream"
        rows = self.rows_of(table)
        self.dated = any(year_of(cell.text, self.year) for cell in table.cells)
        learned: set[str] = set()
        self.matters, self.matter = (), ""
        self.pending = []
        self.outcome = ""
        statistic = ""
        lead: Row = []
        for n, row in enumerate(rows):
            for part in self._parts(row):
                if self.dated and self._of_another_year(part):
                    self.claims.local_row(part)
                    continue
                if self._matter_and_quantity(part) or self._quantity_across(part, rows[n + 1 : n + 2]):
                    continue
                at = self._row_label(part)
                if at is not None:
                    if self.pending:
                        learned.add(
                            self.learner.learn(self.heads, self.pending, rows[n:], stream, self.group)
                        )
                        self.pending = []
                    key = self._choose(self.words.row(part[at].text, self.template), statistic, part, at)
                    if key.table == "statistics" and (key.group or key.indicator.endswith(".total")):
                        statistic = (key.group or key.indicator).split(".")[0]
                    self._body_row(part, at, key, learned, stream, rows)
                    continue
                if self._is_head(part) or (self.pending and self._is_years(part)):
                    if lead and not self.pending:  # the years stand in a row above the names
                        self.pending.append(lead)
                        learned.discard("single")
                        self.heads.single = ()
                    lead = []
                    self.pending.append(part)
                    continue
                if self.pending:
                    learned.add(self.learner.learn(self.heads, self.pending, rows[n:], stream, self.group))
                    self.pending = []
                held = self.heads.single
                statistic = self._other_row(part, learned, stream) or statistic
                lead = part if self.heads.single is not held else []
        if (
            self.pending
            and self.learner.learn(self.heads, self.pending, [], stream, self.group) == "state"
            and stream
        ):
            for (
                column
            ) in self.heads.state:  # a head with nothing below: every cell of its row is blank or was dropped
                if column.key and column.group:
                    self.claims.blank(
                        (f"{column.group}.{column.key.key}", None), self.pending[-1][0], column.label
                    )
        self._drop_heading_of_parts()
        self.claims.misprinted(meant)
        return self.claims.out

    def claims_of(self, table: Table) -> Claims:
        """What takes up the figures of a table."""
        return Claims(self.words, self.template, "ocr" if table.method == "ocr" else "table")

    def rows_of(self, table: Table) -> list[Row]:
        """The table's rows, upright."""
        return rows_of(table, self.words, self.template)

    # -- kinds of row -------------------------------------------------------------------------------------------

    def _parts(self, row: Row) -> list[Row]:
        """A row of a list that holds several labels, each with its figure, cut before each label."""
        if len(row) < 4 or self.template not in ("v2014", "v2008"):
            return [row]
        cuts = [
            n for n, i in enumerate(row)
            if i.own and i.is_label and (k := self.words.row(i.text, self.template)) and k[0].table == "statistics"
        ]  # fmt: skip
        if len(cuts) < 2 or any(not any(i.is_value for i in row[a + 1 : b]) for a, b in pairwise(cuts)):
            return [row]
        bounds = [0, *cuts[1:], len(row)]
        return [row[a:b] for a, b in pairwise(bounds)]

    def _row_label(self, row: Row) -> int | None:
        """The place of the label that names the row, None where none does."""
        for at in range(len(row) - 1, -1, -1):
            item = row[at]
            if (
                item.is_label
                and is_row_label(item.text, self.words, self.template)
                and (item.own or self._own_year(row))
            ):
                if any(i.is_value for i in row[at + 1 :]):
                    return at
                return (
                    None if self._column_labels(row) - bool(self.words.columns.find(item.text)) >= 2 else at
                )
        if (
            len(row) > 1 and self.heads.applicant and self._column_labels(row) < 3
        ):  # 总计 or 其他 without its numbering, in the table's body
            labels = [n for n, i in enumerate(row) if i.is_label]
            if len(labels) > 1 and labels[-1] == len(row) - 1:
                labels.pop()  # a remark stands at the end
            if (
                labels
                and any(i.is_value for i in row[labels[-1] + 1 :])
                and len(row) - labels[-1] - 1 >= len(self.heads.applicant)
            ):
                keys = self.words.row(row[labels[-1]].text, self.template)
                if keys and keys[0].table == "application":
                    return labels[-1]
        return None

    def _column_labels(self, row: Row) -> int:
        return sum(1 for i in row if i.is_label and self.words.columns.find(i.text))

    def _own_year(self, row: Row) -> bool:
        return self.dated and any(i.is_label and year_of(i.text, self.year) == "own" for i in row)

    def _of_another_year(self, row: Row) -> bool:
        """Whether a row of figures says that it is another year's."""
        said = {year_of(i.text, self.year) for i in row if i.is_label}
        return "past" in said and "own" not in said and any(i.is_value and not i.is_blank for i in row)

    def _is_years(self, row: Row) -> bool:
        """Whether a row under a head holds nothing but years."""
        shown = [i for i in row if i.own and not i.is_blank]
        return len(shown) > 1 and all(year_of(i.text, self.year) for i in shown)

    def _is_head(self, row: Row) -> bool:
        if self._single_state(row) is not None:
            return False
        columns = [i for i in row if i.own and i.is_label and self.words.columns.find(i.text)]
        values = [i for i in row if i.own and i.is_value and not i.is_blank]
        if columns and len(columns) >= len(values):
            return True
        if values:
            return False
        blanks = sum(1 for i in row if i.is_blank)
        if blanks and blanks == len({c.key.key for c in self.heads.state if c.key and c.key.kind == "state"}):
            return False  # a group's results, all left blank
        groups = [k[0] for i in row if i.own and i.is_label and (k := self.words.groups.find(i.text))]
        if groups and (len(groups) > 1 or any(i.colspan > 1 for i in row if i.own and i.is_label)):
            if len({g.key for g in groups}) == 1 and groups[0].kind == "group":
                self.group = groups[0].key
            return True
        return False

    def _single_state(self, row: Row) -> int | None:
        """The place of a row's one result label (结果维持 | 3), where a dispute group is known."""
        labels = [n for n, i in enumerate(row) if i.is_label and self.learner.key(i, "state")]
        if len(labels) != 1 or not any(i.is_value for i in row[labels[0] + 1 :]):
            return None
        if any(self.learner.key(i, "applicant") for n, i in enumerate(row) if i.is_label and n != labels[0]):
            return None  # 总计 among the applicants
        if self.heads.groups or self._group_of(row) in self.words.review_groups:
            return labels[0]
        above = [i for other in self.pending for i in other if i.own and i.is_label]
        if len(self.words.dispute_groups(i.text for i in above)) > 1 and not any(
            self.learner.key(i, "state") for i in above
        ):
            return labels[0]
        return None

    def _group_of(self, row: Row) -> str:
        """The dispute group that a row's labels name, else the one named last."""
        named = [
            k[0].key
            for i in row
            if i.is_label and (k := self.words.groups.find(i.text)) and k[0].kind == "group"
        ]
        named += [
            g for i in row if i.is_label and (g := self.words.group_of_state.get(normalise_label(i.text)))
        ]
        deepest = [name for name in named if name in self.words.review_groups]
        return (deepest or named or [self.group])[-1]

    def _other_row(self, row: Row, learned: set[str], stream: bool) -> str:
        """A row without a row label: figures of disputes, a group's name, a list's head, or local. Gives the
        group of statistics that it names, else nothing."""
        state = self._single_state(row)
        if state is not None:
            if "single" not in learned:
                self.heads.single = ()  # another table's years
            self._state_down(row, state)
            return ""
        if (
            self.dated
            and any(year_of(i.text, self.year) for i in row)
            and (years := self.learner.list_head(row)) is not None
        ):
            self.heads.single = years
            learned.add("single")
            return ""
        values = [i for i in row if i.own and i.is_value and not i.is_blank]
        labels = [i for i in row if i.is_label and not is_unit(i.text)]
        named = [
            k[0] for i in labels if i.own and (k := self.words.groups.find(i.text)) and k[0].kind == "group"
        ]
        if named and not values:
            self.group = named[-1].key
            if not (self.heads.state and any(i.is_value for i in row) and len(row) > len(self.heads.state)):
                return self.group.split(".")[0]
        if named and self.heads.state and any(i.is_value for i in row):
            self._states_across(row, self._group_of(row), stream)
        elif (
            self.heads.state and not labels and sum(1 for i in row if not i.is_blank) <= len(self.heads.state)
        ):
            self._state_row(row, stream)
        elif (
            self.heads.state and values and len(self.heads.state) in (len(row), len(row) - (len(labels) == 1))
        ):
            self._state_row(
                row if len(row) == len(self.heads.state) else [i for i in row if not i.is_label], stream
            )
        elif values:
            self.claims.local_row(row)
        elif (columns := self.learner.list_head(row)) is not None:
            self.heads.single = columns
            learned.add("single")
        return ""

    def _drop_heading_of_parts(self) -> None:
        """(六)其他处理 with nothing beside it is the heading of its three parts, no cell."""
        placed = self.claims.out.placed
        for name in ("application.outcome.other", "application.outcome.refused", "application.outcome.unable",
                     "application.outcome.not_processed"):  # fmt: skip
            own = [slot for slot in placed if slot[0] == name and slot[1] is not None]
            if (
                own
                and all(placed[s].state == "blank" for s in own)
                and any(s[0].startswith(f"{name}.") for s in placed)
            ):
                for slot in own:
                    self.claims.drop(slot)

    # -- rows with a label
    # ----------------------------------------------------------------------------------------

    def _choose(self, keys: tuple[RowKey, ...], statistic: str, row: Row, at: int) -> RowKey:
        if len(keys) == 1:
            return keys[0]
        for item in reversed(row[:at]):
            norm = normalise_label(item.text)
            for key in keys:
                if (
                    key.group
                    and (label := self.words.indicator(self.template, f"application.outcome.{key.group}"))
                    and (normalise_label(label.label_zh.replace("小计", "")) in norm)
                ):
                    return key
        context = self.outcome if keys[0].table == "application" else statistic or self.group.split(".")[0]
        return next((k for k in keys if k.group == context), keys[0])

    def _body_row(
        self, row: Row, at: int, key: RowKey, learned: set[str], stream: bool, rows: Sequence[Row]
    ) -> None:
        values = row[at + 1 :]
        self.claims.out.known_rows += 1
        if key.table == "statistics":
            self._list_row(row, at, (key.indicator, None), values)
        elif key.table == "application":
            self.outcome = key.group or self.outcome
            self._application_row(row, at, key, values, learned, stream, rows)
        else:
            self._proactive_row(row, at, key, values, stream)

    def _application_row(
        self,
        row: Row,
        at: int,
        key: RowKey,
        values: Row,
        learned: set[str],
        stream: bool,
        rows: Sequence[Row],
    ) -> None:
        columns = self.heads.applicant
        filled = [v for v in values if v.is_value and not v.is_blank]
        if (
            "applicant" not in learned
            and not stream
            and (
                ("single" in learned and self.heads.single)
                or (
                    sum(1 for v in values if v.is_value) == 1
                    and sum(1 for v in values if v.is_label and not is_unit(v.text)) < 2
                )
            )
        ):
            self._list_row(row, at, (key.indicator, "total"), values)  # no applicants: one figure a row
            return
        if not columns and filled:
            columns = tuple(
                Column(ColumnKey("applicant", a), a, n) for n, a in enumerate(self.words.applicants)
            )
            if len([v for v in values if v.is_value]) != len(columns):
                self.claims.out.known_rows -= 1
                self.claims.local_row(row)
                return
        slots: list[Slot | None] = [(key.indicator, c.key.key) if c.key else None for c in columns]
        if (
            stream
            and len(filled) == len(columns) - 1
            and total_left_out(self._application_rows(rows), len(columns))
        ):
            filled.append(filled[-1].blanked())
            values, stream = filled, False
        if not columns:
            self.claims.local_row(row)
            return
        placed = self.heads.gridded and "applicant" in learned
        self._fill(row[at], values, columns, slots, stream, placed, ragged=self.heads.ragged)
        if self.heads.doubted and "applicant" in learned:
            self.claims.doubt(tuple(s for s in slots if s))

    def _application_rows(self, rows: Sequence[Row]) -> list[Row]:
        found: list[Row] = []
        for row in rows:
            at = self._row_label(row)
            if at is not None and self.words.row(row[at].text, self.template)[0].table == "application":
                found.append(row)
        return found

    # -- disputes ---------------------------------------------------------------------------------------------------

    def _state_row(self, row: Row, stream: bool) -> None:
        columns = self.heads.state
        slots: list[Slot | None] = [
            (f"{c.group}.{c.key.key}", None) if c.key and c.group else None for c in columns
        ]
        if not any(slots) or [i.text for i in row] == [
            str(n) for n in range(1, max(len(columns), LEAST_NUMBERED) + 1)
        ]:
            self.claims.local_row(row)
            return
        self.claims.out.known_rows += 1
        self._fill(None, list(row), columns, slots, stream, False)

    def _states_across(self, row: Row, group: str, stream: bool) -> None:
        """A row of results whose own label names the group."""
        last = max(n for n, i in enumerate(row) if i.is_label and self.words.groups.find(i.text))
        states = tuple(c for c in self.heads.state if c.key is None or c.key.kind == "state")
        keys = [c.key.key for c in states if c.key]
        once = states if len(set(keys)) == len(keys) else states[: len(set(keys))]
        once = tuple(c for c in once if c.key is not None or c.col > row[last].col)
        if group not in self.words.review_groups or len({c.key.key for c in once if c.key}) != len(set(keys)):
            self.claims.local_row(row)
            return
        self.claims.out.known_rows += 1
        slots: list[Slot | None] = [(f"{group}.{c.key.key}", None) if c.key else None for c in once]
        self._fill(None, row[last + 1 :], once, slots, stream, False)

    def _state_down(self, row: Row, at: int) -> None:
        """A row that is one result: of each group where groups are columns, else of the group named last."""
        key = self.learner.key(row[at], "state")
        values = [i for i in row[at + 1 :] if i.is_value]
        if key is None:
            return
        self.claims.out.known_rows += 1
        if self.heads.groups and len(values) >= len(self.heads.groups):
            slots: list[Slot | None] = [(f"{c.group}.{key.key}", None) for c in self.heads.groups]
            self._fill(row[at], values, self.heads.groups, slots, False, False)
            return
        group = self._group_of(row)
        self.group = group
        if group in self.words.review_groups:
            self._list_row(row, at, (f"{group}.{key.key}", None), row[at + 1 :])
        else:
            self.claims.local_row(row)
