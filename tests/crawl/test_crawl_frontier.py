"""Rounds: gone on with, ended, given up."""

from __future__ import annotations

from pathlib import Path

from pipeline.crawl.completeness import check_sources, sources_table
from pipeline.crawl.frontier import GIVE_UP_SECONDS, Frontier, Step
from pipeline.crawl.registry import Source
from pipeline.crawl.store import RawStore

SOURCE = Source("a", "", "某局", "department", "http://www.a.gov.cn/nb/", "list")
HOST = "www.a.gov.cn"


def test_a_round_is_gone_on_with_until_it_is_given_up(tmp_path: Path) -> None:
    with RawStore(tmp_path) as store:
        first = Frontier(store)
        first.begin([SOURCE], 1000.0)
        page = first.next_page(HOST)
        assert page is not None
        first.finish(page, "ok", [Step("http://dead.gov.cn/1.html", "report", "title_link", "x", 2020)], None)
        first.finish_rounds(1001.0)
        assert first.next_page(HOST) is None
        assert first.due_hosts() == [("dead.gov.cn", 1)]
        assert [finding.rule for finding in check_sources(tmp_path, [SOURCE])] == ["source_unfinished"]

        again = Frontier(store)
        again.begin([SOURCE], 2000.0)
        assert again.due_hosts() == [("dead.gov.cn", 1)]

        later = Frontier(store)
        later.begin([SOURCE], 1000.0 + GIVE_UP_SECONDS)
        assert later.due_hosts() == [(HOST, 1)]
        found = later.next_page(HOST)
        assert found is not None
        assert (found.round, found.depth, found.rule) == (2, 0, "registry")
        assert sources_table(tmp_path, [SOURCE])[0].last_seen
        for frontier in (first, again, later):
            frontier.close()


def test_a_home_where_nothing_was_crawled_has_an_empty_table(tmp_path: Path) -> None:
    (row,) = sources_table(tmp_path / "nowhere", [SOURCE])
    assert (row.last_seen, row.reports, row.last_error, row.findings) == ("", 0, "", ())
    assert check_sources(tmp_path / "nowhere", [SOURCE]) == []
    RawStore(tmp_path / "files-only").close()
    assert sources_table(tmp_path / "files-only", [SOURCE])[0].reports == 0


def test_a_page_found_again_keeps_its_place_in_the_round(tmp_path: Path) -> None:
    with RawStore(tmp_path) as store:
        frontier = Frontier(store)
        frontier.begin([SOURCE], 1.0)
        page = frontier.next_page(HOST)
        assert page is not None
        step = Step("http://www.a.gov.cn/nb/1.html", "report", "title_link", "x", 2020)
        frontier.finish(page, "ok", [step, step], None)
        child = frontier.next_page(HOST)
        assert child is not None
        assert (child.url, child.depth, child.referrer) == (step.url, 1, SOURCE.url)
        frontier.finish(child, "ok", [step], None)
        assert frontier.next_page(HOST) is None, "what is done in this round is not due again"
        frontier.finish_rounds(2.0)
        frontier.begin([SOURCE], 3.0)
        assert [host for host, _ in frontier.due_hosts()] == [HOST]
        frontier.close()
