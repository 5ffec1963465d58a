"""A crawl from the caller's side: some sources into the raw store of a home, or a dry run beside it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.crawl.addresses import Resolver
from pipeline.crawl.crawler import Crawler
from pipeline.crawl.policy import Policy
from pipeline.crawl.progress import CrawlResult, Progress
from pipeline.crawl.registry import Source
from pipeline.crawl.store import RawStore


def crawl(
    home_raw: Path,
    sources: Sequence[Source],
    *,
    delay: float = 2.0,
    allow_private: bool = False,
    dry_run: bool = False,
    render: bool = False,
    year: int | None = None,
    progress: Progress | None = None,
    allowed_hosts: Collection[str] = (),
    insecure_hosts: Collection[str] = (),
    policy: Policy | None = None,
    resolver: Resolver | None = None,
    clock: Callable[[], float] = time.time,
) -> CrawlResult:
    """Fetches what ``sources`` lead to into the raw store at ``home_raw``; gives counts by status.

    Goes on where a crawl of the same sources was stopped, else looks at everything again, asking only what
    changed. ``delay``: least pause per host in seconds. ``dry_run``: reads lists, fetches no report, keeps
    nothing; ``planned`` says what a crawl would fetch. ``render``: pages that are a script's shell go
    through Chromium where it is installed. ``year``: lists are read as ever, but of the reports whose year
    they name only that year's are looked at. ``allowed_hosts`` beside those under gov.cn and the sources' own;
    ``insecure_hosts`` may show any certificate, beside those that the sources say so of.
    ``policy`` gives every other limit (its ``delay`` and ``allow_private`` are set from the arguments),
    ``resolver`` looks names up in place of the system, ``clock`` gives the time that receipts state.
    One source's failure never stops another; nothing that a server does raises. On Ctrl-C what was fetched is
    kept and ``KeyboardInterrupt`` goes on.
    """
    policy = replace(policy or Policy(), delay=delay, allow_private=allow_private)
    hosts = frozenset(allowed_hosts) | {source.host for source in sources}
    home_raw = Path(home_raw)
    home_raw.mkdir(parents=True, exist_ok=True)

    async def run(store: RawStore) -> CrawlResult:
        crawler = Crawler(
            store,
            home_raw,
            policy,
            hosts,
            sources,
            progress=progress,
            insecure_hosts=insecure_hosts,
            dry_run=dry_run,
            render=render,
            year=year,
            resolver=resolver,
            clock=clock,
        )
        return await crawler.run()

    if dry_run:
        with (
            tempfile.TemporaryDirectory(prefix="yangguang-dry-run-") as aside,
            RawStore(Path(aside)) as store,
        ):
            return _run_to_end(run(store))
    with RawStore(home_raw) as store:
        return _run_to_end(run(store))


def _run_to_end(crawling: Coroutine[Any, Any, CrawlResult]) -> CrawlResult:
    """Runs the crawl in an event loop of its own, in a thread of its own where the caller's has one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(crawling)
    with ThreadPoolExecutor(1, thread_name_prefix="crawl") as thread:
        return thread.submit(asyncio.run, crawling).result()
