"""A place's series: its measures by years, each figure with what it rests on, and what breaks it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.site.atlas import Atlas
from pipeline.site.words import Word, shown, word

_NOWHERE = frozenset(("not_in_form", "no_report", "none"))
"""Kinds of nothing that no report shows, so that no link leads there."""
_MOVES_AREA = frozenset(("merged", "split"))
"""Kinds of events that change an area; of others those that move a part of one."""


FIRST_ROWS = (
    "applications_received",
    "applications_carried_in",
    "applications_concluded",
    "outcome_granted",
    "outcome_partial",
    "outcome_refused",
    "outcome_unable",
    "outcome_not_processed",
    "outcome_other",
    "applications_carried_forward",
    "disclosure_rate",
    "reconsideration_total",
    "reconsideration_corrected",
    "reconsideration_correction_rate",
    "litigation_total",
    "litigation_corrected",
    "litigation_loss_rate",
)
"""Rows of the first table; all other measures stand in a second one."""


def also(small_n: bool, contested: bool) -> list[Word]:
    """The marks that a figure bears besides what it rests on and how far it may be compared."""
    found = (("small_n", small_n), ("contested", contested))
    return [word("also", key) for key, holds in found if holds]


class Shown(NamedTuple):
    """A figure of a series as the page shows it."""

    year: int
    value: Decimal | None
    text: str
    read: Word
    grade: Word
    about: bool
    small_n: bool
    contested: bool
    href: str
    row: Any

    @property
    def signs(self) -> str:
        """The marks behind the figure; none for one that is printed and comparable."""
        read = "" if self.read.key == "printed" else self.read.sign
        return read + self.grade.sign + "".join(mark.sign for mark in self._also)

    @property
    def said(self) -> str:
        """What the marks say, in words."""
        said = [self.read.zh, self.grade.zh if self.grade.key != "exact" else ""]
        said += [word("also", "about").zh if self.about else "", *(mark.zh for mark in self._also)]
        return "，".join(s for s in said if s)

    @property
    def _also(self) -> list[Word]:
        return also(self.small_n, self.contested)


class Row(NamedTuple):
    """A measure of the series table; one entry a year, None where there is no report."""

    measure_id: str
    label_zh: str
    label_en: str
    unit: str
    cells: list[Shown | None]


class Break(NamedTuple):
    """What breaks the series before a year: its words and what changed."""

    year: int
    words: list[Word]
    detail: str


def table_rows(atlas: Atlas, root: str, axis: Sequence[int], figures: list[Any]) -> list[Row]:
    """The measures of a place that have a figure, or a doubtful one, in some year of ``axis``."""
    by_measure: dict[str, dict[int, Any]] = {}
    for row in figures:
        by_measure.setdefault(row.measure_id, {})[row.year] = row
    table = []
    for measure in atlas.measures.values():
        of_years = by_measure.get(measure.measure_id, {})
        if any(
            r.value is not None or r.state in ("ambiguous", "unreadable", "not_read")
            for r in of_years.values()
        ):
            cells = [_shown(atlas, root, measure.unit, of_years[y]) if y in of_years else None for y in axis]
            table.append(Row(measure.measure_id, measure.label_zh, measure.label_en, measure.unit, cells))
    return table


def read_key(value: Decimal | None, state: str | None, method: str | None) -> str:
    """What a measure's figure rests on, as a key of the words of kind ``read``."""
    if value is not None:
        if state in ("proved", "decided"):
            return state
        return "text" if method == "text" else "printed"
    return "doubtful" if state in ("ambiguous", "unreadable", "not_read") else state or "none"


def _shown(atlas: Atlas, root: str, unit: str, row: Any) -> Shown:
    key = read_key(row.value, row.state, row.method)
    has = row.value is not None
    text = ("≈" if row.approx and has else "") + shown(row.value, unit) if has else word("read", key).sign
    return Shown(
        row.year,
        row.value,
        text,
        word("read", key),
        word("grade", row.comparability) if has else word("grade", "exact"),
        bool(row.approx) and has,
        bool(row.small_n) and has,
        bool(row.contested) and has,
        root + atlas.figure_link(row.report_id, row.measure_id, row.template, row.alternative)
        if key not in _NOWHERE
        else "",
        row,
    )


def breaks_of(axis: Sequence[int], reports: dict[int, Any], events: list[Any]) -> list[Break]:
    """What changed between a report and the one before it: form, scope, body, boundary, years without one."""
    moved = {
        e.event_date.year: e.note or f"{e.from_code or ''} → {e.to_code or ''}"
        for e in events
        if e.kind in _MOVES_AREA or e.extent == "part"
    }
    found = []
    before = None
    for year in axis:
        now = reports.get(year)
        if now is None:
            continue
        if before is not None:
            changed = [
                (key, f"{was or '—'} → {got or '—'}")
                for key, was, got in (
                    ("form", before.template, now.template),
                    (
                        "scope_unsaid" if "unknown" in (before.scope, now.scope) else "scope",
                        before.scope,
                        now.scope,
                    ),
                    ("body", before.issuer if before.body_id != now.body_id else "", now.issuer),
                )
                if was != got and (key != "body" or before.body_id != now.body_id)
            ]
            changed += [("boundary", moved[y]) for y in range(before.year + 1, year + 1) if y in moved]
            if year > before.year + 1:
                changed.append(("gap", f"{before.year} → {year}"))
            if changed:
                words = [word("break", key) for key, _ in changed]
                found.append(Break(year, words, "；".join(text for _, text in changed)))
        before = now
    return found
