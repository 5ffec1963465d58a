"""Which rules of its form hold a figure to others, and which of them did not hold in a report.

A rule counts as held where every figure that it names is settled in the report and no finding names it; rules
that need other years, the text or a condition are counted where they failed alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from pipeline.codebook.formula import FormulaError, parse_relation
from pipeline.site.streams import rows_of

Slot = tuple[str, str]
"""An indicator and an applicant; no applicant is the total."""
_WITHIN = frozenset(("within_table", "plausibility"))


class Held(NamedTuple):
    """A rule for one column: its id and the cells that it names."""

    rule: str
    slots: frozenset[Slot]


def rules_by_form(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Held, ...]]:
    """The rules of each form that one report's settled figures can answer, a rule for each column."""
    roles = dict(rows_of(con, "SELECT applicant, role FROM ref.applicant ORDER BY position"))
    dimension = {
        (t, i)
        for t, i in rows_of(con, "SELECT template, indicator FROM ref.indicator WHERE dimension IS NOT NULL")
    }
    found: dict[str, list[Held]] = {}
    query = """
        SELECT rule, template, foreach, formula, scope FROM ref.rule
        WHERE kind = 'rule' AND formula IS NOT NULL AND skip_when IS NULL ORDER BY rule
    """
    for rule, templates, foreach, formula, scope in rows_of(con, query):
        if scope not in _WITHIN:
            continue
        try:
            refs = parse_relation(formula).refs
        except FormulaError:
            continue  # a formula of another kind of codebook: nothing is claimed of it
        if any(ref.narrative or ref.year for ref in refs):
            continue
        leaves = [a for a, role in roles.items() if role != "total"]
        columns = {"applicant:all": [*leaves, "total"], "applicant:leaves": leaves}.get(
            foreach or "", ["total"]
        )
        for template in templates.split(","):
            for column in columns:
                slots = frozenset(
                    (
                        r.indicator,
                        r.applicant or (column if (template, r.indicator) in dimension else "total"),
                    )
                    for r in refs
                )
                found.setdefault(template, []).append(Held(rule, slots))
    return {template: tuple(rules) for template, rules in found.items()}


class Tested:
    """The checks of one report: ``of`` tells of a figure how many held, and which failed."""

    def __init__(
        self, rules: Sequence[Held], cells: Sequence[Any], findings: Sequence[tuple[str, str]]
    ) -> None:
        settled = {(c.indicator, c.applicant or "total") for c in cells if c.resolved is not None}
        self._failed: dict[Slot, list[str]] = {}
        broken: dict[str, set[Slot]] = {}
        for rule, text in findings:
            named = {(name, applicant or "total") for name, applicant in json.loads(text or "[]")}
            broken.setdefault(rule, set()).update(named)
            for slot in sorted(named):
                self._failed.setdefault(slot, []).append(rule)
        self._held: dict[Slot, int] = {}
        for rule, slots in rules:
            if slots <= settled and not slots <= broken.get(rule, set()):
                for slot in slots:
                    self._held[slot] = self._held.get(slot, 0) + 1

    def of(self, indicator: str, applicant: str | None) -> tuple[int, list[str]]:
        """Rules that held, and ids of findings that name the figure."""
        slot = (indicator, applicant or "total")
        return self._held.get(slot, 0), self._failed.get(slot, [])
