"""``yangguang crawl`` and ``yangguang sources``: the crawl stage for a person at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.crawl.completeness import SourceRow, check_sources, sources_table
from pipeline.crawl.crawler import crawl
from pipeline.crawl.progress import CrawlState
from pipeline.crawl.registry import choose_sources, load_registry
from pipeline.home import Home
from pipeline.stages import registry_of
from pipeline.terminal.show import grid

_LINE_EVERY_S = 10.0


class Shown:
    """Shows a crawl's state: a bar on a terminal, a plain line now and then elsewhere."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._last = time.monotonic()
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[counts]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("crawl", total=None, counts="")

    def __enter__(self) -> Shown:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, state: CrawlState) -> None:
        """Show the state; quick."""
        done = state.fetched + state.unchanged + state.failed
        counts = (
            f"{state.hosts} hosts, {state.fetched} fetched, {state.unchanged} unchanged, {state.failed} failed, "
            f"about {state.eta_seconds:.0f} s left"
        )
        if self._bar:
            self._bar.update(self._task, completed=done, total=done + state.due, counts=counts)
        elif time.monotonic() - self._last >= _LINE_EVERY_S:
            self._last = time.monotonic()
            self._say(f"{done} of {done + state.due} pages: {counts}")


def crawl_sources(
    home: Home,
    *,
    registry: str | None,
    sources: tuple[str, ...],
    delay: float,
    allow_private: bool,
    dry_run: bool,
    render: bool,
    say: Callable[[str], None],
) -> bool:
    """Crawl what the registry names; gives whether nothing failed. Raises UserError for a wrong registry or
    source."""
    home.make()
    chosen = choose_sources(load_registry(Path(registry) if registry else registry_of(home)), sources)
    with Shown(say) as shown:
        result = crawl(
            home.raw,
            chosen,
            delay=delay,
            allow_private=allow_private,
            dry_run=dry_run,
            render=render,
            progress=shown,
        )
    if dry_run:
        rows = [(p.source_id, p.kind, p.year, p.title, p.rule, p.url) for p in result.planned]
        for line in grid(("source", "kind", "year", "title", "rule", "url"), rows, 80):
            print(line)
        return True
    say("pages: " + (", ".join(f"{n} {status}" for status, n in sorted(result.counts.items())) or "none"))
    for failure in result.failures:
        say(failure)
    for host, why in result.deferred:
        say(f"left for a later run: {host}: {why}")
    for source in result.busy:
        say(f"another process is crawling {source}")
    for finding in check_sources(home.raw, chosen):
        say(f"{finding.source_id}: {finding.rule}: {finding.message}")
    return not result.failed


def _by_year(row: SourceRow) -> str:
    years = sorted(row.reports_by_year.items(), key=lambda pair: pair[0] or 0)
    return " ".join(f"{year or '?'}:{n}" for year, n in years)


def source_lines(home: Home, registry: str | None = None) -> Iterator[str]:
    """The table of sources, and the findings on their completeness."""
    chosen = load_registry(Path(registry) if registry else registry_of(home))
    seen = [row for row in sources_table(home.make().raw, chosen) if row.last_seen or row.last_error]
    rows = [(r.source_id, r.issuer, r.last_seen, _by_year(r), r.last_error) for r in seen]
    yield from grid(("source", "issuer", "last seen", "reports by year", "last error"), rows, 60)
    yield f"({len(seen)} of {len(chosen)} sources crawled so far)"
    for finding in check_sources(home.raw, chosen):
        yield f"{finding.source_id}: {finding.rule}: {finding.message}"
