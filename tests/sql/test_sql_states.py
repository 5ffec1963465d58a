"""Zero, blank, dash, slash, absent and doubted stay apart up to the panel; the best figure of a cell is
chosen."""

from __future__ import annotations

import duckdb
import pytest
from warehouse_by_hand import Row, Warehouse, build, rows, total

REFUSED = (
    "state_secret",
    "other_law",
    "security_stability",
    "third_party",
    "internal_affairs",
    "process_info",
    "enforcement_file",
    "admin_query",
)


def observation(indicator: str, value: int | None, resolved: int | None, **fields: object) -> Row:
    return {
        "indicator": indicator,
        "applicant": "total",
        "value": value,
        "raw": "",
        "state": "reported",
        "resolved": resolved,
        "resolution": None if resolved is None else "as_printed",
        **fields,
    }


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    w = Warehouse(tmp_path_factory.mktemp("states"))
    received, inn = "application.received", "application.carried_in"
    w.report("零县", 2020, "v2019", total({"received": 0}), division_code="990001")
    w.report("空县", 2020, "v2019", {(received, "total"): "blank"}, division_code="990002")
    w.report("横县", 2020, "v2019", {(received, "total"): "dash"}, division_code="990003")
    w.report("斜县", 2020, "v2019", {(received, "total"): "not_applicable"}, division_code="990004")
    w.report("疑县", 2020, "v2019", {(received, "total"): "ambiguous"}, division_code="990005")
    w.report("图县", 2020, "v2019", {(received, "total"): "table_missing"}, division_code="990006")
    w.report("图县水利局", 2020, "v2019", division_code="990006", body_kind="department", level="department")
    w.report(
        "无县",
        2020,
        "v2019",
        observations=[observation(received, 0, 0, state="text_zero", method="text", raw="未收到")],
        division_code="990007",
    )
    w.report(
        "证县",
        2020,
        "v2019",
        observations=[observation(received, None, 5, state="blank", resolution="proved_by_sums")],
        division_code="990008",
    )
    w.report("破县", 2020, "v2019", observations=[observation(received, 7, None)], division_code="990009")
    w.report(
        "文县",
        2020,
        "v2019",
        {(received, "total"): "blank"},
        text={(received, "total"): 12},
        division_code="990010",
    )
    w.report(
        "双县",
        2020,
        "v2019",
        observations=[observation(received, 3, 3), observation(received, 4, 4)],
        division_code="990011",
    )
    w.report(
        "约县",
        2020,
        "v2019",
        observations=[observation(received, 300, 300, approx=True, method="text")],
        division_code="990012",
    )
    w.report(
        "表县",
        2020,
        "v2019",
        observations=[observation(received, 9, 9, method="text"), observation(received, 8, 8)],
        division_code="990013",
    )
    w.report("和县", 2020, "v2019", {(received, "total"): 5, (inn, "total"): "blank"}, division_code="990014")
    w.report(
        "计县",
        2020,
        "v2019",
        {
            **{(f"application.outcome.refused.{name}", "total"): "blank" for name in REFUSED},
            ("application.outcome.refused", "total"): 6,
        },
        division_code="990015",
    )
    w.report(
        "率县",
        2020,
        "v2019",
        total({"outcome.granted": 3, "outcome.partial": 0, "concluded": 4}),
        division_code="990016",
    )
    w.report(
        "空率县",
        2020,
        "v2019",
        total({"outcome.granted": 0, "outcome.partial": 0, "concluded": 0}),
        division_code="990017",
    )
    w.report("缺县", 2018, "v2014", {("application.received", None): 1}, division_code="990018")
    w.report("缺县", 2020, "v2019", total({"received": 2}), division_code="990018")
    return build(w, "run")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("零县", (0, "reported", "table")),
        ("空县", (None, "blank", None)),
        ("横县", (None, "dash", None)),
        ("斜县", (None, "not_applicable", None)),
        ("疑县", (None, "ambiguous", None)),
        ("图县", (None, "table_missing", None)),
        ("无县", (0, "text_zero", "text")),
        ("证县", (5, "proved", "table")),
        ("破县", (None, "ambiguous", None)),
        ("文县", (12, "reported", "text")),
        ("双县", (None, "ambiguous", None)),
        ("表县", (8, "reported", "table")),
        ("约县", (300, "reported", "text")),
    ],
)
def test_a_cell_becomes_a_figure_or_a_reason(
    con: duckdb.DuckDBPyConnection, place: str, expected: tuple[object, ...]
) -> None:
    found = con.execute(
        "select value, state, method from mart.measure where measure_id = 'applications_received' and issuer = ?",
        [place],
    ).fetchall()
    assert found == [expected]
    assert rows(con, f"select applications_received from mart.city_year where division_name = '{place}'") == [
        (expected[0],)
    ]


def test_a_rounded_figure_is_graded_down(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select comparability, approx from mart.measure where issuer = '约县'"
        " and measure_id = 'applications_received'",
    ) == [("approx", True)]


def test_a_sum_that_lacks_a_term_is_null_and_says_why(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select value, state from mart.measure where issuer = '和县'"
        " and measure_id = 'applications_workload'",
    ) == [(None, "blank")]


def test_a_fallback_is_taken_where_the_parts_are_blank(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select value, state, alternative from mart.measure where issuer = '计县'"
        " and measure_id = 'outcome_refused'",
    ) == [(6, "reported", 1)]


def test_rates_keep_their_parts_and_their_guard(con: duckdb.DuckDBPyConnection) -> None:
    query = "select value, numerator, denominator, state, small_n from mart.measure where measure_id = 'disclosure_rate' and issuer = "
    assert [tuple(map(str, r)) for r in rows(con, query + "'率县'")] == [
        ("0.750000", "3.000000", "4.000000", "reported", "True")
    ]
    assert rows(con, query + "'空率县'") == [(None, 0, 0, "no_cases", True)]


def test_rows_that_the_form_lacks_and_years_that_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select distinct state from mart.measure where issuer = '零县' and measure_id = 'complaints_total'",
    ) == [("not_in_form",)]
    assert rows(
        con,
        "select year, value, state, report_id from mart.measure where issuer = '缺县'"
        " and measure_id = 'applications_received' order by year",
    ) == [
        (
            2018,
            1,
            "reported",
            rows(con, "select report_id from core.report where issuer = '缺县' and year = 2018")[0][0],
        ),
        (2019, None, "no_report", None),
        (
            2020,
            2,
            "reported",
            rows(con, "select report_id from core.report where issuer = '缺县' and year = 2020")[0][0],
        ),
    ]
    assert rows(con, "select status from mart.coverage where division_code = '990018' order by year") == [
        ("present",),
        ("missing",),
        ("present",),
    ]
    assert rows(
        con,
        "select status, reports, other_bodies from mart.coverage where division_code in ('990006', '990007')"
        " and year = 2020 order by division_code",
    ) == [("without_tables", 2, ["图县水利局"]), ("without_tables", 1, None)]
