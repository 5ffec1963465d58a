"""A small warehouse by hand: a panel of two rows, a long table, facts of a build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home

PANEL = [
    ("990100", "雾江市", 2022, "prefecture", "whole_area", "v2021", ["disclosure_rate: small_n", "x: approx"], 1200, 0.25),
    ("990101", "=甲区", 2023, "county", "own_body", "v2021", None, None, None),
]  # fmt: skip
LONG = [
    ("990100", 2022, "applications_received", "1200", "reported", "exact", "r-1"),
    ("990100", 2022, "admin_fee_amount_10k_yuan", "12.345678", "reported", "approx", "r-1"),
    ("990101", 2023, "applications_received", None, "ambiguous", "exact", "r-2"),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home").make()
    with duckdb.connect(str(made.database)) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA mart; CREATE SCHEMA ref; CREATE SCHEMA meta")
        con.execute("CREATE TABLE meta.build (key VARCHAR, value VARCHAR)")
        con.executemany(
            "INSERT INTO meta.build VALUES (?, ?)",
            [("build", "ab" * 8), ("package_version", "0.1.0"), ("day", "2024-05-06"), ("invented", "yes")],
        )
        con.execute(
            "CREATE TABLE core.report AS SELECT 'r-1' AS report_id, 'a' AS body_id, 2022 AS year, true AS is_current, "
            "'990100' AS division_code UNION ALL SELECT 'r-2', 'b', 2023, true, '990101'"
        )
        con.execute(
            "CREATE TABLE ref.division (division_code VARCHAR, name VARCHAR, valid_from INTEGER); "
            "INSERT INTO ref.division VALUES ('990000', '云泽省', 2000)"
        )
        con.execute(
            "CREATE TABLE mart.city_year (division_code VARCHAR, division_name VARCHAR, year INTEGER, level VARCHAR, "
            "scope VARCHAR, template VARCHAR, caveats VARCHAR[], applications_received_natural_person BIGINT, "
            "disclosure_rate DOUBLE)"
        )
        con.executemany("INSERT INTO mart.city_year VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", PANEL)
        con.execute(
            "CREATE TABLE mart.measure (division_code VARCHAR, year INTEGER, measure_id VARCHAR, value DECIMAL(24,6), "
            "state VARCHAR, comparability VARCHAR, report_id VARCHAR)"
        )
        con.executemany("INSERT INTO mart.measure VALUES (?, ?, ?, ?, ?, ?, ?)", LONG)
    return made
