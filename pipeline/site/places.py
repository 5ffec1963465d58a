"""A place's page: the series of its government, what breaks it, what was found, and who else reports there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb
from markupsafe import Markup

from pipeline.site.atlas import Atlas, Division, Head
from pipeline.site.charts import Frame, Point, bar_chart, line_chart
from pipeline.site.links import link, place_page
from pipeline.site.streams import Grouped
from pipeline.site.words import HERE, Word, plain, shown, word

_YEARS = """
SELECT division_code, year, report_id, template, scope, body_id, body_kind, issuer, reading, errors, break_kind
FROM mart.city_year ORDER BY division_code, year
"""
_FIGURES = """
SELECT c.division_code, c.year, m.measure_id, m.value, m.comparability, m.state, m.method, m.approx, m.small_n,
    m.alternative, m.report_id, m.template, m.numerator, m.denominator, t.break_kind, t.peers, t.peer_rank
FROM mart.city_year c JOIN mart.measure m ON m.report_id = c.report_id
LEFT JOIN mart.trend t ON t.report_id = m.report_id AND t.measure_id = m.measure_id
ORDER BY c.division_code, c.year, m.measure_id
"""
_COVERAGE = """
SELECT division_code, year, status, report_id, published_on, other_reports, tables_unread FROM mart.coverage
WHERE division_code IS NOT NULL ORDER BY division_code, year
"""
_FINDINGS = """
SELECT r.division_code, r.year, r.issuer, r.report_id, f.severity, f.rule, f.message, f.finding_id
FROM core.finding f JOIN core.report r USING (report_id) WHERE r.is_current AND r.division_code IS NOT NULL
ORDER BY r.division_code, r.year, r.issuer, f.finding_id
"""
_CHAINS = """
SELECT division_code, year, issuer, chain, measure_id, expected, found, difference, report_id, previous_report_id
FROM mart.chain_break WHERE division_code IS NOT NULL ORDER BY division_code, year, issuer, measure_id
"""
_COPIES = """
SELECT division_code, year, issuer, table_name, report_id, original_report_id, original_issuer, original_year,
    relation, cells_nonzero, distinct_figures
FROM mart.copied_table WHERE division_code IS NOT NULL ORDER BY division_code, year, issuer, table_name
"""
_CONFLICTS = """
SELECT division_code, year, issuer, kind, indicator, applicant, value, other_value, report_id, other_report_id,
    explained_by
FROM mart.conflict WHERE division_code IS NOT NULL ORDER BY division_code, year, issuer, kind, indicator, applicant
"""
_EVENTS = """
SELECT code, event_date, kind, from_code, to_code, extent, note FROM (
    SELECT from_code AS code, * FROM ref.division_event UNION ALL SELECT to_code, * FROM ref.division_event
) WHERE code IS NOT NULL AND event_date IS NOT NULL ORDER BY code, event_date, event_id
"""
_NOWHERE = frozenset(("not_in_form", "no_report", "none"))
"""Kinds of nothing that no report shows, so that no link leads there."""
_MOVES_AREA = frozenset(("merged", "split"))
"""Kinds of events that change an area; of others those that move a part of one."""


class Shown(NamedTuple):
    """A figure of a series as the page shows it."""

    year: int
    value: Decimal | None
    text: str
    read: Word
    grade: Word
    about: bool
    small_n: bool
    href: str
    row: Any

    @property
    def signs(self) -> str:
        """The marks behind the figure; none for one that is printed and comparable."""
        read = "" if self.read.key == "printed" else self.read.sign
        return read + self.grade.sign + ("ⁿ" if self.small_n else "")

    @property
    def said(self) -> str:
        """What the marks say, in words."""
        said = [self.read.zh, self.grade.zh if self.grade.key != "exact" else ""]
        said += ["约数" if self.about else "", "个案太少" if self.small_n else ""]
        return "，".join(s for s in said if s)


class Row(NamedTuple):
    """A measure of the series table; one entry a year, None where there is no report."""

    measure_id: str
    label_zh: str
    label_en: str
    unit: str
    cells: list[Shown | None]


class Panel(NamedTuple):
    """A chart with its heading and legend (pattern or dash, Chinese, English)."""

    panel: str
    chart: str
    zh: str
    en: str
    legend: list[tuple[int, str, str]]
    svg: Markup


class Break(NamedTuple):
    """What breaks the series before a year: its words and what changed."""

    year: int
    words: list[Word]
    detail: str


class Place(NamedTuple):
    """All that a place's page shows."""

    division: Division
    page: str
    root: str
    above: list[Division]
    below: list[Division]
    peers: list[Division]
    former: Sequence[str]
    years: list[int]
    reports: dict[int, Any]
    coverage: dict[int, Any]
    rows: list[Row]
    others: list[Row]
    panels: list[Panel]
    breaks: list[Break]
    ranks: list[tuple[Row, Shown]]
    events: list[Any]
    findings: list[Any]
    chains: list[Any]
    copies: list[Any]
    conflicts: list[Any]
    heads: Sequence[Head]
    bodies: list[tuple[str, str, list[Head]]]

    @property
    def csv_name(self) -> str:
        """The file of the series, beside the page."""
        return f"{self.division.division_code}.csv"


