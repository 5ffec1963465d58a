"""The whole way on the shipped corpus, against its known truth."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.terminal.demo import PORTAL_HOST, PORTAL_PORT
from tests.spine.conftest import yangguang
from tools.demo import body_slugs, portal_path


@pytest.fixture(scope="module")
def truth(demo: Home) -> dict[str, Any]:
    """The demo's truth, its files named by their addresses on the portal."""
    truth = dict(json.loads((demo.root / "truth.json").read_text(encoding="utf-8")))
    slugs = body_slugs()
    for report in truth["reports"]:
        report["file_name"] = f"http://{PORTAL_HOST}:{PORTAL_PORT}{portal_path(report['file_name'], slugs)}"
    return truth


@pytest.fixture(scope="module")
def con(demo: Home) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.database), read_only=True)


def reports_of(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return list(truth["reports"])


def test_every_report_is_there_with_its_head(truth: dict[str, Any], con: duckdb.DuckDBPyConnection) -> None:
    found = {
        url: rest
        for url, *rest in con.execute(
            "SELECT source_url, division_code, level, year, CAST(published_on AS VARCHAR), scope FROM core.report"
        ).fetchall()
    }
    wrong = [
        (r["file_name"], found.get(r["file_name"]))
        for r in reports_of(truth)
        if found.get(r["file_name"])
        != [r["division_code"], r["level"], r["year"], r["published_on"], r["scope"]]
    ]
    assert not wrong
    assert len(found) == len(reports_of(truth))


def test_no_cell_is_silently_wrong(truth: dict[str, Any], con: duckdb.DuckDBPyConnection) -> None:
    cells = {
        (url, indicator, applicant): (value, state, resolved)
        for url, indicator, applicant, value, state, resolved in con.execute(
            "SELECT r.source_url, o.indicator, o.applicant, o.value, o.state, o.resolved FROM core.observation o "
            "JOIN core.report r USING (report_id) WHERE o.method <> 'text'"
        ).fetchall()
    }
    owned: set[tuple[str, str, str | None]] = set()
    for url, text in con.execute(
        "SELECT r.source_url, f.cells FROM core.finding f JOIN core.report r USING (report_id) WHERE f.severity <> 'info'"
    ).fetchall():
        owned |= {(url, i, a) for i, a in json.loads(text)}
    silent, missing, seen = [], [], 0
    for report in reports_of(truth):
        for indicator, applicant, printed, _, true in (
            tuple(c.values()) if isinstance(c, dict) else c for c in report["cells"]
        ):
            key = (report["file_name"], indicator, applicant)
            if key not in cells:
                missing.append(key)
                continue
            value, state, resolved = cells[key]
            seen += 1
            if state in ("ambiguous", "unreadable") or key in owned:
                continue
            if printed is not None and value != Decimal(str(printed)):
                silent.append((key, printed, value))
            if (
                printed is None
                and resolved is not None
                and true is not None
                and resolved != Decimal(str(true))
            ):
                silent.append((key, true, resolved))
    assert not silent
    assert seen > 10_000
    assert len(missing) <= 0.005 * seen, missing[:5]


def test_the_panel_gives_the_truth(truth: dict[str, Any], con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "SELECT c.division_code, c.year, c.applications_received, c.reconsideration_total, d.source_url FROM mart.city_year c "
        "JOIN core.report d USING (report_id)"
    ).fetchall()
    by_file = {r["file_name"]: r for r in reports_of(truth)}
    checked = 0
    for _, _, received, reconsiderations, url in rows:
        report = by_file[url]
        faulty = {f["indicator"] if isinstance(f, dict) else f[1] for f in report["faults"]}
        cells = {
            (c["indicator"], c["applicant"]) if isinstance(c, dict) else (c[0], c[1]): c["true"]
            if isinstance(c, dict)
            else c[4]
            for c in report["cells"]
        }
        for value, slot in (
            (received, ("application.received", "total")),
            (received, ("application.received", None)),
        ):
            if slot in cells and value is not None and not any(f.startswith("application") for f in faulty):
                assert value == cells[slot], (url, slot)
                checked += 1
        assert reconsiderations is None or reconsiderations >= 0
    assert checked > 40


def test_missing_years_are_named(truth: dict[str, Any], con: duckdb.DuckDBPyConnection) -> None:
    for body, code, year in truth["missing"]:
        found = con.execute(
            "SELECT count(*) FROM core.report WHERE division_code = ? AND year = ? AND issuer = ?",
            [code, year, body],
        ).fetchone()
        assert found == (0,)


def test_columns_carry_comments(con: duckdb.DuckDBPyConnection) -> None:
    bare = con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE schema_name IN ('core', 'ref', 'mart') "
        "AND comment IS NULL"
    ).fetchall()
    assert not bare


