"""The ways in which the numbers of a row whose blank cells were dropped can stand in it, by the row's own
sums.

A way keeps the numbers' order. In each sum group (a total and its parts) either nothing stands, or the total
is printed and the parts add up to it, or only zeros stand. A row without groups has every order-preserving
way that its sums allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from math import comb

from pipeline.reconcile.system import Slot, System, equation_of, expand
from pipeline.report import Figure, Unplaced

MAX_WAYS = 20_000

Way = tuple[int | None, ...]
"""For each slot of a row the number of the token in it, or None."""


def ways(row: Unplaced, system: System) -> tuple[list[Way], bool]:
    """All placements of a row that satisfy its own sums, and whether the list is complete."""
    values = [t.value for t in row.tokens]
    if len(values) > len(row.slots):
        return [], True
    groups = _groups(row.slots, system)
    found: list[Way] = []
    if groups is not None:
        for layout in _fill(groups, values):
            found.append(tuple(layout.get(n) for n in range(len(row.slots))))
            if len(found) > MAX_WAYS:
                return found, False
        return found, True
    if comb(len(row.slots), len(values)) > MAX_WAYS:
        return [], False
    own = _own_sums(row.slots, system)
    for chosen in combinations(range(len(row.slots)), len(values)):
        layout = dict(zip(chosen, range(len(values)), strict=True))
        if all(
            constant + sum(sign * values[layout[n]] for sign, n in terms if n in layout) == 0
            for terms, constant in own
        ):
            found.append(tuple(layout.get(n) for n in range(len(row.slots))))
    return found, True


def total_of(row: Unplaced, system: System) -> tuple[int | None, ...]:
    """For each cell of the row the place of its group's total; None where the row has no groups."""
    found: list[int | None] = [None] * len(row.slots)
    for total, parts in _groups(row.slots, system) or ():
        for n in (total, *parts):
            found[n] = total
    return tuple(found)


@lru_cache(maxsize=64)
def _own_sums(
    slots: tuple[Slot, ...], system: System
) -> tuple[tuple[tuple[tuple[int, int], ...], Figure], ...]:
    """The identities that stand wholly inside the row, as signed positions."""
    position = {slot: n for n, slot in enumerate(slots)}
    found = []
    for instance in system.identities:
        equation = equation_of(
            "", expand(instance.left, system, position), expand(instance.right[0], system, position)
        )
        if all(slot in position for _, slot in equation.terms):
            found.append((tuple((sign, position[slot]) for sign, slot in equation.terms), equation.constant))
    return tuple(found)


@lru_cache(maxsize=64)
def _groups(slots: tuple[Slot, ...], system: System) -> tuple[tuple[int, tuple[int, ...]], ...] | None:
    """(total's position, parts' positions) of each sum group, in order; None where they do not lie side by
    side or cells stand outside them."""
    position = {slot: n for n, slot in enumerate(slots)}
    found: list[tuple[int, tuple[int, ...]]] = []
    for instance in system.identities:
        if len(instance.left.parts) != 1 or len(instance.right) != 1 or instance.right[0].constant:
            continue
        parent, parts = instance.left.parts[0].slot, [p.slot for p in instance.right[0].parts]
        if parent in position and all(p in position for p in parts):
            found.append((position[parent], tuple(sorted(position[p] for p in parts))))
    found.sort(key=lambda g: min(g[0], g[1][0]))
    in_order = [n for total, parts in found for n in sorted((total, *parts))]
    return tuple(found) if in_order == list(range(len(slots))) else None


def _fill(
    groups: Sequence[tuple[int, tuple[int, ...]]], values: Sequence[Figure]
) -> Iterator[dict[int, int]]:
    """Cut the numbers into the groups; a cut that cannot be finished is left at once."""
    layouts: dict[tuple[int, int, int], list[dict[int, int]]] = {}
    hopeless: set[tuple[int, int]] = set()

    def of_group(group: int, start: int, taken: int) -> list[dict[int, int]]:
        key = (group, start, taken)
        if key not in layouts:
            total, parts = groups[group]
            members = tuple(sorted((total, *parts)))
            numbers = range(start, start + taken)
            amount = sum(values[n] for n in numbers)
            found = []
            for chosen in combinations(members, taken) if taken else [()]:
                layout = dict(zip(chosen, numbers, strict=True))
                sum_token = layout.get(total)
                if (sum_token is None and not any(values[n] for n in numbers)) or (
                    sum_token is not None and amount == 2 * values[sum_token]
                ):
                    found.append(layout)
            layouts[key] = found
        return layouts[key]

    def fill(group: int, start: int) -> Iterator[dict[int, int]]:
        if group == len(groups):
            if start == len(values):
                yield {}
            return
        if (group, start) in hopeless:
            return
        some = False
        for taken in range(min(len(groups[group][1]) + 1, len(values) - start) + 1):
            own = of_group(group, start, taken)
            if own:
                for rest in fill(group + 1, start + taken):
                    some = True
                    for layout in own:
                        yield {**layout, **rest}
        if not some:
            hopeless.add((group, start))

    return fill(0, 0)
