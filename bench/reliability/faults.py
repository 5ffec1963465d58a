"""A disk that is full, answers with errors, or takes half of what is written: under crawl, taking in, reading,
publish and snapshot.

The stage must fail with a line, or go on with a status; the published file stays sound; and once the disk is
well again, the same command gives what an undisturbed one gives.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.reliability import homes
from bench.reliability.kills import CRAWLS, Kills, Stage
from bench.reliability.layer import Fault, Op
from pipeline.crawl.portal import serve_site

GROWS = Op.OPEN | Op.WRITE | Op.MAKE | Op.RESIZE
STAGES = (
    Stage(
        "crawl", "fresh", ("crawl", "--registry", "{folder}/sources.csv", *CRAWLS), part="/raw/", weight=25
    ),
    Stage("take in", "fresh", ("{folder}/in1",), "take_in", part="/raw/", weight=25),
    Stage("read (kept readings)", "taken", (), "read", part="/warehouse/", weight=25),
    Stage("load and models", "read again", (), "load_and_models", "finish", part="/warehouse/", weight=8),
    Stage("publish", "modelled again", (), "publish", "finish", part="/warehouse/", weight=10),
    Stage("snapshot", "published again", (), "snapshot", part="/warehouse/", weight=20),
    Stage("run", "one", ("run", "{folder}/in2"), weight=8),
)
KINDS = ("disk full", "EIO on a write", "EIO on fsync", "EIO on a rename", "EIO on a read", "short writes")


class Faulted(NamedTuple):
    """What became of one fault: how the stage ended (its exit code), and what was wrong."""

    stage: str
    kind: str
    code: int
    published: str
    wrong: tuple[str, ...]
    seconds: float
    memory: int


def fault_of(kind: str, stage: Stage, trace: Sequence[str], dice: random.Random) -> Fault:
    """A fault of that kind at a moment of the stage that the dice say."""
    words = {"EIO on fsync": "fsync", "EIO on a rename": "rename", "EIO on a write": "write"}
    ops = {"EIO on fsync": Op.SYNC, "EIO on a rename": Op.RENAME, "EIO on a write": Op.WRITE}
    if kind == "short writes":
        return Fault("short", 1, int(Op.WRITE), stage.part, stays=True)
    if kind == "disk full":
        grows = sum(line.startswith(("open", "write", "mkdir", "truncate", "allocate")) for line in trace)
        return Fault("fail", dice.randint(1, max(1, grows)), int(GROWS), stage.part, errno.ENOSPC, True)
    if kind == "EIO on a read":
        return Fault("fail", dice.randint(1, 60), int(Op.READ), stage.part, errno.EIO)
    there = sum(line.startswith(words[kind]) for line in trace)
    return Fault("fail", dice.randint(1, max(1, there)), int(ops[kind]), stage.part, errno.EIO)


def run_faults(kills: Kills, seed: int, count: int, stages: Sequence[Stage] = STAGES) -> Iterator[Faulted]:
    """``count`` faults over the stages, by their weights, each kind in its turn."""
    dice = random.Random(seed)
    total = sum(stage.weight for stage in stages)
    with serve_site(homes.site(12)) as place:
        (kills.folder / "sources.csv").write_text(homes.registry(f"http://{place.address}:{place.port}/nb/"))
        for stage in stages:
            trace = kills.undisturbed(stage)
            for n in range(max(1, round(count * stage.weight / total))):
                kind = KINDS[n % len(KINDS)]
                yield faulted(kills, stage, kind, fault_of(kind, stage, trace, dice))


def faulted(kills: Kills, stage: Stage, kind: str, fault: Fault) -> Faulted:
    """One fault: what the stage said, what lies there then, what the next run gives."""
    tried = kills.attempt(stage, fault)
    wrong = list(tried.wrong)
    code, said = tried.ended.code, tried.ended.said
    if code < 0:
        wrong.append(f"it was ended by signal {-code}")
    if tried.silent:
        wrong.append("it said that all was well, and something is not there")
    if stage.words and not stage.call and code and ("Traceback" in said or "yangguang: " not in said):
        wrong.append(f"no clear line: {said[-400:]}")
    if kind == "short writes" and code:
        wrong.append(f"half of a write was too little: {said[-400:]}")
    return Faulted(stage.name, kind, code, tried.published, tuple(wrong), tried.seconds, tried.memory)


def table(results: Sequence[Faulted]) -> list[str]:
    """The results as Markdown: of each stage and kind how many, and how many of them went on and ended well."""
    lines = [
        f"| stage | {' | '.join(KINDS)} | lost, half or unsaid | worst s | worst MiB |",
        "|---|" + "---|" * (len(KINDS) + 3),
    ]
    for name in dict.fromkeys(r.stage for r in results):
        own = [r for r in results if r.stage == name]
        cells = []
        for kind in KINDS:
            some = [r for r in own if r.kind == kind]
            cells.append(f"{len(some)}: {sum(r.code == 0 for r in some)} went on" if some else "")
        lines.append(
            f"| {name} | {' | '.join(cells)} | {sum(bool(r.wrong) for r in own)} | {max(r.seconds for r in own):.1f} "
            f"| {max(r.memory for r in own)} |"
        )
    return lines
