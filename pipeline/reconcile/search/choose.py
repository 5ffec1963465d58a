"""Doubtful readings: the choice among a cell's candidates that satisfies every identity at the least cost.

A doubtful cell keeps its first reading at no cost and takes another at cost 1. A reading other than the first
is taken only where every identity that touches the cell holds with it and no other choice is as cheap; a cell
of which nothing was read for certain only where one candidate alone is possible. An identity that no choice
satisfies moves nothing: it stays a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.reconcile.system import Equation, Shape, Slot, balance, spell
from pipeline.report import Figure, Observation

MAX_NODES = 20_000
MAX_SUMS = 4_000
MAX_SOLUTIONS = 64

_EMPTY = ("blank", "dash", "not_applicable")


@dataclass(slots=True)
class Choice:
    """What was decided of doubtful cells: ``chosen`` figures with rule and proof, ``several`` that remain
    possible, doubtful cells that keep their first reading though another could stand (``unsure``), and
    whether the search was cut off."""

    chosen: dict[Slot, tuple[Figure, str, str]] = field(default_factory=dict)
    several: dict[Slot, tuple[Figure, ...]] = field(default_factory=dict)
    unsure: set[Slot] = field(default_factory=set)
    bounded: bool = False


@dataclass(slots=True)
class _Doubts:
    """The state of the search. ``sure`` tells cells that have a first reading; ``values`` the other figures,
    blanks as 0."""

    options: dict[Slot, tuple[Figure, ...]]
    sure: frozenset[Slot]
    values: dict[Slot, Figure]
    equations: list[Equation]
    pinned: set[Slot] = field(default_factory=set)
    nodes: int = 0


def doubtful(o: Observation) -> bool:
    """Whether a cell has candidates to choose from: a doubtful reading, or two tables that differ."""
    return (
        bool(o.candidates)
        and o.method != "text"
        and o.rule != "place"
        and not o.approx
        and (o.state in ("reported", "unreadable") or (o.state == "ambiguous" and o.value is None))
    )


def choose(observations: Sequence[Observation], table: Mapping[Slot, int], shape: Shape) -> Choice:
    """Choose among the candidates of the doubtful cells."""
    options: dict[Slot, tuple[Figure, ...]] = {}
    sure: set[Slot] = set()
    values: dict[Slot, Figure] = {}
    empty: set[Slot] = set()
    for slot, n in table.items():
        o = observations[n]
        if doubtful(o):
            first = (o.value,) if o.value is not None else ()
            options[slot] = tuple(dict.fromkeys((*first, *o.candidates)))
            if first:
                sure.add(slot)
        elif o.resolved is not None and not o.approx:
            values[slot] = o.resolved
        elif o.state in _EMPTY:
            values[slot] = 0
            empty.add(slot)
    wanted = {n for slot in options for n in shape.by_slot.get(slot, ())}
    equations = [
        shape.equations[n]
        for n in sorted(wanted)
        if all(slot in options or slot in values for _, slot in shape.equations[n].terms)
    ]
    doubts = _Doubts(options, frozenset(sure), values, equations)
    domains = _narrow(doubts)
    found = Choice()
    figures: dict[Slot, Figure] = dict(values) | {
        slot: own[0] for slot, own in domains.items() if len(own) == 1
    }
    several: dict[Slot, tuple[Figure, ...]] = {}
    for part in _parts(domains, doubts.equations):
        solutions = _cheapest(doubts, domains, figures, part)
        if solutions is None:
            found.bounded = True
        for slot in part:
            kept = tuple(dict.fromkeys(s[slot] for s in solutions or ()))
            if len(kept) == 1:
                figures[slot] = kept[0]
            elif kept:
                several[slot] = kept
            elif slot in sure:
                figures[slot] = options[slot][0]
    _accept(doubts, domains, figures, several, empty, found)
    found.unsure = _unsure(observations, table, doubts, domains, sure - found.chosen.keys())
    return found


def _unsure(
    observations: Sequence[Observation],
    table: Mapping[Slot, int],
    doubts: _Doubts,
    domains: Mapping[Slot, tuple[Figure, ...]],
    kept: set[Slot],
) -> set[Slot]:
    """Of the doubtful cells that keep their first reading those for which no identity rules the other
    readings out. Identities with a cell that is kept only for want of a choice rule out nothing."""
    ruled: set[Slot] = set()
    for equation in doubts.equations:
        slots = [slot for _, slot in equation.terms]
        if not doubts.pinned.isdisjoint(slots):
            continue
        for slot in kept.intersection(slots) - ruled:
            o = observations[table[slot]]
            outcome = _supported(equation, {**domains, slot: (o.value or 0, *o.candidates)}, doubts.values)
            if outcome is not None and set(outcome[slot]) == {o.value}:
                ruled.add(slot)
    return kept - ruled


def _narrow(doubts: _Doubts) -> dict[Slot, tuple[Figure, ...]]:
    """Strike the options that an identity alone rules out. An identity that no choice satisfies is dropped,
    and the cells it touches keep their first reading (or stay open)."""
    domains = dict(doubts.options)
    while True:
        beaten: set[Slot] = set()
        dead: list[Equation] = []
        for equation in doubts.equations:  # what no reading satisfies, whatever the others say
            outcome = _supported(equation, domains, doubts.values)
            if outcome is not None and any(not kept for kept in outcome.values()):
                dead.append(equation)
                beaten |= {slot for _, slot in equation.terms if slot in doubts.options}
        again = not beaten
        while again and not beaten:
            again = False
            for equation in doubts.equations:
                outcome = _supported(equation, domains, doubts.values)
                if outcome is None:
                    continue
                if any(not kept for kept in outcome.values()):
                    dead.append(equation)
                    beaten = {slot for _, slot in equation.terms if slot in doubts.options}
                    break
                for slot, kept in outcome.items():
                    if len(kept) < len(domains[slot]):
                        domains[slot] = kept
                        again = True
        if not beaten:
            return domains
        doubts.pinned |= beaten
        for slot in sorted(beaten, key=str):
            if slot in doubts.sure:
                doubts.options[slot] = doubts.options[slot][:1]
            else:
                del doubts.options[slot]
        doubts.equations = [
            e
            for e in doubts.equations
            if e not in dead and all(slot in doubts.options or slot in doubts.values for _, slot in e.terms)
        ]
        domains = dict(doubts.options)


def _supported(
    equation: Equation, domains: Mapping[Slot, tuple[Figure, ...]], values: Mapping[Slot, Figure]
) -> dict[Slot, tuple[Figure, ...]] | None:
    """The options of each doubtful cell with which the rest can still add up; None where there are too many
    sums."""
    base: Figure = equation.constant
    loose: list[tuple[int, Slot]] = []
    for sign, slot in equation.terms:
        if slot in domains:
            loose.append((sign, slot))
        else:
            base += sign * values[slot]
    before: list[set[Figure]] = [{base}]
    for sign, slot in loose:
        before.append({amount + sign * v for amount in before[-1] for v in domains[slot]})
        if len(before[-1]) > MAX_SUMS:
            return None
    after: set[Figure] = {0}
    found: dict[Slot, tuple[Figure, ...]] = {}
    for at in range(len(loose) - 1, -1, -1):
        sign, slot = loose[at]
        front = before[at]
        found[slot] = tuple(v for v in domains[slot] if any(-(sign * v) - rest in front for rest in after))
        after = {rest + sign * v for rest in after for v in domains[slot]}
        if len(after) > MAX_SUMS:
            return None
    return found


def _parts(domains: Mapping[Slot, tuple[Figure, ...]], equations: Sequence[Equation]) -> list[list[Slot]]:
    """The cells with more than one option left, in groups that share identities."""
    loose = [slot for slot, own in domains.items() if len(own) > 1]
    beside: dict[Slot, dict[Slot, None]] = {slot: {} for slot in loose}
    for equation in equations:
        own = [slot for _, slot in equation.terms if slot in beside]
        for slot in own:
            beside[slot].update(dict.fromkeys(own))
    seen: set[Slot] = set()
    found: list[list[Slot]] = []
    for first in loose:
        if first in seen or not beside[first]:
            continue
        group, frontier = {first: None}, [first]
        while frontier:
            for other in beside[frontier.pop()]:
                if other not in group:
                    group[other] = None
                    frontier.append(other)
        seen |= group.keys()
        found.append(list(group))
    return found


def _cheapest(
    doubts: _Doubts,
    domains: Mapping[Slot, tuple[Figure, ...]],
    figures: Mapping[Slot, Figure],
    part: Sequence[Slot],
) -> list[dict[Slot, Figure]] | None:
    """All choices of least cost that satisfy the identities of a group: [] where none does, None where the
    search was cut off."""
    members = set(part)
    own: list[tuple[Figure, list[tuple[int, Slot]]]] = []
    for equation in doubts.equations:
        loose = [(sign, slot) for sign, slot in equation.terms if slot in members]
        if loose:
            rest = [(sign, slot) for sign, slot in equation.terms if slot not in members]
            if any(slot not in figures for _, slot in rest):
                return []
            own.append((equation.constant + sum(sign * figures[slot] for sign, slot in rest), loose))
    first = {slot: doubts.options[slot][0] for slot in part if slot in doubts.sure}
    now = {slot: value for slot, value in first.items() if value in domains[slot]}
    solutions: dict[tuple[Figure, ...], dict[Slot, Figure]] = {}
    shut: set[tuple[Slot, Figure]] = set()

    def wrong() -> list[tuple[int, Slot]] | None:
        """The first identity whose cells all have a figure and that does not hold."""
        for base, loose in own:
            if all(slot in now for _, slot in loose) and base + sum(sign * now[slot] for sign, slot in loose):
                return loose
        return None

    def search(purse: int) -> bool:
        doubts.nodes += 1
        if doubts.nodes > MAX_NODES:
            return False
        loose = wrong()
        if loose is not None:
            moves = [
                (slot, value)
                for _, slot in loose
                if purse and slot in first and now[slot] == first[slot]
                for value in domains[slot]
                if value != first[slot]
            ]
        else:
            unset = next((slot for slot in part if slot not in now), None)
            if unset is None:
                solutions[tuple(now[slot] for slot in part)] = dict(now)
                return len(solutions) <= MAX_SOLUTIONS
            moves = [(unset, value) for value in domains[unset]] if unset not in first or purse else []
        mine: list[tuple[Slot, Figure]] = []
        complete = True
        for slot, value in moves:
            if (slot, value) in shut:
                continue
            before = now.get(slot)
            now[slot] = value
            complete = search(purse - 1 if slot in first else purse)
            if before is None:
                del now[slot]
            else:
                now[slot] = before
            if not complete:
                break
            mine.append((slot, value))
            shut.add((slot, value))
        shut.difference_update(mine)
        return complete

    for purse in range(len(part) + 1):
        if not search(purse):
            return None
        if solutions:
            return list(solutions.values())
    return []


def _accept(
    doubts: _Doubts,
    domains: Mapping[Slot, tuple[Figure, ...]],
    figures: dict[Slot, Figure],
    several: dict[Slot, tuple[Figure, ...]],
    empty: set[Slot],
    found: Choice,
) -> None:
    """Keep a changed figure only where all identities that touch it hold: two of them; or one without a blank
    cell, if no other reading of the cell can stand at any cost."""
    for slot in several:
        figures.pop(slot, None)
    touching: dict[Slot, list[Equation]] = {}
    for equation in doubts.equations:
        for _, slot in equation.terms:
            if slot in doubts.options:
                touching.setdefault(slot, []).append(equation)
    changed = {
        slot
        for slot, own in doubts.options.items()
        if slot in figures and (slot not in doubts.sure or figures[slot] != own[0])
    }
    while True:
        failing = {
            slot
            for slot in changed
            if not touching.get(slot) or any(balance(e, figures) != 0 for e in touching[slot])
        }
        if not failing:
            break
        for slot in failing:
            changed.discard(slot)
            if slot in doubts.sure:
                figures[slot] = doubts.options[slot][0]
            else:
                del figures[slot]
    for slot in doubts.options:
        if slot in changed:
            equations = touching[slot]
            whole = [e for e in equations if not any(s in empty for _, s in e.terms)]
            if len(equations) > 1 or (whole and len(domains[slot]) == 1):
                name = " + ".join(dict.fromkeys(e.name for e in equations))
                found.chosen[slot] = (figures[slot], name, "; ".join(spell(e, figures) for e in equations))
            else:
                found.several[slot] = doubts.options[slot]
        elif slot in several:
            found.several[slot] = several[slot]
