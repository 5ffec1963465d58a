"""What kind of row a row is: a head, a row of figures with its label, a result of disputes, a group's name.

A row's labels and blanks decide, with what stands above it in mind (``Above``)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pipeline.extract.tables.heads import Heads, learn
from pipeline.extract.tables.list_heads import list_head
from pipeline.extract.tables.orders import Column, Order
from pipeline.extract.tables.rows import Form, Item, Row, dispute_groups
from pipeline.extract.tables.vocabulary import RowKey

LEAST_NUMBERED = 5
"""Columns from which a row 1, 2, 3 and so on under a head of results numbers them: results never add up
so."""

Name = Literal[
    "other_year", "matter_and_quantity", "quantity", "matters", "labelled", "head", "state_down",
    "list_head", "group", "states_across", "states", "local", "open",
]  # fmt: skip
"""``other_year``: figures that the row itself gives to another year. ``matter_and_quantity``: 规章 | 本年制发件数
| 3. ``matters``: a head of matters, whose ``quantity`` rows follow. ``labelled``: a row of the form.
``head``: part of a head. ``state_down``: 结果维持 | 3. ``states``: figures under a head of results,
``states_across`` with the group's name before them. ``group``: a dispute group named alone. ``open``:
nothing of these yet."""


class Kind(NamedTuple):
    """``at``: the place of the label that says so; ``key``: what the row's label means; ``group``: the
    dispute group, or the matter, that the row names; ``order``: the columns that it begins."""

    name: Name
    at: int = -1
    key: RowKey | None = None
    group: str = ""
    order: Order = ()


Labels = list[tuple[int, Item]]
"""A row's labels with their places in the row."""


class Above(NamedTuple):
    """What stands above a row. ``heads`` and ``group`` (the dispute group named last, by a paragraph, a
    caption or a row) hold from one table to the next; the rest is the table's own: ``learned`` the kinds of
    head that it has itself, ``pending`` the rows of a head whose body has not begun, ``matter`` and
    ``matters`` the matters named beside or above quantities, ``outcome`` and ``statistic`` the groups that
    the rows above stand in, ``lead`` a row of years right above. ``dated``: some cell is nothing but a
    year."""

    heads: Heads = Heads()
    group: str = ""
    stream: bool = False
    dated: bool = False
    learned: frozenset[str] = frozenset()
    pending: tuple[Row, ...] = ()
    matter: str = ""
    matters: Order = ()
    outcome: str = ""
    statistic: str = ""
    lead: Row = ()


_OPEN = Kind("open")


def kind_of(row: Row, following: Row, above: Above, form: Form) -> Kind:
    """The kind of a row by its labels, ``open`` where only the heads above can tell; ``following`` is the
    next row."""
    labels = [(n, i) for n, i in enumerate(row) if i.is_label]
    if above.dated and _of_another_year(row):
        return Kind("other_year")
    kind = _matter_and_quantity(row, labels, above, form) or _quantity_across(row, following, above, form)
    if kind:
        return kind
    at = _row_label(row, labels, above)
    if at is not None:
        return Kind("labelled", at, _meant(row, at, above, form))
    return _head(row, above, form) or _OPEN


def kind_below_heads(row: Row, above: Above, form: Form) -> Kind:
    """The kind of a row without a row label: figures of disputes, a group's name, a list's head, or local."""
    state = _single_state(row, above, form)
    if state is not None:
        return Kind("state_down", state, None, _group_of(row, above, form))
    if above.dated and any(i.year for i in row) and (years := list_head(row, form.year)) is not None:
        return Kind("list_head", order=years)
    figures = any(i.own and i.is_figure for i in row)
    values = any(i.is_value for i in row)
    names = [i for i in row if i.names]
    states = len(above.heads.state)
    named = [i.group.key for i in names if i.own and i.group and i.group.kind == "group"]
    if named and not figures and not (states and values and len(row) > states):
        return Kind("group", group=named[-1])
    if named and states and values:
        return Kind("states_across", group=_group_of(row, above, form))
    if states and not names and sum(1 for i in row if not i.is_blank) <= states:
        return Kind("states")
    if states and figures and states in (len(row), len(row) - (len(names) == 1)):
        return Kind("states")
    if figures:
        return Kind("local")
    columns = list_head(row, form.year)
    return Kind("local") if columns is None else Kind("list_head", order=columns)


