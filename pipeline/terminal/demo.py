"""``yangguang demo``: shows the shipped corpus on a portal and takes it the whole way, in a home of its
own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.crawl.crawler import crawl
from pipeline.crawl.portal import serve_site
from pipeline.crawl.progress import CrawlResult
from pipeline.crawl.registry import load_registry
from pipeline.demo import portal_pages, portal_sources, write_corpus
from pipeline.home import Home
from pipeline.stages import OWN_REGISTRY
from pipeline.terminal.crawl import Shown

PORTAL_HOST = "www.yunze.example"
"""A name that no machine has (RFC 2606): the crawl is told where the portal is, and addresses stay the same
on every machine, so the same corpus gives the same snapshot."""
PORTAL_PORT = 8418
DELAY_S = 0.02
FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
"""The time that the demo's receipts state: the invented province has an invented today."""


def prepare_demo(home: Home, *, run: Callable[[tuple[str, ...]], None], say: Callable[[str], None]) -> None:
    """Bring the corpus's invented places into the home, crawl its portal, and run on what was crawled."""
    home.make()
    with tempfile.TemporaryDirectory() as aside:
        truth = write_corpus(Path(aside) / "corpus")
        for name in ("divisions.csv", "division_events.csv", "truth.json"):
            shutil.copyfile(Path(aside) / name, home.root / name)
    say(f"the demo corpus: {len(truth.reports)} reports of invented bodies, 2013 to 2025")
    crawl_portal(home, say=say)
    run(())


def crawl_portal(home: Home, *, say: Callable[[str], None]) -> CrawlResult:
    """Show the corpus on a loopback portal and crawl it as any other source; ``sources.csv`` goes into the
    home."""
    site = portal_pages()
    with serve_site(site, port=PORTAL_PORT) as place:
        registry = home.root / OWN_REGISTRY
        registry.write_text(portal_sources(f"http://{PORTAL_HOST}:{place.port}"), encoding="utf-8")
        sources = load_registry(registry)
        say(f"crawling its portal, {len(sources)} columns of reports on {place.address}:{place.port}")

        async def resolve(host: str, port: int) -> list[str]:
            if host != PORTAL_HOST:
                raise OSError("the demo knows its own portal alone")
            return [place.address]

        with Shown(say) as shown:
            result = crawl(
                home.raw,
                sources,
                delay=DELAY_S,
                allow_private=True,
                progress=shown,
                resolver=resolve,
                clock=lambda: FETCHED_AT,
            )
    say(f"pages: {result.fetched} new or changed, {result.unchanged} unchanged, {result.failed} failed")
    for problem in (*result.failures, *(f"another process is crawling {source}" for source in result.busy)):
        say(f"  {problem}")
    return result
