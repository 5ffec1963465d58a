"""Rows whose blank cells were dropped: which numbers can stand in which cells.

Each row's own ways (``ways.py``) are joined by the identities that run down the columns. The search
(``joint.py``) asks of every figure and cell whether any joint placement has it there; what no placement has
is struck out. So the answer always covers the truth: where the search reaches its limit, a figure that might
stand somewhere stays possible there. See docs/reconciliation.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.reconcile.prove import prove
from pipeline.reconcile.search.joint import Budget, Domains, Link, Net
from pipeline.reconcile.search.ways import Way, total_of, ways
from pipeline.reconcile.system import TEXT, Equation, Shape, Slot
from pipeline.report import Figure, Unplaced

MAX_STEPS = 6_000
MAX_JOINT_WAYS = 4_000


@dataclass(frozen=True, slots=True)
class Placement:
    """What is known of an unplaced row: per slot the token numbers (None: empty) that may stand there, and by
    what that was found (``sums``, ``text`` or the neighbours' names). ``why`` is empty, or why the row's
    place is less certain than it might be: ``none`` (no way satisfies its own sums), ``clash`` (its sums and
    the columns' cannot hold together), ``bounded`` (search cut off), ``twice`` (another row fills the same
    cells). ``nought`` tells empty cells that are 0 because their group's total is printed and the rest adds
    up to it."""

    row: Unplaced
    survivors: tuple[frozenset[int | None], ...]
    by: tuple[str, ...]
    why: str
    nought: tuple[bool, ...]


@dataclass(slots=True)
class _Row:
    row: Unplaced
    options: list[Way]
    why: str


def place(
    rows: Sequence[Unplaced],
    fixed: Mapping[Slot, Figure],
    open_cells: Sequence[Slot],
    statements: Sequence[Equation],
    shape: Shape,
) -> list[Placement]:
    """Place the numbers of all rows. ``fixed`` holds the cells whose figures are certain, ``open_cells``
    those that are shown without one, ``statements`` what the text and the neighbouring years say; the text is
    used only where the sums leave more than one way, the years where the text does."""
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
            options, why = [], "twice"
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
    budget = Budget(MAX_STEPS)
    found = _solve(held, shape.equations, known, budget)
    by = [["sums"] * len(h.row.slots) for h in held]
    own = {slot for h in held for slot in h.row.slots}
    told = [e for e in statements if any(slot in own for _, slot in e.terms)]
    for evidence in ([e for e in told if e.origin == TEXT], [e for e in told if e.origin != TEXT]):
        if evidence and any(len(d) > 1 for d in found):
            equations = [*shape.equations, *evidence]
            _narrow(held, found, by, _solve(held, equations, known, Budget(MAX_STEPS), found), evidence)
    return [_placement(h, found[n], by[n], shape) for n, h in enumerate(held)]


def _narrow(
    held: Sequence[_Row],
    found: Domains,
    by: Sequence[list[str]],
    narrowed: Domains,
    evidence: Sequence[Equation],
) -> None:
    """Keep what ``evidence`` leaves of the ways, where it leaves any, and note by what the cells were
    settled."""
    origin = ", ".join(dict.fromkeys(e.origin for e in evidence))
    for n, h in enumerate(held):
        if h.why in ("clash", "bounded") or not narrowed[n] or len(narrowed[n]) == len(found[n]):
            continue
        for s in range(len(h.row.slots)):
            if len({h.options[w][s] for w in narrowed[n]}) < len({h.options[w][s] for w in found[n]}):
                by[n][s] = origin
        found[n] = narrowed[n]


def _figure(row: Unplaced, token: int | None) -> Figure:
    return 0 if token is None else row.tokens[token].value


def _placement(held: _Row, domain: Sequence[int], by: Sequence[str], shape: Shape) -> Placement:
    if not held.options:
        everything: frozenset[int | None] = frozenset([None, *range(len(held.row.tokens))])
        none = (False,) * len(held.row.slots)
        return Placement(held.row, (everything,) * len(held.row.slots), tuple(by), held.why, none)
    chosen = [held.options[w] for w in domain]
    survivors = tuple(frozenset(column) for column in zip(*chosen, strict=True))
    nought = tuple(
        own == {None} and total is not None and None not in survivors[total]
        for own, total in zip(survivors, total_of(held.row, shape.system), strict=True)
    )
    return Placement(held.row, survivors, tuple(by), held.why, nought)


def _solve(
    held: Sequence[_Row],
    equations: Sequence[Equation],
    known: Mapping[Slot, Figure],
    budget: Budget,
    start: Domains | None = None,
) -> Domains:
    """The ways of each row that some joint placement uses (or that the budget did not allow to refute). With
    ``start``, an empty domain says that the equations cannot hold; without, such rows keep their own ways and
    ``why`` says clash."""
    domains: Domains = (
        [list(d) for d in start] if start is not None else [list(range(len(h.options))) for h in held]
    )
    where = {
        slot: (n, s)
        for n, h in enumerate(held)
        if h.options and h.why != "bounded"
        for s, slot in enumerate(h.row.slots)
    }
    net = Net([h.options for h in held], _links(held, equations, known, where), budget)
    rows = sorted({n for n, _ in where.values()})
    for group in net.groups([[0, 1] if n in rows else [] for n in range(len(held))], rows):
        state = net.start(domains, group)
        parts = net.groups(state.domains, group) if state is not None else []
        for part in parts:
            state = net.strike(state, part) if state is not None else None
        for n in group:
            if state is not None:
                domains[n] = state.domains[n]
            elif start is not None:
                domains[n] = []
            elif not held[n].why:
                held[n].why = "clash"
        if budget.left < 0 and state is not None:
            for n in group:
                held[n].why = held[n].why or ("bounded" if len(domains[n]) > 1 else "")
    return domains


def _links(
    held: Sequence[_Row],
    equations: Sequence[Equation],
    known: Mapping[Slot, Figure],
    where: Mapping[Slot, tuple[int, int]],
) -> list[Link]:
    """The equations over rows with ways. Cells in none of them and without a figure may be anything from zero
    up."""
    found: list[Link] = []
    for equation in equations:
        rows: dict[int, list[tuple[int, int]]] = {}
        base: Figure = equation.constant
        raised = lowered = False
        for sign, slot in equation.terms:
            at = where.get(slot)
            if at is not None:
                rows.setdefault(at[0], []).append((sign, at[1]))
            elif (value := known.get(slot)) is not None:
                base += sign * value
            elif sign > 0:
                raised = True
            else:
                lowered = True
        if not rows or (raised and lowered):
            continue
        brings: dict[int, list[Figure]] = {
            n: [sum(sign * _figure(held[n].row, way[s]) for sign, s in terms) for way in held[n].options]
            for n, terms in rows.items()
        }
        if len(brings) == 1 and not base and not any(next(iter(brings.values()))):
            continue  # the row's own sum: every way satisfies it
        found.append(Link(base, lowered, raised, brings))
    return found