class _Drawing(NamedTuple):
    """A chart as ``panels.csv`` has it; ``law_year``: from it on another law counts these cases."""

    chart: str
    zh: str
    en: str
    law_year: int | None
    measures: list[str]


@lru_cache(maxsize=1)
def _panels() -> dict[str, _Drawing]:
    found: dict[str, _Drawing] = {}
    with (HERE / "panels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            law = int(row["law_year"]) if row["law_year"] else None
            entry = found.setdefault(row["panel"], _Drawing(row["chart"], row["zh"], row["en"], law, []))
            entry.measures.append(row["measure_id"])
    return found


_FIRST_ROWS = (
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


def iter_places(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> Iterator[Place]:
    """Every place that has a page, by code."""
    years, figures = Grouped(con, _YEARS), Grouped(con, _FIGURES)
    streams = {
        name: Grouped(con, query)
        for name, query in (
            ("coverage", _COVERAGE),
            ("findings", _FINDINGS),
            ("chains", _CHAINS),
            ("copies", _COPIES),
            ("conflicts", _CONFLICTS),
            ("events", _EVENTS),
        )
    }
    for code in atlas.places:
        found = {name: stream.of(code) for name, stream in streams.items()}
        yield _place(atlas, code, years.of(code), figures.of(code), found)


def _place(
    atlas: Atlas, code: str, years: list[Any], figures: list[Any], found: dict[str, list[Any]]
) -> Place:
    division = atlas.divisions.get(code) or Division(code, code, None, "unknown", None, None, None, None)
    page = place_page(code)
    root = "../" * page.count("/")
    reports = {row.year: row for row in years}
    coverage = {row.year: row for row in found["coverage"]}
    span = sorted(set(reports) | set(coverage))
    axis = list(range(span[0], span[-1] + 1)) if span else []
    table = _rows(atlas, root, axis, figures)
    by_id = {row.measure_id: row for row in table}
    breaks = _breaks(axis, reports, found["events"])
    siblings = atlas.children.get(division.parent_code or "", ())
    known = set(atlas.places)
    heads = atlas.by_place.get(code, ())
    latest = max((y for y in reports), default=None)
    ranks = [
        (row, cell)
        for row in table
        if row.measure_id in _FIRST_ROWS
        for cell in row.cells
        if cell and cell.year == latest and cell.value is not None and (cell.row.peers or 0) > 1
    ]
    return Place(
        division=division,
        page=page,
        root=root,
        above=atlas.above(code),
        below=[atlas.divisions[c] for c in atlas.children.get(code, ()) if c in known],
        peers=[atlas.divisions[c] for c in siblings if c in known and c != code],
        former=atlas.former.get(code, ()),
        years=axis,
        reports=reports,
        coverage=coverage,
        rows=[by_id[m] for m in _FIRST_ROWS if m in by_id],
        others=[row for row in table if row.measure_id not in _FIRST_ROWS],
        panels=_drawn(atlas, root, axis, reports, by_id, breaks) if reports else [],
        breaks=breaks,
        ranks=ranks,
        events=found["events"],
        findings=found["findings"],
        chains=found["chains"],
        copies=found["copies"],
        conflicts=found["conflicts"],
        heads=heads,
        bodies=_bodies(heads, reports),
    )


def _rows(atlas: Atlas, root: str, axis: Sequence[int], figures: list[Any]) -> list[Row]:
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
        return "proved" if state == "proved" else "text" if method == "text" else "printed"
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
        root + atlas.figure_link(row.report_id, row.measure_id, row.template, row.alternative)
        if key not in _NOWHERE
        else "",
        row,
    )


def _breaks(axis: Sequence[int], reports: dict[int, Any], events: list[Any]) -> list[Break]:
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
                    ("scope", before.scope, now.scope),
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


def _drawn(
    atlas: Atlas,
    root: str,
    axis: Sequence[int],
    reports: dict[int, Any],
    by_id: dict[str, Row],
    breaks: Sequence[Break],
) -> list[Panel]:
    gaps = frozenset(y for y in axis if y not in reports)
    plain_breaks = tuple(
        (b.year, "".join(w.sign for w in b.words if w.key != "gap"))
        for b in breaks
        if any(w.key != "gap" for w in b.words)
    )
    drawn = []
    for name, (chart, zh, en, law_year, measures) in _panels().items():
        rows = [by_id[m] for m in measures if m in by_id]
        if not rows:
            continue
        signs = dict(plain_breaks)
        if law_year and axis[0] < law_year <= axis[-1]:
            signs[law_year] = signs.get(law_year, "") + word("break", "law").sign
        frame = Frame(axis[0], axis[-1], gaps, tuple(sorted(signs.items())))
        label = f"{zh} {en}, {axis[0]}–{axis[-1]}"
        legend = [(measures.index(r.measure_id), r.label_zh, r.label_en) for r in rows]
        if chart == "bars":
            svg = _bars(frame, [by_id.get(m) for m in measures], label, root, reports)
        else:
            svg = line_chart(frame, [_points(r) for r in rows], label, share=chart == "share")
        drawn.append(Panel(name, chart, zh, en, legend, svg))
    return drawn


def _points(row: Row) -> list[Point]:
    return [
        Point(
            c.year,
            float(c.value) if c.value is not None and c.grade.key != "none" else None,
            f"{c.year}: {row.label_zh} {c.text}，{c.said}",
            c.read.key,
            c.grade.key == "approx",
            c.row.break_kind is None,
            c.href,
        )
        for c in row.cells
        if c is not None
    ]


def _bars(frame: Frame, rows: Sequence[Row | None], label: str, root: str, reports: dict[int, Any]) -> Markup:
    bars = []
    for n, year in enumerate(range(frame.first, frame.last + 1)):
        cells = [row.cells[n] if row else None for row in rows]
        parts = [
            float(c.value) if c and c.value is not None and c.grade.key != "none" else None for c in cells
        ]
        told = "，".join(
            f"{row.label_zh} {c.text}" for row, c in zip(rows, cells, strict=True) if row and c and c.text
        )
        doubtful = any(c is not None and c.read.key == "doubtful" for c in cells)
        report = reports.get(year)
        href = next((c.href for c in cells if c), "") if report else ""
        bars.append((year, parts, f"{year}: {told}", href, doubtful))
    return bar_chart(frame, bars, label)


def _bodies(heads: Sequence[Head], reports: dict[int, Any]) -> list[tuple[str, str, list[Head]]]:
    """Other bodies that report for the place: name, kind, their reports."""
    own = {row.body_id for row in reports.values()}
    found: dict[str, list[Head]] = {}
    for head in heads:
        if head.body_id not in own or head.body_id is None:
            found.setdefault(head.body_id or head.issuer or head.report_id, []).append(head)
    named = [(hs[-1].issuer or hs[-1].name, hs[-1].body_kind or "", hs) for hs in found.values()]
    return sorted(named, key=lambda b: (b[1], b[0]))


_COLUMNS = [
    "division_code",
    "division_name",
    "year",
    "measure_id",
    "label_zh",
    "label_en",
    "unit",
    "value",
    "rests_on",
    "comparability",
    "approximate",
    "few_cases",
    "numerator",
    "denominator",
    "form",
    "report_id",
]


def place_csv(place: Place) -> str:
    """What the page's tables show, one line a measure and year; UTF-8 with a mark for spreadsheets."""
    out = io.StringIO()
    out.write("\ufeff")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for row in [*place.rows, *place.others]:
        for cell in row.cells:
            if cell is None:
                continue
            r = cell.row
            lines.writerow(
                [
                    place.division.division_code,
                    place.division.name,
                    cell.year,
                    row.measure_id,
                    row.label_zh,
                    row.label_en,
                    row.unit,
                    plain(cell.value),
                    cell.read.key,
                    r.comparability if cell.value is not None else "",
                    str(cell.about).lower(),
                    str(cell.small_n).lower(),
                    plain(r.numerator),
                    plain(r.denominator),
                    r.template,
                    r.report_id,
                ]
            )
    return out.getvalue()


def place_link(root: str, division: Division) -> str:
    """A link to a place's page from below ``root``."""
    return root + link(place_page(division.division_code))
