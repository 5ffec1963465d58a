"""Addresses that are not asked for, or not twice: hosts that want to be left alone, limits, twins, other years."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.completeness import check_sources, sources_table
from pipeline.crawl.named import take_addresses
from pipeline.crawl.policy import Policy
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import COLUMNS, Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore
from pipeline.home import Home
from pipeline.terminal.crawl import source_lines

TITLES = {year: f"某局{year}年政府信息公开工作年度报告" for year in (2021, 2022, 2023)}


def fill(portal: Any, base: str = "") -> None:
    portal.put_list("/nb/", [(f"{base}/nb/{year}.html", title) for year, title in TITLES.items()])
    for year, title in TITLES.items():
        portal.put_report(f"/nb/{year}.html", title)


def documents(raw: Path) -> dict[str, Receipt]:
    """What ``core.document`` will have a row of, by the last part of the address."""
    with RawStore(raw) as store:
        return {receipt.url.rpartition("/")[2]: receipt for receipt in store.documents_to_read()}


def wait_is_over(raw: Path) -> None:
    for book in raw.glob("turns.sqlite*"):
        book.unlink()


def test_pages_of_a_host_that_asks_to_wait_have_rows_and_are_named(
    portal: Any, tmp_path: Path, quick: Policy
) -> None:
    home = Home(tmp_path)
    fill(portal)
    portal.put("/nb/2022.html", "", 429, Retry_After="864000")
    source = Source("same", "", "某局", "department", portal.url("/nb/"), "list")
    lines = [",".join(COLUMNS), f"same,,某局,department,{source.url},list,"]
    (tmp_path / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = crawl(home.raw, [source], delay=0, allow_private=True, policy=quick)
    assert (result.counts, result.left) == ({"ok": 2}, 2)
    rows = documents(home.raw)
    assert {name: row.status for name, row in rows.items()} == {
        "2021.html": "ok",
        "2022.html": "deferred",
        "2023.html": "deferred",
    }
    assert "86400 s" in rows["2023.html"].detail
    assert rows["2023.html"].referrer == source.url
    (row,) = sources_table(home.raw, [source])
    assert [line.partition(": ")[0] for line in row.waiting] == [
        portal.url(f"/nb/{y}.html") for y in (2022, 2023)
    ]
    assert "it asked for 864000 s" in row.waiting[0]
    told = "\n".join(source_lines(home))
    assert f"same: left for a later run: {row.waiting[1]}" in told
    (unfinished,) = [f.message for f in check_sources(home.raw, [source]) if f.rule == "source_unfinished"]
    assert "2 of its pages wait: 127.0.0.1 is to be left alone" in unfinished

    with RawStore(home.raw) as store:
        before = store.fingerprint()
    crawl(home.raw, [source], delay=0, allow_private=True, policy=quick)
    with RawStore(home.raw) as store:
        assert store.fingerprint() == before, "a second look at a host that rests tells nothing new"
    wait_is_over(home.raw)
    fill(portal)
    assert crawl(home.raw, [source], delay=0, allow_private=True, policy=quick).left == 0
    assert {row.status for row in documents(home.raw).values()} == {"ok"}
    assert sources_table(home.raw, [source])[0].waiting == ()


def test_a_page_that_was_seen_keeps_its_row_while_its_host_rests(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = source_at(portal.url("/nb/"))
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    portal.put("/nb/2021.html", "", 503, Retry_After="9999")
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    assert [row.status for row in documents(raw).values()] == ["ok"] * 3
    assert len(sources_table(raw, [source])[0].waiting) == 3


def test_pages_over_the_limit_have_rows_and_are_named(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = source_at(portal.url("/nb/"))
    policy = replace(quick, max_pages=2)
    result = crawl(raw, [source], delay=0, allow_private=True, policy=policy)
    assert result.counts == {"ok": 2}
    statuses = {name: row.status for name, row in documents(raw).items()}
    assert statuses == {"2021.html": "ok", "2022.html": "over_limit", "2023.html": "over_limit"}
    (row,) = sources_table(raw, [source])
    assert row.findings == ("source_limit",)
    assert row.waiting == tuple(f"{portal.url(f'/nb/{year}.html')}: over_limit" for year in (2022, 2023))
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    assert {row.status for row in documents(raw).values()} == {"ok"}


def test_an_address_that_a_person_names_is_not_left_in_silence(portal: Any, raw: Path, quick: Policy) -> None:
    portal.put("/a.html", "", 429, Retry_After="9999")
    taken = take_addresses(
        raw, [portal.url("/a.html")], allowed_hosts=(), delay=0, allow_private=True, policy=quick
    )
    assert taken.taken == 0
    assert [line for line in taken.problems if line.startswith("left for a later run: 127.0.0.1")]


def test_a_home_of_the_version_before_has_its_table_of_sources(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = source_at(portal.url("/nb/"))
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    with sqlite3.connect(raw / "crawl.sqlite") as db:
        db.execute("DROP TABLE crawl_wait")
        db.execute("DROP INDEX crawl_visit_answered")
    assert sources_table(raw, [source])[0].reports == 3
    assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).counts == {"unchanged": 4}


async def _here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize("sent_on", ["www.nb.example", "nb.example", ""])
def test_a_page_with_and_without_www_is_one_report_of_its_source(
    portal: Any, raw: Path, quick: Policy, sent_on: str
) -> None:
    fill(portal)
    hosts = ("www.nb.example", "nb.example")
    rows = [(portal.url(f"/nb/{year}.html", host), title) for year, title in TITLES.items() for host in hosts]
    portal.put_list("/nb/", rows)
    if sent_on:
        for year in TITLES:
            portal.put(
                f"/nb/{year}.html",
                "",
                301,
                host=sent_on,
                Location=portal.url(f"/nb/{year}.html", next(host for host in hosts if host != sent_on)),
            )
    source = Source("twins", "", "某局", "department", portal.url("/nb/", "nb.example"), "list")

    def again() -> dict[int | None, int]:
        crawl(raw, [source], delay=0, allow_private=True, policy=quick, resolver=_here, allowed_hosts=hosts)
        (row,) = sources_table(raw, [source])
        assert row.findings == ()
        return dict(row.reports_by_year)

    assert again() == again() == dict.fromkeys(TITLES, 1)
    with RawStore(raw) as store:
        kept = list(store.documents_to_read())
    assert {receipt.status for receipt in kept} == {"ok"}
    assert len({receipt.sha256 for receipt in kept}) == 3


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_is_not_asked_for_again_because_another_address_is_sent_on_to_it(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source], order: int
) -> None:
    portal.put_list("/nb/", [("old.html", TITLES[2021]), ("2021.html", TITLES[2021])][::order])
    portal.put_report("/nb/2021.html", TITLES[2021])
    portal.put("/nb/old.html", "", 301, Location="/nb/2021.html")
    source = source_at(portal.url("/nb/"))
    assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).left == 0
    assert sorted(portal.paths()) == ["/nb/", "/nb/2021.html", "/nb/old.html"]
    (row,) = sources_table(raw, [source])
    assert (row.findings, row.reports_by_year) == ((), {2021: 1})
    assert {row.status for row in documents(raw).values()} == {"ok"}


def test_two_pages_of_one_year_that_differ_are_no_twins(portal: Any, raw: Path, quick: Policy) -> None:
    hosts = ("www.nb.example", "nb.example")
    portal.put_list("/nb/", [(portal.url("/nb/a.html", host), TITLES[2021]) for host in hosts])
    for host in hosts:
        portal.put_report("/nb/a.html", TITLES[2021], f"<p>{host}</p>", host=host)
    source = Source("two", "", "某局", "department", portal.url("/nb/", "nb.example"), "list")
    crawl(raw, [source], delay=0, allow_private=True, policy=quick, resolver=_here, allowed_hosts=hosts)
    (row,) = sources_table(raw, [source])
    assert row.reports_by_year == {2021: 2}


def test_a_crawl_of_one_year_looks_at_that_years_reports_and_forgets_no_others(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    fill(portal)
    source = source_at(portal.url("/nb/"))
    crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    portal.put_report("/nb/2022.html", TITLES[2022], "<p>更正</p>")
    portal.put_report("/nb/2023.html", TITLES[2023], "<p>更正</p>")
    portal.requests.clear()
    result = crawl(raw, [source], delay=0, allow_private=True, policy=quick, year=2022)
    assert portal.paths() == ["/nb/", "/nb/2022.html"]
    assert result.counts == {"ok": 1, "unchanged": 1}
    (row,) = sources_table(raw, [source])
    assert (row.findings, row.reports_by_year) == ((), {2021: 1, 2022: 1, 2023: 1})
    assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).counts == {"ok": 1, "unchanged": 3}
