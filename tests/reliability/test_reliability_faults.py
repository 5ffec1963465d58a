"""Disks that are full or fail, flipped bits, readers under swaps, hostile files: seeded slices of
``python -m bench.reliability``."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from bench.reliability import faults, flips, homes, hostile, readers, together
from bench.reliability.homes import copied
from bench.reliability.kills import CRAWLS, HERE, Kills, Stage
from bench.reliability.layer import Fault, Op
from bench.reliability.warm import Warm
from pipeline.crawl.portal import serve_site

SEED = random.SystemRandom().randrange(1 << 30)
TAKE_IN = Stage("take in", "fresh", ("{folder}/in1",), "take_in", part="/raw/")
READ = Stage("read", "taken", (), "read", part="/warehouse/")


@pytest.mark.parametrize("kind", faults.KINDS)
def test_a_failing_disk_under_taking_in_loses_nothing(kills: Kills, kind: str) -> None:
    fault = faults.fault_of(kind, TAKE_IN, kills.undisturbed(TAKE_IN), random.Random(SEED))
    assert faults.faulted(kills, TAKE_IN, kind, fault).wrong == (), (SEED, fault)


@pytest.mark.parametrize("kind", ["disk full", "EIO on a rename", "short writes"])
def test_a_failing_disk_under_reading_loses_nothing(kills: Kills, kind: str) -> None:
    fault = faults.fault_of(kind, READ, kills.undisturbed(READ), random.Random(SEED))
    assert faults.faulted(kills, READ, kind, fault).wrong == (), (SEED, fault)


def test_a_build_that_cannot_be_made_durable_is_not_published(kills: Kills) -> None:
    fault = Fault("fail", 1, int(Op.SYNC), "/building.duckdb", error=5, stays=True)
    home = copied(kills.home("modelled"), kills.folder / "work")
    ended = kills.warm(home, call=f"{HERE}:publish", fault=fault)
    assert ended.code == 1
    assert "fsync failed" in ended.said
    assert kills.warm.ask(home, f"{HERE}:rows") is None
    kills.warm.ask(home, f"{HERE}:publish")
    assert kills.warm.ask(home, f"{HERE}:rows")


def test_a_full_disk_is_a_line(kills: Kills) -> None:
    with serve_site(homes.site(2)) as place:
        (kills.folder / "sources.csv").write_text(homes.registry(f"http://{place.address}:{place.port}/nb/"))
        stage = Stage(
            "crawl, full", "fresh", ("crawl", "--registry", "{folder}/sources.csv", *CRAWLS), part="/raw/"
        )
        for part in ("/raw/objects", "/raw/crawl.sqlite"):
            fault = Fault("fail", 3, int(faults.GROWS), part, error=28, stays=True)
            assert faults.faulted(kills, stage, "disk full", fault).wrong == ()


@pytest.mark.parametrize(
    "kind", ["published file", "kept readings", "raw objects", "snapshot", "receipts and frontier"]
)
def test_no_flipped_bit_goes_unseen(kills: Kills, kind: str) -> None:
    home, dice = kills.home("ran"), random.Random(SEED)
    names = sorted(
        p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file() and p.stat().st_size
    )
    name = dice.choice([name for name in names if flips.kind_of(name) == kind])
    work = copied(home, kills.folder / "work")
    done = flips.spoil(work, name, str(flips.place(home / name, dice)), str(dice.randrange(8)))
    said = kills.warm(work, "verify")
    assert "Traceback" not in said.said, (SEED, done)
    named = said.code == 1 and "problems found" in said.said
    assert named or (kind == "receipts and frontier" and said.code == 0), (SEED, done, said.said)


def test_readers_see_one_whole_version(kills: Kills, tmp_path: Path) -> None:
    one = kills.home("modelled")
    other = copied(one, tmp_path / "other")
    with duckdb.connect(str(other / "warehouse" / "building.duckdb")) as con:
        con.execute(
            "UPDATE core.observation SET value = value + 1; UPDATE mart.measure SET value = value + 1"
        )
    found = readers.run_readers(kills, 3, 20, [one, other], processes=2)
    assert found.wrong == ()
    assert found.openings >= 20
    assert all(found.versions)


def test_two_crawls_at_once_lose_and_double_nothing(kills: Kills) -> None:
    with Warm() as other:
        result = next(together.run_together(kills, other, after="take_in"))
    assert result.wrong == ()


def test_hostile_files_of_every_family_get_a_status(kills: Kills, tmp_path: Path) -> None:
    for family, name in hostile.write(tmp_path / "hostile", SEED, 18):
        path = str(tmp_path / "hostile" / name)
        ended = kills.warm(tmp_path, path, call="bench.reliability.hostile:read_alone")
        assert ended.code == 0, (SEED, family, name, ended.said[-500:])


def test_a_percent_sign_names_no_place(kills: Kills) -> None:
    """`city` once took its word for a pattern."""
    found = kills.warm(kills.home("ran"), "city", "%")
    assert found.code == 2
    assert "yangguang: " in found.said
