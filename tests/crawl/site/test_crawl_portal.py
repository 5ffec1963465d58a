"""The demo's portal: the corpus comes through HTTP byte for byte, lists and news are told from reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pipeline.crawl.policy import Policy
from pipeline.crawl.portal import serve_site
from pipeline.crawl.registry import Source, load_registry
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore
from tools.demo import iter_pages, portal_pages, portal_sources


def test_the_corpus_comes_whole_through_the_portal(tmp_path: Path, raw: Path, quick: Policy) -> None:
    site = portal_pages(bodies=3)
    with serve_site(site) as place:
        registry = tmp_path / "sources.csv"
        registry.write_text(
            portal_sources(f"http://{place.address}:{place.port}", bodies=3), encoding="utf-8"
        )
        sources = load_registry(registry)
        first = crawl(raw, sources, delay=0, allow_private=True, policy=quick)
        assert set(first.counts) == {"ok"}
        second = crawl(raw, sources, delay=0, allow_private=True, policy=quick)
        assert second.counts == {"unchanged": first.counts["ok"]}
    corpus = {data for _, data, _ in iter_pages(bodies=3)}
    pictures = {body for media, body in site.values() if media == "image/png"}
    with RawStore(raw) as store:
        to_read = list(store.documents_to_read())
        assert {store.get(receipt.sha256 or "") for receipt in to_read} == corpus | pictures
        assert len(list(store.latest_by_document())) > len(to_read)  # the lists are kept, and not read


def test_a_wanted_port_that_is_taken_is_found_on_another_loopback_address() -> None:
    with serve_site({}) as first, serve_site({}, port=first.port) as second:
        assert first.address != second.address
        assert first.port == second.port


def test_a_crawl_from_within_an_event_loop(
    raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    async def caller() -> int:
        with serve_site({"/a.txt": ("text/plain", b"x")}) as place:
            source = source_at(f"http://{place.address}:{place.port}/a.txt", kind="article")
            return crawl(raw, [source], delay=0, allow_private=True, policy=quick).fetched

    assert asyncio.run(caller()) == 1


def test_a_list_that_failed_stays_among_the_documents_and_one_that_was_read_does_not(
    raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    rows = "".join(
        f'<li><a href="t{y}.html">某市{y}年政府信息公开工作年度报告</a></li>' for y in (2020, 2021)
    )
    site = {"/nb/": ("text/html; charset=utf-8", f"<ul>{rows}</ul>".encode())} | {
        f"/nb/t{y}.html": ("text/html", b"<p>report</p>") for y in (2020, 2021)
    }
    with serve_site(site) as place:
        base = f"http://{place.address}:{place.port}"
        sources = [source_at(f"{base}/nb/", source_id="a"), source_at(f"{base}/gone/", source_id="b")]
        crawl(raw, sources, delay=0, allow_private=True, policy=quick)
    with RawStore(raw) as store:
        kept = {receipt.url.removeprefix(base): receipt.status for receipt in store.documents_to_read()}
    assert kept == {"/gone/": "http_404", "/nb/t2020.html": "ok", "/nb/t2021.html": "ok"}
