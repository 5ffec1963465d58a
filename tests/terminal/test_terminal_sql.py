"""``yangguang sql``: questions only, the same for every format, and nothing of a file's obeyed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipeline.home import Home
from pipeline.terminal.main import main

FORMATS = ("table", "csv", "jsonl", "parquet")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a small warehouse, one of its titles hostile."""
    made = Home(tmp_path_factory.mktemp("home")).make()
    with duckdb.connect(str(made.database)) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA mart; CREATE SCHEMA ref; CREATE SCHEMA meta")
        con.execute("CREATE TABLE core.report (report_id VARCHAR, title VARCHAR, amount DECIMAL(24,6))")
        con.execute("INSERT INTO core.report VALUES ('a-1', ?, 1.50)", ["=1+1\x1b[31m年报\u202e\r\n次"])
        con.execute("CREATE TABLE mart.city_year AS SELECT '990100' AS division_code, 2021 AS year")
        con.execute("COMMENT ON TABLE mart.city_year IS '面板 | The panel'")
        con.execute("COMMENT ON COLUMN mart.city_year.year IS '报告年度'")
    return made


def _sql(home: Home, query: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["sql", query, *more], env={"YANGGUANG_HOME": str(home.root)})


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "query",
    [
        "copy (select 'gone') to '{database}' (format csv, use_tmp_file false)",
        "explain analyze copy (select 1) to '{aside}'",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "attach '{aside}' as other",
        "create table x as select 1",
        "delete from core.report",
        "set threads = 1",
        "select 1; select 2",
        "call pragma_version()",
        "install httpfs",
        "",
        "  -- nothing",
        ";",
        "selec 1",
        "select * from nowhere",
        "select nothing from core.report",
    ],
)
def test_what_is_no_question_is_a_users_error_and_changes_nothing(
    home: Home, tmp_path: Path, form: str, query: str
) -> None:
    before = home.database.read_bytes()
    aside = tmp_path / "aside"
    done = _sql(home, query.format(database=home.database, aside=aside), "--format", form)
    assert done.exit_code == 2
    assert done.stderr.startswith("yangguang: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert home.database.read_bytes() == before
    assert not aside.exists()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "query",
    ["select title from core.report", "from report", "with a as (select 1) from a", "values (1)", "summarize report",
     "show tables", "describe city_year", "explain select 1", "table report"],
)  # fmt: skip
def test_questions_are_answered_in_every_format(home: Home, form: str, query: str) -> None:
    done = CliRunner().invoke(main, ["sql", query, "--format", form], env={"YANGGUANG_HOME": str(home.root)})
    assert done.exit_code == 0, done.stderr
    assert done.stdout_bytes


def test_control_characters_are_shown_not_sent(home: Home) -> None:
    for form in ("table", "jsonl"):
        out = _sql(home, "select title from report", "--format", form).stdout
        assert "年报" in out
        assert not {"\x1b", "\u202e", "\r"} & set(out)
    wrong = _sql(home, "select '\x1b[2J' from nowhere")
    assert "\x1b" not in wrong.stderr


def test_csv_gives_spreadsheets_no_formula(home: Home) -> None:
    query = "select * from (values ('=cmd|x', '+1', '-', '@a', -5, '－')) t(a, b, c, d, e, f)"
    assert _sql(home, query, "--format", "csv").stdout.splitlines()[1] == "'=cmd|x,+1,-,'@a,-5,－"


def test_tables_are_shown_by_their_full_names_with_comments(home: Home) -> None:
    out = _sql(home, "SHOW TABLES;", "--format", "csv").stdout.splitlines()
    assert out == ["table,rows,columns,comment", "core.report,1,3,", "mart.city_year,1,2,面板 | The panel"]
    assert "报告年度" in _sql(home, "describe mart.city_year").stdout


def test_a_file_appears_whole_or_not_at_all(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert _sql(home, "from report", "--format", "parquet", "-o", str(target)).exit_code == 0
    assert pq.read_table(BytesIO(target.read_bytes())).num_rows == 1
    assert _sql(home, "selec", "-o", str(target)).exit_code == 2
    assert pq.read_table(target).num_rows == 1
    before = home.database.read_bytes()
    assert _sql(home, "from report", "--format", "csv", "-o", str(home.database)).exit_code == 2
    assert home.database.read_bytes() == before
    for ending in ("csv", "parquet", "xlsx", "dta"):
        assert _sql(home, "from report", "-o", str(tmp_path / "no" / f"folder.{ending}")).exit_code == 1
    assert [p.name for p in tmp_path.iterdir()] == ["out.parquet"]


def test_a_damaged_warehouse_is_named(tmp_path: Path) -> None:
    broken = Home(tmp_path).make()
    broken.database.write_bytes(b"not a warehouse" * 1000)
    done = _sql(broken, "select 1")
    assert done.exit_code == 2
    assert "cannot be read as a warehouse" in done.stderr
