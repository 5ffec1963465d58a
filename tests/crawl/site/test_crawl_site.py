"""Whole crawls against servers on loopback: what is fetched, how politely, and what a second crawl does."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.completeness import check_sources, sources_table
from pipeline.crawl.intake import take_in
from pipeline.crawl.named import take_addresses
from pipeline.crawl.policy import Policy
from pipeline.crawl.progress import CrawlState
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore

DELAY = 0.03


def fill(portal: Any, host: str = "") -> None:
    """A column of two pages, three reports, one with a file and a picture of its table."""
    portal.put_list(
        "/nb/",
        [
            ("a1.html", "某局2021年政府信息公开工作年度报告"),
            ("a2.html", "某局2022年政府信息公开工作年度报告"),
            ("n.html", "某局召开政府信息公开工作会议"),
        ],
        '<script>createPageHTML(2, 0, "index", "html");</script>',
        host=host,
    )
    portal.put_list("/nb/index_1.html", [("a3.html", "某局2023年政府信息公开工作年度报告")], host=host)
    portal.put_report(
        "/nb/a1.html",
        "某局2021年政府信息公开工作年度报告",
        '<a href="P1.pdf">附件：年度报告.pdf</a><img src="biao.png"><img src="/img/logo.png">',
        host=host,
    )
    portal.put_report("/nb/a2.html", "某局2022年政府信息公开工作年度报告", host=host)
    portal.put_report("/nb/a3.html", "某局2023年政府信息公开工作年度报告", host=host)
    portal.put("/nb/P1.pdf", b"%PDF-1.4 x", Content_Type="application/pdf", host=host)
    portal.put("/nb/biao.png", b"\x89PNG", Content_Type="image/png", host=host)


def receipts(raw: Path) -> dict[str, Any]:
    with RawStore(raw) as store:
        return {receipt.url.split("/", 3)[3]: receipt for receipt in store.receipts()}


def test_a_column_is_fetched_whole_and_a_second_crawl_costs_304s_alone(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    states: list[CrawlState] = []

    class Seen:
        def update(self, state: CrawlState) -> None:
            states.append(state)

    result = crawl(raw, [source], delay=DELAY, allow_private=True, policy=quick, progress=Seen())
    assert result.counts == {"ok": 7}
    assert sorted(portal.paths(robots=True)) == sorted(
        [
            "/robots.txt",
            "/nb/",
            "/nb/index_1.html",
            "/nb/a1.html",
            "/nb/a2.html",
            "/nb/a3.html",
            "/nb/P1.pdf",
            "/nb/biao.png",
        ]
    )
    portal.assert_polite(DELAY)
    assert (states[-1].fetched, states[-1].failed, states[-1].due, states[-1].hosts) == (7, 0, 0, 0)
    kept = receipts(raw)
    report = kept["nb/a3.html"]
    assert (report.status, report.http_status, report.rule) == ("ok", 200, "title_link")
    assert report.referrer == portal.url("/nb/index_1.html")
    assert (report.source_id, report.media_type, report.insecure_tls) == (
        source.source_id,
        "text/html",
        False,
    )
    assert kept["nb/biao.png"].rule == "picture"
    assert kept["nb/P1.pdf"].media_type == "application/pdf"
    assert kept["nb/index_1.html"].rule == "create_page"
    user_agent = portal.requests[-1].headers["user-agent"]
    assert user_agent.startswith("yangguang/")
    assert "contact" in user_agent

    with RawStore(raw) as store:
        before = (store.fingerprint(), sorted(path.name for path in store.objects.rglob("*")))
    portal.requests.clear()
    again = crawl(raw, [source], delay=DELAY, allow_private=True, policy=quick)
    assert again.counts == {"unchanged": 7}
    assert len(portal.requests) == 7
    assert all("if-none-match" in seen.headers for seen in portal.requests)
    with RawStore(raw) as store:
        assert (store.fingerprint(), sorted(path.name for path in store.objects.rglob("*"))) == before
        assert list(store.verify()) == []


def test_a_page_that_changed_keeps_both_versions(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    portal.put_report("/nb/a2.html", "某局2022年政府信息公开工作年度报告", "<p>更正</p>")
    result = crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    assert result.counts == {"ok": 1, "unchanged": 6}
    with RawStore(raw) as store:
        versions = [r for r in store.latest_by_document() if r.url == portal.url("/nb/a2.html")]
        assert len({version.sha256 for version in versions}) == 2
        assert all(version.sha256 and store.has(version.sha256) for version in versions)


def test_the_same_bytes_without_an_etag_are_no_new_receipt(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put_report("/1.html", "某局2022年政府信息公开工作年度报告", etag=False)
    portal.put("/gone.html", "?", 410)
    sources = [source_at(portal.url("/1.html"), "article"), source_at(portal.url("/gone.html"), "article")]
    assert crawl(raw, sources, delay=0, allow_private=True, policy=quick).counts == {"http_410": 1, "ok": 1}
    with RawStore(raw) as store:
        before = store.fingerprint()
    again = crawl(raw, sources, delay=0, allow_private=True, policy=quick)
    assert again.counts == {"http_410": 1, "unchanged": 1}
    assert again.failures
    with RawStore(raw) as store:
        assert store.fingerprint() == before


def test_hosts_go_side_by_side_each_at_its_own_pace(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.work_seconds = 0.02
    hosts = [f"127.0.0.{n}" for n in range(2, 10)]
    sources = []
    for host in hosts:
        fill(portal, host)
        sources.append(source_at(portal.url("/nb/", host)))
    began = time.monotonic()
    result = crawl(raw, sources, delay=0.1, allow_private=True, policy=quick)
    spent = time.monotonic() - began
    assert result.counts == {"ok": 56}
    assert set(result.by_source) == {source.source_id for source in sources}
    portal.assert_polite(0.1)
    assert spent < 8 * 7 * 0.12 / 2, "one host after another would take longer than this"


def test_a_dry_run_lists_and_keeps_nothing(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    result = crawl(
        raw,
        [Source("same", "", "某局", "department", portal.url("/nb/"), "list")],
        delay=0,
        allow_private=True,
        policy=quick,
        dry_run=True,
    )
    assert sorted(portal.paths()) == ["/nb/", "/nb/index_1.html"]
    assert [(plan.kind, plan.year) for plan in result.planned] == [
        ("report", 2021),
        ("report", 2022),
        ("report", 2023),
    ]
    assert not (raw / "crawl.sqlite").exists()


def test_one_address_of_two_sources_is_fetched_once(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    sources = [
        Source("same", "", "某局", "department", portal.url("/nb/"), "list"),
        source_at(portal.url("/nb/a2.html"), "article"),
    ]
    crawl(raw, sources, delay=0, allow_private=True, policy=quick)
    assert portal.paths().count("/nb/a2.html") == 1
    assert {row.source_id: row.reports for row in sources_table(raw, sources)} == {
        sources[0].source_id: 3,
        sources[1].source_id: 1,
    }


def test_a_failing_source_does_not_stop_the_others_and_is_found(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal, "127.0.0.2")
    portal.put("/", "", 500, host="127.0.0.3")
    sources = [source_at(portal.url("/nb/", "127.0.0.2")), source_at(portal.url("/", "127.0.0.3"))]
    result = crawl(raw, sources, delay=0, allow_private=True, policy=quick)
    assert result.by_source[sources[0].source_id] == {"ok": 7}
    assert result.by_source[sources[1].source_id] == {"http_500": 1}
    assert (
        len([seen for seen in portal.requests if seen.host == "127.0.0.3" and seen.path == "/"])
        == quick.attempts
    )
    rules = {(finding.source_id, finding.rule) for finding in check_sources(raw, sources)}
    assert (sources[1].source_id, "source_failed") in rules
    assert not any(source_id == sources[0].source_id for source_id, _ in rules)


def test_a_list_that_shrinks_empties_or_misses_a_year_is_found(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")

    def rules() -> set[str]:
        crawl(raw, [source], delay=0, allow_private=True, policy=quick)
        return {finding.rule for finding in check_sources(raw, [source])}

    assert rules() == set()
    (row,) = sources_table(raw, [source])
    assert (row.reports, dict(row.reports_by_year), row.last_error) == (3, {2021: 1, 2022: 1, 2023: 1}, "")
    assert row.last_seen
    portal.put_list(
        "/nb/",
        [
            ("a1.html", "某局2021年政府信息公开工作年度报告"),
            ("a3.html", "某局2023年政府信息公开工作年度报告"),
        ],
    )
    assert rules() == {"source_fewer_reports", "source_year_missing"}
    portal.put_list("/nb/", [])
    assert "source_no_reports" in rules()
    assert "source_no_reports" in rules(), "a second empty crawl must not hide the first"


def test_a_repeating_list_and_an_endless_calendar_end(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put_report("/r/a.html", "某局2021年政府信息公开工作年度报告")

    def endless(host: str, path: str) -> Any:
        if path.startswith("/r/list"):
            number = int(path.partition("page=")[2] or 1)
            body = (
                f'<a href="/r/a.html">某局2021年政府信息公开工作年度报告</a><a href="/r/list?page={number + 1}">下一页</a>'
                f'<a href="/r/cal/{2000 + number}/{number % 12 + 1}.html">{2000 + number}</a>'
            )
            return portal.page(body)
        if path.startswith("/r/cal"):
            year = int(path.split("/")[3])
            body = "".join(f'<a href="/r/cal/{year + n}/1.html">{year + n}年</a>' for n in range(1, 4))
            return portal.page(body)
        return None

    portal.otherwise = endless
    result = crawl(raw, [source_at(portal.url("/r/list?page=1"))], delay=0, allow_private=True, policy=quick)
    assert "/r/a.html" in portal.paths()
    assert len(portal.requests) < 60
    assert result.left == 0


def test_links_to_clones_and_inner_machines_are_never_followed(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    title = "某局2022年政府信息公开工作年度报告"
    portal.put_list(
        "/nb/",
        [
            (href, title)
            for href in (
                "http://169.254.169.254/latest/meta-data/",
                f"http://127.0.0.7:{portal.port}/x.html",
                "http://www.a.gov.cn.example.com/",
                "http://[::1]/",
                "file:///etc/passwd",
                "javascript:go()",
                "http://user:x@www.a.gov.cn/",
                "a.html",
            )
        ],
    )
    portal.put_report("/nb/a.html", title)
    result = crawl(
        raw,
        [Source("same", "", "某局", "department", portal.url("/nb/"), "list")],
        delay=0,
        allow_private=True,
        policy=quick,
    )
    assert result.counts == {"ok": 2}
    assert {seen.host for seen in portal.requests} == {"127.0.0.1"}


def test_a_source_that_leads_to_too_many_pages_is_cut_and_found(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put_list("/nb/", [(f"{n}.html", f"某局{2008 + n}年政府信息公开工作年度报告") for n in range(15)])
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    result = crawl(raw, [source], delay=0, allow_private=True, policy=replace(quick, max_pages=6))
    assert sum(result.counts.values()) == 6
    assert "source_limit" in {finding.rule for finding in check_sources(raw, [source])}


def test_named_addresses_are_taken_in(portal: Any, raw: Path, quick: Policy) -> None:
    fill(portal)
    store = RawStore(raw)
    result = take_in(store, [portal.url("/nb/a1.html")], allow_private=True, delay=0.01)
    assert (result.taken, result.failed, result.refused) == (3, 0, 0)
    refused = take_in(
        store, ["http://www.a.gov.cn.example.com/1.html", portal.url("/nb/a2.html")], delay=0.01
    )
    assert (refused.taken, refused.refused) == (0, 2)
    whole = take_addresses(raw, [portal.url("/nb/")], allowed_hosts=(), delay=0.01, allow_private=True)
    assert whole.taken == 4


def test_two_crawlers_at_once_share_the_pause_and_not_the_source(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    import threading

    fill(portal)
    portal.put_list("/zwgk/", [(f"b{n}.html", f"某镇20{n}年政府信息公开工作年度报告") for n in range(12, 20)])
    for n in range(12, 20):
        portal.put_report(f"/zwgk/b{n}.html", f"某镇20{n}年政府信息公开工作年度报告")
    one, two = (
        Source("same", "", "某局", "department", portal.url("/nb/"), "list"),
        source_at(portal.url("/zwgk/")),
    )
    results: list[Any] = []

    def run(sources: list[Source]) -> None:
        results.append(crawl(raw, sources, delay=0.05, allow_private=True, policy=quick))

    threads = [threading.Thread(target=run, args=(which,)) for which in ([one], [two], [one, two])]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    portal.assert_polite(0.05)
    assert sorted(set(portal.paths())) == sorted(portal.paths()), "nothing is fetched twice"
    assert len(portal.paths()) == 16
    assert sum(len(result.busy) for result in results) == 2


def test_the_frontier_is_one_database_with_the_receipts(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    crawl(
        raw,
        [Source("same", "", "某局", "department", portal.url("/nb/"), "list")],
        delay=0,
        allow_private=True,
        policy=quick,
    )
    database = sqlite3.connect(raw / "crawl.sqlite")
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"receipt", "recheck", "crawl_page", "crawl_round", "crawl_visit", "crawl_find"} <= tables


def test_one_answer_for_every_address_is_no_report(portal: Any, raw: Path, quick: Policy) -> None:
    rows = [(f"/nb/{year}.html", f"某局{year}年政府信息公开工作年度报告") for year in (2020, 2021, 2022)]
    portal.put_list("/nb/", rows)
    portal.put_report("/nb/2022.html", rows[2][1])
    for href, _ in rows[:2]:
        portal.put(href, "<html><body><h1>某局欢迎您</h1><p>" + "本局介绍。" * 90 + "</p></body></html>")
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    (row,) = sources_table(raw, [source])
    assert row.reports_by_year == {2022: 1}
    assert "source_same_answer" in row.findings


@pytest.mark.parametrize("attached", [True, False])
def test_an_address_in_which_reading_found_no_report_has_given_none(
    portal: Any, raw: Path, quick: Policy, attached: bool
) -> None:
    """An error page in words that nobody foresaw, different at each address."""
    rows = [(f"/nb/{year}.html", f"某局{year}年政府信息公开工作年度报告") for year in (2020, 2021, 2022)]
    portal.put_list("/nb/", rows)
    for href, title in rows:
        portal.put_report(href, title)
    more = '<p><a href="/nb/b.pdf">附件.pdf</a></p>' if attached else ""
    portal.put(
        "/nb/2021.html",
        f"<html><body><h1>本局</h1><div id='zoom'><p>{'改版中。' * 90}</p>{more}</div></body></html>",
    )
    portal.put("/nb/b.pdf", b"%PDF-1.4 x", Content_Type="application/pdf")
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    kept = receipts(raw)
    barren = {kept["nb/2021.html"].sha256}
    assert sources_table(raw, [source])[0].reports_by_year == {2020: 1, 2021: 1, 2022: 1}
    (row,) = sources_table(raw, [source], barren)
    if attached:
        assert (row.findings, len(row.reports_by_year)) == ((), 3), "nothing is known of the file yet"
        barren.add(kept["nb/b.pdf"].sha256)
        (row,) = sources_table(raw, [source], barren)
    assert row.reports_by_year == {2020: 1, 2022: 1}
    assert set(row.findings) == {"source_no_report_read", "source_year_missing"}
    (said,) = [f.message for f in check_sources(raw, [source], barren) if f.rule == "source_no_report_read"]
    assert portal.url("/nb/2021.html") in said
