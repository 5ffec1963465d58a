"""Rows whose blank cells were dropped: every way to put the numbers back that satisfies the form's sums.

The search is exact and small. A row's ways are the order-preserving placements in which each sum group (a total and its
parts) is either wholly empty or has its total printed and adding up. Rows are then joined by the identities that run down the
columns (1 + 2 = 3 + 4; the total row), with the cells that are printed for certain held fixed. What all surviving joint
placements agree on is proved; what they do not is ambiguous, with its candidates. See docs/reconciliation.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.reconcile.system import Instance, Slot, System, expand
from pipeline.report import Figure, Unplaced

MAX_WAYS = 20_000
MAX_NODES = 200_000

Way = tuple[int | None, ...]
"""For each slot of a row the number of the token in it, or None."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What is known of an unplaced row. ``values`` maps a slot to the token numbers (None: empty) that survive."""

    row: Unplaced
    survivors: tuple[frozenset[int | None], ...]
    by: tuple[str, ...]  # per slot: sums or text; or why nothing was decided: none, bounded


def _groups(row: Unplaced, system: System) -> list[tuple[int, tuple[int, ...]]] | None:
    """(total's position, parts' positions) of each sum group in the row, in order; None where cells stand outside."""
    position = {slot: n for n, slot in enumerate(row.slots)}
    found: list[tuple[int, tuple[int, ...]]] = []
    for instance in system.identities:
        if len(instance.left.parts) != 1 or len(instance.right) != 1:
            continue
        parent = instance.left.parts[0].slot
        parts = [p.slot for p in instance.right[0].parts]
        if parent in position and all(p in position for p in parts):
            found.append((position[parent], tuple(sorted(position[p] for p in parts))))
    covered = {n for total, parts in found for n in (total, *parts)}
    return sorted(found, key=lambda g: min(g[1])) if len(covered) == len(row.slots) else None


def ways(row: Unplaced, system: System) -> tuple[list[Way], bool]:
    """All placements of a row that satisfy its own sums, and whether the list is complete."""
    groups = _groups(row, system)
    values = [t.value for t in row.tokens]
    found: list[Way] = []
    if groups is None:
        for chosen in combinations(range(len(row.slots)), len(values)):
            found.append(_way(len(row.slots), dict(zip(chosen, range(len(values)), strict=True))))
            if len(found) > MAX_WAYS:
                return found, False
        return found, True
    for layout in _fill_groups(groups, values, 0, 0):
        found.append(_way(len(row.slots), layout))
        if len(found) > MAX_WAYS:
            return found, False
    return found, True


def _way(size: int, layout: Mapping[int, int]) -> Way:
    return tuple(layout.get(n) for n in range(size))


def _fill_groups(
    groups: Sequence[tuple[int, tuple[int, ...]]], values: Sequence[Figure], group: int, start: int
) -> Iterator[dict[int, int]]:
    if group == len(groups):
        if start == len(values):
            yield {}
        return
    total, parts = groups[group]
    for taken in range(min(len(parts) + 1, len(values) - start) + 1):
        numbers = range(start, start + taken)
        if taken == 0:
            layouts: list[dict[int, int]] = [{}]
        else:
            first = total < parts[0]
            sum_token = start if first else start + taken - 1
            others = [n for n in numbers if n != sum_token]
            if sum(values[n] for n in others) != values[sum_token]:
                continue
            layouts = [
                {total: sum_token, **dict(zip(chosen, others, strict=True))} for chosen in combinations(parts, len(others))
            ]
        for rest in _fill_groups(groups, values, group + 1, start + taken):
            for layout in layouts:
                yield {**layout, **rest}


def place(
    rows: Sequence[Unplaced], fixed: Mapping[Slot, Figure | None], stated: Mapping[Slot, frozenset[Figure]], system: System
) -> list[Placement]:
    """Place the numbers of all rows. ``fixed`` holds the cells that are certain (None: printed blank), ``stated`` the text's
    exact figures by slot; text is used only where sums leave more than one way. Rows that no identity joins are placed apart."""
    held: dict[Slot, object] = {slot: None for row in rows for slot in row.slots} | dict(fixed)
    across = _across(rows, system, held)
    placements: dict[int, Placement] = {}
    for together in _components(rows, across):
        part = [rows[n] for n in together]
        own = {slot for row in part for slot in row.slots}
        signed = [s for _, s in across if any(slot in own for _, slot in s)]
        for n, placement in zip(together, _place_joined(part, fixed, stated, system, signed), strict=True):
            placements[n] = placement
    return [placements[n] for n in range(len(rows))]


def _components(rows: Sequence[Unplaced], across: list[tuple[Instance, list[tuple[int, Slot]]]]) -> list[list[int]]:
    where = {slot: n for n, row in enumerate(rows) for slot in row.slots}
    label = list(range(len(rows)))
    for _, signed in across:
        involved = {label[where[slot]] for _, slot in signed if slot in where}
        if involved:
            least = min(involved)
            label = [least if known in involved else known for known in label]
    return [[n for n, known in enumerate(label) if known == name] for name in sorted(set(label))]