def test_the_corpus_came_over_http_and_its_lists_are_no_reports(
    demo: Home, con: duckdb.DuckDBPyConnection
) -> None:
    assert con.execute("SELECT DISTINCT http_status FROM core.document").fetchall() == [(200,)]
    assert con.execute("SELECT count(*) FROM core.document WHERE source_url LIKE '%index%'").fetchone() == (
        0,
    )
    with RawStore(demo.raw) as store:
        assert any("index" in receipt.url for receipt in store.receipts())


def test_a_second_demo_asks_what_changed_and_ends(demo: Home) -> None:
    with RawStore(demo.raw) as store:
        before = [receipt.receipt_id for receipt in store.receipts()]
    published = demo.database.stat().st_mtime_ns
    done = yangguang(demo.root.parent, "demo")
    assert "pages: 0 new or changed, 119 unchanged, 0 failed" in done.stderr
    assert "nothing new" in done.stderr
    with RawStore(demo.raw) as store:
        assert [receipt.receipt_id for receipt in store.receipts()] == before
    assert demo.database.stat().st_mtime_ns == published


def test_a_second_run_changes_nothing_and_says_so(demo: Home) -> None:
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in demo.warehouse.rglob("*.parquet")}
    published = demo.database.stat().st_mtime_ns
    done = yangguang(demo.root, "run")
    assert "nothing new" in done.stderr
    assert demo.database.stat().st_mtime_ns == published
    assert before == {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in demo.warehouse.rglob("*.parquet")}


def test_verify_finds_a_damaged_object(demo: Home, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(demo.root, copy)
    assert yangguang(copy, "verify").returncode == 0
    victim = next(p for p in sorted((copy / "raw" / "objects").rglob("*")) if p.is_file())
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes() + b" ")
    done = yangguang(copy, "verify", check=False)
    assert done.returncode == 1
    assert victim.name in done.stderr


def test_explain_shows_place_raw_text_and_checks(demo: Home, con: duckdb.DuckDBPyConnection) -> None:
    report_id, url = con.execute(
        "SELECT report_id, source_url FROM core.report WHERE template = 'v2021' ORDER BY 1"
    ).fetchall()[0]
    text = yangguang(demo.root, "explain", report_id, "application.received").stdout
    assert url in text
    assert "原文 raw" in text
    assert "位置 place" in text
    assert yangguang(demo.root, "explain", "no-such-report", check=False).returncode == 2


def test_sql_formats_and_that_it_cannot_write(demo: Home) -> None:
    query = "select division_code, year, applications_received from mart.city_year order by 1, 2 limit 3"
    assert yangguang(demo.root, "sql", query, "--format", "csv").stdout.startswith(
        "division_code,year,applications_received\n"
    )
    lines = yangguang(demo.root, "sql", query, "--format", "jsonl").stdout.splitlines()
    assert [set(json.loads(line)) for line in lines] == [
        {"division_code", "year", "applications_received"}
    ] * 3
    assert yangguang(demo.root, "sql", "drop table core.report", check=False).returncode == 2
    assert yangguang(demo.root, "sql", "select * from read_csv('/etc/passwd')", check=False).returncode == 2


def test_export_writes_a_package_whose_sums_hold(demo: Home, tmp_path: Path) -> None:
    folder = Path(yangguang(demo.root, "export", str(tmp_path / "out")).stdout.strip())
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = {r["name"] for r in package["resources"]}
    assert {"core_observation", "mart_city_year", "ref_measure"} <= names
    assert all(f["description"] for r in package["resources"] for f in r["schema"]["fields"])
    assert "适用" in (folder / "codebook.md").read_text(encoding="utf-8") or "编码手册" in (
        folder / "codebook.md"
    ).read_text(encoding="utf-8")
