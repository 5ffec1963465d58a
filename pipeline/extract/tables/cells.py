"""Values of a row given to their cells: by the order of its columns, as a list's one figure, as matters and
quantities. What a row says is a list of entries, plain values that ``observations`` puts together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from pipeline.extract.tables.alignment import aligned, kept, spread, unit_of
from pipeline.extract.tables.kinds import LEAST_NUMBERED, Above, Kind
from pipeline.extract.tables.orders import Column
from pipeline.extract.tables.rows import Form, Item, Row, labels_of
from pipeline.report import Token, Unplaced

Slot = tuple[str, str | None]
_new = tuple.__new__  # of a named tuple it takes half the time of the class itself


class Shown(NamedTuple):
    """The cell ``slot`` shows ``item``; ``unit`` is that of its head."""

    slot: Slot
    item: Item
    label: str
    unit: str = ""


class Open(NamedTuple):
    """The cell's figure is one of ``items``, and nothing says which, or whether it is the cell's at all."""

    slot: Slot
    items: Row
    label: str


class Local(NamedTuple):
    """A figure of a row or column that the codebook does not know, under its labels as printed."""

    label: str
    item: Item


class Doubted(NamedTuple):
    """The head's order contradicts the sums: these cells are read in the form's own order."""

    slots: tuple[Slot, ...]


Entry = Shown | Open | Local | Doubted | Unplaced


def cells_of(row: Row, kind: Kind, above: Above, form: Form) -> Sequence[Entry]:
    """What a row of a kind says."""
    match kind.name:
        case "labelled":
            return _labelled(row, kind, above, form)
        case "matter_and_quantity":
            return _list_row(
                row, kind.at, (f"{kind.group}.{row[kind.at].quantity}", None), above.heads.single
            )
        case "quantity":
            keys = [(c.group, row[0].quantity) for c in above.matters]
            slots = [(".".join(k), None) if k in form.words.proactive else None for k in keys]
            return _fill(row[0], row[1:], above.matters, slots, False)
        case "states":
            return _states(row, above)
        case "states_across":
            return _states_across(row, kind.group, above, form)
        case "state_down":
            return _state_down(row, kind, above, form)
        case "local" | "other_year":
            return _local_row(row, above)
        case _:
            return ()


def last_head(pending: Sequence[Row], columns: Sequence[Column]) -> list[Entry]:
    """A head of results with nothing below: every cell of its row is blank or was dropped."""
    place = pending[-1][0].blanked()
    return [Shown((f"{c.group}.{c.key}", None), place, c.label) for c in columns if c.key and c.group]


# -- rows with a label ---------------------------------------------------------------------------------------


def _labelled(row: Row, kind: Kind, above: Above, form: Form) -> Sequence[Entry]:
    key = kind.key
    assert key is not None, "a labelled row has its key"
    if key.table == "statistics":
        return _list_row(row, kind.at, (key.indicator, None), above.heads.single)
    if key.table == "application":
        return _application_row(row, kind.at, key.indicator, above, form)
    return _proactive_row(row, kind.at, key.matter, above, form)


def _application_row(row: Row, at: int, indicator: str, above: Above, form: Form) -> Sequence[Entry]:
    values, heads = row[at + 1 :], above.heads
    columns, own = heads.applicant, "applicant" in above.learned
    if not own and not above.stream:  # no applicants: one figure a row
        alone = sum(v.is_value for v in values) == 1 and sum(1 for v in values if v.names) < 2
        if alone or ("single" in above.learned and heads.single):
            return _list_row(row, at, (indicator, "total"), heads.single)
    if not columns and any(v.is_figure for v in values):
        columns = tuple(Column(a, a, n) for n, a in enumerate(form.words.applicants))
        if sum(v.is_value for v in values) != len(columns):
            return _local_row(row, above)
    if not columns:
        return _local_row(row, above)
    slots: list[Slot | None] = [(indicator, c.key) if c.key else None for c in columns]
    stream = above.stream
    filled = [v for v in values if v.is_figure] if heads.totals_left_out else []
    if heads.totals_left_out and len(filled) == len(columns) - 1:
        values, stream = [*filled, filled[-1].blanked()], False
    found = _fill(row[at], values, columns, slots, stream, heads.gridded and own, heads.ragged)
    if heads.doubted and own:
        return [*found, Doubted(tuple(s for s in slots if s))]
    return found


def _list_row(row: Row, at: int, slot: Slot, single: Sequence[Column]) -> list[Entry]:
    """A label with one figure of its own; figures of other years stay local, two of its own are open."""
    label, values = row[at].text, row[at + 1 :]
    if not single and values and values[-1].is_value and not any(v.is_value or v.names for v in values[:-1]):
        unit = next((v.text.strip() for v in values if v.is_unit), "") or unit_of(label)
        return [Shown(slot, values[-1], label, unit)]  # most rows: a label, its unit or none, its figure
    past = {c.col: c.label for c in single if not c.key}
    own = {c.col for c in single if c.key}
    entries: list[Entry] = [
        Local(labels_of(label, past[v.col]), v) for v in values if v.is_figure and v.col in past
    ]
    rest = [v for v in values if v.is_value and v.col not in past]
    filled = [v for v in rest if not v.is_blank]
    if len(filled) > 1 and any(v.col in own for v in filled):
        entries += [Local(label, v) for v in filled if v.col not in own]
        filled = [v for v in filled if v.col in own]
    unit = next((v.text.strip() for v in values if v.is_unit), "") or unit_of(label)
    words = [v for v in values if v.names]
    if not filled and words and (not rest or words[0].col < rest[0].col):  # words where the figure should be
        return [*entries, Shown(slot, words[0], label)]
    if len(filled) > 1:
        return [*entries, Open(slot, filled, label)]
    return [*entries, *(Shown(slot, v, label, unit) for v in (filled or rest)[-1:])]


def _proactive_row(row: Row, at: int, matter: str, above: Above, form: Form) -> Sequence[Entry]:
    whole, proactive, template = above.heads.quantity, form.words.proactive, form.template or ""
    values = row[at + 1 :]
    columns = tuple(c for c in whole if not c.key or (matter, c.key) in proactive)
    columns = columns if any(c.key for c in columns) else ()
    own_form = tuple(c for c in columns if not c.key or template in proactive[matter, c.key])
    if any(c.key for c in own_form):
        columns = own_form  # what another form has of this matter is not asked here
    if 0 < len(columns) < len(whole) == len(values) and all(
        c in columns or v.reading.value is None for c, v in zip(whole, values, strict=True)
    ):  # one head for all matters: marks stand where a matter has no such cell
        values = [v for c, v in zip(whole, values, strict=True) if c in columns]
    if not columns:
        own = [(q, i[template]) for (m, q), i in proactive.items() if m == matter and template in i]
        filled = [v for v in values if not v.is_blank]
        if len(own) != 1 or len(filled) > 1:
            return _local_row(row, above)
        columns = (Column(own[0][0], own[0][1].label_zh, 0),)
        values = filled or values[:1]
    slots: list[Slot | None] = [(f"{matter}.{c.key}", None) if c.key else None for c in columns]
    return _fill(row[at], values, columns, slots, above.stream, above.heads.placed and columns == whole)


# -- disputes ------------------------------------------------------------------------------------------------


def _states(row: Row, above: Above) -> Sequence[Entry]:
    columns = above.heads.state
    values = (
        row
        if len(row) == len(columns) or not any(i.names for i in row)
        else [i for i in row if not i.is_label]
    )
    slots: list[Slot | None] = [(f"{c.group}.{c.key}", None) if c.key and c.group else None for c in columns]
    numbers = [str(n) for n in range(1, max(len(columns), LEAST_NUMBERED) + 1)]
    if not any(slots) or [i.text for i in values] == numbers:
        return _local_row(values, above)
    return _fill(None, values, columns, slots, above.stream)


def _states_across(row: Row, group: str, above: Above, form: Form) -> Sequence[Entry]:
    """A row of results whose own label names the group."""
    last = max(n for n, i in enumerate(row) if i.group)
    states = above.heads.state
    keys = [c.key for c in states if c.key]
    once = states if len(set(keys)) == len(keys) else states[: len(set(keys))]
    once = tuple(c for c in once if c.key or c.col > row[last].col)
    if group not in form.words.review_groups or len({c.key for c in once if c.key}) != len(set(keys)):
        return _local_row(row, above)
    slots: list[Slot | None] = [(f"{group}.{c.key}", None) if c.key else None for c in once]
    return _fill(None, row[last + 1 :], once, slots, above.stream)


def _state_down(row: Row, kind: Kind, above: Above, form: Form) -> Sequence[Entry]:
    """A row that is one result: of each group where groups are columns, else of the group named last."""
    groups, state = above.heads.groups, row[kind.at].state
    values = [i for i in row[kind.at + 1 :] if i.is_value]
    if groups and len(values) >= len(groups):
        return _fill(row[kind.at], values, groups, [(f"{c.group}.{state}", None) for c in groups], False)
    if kind.group not in form.words.review_groups:
        return _local_row(row, above)
    single = above.heads.single if "single" in above.learned else ()  # not another table's years
    return _list_row(row, kind.at, (f"{kind.group}.{state}", None), single)


# -- values --------------------------------------------------------------------------------------------------


def _fill(
    label: Item | None,
    values: Row,
    columns: Sequence[Column],
    slots: Sequence[Slot | None],
    stream: bool,
    gridded: bool = False,
    ragged: bool = False,
) -> list[Entry]:
    """Give each value its column by order, or by its place where the whole table bears the places out; where
    numbers are fewer than columns, the sums may place the row later."""
    name = label.text if label else ""
    if len(values) > len(columns):
        values = [v for v in values if v.reading.unit != "%"]
    if len(values) < len(columns):
        values = spread(values, len(columns))
    filled = [v for v in values if v.is_figure]
    found = kept(values, columns) if stream else aligned(values, columns, gridded, ragged)
    if found is None and len(filled) == len(columns):
        found = [*filled]
    if found is None and filled:
        if len(filled) < len(columns):
            return _unplaced(name, filled, slots)
        entries = _local_values(name, filled)
        return entries + [
            Open(s, filled, labels_of(name, c.label)) for s, c in zip(slots, columns, strict=True) if s
        ]
    if found is None and not values and not label:
        return []
    place = values[0] if found is None and values else label or values[0]
    entries = []
    titles = _titles(name, tuple(columns))
    for value, (title, unit), slot in zip(found or [None] * len(columns), titles, slots, strict=True):
        if slot is None:
            if value is not None and not value.is_label:
                entries.append(Local(title, value))
        elif value is not None and not value.own and not value.is_blank:
            entries.append(Open(slot, [value], title))
        else:
            entries.append(_new(Shown, (slot, value or place.blanked(), title, unit)))
    return entries


@lru_cache(maxsize=4096)
def _titles(name: str, columns: tuple[Column, ...]) -> list[tuple[str, str]]:
    """The label and the unit of a row's cell in each column."""
    return [(labels_of(name, c.label), unit_of(c.label)) for c in columns]


