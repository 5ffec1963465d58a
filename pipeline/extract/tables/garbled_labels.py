"""Labels that recognition garbled, read by what stands around them: between two labels that the codebook
knows, in the form's order, only what the form prints between these can stand, and of that only what the
garbled text looks like.

For tables read from pixels alone. A label is replaced where one candidate is left that is near enough and
nearer than the others by a margin; else its row stays local. The text as read stays among the cell's
readings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbering import number_of
from pipeline.chinese.resemblance import likeness
from pipeline.document import Cell, Table
from pipeline.extract.tables.vocabulary import Vocabulary

NEAR_ENOUGH = 50.0
LEAD = 10.0


class _Place(NamedTuple):
    """A label in a row or column of labels: its cell's number, and what it means, as a place in the form's
    order (None: nothing that is known, -1: something of which the order says nothing)."""

    cell: int
    at: int | None


Order = Sequence[tuple[str, tuple[str, ...]]]
"""The form's order: name and labels of each row or column."""


def with_likely_labels(
    table: Table, words: Vocabulary, template: str | None, is_label: Callable[[str], bool]
) -> Table:
    """The table with its garbled labels replaced by those that must stand there."""
    cells = list(table.cells)
    rows: dict[int, list[int]] = {}
    for n, cell in enumerate(cells):
        rows.setdefault(cell.row, []).append(n)
    names: list[int] = []
    for own in rows.values():
        labels = [n for n in own if is_label(cells[n].text)]
        after = [n for n in own if labels and cells[n].col > cells[labels[-1]].col]
        if labels and after and not any(is_label(cells[n].text) for n in after):
            names.append(labels[-1])
        elif len(labels) > 2 and len(labels) == len([n for n in own if cells[n].text]):
            _settle_columns(cells, labels, words)
    for order in _row_orders(words, template):
        _settle(cells, _placed(cells, names, order, words, template), order)
    return replace(table, cells=tuple(cells))


def _placed(
    cells: Sequence[Cell], names: Sequence[int], order: Order, words: Vocabulary, template: str | None
) -> list[_Place]:
    at = {name: n for n, (name, _) in enumerate(order)}

    def meaning(text: str) -> int | None:
        found = {
            at[key.indicator or key.matter]
            for key in words.row(text, template)
            if (key.indicator or key.matter) in at
        }
        if len(found) == 1:
            return found.pop()
        return -1 if words.row(text, template) or words.groups.find(text) else None

    return [_Place(n, meaning(cells[n].text)) for n in names]


def _settle(cells: list[Cell], places: Sequence[_Place], order: Order) -> None:
    """Replace the unknown labels between two known ones, or after the last, that the form's order and their
    looks decide."""
    taken = {p.at for p in places if p.at is not None}
    before = -1
    for n, place in enumerate(places):
        if place.at is not None:
            before = place.at if place.at >= 0 else before
            continue
        after = next((p.at for p in places[n + 1 :] if p.at is not None and p.at >= 0), len(order))
        between = [at for at in range(before + 1, after) if at not in taken]
        at = _likeliest(cells[place.cell], {at: order[at][1] for at in between})
        if at is not None and (before >= 0 or after < len(order)):
            cells[place.cell] = _read_as(cells[place.cell], order[at][1][0])
            taken.add(at)
            before = at


def _settle_columns(cells: list[Cell], labels: Sequence[int], words: Vocabulary) -> None:
    """The same for a row of column heads: applicants and states, the states as often as they are printed."""
    for kind, order in _column_orders(words).items():
        at = {name: n for n, (name, _) in enumerate(order)}
        known: list[int | None] = []
        for n in labels:
            keys = [key for key in words.columns.find(cells[n].text) if key.kind == kind]
            known.append(at.get(keys[0].key) if keys else None)
        if sum(k is not None for k in known) < 2:
            continue
        for place, n in enumerate(labels):
            if (
                known[place] is not None
                or words.columns.find(cells[n].text)
                or words.groups.find(cells[n].text)
            ):
                continue
            left = known[place - 1] if place else None
            right = known[place + 1] if place + 1 < len(labels) else None
            low = left + 1 if left is not None and left < len(order) - 1 else 0
            high = right if right else len(order)
            if left is None and right is None:
                continue
            chosen = _likeliest(cells[n], {k: order[k][1] for k in range(low, high)})
            if chosen is not None:
                cells[n] = _read_as(cells[n], order[chosen][1][0])
                known[place] = chosen


def _likeliest(cell: Cell, choices: Mapping[int, tuple[str, ...]]) -> int | None:
    """The choice whose label the cell looks like, near enough and by a margin."""
    texts = [normalise_label(text) for text in (cell.text, *cell.readings)]
    number = number_of(cell.text)
    scores = []
    for at, labels in choices.items():
        numbers = {own for label in labels if (own := number_of(label))}
        if number and numbers and number not in numbers:
            continue
        score = max(
            (likeness(text, normalise_label(label)) for text in texts if text for label in labels),
            default=0.0,
        )
        scores.append((score, at))
    scores.sort(reverse=True)
    if not scores or scores[0][0] < NEAR_ENOUGH or (len(scores) > 1 and scores[0][0] - scores[1][0] < LEAD):
        return None
    return scores[0][1]


def _read_as(cell: Cell, label: str) -> Cell:
    return cell._replace(text=label, readings=(cell.text, *cell.readings))


@lru_cache(maxsize=16)
def _row_orders(words: Vocabulary, template: str | None) -> tuple[Order, ...]:
    """The rows of the form's tables in the order in which they are printed; sums of groups, which the forms
    do not print, are left out."""
    own = [i for i in words.codebook.indicators if i.template == template]
    if template not in words.sections:
        return (tuple((i.indicator_id, i.row_labels) for i in own if i.row_labels),)
    application = tuple(
        (i.indicator_id, i.row_labels)
        for i in own
        if i.table == "application" and i.row_labels and i.kind != "derived"
    )
    matters: dict[str, tuple[str, ...]] = {}
    for i in own:
        if i.table == "proactive" and i.row_labels:
            matters.setdefault(i.matter, i.row_labels)
    return application, tuple(matters.items())


@lru_cache(maxsize=4)
def _column_orders(words: Vocabulary) -> dict[str, Order]:
    by_key: dict[tuple[str, str], list[str]] = {}
    for label, keys in words.columns.exact.items():
        for key in keys:
            by_key.setdefault((key.kind, key.key), []).append(label)
    return {
        kind: tuple((name, tuple(by_key.get((kind, name), ()))) for name in names)
        for kind, names in (("applicant", words.applicants), ("state", words.states))
    }