# -- what is kept in mind ------------------------------------------------------------------------------------


def group_named(text: str, form: Form) -> str:
    """The dispute group that a line between tables names, that of the small table that follows; or
    nothing."""
    found = form.words.groups.find(text) if text and len(text) <= 60 else ()
    return found[0].key if found else ""


def with_head_row(row: Row, kind: Kind, above: Above) -> Above:
    """A row of a head waits until the body begins; a row of years right above the names belongs to it."""
    group = kind.group or above.group
    if above.lead and not above.pending:
        return above._replace(
            pending=(above.lead, row),
            lead=(),
            group=group,
            learned=above.learned - {"single"},
            heads=above.heads._replace(single=()),
        )
    return above._replace(pending=(*above.pending, row), lead=(), group=group)


def with_heads(above: Above, below: list[Row], form: Form) -> Above:
    """The body begins: the waiting head is learned, with the rows below it in view."""
    kind, heads = learn(above.heads, above.pending, below, above.stream, above.group, form)
    return above._replace(heads=heads, learned=above.learned | {kind}, pending=())


def after(row: Row, kind: Kind, above: Above, form: Form) -> Above:
    """What stands above the next row."""
    match kind.name:
        case "labelled" if kind.key and kind.key.table == "application":
            same = kind.key.group in ("", above.outcome)
            return above if same else above._replace(outcome=kind.key.group)
        case "labelled" if kind.key and kind.key.table == "statistics":
            same = kind.key.group in ("", above.statistic)
            return above if same else above._replace(statistic=kind.key.group)
        case "matter_and_quantity":
            return above if kind.group == above.matter else above._replace(matter=kind.group)
        case "matters":
            return above._replace(matters=kind.order)
        case "list_head":
            lead = row if kind.order or above.heads.single else ()
            heads = above.heads._replace(single=kind.order)
            return above._replace(heads=heads, learned=above.learned | {"single"}, lead=lead)
        case "group":
            statistic = form.words.within.get(kind.group, kind.group)
            return above._replace(group=kind.group, statistic=statistic, lead=())
        case "state_down":
            across = above.heads.groups and sum(i.is_value for i in row[kind.at + 1 :]) >= len(
                above.heads.groups
            )
            single = above.heads.single if "single" in above.learned else ()
            return above._replace(
                heads=above.heads._replace(single=single),
                group=above.group if across else kind.group,
                lead=(),
            )
        case "states_across":
            named = [i.group.key for i in row if i.own and i.group and i.group.kind == "group"]
            figures = any(i.own and i.is_figure for i in row)
            return above._replace(group=above.group if figures or not named else named[-1], lead=())
        case "states" | "local":
            return above._replace(lead=()) if above.lead else above
        case _:
            return above


# -- the kinds one by one ------------------------------------------------------------------------------------


def _of_another_year(row: Row) -> bool:
    """Whether a row of figures says that it is another year's."""
    said = {i.year for i in row if i.is_label}
    return "past" in said and "own" not in said and any(i.is_figure for i in row)


def _matter_and_quantity(row: Row, labels: Labels, above: Above, form: Form) -> Kind | None:
    """A row that names a matter and one of its quantities beside one figure (规章 | 本年制发件数 | 3)."""
    quantities = [n for n, i in labels if i.quantity and i.own]
    if not quantities:
        return None
    at = quantities[0]
    if sum(1 for i in row if i.is_figure) > 1 or not any(i.is_value for i in row[at + 1 :]):
        return None
    before = [i for i in row[:at] if not i.is_blank]
    matter = next((i.matter for i in reversed(before) if i.matter), "" if before else above.matter)
    if (matter, row[at].quantity) not in form.words.proactive:
        return None
    return Kind("matter_and_quantity", at, None, matter)


