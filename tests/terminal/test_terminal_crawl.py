"""``yangguang crawl`` and Dagster crawl through one stage: a source gives the same alone as among others."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipeline.crawl import RawStore
from pipeline.crawl.portal import serve_site
from pipeline.home import Home
from pipeline.stages import Crawled, barren_documents, crawl_stage
from pipeline.terminal.crawl import source_lines
from pipeline.terminal.main import main
from tests.drawn.files import report_files

HEAD = "source_id,division_code,issuer,level,url,kind,note\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).make()


def _crawl(home: Home, *ids: str) -> Crawled:
    """A list of one source leads to a report that lies on the host of another, which is retired."""
    article = report_files.html(report_files.report("v2021", 5))
    pages = {"/2021.html": ("text/html", article)}
    with serve_site(pages) as place:
        address = f"http://www.b.example:{place.port}/2021.html"
        pages["/list.html"] = (
            "text/html",
            f'<ul><li><a href="{address}">雾江市2021年政府信息公开工作年度报告</a></li></ul>'.encode(),
        )
        with serve_site(pages) as own:
            (home.root / "sources.csv").write_text(
                f"{HEAD}a,330800,甲,county,http://www.a.example:{own.port}/list.html,list,\n"
                f"b,330800,乙,county,http://www.b.example:{place.port}/,list,retired: moved\n"
            )

            async def resolve(host: str, port: int) -> list[str]:
                return [place.address]

            return crawl_stage(home, ids, delay=0.0, allow_private=True, resolver=resolve)


@pytest.mark.parametrize("ids", [(), ("a",)])
def test_a_source_leads_to_the_same_reports_alone_as_among_others(home: Home, ids: tuple[str, ...]) -> None:
    crawled = _crawl(home, *ids)
    assert [row.source_id for row in crawled.rows] == ["a"]
    assert dict(crawled.result.counts) == {"ok": 2}
    assert sum(crawled.rows[0].reports_by_year.values()) == 1
    assert crawled.error == ""


@pytest.mark.slow  # it tries again for some seconds
def test_the_command_goes_through_the_stage_and_names_what_failed(home: Home) -> None:
    (home.root / "sources.csv").write_text(f"{HEAD}gone,330800,甲,county,http://127.0.0.1:9/,list,\n")
    done = CliRunner().invoke(
        main, ["crawl", "--delay", "0", "--allow-private"], env={"YANGGUANG_HOME": str(home.root)}
    )
    assert done.exit_code == 1
    assert "gone: source_failed" in done.stderr
    assert done.stdout == ""
    assert "crawled 1 sources" in (home.logs / "yangguang.log").read_text()
    unknown = CliRunner().invoke(main, ["crawl", "--source", "x"], env={"YANGGUANG_HOME": str(home.root)})
    assert unknown.exit_code == 2


def test_what_was_read_and_held_no_report_is_told_of_its_source(home: Home) -> None:
    _crawl(home, "a")
    assert not [line for line in source_lines(home) if "source_no_report_read" in line]
    with RawStore(home.raw) as store:
        (article,) = [receipt.sha256 for receipt in store.receipts() if receipt.rule == "title_link"]
    with duckdb.connect(str(home.database)) as con:
        con.execute(
            "CREATE SCHEMA core; CREATE TABLE core.document (sha256 VARCHAR, status VARCHAR, reports INTEGER)"
        )
        rows = [
            (article, "ok", 0),
            ("1" * 64, "ok", 1),
            ("2" * 64, "timeout", 0),
            ("3" * 64, "empty", 0),
            (None, "ok", 0),
        ]
        con.executemany("INSERT INTO core.document VALUES (?, ?, ?)", rows)
    assert barren_documents(home) == {article, "3" * 64}
    (line,) = [line for line in source_lines(home) if "source_no_report_read" in line]
    assert "/2021.html" in line
    home.database.write_bytes(b"no database")
    assert barren_documents(home) == frozenset()
