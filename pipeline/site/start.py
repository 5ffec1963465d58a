"""The start page: what this is, how much there is, how sure it is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from pipeline.site.atlas import Atlas, Division
from pipeline.site.streams import rows_of
from pipeline.site.words import Word, shown, word

_COUNTS = """
SELECT (SELECT count(DISTINCT body_id) FROM core.report) AS bodies,
    (SELECT min(year) FROM core.report) AS first, (SELECT max(year) FROM core.report) AS last,
    (SELECT count(*) FROM core.report) AS reports, (SELECT count(*) FROM core.observation) AS figures,
    (SELECT count(DISTINCT division_code) FROM mart.coverage WHERE in_corpus) AS places
"""
_SURE = """
SELECT CASE WHEN o.resolution = 'as_printed' THEN 'printed'
    WHEN o.resolution = 'decided_by_person' THEN 'decided' WHEN o.resolved IS NOT NULL THEN 'proved'
    WHEN o.state IN ('ambiguous', 'unreadable', 'table_missing') THEN 'doubtful' ELSE o.state END AS key, count(*) AS cells
FROM core.observation o JOIN core.report r USING (report_id) WHERE r.is_current AND o.method <> 'text'
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_SEVERITIES = """
SELECT f.severity, count(*) FROM core.finding f JOIN core.report r USING (report_id) WHERE r.is_current GROUP BY 1
"""


def start_page(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What ``start.html`` shows."""
    c = next(rows_of(con, _COUNTS))
    sure: list[tuple[Word, str, str]] = []
    rows = list(rows_of(con, _SURE))
    total = sum(n for _, n in rows) or 1
    for key, n in rows:
        sure.append((word("read", key), shown(n), shown(n / total, "ratio")))
    found = dict(rows_of(con, _SEVERITIES))
    return {
        "counts": [
            (shown(c.places), "个地方", "places"),
            (shown(c.bodies), "个机关", "bodies"),
            (f"{c.first or '—'}–{c.last or '—'}", "年", "years"),
            (shown(c.reports), "份报告", "reports"),
            (shown(c.figures), "个数", "figures"),
        ],
        "sure": sure,
        "severities": [(word("severity", s), shown(found.get(s, 0))) for s in ("error", "warn", "info")],
        "places": [(d, n) for d, n in _by_reports(atlas) if d.level == "province"][:40],
    }


def places_page(atlas: Atlas) -> dict[str, Any]:
    """What ``places.html`` shows: provinces, and what lies within each."""
    groups: dict[str, list[tuple[Division, int]]] = {}
    provinces: dict[str, Division] = {}
    for division, n in _by_reports(atlas):
        above = atlas.above(division.division_code)
        top = above[0] if above else division
        provinces.setdefault(top.division_code, top)
        groups.setdefault(top.division_code, [])
        if above:
            groups[top.division_code].append((division, n))
    return {"provinces": [(provinces[code], rows) for code, rows in sorted(groups.items())]}


def _by_reports(atlas: Atlas) -> list[tuple[Division, int]]:
    """Every place with the number of reports that it and the places within it have."""
    held: Counter[str] = Counter()
    for code in atlas.places:
        for place in (code, *(d.division_code for d in atlas.above(code))):
            held[place] += len(atlas.by_place.get(code, ()))
    blank = (None, "unknown", None, None, None, None)
    return [(atlas.divisions.get(code) or Division(code, code, *blank), held[code]) for code in atlas.places]
