"""Column heads: what stands above the figures, learned from the rows between two bodies.

The places of a head's cells are only a first guess, because heads and bodies often disagree in their spans.
Every order that the head allows is tried on the rows below it, and the one under which most sums hold is
taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.text import squeeze
from pipeline.extract.tables.orders import (
    Column,
    Order,
    best_order,
    stand_in_grid,
    total_first,
    total_last,
    total_left_out,
)
from pipeline.extract.tables.rows import Form, Item, Row, label_item, labels_of


class Heads(NamedTuple):
    """The column heads that hold for the rows being read; kept from one table to the next of the same report.

    ``gridded``: the applicant columns' places hold for the rows below. ``ragged``: no row below reaches the
    last of them. ``totals_left_out``: every row of the stream below lacks its total.
    ``placed``: the quantities' places hold. ``doubted``: the head's own order contradicts the
    sums. ``groups``: the dispute groups as columns. ``single``: the value columns of a list, other years
    without key.
    """

    applicant: Order = ()
    gridded: bool = False
    ragged: bool = False
    doubted: bool = False
    totals_left_out: bool = False
    quantity: Order = ()
    placed: bool = False
    state: Order = ()
    groups: Order = ()
    single: Order = ()


class Labelled(NamedTuple):
    """A label of the head and the head's row that it stands in."""

    row: int
    item: Item


class _Read(NamedTuple):
    """What a head's labels say by themselves: its kind, the orders of columns that it allows, the likeliest
    first, the local columns beside the applicants, and whether these stand in one row."""

    kind: str
    orders: tuple[Order, ...] = ()
    aside: Order = ()
    one_row: bool = False


class _Group(NamedTuple):
    """A dispute group that the head names: the row and the label that name it."""

    row: int
    item: Item
    name: str


def learn(
    heads: Heads, pending: Sequence[Row], below: Sequence[Row], stream: bool, group: str, form: Form
) -> tuple[str, Heads]:
    """(kind of head: applicant, quantity, state, groups or nothing; the heads that hold from here on).
    ``pending`` are the head's rows, ``below`` the rows that follow, ``group`` the dispute group named
    before."""
    labels = tuple(
        [
            (r, i.text, i.col, i.colspan)
            for r, row in enumerate(pending)
            for i in row
            if i.own and (i.is_label or i.year)
        ]
    )
    kind, orders, aside, one_row = _read_head(labels, stream, group, form)
    if kind == "groups":
        return kind, heads._replace(groups=orders[0], state=())
    if kind == "state":
        return kind, heads._replace(state=best_order(orders, below), groups=())
    if kind == "quantity":
        near = list(takewhile(lambda row: not any(i.own and i.quantity for i in row), below))
        return kind, heads._replace(quantity=orders[0], placed=not stream and stand_in_grid(orders[0], near))
    if kind == "applicant":
        return kind, _applicants(heads, orders, aside, one_row, below, stream)
    return kind, heads


@lru_cache(maxsize=2048)
def _read_head(labels: tuple[tuple[int, str, int, int], ...], stream: bool, group: str, form: Form) -> _Read:
    """What a head's labels, each with its row, column and width, say without the figures below them."""
    items = [Labelled(r, label_item(text, col, colspan, form)) for r, text, col, colspan in labels]
    kinds = Counter(i.columns[0].kind for _, i in items if len(i.columns) == 1)
    if not kinds:
        columns = _groups(items, stream, form)
        return _Read("groups", (columns,)) if len(columns) >= 2 else _Read("")
    kind = max(kinds, key=lambda k: kinds[k])
    if kind == "applicant":
        return _names(items, stream, form)
    if kind == "quantity":
        return _Read(kind, (_quantities(items),))
    return _Read(kind, _states(items, stream, group, form))


# -- applicants ---------------------------------------------------------------------------------------------


def _names(items: Sequence[Labelled], stream: bool, form: Form) -> _Read:
    """The orders that a head of applicants allows."""
    rows = _named_rows(items)
    names = [c.key for row in rows.values() for c in row if c.key]
    if len(set(names)) != len(names):  # each name twice, and no year to tell which is the report's
        return _Read("applicant")
    ordered = _in_order(items, rows)
    if len(rows) != 1 and not stream:
        aside = _beside(items, ordered, max(rows, default=0))
        return _Read("applicant", (ordered, total_first(ordered), total_last(ordered)), aside)
    known = {c.key: c for c in ordered if c.key}
    canonical = tuple(known[a] for a in form.words.applicants if a in known)
    whole = len(canonical) == len(form.words.applicants)
    named = tuple(c for c in ordered if c.key or not (whole and "组织" in c.label))
    if stream:
        return _Read("applicant", (total_last(named), ordered, total_first(named)))
    return _Read("applicant", (ordered, total_last(named), canonical, total_first(canonical)), (), True)


