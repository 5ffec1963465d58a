"""SIGKILL at file operations of every kind: a seeded slice of ``python -m bench.reliability kills``."""

from __future__ import annotations

import random

import pytest

from bench.reliability import homes
from bench.reliability.kills import CRAWLS, Kills, Stage, chosen
from pipeline.crawl.portal import serve_site

SEED = random.SystemRandom().randrange(1 << 30)
KILLS = 2
STAGES = (
    Stage("take in", "fresh", ("{folder}/in1",), "take_in"),
    Stage("read", "taken", (), "read", part="/warehouse/"),
    Stage("snapshot", "published", (), "snapshot", part="/warehouse/"),
)


def killed(kills: Kills, stage: Stage) -> list[str]:
    dice = random.Random(SEED)
    trace = kills.undisturbed(stage)
    assert len(trace) > 20, "the file layer sees what the stage does"
    found = []
    for at in chosen(trace, KILLS, dice):
        result = kills.kill(stage, at, torn=trace[at - 1].startswith("write"))
        found += [f"seed {SEED}, {stage.name}, {result.operation}: {wrong}" for wrong in result.wrong]
    return found


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_killed_stage_loses_nothing_and_leaves_nothing(kills: Kills, stage: Stage) -> None:
    assert killed(kills, stage) == []


def test_a_killed_crawl_loses_nothing_and_leaves_nothing(kills: Kills) -> None:
    with serve_site(homes.site(4)) as place:
        (kills.folder / "sources.csv").write_text(homes.registry(f"http://{place.address}:{place.port}/nb/"))
        words = ("crawl", "--registry", "{folder}/sources.csv", *CRAWLS)
        assert killed(kills, Stage("crawl", "fresh", words)) == []


def test_what_a_killed_reading_left_beside_the_warehouse_is_removed(kills: Kills) -> None:
    """A kill while a batch is registered: the folder for what LibreOffice makes is still there, and the batch is
    in no index."""
    stage = Stage("read", "taken", (), "read", part="/warehouse/read")
    trace = kills.undisturbed(stage)
    (*_, at) = [
        n for n, line in enumerate(trace, start=1) if line.startswith("write") and "index.sqlite-wal" in line
    ]
    assert kills.kill(stage, at, torn=False).wrong == ()
