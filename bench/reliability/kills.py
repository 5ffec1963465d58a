"""Kills: a real process is ended by SIGKILL at one of its file operations, at every stage.

After each the published file must be wholly the old one or wholly the new one; the same command, run again,
must give what an undisturbed one gives, and leave nothing lying about.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.reliability import homes
from bench.reliability.homes import copied, differing, fresh, pages
from bench.reliability.layer import Fault
from bench.reliability.warm import Ended, Warm
from pipeline.crawl.portal import serve_site

HERE = "bench.reliability.homes"
_OWN = re.compile(r"[0-9a-f-]{6,}|\b[0-9a-f]{2}\b")
"""What names hold that is of one file alone."""
CRAWLS = ("--allow-private", "--delay", "0")


class Stage(NamedTuple):
    """What is killed: a command line (``words``) or a function (``call``) in a copy of the home ``before``;
    ``after``: what finishes it; ``end``: what the next run's state is compared by."""

    name: str
    before: str
    words: tuple[str, ...] = ()
    call: str = ""
    after: str = "again"
    part: str = ""
    weight: int = 1


class Killed(NamedTuple):
    """What became of one kill: which operation of which file, whether the published file was the old or the
    new one, how many lines ``verify`` said right after, and what was wrong (nothing: all well)."""

    stage: str
    operation: str
    torn: bool
    published: str
    named: int
    wrong: tuple[str, ...]
    seconds: float
    memory: int


class Tried(NamedTuple):
    """A stage under a fault and what came after: how it ended, the published file then, lines of ``verify``, and
    whether it said that all was well where it was not."""

    ended: Ended
    published: str
    named: int
    silent: bool
    wrong: tuple[str, ...]
    seconds: float
    memory: int


