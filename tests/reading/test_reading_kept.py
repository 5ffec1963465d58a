"""Kept readings: batches that workers write, that are merged, and that forget one document without the others."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.clean.guard import Failure, GuardedPool
from pipeline.clean.read import digest_of
from pipeline.document import Document
from pipeline.home import Home
from pipeline.reading import chunks, kept
from pipeline.reading.batches import Batch, merge, write_batch
from pipeline.reading.chunks import Chunk, Done, Given, Wanted, read_chunk
from pipeline.reading.kept import Kept
from pipeline.reading.schema import SCHEMAS, Rows, rows_of
from pipeline.reading.work import Job, Source
from tests.drawn.files import report_files


def rows(sha: str, *attached: str) -> Rows:
    """What a unit of a document and the files that it took gives: a report, and a row of each table."""
    found = rows_of(Document(sha, "text/html", "html", ()), ())
    for other in attached:
        found["document"] += rows_of(Document(other, "application/pdf", "pdf", ()), ())["document"]
    report = f"{sha}-1"
    names = pq_names("report")
    found["report"].append(tuple({"report_id": report, "document_id": sha}.get(n) for n in names))
    for table in ("observation", "finding", "section"):
        names = pq_names(table)
        found[table].append(tuple({"report_id": report}.get(n) for n in names))
    return found


def pq_names(table: str) -> list[str]:
    return list(SCHEMAS[table].names)


def held(home: Home, table: str, column: str) -> list[str]:
    with Kept(home) as found:
        return sorted(str(v) for f in found.files(table) for v in pq.read_table(f)[column].to_pylist())


def files(home: Home) -> set[str]:
    with Kept(home) as found:
        return {path.name for path in found.folder.glob("*.parquet")}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


def test_forgetting_one_document_leaves_its_neighbours(home: Home) -> None:
    with Kept(home) as found:
        list(found.write([("u", rows("a", "b")), ("c", rows("c"))]))
        before = files(home)
        found.forget(["b"])
        assert set(found.entries()) == {"c"}
        assert found.damaged() == {}
    assert held(home, "document", "sha256") == ["c"]
    for table in ("report", "observation", "finding", "section"):
        assert held(home, table, "report_id") == ["c-1"]
    assert not before & files(home)


def test_a_document_that_two_units_took_is_the_firsts(home: Home) -> None:
    with Kept(home) as found:
        list(found.write([("u", rows("a", "b"))]))
        second = write_batch(found.folder, [("v", rows("c", "b"))])
        found.register(second)
        assert {sha: unit for sha, (unit, _) in found.entries().items()} == {"a": "u", "b": "u", "c": "v"}
        assert found.damaged() == {}
        found.sweep()
    assert held(home, "document", "sha256") == ["a", "b", "c"]
    assert held(home, "report", "report_id") == ["a-1", "c-1"]


def test_small_batches_are_merged_and_say_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MANY", 3)
    monkeypatch.setattr(kept, "SMALL", 4)
    with Kept(home) as found:
        for n in range(5):
            list(found.write([(f"{n}a", rows(f"{n}a")), (f"{n}b", rows(f"{n}b"))]))
        entries, digests = found.entries(), {sha: digest for sha, (_, digest) in found.held().items()}
        groups = [[found.batch(name) for name in names] for names in found.to_merge()]
        assert [sum(len(batch.entries) for batch in group) for group in groups] == [4, 4]
        for group in groups:
            found.replace(group, merge(found.folder, group))
        assert found.entries() == entries
        assert {sha: digest for sha, (_, digest) in found.held().items()} == digests
        assert (len(found.batches()), found.damaged()) == (3, {})
        assert found.to_merge() == []
    assert held(home, "observation", "report_id") == sorted(f"{sha}-1" for sha in entries)
    assert len(files(home)) == 3 * len(SCHEMAS)


def test_what_a_killed_reading_left_is_removed(home: Home) -> None:
    with Kept(home) as found:
        list(found.write([("a", rows("a"))]))
        before = files(home)
        write_batch(found.folder, [("b", rows("b"))])
        (found.folder / "x.report.part").touch()
        found.sweep()
        assert {path.name for path in found.folder.iterdir() if "sqlite" not in path.name} == before


class _Pool:
    """Reads in this process; ``fails`` says which chunks a worker does not survive."""

    def __init__(self, fails: Iterable[str]) -> None:
        self.fails = set(fails)
        self.sizes: list[int] = []

    def map_unordered(self, fn: Any, given: Iterable[Chunk]) -> Iterator[tuple[Chunk, Any]]:
        for chunk in given:
            self.sizes.append(len(chunk.units))
            poisoned = any(wanted.unit in self.fails for wanted in chunk.units)
            yield chunk, Failure("memory", "Too much.") if poisoned else fn(chunk)


def units(tmp_path: Path, count: int) -> list[Wanted]:
    found = []
    for n in range(count):
        path = tmp_path / f"{n}.html"
        path.write_bytes(report_files.html(report_files.report("v2021", n)) if n == 0 else b"<p>%d</p>" % n)
        sha = digest_of(path.read_bytes())
        found.append(Wanted(sha, Job(Source(sha, path.name, path.name, "text/html", str(path)))))
    return found


def test_a_poisoned_unit_costs_itself_alone(tmp_path: Path, home: Home) -> None:
    wanted = units(tmp_path, 40)
    pool = _Pool([wanted[3].unit])
    with Kept(home) as found:
        given: dict[str, Given] = {}
        for one in chunks.read_all(pool, found.folder, wanted, len(wanted), 1):
            if isinstance(one, Batch):
                found.register(one)
            else:
                given.update({w.unit: g for w, g in one})
        assert set(found.entries()) == {w.unit for w in wanted} - pool.fails
    assert {unit for unit, g in given.items() if g.failure} == pool.fails
    assert set(given) == {w.unit for w in wanted}
    assert given[wanted[0].unit].reports == 1
    assert pool.sizes[0] == 10  # a quarter, then less and less: the last are small
    assert max(pool.sizes[1:10]) < 10


def test_a_chunk_gives_back_what_it_has_no_time_for(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CPU_S", 0.0)
    done = read_chunk(Chunk(str(home.read), tuple(units(tmp_path, 3))))
    assert len(done.given) == 1


def test_a_full_disk_is_no_documents_fault(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Batch:
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    monkeypatch.setattr(chunks, "write_batch", full)
    wanted = units(tmp_path, 2)
    done = read_chunk(Chunk(str(home.read), tuple(wanted)))
    assert (done.given, done.batches) == ((), ())
    with pytest.raises(OSError, match="No space"):
        list(chunks.read_all(_Pool(()), home.read, wanted, 2, 1))


def read_and_die_once(chunk: Chunk) -> Done:
    """Reads a chunk, and is killed when its files are written, the first time."""
    done = read_chunk(chunk)
    told = Path(chunk.folder).parent / "died"
    if not told.exists():
        told.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return done


class _Dying:
    def __init__(self, pool: GuardedPool) -> None:
        self.pool = pool

    def map_unordered(self, fn: Any, given: Iterable[Chunk]) -> Iterator[tuple[Chunk, Any]]:
        yield from self.pool.map_unordered(read_and_die_once, given)


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, home: Home) -> None:
    wanted = units(tmp_path, 8)
    with Kept(home) as found, GuardedPool(1, 60, 4_000_000_000, preload=["pipeline.reading.chunks"]) as pool:
        for one in chunks.read_all(_Dying(pool), found.folder, wanted, len(wanted), 1):
            if isinstance(one, Batch):
                found.register(one)
            else:
                assert not any(given.failure for _, given in one)
        found.sweep()
        assert set(found.entries()) == {w.unit for w in wanted}
        assert found.damaged() == {}
    assert (home.read / "died").exists()
    assert held(home, "document", "sha256") == sorted(w.unit for w in wanted)
