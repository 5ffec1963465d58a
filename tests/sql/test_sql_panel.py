"""The longitudinal marts: planted breaks, copies, conflicts, ranks and roll-ups are found, and no other."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from warehouse_by_hand import Cell, Warehouse, build, rows

STOCK = "proactive.normative_documents"
Figures = dict[Cell, object]


def flow(received: int, carried_in: int, carried_forward: int, granted: int | None = None) -> dict[Cell, int]:
    """An application table whose sums hold, all of it granted."""
    concluded = received + carried_in - carried_forward
    return {
        ("application.received", "total"): received,
        ("application.carried_in", "total"): carried_in,
        ("application.carried_forward", "total"): carried_forward,
        ("application.concluded", "total"): concluded,
        ("application.outcome.granted", "total"): concluded if granted is None else granted,
        ("application.outcome.partial", "total"): 0,
    }


def stock(issued: int, repealed: int, in_force: int) -> dict[Cell, int]:
    return {
        (f"{STOCK}.issued", None): issued,
        (f"{STOCK}.repealed", None): repealed,
        (f"{STOCK}.in_force", None): in_force,
    }


OLD = {
    ("application.received", None): 80,
    ("application.replied", None): 80,
    ("application.concluded", None): 80,
}
BIG = {
    ("application.received", "total"): 137,
    ("application.received", "natural_person"): 121,
    ("application.received", "enterprise"): 16,
    ("application.outcome.granted", "total"): 95,
    ("application.concluded", "total"): 137,
}
SAID = "我县不断完善公开制度，全年召开专题会议3次。加强平台建设，及时更新栏目内容。回应群众关切的热点问题。"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    w = Warehouse(tmp_path_factory.mktemp("panel"))
    w.division("990000", "虚省", "province")
    w.division("990100", "甲市", "prefecture", "990000")
    for code, name in (("990101", "甲县"), ("990102", "乙县"), ("990103", "丙县")):
        w.division(code, name, "county", "990100")
    w.division("990104", "丁县", "county", "990100", last=2020)
    w.insert(
        "ref.division_event",
        event_id="1",
        event_date=date(2021, 1, 1),
        kind="merged",
        from_code="990104",
        to_code="990103",
        extent="whole",
        source="invented",
        note="",
    )
    w.insert(
        "ref.division_event",
        event_id="2",
        event_date=date(2021, 1, 1),
        kind="split",
        from_code="990103",
        to_code="990106",
        extent="part",
        source="invented",
        note="",
    )
    # 甲县: 2018 old form, chain whole 2019-2021, broken 2022; no report 2023; 2024 does not fit 2022 but is no
    # neighbour.
    w.report("甲县", 2018, "v2014", OLD, sections=[SAID])
    w.report(
        "甲县",
        2019,
        "v2019",
        flow(100, 0, 4),
        sections=[SAID.replace("3次", " 5 次"), "新的一句话写在这一节里面。"],
    )
    w.report("甲县", 2020, "v2019", flow(110, 4, 6))
    w.report("甲县", 2021, "v2021", {**flow(121, 6, 1), **stock(2, 1, 30)})
    w.report("甲县", 2022, "v2021", {**flow(60, 3, 0), **stock(3, 1, 32)}, published_on=date(2023, 5, 2))
    w.report("甲县", 2024, "v2021", {**flow(60, 9, 0), **stock(5, 0, 99)})
    # 乙县: other scope each year, a blank link, and a stock that does not follow.
    w.report("乙县", 2021, "v2021", {**flow(40, 0, 2), **stock(1, 0, 10)}, division_code="990102")
    w.report(
        "乙县", 2022, "v2021", {**flow(40, 7, 2), **stock(1, 0, 50)}, division_code="990102", scope="own_body"
    )
    w.report("乙县", 2023, "v2021", {**flow(40, 8, 2), **stock(1, 0, 51)}, division_code="990102")
    w.report(
        "乙县",
        2024,
        "v2021",
        {("application.carried_in", "total"): "blank", **stock(2, 1, 60)},
        division_code="990102",
        findings=[{"rule": "table.unread"}, {"rule": "cell.unread", "severity": "warn"}],
    )
    # 丙县 took 丁县 in at the start of 2021.
    w.report("丙县", 2020, "v2019", flow(50, 0, 0), division_code="990103")
    w.report("丁县", 2020, "v2019", flow(20, 0, 0), division_code="990104")
    w.report(
        "丙县",
        2021,
        "v2021",
        flow(75, 0, 0),
        division_code="990103",
        findings=[
            {"cells": '[["application.carried_in", "total"], ["application.carried_forward", "total"]]'},
            {"severity": "warn", "cells": '[["application.received", "total"]]'},
        ],
    )
    w.report("丙县", 2022, "v2021", flow(75, 0, 0), division_code="990103", scope="unknown")
    # 甲市: whole area and own office in one year, an office's and a department's report, and a township of 甲县.
    city = {"level": "prefecture", "division_code": "990100"}
    w.report("甲市", 2021, "v2021", flow(11, 0, 0), scope="own_body", **city)
    w.report("甲市", 2021, "v2021", flow(300, 0, 0), scope="whole_area", **city)
    w.report(
        "甲市办",
        2022,
        "v2021",
        flow(310, 0, 0),
        scope="whole_area",
        body_kind="office",
        level="department",
        division_code="990100",
    )
    w.report(
        "甲市水务局",
        2021,
        "v2021",
        BIG,
        scope="own_body",
        body_kind="department",
        level="department",
        division_code="990100",
        published_on=date(2022, 2, 1),
    )
    w.report(
        "甲市林业局",
        2022,
        "v2021",
        BIG,
        scope="own_body",
        body_kind="department",
        level="department",
        division_code="990100",
        published_on=date(2023, 1, 31),
    )
    w.report(
        "石镇",
        2021,
        "v2021",
        flow(5, 0, 0),
        scope="own_body",
        body_kind="township",
        level="township",
        text={("application.received", "total"): 5},
        published_on=None,
    )
    # 戊市: a sentence against the table, one that means the workload, a rounded one; and an older copy of the
    # report.
    same = {"level": "prefecture", "division_code": "990200"}
    current = w.report(
        "戊市", 2022, "v2021", flow(200, 10, 5), text={("application.concluded", "total"): 199}, **same
    )
    w.report(
        "戊市",
        2022,
        "v2021",
        flow(200, 10, 5) | {("application.received", "total"): 190},
        is_current=False,
        superseded_by=current,
        **same,
    )
    # its page answers later that there is none; another's failed before it was fetched
    for number, day in ((1, datetime(2026, 2, 1)), (2, datetime(2025, 2, 1))):
        w.insert(
            "core.document",
            document_id=f"fetch-{number}",
            source_url=f"https://a.example/{number}",
            status="http_404",
            fetched_at=day,
            reports=0,
        )
    w.report(
        "戊市",
        2023,
        "v2021",
        flow(400, 5, 0),
        text={("application.received", "total"): 405},
        observations=[
            {
                "indicator": "application.outcome.granted",
                "applicant": "total",
                "value": 400,
                "raw": "400余件",
                "approx": True,
                "state": "reported",
                "resolved": 400,
                "resolution": "as_printed",
                "method": "text",
            }
        ],
        **same,
    )
    return build(w)


def test_planted_chain_breaks_are_found_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con, "select issuer, year, measure_id, expected, found, text_only from mart.chain_break order by all"
    )
    assert found == [
        ("乙县", 2024, "normative_documents_in_force", 52, 60, False),
        ("甲县", 2022, "applications_carried_in", 1, 3, False),
    ]


def test_change_and_growth_stop_at_a_break(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select year, break_kind, change, round(yearly_growth, 4) from mart.trend"
        " where issuer = '甲县' and measure_id = 'applications_received' order by year",
    )
    assert [
        (y, b, None if c is None else int(c), None if g is None else float(g)) for y, b, c, g in found
    ] == [
        (2018, "first", None, None),
        (2019, "form", None, None),
        (2020, None, 10, 0.1),
        (2021, None, 11, 0.1),
        (2022, None, -61, -0.1566),
        (2024, "gap", None, -0.0971),
    ]
    assert rows(
        con,
        "select break_kind, change from mart.trend where issuer = '丙县' and year = 2021"
        " and measure_id = 'applications_received'",
    ) == [("boundary", None)]
    assert rows(
        con,
        "select applications_received_change, applications_received_change_rate from mart.application"
        " where issuer = '甲县' and year = 2020",
    ) == [(10, Decimal("0.1"))]


def test_rank_among_peers_of_level_province_year_and_scope(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select issuer, peers, peer_rank, peer_percentile from mart.trend where year = 2021"
        " and level = 'county' and measure_id = 'applications_received' order by peer_rank",
    )
    assert [(i, n, r, float(p)) for i, n, r, p in found] == [
        ("甲县", 3, 1, 1.0),
        ("丙县", 3, 2, 0.5),
        ("乙县", 3, 3, 0.0),
    ]
    assert rows(
        con,
        "select peers, peer_rank, peer_percentile from mart.trend where issuer = '甲市'"
        " and scope = 'whole_area' and measure_id = 'applications_received'",
    ) == [(1, 1, None)]


def test_panel_takes_the_government_with_the_widest_scope(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select division_code, year, level, scope, applications_received from mart.city_year"
        " where division_code = '990100' order by year",
    ) == [
        ("990100", 2021, "prefecture", "whole_area", 300),
        ("990100", 2022, "prefecture", "whole_area", 310),
    ]
    assert rows(con, "select issuer from mart.city_year where division_code = '990101' and year = 2021") == [
        ("甲县",)
    ]


def test_copied_table_is_found_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select issuer, year, table_name, original_issuer, original_year, relation from mart.copied_table",
    ) == [("甲市林业局", 2022, "application", "甲市水务局", 2021, "other_body_other_year")]


def test_what_was_revised_or_withdrawn_after_publication(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select kind, issuer, year, indicator, applicant, value_before, value_now, state_before, state_now, status, "
        "same_address from mart.revision where kind = 'revised'",
    ) == [
        (
            "revised",
            "戊市",
            2022,
            "application.received",
            "total",
            190,
            200,
            "reported",
            "reported",
            None,
            False,
        )
    ]
    assert rows(
        con,
        "select v.kind, v.report_before = v.report_id, v.indicator, v.status, v.seen_before, v.seen_now, d.source_url "
        "from mart.revision v join core.report r using (report_id) join core.document d using (document_id) "
        "where v.kind = 'withdrawn'",
    ) == [
        (
            "withdrawn",
            True,
            None,
            "http_404",
            datetime(2026, 1, 1),
            datetime(2026, 2, 1),
            "https://a.example/1",
        )
    ]


def test_conflicts_of_text_and_copies(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select kind, issuer, year, indicator, value, other_value, explained_by from mart.conflict order by all",
    ) == [
        ("copy_against_current", "戊市", 2022, "application.received", 200, 190, None),
        ("text_against_table", "戊市", 2022, "application.concluded", 205, 199, None),
        ("text_against_table", "戊市", 2023, "application.received", 400, 405, "applications_concluded"),
    ]


def test_last_years_sentences(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con, "select year, section, sentences, repeated, similarity from mart.section_similarity order by all"
    )
    assert [(*r[:4], float(r[4])) for r in found] == [(2019, 1, 3, 3, 1.0), (2019, 2, 1, 0, 0.0)]


def test_late_reports(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con, "select issuer, year, due_on, days_late from mart.timeliness where status = 'late' order by all"
    ) == [("甲县", 2022, date(2023, 3, 31), 32), ("甲市水务局", 2021, date(2022, 1, 31), 1)]
    assert rows(
        con, "select issuer, status from mart.timeliness where status not in ('late', 'in_time')"
    ) == [("石镇", "no_date_set")]


def test_parent_is_compared_with_its_children_never_added(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select value, children_sum, own_remainder, children_reported, children_known, complete,"
        " children_exceed from mart.roll_up where year = 2021 and measure_id = 'applications_received'"
        " and division_code = '990100'",
    )
    assert found == [(300, 236, 64, 3, 3, True, False)]


def test_series_on_todays_boundaries(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        "select year, value, parts, parts_known, merged, partial from mart.boundary_series"
        " where division_code = '990103' and measure_id = 'applications_received' order by year",
    ) == [(2020, 70, 2, 2, True, True), (2021, 75, 1, 1, False, False), (2022, 75, 1, 1, False, False)]
    assert rows(con, "select count(*) from mart.boundary_series where division_code = '990104'") == [(0,)]


def test_outcomes_add_up_or_say_why_not(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con, "select adds_up, why_not, outcomes_missing from mart.outcome where issuer = '甲市水务局'"
    ) == [(None, "outcomes_missing", 5)]
    assert rows(con, "select adds_up, why_not from mart.outcome where issuer = '甲县' and year = 2020") == [
        (True, None)
    ]


def test_quality_counts_cells_by_what_became_of_them(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select cells_expected, cells_present, cells_resolved, cells_blank, text_figures from mart.quality"
        " where issuer = '乙县' and year = 2024",
    )
    assert found == [(found[0][0], 4, 3, 1, 0)]
    assert found[0][0] > 200


def test_a_table_that_was_not_understood_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    for mart, place in (("quality", "issuer = '乙县'"), ("coverage", "division_code = '990102'")):
        counted = rows(
            con, f"select year, tables_unread from mart.{mart} where {place} and year > 2022 order by 1"
        )
        assert counted == [(2023, 0), (2024, 1)]


def test_a_figure_of_a_check_that_fails_says_so(con: duckdb.DuckDBPyConnection) -> None:
    marked = rows(
        con,
        "select measure_id, value from mart.measure where contested and issuer = '丙县' and value is not null"
        " order by 1",
    )
    assert {"applications_carried_in", "applications_workload"} <= {name for name, _ in marked}
    assert "applications_received" not in {name for name, _ in marked}, "a warning marks nothing"
    assert rows(con, "select count(*) from mart.measure where contested and issuer <> '丙县'") == [(0,)]
    ((caveats,),) = rows(con, "select caveats from mart.city_year where issuer = '丙县' and year = 2021")
    assert "applications_workload: contested" in caveats
    assert "applications_received: contested" not in caveats


def test_the_panel_says_where_the_scope_changes(con: duckdb.DuckDBPyConnection) -> None:
    query = "select year, break_kind from mart.city_year where division_name = "
    assert rows(con, query + "'乙县' order by 1") == [
        (2021, "first"),
        (2022, "scope"),
        (2023, "scope"),
        (2024, None),
    ]
    assert rows(con, query + "'丙县' order by 1") == [(2020, "first"), (2021, "form"), (2022, "scope_unsaid")]


def test_caveats_are_a_list_of_measures_and_notes(con: duckdb.DuckDBPyConnection) -> None:
    lists = [row[0] for row in rows(con, "select caveats from mart.city_year where caveats is not null")]
    assert lists
    notes = {note.partition(": ")[2] for held in lists for note in held}
    assert notes <= {"approx", "proved", "text_only", "small_n", "contested", "misread"}
    assert all(held == sorted(held) and len(set(held)) == len(held) for held in lists)
