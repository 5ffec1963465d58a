"""What people decide: a sealed row, applied where nothing else decides, gone and told where the ground is
gone."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.codebook import load_codebook
from pipeline.home import Home
from pipeline.load.ddl import create_table
from pipeline.load.decided import apply_decisions
from pipeline.load.decisions import (
    NAME,
    Decision,
    DecisionsError,
    Place,
    add_decision,
    load_decisions,
    standing,
)

SHA = "ab" * 32
ROW = "应有四数 3 1\n共 4"


def decision(value: int | None = 3, *, at: str = "row 1", raw: str = ROW, applicant: str | None = "enterprise",
             sha: str = SHA, indicator: str = "application.received") -> Decision:  # fmt: skip
    place = Place(sha, 1, indicator, applicant, at)
    return Decision(
        place, raw, None if value is None else Decimal(value), "某人", date(2025, 3, 4), "纸本第二页, 可见"
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


def test_a_row_is_read_back_as_it_was_written(home: Home) -> None:
    assert load_decisions(home) == ()
    add_decision(home, decision())
    add_decision(home, decision(2, at="row 2"))
    add_decision(home, decision(None))
    found = load_decisions(home)
    assert found[0] == decision(raw="应有四数 3 1 共 4")
    assert [(d.place.locator, d.value) for d in standing(found)] == [("row 1", None), ("row 2", 2)]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: t.replace(",3,", ",4,"), r"decisions\.csv:2: .*seal differs"),
        (lambda t: t.replace("某人", "他人"), r"decisions\.csv:2: .*seal differs"),
        (lambda t: t[:-20] + "\n", r"decisions\.csv:3: "),
        (lambda t: t + "a,b\n", r"decisions\.csv:4: 2 fields, 12 are due"),
        (lambda t: t.replace("locator", "place", 1), r"decisions\.csv:1: the columns"),
        (lambda t: "", r"decisions\.csv:1: "),
    ],
)
def test_a_row_that_is_not_as_written_is_named(home: Home, spoil: Any, said: str) -> None:
    add_decision(home, decision())
    add_decision(home, decision(2, at="row 2"))
    path = home.root / NAME
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DecisionsError, match=said):
        load_decisions(home)
    before = path.read_bytes()
    with pytest.raises(DecisionsError):
        add_decision(home, decision())
    assert path.read_bytes() == before


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A core with one report: an open cell, a printed one, an unreadable one, and the row's total."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA core")
    codebook = load_codebook()
    for table in ("document", "report", "observation", "finding", "decision"):
        con.execute(create_table(codebook, "core", table))
    con.execute("INSERT INTO core.document (document_id, sha256) VALUES ('d', ?)", [SHA])
    template = codebook.form_in_force(2024)
    con.execute(
        "INSERT INTO core.report (report_id, document_id, ordinal, level, template, body_kind, scope, year, is_current) "
        "VALUES ('r-1', 'd', 1, 'county', ?, 'government', 'whole_area', 2024, true)",
        [template],
    )
    cells = [
        ("enterprise", "row 1", ROW, "ambiguous", None, "1|3"),
        ("natural_person", "row 2", "7", "reported", 7, None),
        ("other", "row 3", "■", "unreadable", None, None),
        ("total", "row 4", "10", "reported", 10, None),
        *((leaf, "row 5", "", "blank", 0, None) for leaf in ("research", "public_welfare", "legal_service")),
    ]
    for n, (applicant, locator, raw, state, value, candidates) in enumerate(cells, start=1):
        printed = value if state == "reported" else None
        con.execute(
            "INSERT INTO core.observation (observation_id, report_id, year, indicator, applicant, value, raw, unit, approx, "
            "state, resolved, resolution, method, locator, label, candidates) "
            "VALUES (?, 'r-1', 2024, 'application.received', ?, ?, ?, '件', false, ?, ?, ?, 'table', ?, '', ?)",
            [f"r-1:{n:04d}", applicant, printed, raw, state, value, "as_printed" if printed is not None else "proved_by_sums"
             if value is not None else None, locator, candidates],
        )  # fmt: skip
    return con


def became(con: duckdb.DuckDBPyConnection, *decisions: Decision) -> dict[str, str]:
    apply_decisions(con, decisions)
    return dict(con.execute("SELECT locator, status FROM core.decision ORDER BY locator").fetchall())


def cells(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("SELECT * FROM core.observation ORDER BY observation_id").fetchall()


def test_a_decision_resolves_an_open_cell_and_changes_nothing_printed(con: duckdb.DuckDBPyConnection) -> None:
    before = cells(con)
    assert became(
        con, decision(raw="应有四数 3 1 共 4"), decision(0, at="row 3", raw="■", applicant="other")
    ) == {"row 1": "applied", "row 3": "applied"}
    row = con.execute(
        "SELECT value, state, resolved, resolution, proof FROM core.observation WHERE locator = 'row 1'"
    ).fetchone()
    assert row == (None, "ambiguous", 3, "decided_by_person", "某人, 2025-03-04: 纸本第二页, 可见")
    unchanged = [n for n, (a, b) in enumerate(zip(before, cells(con), strict=True)) if a == b]
    assert unchanged == [1, 3, 4, 5, 6]
    assert con.execute("SELECT count(*) FROM core.finding").fetchone() == (0,)


def test_a_decision_that_breaks_the_forms_sums_is_a_finding(con: duckdb.DuckDBPyConnection) -> None:
    became(con, decision(1, raw="应有四数 3 1 共 4"), decision(0, at="row 3", raw="■", applicant="other"))
    found = con.execute(
        'SELECT finding_id, report_id, severity, "left", "right" FROM core.finding'
    ).fetchall()
    assert ("r-1:f001", "r-1", "error", 10, 8) in found or ("r-1:f001", "r-1", "error", 8, 10) in found


@pytest.mark.parametrize(
    ("d", "change", "status"),
    [
        (decision(5, at="row 2", raw="7", applicant="natural_person"), "", "read_since"),
        (decision(raw="另有文字"), "", "cell_changed"),
        (decision(at="row 9"), "", "cell_gone"),
        (decision(sha="cd" * 32), "", "document_gone"),
        (decision(raw="应有四数 3 1 共 4"), "UPDATE core.report SET is_current = false", "document_changed"),
        (
            decision(raw="应有四数 3 1 共 4"),
            "UPDATE core.observation SET resolved = 1, resolution = 'proved_by_sums' WHERE locator = 'row 1'",
            "read_since",
        ),
        (decision(None), "", "undone"),
    ],
)
def test_a_decision_without_its_ground_falls_away_and_says_so(
    con: duckdb.DuckDBPyConnection, d: Decision, change: str, status: str
) -> None:
    con.execute(change or "SELECT 1")
    before = cells(con)
    assert list(became(con, d).values()) == [status]
    assert cells(con) == before


def test_every_status_is_a_value_of_the_codebook() -> None:
    source = (Path(__file__).resolve().parents[2] / "pipeline" / "load" / "decided.py").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r'return [^\n]*"(\w+)", (?:None|cells|same)', source)) | {"applied"}
    assert named == {v.value for v in load_codebook().values_of("core.decision", "status")}


def test_the_file_is_plain_csv(home: Home) -> None:
    add_decision(home, decision())
    rows = list(csv.DictReader((home.root / NAME).open(encoding="utf-8")))
    assert rows[0]["by"] == "某人"
    assert rows[0]["value"] == "3"
    assert (home.root / NAME).read_text(encoding="utf-8").count("\n") == 2
