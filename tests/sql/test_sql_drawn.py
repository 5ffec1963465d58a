"""Drawn corpora: the marts over the generator's true figures give the truth, the planted faults and no
others."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pytest
from drawn_corpus import current, drawn_warehouse, planted, true_measures
from warehouse_by_hand import build, rows

from pipeline.codebook import load_codebook
from tools.demo import ReportTruth, missing_reports

CORPORA = {"shipped": (8, range(2013, 2026), 1), "drawn": (30, range(2019, 2026), 7)}
Drawn = tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth], tuple[int, range, int]]


@pytest.fixture(scope="module", params=list(CORPORA))
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    if request.param == "shipped":
        con, reports = request.getfixturevalue("shipped")
        return con, reports, CORPORA["shipped"]
    warehouse, reports = drawn_warehouse(tmp_path_factory.mktemp("drawn"), *CORPORA[request.param])
    return build(warehouse), reports, CORPORA[request.param]


def test_every_figure_of_the_panel_is_true(drawn: Drawn) -> None:
    con, reports, _ = drawn
    ids = list(dict.fromkeys(m.measure_id for m in load_codebook().measures if m.kind != "ratio"))
    found = {
        (code, year): dict(zip(ids, figures, strict=True))
        for code, year, *figures in rows(
            con, f"select division_code, year, {', '.join(ids)} from mart.city_year"
        )
    }
    expected = {
        (t.division_code, t.year): true_measures(t)
        for t in current(reports)
        if t.level in ("province", "prefecture", "county")
    }
    assert len(found) > 50
    assert found == expected


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
    gaps = {
        (c, y)
        for c, y in rows(
            con, "select division_code, year from mart.coverage where status = 'missing' and reports = 0"
        )
    }
    assert {(c, y) for c, y in missing if c in governments and y not in governments[c]} <= gaps


def test_revised_figures_stand_beside_each_other(drawn: Drawn) -> None:
    con, reports, _ = drawn
    found = {
        (i, y)
        for i, y in rows(con, "select issuer, year from mart.conflict where kind = 'copy_against_current'")
    }
    assert found == planted(reports, "revised")
