"""Drawn corpora: the marts over the generator's true figures give the truth, the planted faults and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from warehouse_by_hand import Warehouse, build, rows

from pipeline.codebook import Linear, load_codebook
from pipeline.demo import ReportTruth, division_lines, iter_bodies, iter_pages, missing_reports

CORPORA = {"shipped": (8, range(2013, 2026), 1), "drawn": (30, range(2019, 2026), 7)}
KINDS = {"department": "department", "township": "township"}


def body_id(truth: ReportTruth) -> str:
    return f"{truth.division_code}:{truth.body}"


def load(warehouse: Warehouse, reports: dict[str, ReportTruth]) -> None:
    """The truth as core rows: what is printed as the value, what is right as the figure to trust."""
    ids = {name: f"{n:016x}-1" for n, name in enumerate(sorted(reports), start=1)}
    observed: list[tuple[Any, ...]] = []
    for name, truth in reports.items():
        government = truth.level in ("province", "prefecture", "county")
        warehouse.report(
            truth.body, truth.year, truth.template, report_id=ids[name], body_id=body_id(truth),
            body_kind="government" if government else KINDS[truth.level], level=truth.level, scope=truth.scope,
            division_code=truth.division_code, division_name=truth.place,
            published_on=date.fromisoformat(truth.published_on), is_current=truth.superseded_by is None,
            superseded_by=ids[truth.superseded_by] if truth.superseded_by else None,
        )
        for n, cell in enumerate((*truth.cells, *truth.statements)):
            figure = None if cell.state in ("ambiguous", "dash", "not_applicable") else cell.true
            observed.append(
                (f"{ids[name]}:{n:04d}", ids[name], truth.year, cell.indicator, cell.applicant, amount(cell.printed),
                 cell.state, amount(figure), "table" if n < len(truth.cells) else "text")
            )
    names = ["observation_id", "report_id", "year", "indicator", "applicant", "value", "state", "resolved", "method"]
    table = pa.table({name: list(column) for name, column in zip(names, zip(*observed, strict=True), strict=True)})
    warehouse.con.register("drawn", table)
    warehouse.con.execute(
        f"insert into core.observation ({', '.join(names)}, approx, resolution) select *, false,"
        " case when resolved is null then null when resolved = value then 'as_printed' else 'proved_by_sums' end from drawn"
    )
    warehouse.con.unregister("drawn")


def amount(figure: Any) -> Decimal | None:
    return None if figure is None else Decimal(figure)


Drawn = tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth], tuple[int, range, int]]


@pytest.fixture(scope="module", params=list(CORPORA))
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dbt_target: Path) -> Drawn:
    bodies, years, seed = CORPORA[request.param]
    reports = {name: truth for name, _, truth in iter_pages(bodies=bodies, years=years, seed=seed)}
    warehouse = Warehouse(tmp_path_factory.mktemp(request.param) / "drawn.duckdb")
    for line in division_lines(iter_bodies(bodies)):
        if line.level != "township":
            warehouse.division(line.code6, line.name, line.level, line.parent_code, line.valid_from,
                               int(line.valid_to) if line.valid_to else None)
    warehouse.insert("ref.division_event", event_id="1", event_date=date(2020, 1, 1), kind="merged", from_code="990121",
                     to_code="990102", source="invented", note="")
    load(warehouse, reports)
    return build(warehouse, dbt_target), reports, CORPORA[request.param]


def current(reports: dict[str, ReportTruth]) -> Iterator[ReportTruth]:
    return (r for r in reports.values() if r.superseded_by is None)


def true_measures(truth: ReportTruth) -> dict[str, Decimal | None]:
    """Every count of the panel by the codebook's formula; None where a term is unknown or no form has it."""
    figures: dict[tuple[str, str], Decimal | None] = {}
    for cell in (*truth.statements, *truth.cells):
        known = None if cell.state in ("ambiguous", "dash", "not_applicable") else cell.true
        key = (cell.indicator, cell.applicant or "total")
        if known is not None or key not in figures:
            figures[key] = amount(known)

    def value(linear: Linear) -> Decimal | None:
        terms = [(t.coefficient, figures.get((t.ref.indicator, t.ref.applicant or "total"))) for t in linear.terms]
        if any(f is None for _, f in terms):
            return None
        return sum((c * f for c, f in terms if f is not None), start=Decimal(0))

    found: dict[str, Decimal | None] = {}
    for m in load_codebook().measures:
        if m.template == truth.template and m.kind != "ratio":
            sums = (*((m.quotient.numerator,) if m.quotient else ()), *m.fallbacks)
            values = [v for v in map(value, sums) if v is not None]
            found[m.measure_id] = values[0] if values and m.comparability != "none" else None
    return found


def test_every_figure_of_the_panel_is_true(drawn: Drawn) -> None:
    con, reports, _ = drawn
    ids = [m for m in dict.fromkeys(m.measure_id for m in load_codebook().measures if m.kind != "ratio")]
    found = {(code, year): dict(zip(ids, figures, strict=True)) for code, year, *figures in
             rows(con, f"select division_code, year, {', '.join(ids)} from mart.city_year")}
    expected = {(t.division_code, t.year): true_measures(t) for t in current(reports)
                if t.level in ("province", "prefecture", "county")}
    assert len(found) > 50
    assert found == expected


def planted(reports: dict[str, ReportTruth], *kinds: str) -> set[tuple[str, int]]:
    return {(t.body, t.year) for t in current(reports) for f in t.faults if f.kind in kinds}


def test_every_planted_break_is_found_and_no_other(drawn: Drawn) -> None:
    con, reports, _ = drawn
    found = {(issuer, year) for issuer, year in rows(con, "select issuer, year from mart.chain_break")}
    assert found == planted(reports, "carry_break", "stock_break")
    assert found


def test_every_copied_table_is_found_and_no_other(drawn: Drawn) -> None:
    con, reports, _ = drawn
    found = {(issuer, year) for issuer, year in rows(con, "select issuer, year from mart.copied_table")}
    assert found == planted(reports, "copied_table")


def test_late_reports_and_missing_years(drawn: Drawn) -> None:
    con, reports, (bodies, years, seed) = drawn
    late = {(i, y) for i, y in rows(con, "select issuer, year from mart.timeliness where status = 'late'")}
    assert {x for x in late if x not in planted(reports, "late_publication", "revised")} == set()
    towns = {t.body for t in current(reports) if t.level == "township"}
    assert {x for x in planted(reports, "late_publication") if not (x[0] in towns and x[1] >= 2019)} <= late
    missing = {(code, year) for _, code, year in missing_reports(bodies=bodies, years=years, seed=seed)}
    governments: dict[str, set[int]] = defaultdict(set)
    for t in current(reports):
        if t.level in ("province", "prefecture", "county"):
            governments[t.division_code].add(t.year)
    gaps = {(c, y) for c, y in rows(con, "select division_code, year from mart.coverage where status = 'missing' and reports = 0")}
    assert {(c, y) for c, y in missing if c in governments and y not in governments[c]} <= gaps


def test_revised_figures_stand_beside_each_other(drawn: Drawn) -> None:
    con, reports, _ = drawn
    found = {(i, y) for i, y in rows(con, "select issuer, year from mart.conflict where kind = 'copy_against_current'")}
    assert found == planted(reports, "revised")
