"""Rows whose blank cells were dropped: which numbers can stand in which cells.

Each row's own ways (``ways.py``) are joined by the identities that run down the columns. The search asks of every figure and
cell whether any joint placement has it there; what no placement has is struck out. So the answer always covers the truth:
where the search reaches its limit, a figure that might stand somewhere stays possible there. See docs/reconciliation.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.reconcile.prove import prove
from pipeline.reconcile.system import Equation, Shape, Slot
from pipeline.reconcile.ways import Way, ways
from pipeline.report import Figure, Unplaced

MAX_NODES = 2_500
MAX_JOINT_WAYS = 4_000

Domains = list[list[int]]


@dataclass(frozen=True, slots=True)
class Placement:
    """What is known of an unplaced row: per slot the token numbers (None: empty) that may stand there, and by what that was
    found (``sums`` or ``text``). ``why`` is empty, or why the row's place is less certain than it might be: ``none`` (no way
    satisfies its own sums), ``clash`` (its sums and the columns' cannot hold together), ``bounded`` (search cut off)."""

    row: Unplaced
    survivors: tuple[frozenset[int | None], ...]
    by: tuple[str, ...]
    why: str


@dataclass(slots=True)
class _Row:
    row: Unplaced
    options: list[Way]
    why: str


@dataclass(slots=True, eq=False)
class _Link:
    """An equation over the rows: the known part, whether unknown cells may add to it or take from it, and what each way of
    each row brings."""

    base: Figure
    lowered: bool
    raised: bool
    brings: dict[int, list[Figure]]


class _Budget:
    def __init__(self, nodes: int) -> None:
        self.left = nodes


def place(
    rows: Sequence[Unplaced], fixed: Mapping[Slot, Figure], open_cells: Sequence[Slot], statements: Sequence[Equation],
    shape: Shape,
) -> list[Placement]:
    """Place the numbers of all rows. ``fixed`` holds the cells whose figures are certain, ``open_cells`` those that are shown
    without one, ``statements`` what the text says; the text is used only where the sums leave more than one way."""
    held: list[_Row] = []
    taken: set[Slot] = set()
    for row in rows:
        if taken.isdisjoint(row.slots):
            options, complete = ways(row, shape.system)
            why = "bounded" if not complete or len(options) > MAX_JOINT_WAYS else "" if options else "none"
            if why == "bounded" and complete:
                held.append(_Row(row, options, why))
                taken.update(row.slots)
                continue
        else:
            options, why = [], "none"
        taken.update(row.slots)
        held.append(_Row(row, options if not why else [], why))
    known = dict(fixed)
    certain: dict[Slot, Figure] = {}
    for h in held:
        for s, slot in enumerate(h.row.slots) if h.options else ():
            figures = {_figure(h.row, w[s]) for w in h.options}
            if len(figures) == 1:
                certain[slot] = figures.pop()
    proofs, _ = prove(shape.equations, known | certain, open_cells)
    known |= {slot: proof.value for slot, proof in proofs.items()}
    budget = _Budget(MAX_NODES)
    found = _solve(held, shape.equations, known, budget)
    by = [["sums"] * len(h.row.slots) for h in held]
    if any(len(d) > 1 for d in found) and statements:
        own = {slot for h in held for slot in h.row.slots}
        told = [e for e in statements if any(slot in own for _, slot in e.terms)]
        if told:
            narrowed = _solve(held, [*shape.equations, *told], known, _Budget(MAX_NODES), found)
            for n, h in enumerate(held):
                if h.why in ("clash", "bounded") or not narrowed[n] or len(narrowed[n]) == len(found[n]):
                    continue
                for s in range(len(h.row.slots)):
                    if len({h.options[w][s] for w in narrowed[n]}) < len({h.options[w][s] for w in found[n]}):
                        by[n][s] = "text"
                found[n] = narrowed[n]
    return [_placement(h, found[n], by[n]) for n, h in enumerate(held)]


def _figure(row: Unplaced, token: int | None) -> Figure:
    return 0 if token is None else row.tokens[token].value


def _placement(held: _Row, domain: Sequence[int], by: Sequence[str]) -> Placement:
    if not held.options:
        everything: frozenset[int | None] = frozenset([None, *range(len(held.row.tokens))])
        return Placement(held.row, (everything,) * len(held.row.slots), tuple(by), held.why)
    chosen = [held.options[w] for w in domain]
    return Placement(held.row, tuple(frozenset(column) for column in zip(*chosen, strict=True)), tuple(by), held.why)


def _solve(
    held: Sequence[_Row], equations: Sequence[Equation], known: Mapping[Slot, Figure], budget: _Budget,
    start: Domains | None = None,
) -> Domains:
    """The ways of each row that some joint placement uses (or that the budget did not allow to refute). With ``start``, an
    empty domain says that the equations cannot hold; without, such rows keep their own ways and ``why`` says clash."""
    links = _links(held, equations, known)
    domains: Domains = [list(d) for d in start] if start is not None else [list(range(len(h.options))) for h in held]
    linked: list[set[int]] = [set() for _ in held]
    for link in links:
        for n in link.brings:
            linked[n] |= link.brings.keys()
    for group in _components(linked, range(len(held))):
        own = [link for link in links if not group.isdisjoint(link.brings)]
        trial = [list(d) for d in domains]
        if not _propagate(trial, own, None):
            _give_up(held, domains, group, "clash", start)
            continue
        alive = [link for link in own if sum(1 for n in link.brings if len(trial[n]) > 1) > 1]
        closer: list[set[int]] = [set() for _ in held]
        for link in alive:
            several = {n for n in link.brings if len(trial[n]) > 1}
            for n in several:
                closer[n] |= several
        verdict = True
        for part in _components(closer, sorted(n for n in group if len(trial[n]) > 1)):
            verdict = _strike_out(held, trial, part, [x for x in alive if not part.isdisjoint(x.brings)], budget)
            if not verdict:
                break
        if not verdict:
            _give_up(held, domains, group, "clash", start)
            continue
        for n in group:
            domains[n] = trial[n]
    return domains


def _give_up(held: Sequence[_Row], domains: Domains, group: set[int], why: str, start: Domains | None) -> None:
    for n in group:
        if start is not None:
            domains[n] = []
        elif held[n].options and not held[n].why:
            held[n].why = why


def _components(linked: Sequence[set[int]], members: Sequence[int] | range) -> list[set[int]]:
    wanted, seen = set(members), set()
    found: list[set[int]] = []
    for first in members:
        if first in seen:
            continue
        group, frontier = {first}, [first]
        while frontier:
            for other in sorted(linked[frontier.pop()] & wanted - group):
                group.add(other)
                frontier.append(other)
        seen |= group
        found.append(group)
    return found


def _links(held: Sequence[_Row], equations: Sequence[Equation], known: Mapping[Slot, Figure]) -> list[_Link]:
    """The equations over rows with ways. Cells in none of them and without a figure may be anything from zero up."""
    where = {slot: (n, s) for n, h in enumerate(held) if h.options and h.why != "bounded" for s, slot in enumerate(h.row.slots)}
    found: list[_Link] = []
    for equation in equations:
        rows: dict[int, list[tuple[int, int]]] = {}
        link = _Link(equation.constant, False, False, {})
        for sign, slot in equation.terms:
            at = where.get(slot)
            if at is not None:
                rows.setdefault(at[0], []).append((sign, at[1]))
            elif (value := known.get(slot)) is not None:
                link.base += sign * value
            elif sign > 0:
                link.raised = True
            else:
                link.lowered = True
        if not rows or (link.raised and link.lowered):
            continue
        for n, terms in rows.items():
            row = held[n].row
            link.brings[n] = [
                sum(sign * _figure(row, way[s]) for sign, s in terms) for way in held[n].options
            ]
        if len(link.brings) == 1 and not link.base and not any(next(iter(link.brings.values()))):
            continue  # the row's own sum: every way satisfies it
        found.append(link)
    return found


def _propagate(domains: Domains, links: Sequence[_Link], changed: int | None) -> bool:
    """Strike ways that a link rules out by its least and greatest sum. False where a row has none left."""
    waiting = [link for link in links if changed is None or changed in link.brings]
    while waiting:
        link = waiting.pop()
        spans = {n: (min(b[w] for w in domains[n]), max(b[w] for w in domains[n])) for n, b in link.brings.items()}
        least = link.base + sum(low for low, _ in spans.values())
        most = link.base + sum(high for _, high in spans.values())
        if (least > 0 and not link.lowered) or (most < 0 and not link.raised):
            return False
        for n, brings in link.brings.items():
            low, high = spans[n]
            if low == high:
                continue
            kept = [
                w for w in domains[n]
                if (link.lowered or least - low + brings[w] <= 0) and (link.raised or most - high + brings[w] >= 0)
            ]
            if not kept:
                return False
            if len(kept) < len(domains[n]):
                domains[n] = kept
                waiting += [other for other in links if n in other.brings and other not in waiting]
                break
    return True


def _search(
    held: Sequence[_Row], domains: Domains, part: Sequence[int], links: Sequence[_Link], budget: _Budget,
    seen: Sequence[set[tuple[int, int | None]]],
) -> Domains | None:
    """One joint placement of the rows in ``part``, figures that were not yet seen in their cells first; None where there is
    none or the budget ends (``budget.left`` below zero)."""
    open_rows = [n for n in part if len(domains[n]) > 1]
    if not open_rows:
        return domains
    n = min(open_rows, key=lambda m: (len(domains[m]), m))
    options = held[n].options
    order = sorted(domains[n], key=lambda w: -sum(1 for cell in enumerate(options[w]) if cell not in seen[n]))
    for w in order:
        budget.left -= 1
        if budget.left < 0:
            return None
        trial = list(domains)
        trial[n] = [w]
        if _propagate(trial, links, n):
            found = _search(held, trial, part, links, budget, seen)
            if found is not None or budget.left < 0:
                return found
    return None


def _strike_out(
    held: Sequence[_Row], domains: Domains, part: set[int], links: Sequence[_Link], budget: _Budget
) -> bool:
    """Strike every figure from a cell where no joint placement has it. False where there is no joint placement at all."""
    members = sorted(part)
    seen: list[set[tuple[int, int | None]]] = [set() for _ in held]

    def witness(found: Domains) -> None:
        for n in members:
            seen[n].update(enumerate(held[n].options[found[n][0]]))

    first = _search(held, domains, members, links, budget, seen)
    if first is None:
        if budget.left >= 0:
            return False
        for n in members:
            held[n].why = "bounded"
        return True
    witness(first)
    for n in members:
        for cell in sorted({c for w in domains[n] for c in enumerate(held[n].options[w])}, key=lambda c: (c[0], c[1] or -1)):
            if cell in seen[n]:
                continue
            s, token = cell
            having = [w for w in domains[n] if held[n].options[w][s] == token]
            if not having:
                continue
            trial = [list(d) for d in domains]
            trial[n] = having
            found = _search(held, trial, members, links, budget, seen) if _propagate(trial, links, n) else None
            if found is not None:
                witness(found)
            elif budget.left >= 0:
                domains[n] = [w for w in domains[n] if held[n].options[w][s] != token]
                _propagate(domains, links, n)
            else:
                for m in members:
                    held[m].why = "bounded"
                return True
    return True
