"""Form tables to figures: every value cell finds its meaning in the labels of its row and its column.

One pass over the rows of a table, with the column heads seen last kept in mind, reads the application table, the five
proactive tables, the dispute table and the statistics table alike, whole or in pieces, upright or turned. Columns are
matched by the order of the head's leaves, not by geometry, because heads and bodies often disagree in their spans. A row
that shows fewer numbers than it has cells is handed on as ``Unplaced``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from pipeline.codebook import Indicator, normalise_label
from pipeline.document import Table
from pipeline.extract.numbers import Reading
from pipeline.extract.rows import Item, Row, is_row_label, is_unit, rows_of
from pipeline.extract.vocabulary import ColumnKey, RowKey, Vocabulary
from pipeline.report import Figure, Finding, Method, Observation, Token, Unplaced

Slot = tuple[str, str | None]
_HEADER_YUAN = re.compile(r"单位[:：]?元|[(（]元[)）]")
_BLANK = Reading("blank")
_PAST = re.compile(r"累计|历年|上年|去年|同期")
_YEAR = re.compile(r"(20[0-2]\d)年")


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf of a table's head: what it stands for (None: a local column), its label and grid column."""

    key: ColumnKey | None
    label: str
    col: int
    group: str = ""


@dataclass
class TableReading:
    """What one table says. ``placed`` maps each slot to its observation; ``disputed`` holds second claims on a slot."""

    placed: dict[Slot, Observation] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    local: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known_rows: int = 0


@dataclass
class _Heads:
    """The column heads that hold for the rows being read; kept from one table to the next of the same report."""

    applicant: tuple[Column, ...] = ()
    quantity: tuple[Column, ...] = ()
    state: tuple[Column, ...] = ()
    group: str = ""
    statistics: tuple[Column, ...] = ()


