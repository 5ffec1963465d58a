"""A place's page: the series of its government, what breaks it, what was found, and who else reports there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import duckdb

from pipeline.site.atlas import Atlas, Division, Head
from pipeline.site.links import link, place_page, report_page
from pipeline.site.panels import Panel, panels_of
from pipeline.site.series import FIRST_ROWS, Break, Row, Shown, breaks_of, table_rows
from pipeline.site.streams import Grouped
from pipeline.site.words import plain

_YEARS = """
SELECT division_code, year, report_id, template, scope, body_id, body_kind, issuer, reading, errors, break_kind
FROM mart.city_year ORDER BY division_code, year
"""
_FIGURES = """
SELECT c.division_code, c.year, m.measure_id, m.value, m.comparability, m.state, m.method, m.approx, m.small_n, m.contested,
    m.alternative, m.report_id, m.template, m.numerator, m.denominator, t.break_kind, t.peers, t.peer_rank
FROM mart.city_year c JOIN mart.measure m ON m.report_id = c.report_id
LEFT JOIN mart.trend t ON t.report_id = m.report_id AND t.measure_id = m.measure_id
WHERE starts_with(c.division_code, $area)
ORDER BY c.division_code, c.year, m.measure_id
"""
_COVERAGE = """
SELECT division_code, year, status, report_id, published_on, other_reports, tables_unread FROM mart.coverage
WHERE in_corpus AND division_code IS NOT NULL ORDER BY division_code, year
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


def iter_places(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> Iterator[Place]:
    """Every place that has a page, by code; the figures are asked for province by province, so that no more of
    them are sorted at a time."""
    years = Grouped(con, _YEARS)
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
    for area, codes in groupby(atlas.places, key=lambda c: c[:2]):
        figures = Grouped(con, _FIGURES, {"area": area})
        for code in codes:
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
    table = table_rows(atlas, root, axis, figures)
    by_id = {row.measure_id: row for row in table}
    breaks = breaks_of(axis, reports, found["events"])
    siblings = atlas.children.get(division.parent_code or "", ())
    known = set(atlas.places)
    heads = atlas.by_place.get(code, ())
    latest = max((y for y in reports), default=None)
    ranks = [
        (row, cell)
        for row in table
        if row.measure_id in FIRST_ROWS
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
        rows=[by_id[m] for m in FIRST_ROWS if m in by_id],
        others=[row for row in table if row.measure_id not in FIRST_ROWS],
        panels=panels_of(axis, reports, by_id, breaks) if reports else [],
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
    "check_fails",
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
                    str(cell.contested).lower(),
                    plain(r.numerator),
                    plain(r.denominator),
                    r.template,
                    r.report_id,
                ]
            )
    return out.getvalue()


def side_entry(place: Place) -> dict[str, Any]:
    """The main series of a place, for the page that sets two side by side."""
    return {
        "code": place.division.division_code,
        "name": place.division.name,
        "years": place.years,
        "reports": [
            link(report_page(place.reports[y].report_id)) if y in place.reports else "" for y in place.years
        ],
        "measures": [[r.measure_id, r.label_zh, r.label_en] for r in place.rows],
        "rows": {
            r.measure_id: [c.text + c.signs if c and c.href else "" for c in r.cells] for r in place.rows
        },
    }


def place_link(root: str, division: Division) -> str:
    """A link to a place's page from below ``root``."""
    return root + link(place_page(division.division_code))
