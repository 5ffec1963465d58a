"""Every rule of the codebook that one report alone can answer; what does not hold becomes a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from pipeline.codebook import Rule, load_codebook
from pipeline.document import UNREAD
from pipeline.finding import finding
from pipeline.reconcile.prove import feasible
from pipeline.reconcile.system import Check, Comparison, Instance, Shape, Side, Slot, spell
from pipeline.report import Figure, Finding, Report

_MOST_NAMED = 5
"""Places that a finding names."""
_SIGNS = {"=": "≠", "<=": ">", ">=": "<", "!=": "=", "in": "∉"}


def check(
    report: Report,
    values: Mapping[Slot, Figure | None],
    stated: Mapping[Slot, Sequence[Figure]],
    open_cells: Mapping[Slot, tuple[Figure, ...]],
    shape: Shape,
) -> Iterator[Finding]:
    """Evaluate the rules. ``values`` are the tables' best figures (None: none), ``stated`` the text's exact
    figures, ``open_cells`` those that are ambiguous or unreadable, with their candidates: a rule that needs
    one is not evaluated, but an identity that none of its candidates can satisfy is a finding."""
    filled: list[Figure] = [0] * len(shape.system.index)
    index = shape.system.index
    for slot, value in values.items():
        if value is not None and (n := index.get(slot)) is not None:
            filled[n] = value
    get = filled.__getitem__
    for item in shape.checks:
        if item.plain and not open_cells:
            difference = sum(map(get, item.left)) - sum(map(get, item.right))
            op = item.instance.op
            if not difference or (op == "<=" and difference < 0) or (op == ">=" and difference > 0):
                continue  # holds with nothing for zero, so there is nothing to say under either policy
        elif item.told and (
            not stated or (item.instance.rule.scope == "narrative" and stated.keys().isdisjoint(item.told))
        ):
            continue
        yield from _evaluate(item, report, values, stated, open_cells)
    if open_cells:
        yield from _impossible(values, open_cells, shape)
    yield from _signs(report)
    yield from _unread(report)
    ruled = {slot for item in shape.checks for slot in item.told} if stated else set()
    yield from _text_against_table(values, stated, open_cells, shape.system.narrated, ruled)


def _evaluate(
    item: Check,
    report: Report,
    values: Mapping[Slot, Figure | None],
    stated: Mapping[Slot, Sequence[Figure]],
    open_cells: Collection[Slot],
) -> Iterator[Finding]:
    instance, rule = item.instance, item.instance.rule
    if not _concerns(rule, report):
        return
    if rule.scope == "narrative":
        yield from _narrative(item, values, stated, open_cells)
        return
    figures = [_amount(side, values, open_cells, rule.null_policy) for side in item.sides]
    known = [f for f in figures if f is not None]
    if len(known) < len(figures):
        return
    if rule.null_policy == "zero" and instance.op == "=" and not all(shown for _, shown in known):
        return  # nothing printed on one side
    if instance.skip and _left_out(instance.skip, values):
        return
    amounts = [amount for amount, _ in known]
    if not _holds(amounts[0], instance.op, amounts[1:], rule.tolerance):
        yield _finding(instance, amounts[0], amounts[1:], tuple(_cells(*item.sides)))


def _concerns(rule: Rule, report: Report) -> bool:
    """Whether the rule holds for bodies of the report's level."""
    return not rule.applies_to or report.level in rule.applies_to


def _left_out(skip: Comparison, values: Mapping[Slot, Figure | None]) -> bool:
    """Whether the figures are such that the rule says nothing; what is not printed counts as 0."""
    amounts = [
        side.constant + sum(p.coefficient * (values.get(p.slot) or 0) for p in side.parts)
        for side in (skip.left, *skip.right)
    ]
    return _holds(amounts[0], skip.op, amounts[1:], 0)


def _impossible(
    values: Mapping[Slot, Figure | None], open_cells: Mapping[Slot, tuple[Figure, ...]], shape: Shape
) -> Iterator[Finding]:
    """Identities over open cells that fail whatever stands in those."""
    known = {slot: value for slot, value in values.items() if value is not None and slot not in open_cells}
    ranges = {slot: (min(own), max(own)) for slot, own in open_cells.items() if own}
    for equation in shape.equations:
        if any(slot in open_cells for _, slot in equation.terms) and not feasible(equation, known, ranges):
            yield finding(
                equation.name,
                f"勾稽关系无法成立 / cannot hold whatever its open cells say: {spell(equation, known)}",
                tuple(dict.fromkeys(slot for _, slot in equation.terms)),
            )


def _amount(
    side: Side, values: Mapping[Slot, Figure | None], open_cells: Collection[Slot], policy: str
) -> tuple[Figure, bool] | None:
    """(value, whether anything is printed); None where the side cannot be evaluated. A blank total counts as
    what its row shows."""
    amount: Figure = side.constant
    shown = not side.parts
    for part in side.parts:
        if part.slot in open_cells:
            return None
        value = values.get(part.slot)
        if value is None:
            if policy != "zero":
                return None
            if part.slot[1] == "total":
                row = [(part.slot[0], leaf) for leaf in load_codebook().leaves]
                if open_cells and any(slot in open_cells for slot in row):
                    return None
                amount += part.coefficient * sum(values.get(slot) or 0 for slot in row)
            continue
        shown = True
        amount += part.coefficient * value
    return amount, shown


def _holds(left: Figure, op: str, right: Sequence[Figure], tolerance: int) -> bool:
    if op == "=":
        return -tolerance <= left - right[0] <= tolerance
    if op == "<=":
        return left <= right[0] + tolerance
    if op == ">=":
        return left >= right[0] - tolerance
    if op == "!=":
        return left != right[0]
    return any(left == option for option in right)