def _place_joined(
    rows: Sequence[Unplaced], fixed: Mapping[Slot, Figure | None], stated: Mapping[Slot, frozenset[Figure]],
    system: System, across: list[list[tuple[int, Slot]]],
) -> list[Placement]:
    options: list[list[Way]] = []
    bounded = False
    for row in rows:
        found, complete = ways(row, system)
        bounded |= not complete
        options.append(found)
    joint, complete = ([], False) if bounded else _join(rows, options, fixed, across)
    if not complete:
        return [_undecided(row, "bounded") for row in rows]
    if not joint:  # the printed figures contradict each other: each row on its own sums alone
        return [_own(row, found) for row, found in zip(rows, options, strict=True)]
    agreeing = [j for j in joint if _agrees(rows, j, stated)] if len(joint) > 1 else []
    chosen = agreeing if agreeing and len(agreeing) < len(joint) else joint
    return [
        Placement(
            row,
            tuple(frozenset(j[n][s] for j in chosen) for s in range(len(row.slots))),
            tuple(
                "sums" if len({j[n][s] for j in joint}) == 1 or chosen is joint else "text" for s in range(len(row.slots))
            ),
        )
        for n, row in enumerate(rows)
    ]


def _own(row: Unplaced, found: list[Way]) -> Placement:
    if not found:
        return _undecided(row, "none")
    size = len(row.slots)
    return Placement(row, tuple(frozenset(w[s] for w in found) for s in range(size)), ("sums",) * size)


def _undecided(row: Unplaced, why: str) -> Placement:
    everything: frozenset[int | None] = frozenset([None, *range(len(row.tokens))])
    return Placement(row, tuple(everything for _ in row.slots), (why,) * len(row.slots))


def _across(rows: Sequence[Unplaced], system: System, held: Mapping[Slot, object]) -> list[tuple[Instance, list[tuple[int, Slot]]]]:
    """Identities that touch slots of two rows or more, or of a row and fixed cells: as signed lists of (sign, slot)."""
    own = [frozenset(row.slots) for row in rows]
    found = []
    for instance in system.identities:
        left, right = expand(instance.left, system, held), expand(instance.right[0], system, held)
        signed = [(int(p.coefficient), p.slot) for p in left.parts] + [(-int(p.coefficient), p.slot) for p in right.parts]
        slots = {slot for _, slot in signed}
        if any(slots & o for o in own) and not any(slots <= o for o in own):
            found.append((instance, signed))
    return found


def _join(
    rows: Sequence[Unplaced], options: list[list[Way]], fixed: Mapping[Slot, Figure | None],
    across: list[list[tuple[int, Slot]]],
) -> tuple[list[list[Way]], bool]:
    """All choices of one way a row under which every identity across rows holds (an empty cell counts as 0)."""
    order = sorted(range(len(rows)), key=lambda n: (len(options[n]), n))
    order = _linked_order(order, rows, across)
    where = {slot: n for n, row in enumerate(rows) for slot in row.slots}
    step_of = {n: step for step, n in enumerate(order)}
    due: list[list[list[tuple[int, Slot]]]] = [[] for _ in rows]
    for signed in across:
        involved = {where[slot] for _, slot in signed if slot in where}
        due[max(step_of[n] for n in involved)].append(signed)
    known: dict[Slot, Figure] = {slot: value or 0 for slot, value in fixed.items()}
    chosen: list[Way | None] = [None] * len(rows)
    found: list[list[Way]] = []
    nodes = 0

    def search(step: int) -> bool:
        nonlocal nodes
        if step == len(order):
            found.append([way for way in chosen if way is not None])
            return len(found) <= MAX_WAYS
        n = order[step]
        row = rows[n]
        for way in options[n]:
            nodes += 1
            if nodes > MAX_NODES:
                return False
            for slot, token in zip(row.slots, way, strict=True):
                known[slot] = 0 if token is None else row.tokens[token].value
            if all(sum(sign * known.get(slot, 0) for sign, slot in signed) == 0 for signed in due[step]):
                chosen[n] = way
                if not search(step + 1):
                    return False
        return True

    complete = search(0)
    return found, complete


def _linked_order(
    order: list[int], rows: Sequence[Unplaced], across: list[list[tuple[int, Slot]]]
) -> list[int]:
    """Rows that share a short identity stand together, so that it prunes early."""
    links: dict[int, dict[int, int]] = {n: {} for n in order}
    where = {slot: n for n, row in enumerate(rows) for slot in row.slots}
    for signed in across:
        involved = {where[slot] for _, slot in signed if slot in where}
        for a in involved:
            for b in involved - {a}:
                links[a][b] = min(links[a].get(b, 99), len(involved))
    left = list(order)
    done: list[int] = []
    while left:
        best = min(left, key=lambda n: (min((links[n].get(d, 99) for d in done), default=99), order.index(n)))
        done.append(best)
        left.remove(best)
    return done


def _agrees(rows: Sequence[Unplaced], joint: list[Way], stated: Mapping[Slot, frozenset[Figure]]) -> bool:
    for row, way in zip(rows, joint, strict=True):
        for slot, token in zip(row.slots, way, strict=True):
            told = stated.get(slot)
            if told and (0 if token is None else row.tokens[token].value) not in told:
                return False
    return True
