"""``yangguang crawl`` and ``yangguang sources``: the crawl stage for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.terminal.say import failed, give, say, wrong
from pipeline.terminal.tables import grid

if TYPE_CHECKING:
    from pipeline.crawl.completeness import SourceRow
    from pipeline.crawl.progress import CrawlState
    from pipeline.home import Home
    from pipeline.progress import Tick

_WAITING_SHOWN = 5

least_pause = click.option(
    "--delay",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Least seconds between requests to a host.",
)
private_too = click.option("--allow-private", is_flag=True, help="Allow loopback and private addresses.")


class Told(NamedTuple):
    """Gives a crawl's state on to a progress display."""

    tick: Tick

    def update(self, state: CrawlState) -> None:
        done = state.fetched + state.unchanged + state.failed
        self.tick(
            done,
            done + state.due,
            f"{state.hosts} hosts, {state.fetched} fetched, {state.unchanged} unchanged, {state.failed} failed, "
            f"about {state.eta_seconds:.0f} s left",
        )


@click.command()
@click.option(
    "--registry",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A source registry (CSV) instead of the home's or the project's.",
)
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; may be given several times."
)
@least_pause
@private_too
@click.option("--dry-run", is_flag=True, help="List what would be fetched; fetch no report.")
@click.option(
    "--render", is_flag=True, help="Fetch script-only pages through Chromium where it is installed."
)
@click.option(
    "--year",
    type=click.IntRange(2000, 2100),
    help="Of the reports that lists name, look at this year's alone.",
)
def crawl(
    registry: Path | None,
    sources: tuple[str, ...],
    delay: float,
    allow_private: bool,
    dry_run: bool,
    render: bool,
    year: int | None,
) -> None:
    """Fetch what the source registry names, politely and resumably; `yangguang run` then takes what was
    crawled."""
    from pipeline.crawl import UserError
    from pipeline.home import default_home
    from pipeline.logs import keep_log
    from pipeline.progress import progress
    from pipeline.stages import crawl_stage

    home = default_home().make()
    keep_log(home)
    try:
        with progress("crawl") as tick:
            found = crawl_stage(
                home,
                sources,
                registry=registry,
                delay=delay,
                allow_private=allow_private,
                dry_run=dry_run,
                render=render,
                year=year,
                progress=Told(tick),
            )
    except UserError as error:
        wrong(str(error))
    if dry_run:
        rows = [(p.source_id, p.kind, p.year, p.title, p.rule, p.url) for p in found.result.planned]
        give(grid(("source", "kind", "year", "title", "rule", "url"), rows, 80))
        return
    counts = found.result.counts
    say("pages: " + (", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "none"))
    for line in found.problems:
        say(line)
    for finding in found.findings:
        say(f"{finding.source_id}: {finding.rule}: {finding.message}")
    if found.result.failed:
        failed("some sources failed; see `yangguang sources`")


@click.command()
def sources() -> None:
    """What is known of each source: last seen, reports by year, last error."""
    from pipeline.crawl import UserError
    from pipeline.home import default_home

    try:
        give(source_lines(default_home()))
    except UserError as error:
        wrong(str(error))


def _by_year(row: SourceRow) -> str:
    years = sorted(row.reports_by_year.items(), key=lambda pair: pair[0] or 0)
    return " ".join(f"{year or '?'}:{n}" for year, n in years)


def source_lines(home: Home) -> Iterator[str]:
    """The table of sources, and the findings on their completeness."""
    from pipeline.crawl.completeness import check_sources, sources_table
    from pipeline.crawl.registry import load_registry
    from pipeline.stages import barren_documents, registry_of

    chosen, barren = load_registry(registry_of(home)), barren_documents(home)
    table = sources_table(home.make().raw, chosen, barren)
    seen = [row for row in table if row.last_seen or row.last_error or row.waiting]
    rows = [(r.source_id, r.issuer, r.last_seen, _by_year(r), r.last_error) for r in seen]
    yield from grid(("source", "issuer", "last seen", "reports by year", "last error"), rows, 60)
    yield f"({len(seen)} of {len(chosen)} sources crawled so far)"
    for row in seen:
        for line in row.waiting[:_WAITING_SHOWN]:
            yield f"{row.source_id}: left for a later run: {line}"
        if len(row.waiting) > _WAITING_SHOWN:
            yield f"{row.source_id}: and {len(row.waiting) - _WAITING_SHOWN} more: see status and detail of core.document"
    for finding in check_sources(home.raw, chosen, barren):
        yield f"{finding.source_id}: {finding.rule}: {finding.message}"
