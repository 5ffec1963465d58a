"""Every rule of the codebook that one report alone can answer; what does not hold becomes a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.codebook import Codebook, load_codebook
from pipeline.reconcile.system import Instance, Side, Slot, System, expand
from pipeline.report import Figure, Finding, Observation, Report, Severity

_SIGNS = {"=": "≠", "<=": ">", ">=": "<", "!=": "=", "in": "∉"}


def check(
    report: Report, values: Mapping[Slot, Figure | None], stated: Mapping[Slot, Sequence[Figure]], open_cells: frozenset[Slot],
    system: System,
) -> Iterator[Finding]:
    """Evaluate the rules. ``values`` are the tables' best figures (None: none), ``stated`` the text's exact figures,
    ``open_cells`` those that are ambiguous or unreadable: a rule that needs one is not evaluated."""
    for instance in system.instances:
        rule = instance.rule
        if rule.rule_id.endswith("rulemaking_power") and report.level not in ("county", "township"):
            continue
        if rule.rule_id.endswith("nonneg"):
            continue
        if rule.scope == "narrative":
            yield from _narrative(instance, values, stated, open_cells, system)
            continue
        left = expand(instance.left, system, values)
        right = tuple(expand(side, system, values) for side in instance.right)
        figures = [_amount(side, values, open_cells, rule.null_policy) for side in (left, *right)]
        if any(f is None for f in figures):
            continue
        amounts = [f[0] for f in figures if f is not None]
        shown = [f[1] for f in figures if f is not None]
        if rule.null_policy == "zero" and instance.op == "=" and not all(shown):
            continue  # nothing printed on one side
        if rule.rule_id.endswith("decisions_misread") and values.get(right[0].parts[1].slot) in (0, None):
            continue
        if not _holds(amounts[0], instance.op, amounts[1:], rule.tolerance):
            yield _finding(instance, amounts[0], amounts[1:], tuple(_cells(left, *right)))
    yield from _signs(report, load_codebook())
    yield from _text_against_table(values, stated, open_cells, system)


def _amount(
    side: Side, values: Mapping[Slot, Figure | None], open_cells: frozenset[Slot], policy: str
) -> tuple[Figure, bool] | None:
    """(value, whether anything is printed); None where the side cannot be evaluated."""
    amount: Figure = side.constant
    shown = not side.parts
    for part in side.parts:
        if part.slot in open_cells:
            return None
        value = values.get(part.slot)
        if value is None:
            if policy != "zero":
                return None
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
    instance: Instance, values: Mapping[Slot, Figure | None], stated: Mapping[Slot, Sequence[Figure]],
    open_cells: frozenset[Slot], system: System,
) -> Iterator[Finding]:
    """Each figure that the text gives must satisfy the rule on its own."""
    sides = (instance.left, *instance.right)
    told = [p.slot for side in sides for p in side.parts if p.narrative]
    plain = tuple(expand(side, system, values) for side in instance.right)
    if len(told) == 1 and len(instance.left.parts) == 1 and instance.left.parts[0].narrative:
        options = [_amount(side, values, open_cells, instance.rule.null_policy) for side in plain]
        known = [o[0] for o in options if o is not None]
        if not known or (instance.op != "in" and len(known) < len(options)):
            return
        if instance.op == "in" and len(known) < len(options):
            return
        for figure in stated.get(told[0], ()):
            if not _holds(figure, instance.op, known, instance.rule.tolerance):
                yield _finding(instance, figure, known, (told[0], *_cells(*plain)))
        return
    best = {slot: figures[0] for slot, figures in stated.items() if len(figures) == 1}
    amounts = [_amount(side, best, open_cells, "skip") for side in sides]
    numbers = [a[0] for a in amounts if a is not None]
    if len(numbers) == len(amounts) and not _holds(numbers[0], instance.op, numbers[1:], instance.rule.tolerance):
        yield _finding(instance, numbers[0], numbers[1:], tuple(_cells(*sides)))


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
    severity: Severity = "error" if rule.severity == "error" else "warn" if rule.severity == "warn" else "info"
    message = f"{rule.label_zh}{where}: {left} {_SIGNS[instance.op]} {options} / {rule.label_en}{where}"
    return Finding(rule.rule_id, severity, left, right[0] if right else None, cells, message)


def _signs(report: Report, codebook: Codebook) -> Iterator[Finding]:
    """Counts are whole and, where the form has no sign, not negative."""
    for o in report.observations:
        if o.value is None or o.indicator.startswith("local."):
            continue
        indicator = codebook.indicator(report.template, o.indicator)
        if indicator is None:
            continue
        if o.value < 0 and not indicator.signed:
            yield Finding(
                f"{report.template or 'any'}.nonneg", "error", o.value, 0, ((o.indicator, o.applicant),),
                f"数值为负: {o.raw} / a count below zero",
            )
        if not indicator.decimal and o.value != int(o.value):
            yield Finding(
                "cell.not_whole", "error", o.value, None, ((o.indicator, o.applicant),),
                f"件数不是整数: {o.raw} / a count that is not a whole number",
            )


def _text_against_table(
    values: Mapping[Slot, Figure | None], stated: Mapping[Slot, Sequence[Figure]], open_cells: frozenset[Slot], system: System
) -> Iterator[Finding]:
    """Text against table for indicators that no narrative rule names; and two different figures in the text."""
    for slot, figures in stated.items():
        table = values.get(slot)
        if slot not in open_cells and table is not None and slot[0] not in system.narrated:
            for figure in figures:
                if figure != table:
                    yield Finding(
                        "text.differs", "warn", figure, table, (slot,),
                        f"正文 {figure} 与表格 {table} 不一致 / the text's figure differs from the table's",
                    )
        if len(figures) > 1 and table is None:
            yield Finding(
                "text.two_figures", "warn", figures[0], figures[1], (slot,),
                f"正文对同一指标给出不同的数 {figures} / the text gives this indicator different figures",
            )


def check_dates(report: Report) -> Iterator[Finding]:
    """The metadata rules on the day of publication: by 31 March, departments by 31 January."""
    if report.year is None or report.published_on is None:
        return
    published = date.fromisoformat(report.published_on)
    rules = {r.rule_id: r for r in load_codebook().rules}
    window = rules.get("meta.pub_window")
    if window and not date(report.year + 1, 1, 1) <= published <= date(report.year + 1, 3, 31):
        yield Finding(
            window.rule_id, "warn", published.year, report.year + 1, (),
            f"{window.label_zh}: {published} / {window.label_en}",
        )
    deadline = rules.get("meta.dept_deadline")
    if deadline and report.template in deadline.templates and report.level == "department" and published > date(
        report.year + 1, 1, 31
    ):
        yield Finding(
            deadline.rule_id, "info", published.year, report.year + 1, (),
            f"{deadline.label_zh}: {published} / {deadline.label_en}",
        )


def text_figures(observations: Sequence[Observation]) -> dict[Slot, list[Figure]]:
    """The text's exact figures by slot, each once, in reading order. An approximation counts only where nothing exact stands."""
    exact: dict[Slot, list[Figure]] = {}
    for o in observations:
        if o.method == "text" and o.value is not None and o.state in ("reported", "text_zero") and not o.approx:
            held = exact.setdefault((o.indicator, o.applicant), [])
            if o.value not in held:
                held.append(o.value)
    return exact