def _applicants(
    heads: Heads, orders: tuple[Order, ...], aside: Order, one_row: bool, below: Sequence[Row], stream: bool
) -> Heads:
    """The heads with the order of applicants that the rows below bear out."""
    if not orders:
        return heads._replace(applicant=(), doubted=False, gridded=False)
    ordered = orders[0]
    if one_row and _holds_figures_aside(ordered, below):
        orders = tuple(order for order in orders if len(order) == len(ordered))
    in_grid = not stream and stand_in_grid(ordered, below)
    if aside and not in_grid and stand_in_grid((*ordered, *aside), below):
        ordered, in_grid = (*ordered, *aside), True
        orders = (ordered, total_first(ordered), total_last(ordered))
    best = best_order(orders, below)
    gridded = in_grid and best == ordered
    last = max((c.col for c in ordered), default=0)
    return heads._replace(
        applicant=best,
        doubted=one_row and best != ordered,
        gridded=gridded,
        ragged=gridded and not any(i.col >= last for row in below for i in row[-1:]),
        totals_left_out=stream and total_left_out([row for row in below if _is_application(row)], len(best)),
    )


def _is_application(row: Row) -> bool:
    """Whether a row bears the label of an application row, by its last row label."""
    named = [i for i in row if i.is_row]
    return bool(named) and named[-1].rows[0].table == "application"


def _holds_figures_aside(columns: Order, below: Sequence[Row]) -> bool:
    """Whether each local column among the names has figures of its own, all figures standing under the
    columns."""
    local = {c.col for c in columns if not c.key}
    filled = {i.col for row in below for i in row if i.is_figure} if local else set()
    return bool(local) and local <= filled and stand_in_grid(columns, below)


def _beside(items: Sequence[Labelled], columns: Order, last: int) -> Order:
    """The local columns (占比, 备注) to the right of the names, whose labels stand in a row above the names'
    last."""
    edge = max((c.col for c in columns), default=0)
    return tuple(
        Column("", i.text, i.col)
        for r, i in items
        if r < last
        and i.col > edge
        and i.colspan == 1
        and "申请人" not in squeeze(i.text)
        and "组织" not in squeeze(i.text)
    )


def _named_rows(items: Sequence[Labelled]) -> dict[int, list[Column]]:
    """The head's rows that name applicants, with local columns between and after the names; names of
    another year's columns count as local."""
    past = _of_other_years(items, "applicant")
    rows: dict[int, list[Column]] = {}
    for r, item in items:
        if item.applicant:
            name = "" if id(item) in past else item.applicant
            rows.setdefault(r, []).append(Column(name, item.text, item.col))
        elif r in rows and item.colspan == 1 and not item.group:
            rows[r].append(Column("", item.text, item.col))
    rows = {r: row for r, row in rows.items() if any(c.key for c in row)}
    if len(rows) == 1:  # the organisations under one heading, not told apart
        for row in rows.values():
            places = {c.col for c in row}
            row += [
                Column("", i.text, i.col)
                for r, i in items
                if r in rows and "组织" in squeeze(i.text) and i.col > row[0].col and i.col not in places
            ]
            row.sort(key=lambda c: c.col)
    return rows


def _in_order(items: Sequence[Labelled], rows: dict[int, list[Column]]) -> Order:
    """The names in the order of their rows; those of the lower row stand where the upper row has their
    heading. Where spans put two names of different rows at one place, this order still holds."""
    if not rows:
        return ()
    last = max(rows)
    upper = [c for r in sorted(rows) if r != last for c in rows[r]]
    if not upper:
        return tuple(rows[last])
    top = min(rows)
    heading = next(
        (i.col for r, i in items if r == top and "组织" in squeeze(i.text) and not i.applicant), None
    )
    if heading is None:
        heading = next((c.col for c in upper if c.key == "natural_person"), upper[0].col)
    at = sum(1 for c in upper if c.col <= heading)
    return (*upper[:at], *rows[last], *upper[at:])


def _of_other_years(items: Sequence[Labelled], kind: str) -> frozenset[int]:
    """The ids of the labels of a kind that belong to another year's columns, where one of several years
    named above is the report's own: the k-th of a label's turns is the k-th year's, else the places
    decide."""
    first = min((r for r, i in items if getattr(i, kind)), default=0)
    years = [item for r, item in items if r < first and item.year]
    if len(years) < 2 or [i.year for i in years].count("own") != 1:
        return frozenset()
    turns: dict[str, list[Item]] = {}
    for _, item in sorted(items, key=lambda label: (label.row, label.item.col)):
        if key := getattr(item, kind):
            turns.setdefault(key, []).append(item)
    years.sort(key=lambda item: item.col)
    if turns and all(len(found) == len(years) for found in turns.values()):
        at = next(n for n, item in enumerate(years) if item.year == "own")
        return frozenset(id(i) for found in turns.values() for n, i in enumerate(found) if n != at)
    spans = [range(i.col, i.col + i.colspan) for i in years if i.year == "past"]
    return frozenset(id(i) for found in turns.values() for i in found if any(i.col in span for span in spans))


