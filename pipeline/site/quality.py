"""How good it is: who published and when, what contradicts itself, how much of the tables could be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import duckdb

from pipeline.site.accuracy import accuracy
from pipeline.site.atlas import Atlas, Division
from pipeline.site.streams import Grouped, rows_of

LISTED = 100
"""Rows of each list of the page; the questions' pages have all."""
_COVERAGE = """
SELECT year, level, count(*) FILTER (status = 'present') AS present,
    count(*) FILTER (status = 'without_tables') AS without_tables, count(*) FILTER (status = 'missing') AS missing
FROM mart.coverage WHERE in_corpus GROUP BY ALL ORDER BY year DESC, level
"""
_TIMELINESS = """
SELECT year, count(*) FILTER (status = 'in_time') AS in_time, count(*) FILTER (status = 'late') AS late,
    count(*) FILTER (status = 'unknown') AS unknown, count(*) FILTER (status = 'no_date_set') AS no_date_set,
    max(days_late) FILTER (status = 'late') AS most
FROM mart.timeliness WHERE year IS NOT NULL GROUP BY year ORDER BY year DESC
"""
_LATE = """
SELECT issuer, year, due_on, published_on, days_late, report_id FROM mart.timeliness WHERE status = 'late'
ORDER BY days_late DESC, issuer, year
"""
_CHAINS = """
SELECT issuer, year, measure_id, expected, found, report_id, previous_report_id FROM mart.chain_break
ORDER BY year DESC, issuer, measure_id
"""
_COPIES = """
SELECT issuer, year, table_name, original_issuer, original_year, cells_nonzero, report_id, original_report_id
FROM mart.copied_table ORDER BY year DESC, issuer, table_name
"""
_CONFLICTS = """
SELECT kind, issuer, year, indicator, applicant, value, other_value, report_id, other_report_id FROM mart.conflict
ORDER BY kind, year DESC, issuer, indicator
"""
_READING = """
SELECT q.template, d.reader, count(*) AS reports, sum(q.cells_expected) AS expected, sum(q.cells_resolved) AS resolved,
    sum(q.cells_proved) AS proved, sum(q.cells_ambiguous + q.cells_unreadable) AS doubtful,
    sum(q.cells_table_missing) AS missing, sum(q.findings_error) AS errors
FROM mart.quality q JOIN core.report r USING (report_id) JOIN core.document d USING (document_id)
WHERE q.is_current GROUP BY ALL ORDER BY q.template DESC, d.reader
"""
_RULES = """
SELECT f.rule, f.severity, any_value(u.label_zh) AS zh, any_value(u.label_en) AS en, count(*) AS times,
    count(DISTINCT f.report_id) AS reports
FROM core.finding f JOIN core.report r USING (report_id) LEFT JOIN ref.rule u ON u.rule = f.rule
WHERE r.is_current GROUP BY f.rule, f.severity ORDER BY times DESC, f.rule
"""
_PLACES = """
SELECT province_code, division_code, division_name, level, year, status, report_id, template, tables_unread FROM mart.coverage
WHERE in_corpus AND division_code IS NOT NULL AND province_code IS NOT NULL ORDER BY province_code, division_code, year
"""


class Listed(NamedTuple):
    """A list's first rows and how many there are."""

    rows: list[Any]
    total: int


def quality_page(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What ``quality.html`` shows."""
    return {
        "coverage": list(rows_of(con, _COVERAGE)),
        "timeliness": list(rows_of(con, _TIMELINESS)),
        "late": _listed(con, _LATE),
        "chains": _listed(con, _CHAINS),
        "copies": _listed(con, _COPIES),
        "conflicts": _listed(con, _CONFLICTS),
        "reading": list(rows_of(con, _READING)),
        "rules": list(rows_of(con, _RULES)),
        "accuracy": accuracy(),
    }


def _listed(con: duckdb.DuckDBPyConnection, query: str) -> Listed:
    rows = list(rows_of(con, query))
    return Listed(rows[:LISTED], len(rows))


class Covered(NamedTuple):
    """A province's places by years: of each place its row of ``mart.coverage`` a year, None where there is
    none."""

    province: Division
    page: str
    years: list[int]
    places: list[tuple[str, str, list[Any]]]


def iter_coverage(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> Iterator[Covered]:
    """Coverage of each province's places, one page a province."""
    stream = Grouped(con, _PLACES)
    codes = [
        c
        for (c,) in rows_of(
            con, "SELECT DISTINCT province_code FROM mart.coverage WHERE in_corpus ORDER BY 1"
        )
        if c
    ]
    for code in codes:
        rows = stream.of(code)
        years = sorted({r.year for r in rows})
        at: dict[tuple[str, str], dict[int, Any]] = {}
        for row in rows:
            at.setdefault((row.division_code, row.division_name or row.division_code), {})[row.year] = row
        province = _province(atlas, code)
        places = [(place, name, [found.get(y) for y in years]) for (place, name), found in sorted(at.items())]
        yield Covered(province, f"quality/{code}.html", years, places)


def _province(atlas: Atlas, code: str) -> Division:
    """A province by its two digits or its whole code."""
    whole = code.ljust(6, "0")
    return atlas.divisions.get(whole) or Division(whole, code, None, "province", None, None, None, None)