class TableReader:
    """Reads the tables of one report in order. ``template`` and ``year`` are the report's."""

    def __init__(self, words: Vocabulary, template: str | None, year: int | None) -> None:
        self.words = words
        self.template = template
        self.year = year
        self.heads = _Heads()
        self.section_group = ""

    def note_paragraph(self, text: str) -> None:
        """A paragraph between tables may name the group of the small table that follows."""
        if len(text) <= 60:
            found = self.words.groups.find(text)
            if found:
                self.section_group = found[0].key

    def read(self, table: Table) -> TableReading:
        """Read one table. Gives its figures, its unplaced rows and what stayed local."""
        out = TableReading()
        method: Method = "ocr" if table.method == "ocr" else "table"
        stream = table.layout == "stream"
        rows = rows_of(table, self.words, self.template)
        if stream and self._states_stand_beside_values(rows):
            self._read_listed_states(rows, out, method)
            return out
        pending: list[Row] = []
        group = ""
        for row in rows:
            at = self._row_label(row)
            if at is not None:
                if pending:
                    self._learn(pending, stream)
                    pending = []
                keys = self.words.row(row[at].text, self.template)
                key = self._choose(keys, group, row, at)
                if key.table == "statistics" and key.indicator.endswith(".total"):
                    group = key.indicator.split(".")[0]
                self._body_row(row, at, key, out, method, stream)
                continue
            columns = [i for i in row if i.own and i.is_label and self.words.columns.find(i.text)]
            values = [i for i in row if i.own and i.is_value and not i.is_blank]
            if columns and len(columns) >= len(values):
                pending.append(row)
                continue
            groups = [i for i in row if i.own and i.is_label and self.words.groups.find(i.text)]
            if groups and not values:
                found = self.words.groups.find(groups[0].text)
                if found and found[0].kind == "group":
                    self.section_group = found[0].key
                    group = found[0].key.split(".")[0]
                if pending or len(groups) > 1 or any(i.colspan > 1 for i in groups):
                    pending.append(row)
                continue
            if pending:
                self._learn(pending, stream)
                pending = []
            labels = [i for i in row if i.is_label and not is_unit(i.text)]
            if self.heads.state and not labels and self._fits_states(row):
                self._state_row(row, out, method, stream)
            elif self.heads.state and values and len(labels) == 1 and len(row) - 1 == len(self.heads.state):
                self._state_row([i for i in row if not i.is_label], out, method, stream)
            elif values:
                self._local_row(row, out, method)
        return out

    # -- disputes as a list: 结果维持 | 3, one below the other, in a file that lost its grid --------------------------

    def _states_stand_beside_values(self, rows: list[Row]) -> bool:
        items = [i for row in rows for i in row]
        beside = sum(
            1
            for a, b in pairwise(items)
            if a.is_label and b.is_value and [k.kind for k in self.words.columns.find(a.text)] == ["state"]
        )
        return beside >= 3

    def _read_listed_states(self, rows: list[Row], out: TableReading, method: Method) -> None:
        group = self.section_group
        items = [i for row in rows for i in row]
        for n, item in enumerate(items):
            if not item.is_label:
                continue
            found = self.words.groups.find(item.text)
            if found and found[0].kind == "group":
                group = found[0].key
            key = self._key(item, "state")
            if key is None or group not in self.words.review_groups:
                continue
            values: Row = []
            for other in items[n + 1 :]:
                if other.is_label:
                    break
                values.append(other)
            filled = [v for v in values if not v.is_blank]
            if len(filled) <= 1 and values:
                out.known_rows += 1
                self._claim((f"{group}.{key.key}", None), (filled or values)[0], item.text, out, method)
            else:
                self._local_values(item.text, filled, out, method)

    # -- rows ---------------------------------------------------------------------------------------------------

    def _row_label(self, row: Row) -> int | None:
        for at in range(len(row) - 1, -1, -1):
            item = row[at]
            if item.own and item.is_label and is_row_label(item.text, self.words, self.template):
                return at
        if len(row) > 1 and self.heads.applicant:  # 总计 or 其他 without its numbering, in the body of the table
            labels = [n for n, i in enumerate(row) if i.is_label]
            if labels and any(i.is_value for i in row[labels[-1] + 1 :]) and len(row) - labels[-1] - 1 >= len(
                self.heads.applicant
            ):
                keys = self.words.row(row[labels[-1]].text, self.template)
                if keys and keys[0].table == "application":
                    return labels[-1]
        return None

    def _choose(self, keys: tuple[RowKey, ...], group: str, row: Row, at: int) -> RowKey:
        if len(keys) == 1:
            return keys[0]
        context = group or self.section_group.split(".")[0]
        for item in reversed(row[:at]):
            norm = normalise_label(item.text)
            for key in keys:
                if key.group and (label := self.words.indicator(self.template, f"application.outcome.{key.group}")) and (
                    normalise_label(label.label_zh.replace("小计", "")) in norm
                ):
                    return key
        return next((k for k in keys if k.group == context), keys[0])

    def _body_row(self, row: Row, at: int, key: RowKey, out: TableReading, method: Method, stream: bool) -> None:
        values = row[at + 1 :]
        out.known_rows += 1
        if key.table == "statistics":
            self._statistics_row(row, at, key, values, out, method)
        elif key.table == "application":
            columns = self.heads.applicant
            if not columns and any(not v.is_blank for v in values):
                columns = tuple(
                    Column(ColumnKey("applicant", a), a, n) for n, a in enumerate(self.words.applicants)
                )
                if len(values) != len(columns):
                    out.known_rows -= 1
                    self._local_row(row, out, method)
                    return
            slots = [(key.indicator, c.key.key) if c.key else None for c in columns]
            self._fill(row[at], values, columns, slots, out, method, stream)
        else:
            self._proactive_row(row, at, key, values, out, method, stream)

    def _proactive_row(
        self, row: Row, at: int, key: RowKey, values: Row, out: TableReading, method: Method, stream: bool
    ) -> None:
        columns = tuple(c for c in self.heads.quantity if c.key is None or (key.matter, c.key.key) in self.words.proactive)
        columns = columns if any(c.key for c in columns) else ()
        if not columns:
            own = [i for (m, _), i in self.words.proactive.items() if m == key.matter and (self.template or "") in i]
            if len(own) == 1 and len([v for v in values if not v.is_blank]) <= 1:
                indicator = own[0][self.template or ""]
                columns = (Column(ColumnKey("quantity", indicator.indicator_id.rpartition(".")[2]), indicator.label_zh, 0),)
                values = [v for v in values if not v.is_blank][:1] or values[:1]
            else:
                self._local_row(row, out, method)
                return
        slots: list[Slot | None] = [(f"{key.matter}.{c.key.key}", None) if c.key else None for c in columns]
        self._fill(row[at], values, columns, slots, out, method, stream)

    def _statistics_row(
        self, row: Row, at: int, key: RowKey, values: Row, out: TableReading, method: Method
    ) -> None:
        label = row[at]
        units = [v for v in values if v.is_label and is_unit(v.text)]
        rest = [v for v in values if v.is_value]
        slot = (key.indicator, None)
        filled = [v for v in rest if not v.is_blank]
        if len(filled) > 1 and self.heads.statistics:
            own = [v for v in filled if any(c.col == v.col and c.key for c in self.heads.statistics)]
            for v in filled:
                if own and v not in own:
                    self._keep_local(label.text, self._label_above(v), v, out, method)
            filled = own or filled
        header_unit = units[0].text.strip() if units else ""
        if len(filled) == 1:
            self._claim(slot, filled[0], label.text, out, method, header_unit)
        elif not filled and rest:
            self._claim(slot, rest[-1], label.text, out, method, header_unit)
        elif filled:
            tokens = tuple(_token(v) for v in filled)
            self._ambiguous(slot, tokens, label, out, method)
        elif values and not units:
            text = next((v for v in values if v.is_label), None)
            if text is not None:
                self._claim(slot, text, label.text, out, method, "")

    def _label_above(self, item: Item) -> str:
        return next((c.label for c in self.heads.statistics if c.col == item.col), "")

    def _fits_states(self, row: Row) -> bool:
        return any(i.is_value for i in row) and sum(1 for i in row if not i.is_blank) <= len(self.heads.state)

    def _state_row(self, row: Row, out: TableReading, method: Method, stream: bool) -> None:
        columns = self.heads.state
        slots = [(f"{c.group}.{c.key.key}", None) if c.key and c.group else None for c in columns]
        if not any(slots):
            self._local_row(row, out, method)
            return
        out.known_rows += 1
        self._fill(None, list(row), columns, slots, out, method, stream)

    # -- values -------------------------------------------------------------------------------------------------

    def _fill(
        self, label: Item | None, values: Row, columns: Sequence[Column], slots: Sequence[Slot | None],
        out: TableReading, method: Method, stream: bool,
    ) -> None:
        """Give each value its column by order; where numbers are fewer than columns, hand the row on."""
        n = len(columns)
        name = label.text if label else ""
        filled = [v for v in values if not v.is_blank]
        if stream or len(values) != n:
            trimmed = _trim(values, n, columns) if not stream else None
            if trimmed is not None:
                values = trimmed
            elif len(filled) == n:
                values = filled
            elif not filled:
                for slot, column in zip(slots, columns, strict=True):
                    if slot:
                        place = values[0] if values else label
                        if place:
                            self._claim(slot, place._replace(text="", reading=_BLANK), name or column.label, out, method)
                return
            elif len(filled) < n and all(v.is_value for v in filled):
                self._hand_on(name, filled, slots, out, method)
                return
            else:
                self._local_values(name, filled, out, method)
                return
        for value, column, slot in zip(values, columns, slots, strict=True):
            if slot is None:
                if not value.is_blank:
                    self._keep_local(name, column.label, value, out, method)
                continue
            unit = "元" if _HEADER_YUAN.search(column.label) and "万元" not in column.label else ""
            self._claim(slot, value, name or column.label, out, method, unit)

    def _hand_on(
        self, name: str, filled: Row, slots: Sequence[Slot | None], out: TableReading, method: Method
    ) -> None:
        known = tuple(s for s in slots if s is not None)
        tokens = tuple(_token(v) for v in filled)
        raw = " ".join(" ".join(v.text.split()) for v in filled)
        if len(known) != len(slots):
            self._local_values(name, filled, out, method)
            return
        out.unplaced.append(Unplaced(known, tokens, raw, filled[0].locator, method, name))

    def _ambiguous(self, slot: Slot, tokens: tuple[Token, ...], label: Item, out: TableReading, method: Method) -> None:
        indicator = self.words.indicator(self.template, slot[0])
        raw = " ".join(t.raw for t in tokens)
        out.placed.setdefault(
            slot,
            Observation(
                slot[0], slot[1], None, raw, indicator.unit if indicator else "", False, "ambiguous", None, None, method,
                tokens[0].locator, label.text, candidates=tuple(dict.fromkeys(t.value for t in tokens)),
            ),
        )

    def _claim(
        self, slot: Slot, item: Item, label: str, out: TableReading, method: Method, header_unit: str = ""
    ) -> None:
        indicator = self.words.indicator(self.template, slot[0])
        if indicator is None:
            return
        observation = observe(indicator, slot[1], item, label, method, header_unit)
        held = out.placed.get(slot)
        if held is None:
            out.placed[slot] = observation
        elif (held.value, held.state) != (observation.value, observation.state):
            if held.state == "blank":
                out.placed[slot] = observation
            elif observation.state != "blank":
                self._clash(slot, held, observation, out)

    def _clash(self, slot: Slot, held: Observation, other: Observation, out: TableReading) -> None:
        both = tuple(v for v in dict.fromkeys((held.value, other.value)) if v is not None)
        out.placed[slot] = held._replace(
            value=None, state="ambiguous", resolved=None, resolution=None, raw=f"{held.raw} / {other.raw}", candidates=both
        )
        out.findings.append(
            Finding(
                "table.cell_twice", "error", held.value, other.value, (slot,),
                f"同一指标在表中出现两个不同的数 / the table gives this cell two figures ({other.locator})",
            )
        )

    # -- what stays local ----------------------------------------------------------------------------------------

    def _local_row(self, row: Row, out: TableReading, method: Method) -> None:
        labels = [i for i in row if i.is_label and not is_unit(i.text)]
        name = " ".join(" ".join(i.text.split()) for i in labels)
        if not labels:
            return
        self._local_values(name, [i for i in row if i.own and i.is_value and not i.is_blank], out, method)

    def _local_values(self, name: str, values: Row, out: TableReading, method: Method) -> None:
        for n, value in enumerate(values, start=1):
            self._keep_local(name, str(n) if len(values) > 1 else "", value, out, method)

    def _keep_local(self, row_label: str, column_label: str, value: Item, out: TableReading, method: Method) -> None:
        if len(out.local) >= 2000:
            return
        label = " | ".join(part for part in (" ".join(row_label.split()), " ".join(column_label.split())) if part)
        digest = hashlib.sha256(normalise_label(label).encode()).hexdigest()[:8]
        reading = value.reading
        out.local.append(
            Observation(
                f"local.{digest}", None, reading.value, value.text, reading.unit, reading.approx, reading.state,
                reading.value, "as_printed" if reading.value is not None else None, method, value.locator, label,
            )
        )

    # -- heads --------------------------------------------------------------------------------------------------

    def _learn(self, pending: list[Row], stream: bool) -> None:
        """Take the column heads from the rows between two bodies."""
        items: list[tuple[int, Item]] = [(r, i) for r, row in enumerate(pending) for i in row if i.own and i.is_label]
        kinds: dict[str, int] = {}
        for _, item in items:
            keys = self.words.columns.find(item.text)
            if len(keys) == 1:
                kinds[keys[0].kind] = kinds.get(keys[0].kind, 0) + 1
        if not kinds:
            return
        kind = max(kinds, key=lambda k: kinds[k])
        if kind == "applicant":
            self.heads.applicant = self._applicants(items, stream)
        elif kind == "quantity":
            self.heads.quantity = self._quantities(items)
        else:
            self.heads.state = self._states(items, pending, stream)

    def _key(self, item: Item, kind: str) -> ColumnKey | None:
        return next((k for k in self.words.columns.find(item.text) if k.kind == kind), None)

    def _applicants(self, items: list[tuple[int, Item]], stream: bool) -> tuple[Column, ...]:
        found: dict[str, Column] = {}
        local: list[Column] = []
        top = max((r for r, i in items if self._key(i, "applicant")), default=0)
        for r, item in items:
            key = self._key(item, "applicant")
            if key:
                found.setdefault(key.key, Column(key, item.text, item.col))
            elif r == top and item.colspan == 1 and not self.words.groups.find(item.text):
                local.append(Column(None, item.text, item.col))
        canonical = tuple(found[a] for a in self.words.applicants if a in found)
        columns = [c.col for c in found.values()]
        if stream or len(set(columns)) != len(columns):
            return canonical
        first = min(columns)
        inner = [c for c in local if c.col > first and c.col not in columns]
        ordered = tuple(sorted([*found.values(), *inner], key=lambda c: c.col))
        # spans of the head that do not fit together put 总计 among the leaves: then the form's own order holds
        return ordered if _plausible(ordered, canonical) else canonical

    def _quantities(self, items: list[tuple[int, Item]]) -> tuple[Column, ...]:
        columns: list[Column] = []
        lost = 0
        for _, item in sorted(items, key=lambda pair: pair[1].col):
            key = self._key(item, "quantity")
            if key is None and normalise_label(item.text) in ("本年新", "本年"):
                key = ColumnKey("quantity", ("made_new", "disclosed_new", "")[min(lost, 2)])
                lost += 1
            if key:
                columns.append(Column(key, item.text, item.col))
            elif columns:
                columns.append(Column(None, item.text, item.col))
        return tuple(columns)

    def _states(self, items: list[tuple[int, Item]], pending: list[Row], stream: bool) -> tuple[Column, ...]:
        leaves = [(i, key) for _, i in items if (key := self._key(i, "state"))]
        if not stream:
            leaves.sort(key=lambda pair: pair[0].col)
        groups = [
            (r, i, k[0].key)
            for r, i in items
            if (k := self.words.groups.find(i.text)) and k[0].kind == "group" and not self._key(i, "state")
        ]
        seen: dict[str, int] = {}
        columns: list[Column] = []
        named = [g for g in self.words.review_groups if any(name == g for _, _, name in groups)]
        if not named and (context := self.section_group) in self.words.review_groups:
            named = [context]
        named = named or list(self.words.review_groups[: max(1, len(leaves) // 5)])
        for item, key in leaves:
            turn = seen.get(key.key, 0)
            seen[key.key] = turn + 1
            above = [(r, name) for r, g, name in groups if g.col <= item.col < g.col + g.colspan] if not stream else []
            by_place = max(above)[1] if above else ""
            by_turn = named[turn] if turn < len(named) else ""
            columns.append(Column(key, item.text, item.col, by_place if by_place in self.words.review_groups else by_turn))
        slots = [(c.group, c.key.key if c.key else "") for c in columns]
        if len(set(slots)) != len(slots):  # spans that do not fit: the k-th 结果维持 belongs to the k-th group
            seen.clear()
            redone: list[Column] = []
            for c in columns:
                name = c.key.key if c.key else ""
                turn = seen.get(name, 0)
                seen[name] = turn + 1
                redone.append(Column(c.key, c.label, c.col, named[turn] if turn < len(named) else ""))
            columns = redone
        return tuple(columns)


def observe(
    indicator: Indicator, applicant: str | None, item: Item, label: str, method: Method, header_unit: str = ""
) -> Observation:
    """One cell as an observation: value in the indicator's unit, raw text, state; resolved as printed."""
    reading = item.reading
    value: Figure | None = reading.value
    state = reading.state
    if value is not None and indicator.decimal:
        unit = reading.unit or header_unit
        if indicator.unit == "万元" and unit == "元":
            value = _tidy(Decimal(value) / 10_000)
        elif indicator.unit == "元" and unit == "万元":
            value = _tidy(Decimal(value) * 10_000)
    if value is not None and reading.unit == "%":
        value, state = None, "unreadable"
    return Observation(
        indicator.indicator_id, applicant, value, item.text, indicator.unit, reading.approx, state, value,
        "as_printed" if value is not None else None, method, item.locator, " ".join(label.split()), proof=reading.note,
    )


def _tidy(amount: Decimal) -> Figure:
    return int(amount) if amount == amount.to_integral_value() else Decimal(format(amount.normalize(), "f"))


def _token(item: Item) -> Token:
    value = item.reading.value
    return Token(value if value is not None else 0, item.text, item.locator, item.reading.state, item.reading.approx)


def _trim(values: Row, n: int, columns: Sequence[Column]) -> Row | None:
    """The row's n values where the surplus is blank cells at one end, or where the grid places every one of them."""
    if len(values) > n:
        if all(v.is_blank for v in values[n:]):
            return values[:n]
        if all(v.is_blank for v in values[: len(values) - n]):
            return values[len(values) - n :]
        by_col = {v.col: v for v in values}
        if all(c.col in by_col for c in columns):
            return [by_col[c.col] for c in columns]
    return None


def _plausible(ordered: tuple[Column, ...], canonical: tuple[Column, ...]) -> bool:
    """Whether the head's own order can be meant: 总计 stands first or last, the five organisations together."""
    keys = [c.key.key for c in ordered if c.key]
    if "total" in keys and keys.index("total") not in (0, len(keys) - 1):
        return False
    return len(keys) == len(canonical)


