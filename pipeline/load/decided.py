"""Decisions of people over a new core: the one place where they enter (docs/decisions/0012-decisions-of-people.md).

They fill cells that nothing else decided, and never change what is printed. What became of each is a row of
``core.decision``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from pipeline.codebook import load_codebook
from pipeline.load.decisions import DECIDED, Decision, one_line, standing
from pipeline.reading.schema import finding_rows, table_of
from pipeline.reconcile.check import check
from pipeline.reconcile.evidence import text_figures
from pipeline.reconcile.system import Slot, number_of, shape_for
from pipeline.report import Figure, Finding, Observation, Report

BY_PERSON = "decided_by_person"
OPEN = ("ambiguous", "unreadable")
"""States of a cell that a person may decide, where nothing resolved it."""
log = logging.getLogger(__name__)


class _Cell(NamedTuple):
    observation_id: str
    raw: str
    state: str
    resolved: Decimal | None


def apply_decisions(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> None:
    """Write into ``core`` what people decided, and into ``core.decision`` what became of each decision."""
    rows: list[tuple[Any, ...]] = []
    changed: set[str] = set()
    for d in standing(decisions):
        report_id, status, cell = _found(con, d)
        if status == "applied" and cell:
            proof = f"{d.by}, {d.day.isoformat()}: {d.because}"
            con.execute(
                "UPDATE core.observation SET resolved = ?, resolution = ?, proof = ? WHERE observation_id = ?",
                [d.value, BY_PERSON, proof, cell.observation_id],
            )
            changed.add(str(report_id))
        elif status != "undone":
            log.warning(
                "a decision fell away (%s): %s %s at %s",
                status,
                report_id,
                d.place.indicator,
                d.place.locator,
            )
        p = d.place
        cells = (p.document_sha256, p.ordinal, report_id, cell.observation_id if cell else None)
        rows.append(
            (*cells, p.indicator, p.applicant, p.locator, d.raw, d.value, d.by, d.day, d.because, status)
        )
    if rows:
        con.executemany(f"INSERT INTO core.decision VALUES ({', '.join('?' * len(rows[0]))})", rows)
    for report_id in sorted(changed):
        _check_again(con, report_id)


def _found(con: duckdb.DuckDBPyConnection, d: Decision) -> tuple[str | None, str, _Cell | None]:
    """The report that a decision is of, what becomes of the decision, and its cell."""
    p = d.place
    if d.action != DECIDED:
        return None, "undone", None
    report = con.execute(
        "SELECT r.report_id, r.is_current FROM core.report r JOIN core.document d USING (document_id) "
        "WHERE d.sha256 = ? AND r.ordinal = ?",
        [p.document_sha256, p.ordinal],
    ).fetchone()
    if report is None:
        return None, "document_gone", None
    report_id, is_current = str(report[0]), bool(report[1])
    cells = [
        _Cell(*row)
        for row in con.execute(
            "SELECT observation_id, raw, state, resolved FROM core.observation WHERE report_id = ? AND indicator = ? "
            "AND applicant IS NOT DISTINCT FROM ? AND locator = ? ORDER BY observation_id",
            [report_id, p.indicator, p.applicant, p.locator],
        ).fetchall()
    ]
    if not is_current:
        return report_id, "document_changed", None
    if not cells:
        return report_id, "cell_gone", None
    same = [c for c in cells if one_line(c.raw or "") == d.raw]
    if not same:
        return report_id, "cell_changed", cells[0]
    free = [c for c in same if c.state in OPEN and c.resolved is None]
    return (report_id, "applied", free[0]) if free else (report_id, "read_since", same[0])


def _check_again(con: duckdb.DuckDBPyConnection, report_id: str) -> None:
    """Add the findings that the form's rules raise now that a person's figures stand in the report."""
    report = _report(con, report_id)
    template = report.template or load_codebook().fallback_form
    known = load_codebook().ids
    cells: dict[Slot, Observation] = {
        (o.indicator, o.applicant): o
        for o in report.observations
        if o.method != "text" and o.state != "table_missing" and o.indicator in known
    }
    open_cells = {s: o.candidates for s, o in cells.items() if o.state in OPEN and o.resolved is None}
    values = {slot: o.resolved for slot, o in cells.items()}
    shape = shape_for(template, tuple(cells))
    raised = check(report, values, text_figures(report.observations), open_cells, shape)
    held = set(report.findings)
    fresh = [f for f in dict.fromkeys(raised) if (f.rule, f.cells) not in {(h.rule, h.cells) for h in held}]
    if not fresh:
        return
    numbered = (*report.findings, *fresh)
    rows = finding_rows(replace(report, findings=numbered))[len(report.findings) :]
    con.register("incoming", table_of("finding", rows))
    con.execute("INSERT INTO core.finding BY NAME SELECT * FROM incoming")
    con.unregister("incoming")


def _report(con: duckdb.DuckDBPyConnection, report_id: str) -> Report:
    """A report as ``core`` holds it: as much as its checks ask for."""
    row = con.execute(
        "SELECT r.report_id, d.sha256, r.ordinal, r.body_kind, r.level, r.year, r.template, r.scope "
        "FROM core.report r JOIN core.document d USING (document_id) WHERE r.report_id = ?",
        [report_id],
    ).fetchone()
    assert row is not None
    chosen = ", ".join(f'"{name}"' for name in Observation._fields)
    cells = con.execute(
        f"SELECT {chosen} FROM core.observation WHERE report_id = ? ORDER BY observation_id", [report_id]
    ).fetchall()
    findings = con.execute(
        'SELECT rule, severity, "left", "right", cells, message FROM core.finding WHERE report_id = ? '
        "ORDER BY finding_id",
        [report_id],
    ).fetchall()
    own, sha, ordinal, kind, level, year, template, scope = row
    return Report(
        report_id=own,
        document_sha256=sha,
        ordinal=ordinal,
        source_url=None,
        title=None,
        issuer=None,
        body_id=None,
        body_kind=kind,
        level=level,
        division_code=None,
        division_name=None,
        division_candidates=(),
        issuer_evidence="",
        year=year,
        year_evidence="",
        template=template,
        scope=scope,
        scope_evidence="",
        published_on=None,
        place="",
        observations=tuple(_observation(cell) for cell in cells),
        findings=tuple(
            Finding(r, s, _number(a), _number(b), tuple((i, c) for i, c in json.loads(k)), m)
            for r, s, a, b, k, m in findings
        ),
    )


def _observation(row: tuple[Any, ...]) -> Observation:
    o = Observation(*row)
    candidates = tuple(number_of(Decimal(c)) for c in str(o.candidates or "").split("|") if c)
    return o._replace(value=_number(o.value), resolved=_number(o.resolved), candidates=candidates)


def _number(value: Any) -> Figure | None:
    return None if value is None else number_of(Decimal(value))