# -- proactive quantities -----------------------------------------------------------------------------------


def _quantities(items: Sequence[Labelled]) -> Order:
    columns: list[Column] = []
    lost = 0
    past = _of_other_years(items, "quantity")
    for r, item in sorted(items, key=lambda pair: pair.item.col):
        if item.year:
            continue
        key = item.quantity if id(item) not in past else ""
        if not key and normalise_label(item.text) in ("本年新", "本年"):
            key = ("made_new", "disclosed_new", "?")[min(lost, 2)]
            lost += 1
        below = [i for n, i in items if n > r and i.year and item.col <= i.col < item.col + item.colspan]
        if key and len(below) > 1:  # the years stand under the quantity
            columns += [Column(key if i.year == "own" else "", f"{item.text} {i.text}", i.col) for i in below]
        elif key or columns or id(item) in past:
            columns.append(Column(key, item.text, item.col))
    return tuple(columns)


# -- disputes -----------------------------------------------------------------------------------------------


def _named_groups(items: Iterable[Labelled]) -> list[_Group]:
    return [
        _Group(r, i, i.group.key) for r, i in items if i.group and i.group.kind == "group" and not i.state
    ]


def _groups(items: Sequence[Labelled], stream: bool, form: Form) -> Order:
    """The dispute groups as columns, their results standing in the rows."""
    named = _named_groups(items)
    deeper = {form.words.within.get(g.name) for g in named}
    leaves = [g for g in named if g.name not in deeper]
    if not stream:
        leaves.sort(key=lambda g: g.item.col)
    found = [
        Column(g.name, g.item.text, g.item.col, g.name) for g in leaves if g.name in form.words.review_groups
    ]
    return tuple(found) if len({c.group for c in found}) == len(found) else ()


def _states(items: Sequence[Labelled], stream: bool, context: str, form: Form) -> tuple[Order, ...]:
    """The orders that a head of results allows."""
    groups = _named_groups(items)
    leaves = [label for label in items if label.item.state]
    if not stream:
        places = {label.item.col for label in leaves}
        over = {id(g.item) for g in groups}
        for label in items:
            item = label.item
            spans = range(item.col, item.col + item.colspan)
            if id(item) not in over and not item.state and not places & set(spans):
                leaves.append(label)
                places.update(spans)
    named = _order_of_groups(groups, stream, form)
    keys = [i.state for _, i in leaves]
    turns = max((keys.count(k) for k in form.words.states), default=0)
    if len(named) != turns:  # some names are not there: the form's three groups, or the one named before
        named = list(form.words.review_groups) if turns == 3 else [context] if turns == 1 else []
    by_col = leaves if stream else sorted(leaves, key=lambda label: label.item.col)
    options: list[Order] = []
    crossed = len({label.item.col for label in leaves}) < len(leaves)  # spans do not fit: places say nothing
    for order in (leaves,) if crossed else (by_col, leaves):
        for by_place in (True, False):
            columns = _grouped(order, groups if by_place and not stream else [], named, form)
            slots = [(c.group, c.key) for c in columns if c.key]
            if columns not in options and len(set(slots)) == len(slots):
                options.append(columns)
    return tuple(options) or (_grouped(leaves, [], named, form),)


def _order_of_groups(groups: Sequence[_Group], stream: bool, form: Form) -> list[str]:
    """The groups in the order of their columns, by their places; in the form's order where those say
    nothing."""
    wide = [(g.item.col, g.name) for g in groups if g.name in form.words.review_groups]
    by_place = not stream and len({col for col, _ in wide}) == len(wide)
    return list(dict.fromkeys(name for _, name in (sorted(wide) if by_place else wide)))


def _grouped(leaves: Sequence[Labelled], groups: Sequence[_Group], named: Sequence[str], form: Form) -> Order:
    """Each result column with its group: the one printed above it, else the k-th 结果维持 belongs to the k-th
    group."""
    seen: Counter[str] = Counter()
    columns: list[Column] = []
    for _, item in leaves:
        if not item.state:
            columns.append(Column("", item.text, item.col))
            continue
        if item.state == "whole":
            columns.append(Column("total", item.text, item.col, "litigation"))
            continue
        turn = seen[item.state]
        seen[item.state] += 1
        above = max(
            ((g.row, g.name, g.item.text) for g in groups if 0 <= item.col - g.item.col < g.item.colspan),
            default=(0, "", ""),
        )
        group = item.state_group or above[1]
        if group not in form.words.review_groups:
            group = named[turn] if turn < len(named) else ""
        over = above[2] if above[1] == group else ""
        columns.append(Column(item.state, labels_of(over, item.text), item.col, group))
    return tuple(columns)


# -- lists --------------------------------------------------------------------------------------------------
