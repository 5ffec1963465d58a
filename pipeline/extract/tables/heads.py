"""Column heads: what stands above the figures, learned from the rows between two bodies.

The places of a head's cells are only a first guess, because heads and bodies often disagree in their spans.
Every order that the head allows is tried on the rows below it, and the one under which most sums hold is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from pipeline.chinese.text import squeeze
from pipeline.codebook import normalise_label
from pipeline.extract.tables.claims import labels_of
from pipeline.extract.tables.orders import Column, Order, best_order, stand_in_grid, total_first, total_last
from pipeline.extract.tables.rows import Item, Row
from pipeline.extract.tables.vocabulary import ColumnKey, Vocabulary

_PAST = re.compile(r"累计|历年|上年|去年|上一年|同期|增长|增减|比率|占比")
_YEAR_SO_FAR = re.compile(r"(?:本年|年初|自年初|全年|1[-~至—]12月).{0,6}累计")
_OWN = re.compile(r"本年|本期|本季|统计数|数量|数值|数据|件数|指标值|本级|合计|总数|总计|^数$|结果")
_COUNTER = re.compile(r"^(?:序号|代码|编码|编号|行次|行号|指标代码|项目代码)$")
_YEAR = re.compile(r"(20[0-2]\d)\s*年?")
_YEAR_ALONE = re.compile(
    r"(?:(20[0-2]\d)年?(?:度|全年|数据)?|(本年度?|当年度?|今年|上年度?|上一年度?|去年))$"
)
_LIST_HEAD = re.compile(r"指标|项目|内容|名称|事项|单位|序号|类别|年|统计|数")


Choose = Callable[[Sequence[Order], Sequence[Row]], Order]


@dataclass
class Heads:
    """The column heads that hold for the rows being read; kept from one table to the next of the same report.

    ``gridded``: the applicant columns' places hold for the rows below. ``ragged``: no row below reaches the
    last of them.
    ``placed``: the quantities' places hold. ``doubted``: the head's own order contradicts the
    sums. ``groups``: the dispute groups as columns. ``single``: the value columns of a list, other years
    without key.
    """

    applicant: tuple[Column, ...] = ()
    gridded: bool = False
    ragged: bool = False
    doubted: bool = False
    quantity: tuple[Column, ...] = ()
    placed: bool = False
    state: tuple[Column, ...] = ()
    groups: tuple[Column, ...] = ()
    single: tuple[Column, ...] = ()


class Labelled(NamedTuple):
    """A label of the head and the head's row that it stands in."""

    row: int
    item: Item


