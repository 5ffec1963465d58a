"""From ruled lines to a grid of cells with spans: shared by the readers of PDF pages and of pictures.

Lines that touch form one table. Every pair of neighbouring grid lines bounds an elementary slot; slots
with no line drawn between them belong to one merged cell. Units are the caller's (points or pixels).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.clean.page.shapes import Rule

MAX_LINES = 4_000
MAX_SLOTS = 20_000
COVERED = 0.6
"""A slot's side counts as drawn when lines cover this share of it."""


class Region(NamedTuple):
    """A cell: 0-based position in the grid and its spans."""

    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: the grid lines' coordinates (``xs``, ``ys``, ascending), its cells in reading order,
    and for each slot ``owner[row][col]`` the index of the cell it belongs to."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[Region, ...]
    owner: tuple[tuple[int, ...], ...]

    @property
    def n_rows(self) -> int:
        return len(self.ys) - 1

    @property
    def n_cols(self) -> int:
        return len(self.xs) - 1

    @property
    def area(self) -> float:
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def region_at(self, x: float, y: float) -> int | None:
        """Index of the cell at a point, or None outside the table."""
        if not (self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]):
            return None
        row = min(bisect_right(self.ys, y) - 1, self.n_rows - 1)
        col = min(bisect_right(self.xs, x) - 1, self.n_cols - 1)
        return self.owner[row][col]

    def box(self, region: Region) -> tuple[float, float, float, float]:
        """``(x0, y0, x1, y1)`` of a cell."""
        return (
            self.xs[region.col],
            self.ys[region.row],
            self.xs[region.col + region.colspan],
            self.ys[region.row + region.rowspan],
        )


