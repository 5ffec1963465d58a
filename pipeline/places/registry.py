"""The registry of places: administrative divisions of China 2008-2026, by code, by name and in a year.

Grain of ``divisions.csv``: one code, name and parent over an unbroken run of year ends. "In force in year Y"
means in force at the end of Y. Facts and sources: SOURCES.md in this folder.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 2008, 2026
_HERE = Path(__file__).resolve().parent
_ONE_TO_ONE = frozenset({"renamed", "raised", "recoded"})
_PEOPLES_ENDINGS = {
    "自治州": ("州", "自治州"),
    "自治县": ("县", "自治县"),
    "自治旗": ("旗",),
    "自治区": ("自治区",),
}


class Division(NamedTuple):
    """One code under one name and one parent, over the years ``valid_from`` to ``valid_to`` (None = still).

    ``valid_from`` 2008 means 2008 or before. ``parent_code`` is empty for a province; a county that a
    province governs directly has the province as its parent.
    """

    code: str
    name: str
    short_name: str
    parent_code: str
    level: str
    kind: str
    valid_from: int
    valid_to: int | None

    def in_force(self, year: int) -> bool:
        """Whether this row held at the end of ``year``."""
        return self.valid_from <= year and (self.valid_to is None or year <= self.valid_to)


class DivisionEvent(NamedTuple):
    """One change: ``date`` is a year; ``kind`` is renamed, raised, recoded, merged, split, abolished or
    established. ``from_code`` or ``to_code`` is empty where the kind has none. ``extent`` is whole where all
    of the territory went to ``to_code``, part where some of it did or where it was drawn from other
    places."""

    date: str
    kind: str
    from_code: str
    to_code: str
    extent: str
    source: str
    note: str


class DivisionRow(NamedTuple):
    """A row of ``ref.division``: a ``Division`` with its full name (省市县 joined) in its last year."""

    division_code: str
    name: str
    full_name: str
    level: str
    kind: str
    parent_code: str | None
    valid_from: int
    valid_to: int | None


class Registry:
    """All divisions and events, indexed. Build it with ``load_registry``."""

    def __init__(self, divisions: Iterable[Division], events: Iterable[DivisionEvent], townships: Iterable[Path],
                 own_townships: dict[str, tuple[str, ...]], phones: dict[str, tuple[str, ...]],
                 usual_names: Iterable[tuple[str, str]] = ()) -> None:  # fmt: skip
        self.divisions = tuple(divisions)
        self.events = tuple(events)
        self.phones = phones
        self._township_files = tuple(townships)
        self._own_townships = own_townships
        self._townships: dict[str, tuple[str, ...]] | None = None
        codes: dict[str, list[Division]] = defaultdict(list)
        names: dict[str, list[Division]] = defaultdict(list)
        aliases: dict[str, list[Division]] = defaultdict(list)
        shorts: dict[str, list[Division]] = defaultdict(list)
        children: dict[str, list[Division]] = defaultdict(list)
        for d in self.divisions:
            codes[d.code].append(d)
            names[d.name].append(d)
            children[d.parent_code].append(d)
            shorts[d.short_name].append(d)
            for ending in _PEOPLES_ENDINGS.get(d.kind, ()):
                if d.short_name + ending != d.name:
                    aliases[d.short_name + ending].append(d)
        for code, name in usual_names:
            aliases[name] += codes[code]
        self._codes, self._shorts, self._children = dict(codes), dict(shorts), dict(children)
        called = {n: (*names.get(n, ()), *aliases.get(n, ())) for n in (*names, *aliases)}
        self._called: dict[str, tuple[Division, ...]] = called
        self._events_from: dict[tuple[str, str], list[DivisionEvent]] = defaultdict(list)
        self._events_to: dict[str, list[DivisionEvent]] = defaultdict(list)
        for e in self.events:
            self._events_from[e.from_code, e.date].append(e)
            self._events_to[e.to_code].append(e)
        self.name_sizes = _sizes_by(slice(-2, None), called)
        self._sizes_by_beginning = _sizes_by(slice(2), called)
        self._forward = {(e.from_code, e.date): e for e in self.events if e.kind in _ONE_TO_ONE}
        self._backward = {(e.to_code, e.date): e for e in self.events if e.kind in _ONE_TO_ONE}

    def get(self, code: str, year: int | None = None) -> Division | None:
        """The row of ``code`` in force in ``year``; without a year, its latest. None if there is none."""
        rows = self._codes.get(code, ())
        if year is None:
            return rows[-1] if rows else None
        return next((d for d in rows if d.in_force(_clamp(year))), None)

    def rows_of(self, code: str) -> tuple[Division, ...]:
        """Every row that a code has had, oldest first."""
        return tuple(self._codes.get(code, ()))

    def by_name(self, name: str, year: int | None = None) -> tuple[Division, ...]:
        """Rows whose full name (or usual form: 恩施州, 前郭尔罗斯县, 莫旗) is ``name``; with a year, in force then."""
        rows = self._called.get(name, ())
        return rows if year is None else tuple(d for d in rows if d.in_force(_clamp(year)))

    def names_beginning(self, text: str) -> Iterator[str]:
        """The names of divisions that a text begins with, the longest first."""
        for size in self._sizes_by_beginning.get(text[:2], ()):
            if len(text) >= size and text[:size] in self._called:
                yield text[:size]

    def by_short_name(self, short: str, year: int | None = None) -> tuple[Division, ...]:
        """Rows whose name without its kind is ``short`` (朝阳 -> 朝阳区, 朝阳市, 朝阳县)."""
        rows = self._shorts.get(short, ())
        return tuple(d for d in rows if year is None or d.in_force(_clamp(year)))

    def children(self, code: str, year: int = LAST_YEAR) -> tuple[Division, ...]:
        """Divisions directly under ``code`` in ``year``, by code."""
        return tuple(d for d in self._children.get(code, ()) if d.in_force(_clamp(year)))

    def ancestors(self, division: Division) -> tuple[Division, ...]:
        """Parent first, then its parent; each as in the division's own last year."""
        year = division.valid_to or LAST_YEAR
        found: list[Division] = []
        code = division.parent_code
        while code and len(found) < 4:
            parent = self.get(code, year) or self.get(code)
            if parent is None:
                break
            found.append(parent)
            code = parent.parent_code
        return tuple(found)

    def full_name(self, code: str, year: int | None = None) -> str | None:
        """江苏省淮安市洪泽区; names as in force in ``year``, or the latest. None for an unknown code."""
        division = self.get(code, year)
        if division is None:
            return None
        names = [d.name for d in reversed(self.ancestors(division))]
        return "".join((*names, division.name))

    def in_year(self, division: Division, year: int | None) -> Division:
        """The row of the same place in force in ``year``, through renamings and new codes one to one.

        Where a merger or a split stands between, or ``year`` is None, the division itself comes back.
        """
        if year is None:
            return division
        wanted, row = _clamp(year), division
        for _ in range(8):
            if row.in_force(wanted):
                return row
            if wanted < row.valid_from:
                event = self._backward.get((row.code, str(row.valid_from)))
                step = self.get(event.from_code, row.valid_from - 1) if event else None
            else:
                after = (row.valid_to or LAST_YEAR) + 1
                event = self._forward.get((row.code, str(after)))
                step = self.get(event.to_code, after) if event else None
            if step is None:
                moved = self.get(row.code, wanted)
                return moved if moved and moved.name == row.name else division
            row = step
        return division

    def events_from(self, code: str, year: int) -> tuple[DivisionEvent, ...]:
        """The events of ``year`` that change what ``code`` was."""
        return tuple(self._events_from.get((code, str(year)), ()))

    def events_to(self, code: str) -> tuple[DivisionEvent, ...]:
        """Every event, of any year, that made ``code`` what it is."""
        return tuple(self._events_to.get(code, ()))

    @cached_property
    def changed_areas(self) -> frozenset[tuple[str, int]]:
        """(prefecture's code, year) where a county came to it from another prefecture or went to one.

        The code is the one in force at the end of that year, or the last one of a prefecture that ended.
        """
        found: set[tuple[str, int]] = set()
        for e in self.events:
            year = int(e.date)
            old, new = self.get(e.from_code, year - 1), self.get(e.to_code, year)
            if e.kind not in ("renamed", "raised", "recoded", "merged") or not old or not new:
                continue
            if old.level != "county" or new.level != "county" or old.parent_code == new.parent_code:
                continue
            heirs = {h.to_code for h in self.events_from(old.parent_code, year) if h.to_code}
            if new.parent_code not in heirs:
                found |= {(c, year) for c in (old.parent_code, new.parent_code)}
        return frozenset(found)

    def townships(self, name: str) -> tuple[str, ...]:
        """Codes of the counties that hold a township of this name today; read on first use."""
        if self._townships is None:
            self._townships = dict(_read_townships(self._township_files)) | self._own_townships
        return self._townships.get(name, ())