def _narrative(
    item: Check,
    values: Mapping[Slot, Figure | None],
    stated: Mapping[Slot, Sequence[Figure]],
    open_cells: Collection[Slot],
) -> Iterator[Finding]:
    """Each figure that the text gives must satisfy the rule on its own."""
    instance, told = item.instance, item.told
    first, plain = item.sides[0], item.sides[1:]
    if len(told) == 1 and len(first.parts) == 1 and first.parts[0].narrative:
        options = [_amount(side, values, open_cells, instance.rule.null_policy) for side in plain]
        known = [o[0] for o in options if o is not None]
        if not known or len(known) < len(options):
            return
        for figure in stated.get(told[0], ()):
            if not _holds(figure, instance.op, known, instance.rule.tolerance):
                yield _finding(instance, figure, known, (told[0], *_cells(*plain)))
        return
    best = {slot: figures[0] for slot, figures in stated.items() if len(figures) == 1}
    amounts = [_amount(side, best, open_cells, "skip") for side in item.sides]
    numbers = [a[0] for a in amounts if a is not None]
    if len(numbers) == len(amounts) and not _holds(
        numbers[0], instance.op, numbers[1:], instance.rule.tolerance
    ):
        yield _finding(instance, numbers[0], numbers[1:], tuple(_cells(*item.sides)))


def _cells(*sides: Side) -> Iterator[Slot]:
    seen: set[Slot] = set()
    for side in sides:
        for part in side.parts:
            if part.slot not in seen:
                seen.add(part.slot)
                yield part.slot


def _finding(instance: Instance, left: Figure, right: Sequence[Figure], cells: tuple[Slot, ...]) -> Finding:
    rule = instance.rule
    options = " / ".join(str(r) for r in right)
    column = next((s[1] for s in cells if s[1] and s[1] != "total"), "")
    where = f" [{column}]" if column and rule.foreach else ""
    message = f"{rule.label_zh}{where}: {left} {_SIGNS[instance.op]} {options} / {rule.label_en}{where}"
    return finding(rule.rule_id, message, cells, left, right[0] if right else None)


@lru_cache(maxsize=8)
def _kinds(template: str) -> dict[str, tuple[bool, bool]]:
    """Indicator -> (may be negative, may have decimals)."""
    return {
        name: (i.signed, i.decimal) for (form, name), i in load_codebook().by_form.items() if form == template
    }


def _signs(report: Report) -> Iterator[Finding]:
    """Counts are whole and, where the form has no sign, not negative."""
    kinds = _kinds(report.template or load_codebook().fallback_form)
    for o in report.observations:
        value = o.value
        if value is None or (type(value) is int and value >= 0) or o.indicator not in kinds:
            continue
        signed, decimal = kinds[o.indicator]
        if value < 0 and not signed:
            yield finding(
                "cell.negative",
                f"数值为负: {o.raw} / a count below zero",
                ((o.indicator, o.applicant),),
                value,
                0,
            )
        if not decimal and value != int(value):
            yield finding(
                "cell.not_whole",
                f"件数不是整数: {o.raw} / a count that is not a whole number",
                ((o.indicator, o.applicant),),
                value,
            )


def _unread(report: Report) -> Iterator[Finding]:
    """Cells in which the file shows something that its reader could not read, and that nothing proves."""
    unread = [o for o in report.observations if o.raw == UNREAD and o.resolved is None]
    if unread:
        where = "; ".join(dict.fromkeys(o.locator for o in unread[:_MOST_NAMED]))
        yield finding(
            "cell.unread",
            f"单元格内有内容但未能读出: {where} / something stands here that was not read",
            tuple((o.indicator, o.applicant) for o in unread),
        )


def _text_against_table(
    values: Mapping[Slot, Figure | None],
    stated: Mapping[Slot, Sequence[Figure]],
    open_cells: Mapping[Slot, tuple[Figure, ...]],
    narrated: Collection[Slot],
    ruled: Collection[Slot],
) -> Iterator[Finding]:
    """Text against table for cells that no narrative rule tests (``ruled``: of every applicant, ``narrated``:
    as the form's own); and two different figures in the text."""
    for slot, figures in stated.items():
        table = values.get(slot)
        if slot in open_cells and table is None:
            for figure in figures:
                if open_cells[slot] and figure not in open_cells[slot] and slot not in narrated:
                    yield finding(
                        "text.differs",
                        f"正文 {figure} 不在表格可能的数之列 / the text's figure is none of those that the table leaves possible",
                        (slot,),
                        figure,
                    )
        elif table is not None and slot not in ruled:
            for figure in figures:
                if figure != table:
                    yield finding(
                        "text.differs",
                        f"正文 {figure} 与表格 {table} 不一致 / the text's figure differs from the table's",
                        (slot,),
                        figure,
                        table,
                    )
        if len(figures) > 1 and table is None:
            yield finding(
                "text.two_figures",
                f"正文对同一指标给出不同的数 {figures} / the text gives this indicator different figures",
                (slot,),
                figures[0],
                figures[1],
            )


def check_dates(report: Report) -> Iterator[Finding]:
    """The rules on the day of publication: by 31 March, departments by 31 January."""
    if report.year is None or report.published_on is None:
        return
    codebook = load_codebook()
    published = date.fromisoformat(report.published_on)
    for rule in codebook.rules_for(report.template or codebook.fallback_form):
        window = rule.window if rule.scope == "publication" else None
        if window is None or not _concerns(rule, report):
            continue
        first = date(report.year + 1, *window.first) if window.first else date.min
        last = date(report.year + 1, *window.last) if window.last else date.max
        if not first <= published <= last:
            message = f"{rule.label_zh}: {published} / {rule.label_en}"
            yield finding(rule.rule_id, message, (), published.year, report.year + 1)