class _Sets:
    """Disjoint sets over ``range(size)``."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, item: int) -> int:
        parent = self.parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, left: int, right: int) -> None:
        self.parent[self.find(left)] = self.find(right)


def merge_rules(rules: list[Rule], snap: float, gap: float) -> list[Rule]:
    """Joins collinear pieces: rules within ``snap`` of each other are one line, and pieces of a line that
    overlap or stand no more than ``gap`` apart are one piece. Sorted by coordinate."""
    merged: list[Rule] = []
    ordered = sorted(rules)
    start = 0
    while start < len(ordered):
        end = start + 1
        while (
            end < len(ordered)
            and ordered[end].at - ordered[end - 1].at <= snap
            and ordered[end].at - ordered[start].at <= 1.5 * snap
        ):
            end += 1
        group = ordered[start:end]
        weight = sum(rule.hi - rule.lo for rule in group)
        at = sum(rule.at * (rule.hi - rule.lo) for rule in group) / weight if weight else group[0].at
        pieces = sorted((rule.lo, rule.hi) for rule in group)
        lo, hi = pieces[0]
        for piece_lo, piece_hi in pieces[1:]:
            if piece_lo > hi + gap:
                merged.append(Rule(at, lo, hi))
                lo, hi = piece_lo, piece_hi
            else:
                hi = max(hi, piece_hi)
        merged.append(Rule(at, lo, hi))
        start = end
    return merged


def find_grids(
    horizontal: list[Rule], vertical: list[Rule], *, snap: float = 3.0, gap: float = 3.5
) -> list[Grid]:
    """The ruled tables of a page, from top to bottom.

    A table needs two horizontal lines and one vertical; a side on which lines run out into the open is
    closed at their ends. More than ``MAX_LINES`` lines, or lines that part a table into more than
    ``MAX_SLOTS`` slots, are a drawing and no table.
    """
    across = [rule for rule in merge_rules(horizontal, snap, gap) if rule.hi - rule.lo > 2 * snap]
    down = [rule for rule in merge_rules(vertical, snap, gap) if rule.hi - rule.lo > 2 * snap]
    if len(across) + len(down) > MAX_LINES:
        return []
    sets = _Sets(len(across) + len(down))
    for i, rule in enumerate(across):
        for j, wall in enumerate(down):
            if rule.lo - gap <= wall.at <= rule.hi + gap and wall.lo - gap <= rule.at <= wall.hi + gap:
                sets.join(i, len(across) + j)
    members: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate(across):
        members.setdefault(sets.find(i), ([], []))[0].append(rule)
    for j, wall in enumerate(down):
        members.setdefault(sets.find(len(across) + j), ([], []))[1].append(wall)
    grids = []
    for rules, walls in members.values():
        if len(rules) >= 2 and walls:
            grid = _grid(rules, walls, snap)
            if grid is not None:
                grids.append(grid)
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _positions(rules: list[Rule], ends: list[float], snap: float) -> list[float]:
    """Grid line coordinates: the rules' own, and the crossing lines' far ends where they stand open."""
    at = sorted(rule.at for rule in rules)
    low, high = min(ends), max(ends)
    if low < at[0] - 3 * snap:
        at.insert(0, low)
    if high > at[-1] + 3 * snap:
        at.append(high)
    kept = [at[0]]
    for value in at[1:]:
        if value - kept[-1] > snap:
            kept.append(value)
    return kept


def covered(lines: list[Rule], at: float, lo: float, hi: float, snap: float) -> bool:
    reach = sum(max(0.0, min(line.hi, hi) - max(line.lo, lo)) for line in lines if abs(line.at - at) <= snap)
    return reach >= COVERED * (hi - lo)


def _grid(rules: list[Rule], walls: list[Rule], snap: float) -> Grid | None:
    xs = _positions(walls, [end for rule in rules for end in (rule.lo, rule.hi)], snap)
    ys = _positions(rules, [end for wall in walls for end in (wall.lo, wall.hi)], snap)
    n_rows, n_cols = len(ys) - 1, len(xs) - 1
    if n_rows < 1 or n_cols < 1 or n_rows * n_cols > MAX_SLOTS:
        return None
    walls_at = [[wall for wall in walls if abs(wall.at - x) <= snap] for x in xs]
    rules_at = [[rule for rule in rules if abs(rule.at - y) <= snap] for y in ys]
    sets = _Sets(n_rows * n_cols)
    for row in range(n_rows):
        for col in range(n_cols):
            slot = row * n_cols + col
            if col + 1 < n_cols and not covered(walls_at[col + 1], xs[col + 1], ys[row], ys[row + 1], snap):
                sets.join(slot, slot + 1)
            if row + 1 < n_rows and not covered(rules_at[row + 1], ys[row + 1], xs[col], xs[col + 1], snap):
                sets.join(slot, slot + n_cols)
    regions = _rectangles(sets, n_rows, n_cols)
    return _tightened(regions, xs, ys)


def _rectangles(sets: _Sets, n_rows: int, n_cols: int) -> list[Region]:
    """The merged cells as rectangles: one that is not rectangular is cut into the fewest from its top."""
    group = [[sets.find(row * n_cols + col) for col in range(n_cols)] for row in range(n_rows)]
    taken = [[False] * n_cols for _ in range(n_rows)]
    regions = []
    for row in range(n_rows):
        for col in range(n_cols):
            if taken[row][col]:
                continue
            own = group[row][col]
            right = col + 1
            while right < n_cols and group[row][right] == own and not taken[row][right]:
                right += 1
            low = row + 1
            while low < n_rows and all(group[low][c] == own and not taken[low][c] for c in range(col, right)):
                low += 1
            for r in range(row, low):
                for c in range(col, right):
                    taken[r][c] = True
            regions.append(Region(row, col, low - row, right - col))
    return regions


def _tightened(regions: list[Region], xs: list[float], ys: list[float]) -> Grid:
    """Drops grid lines at which no cell begins, and fills the slots' owners."""
    rows = sorted({region.row for region in regions})
    cols = sorted({region.col for region in regions})
    row_of = {row: index for index, row in enumerate(rows)}
    col_of = {col: index for index, col in enumerate(cols)}
    row_ends = [*rows[1:], len(ys) - 1]
    col_ends = [*cols[1:], len(xs) - 1]
    row_end_of = {end: index + 1 for index, end in enumerate(row_ends)}
    col_end_of = {end: index + 1 for index, end in enumerate(col_ends)}
    kept = []
    for row, col, rowspan, colspan in regions:
        top, left = row_of[row], col_of[col]
        kept.append(Region(top, left, row_end_of[row + rowspan] - top, col_end_of[col + colspan] - left))
    kept.sort()
    owner = [[0] * len(cols) for _ in rows]
    for index, (row, col, rowspan, colspan) in enumerate(kept):
        for r in range(row, row + rowspan):
            for c in range(col, col + colspan):
                owner[r][c] = index
    return Grid(
        (*(xs[col] for col in cols), xs[-1]),
        (*(ys[row] for row in rows), ys[-1]),
        tuple(kept),
        tuple(map(tuple, owner)),
    )