def _sizes_by(part: slice, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Two signs at the ``part`` of a name -> the lengths of the names that have them there, longest first."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for name in names:
        sizes[name[part]].add(len(name))
    return {signs: tuple(sorted(found, reverse=True)) for signs, found in sizes.items()}


def _clamp(year: int) -> int:
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _read_csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        yield from csv.DictReader(f)


def _read_townships(paths: Iterable[Path]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path in paths:
        with path.open(encoding="utf-8", newline="") as f:
            reader = csv.reader(f)
            next(reader)
            for name, codes in reader:
                yield name, tuple(codes.split())


def _read_divisions(path: Path) -> Iterator[Division]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        reader = csv.reader(f)
        next(reader)
        for code, name, short, parent, level, kind, start, end in reader:
            yield Division(code, name, short or name, parent, level, kind, int(start or FIRST_YEAR),
                           int(end) if end else None)  # fmt: skip


@lru_cache(maxsize=8)
def load_registry(extra: Path | None = None) -> Registry:
    """The registry, read once per process (some 30 ms); ``extra`` adds a CSV of a caller's own places.

    ``extra`` has the columns of ``divisions.csv`` (code6, name, short_name, parent_code, level, kind,
    valid_from, valid_to); a row of level ``township`` adds a township of the county ``parent_code``.
    """
    own = list(_read_divisions(extra)) if extra else []
    towns: dict[str, tuple[str, ...]] = {}
    for row in own:
        if row.level == "township":
            towns[row.name] = (*towns.get(row.name, ()), row.parent_code)
    divisions = [*_read_divisions(_HERE / "divisions.csv"), *(d for d in own if d.level != "township")]
    events = [DivisionEvent(**row) for row in _read_csv(_HERE / "division_events.csv")]
    phones = {r["area_code"]: tuple(r["codes"].split()) for r in _read_csv(_HERE / "phone_areas.csv")}
    usual = [(r["code6"], r["name"]) for r in _read_csv(_HERE / "usual_names.csv")]
    return Registry(divisions, events, (_HERE / "townships.csv",), towns, phones, usual)


def division_rows(registry: Registry | None = None) -> list[DivisionRow]:
    """Rows for ``ref.division``: every code, name and span, with its full name as in its last year."""
    reg = registry or load_registry()
    return [
        DivisionRow(
            d.code,
            d.name,
            "".join((*(a.name for a in reversed(reg.ancestors(d))), d.name)),
            d.level,
            d.kind,
            d.parent_code or None,
            d.valid_from,
            d.valid_to,
        )
        for d in reg.divisions
    ]


def event_rows(registry: Registry | None = None) -> list[DivisionEvent]:
    """Rows for ``ref.division_event``, by date and code."""
    return list((registry or load_registry()).events)