class HeadReader:
    """Learns heads. ``year`` is the report's; ``choose`` takes the order of columns that the rows below bear
    out."""

    def __init__(self, words: Vocabulary, year: int | None, choose: Choose = best_order) -> None:
        self.words = words
        self.year = year
        self.choose = choose

    def learn(
        self, heads: Heads, pending: Sequence[Row], below: Sequence[Row], stream: bool, context: str
    ) -> str:
        """Take a head from ``pending`` rows into ``heads``; ``below`` are the rows that follow, ``context``
        the dispute group named before the table. Gives the kind learned: applicant, quantity, state, groups
        or nothing."""
        items = [
            Labelled(r, i)
            for r, row in enumerate(pending)
            for i in row
            if i.own and (i.is_label or year_of(i.text, self.year))
        ]
        kinds: dict[str, int] = {}
        for _, item in items:
            keys = self.words.columns.find(item.text)
            if len(keys) == 1:
                kinds[keys[0].kind] = kinds.get(keys[0].kind, 0) + 1
        if not kinds:
            columns = self._groups(items, stream)
            if len(columns) >= 2:
                heads.groups, heads.state = columns, ()
                return "groups"
            return ""
        kind = max(kinds, key=lambda k: kinds[k])
        if kind == "applicant":
            self._applicants(heads, items, below, stream)
        elif kind == "quantity":
            heads.quantity = self._quantities(items)
            heads.placed = not stream and stand_in_grid(heads.quantity, self._to_next_head(below))
        else:
            heads.state, heads.groups = self._states(items, below, stream, context), ()
        return kind

    def key(self, item: Item, kind: str) -> ColumnKey | None:
        """What a column label means as one of a kind."""
        for found in self.words.columns.find(item.text):
            if found.kind == kind:
                return found
        return None

    # -- applicants ---------------------------------------------------------------------------------------------

    def _applicants(
        self, heads: Heads, items: Sequence[Labelled], below: Sequence[Row], stream: bool
    ) -> None:
        heads.doubted = heads.gridded = False
        rows = self._named_rows(items)
        names = [c.key.key for row in rows.values() for c in row if c.key]
        if len(set(names)) != len(names):  # each name twice, and no year to tell which is the report's
            heads.applicant = ()
            return
        ordered = self._in_order(items, rows)
        known = {c.key.key: c for c in ordered if c.key}
        canonical = tuple(known[a] for a in self.words.applicants if a in known)
        one_row = len(rows) == 1
        if one_row or stream:
            whole = len(canonical) == len(self.words.applicants)
            named = tuple(c for c in ordered if c.key or not (whole and "组织" in c.label))
            options = [total_last(named), ordered] if stream else [ordered, total_last(named), canonical]
            options.append(total_first(named if stream else canonical))
            if not stream and self._holds_figures_aside(ordered, below):
                options = [option for option in options if len(option) == len(ordered)]
        else:
            aside = () if stream else self._beside(items, ordered, max(rows, default=0))
            if aside and not stand_in_grid(ordered, below) and stand_in_grid((*ordered, *aside), below):
                ordered = (*ordered, *aside)
            options = [ordered, total_first(ordered), total_last(ordered)]
        best = self.choose(options, below)
        heads.applicant = best
        heads.doubted = one_row and not stream and best != ordered
        heads.gridded = not stream and best == ordered and stand_in_grid(ordered, below)
        last = max((c.col for c in ordered), default=0)
        heads.ragged = heads.gridded and not any(i.col >= last for row in below for i in row[-1:])

    def _holds_figures_aside(self, columns: Order, below: Sequence[Row]) -> bool:
        """Whether each local column among the names has figures of its own, all figures standing under the
        columns."""
        local = {c.col for c in columns if c.key is None}
        filled = {i.col for row in below for i in row if i.is_value and not i.is_blank}
        return bool(local) and local <= filled and stand_in_grid(columns, below)

    def _beside(self, items: Sequence[Labelled], columns: Order, last: int) -> Order:
        """The local columns (占比, 备注) to the right of the names, whose labels stand in a row above the names'
        last."""
        edge = max((c.col for c in columns), default=0)
        return tuple(
            Column(None, i.text, i.col)
            for r, i in items
            if r < last
            and i.col > edge
            and i.colspan == 1
            and "申请人" not in squeeze(i.text)
            and "组织" not in squeeze(i.text)
        )

    def _named_rows(self, items: Sequence[Labelled]) -> dict[int, list[Column]]:
        """The head's rows that name applicants, with local columns between and after the names; names of
        another year's columns count as local."""
        past = self._of_other_years(items, "applicant")
        rows: dict[int, list[Column]] = {}
        for r, item in items:
            key = self.key(item, "applicant")
            if key is not None:
                rows.setdefault(r, []).append(Column(None if id(item) in past else key, item.text, item.col))
            elif r in rows and item.colspan == 1 and not self.words.groups.find(item.text):
                rows[r].append(Column(None, item.text, item.col))
        rows = {r: row for r, row in rows.items() if any(c.key for c in row)}
        if len(rows) == 1:  # the organisations under one heading, not told apart
            for row in rows.values():
                row += [
                    Column(None, i.text, i.col) for r, i in items if r in rows and "组织" in squeeze(i.text) and i.col > row[0].col
                    and not any(c.col == i.col for c in row)
                ]  # fmt: skip
                row.sort(key=lambda c: c.col)
        return rows

    def _in_order(self, items: Sequence[Labelled], rows: dict[int, list[Column]]) -> tuple[Column, ...]:
        """The names in the order of their rows; those of the lower row stand where the upper row has their
        heading. Where spans put two names of different rows at one place, this order still holds."""
        if not rows:
            return ()
        last = max(rows)
        upper = [c for r in sorted(rows) if r != last for c in rows[r]]
        if not upper:
            return tuple(rows[last])
        lower = rows[last]
        top = min(rows)
        heading = next(
            (
                i.col
                for r, i in items
                if r == top and "组织" in squeeze(i.text) and not self.key(i, "applicant")
            ),
            None,
        )
        if heading is None:
            heading = next((c.col for c in upper if c.key and c.key.key == "natural_person"), upper[0].col)
        at = sum(1 for c in upper if c.col <= heading)
        return (*upper[:at], *lower, *upper[at:])

    def _of_other_years(self, items: Sequence[Labelled], kind: str) -> frozenset[int]:
        """The ids of the labels of a kind that belong to another year's columns, where one of several years
        named above is the report's own: the k-th of a label's turns is the k-th year's, else the places
        decide."""
        first = min((r for r, i in items if self.key(i, kind)), default=0)
        years = [(item, said) for r, item in items if r < first and (said := year_of(item.text, self.year))]
        if [said for _, said in years].count("own") != 1 or len(years) < 2:
            return frozenset()
        turns: dict[str, list[Item]] = {}
        for _, item in sorted(items, key=lambda label: (label.row, label.item.col)):
            key = self.key(item, kind)
            if key:
                turns.setdefault(key.key, []).append(item)
        years.sort(key=lambda pair: pair[0].col)
        if turns and all(len(found) == len(years) for found in turns.values()):
            at = next(n for n, (_, said) in enumerate(years) if said == "own")
            return frozenset(id(i) for found in turns.values() for n, i in enumerate(found) if n != at)
        spans = [range(i.col, i.col + i.colspan) for i, said in years if said == "past"]
        return frozenset(
            id(i) for found in turns.values() for i in found if any(i.col in span for span in spans)
        )

    # -- proactive quantities
    # -----------------------------------------------------------------------------------

    def _quantities(self, items: Sequence[Labelled]) -> tuple[Column, ...]:
        columns: list[Column] = []
        lost = 0
        past = self._of_other_years(items, "quantity")
        for r, item in sorted(items, key=lambda pair: pair.item.col):
            if year_of(item.text, self.year):
                continue
            key = self.key(item, "quantity") if id(item) not in past else None
            if key is None and normalise_label(item.text) in ("本年新", "本年"):
                key = ColumnKey("quantity", ("made_new", "disclosed_new", "")[min(lost, 2)])
                lost += 1
            below = [
                (i, said) for n, i in items
                if n > r and item.col <= i.col < item.col + item.colspan and (said := year_of(i.text, self.year))
            ]  # fmt: skip
            if key and len(below) > 1:  # the years stand under the quantity
                columns += [
                    Column(key if said == "own" else None, f"{item.text} {i.text}", i.col)
                    for i, said in below
                ]
            elif key or columns or id(item) in past:
                columns.append(Column(key, item.text, item.col))
        return tuple(columns)

    def _to_next_head(self, below: Sequence[Row]) -> list[Row]:
        """The rows below a head of quantities, as far as the next one."""
        return list(
            takewhile(
                lambda row: not any(i.own and i.is_label and self.key(i, "quantity") for i in row), below
            )
        )

    # -- disputes -----------------------------------------------------------------------------------------------

    def _named_groups(self, items: Iterable[Labelled]) -> list[tuple[int, Item, str]]:
        return [
            (r, i, k[0].key)
            for r, i in items
            if (k := self.words.groups.find(i.text)) and k[0].kind == "group" and not self.key(i, "state")
        ]

    def _groups(self, items: Sequence[Labelled], stream: bool) -> tuple[Column, ...]:
        """The dispute groups as columns, their results standing in the rows."""
        named = self._named_groups(items)
        deeper = any(name.startswith("litigation.") for _, _, name in named)
        leaves = [(i, name) for _, i, name in named if not (name == "litigation" and deeper)]
        if not stream:
            leaves.sort(key=lambda pair: pair[0].col)
        found = [
            Column(ColumnKey("group", name), i.text, i.col, name)
            for i, name in leaves
            if name in self.words.review_groups
        ]
        return tuple(found) if len({c.group for c in found}) == len(found) else ()

    def _states(
        self, items: Sequence[Labelled], below: Sequence[Row], stream: bool, context: str
    ) -> tuple[Column, ...]:
        groups = self._named_groups(items)
        leaves = [(label, key) for label in items if (key := self.key(label.item, "state"))]
        if not stream:
            places = {label.item.col for label, _ in leaves}
            over = {id(g) for _, g, _ in groups}
            for label in items:
                spans = range(label.item.col, label.item.col + label.item.colspan)
                if (
                    id(label.item) not in over
                    and not self.key(label.item, "state")
                    and not places & set(spans)
                ):
                    leaves.append((label, ColumnKey("local", "")))
                    places.update(spans)
        named = [g for g in self._order_of_groups(groups, stream) if g in self.words.review_groups]
        keys = [key.key for _, key in leaves if key.kind == "state"]
        turns = max((keys.count(k) for k in self.words.states), default=0)
        if (
            len(named) != turns
        ):  # some names are not there: the form's three groups, or the one named before the table
            named = list(self.words.review_groups) if turns == 3 else [context] if turns == 1 else []
        by_row = list(leaves)
        by_col = leaves if stream else sorted(leaves, key=lambda pair: pair[0].item.col)
        options: list[tuple[Column, ...]] = []
        crossed = len({label.item.col for label, _ in leaves}) < len(
            leaves
        )  # spans do not fit: places say nothing
        for order in (by_row,) if crossed else (by_col, by_row):
            for by_place in (True, False):
                columns = self._grouped(order, groups if by_place and not stream else [], named)
                slots = [(c.group, c.key.key) for c in columns if c.key]
                if columns not in options and len(set(slots)) == len(slots):
                    options.append(columns)
        return self.choose(options, below) if options else self._grouped(by_row, [], named)

    def _order_of_groups(self, groups: Sequence[tuple[int, Item, str]], stream: bool) -> list[str]:
        """The groups in the order of their columns, by their places; in the form's order where those say
        nothing."""
        wide = [(i.col, name) for _, i, name in groups if name in self.words.review_groups]
        if stream or len({col for col, _ in wide}) != len(wide):
            return list(dict.fromkeys(name for _, name in wide))
        return list(dict.fromkeys(name for _, name in sorted(wide)))

    def _grouped(
        self,
        leaves: Sequence[tuple[Labelled, ColumnKey]],
        groups: Sequence[tuple[int, Item, str]],
        named: Sequence[str],
    ) -> tuple[Column, ...]:
        """Each result column with its group: the one printed above it, else the k-th 结果维持 belongs to the k-th
        group."""
        seen: dict[str, int] = {}
        columns: list[Column] = []
        for label, key in leaves:
            item = label.item
            if key.kind == "local":
                columns.append(Column(None, item.text, item.col))
                continue
            if key.key == "whole":
                columns.append(Column(ColumnKey("state", "total"), item.text, item.col, "litigation"))
                continue
            turn = seen.get(key.key, 0)
            seen[key.key] = turn + 1
            above = [(r, name, g.text) for r, g, name in groups if g.col <= item.col < g.col + g.colspan]
            group = self.words.group_of_state.get(normalise_label(item.text)) or (
                max(above)[1] if above else ""
            )
            if group not in self.words.review_groups:
                group = named[turn] if turn < len(named) else ""
            over = max(above)[2] if above and max(above)[1] == group else ""
            columns.append(Column(key, labels_of(over, item.text), item.col, group))
        return tuple(columns)

    # -- lists --------------------------------------------------------------------------------------------------

    def list_head(self, row: Row) -> tuple[Column, ...] | None:
        """The value columns of a list's head (指标 | 单位 | 本年 | 累计): those of other years have no key. None
        where the row is no such head."""
        labels = [i for i in row if i.is_label or _YEAR.fullmatch(i.text.strip())]
        if len(labels) < 2 or any(i.is_value and not i.is_blank and i not in labels for i in row):
            return None
        if not any(_LIST_HEAD.search(squeeze(i.text)) for i in labels):
            return None
        own: list[Column] = []
        past: list[Column] = []
        for item in labels:
            text = "".join(item.text.split())
            years = {int(y) for y in _YEAR.findall(text)}
            if years:
                (own if years == {self.year} else past).append(
                    Column(ColumnKey("single", "own"), text, item.col)
                )
            elif _PAST.search(text) or _COUNTER.search(text):
                past.append(Column(ColumnKey("single", "past"), text, item.col))
            elif (
                _OWN.search(text)
                and item is not labels[0]
                and not text.startswith(("单位", "指标名", "项目名"))
            ):
                own.append(Column(ColumnKey("single", "own"), text, item.col))
        whole = [c for c in past if _YEAR_SO_FAR.match(c.label)]
        if whole and all(c.label.startswith(("本期", "本季", "本月")) for c in own):
            past += own  # 本年累计 is the year's own figure, 本期 beside it the last part of the year's
            own = whole
        return tuple(own) + tuple(Column(None, c.label, c.col) for c in past if c not in own)


def year_of(text: str, year: int | None) -> str:
    """``own`` where a label is nothing but the report's year, ``past`` where it is another year, else
    nothing."""
    return _year_of(text, year) if 2 <= len(text) <= 16 else ""


@lru_cache(maxsize=16384)
def _year_of(text: str, year: int | None) -> str:
    match = _YEAR_ALONE.match(squeeze(text))
    if match is None:
        return ""
    if match[1]:
        return "own" if year and int(match[1]) == year else "past"
    return "own" if match[2].startswith(("本", "当", "今")) else "past"
