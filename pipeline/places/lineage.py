"""From a code in a year to today's places and back: series "as then" or "on today's boundaries"."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.places.registry import LAST_YEAR, DivisionEvent, Registry, load_registry

_MOVES = frozenset({"renamed", "raised", "recoded", "merged"})


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a place of a year is to be found in a later one.

    ``codes`` are the codes that hold its territory, one in most cases, several where it was divided, none
    where no event tells. ``exact`` is False where the boundary changed by a split or by a merger of parts, so
    that a sum over units is near but not the same area. ``merged`` says that it became one with others.
    ``events`` are the changes on the way, oldest first.
    """

    codes: tuple[str, ...]
    exact: bool
    merged: bool
    events: tuple[DivisionEvent, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """The places of an earlier year that a later code is made of.

    ``codes`` in force in that year, ``exact`` as in ``Lineage``: False where a part of some other place would
    have to be added or taken away.
    """

    codes: tuple[str, ...]
    exact: bool


def follow(code: str, year: int, to_year: int = LAST_YEAR, registry: Registry | None = None) -> Lineage:
    """The codes in ``to_year`` of the place that ``code`` was at the end of ``year`` (``year`` <=
    ``to_year``).

    Raises ``ValueError`` where ``code`` was not in force in ``year``.
    """
    reg = registry or load_registry()
    if reg.get(code, year) is None:
        raise ValueError(f"code {code} was not in force at the end of {year}")
    codes, events = {code}, list[DivisionEvent]()
    exact = True
    for now in range(year + 1, to_year + 1):
        moved: set[str] = set()
        for current in codes:
            todays = [e for e in reg.events_from(current, now) if e.kind in (*_MOVES, "split", "abolished")]
            events.extend(todays)
            exact &= all(e.extent == "whole" for e in todays) and (current, now) not in reg.changed_areas
            steps = {e.to_code for e in todays if e.kind in _MOVES}
            if steps:
                moved |= steps
            elif reg.get(current, now) is not None:
                moved.add(current)
            else:
                moved |= _heirs_of_children(current, now, reg)
                exact = False
        codes = moved
    others = [e for e in events if e.kind == "merged"]
    return Lineage(
        tuple(sorted(codes)), exact, bool(others) or _absorbed(codes, year, to_year, reg), tuple(events)
    )


def _absorbed(codes: set[str], year: int, to_year: int, reg: Registry) -> bool:
    """Whether some other place was merged into one of ``codes`` on the way."""
    return any(e.kind == "merged" and year < int(e.date) <= to_year for c in codes for e in reg.events_to(c))


def _heirs_of_children(code: str, year: int, reg: Registry) -> set[str]:
    """An abolished prefecture is where its counties went: the parents of their heirs."""
    parents: set[str] = set()
    for child in reg.children(code, year - 1):
        for event in reg.events_from(child.code, year):
            heir = reg.get(event.to_code, year) if event.kind in _MOVES else None
            if heir:
                parents.add(heir.parent_code)
    return parents


def members(code: str, year: int, of_year: int = LAST_YEAR, registry: Registry | None = None) -> Members:
    """The places in force in ``year`` whose sum is nearest to ``code`` on the boundaries of ``of_year``.

    Raises ``ValueError`` where ``code`` is not in force in ``of_year`` or ``year`` is after it. No codes and
    not exact: the place was set up later from parts of others.
    """
    reg = registry or load_registry()
    if year > of_year or reg.get(code, of_year) is None:
        raise ValueError(f"code {code} is not in force in {of_year}, or {year} is after it")
    codes, exact = {code}, True
    for now in range(of_year, year, -1):
        before: set[str] = set()
        for current in codes:
            events = [e for e in reg.events_to(current) if int(e.date) == now]
            exact &= all(e.extent == "whole" for e in events) and (current, now) not in reg.changed_areas
            exact &= all(e.extent == "whole" for e in reg.events_from(current, now) if e.kind == "split")
            came = {e.from_code for e in events if e.kind in _MOVES}
            kept = reg.get(current, now - 1)
            if (
                kept
                and (not came or any(e.kind == "merged" for e in events))
                and not _moved_away(current, now, reg)
            ):
                before.add(current)
            before |= came
        codes = before
    return Members(tuple(sorted(codes)), exact)


def _moved_away(code: str, year: int, reg: Registry) -> bool:
    """Whether the place that bore this code before ``year`` went to another code in it."""
    return any(e.kind in _MOVES and e.to_code != code for e in reg.events_from(code, year))