class Kills:
    """The homes in a folder and what undisturbed commands give there; ``kill`` is one try."""

    def __init__(self, warm: Warm, folder: Path, made: Mapping[str, Path] | None = None) -> None:
        self.warm = warm
        self.folder = folder
        self._made = dict(made or {})
        self._wanted: dict[str, dict[str, Any]] = {}
        self._said: dict[str, str] = {}
        self._traces: dict[str, tuple[str, ...]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        pages(folder / "in1", 0, 4)
        pages(folder / "in2", 4, 2)

    def home(self, name: str) -> Path:
        """The home of that name, made where the folder does not hold it yet: see ``STEPS``."""
        place = self.folder / name.replace(" ", "-")
        if name not in self._made and not place.is_dir():
            aside = place.with_suffix(".part")
            shutil.rmtree(aside, ignore_errors=True)
            if name == "fresh":
                fresh(aside)
            else:
                before, call, *words = STEPS[name]
                copied(self.home(before), aside)
                verb = call == "run"
                words = [*([call] if verb else []), *self._filled(words)]
                self._must(self.warm(aside, *words, call="" if verb else f"{HERE}:{call}"))
            aside.rename(place)
        self._made.setdefault(name, place)
        return self._made[name]

    def _must(self, ended: Ended) -> Ended:
        if ended.code:
            raise RuntimeError(f"an undisturbed command ended with {ended.code}:\n{ended.said}")
        return ended

    def _go(self, stage: Stage, home: Path, fault: Fault | None = None) -> Ended:
        return self.warm(
            home, *self._filled(stage.words), call=stage.call and f"{HERE}:{stage.call}", fault=fault
        )

    def _filled(self, words: Sequence[str]) -> list[str]:
        return [word.replace("{folder}", str(self.folder)) for word in words]

    def _finished(self, stage: Stage, home: Path) -> Ended:
        homes.aged(home)
        if stage.after == "again":
            return self._go(stage, home)
        return (
            self.warm(home, call=f"{HERE}:{stage.after}")
            if stage.after == "finish"
            else self.warm(home, stage.after)
        )

    def undisturbed(self, stage: Stage) -> tuple[str, ...]:
        """The operations of the stage, from a run whose result the others are compared with."""
        if stage.name not in self._traces:
            home = copied(self.home(stage.before), self.folder / "work")
            ended = self._must(self._go(stage, home, Fault("count", part=stage.part)))
            self._must(self._finished(stage, home))
            self._wanted[stage.name] = self._state(home)
            self._said[stage.name] = ended.said
            self._traces[stage.name] = ended.trace
        return self._traces[stage.name]

    def kill(self, stage: Stage, at: int, torn: bool) -> Killed:
        """Kill the stage at its ``at``-th operation, look, finish, and compare."""
        trace = self.undisturbed(stage)
        tried = self.attempt(stage, Fault("torn" if torn else "kill", at, part=stage.part))
        wrong = list(tried.wrong)
        if tried.ended.code not in (0, -9):
            wrong.append(f"ended by itself with {tried.ended.code}: {tried.ended.said[-300:]}")
        return Killed(
            stage.name,
            trace[at - 1].replace("\t", " ") if at <= len(trace) else "after the last",
            torn,
            tried.published,
            tried.named,
            tuple(wrong),
            tried.seconds,
            tried.memory,
        )

    def attempt(self, stage: Stage, fault: Fault) -> Tried:
        """Run the stage under a fault, look at the published file, run it again without, and compare."""
        self.undisturbed(stage)
        wanted = self._wanted[stage.name]
        before = self.home(stage.before)
        home = copied(before, self.folder / "work")
        old = self.warm.ask(before, f"{HERE}:rows")
        ended = self._go(stage, home, fault)
        wrong: list[str] = []
        seen = self.warm(home, call=f"{HERE}:rows")
        found = None if seen.code else json.loads(seen.given)
        if seen.code:
            wrong.append(f"the published file cannot be opened: {seen.said[-300:]}")
        elif found not in (old, wanted["rows"]):
            wrong.append("the published file is neither the old one nor the new one")
        silent = ended.code == 0 and self._differs_unsaid(stage, home, ended)
        said = self.warm(home, "verify") if found else None
        if said and (said.code not in (0, 1) or "Traceback" in said.said):
            wrong.append(f"verify ended with {said.code}: {said.said[-300:]}")
        again = self._finished(stage, home)
        if again.code:
            wrong.append(f"the next run ended with {again.code}: {again.said[-300:]}")
        else:
            wrong += differing(wanted, self._state(home))
        return Tried(
            ended,
            "none" if found is None else "old" if found == old else "new",
            said.said.count("\n") - 5 if said and said.code else 0,
            bool(silent),
            tuple(wrong),
            max(ended.seconds, again.seconds),
            max(ended.memory, again.memory),
        )

    def _state(self, home: Path) -> dict[str, Any]:
        found: dict[str, Any] = self.warm.ask(home, f"{HERE}:state")
        return {**found, "problems": self.warm.ask(home, f"{HERE}:problems")}

    def _differs_unsaid(self, stage: Stage, home: Path, ended: Ended) -> bool:
        """Whether a stage that ended well gave something else, and no status and no line says why."""
        found = self._state(home)
        statuses = {row[2] for row in (*found["receipts"], *found["kept"])}
        told = ended.said != self._said[stage.name] or statuses - {"ok"}
        return any(differing(self._wanted[stage.name], found)) and not told


STEPS = {
    "taken": ("fresh", "take_in", "{folder}/in1"),
    "read": ("taken", "read"),
    "loaded": ("read", "load"),
    "modelled": ("loaded", "models"),
    "published": ("modelled", "publish"),
    "one": ("published", "snapshot"),
    "taken again": ("one", "take_in", "{folder}/in2"),
    "read again": ("taken again", "read"),
    "loaded again": ("read again", "load"),
    "modelled again": ("loaded again", "models"),
    "published again": ("modelled again", "publish"),
    "two": ("published again", "snapshot"),
    "spoilt": ("two", "spoil"),
    "ran": ("fresh", "run", "{folder}/in1"),
}
"""Homes by name: from which, by which function of ``homes`` with which words. ``one`` is published from four
files, ``two`` from two more; ``fresh`` holds nothing, ``ran`` is made by the command line, with Dagster's
history."""

STAGES = (
    Stage("crawl", "fresh", ("crawl", "--registry", "{folder}/sources.csv", *CRAWLS), weight=60),
    Stage("take in", "fresh", ("{folder}/in1",), "take_in", weight=55),
    Stage("read", "taken again", (), "read", part="/warehouse/", weight=50),
    Stage("snapshot", "published again", (), "snapshot", "again", part="/warehouse/", weight=40),
    Stage("dbt models", "loaded again", (), "models", "finish", part="/warehouse/", weight=12),
    Stage("publish", "modelled again", (), "publish", "finish", part="/warehouse/", weight=10),
    Stage("run", "one", ("run", "{folder}/in2"), weight=5),
    Stage("heal", "spoilt", ("heal",), "", "run", weight=3),
    Stage("load", "read again", (), "load", "finish", part="/warehouse/", weight=4),
)


def chosen(trace: Sequence[str], count: int, dice: random.Random) -> list[int]:
    """Which operations to kill at: one of each kind (what is done to which file) first, then any."""
    kinds: dict[str, list[int]] = {}
    for n, line in enumerate(trace, start=1):
        kinds.setdefault(_kind(line), []).append(n)
    ones = [dice.choice(numbers) for numbers in kinds.values()]
    dice.shuffle(ones)
    more = [dice.randint(1, len(trace)) for _ in range(max(0, count - len(ones)))]
    return (ones + more)[:count]


def _kind(line: str) -> str:
    return _OWN.sub("*", "/".join(line.split("/")[:4]))


def run_kills(kills: Kills, seed: int, count: int, stages: Sequence[Stage] = STAGES) -> Iterator[Killed]:
    """``count`` kills over the stages, by their weights. Crawls have a portal on loopback for as long."""
    dice = random.Random(seed)
    total = sum(stage.weight for stage in stages)
    with serve_site(homes.site(12)) as place:
        (kills.folder / "sources.csv").write_text(homes.registry(f"http://{place.address}:{place.port}/nb/"))
        for stage in stages:
            trace = kills.undisturbed(stage)
            for at in chosen(trace, max(1, round(count * stage.weight / total)), dice):
                yield kills.kill(stage, at, torn=trace[at - 1].startswith("write") and dice.random() < 0.5)


def table(results: Sequence[Killed]) -> list[str]:
    """The results as Markdown."""
    lines = [
        "| stage | kills | of writes, half done | file then: none / old / new | verify named | lost or half | worst s | worst MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(r.stage for r in results):
        own = [r for r in results if r.stage == name]
        then = Counter(r.published for r in own)
        lines.append(
            f"| {name} | {len(own)} | {sum(r.torn for r in own)} | {then['none']} / {then['old']} / {then['new']} "
            f"| {sum(r.named > 0 for r in own)} | {sum(bool(r.wrong) for r in own)} | {max(r.seconds for r in own):.1f} "
            f"| {max(r.memory for r in own)} |"
        )
    return lines
