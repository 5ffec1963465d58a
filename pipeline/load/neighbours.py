"""Let a report's neighbouring years decide what its own sums and text leave open.

A report with ambiguous cells is kept as it was extracted too (``Report.extracted``). Once all years are
loaded, it is reconciled again with what the current reports of the same body and scope, one year earlier and
one later, say of its cells. Figures come from the first reconciliation of each year only, so the order of the
work changes nothing.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import duckdb

from pipeline.reading.schema import finding_rows, observation_rows, table_of
from pipeline.reconcile import reconcile
from pipeline.reconcile.system import Equation, Slot, number_of
from pipeline.reconcile.years import year_statements
from pipeline.report import Figure, Report

_BATCH = 200


class _Neighbour(NamedTuple):
    """``template`` is the form of the later of the two reports."""

    report_id: str
    year: int
    before: bool
    template: str


def use_neighbours(con: duckdb.DuckDBPyConnection) -> int:
    """Reconcile the current reports with open cells again, those that have a neighbour; gives how many
    changed.

    Reads the view ``kept_extracted``; replaces rows of ``core.observation`` and ``core.finding``.
    """
    neighbours = _neighbours(con)
    wanted = sorted(neighbours)
    changed: list[Report] = []
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        figures = _figures(con, sorted({n.report_id for r in batch for n in neighbours[r]}))
        for report in _extracted(con, batch):
            told = [
                e for n in neighbours[report.report_id] for e in _statements(n, figures.get(n.report_id, {}))
            ]
            own = {slot for row in report.unplaced for slot in row.slots}
            own |= {(o.indicator, o.applicant) for o in report.observations if o.candidates}
            told = [e for e in told if any(slot in own for _, slot in e.terms)]
            if told and (after := reconcile(report, told)).observations != reconcile(report).observations:
                changed.append(after)
    if changed:
        _replace(con, changed)
    return len(changed)


def _neighbours(con: duckdb.DuckDBPyConnection) -> dict[str, list[_Neighbour]]:
    found: dict[str, list[_Neighbour]] = defaultdict(list)
    rows = con.execute(
        """
        SELECT r.report_id, n.report_id, n.year, n.year < r.year, CASE WHEN n.year < r.year THEN r.template ELSE n.template END
        FROM (SELECT DISTINCT report_id FROM kept_extracted) e JOIN core.report r ON r.report_id = e.report_id
        JOIN core.report n ON n.body_id = r.body_id AND n.scope = r.scope AND abs(n.year - r.year) = 1 AND n.is_current
        WHERE r.is_current AND r.template IS NOT NULL AND n.template IS NOT NULL
        ORDER BY r.report_id, n.year
        """
    ).fetchall()
    for own, other, year, before, template in rows:
        found[own].append(_Neighbour(other, year, before, template))
    return found


def _figures(con: duckdb.DuckDBPyConnection, reports: list[str]) -> dict[str, dict[Slot, Figure]]:
    """By report the exact figures of its tables that no error finding doubts."""
    found: dict[str, dict[Slot, Figure]] = defaultdict(dict)
    rows = con.execute(
        """
        SELECT o.report_id, o.indicator, o.applicant, o.resolved FROM core.observation o
        WHERE o.report_id IN (SELECT unnest(?)) AND o.method <> 'text' AND NOT o.approx AND o.resolved IS NOT NULL
          AND o.state <> 'table_missing' AND NOT EXISTS (
              SELECT 1 FROM core.finding f WHERE f.report_id = o.report_id AND f.severity = 'error'
              AND contains(f.cells, '"' || o.indicator || '"'))
        """,
        [reports],
    ).fetchall()
    for report_id, indicator, applicant, resolved in rows:
        found[report_id][indicator, applicant] = number_of(Decimal(resolved))
    return found


def _statements(neighbour: _Neighbour, figures: dict[Slot, Figure]) -> tuple[Equation, ...]:
    origin = f"report {neighbour.report_id} of {neighbour.year}"
    return year_statements(neighbour.template, figures, before=neighbour.before, origin=origin)


def _extracted(con: duckdb.DuckDBPyConnection, reports: list[str]) -> Iterator[Report]:
    rows = con.execute(
        "SELECT report FROM kept_extracted WHERE report_id IN (SELECT unnest(?)) ORDER BY report_id",
        [reports],
    ).fetchall()
    for (data,) in rows:
        report = pickle.loads(data)  # written by this code into this home (load/schema.py)
        assert isinstance(report, Report)
        yield report


def _replace(con: duckdb.DuckDBPyConnection, reports: list[Report]) -> None:
    ids = [r.report_id for r in reports]
    for name, rows_of in (("observation", observation_rows), ("finding", finding_rows)):
        con.execute(f"DELETE FROM core.{name} WHERE report_id IN (SELECT unnest(?))", [ids])
        con.register("incoming", table_of(name, (row for r in reports for row in rows_of(r))))
        con.execute(f"INSERT INTO core.{name} BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
