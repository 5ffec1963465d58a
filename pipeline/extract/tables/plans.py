"""Tables that are alike but for their figures: how the first was read is kept, and the next are read by that
plan.

Labels, places and blanks decide where a figure goes; figures decide one thing alone: which order of columns
adds up. So a table is read with its plain numbers hidden (a rule that looks at one ends the attempt, and the
table is read openly), and what was claimed for which cell is written down. The next table with the same
labels in the same places repeats the claims with its own figures, if these bear out the same orders of
columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, NoReturn, cast

from pipeline.chinese.numbers import Reading, parse_cell
from pipeline.document import Cell, Table
from pipeline.extract.tables.claims import Claims, Slot, TableReading, observe
from pipeline.extract.tables.heads import Heads
from pipeline.extract.tables.orders import Order, best_of, filled_rows
from pipeline.extract.tables.rows import Item, Row
from pipeline.extract.tables.table import LEAST_NUMBERED, TableReader
from pipeline.report import Figure, Observation

_MASKS = tuple(
    str(n) for n in range(9_000_000, 9_005_000) if "20" not in str(n)
)  # numbers that stand for hidden ones: no years
_new = tuple.__new__  # of a named tuple it takes half the time of the class itself
_MASK = re.compile(r"900\d{4}")
_PLAIN = re.compile(r"(?!20[0-2]\d$)[-+]?[0-9][0-9.,]{0,15}")
_YEAR = re.compile(r"20[0-2]\d")
_COUNTED = tuple(str(n) for n in range(1, LEAST_NUMBERED + 1))
_MOST_PLANS = 128
_MOST_CALLS = 1_000


class NumberUsed(Exception):
    """A rule looked at a hidden number."""


def _looked_at(*_: object) -> NoReturn:
    raise NumberUsed


class _Hidden:
    """A number that no rule may look at."""

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __abs__ = __int__ = __index__ = (
        _looked_at
    )
    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __str__ = __repr__ = __format__ = _looked_at
    __eq__ = __ne__ = _looked_at
    __hash__ = _looked_at


_NUMBER = Reading("reported", cast(Figure, _Hidden()))


class _Choice(NamedTuple):
    """The order chosen among several by the figures of the cells (by number) in ``rows``, which fill so many
    columns."""

    options: tuple[Order, ...]
    rows: Mapping[int, list[list[int]]]
    chosen: Order


class _Plan(NamedTuple):
    """How a table was read: the calls that claimed its figures, the choices that figures made, and what the
    reader kept in mind after it. The cells' numbers stand for the locators of the items."""

    calls: list[_Call | _Copied]
    choices: list[_Choice]
    known_rows: int
    heads: Heads
    group: str


_Call = tuple[str, tuple[object, ...]]


class _Copied(NamedTuple):
    """The claim of a hidden number: the observation that it makes, but for the number, its text and its
    place."""

    slot: Slot
    model: Observation
    at: int


class _Spot(NamedTuple):
    """An item of a plan: the number of its cell, and what is known of it but for the cell's own text, reading
    and place (``hidden``) or place alone."""

    at: int
    hidden: bool
    item: Item


_PLANS: dict[tuple[object, ...], _Plan] = {}


class _Cells:
    """The cells of a table as they are, for items that hide their numbers."""

    def __init__(self, table: Table) -> None:
        self.cells = table.cells
        self.place = table.locator

    def item(self, spot: _Spot) -> Item:
        at, hidden, (text, col, colspan, _, reading, own, is_value, is_label, is_blank, readings) = spot
        cell = self.cells[at]
        if hidden:
            text = cell.text
            reading = parse_cell(text)
        place = f"{self.place} {cell.locator}"
        return _new(Item, (text, col, colspan, place, reading, own, is_value, is_label, is_blank, readings))

    def repeat(self, call: _Call | _Copied, claims: Claims) -> None:
        """Make a call with these cells' own items."""
        if isinstance(call, _Copied):  # nearly all are
            cell = self.cells[call.at]
            value = parse_cell(cell.text).value or 0
            claims.claim_as(call.slot, call.model, value, cell.text, f"{self.place} {cell.locator}")
            return
        name, arguments = call
        getattr(claims, name)(
            *[
                self.item(a) if isinstance(a, _Spot) else [*map(self.item, a)] if isinstance(a, list) else a
                for a in arguments
            ]
        )

    def choose(self, options: Sequence[Order], rows: Mapping[int, list[list[int]]]) -> Order:
        figures = {
            n: [[parse_cell(self.cells[at].text).value or 0 for at in row] for row in found]
            for n, found in rows.items()
        }
        return best_of(options, figures)


class _Record:
    """What is claimed and chosen while a table is read with its numbers hidden. Stands in for its
    ``Claims``."""

    def __init__(self, claims: Claims, cells: _Cells) -> None:
        self.claims, self.cells = claims, cells
        self.out = claims.out
        self.calls: list[_Call | _Copied] = []
        self.choices: list[_Choice] = []
        self.names_a_mask = False  # a text that was claimed holds a number that only stands for a hidden one

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            self.names_a_mask |= any(isinstance(a, str) and _MASK.search(a) is not None for a in arguments)
            self.calls.append(self._simpler((name, tuple(map(_spotted, arguments)))))
            self.cells.repeat(self.calls[-1], self.claims)

        return call

    def _simpler(self, call: _Call) -> _Call | _Copied:
        """The claim of a hidden number as an observation to be copied; money may have to be converted and is
        claimed anew."""
        name, arguments = call
        if name != "claim":
            return call
        slot, spot, label = cast(tuple[Slot, _Spot, str], arguments[:3])
        indicator = self.claims.indicators.get(slot[0])
        if not spot.hidden or indicator is None or indicator.decimal:
            return call
        return _Copied(
            slot, observe(indicator, slot[1], self.cells.item(spot), label, self.claims.method), spot.at
        )

    def choose(self, options: Sequence[Order], below: Sequence[Row]) -> Order:
        options = tuple(dict.fromkeys(options))
        rows = {
            n: [[int(v.locator) for v in row] for row in filled_rows(n, below)]
            for n in set(map(len, options))
        }
        chosen = self.cells.choose(options, rows)
        self.choices.append(_Choice(options, rows, chosen))
        return chosen


