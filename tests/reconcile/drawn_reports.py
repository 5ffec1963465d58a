"""Reports with drawn figures that satisfy every identity of their form, and ways to damage them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from pipeline.codebook import load_codebook
from pipeline.report import Figure, Finding, Method, Observation, Report, State, Token, Unplaced

Slot = tuple[str, str | None]
LEAVES = load_codebook().leaves
COLUMNS = (*LEAVES, "total")
STATES = ("upheld", "corrected", "other", "pending", "total")
GROUPS = ("reconsideration", "litigation.direct", "litigation.after_review")
DISPUTES: tuple[Slot, ...] = tuple((f"{g}.{s}", None) for g in GROUPS for s in STATES)
_SUBTOTALS = (
    "application.outcome.refused",
    "application.outcome.unable",
    "application.outcome.not_processed",
)


def application_rows(template: str) -> tuple[str, ...]:
    """The rows that the form's application table prints, in order."""
    names = [
        n
        for (t, n), i in load_codebook().by_form.items()
        if t == template and i.table == "application" and i.dimension
    ]
    return tuple(
        n
        for n in names
        if n not in _SUBTOTALS and not (template == "v2021" and n == "application.outcome.other")
    )


def row_slots(name: str) -> tuple[Slot, ...]:
    return tuple((name, column) for column in COLUMNS)


def _count(rng: Random, size: int) -> int:
    return 0 if rng.random() < 0.6 else rng.randint(1, size)


def drawn_tables(template: str, rng: Random, size: int = 30) -> dict[Slot, int]:
    """All cells of the application and dispute tables (v2019, v2021), or of the sums of the v2014 table."""
    cells: dict[Slot, int] = {}
    if template == "v2014":
        for rule in load_codebook().rules_for(template):
            relation = rule.relation
            if (
                relation is None
                or relation.op != "="
                or rule.scope != "within_table"
                or rule.severity != "error"
            ):
                continue
            parts = [(t.ref.indicator, None) for t in relation.right[0].terms]
            for part in parts:
                cells.setdefault(part, _count(rng, size))
        _close_v2014(cells)
        return cells
    rows = application_rows(template)
    outcomes = [r for r in rows if ".outcome." in r]
    for leaf in LEAVES:
        busy = rng.random() < 0.7
        for row in outcomes:
            cells[row, leaf] = _count(rng, size) if busy else 0
        done = sum(cells[row, leaf] for row in outcomes)
        ahead = _count(rng, size // 4 + 1) if busy else 0
        before = rng.randint(0, min(done + ahead, size // 4))
        cells["application.concluded", leaf] = done
        cells["application.carried_forward", leaf] = ahead
        cells["application.carried_in", leaf] = before
        cells["application.received", leaf] = done + ahead - before
    for row in rows:
        cells[row, "total"] = sum(cells[row, leaf] for leaf in LEAVES)
    for group in GROUPS:
        for state in STATES[:-1]:
            cells[f"{group}.{state}", None] = _count(rng, size)
        cells[f"{group}.total", None] = sum(cells[f"{group}.{s}", None] for s in STATES[:-1])
    return cells


def _close_v2014(cells: dict[Slot, int]) -> None:
    """Set the totals of the v2014 table from their parts, the inner ones first."""
    rules = [
        r
        for r in load_codebook().rules_for("v2014")
        if r.relation and r.relation.op == "=" and r.severity == "error"
    ]
    for _ in range(2):
        for rule in rules:
            if rule.relation is None or rule.scope != "within_table":
                continue
            total = (rule.relation.left.terms[0].ref.indicator, None)
            cells[total] = sum(cells[t.ref.indicator, None] for t in rule.relation.right[0].terms)


def cell(
    slot: Slot,
    value: Figure | None,
    *,
    state: State | None = None,
    method: Method = "table",
    candidates: Sequence[Figure] = (),
) -> Observation:
    """A cell of a table: printed where ``value`` is given, else blank."""
    own: State = state or ("reported" if value is not None else "blank")
    return Observation(
        slot[0],
        slot[1],
        value,
        "" if value is None else str(value),
        "件",
        False,
        own,
        value,
        None if value is None else "as_printed",
        method,
        f"table 1 {slot[0]} {slot[1]}",
        candidates=tuple(candidates),
    )


def said(slot: Slot, value: int) -> Observation:
    """A statement of the text."""
    return cell(slot, value)._replace(method="text", locator="line 3:1-9")


def dropped(name: str, slots: Sequence[Slot], figures: Iterable[Figure]) -> Unplaced:
    """A row with fewer figures than cells."""
    tokens = tuple(Token(f, str(f), f"line 9:{n}") for n, f in enumerate(figures))
    return Unplaced(tuple(slots), tokens, " ".join(t.raw for t in tokens), "line 9", "table", name)


def report(
    template: str,
    observations: Iterable[Observation],
    unplaced: Iterable[Unplaced] = (),
    level: str = "prefecture",
) -> Report:
    return Report(
        "0" * 16 + "-1",
        "0" * 64,
        1,
        None,
        "虚云市人民政府2022年政府信息公开工作年度报告",
        "虚云市人民政府",
        None,
        "government",
        level,
        None,
        None,
        (),
        "",
        2022,
        "title",
        template,
        "unknown",
        "",
        None,
        "line 1 to line 99",
        tuple(observations),
        (),
        tuple(unplaced),
    )


def printed(template: str, cells: Mapping[Slot, Figure | None]) -> Report:
    """A report whose tables print ``cells``; None is a blank cell."""
    return report(template, [cell(slot, value) for slot, value in cells.items()])


def by_slot(checked: Report) -> dict[Slot, Observation]:
    return {(o.indicator, o.applicant): o for o in checked.observations if o.method != "text"}


def flagged(checked: Report) -> set[Slot]:
    """The cells that a finding worth a look names."""
    return {slot for f in checked.findings if f.severity in ("error", "warn") for slot in f.cells}


def errors(checked: Report) -> list[Finding]:
    return [f for f in checked.findings if f.severity == "error"]