def _quantity_across(row: Row, following: Row, above: Above, form: Form) -> Kind | None:
    """Matters as columns and their quantities in the rows: the head, or a row under it."""
    first = row[0]
    if above.matters and first.own:
        known = any((c.group, first.quantity) in form.words.proactive for c in above.matters)
        if known and any(i.is_value for i in row[1:]):
            return Kind("quantity", 0)
    if not following or not following[0].quantity or any(i.is_figure for i in row):
        return None
    named = [i for i in row if i.own and i.matter]
    if not named or len(named) < len(row) - 1 or len(following) != len(named) + 1:
        return None
    if not all(i.is_value for i in following[1:]):
        return None
    return Kind("matters", order=tuple(Column(i.matter, i.text, i.col, i.matter) for i in named))


def _row_label(row: Row, labels: Labels, above: Above) -> int | None:
    """The place of the label that names the row, None where none does."""
    for at, item in reversed(labels):
        if item.is_row and (item.own or (above.dated and any(i.year == "own" for _, i in labels))):
            for right in row[at + 1 :]:
                if right.is_value:
                    return at
            return None if sum(1 for _, i in labels if i.columns) - bool(item.columns) >= 2 else at
    columns = len(above.heads.applicant)
    if not labels or len(row) <= max(1, columns) or not columns:
        return None
    if sum(1 for _, i in labels if i.columns) >= 3:
        return None
    remark = len(labels) > 1 and labels[-1][0] == len(row) - 1
    at, item = labels[-2 if remark else -1]  # 总计 or 其他 without its numbering, in the body
    named = item.rows and item.rows[0].table == "application"
    values = row[at + 1 :]
    return at if named and len(values) >= columns and any(i.is_value for i in values) else None


def _meant(row: Row, at: int, above: Above, form: Form) -> RowKey:
    """What the row's label means: of several rows of this name that of the group named beside or above it."""
    keys = row[at].rows
    if len(keys) == 1:
        return keys[0]
    for item in reversed(row[:at]):
        for key in keys:
            if key.group and key.group in form.words.outcomes_named(item.text, form.template):
                return key
    context = above.statistic or form.words.within.get(above.group, above.group)
    context = above.outcome if keys[0].table == "application" else context
    return next((k for k in keys if k.group == context), keys[0])


def _head(row: Row, above: Above, form: Form) -> Kind | None:
    """A row of column labels, of group names over several columns, or, in a head, of years."""
    if _single_state(row, above, form) is None:
        own = [i for i in row if i.own]
        columns = sum(1 for i in own if i.columns)
        figures = sum(1 for i in own if i.is_figure)
        if columns and columns >= figures:
            return Kind("head")
        groups = [i.group for i in own if i.group]
        blanks = sum(1 for i in row if i.is_blank)
        all_blank = blanks and blanks == len({c.key for c in above.heads.state if c.key})
        wide = len(groups) > 1 or (groups and any(i.colspan > 1 for i in own if i.is_label))
        if wide and not figures and not all_blank:  # not a group whose results are all left blank
            one = len({g.key for g in groups}) == 1 and groups[0].kind == "group"
            return Kind("head", group=groups[0].key if one else "")
    shown = [i for i in row if i.own and not i.is_blank]
    if above.pending and len(shown) > 1 and all(i.year for i in shown):
        return Kind("head")
    return None


def _single_state(row: Row, above: Above, form: Form) -> int | None:
    """The place of a row's one result label (结果维持 | 3), where a dispute group is known."""
    labels = [n for n, i in enumerate(row) if i.state]
    if len(labels) != 1 or not any(i.is_value for i in row[labels[0] + 1 :]):
        return None
    if any(i.applicant for n, i in enumerate(row) if n != labels[0]):
        return None  # 总计 among the applicants
    if above.heads.groups or _group_of(row, above, form) in form.words.review_groups:
        return labels[0]
    over = [i for other in above.pending for i in other if i.own and i.is_label]
    several = len(dispute_groups(over, form)) > 1 and not any(i.state for i in over)
    return labels[0] if several else None


def _group_of(row: Row, above: Above, form: Form) -> str:
    """The dispute group that a row's labels name, else the one named last."""
    named = [i.group.key for i in row if i.group and i.group.kind == "group"]
    named += [i.state_group for i in row if i.state_group]
    deepest = [name for name in named if name in form.words.review_groups]
    return (deepest or named or [above.group])[-1]
