"""Damage anywhere in a home is named in a line, mended where it can be, and stops no later run."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.crawl import RawStore
from pipeline.crawl.errors import DamagedReceipt
from pipeline.crawl.packing import pack
from pipeline.home import Home
from pipeline.load.heal import heal_history, heal_kept, heal_store
from pipeline.load.sums import LATEST
from pipeline.load.verify import verify_home
from pipeline.load.warehouse import opened
from pipeline.reading.kept import Kept
from pipeline.stages import is_up_to_date, load_stage, read_stage, snapshot_stage, take_in_stage
from tests.load.homes import REPORTS

At = Callable[[str], Home]


@pytest.fixture
def home(home_at: At) -> Home:
    return home_at("out")


def said(home: Home) -> list[str]:
    return list(verify_home(home, lambda _: None))


def flip(path: Path, at: int | None = None) -> None:
    os.chmod(path, 0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 0x5A
    path.write_bytes(data)


def test_a_sound_home_is_well(home: Home) -> None:
    assert said(home) == []


def test_each_kind_of_damage_is_a_line(home: Home) -> None:
    objects = sorted(p for p in (home.raw / "objects").rglob("*") if p.is_file())
    flip(objects[0])
    objects[1].unlink()
    kept = sorted(home.read.rglob("*.observation.parquet"))[0]
    flip(kept)
    flip(home.database)
    part = next((home.snapshots / (home.snapshots / LATEST).read_text().strip()).rglob("measure.parquet"))
    flip(part)
    (home.snapshots / LATEST).write_text("0.0-nothing\n")
    lines = "\n".join(said(home))
    assert f"raw object {objects[0].name}: hash_mismatch, from " in lines
    assert f"raw object {objects[1].name}: missing, from " in lines
    assert kept.name in lines
    assert "sha256 differs" in lines
    assert "latest names 0.0-nothing" in lines
    assert "measure.parquet: hash_mismatch" in lines


def test_a_changed_receipt_is_a_line(home: Home) -> None:
    import sqlite3

    with sqlite3.connect(home.raw / "crawl.sqlite") as db:
        db.execute("UPDATE receipt SET url = 'http://other.example/' WHERE seq = 1")
    db.close()
    assert any("its facts are not those" in line for line in said(home))


@pytest.mark.parametrize("seed", range(12))
def test_no_flipped_byte_gives_a_traceback(home: Home, seed: int) -> None:
    dice = random.Random(seed)
    files = sorted(
        p for p in home.root.rglob("*") if p.is_file() and p.stat().st_size and "dbt" not in p.parts
    )
    path = dice.choice(files)
    flip(path, dice.randrange(path.stat().st_size))
    said(home)


def test_latest_is_healed_when_nothing_is_new(home: Home) -> None:
    right = (home.snapshots / LATEST).read_text()
    for wrong in ("0.0-nothing\n", None):
        (home.snapshots / LATEST).unlink()
        if wrong:
            (home.snapshots / LATEST).write_text(wrong)
        assert is_up_to_date(home)
        assert (home.snapshots / LATEST).read_text() == right


def test_a_damaged_snapshot_of_the_same_version_is_written_again(home: Home) -> None:
    version = (home.snapshots / LATEST).read_text().strip()
    changes = (home.snapshots / version / "CHANGES.md").read_bytes()
    flip(home.snapshots / version / "mart" / "measure.parquet")
    assert snapshot_stage(home).name == version
    assert said(home) == []
    assert (home.snapshots / version / "CHANGES.md").read_bytes() == changes


def test_a_truncated_snapshot_before_stops_no_run(home: Home) -> None:
    version = (home.snapshots / LATEST).read_text().strip()
    before = home.snapshots / "0.0-before"
    (home.snapshots / version).rename(before)
    (home.snapshots / LATEST).write_text("0.0-before\n")
    measure = before / "mart" / "measure.parquet"
    measure.write_bytes(measure.read_bytes()[:1000])
    (home.snapshots / ".0.0-killed.part").mkdir()
    folder = snapshot_stage(home)
    assert "cannot be read" in (folder / "CHANGES.md").read_text(encoding="utf-8")
    assert said(home) == []
    assert sorted(p.name for p in home.snapshots.iterdir()) == ["0.0-before", version, LATEST]


def test_a_damaged_snapshot_is_seen_by_the_next_run(home: Home) -> None:
    folder = home.snapshots / (home.snapshots / LATEST).read_text().strip()
    (folder / "notes.txt").write_text("of a person")
    assert is_up_to_date(home)
    flip(folder / "mart" / "measure.parquet")
    assert not is_up_to_date(home)


def test_facts_of_the_published_file_are_compared(home: Home) -> None:
    home.receipt.write_text(home.receipt.read_text().replace('"receipts": "6"', '"receipts": "7"'))
    assert said(home) == ["published.json: its facts are not those of the published warehouse"]


def test_a_damaged_receipt_is_named_refused_and_taken_in_again(home: Home, core: Home) -> None:
    with RawStore(home.raw) as store, store.transaction() as db:
        db.execute("UPDATE receipt SET media_type = 'text/plain' WHERE url = '2.html'")
    assert any("2.html: its facts are not those" in line for line in said(home))
    with pytest.raises(DamagedReceipt, match=r"2\.html.*heal"):
        load_stage(home)
    assert [line for line in heal_store(home) if "2.html" in line]
    take_in_stage(home, [str(core.root.parent / "in")])
    assert said(home) == []
    assert load_stage(home)["document"] == REPORTS


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET batch = 'other' WHERE rowid = 1",
        "UPDATE entry SET unit = 'other' WHERE rowid = 1",
        "UPDATE entry SET sha256 = replace(sha256, substr(sha256, 1, 4), 'ffff') WHERE rowid = 1",
        "DELETE FROM entry WHERE rowid = 1",
        "DELETE FROM file WHERE name LIKE '%observation%'",
    ],
)
def test_a_changed_index_of_kept_readings_is_named_and_read_again(home: Home, change: str) -> None:
    import sqlite3

    before = core_rows(home)
    with sqlite3.connect(next(home.read.rglob("index.sqlite"))) as db:
        db.execute(change)
    db.close()
    assert any("kept reading" in line for line in said(home))
    assert list(heal_kept(home))
    read_stage(home, tick=None)
    assert said(home) == []
    load_stage(home)
    with opened(home.building) as con:
        assert con.execute("SELECT count(*) FROM core.observation").fetchall() == [(before,)]


def test_a_home_of_the_version_before_is_taken_over(home: Home) -> None:
    """As the first release left it: no receipt of the published file, no hashes of receipts, a snapshot of another
    layout, readings of other code."""
    import sqlite3

    with sqlite3.connect(home.raw / "crawl.sqlite") as db:
        db.execute("ALTER TABLE receipt DROP COLUMN chain")
    db.close()
    home.receipt.unlink()
    next(home.read.iterdir()).rename(home.read / "0123456789abcdef")
    parts = home.snapshots / (home.snapshots / LATEST).read_text().strip() / "core" / "observation"
    for path in list(parts.iterdir()):
        (parts / f"year={path.stem}").mkdir()
        path.rename(parts / f"year={path.stem}" / "data.parquet")
    lines = said(home)
    assert any("published.json is not there" in line for line in lines)
    assert not any("cannot be checked" in line for line in lines)
    assert not is_up_to_date(home)
    before = core_rows(home)
    read_stage(home, tick=None)
    load_stage(home)
    with opened(home.building) as con:
        assert con.execute("SELECT count(*) FROM core.observation").fetchall() == [(before,)]
    assert [path.name for path in home.read.iterdir()] != ["0123456789abcdef"]


def test_a_damaged_history_of_runs_is_put_aside(tmp_path: Path) -> None:
    import sqlite3

    for name in ("history/runs.db", "schedules/schedules.db"):
        (tmp_path / name).parent.mkdir(parents=True)
        with sqlite3.connect(tmp_path / name) as db:
            db.execute("CREATE TABLE run AS SELECT 1 AS id")
    assert list(heal_history(tmp_path)) == []
    (tmp_path / "history" / "runs.db").write_bytes(b"SQLite format 3\0" + b"damage" * 2000)
    assert ["runs.db" in line for line in heal_history(tmp_path)] == [True]
    assert list(heal_history(tmp_path)) == []
    assert (tmp_path / "damaged" / "history" / "runs.db").is_file()


@pytest.mark.parametrize("spoil", [flip, Path.unlink], ids=["flipped", "gone"])
def test_damaged_kept_readings_are_read_again(home: Home, spoil: Callable[[Path], None]) -> None:
    spoil(sorted(home.read.rglob("*.observation.parquet"))[0])
    assert any("kept reading" in line for line in said(home))
    before = core_rows(home)
    load_stage(home)  # sees it by itself
    assert said(home) == []
    with opened(home.building) as con:
        (made,) = con.execute("SELECT count(*) FROM core.observation").fetchall()
    assert made[0] == before > 0


def core_rows(home: Home) -> int:
    with opened(home.database, read_only=True) as con:
        return int(con.execute("SELECT count(*) FROM core.observation").fetchall()[0][0])


def test_a_damaged_index_of_kept_readings_begins_anew(home: Home) -> None:
    index = next(home.read.rglob("index.sqlite"))
    index.write_bytes(b"no database " * 400)
    for rest in index.parent.glob("index.sqlite-*"):
        rest.unlink()
    with Kept(home) as kept:
        assert kept.count() == 0
    read_stage(home, tick=None)
    with Kept(home) as kept:
        assert kept.count() == REPORTS


def test_a_damaged_object_is_put_aside_and_taken_in_again(home: Home, core: Home) -> None:
    objects = sorted(p for p in (home.raw / "objects").rglob("*") if p.is_file())
    flip(objects[0])
    objects[1].unlink()
    stray = home.raw / "objects" / "stray.txt"
    stray.write_text("?")
    told = list(heal_store(home))
    assert [line.split()[2].strip(",") for line in told[:2]] == sorted(o.name for o in objects[:2])
    assert ["put aside" in line for line in told[:2]] == [True, False]
    assert "take" in told[0]
    assert (home.raw / "damaged" / objects[0].name).is_file()
    assert not stray.exists()
    take_in_stage(home, [str(core.root.parent / "in")])
    assert said(home) == []
    assert list(heal_store(home)) == []


@pytest.mark.parametrize("spoil", [flip, Path.unlink], ids=["flipped", "gone"])
def test_a_damaged_object_is_told_and_read_once_it_is_sound(
    home: Home, core: Home, spoil: Callable[[Path], None]
) -> None:
    """Where readings are made anew (here: forgotten), nothing is read from bytes that are not those stored."""
    spoilt = sorted(p for p in (home.raw / "objects").rglob("*") if p.is_file())[0]
    spoil(spoilt)
    with Kept(home) as kept:
        kept.drop(kept.batches())
    read_stage(home, tick=None)
    with Kept(home) as kept:
        assert [sha for sha, (_, status) in kept.entries().items() if status != "ok"] == [spoilt.name]
        assert kept.waiting_for_objects() == [spoilt.name]
    assert is_up_to_date(home)  # nothing can be done before the object is there
    list(heal_store(home))
    take_in_stage(home, [str(core.root.parent / "in")])
    assert not is_up_to_date(home)
    read_stage(home, tick=None)
    with Kept(home) as kept:
        assert [status for _, status in kept.entries().values()] == ["ok"] * REPORTS


def test_a_packed_store_is_read_verified_and_healed(home: Home, core: Home) -> None:
    with Kept(home) as kept:
        before = {sha: digest for sha, (_, digest) in kept.held().items()}
        kept.drop(kept.batches())
    with RawStore(home.raw) as store:
        assert pack(store, loose=0) == REPORTS
    read_stage(home, tick=None)
    with Kept(home) as kept:
        assert {sha: digest for sha, (_, digest) in kept.held().items()} == before
    (packed,) = (home.raw / "packs").iterdir()
    flip(packed, packed.stat().st_size // 2)
    (line,) = (line for line in said(home) if "raw object" in line)
    assert "hash_mismatch" in line
    assert [told for told in heal_store(home) if "put aside" in told]
    take_in_stage(home, [str(core.root.parent / "in")])
    assert [line for line in said(home) if "raw object" in line] == []