def _unplaced(name: str, filled: Row, slots: Sequence[Slot | None]) -> list[Entry]:
    """A row with fewer figures than cells: left to the sums, or local where some of its columns are."""
    known = tuple(s for s in slots if s is not None)
    if any(v.reading.state in ("unreadable", "blank") for v in filled):  # ink or a picture: no figure
        return [Open(slot, filled, name) for slot in known]
    if len(known) != len(slots):
        return _local_values(name, filled)
    raw = " ".join(" ".join(v.text.split()) for v in filled)
    tokens = tuple(token_of(v) for v in filled)
    return [Unplaced(known, tokens, raw, filled[0].locator, "table", name)]


def token_of(item: Item) -> Token:
    """A figure whose cell is open."""
    value = item.reading.value
    return Token(
        value if value is not None else 0, item.text, item.locator, item.reading.state, item.reading.approx
    )


def _local_row(row: Row, above: Above) -> list[Entry]:
    """A row that the codebook does not know: its figures under its own label and the names of their
    columns."""
    name = " ".join(" ".join(i.text.split()) for i in row if i.names)
    heads = {
        "applicant": above.heads.applicant,
        "quantity": above.heads.quantity,
        "single": above.heads.single,
    }
    titles = {c.col: c.label for kind, columns in heads.items() if kind in above.learned for c in columns}
    return _local_values(name, [i for i in row if i.own and i.is_figure], titles) if name else []


def _local_values(
    name: str, values: Iterable[Item], titles: Mapping[int, str] = MappingProxyType({})
) -> list[Entry]:
    """Figures under a label, each with the name of its column where ``titles`` has all of them, else
    counted."""
    found = list(values)
    if not found or not all(v.col in titles for v in found):
        titles = {v.col: str(n) if len(found) > 1 else "" for n, v in enumerate(found, start=1)}
    return [Local(labels_of(name, titles[v.col]), v) for v in found]