def _has_plan(table: Table) -> bool:
    """Whether a table's labels may decide alone: no row is cut or cell doubtful, and cells stand where they
    stood."""
    if table.layout != "grid" or table.method == "ocr" or table.joints or len(table.cells) > len(_MASKS):
        return False
    return not any(cell.readings for cell in table.cells) and not _numbers_columns(table)


def _numbers_columns(table: Table) -> bool:
    """Whether cells 1, 2, 3 and so on stand side by side: they may number the columns."""
    cells = table.cells
    last = LEAST_NUMBERED - 1
    return any(
        cell.text == _COUNTED[last] and tuple(c.text for c in cells[n - last : n + 1]) == _COUNTED
        for n, cell in enumerate(cells)
        if n >= last
    )


def _hidden(item: Item) -> Item:
    """An item that hides its number. Raises NumberUsed where a rule has made another text of it."""
    if item.text == _MASKS[int(item.locator)]:
        return item._replace(reading=_NUMBER)
    if _MASK.search(item.text):
        raise NumberUsed
    return item


def _spotted(argument: object) -> object:
    """A call's argument with the numbers of cells in place of the items that hide theirs."""
    if isinstance(argument, list):
        return [_spotted(item) for item in argument]
    if not isinstance(argument, Item):
        return argument
    at = int(argument.locator)
    return _Spot(at, argument.text == _MASKS[at], argument)


class PlannedReader(TableReader):
    """A ``TableReader`` that reads tables alike but for their figures by one plan."""

    record: _Record | None = None

    def read(self, table: Table) -> TableReading:
        if not _has_plan(table):
            return super().read(table)
        texts = [_MASKS[n] if _is_plain(cell.text) else cell.text for n, cell in enumerate(table.cells)]
        key = self._key(table, texts)
        plan = _PLANS.get(key)
        if plan is not None and (reading := self._repeated(plan, _Cells(table))) is not None:
            return reading
        before = copy(self.heads), self.group
        try:
            reading = self._recorded(key, table, texts)
        except (NumberUsed, TypeError, ValueError):  # some rule needs a number: read openly
            reading = None
        finally:
            self.record = None
        if reading is None:
            self.heads, self.group = before
            reading = super().read(table)
        return reading

    def claims_of(self, table: Table) -> Claims:
        return cast(Claims, self.record) if self.record else super().claims_of(table)

    def rows_of(self, table: Table) -> list[Row]:
        rows = super().rows_of(table)
        if self.record is None:
            return rows
        return [[_hidden(item) for item in row] for row in rows]

    def choose(self, options: Sequence[Order], below: Sequence[Row]) -> Order:
        return self.record.choose(options, below) if self.record else super().choose(options, below)

    def _key(self, table: Table, texts: Sequence[str]) -> tuple[object, ...]:
        """All that decides how a table is read, but for plain numbers."""
        places = tuple([cell[:4] for cell in table.cells])
        year = self.year if _YEAR.search("\n".join(texts)) else None
        return (
            self.words,
            self.template,
            year,
            self.group,
            *vars(self.heads).values(),
            table.n_rows,
            table.n_cols,
            table.caption,
            places,
            tuple(texts),
        )

    def _recorded(self, key: tuple[object, ...], table: Table, texts: Sequence[str]) -> TableReading | None:
        """Read a table with its numbers hidden and keep the plan; None where a hidden number would be
        named."""
        self.record = record = _Record(self.claims_of(table), _Cells(table))
        cells = tuple(
            Cell(*c[:4], text, str(n)) for n, (c, text) in enumerate(zip(table.cells, texts, strict=True))
        )
        super().read(replace(table, cells=cells, locator=""))
        if record.names_a_mask:
            return None
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        if len(record.calls) <= _MOST_CALLS:
            _PLANS[key] = _Plan(
                record.calls, record.choices, record.out.known_rows, copy(self.heads), self.group
            )
        return record.out

    def _repeated(self, plan: _Plan, cells: _Cells) -> TableReading | None:
        """A table read by a plan; None where its figures bear out another order of columns."""
        for choice in plan.choices:
            if cells.choose(choice.options, choice.rows) != choice.chosen:
                return None
        claims = Claims(self.words, self.template, "table")
        for call in plan.calls:
            cells.repeat(call, claims)
        claims.out.known_rows = plan.known_rows
        self.heads, self.group = copy(plan.heads), plan.group
        return claims.out


@lru_cache(maxsize=16384)
def _is_plain(text: str) -> bool:
    """Whether a cell is a number and nothing else, and none that may be a year."""
    return (
        bool(_PLAIN.fullmatch(text))
        and parse_cell(text)[2:] == _NUMBER[2:]
        and parse_cell(text).state == "reported"
    )
