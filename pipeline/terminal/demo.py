"""``yangguang demo``: shows the shipped corpus on a portal and takes it the whole way, in a home of its
own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.terminal.crawl import Told
from pipeline.terminal.run import run_all
from pipeline.terminal.say import say

if TYPE_CHECKING:
    from pipeline.demo import Corpus
    from pipeline.home import Home

ATLAS = "atlas"
"""The folder of the demo's site in its home."""
PORTAL_HOST = "www.yunze.example"
"""A name that no machine has (RFC 2606): the crawl is told where the portal is, and addresses stay the same
on every machine, so the same corpus gives the same snapshot."""
PORTAL_PORT = 8418
DELAY_S = 0.02
FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
"""The time that the demo's receipts state: the invented province has an invented today."""


@click.command()
def demo() -> None:
    """The whole way on the corpus that the project ships, in a home of its own; all its bodies are
    invented."""
    from pipeline.home import demo_home

    home = demo_home().make()
    prepare_demo(home)
    run_all(home, ())
    say("")
    say("The demo's province, bodies and figures are invented. Ask it, for example:")
    say(
        '  .venv/bin/yangguang sql "select division_name, year, applications_received, disclosure_rate from mart.city_year"'
    )
    say('  .venv/bin/yangguang sql "select * from mart.chain_break"')
    say("  .venv/bin/yangguang city 雾江市")
    say("Or look at it:")
    say(f"  {write_atlas(home).as_uri()}")
    say(f"  .venv/bin/yangguang site {home.root / ATLAS} --serve")


def write_atlas(home: Home) -> Path:
    """Write the site of the home's latest snapshot below the home; gives its start page."""
    from pipeline.load.sums import latest
    from pipeline.site import write_site

    folder = (home.root / ATLAS).resolve()
    write_site(home.snapshots / latest(home), folder)
    return folder / "index.html"


def prepare_demo(home: Home) -> None:
    """Bring the corpus's invented places into the home and crawl its portal."""
    from pipeline.demo import shipped_corpus
    from pipeline.home import INVENTED

    corpus = shipped_corpus()
    for name in ("divisions.csv", "division_events.csv", "truth.json"):
        (home.root / name).write_bytes(corpus.beside[name])
    (home.root / INVENTED).write_text(
        "虚构 / all bodies and figures of this home are invented\n", encoding="utf-8"
    )
    say(f"the demo corpus: {corpus.reports} reports of invented bodies, 2013 to 2025")
    crawl_portal(home, corpus)


def crawl_portal(home: Home, corpus: Corpus) -> None:
    """Show the corpus on a loopback portal and crawl it as any other source; ``sources.csv`` goes into the
    home."""
    from pipeline.crawl.portal import serve_site
    from pipeline.progress import progress
    from pipeline.stages import OWN_REGISTRY, crawl_stage

    with serve_site(corpus.site, port=PORTAL_PORT) as place:
        registry = home.root / OWN_REGISTRY
        registry.write_text(corpus.sources(f"http://{PORTAL_HOST}:{place.port}"), encoding="utf-8")
        say(f"crawling its portal on {place.address}:{place.port}")

        async def resolve(host: str, port: int) -> list[str]:
            if host != PORTAL_HOST:
                raise OSError("the demo knows its own portal alone")
            return [place.address]

        with progress("crawl") as tick:
            crawled = crawl_stage(
                home,
                delay=DELAY_S,
                allow_private=True,
                progress=Told(tick),
                resolver=resolve,
                clock=lambda: FETCHED_AT,
            )
    result = crawled.result
    say(f"pages: {result.fetched} new or changed, {result.unchanged} unchanged, {result.failed} failed")
    for problem in crawled.problems:
        say(f"  {problem}")
