"""The joint search: rows with several ways each, joined by equations; which ways does any joint choice use?

Exact and bounded by steps. Each equation keeps the least and the greatest sum that the rows' remaining ways
allow; a way that would push it past zero is struck out (bounds propagation). What remains is asked for
directly: is there a joint choice with this figure in this cell? A joint choice found answers for all its
cells at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.reconcile.search.ways import Way
from pipeline.report import Figure

Domains = list[list[int]]
Cell = tuple[int, int | None]


@dataclass(slots=True)
class Budget:
    """Steps left; below zero the search has been cut off."""

    left: int


class Link(NamedTuple):
    """An equation over the rows: its known part, whether unknown cells may take from it or add to it, and
    what each way of each row brings."""

    base: Figure
    lowered: bool
    raised: bool
    brings: dict[int, list[Figure]]


class _State(NamedTuple):
    """``domains``: ways left by row; ``spans``: by row, the least and greatest that it brings to each of its
    links; ``least`` and ``most``: the links' sums."""

    domains: Domains
    spans: list[list[tuple[Figure, Figure]]]
    least: list[Figure]
    most: list[Figure]

    def copy(self) -> _State:
        return _State(list(self.domains), list(self.spans), list(self.least), list(self.most))


@dataclass(slots=True)
class Net:
    """The rows' ways (``options``) and the links that join them."""

    options: Sequence[Sequence[Way]]
    links: list[Link]
    budget: Budget
    of_row: list[list[tuple[int, list[Figure]]]] = field(init=False)

    def __post_init__(self) -> None:
        self.of_row = [[] for _ in self.options]
        for at, link in enumerate(self.links):
            for n, brings in link.brings.items():
                self.of_row[n].append((at, brings))

    def groups(self, domains: Domains, members: Sequence[int]) -> list[list[int]]:
        """The rows with several ways left, in groups that links join."""
        open_rows = {n for n in members if len(domains[n]) > 1}
        seen: set[int] = set()
        found: list[list[int]] = []
        for first in members:
            if first in seen or first not in open_rows:
                continue
            group, frontier = {first}, [first]
            while frontier:
                for at, _ in self.of_row[frontier.pop()]:
                    for other in self.links[at].brings:
                        if other in open_rows and other not in group:
                            group.add(other)
                            frontier.append(other)
            seen |= group
            found.append(sorted(group))
        return found

    def start(self, domains: Domains, members: Sequence[int]) -> _State | None:
        """Propagate the links of ``members``; None where a row has no way left."""
        spans: list[list[tuple[Figure, Figure]]] = [[] for _ in domains]
        least: list[Figure] = [link.base for link in self.links]
        most: list[Figure] = [link.base for link in self.links]
        for n in members:
            own = [[brings[w] for w in domains[n]] for _, brings in self.of_row[n]]
            spans[n] = [(min(figures), max(figures)) for figures in own]
            for (at, _), (low, high) in zip(self.of_row[n], spans[n], strict=True):
                least[at] += low
                most[at] += high
        state = _State(list(domains), spans, least, most)
        dirty = dict.fromkeys(at for n in members for at, _ in self.of_row[n])
        return state if self._propagate(state, dirty) else None

    def narrow(self, state: _State, n: int, kept: list[int]) -> _State | None:
        """The state with row ``n`` left only the ways ``kept``; None where that leaves nothing."""
        trial = state.copy()
        dirty: dict[int, None] = {}
        self._set(trial, n, kept, dirty)
        return trial if self._propagate(trial, dirty) else None

    def _set(self, state: _State, n: int, kept: list[int], dirty: dict[int, None]) -> None:
        self.budget.left -= 1
        state.domains[n] = kept
        spans: list[tuple[Figure, Figure]] = []
        for (at, brings), (low, high) in zip(self.of_row[n], state.spans[n], strict=True):
            if low != high:
                own = [brings[w] for w in kept]
                now = (min(own), max(own))
                if now != (low, high):
                    state.least[at] += now[0] - low
                    state.most[at] += now[1] - high
                    dirty[at] = None
                    low, high = now
            spans.append((low, high))
        state.spans[n] = spans

    def _propagate(self, state: _State, dirty: dict[int, None]) -> bool:
        while dirty:
            at = next(iter(dirty))
            del dirty[at]
            link = self.links[at]
            if (state.least[at] > 0 and not link.lowered) or (state.most[at] < 0 and not link.raised):
                return False
            for n, brings in link.brings.items():
                if len(state.domains[n]) < 2:
                    continue
                low, high = next(
                    s for (a, _), s in zip(self.of_row[n], state.spans[n], strict=True) if a == at
                )
                room = state.least[at] - low  # a way may bring at most -room, and at least -reach
                reach = state.most[at] - high
                if (link.lowered or room + high <= 0) and (link.raised or reach + low >= 0):
                    continue
                kept = [
                    w
                    for w in state.domains[n]
                    if (link.lowered or room + brings[w] <= 0) and (link.raised or reach + brings[w] >= 0)
                ]
                if not kept:
                    return False
                if len(kept) < len(state.domains[n]):
                    self._set(state, n, kept, dirty)
        return True

    def one(self, state: _State, part: Sequence[int], seen: Sequence[set[Cell]]) -> _State | None:
        """One joint choice for the rows of ``part``, figures not yet seen in their cells first. None where
        there is none, or where the budget ended."""
        open_rows = [n for n in part if len(state.domains[n]) > 1]
        if not open_rows:
            return state
        n = min(open_rows, key=lambda m: (len(state.domains[m]), m))
        options = self.options[n]
        order = sorted(
            state.domains[n], key=lambda w: -sum(1 for cell in enumerate(options[w]) if cell not in seen[n])
        )
        for w in order:
            if self.budget.left < 0:
                return None
            trial = self.narrow(state, n, [w])
            if trial is not None:
                found = self.one(trial, part, seen)
                if found is not None:
                    return found
        return None

    def strike(self, state: _State, part: Sequence[int]) -> _State | None:
        """Strike every figure from a cell where no joint choice has it. None where there is no joint choice
        at all. Where the budget ends, what was not refuted stays."""
        seen: list[set[Cell]] = [set() for _ in self.options]

        def witness(found: _State) -> None:
            for n in part:
                seen[n].update(enumerate(self.options[n][found.domains[n][0]]))

        first = self.one(state, part, seen)
        if first is None:
            return None if self.budget.left >= 0 else state
        witness(first)
        for n in part:
            options = self.options[n]
            cells = {cell for w in state.domains[n] for cell in enumerate(options[w])}
            for s, token in sorted(cells, key=lambda c: (c[0], -1 if c[1] is None else c[1])):
                if (s, token) in seen[n]:
                    continue
                having = [w for w in state.domains[n] if options[w][s] == token]
                if not having:
                    continue
                trial = self.narrow(state, n, having)
                found = self.one(trial, part, seen) if trial is not None else None
                if found is not None:
                    witness(found)
                elif trial is None or self.budget.left >= 0:
                    without = self.narrow(state, n, [w for w in state.domains[n] if options[w][s] != token])
                    if without is None:
                        return None
                    state = without
                else:
                    return state
        return state
