"""Printed figures that the sums contradict: said, never mended.

``suspects`` names the one figure that would put all its failing identities right. ``shifted`` names a row
that would add up, with all its columns, if its figures stood one cell further or a number had not been split;
both only give findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from pipeline.codebook import Indicator, load_codebook
from pipeline.finding import finding
from pipeline.reconcile.search.ways import ways
from pipeline.reconcile.system import Equation, Shape, Slot, balance
from pipeline.report import Figure, Finding, Unplaced

MAX_TRIALS = 3_000


def suspects(values: Mapping[Slot, Figure], shape: Shape) -> Iterator[Finding]:
    """Cells all of whose identities (two or more) fail and hold with one and the same other figure."""
    failing = {n for n, e in enumerate(shape.equations) if balance(e, values)}
    wanted: dict[Slot, Figure] = {}
    for slot in dict.fromkeys(slot for n in sorted(failing) for _, slot in shape.equations[n].terms):
        touching = [
            n for n in shape.by_slot[slot] if n in failing or balance(shape.equations[n], values) is not None
        ]
        if len(touching) < 2 or not failing.issuperset(touching):
            continue
        figures = set()
        for n in touching:
            amount = balance(shape.equations[n], values)
            sign = next(sign for sign, s in shape.equations[n].terms if s == slot)
            figures.add(values[slot] - sign * (amount or 0))
        if len(figures) == 1 and (figure := figures.pop()) >= 0:
            wanted[slot] = figure
    for slot, figure in wanted.items():
        rivals = [
            other
            for other in wanted
            if other != slot and set(shape.by_slot[other]) & set(shape.by_slot[slot]) & failing
        ]
        if not rivals:
            yield finding(
                "cell.suspect",
                f"此格疑有误: 印为 {values[slot]}, 填 {figure} 则各项勾稽关系均成立"
                f" / the sums of its row and column would hold with {figure}",
                (slot,),
                values[slot],
                figure,
            )


@lru_cache(maxsize=8)
def _rows(template: str) -> tuple[tuple[Slot, ...], ...]:
    """The rows of the form with several cells, in the order of the form: applicants of one indicator, results
    of disputes."""
    codebook = load_codebook()
    columns = (*codebook.leaves, "total")
    found: list[tuple[Slot, ...]] = []
    review: dict[str, list[Indicator]] = {}
    for (form, name), indicator in codebook.by_form.items():
        if form != template:
            continue
        if indicator.table == "application" and indicator.dimension:
            found.append(tuple((name, column) for column in columns))
        elif indicator.table == "review":
            review.setdefault(indicator.group or name, []).append(indicator)
    for group in review.values():
        group.sort(key=lambda i: i.quantity == "total")  # the form prints a group's total last
    results = [tuple((i.indicator_id, None) for i in group) for group in review.values()]
    found += results
    if codebook.family_of(template) == "sections":
        found.append(tuple(slot for group in results for slot in group))
    return tuple(found)


def shifted(printed: Mapping[Slot, Figure | None], shape: Shape) -> tuple[list[Finding], bool]:
    """Rows that do not add up, or do not fit two columns or more, and would fit all of them after one move.
    ``printed`` has None for blank cells. Gives the findings, and whether the work was done to its end."""
    failing = {
        n for n, e in enumerate(shape.equations) if balance(e, {s: printed.get(s) or 0 for _, s in e.terms})
    }
    found: list[Finding] = []
    trials = 0
    for row in _rows(shape.system.template) if failing else ():
        own = [slot for slot in row if slot in printed]
        inside = set(own)
        touched = {n for slot in own for n in shape.by_slot.get(slot, ())}
        wrong = touched & failing
        if len(own) < 3 or not (
            len(wrong) > 1 or any(all(slot in inside for _, slot in shape.equations[n].terms) for n in wrong)
        ):
            continue
        touching = [shape.equations[n] for n in sorted(touched, key=lambda n: (n not in failing, n))]
        proposals: dict[tuple[Figure, ...], tuple[Figure | None, ...]] = {}
        for moved in _moves([printed[slot] for slot in own]):
            trials += 1
            if trials > MAX_TRIALS:
                return found, False
            if _holds(touching, dict(zip(own, moved, strict=True)), printed):
                proposals.setdefault(tuple(v or 0 for v in moved), moved)
        if len(proposals) == 1:
            moved = next(iter(proposals.values()))
            cells = tuple(
                slot for slot, value in zip(own, moved, strict=True) if (printed[slot] or 0) != (value or 0)
            )
            shown = " ".join("·" if v is None else str(v) for v in moved)
            found.append(
                finding(
                    "row.shifted",
                    f"此行似有错位, 若为“{shown}”则各项勾稽关系均成立 / the row and its columns would add up as “{shown}”",
                    cells,
                )
            )
    return found, True


def _holds(
    touching: Sequence[Equation], moved: Mapping[Slot, Figure | None], values: Mapping[Slot, Figure | None]
) -> bool:
    for equation in touching:
        amount = equation.constant
        for sign, slot in equation.terms:
            amount += sign * ((moved[slot] if slot in moved else values.get(slot)) or 0)
        if amount:
            return False
    return True


def _moves(row: Sequence[Figure | None]) -> Iterator[tuple[Figure | None, ...]]:
    """One blank cell taken out here and put in there; or two neighbours read as one number, the rest moved
    up."""
    seen = {tuple(row)}
    options: list[tuple[Figure | None, ...]] = []
    for at, value in enumerate(row):
        if value is None:
            rest = [*row[:at], *row[at + 1 :]]
            options += [(*rest[:to], None, *rest[to:]) for to in range(len(row))]
    for at, (a, b) in enumerate(pairwise(row)):
        joined = _join(a, b)
        if joined is not None:
            rest = [*row[:at], joined, *row[at + 2 :]]
            options += [(*rest[:to], None, *rest[to:]) for to in range(len(row))]
    for option in options:
        if option not in seen:
            seen.add(option)
            yield option


def _join(a: Figure | None, b: Figure | None) -> int | None:
    if isinstance(a, int) and isinstance(b, int) and a > 0 and b >= 0 and a < 10**9 and b < 10**9:
        return int(f"{a}{b}")
    return None


def split_number(row: Unplaced, shape: Shape) -> str:
    """For a row without any way: how it would read with two neighbouring numbers joined, where just one join
    gives a way."""
    found: list[str] = []
    for at, (a, b) in enumerate(pairwise(row.tokens)):
        joined = _join(a.value, b.value)
        if joined is None or len(row.tokens) > 40:
            continue
        tokens = (*row.tokens[:at], a._replace(value=joined, raw=f"{a.raw}{b.raw}"), *row.tokens[at + 2 :])
        if ways(row._replace(tokens=tokens), shape.system)[0]:
            found.append(" ".join(str(t.value) for t in tokens))
    return found[0] if len(found) == 1 else ""
