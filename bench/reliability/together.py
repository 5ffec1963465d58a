"""Two commands in one home at once: two runs, a run and a crawl, two crawls of one source.

One of two runs may say that another is under way; after that a run must give what the commands give one after
the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.reliability import homes
from bench.reliability.homes import copied, differing
from bench.reliability.kills import CRAWLS, HERE, Kills
from bench.reliability.warm import Ended, Warm
from pipeline.crawl.portal import serve_site


class Together(NamedTuple):
    """What became of two commands at once: their exit codes, and what was wrong."""

    pair: str
    codes: tuple[int, int]
    wrong: tuple[str, ...]
    seconds: float


def run_together(kills: Kills, other: Warm, pairs: int = 1, after: str = "") -> Iterator[Together]:
    """Each pair of commands, so many times. ``other`` forks the second command; ``after``: a stage in place of the
    run after them."""
    run = ["run", str(kills.folder / "in1")]
    with serve_site(homes.site(12)) as place:
        registry = kills.folder / "sources.csv"
        registry.write_text(homes.registry(f"http://{place.address}:{place.port}/nb/"))
        crawl = ["crawl", "--registry", str(registry), *CRAWLS]
        for name, one, two in (
            ("two crawls", crawl, crawl),
            ("two runs", run, run),
            ("a run and a crawl", run, crawl),
        ):
            wanted = None
            for _ in range(pairs):
                home = copied(kills.home("fresh"), kills.folder / "work")
                if wanted is None:
                    for words in (one, two):
                        kills.warm(home, *words)
                    wanted = _state(kills.warm, home, run, after)
                    home = copied(kills.home("fresh"), kills.folder / "work")
                yield _both(
                    kills, other, name, home, one, two, lambda h: _state(kills.warm, h, run, after), wanted
                )


def _state(warm: Warm, home: Path, run: list[str], after: str) -> dict[str, object]:
    ended = warm(home, *run[1:], call=f"{HERE}:{after}") if after else warm(home, *run)
    if ended.code:
        raise RuntimeError(ended.said)
    return {**warm.ask(home, f"{HERE}:state"), "problems": warm.ask(home, f"{HERE}:problems")}


def _both(
    kills: Kills,
    other: Warm,
    name: str,
    home: Path,
    one: list[str],
    two: list[str],
    state: Callable[[Path], dict[str, object]],
    wanted: dict[str, object],
) -> Together:
    with ThreadPoolExecutor(2) as threads:
        tasks = [threads.submit(kills.warm, home, *one), threads.submit(other, home, *two)]
        ended: list[Ended] = [task.result() for task in tasks]
    wrong = []
    for which in ended:
        busy = "another" in which.said
        if which.code not in (0, 1) or (which.code == 1 and not busy) or "Traceback" in which.said:
            wrong.append(f"ended with {which.code}: {which.said[-400:]}")
    if all(which.code for which in ended):
        wrong.append("neither of them went through")
    try:
        wrong += differing(wanted, state(home))
    except RuntimeError as error:
        wrong.append(f"the run after them: {str(error)[-400:]}")
    return Together(name, (ended[0].code, ended[1].code), tuple(wrong), max(e.seconds for e in ended))


def table(results: list[Together]) -> list[str]:
    """The results as Markdown."""
    lines = ["| at once | exit codes | lost or doubled | worst s |", "|---|---|---|---|"]
    for r in results:
        lines.append(f"| {r.pair} | {r.codes[0]}, {r.codes[1]} | {len(r.wrong)} | {r.seconds:.1f} |")
    return lines
