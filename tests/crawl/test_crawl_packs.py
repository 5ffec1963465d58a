"""Objects in packs: found, read and checked as loose ones are; a packing that is killed loses nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.crawl import RawStore, Receipt, packing
from pipeline.crawl.packing import pack, take_up
from pipeline.crawl.packs import Packs
from pipeline.stored import NotARecord, content_of

PAGES = [f"<p>page {n}\r\n\r\n</p>".encode() * 50 for n in range(9)]


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.html", "<p>a</p>")
    return out.getvalue()


def add(store: RawStore, data: bytes, name: str) -> str:
    sha = store.put(data)
    store.add_receipt(Receipt(name, name, "2026-01-01T00:00:00Z", sha256=sha, bytes=len(data)))
    return sha


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RawStore]:
    with RawStore(tmp_path / "raw") as found:
        yield found


@pytest.fixture
def shas(store: RawStore) -> list[str]:
    return [add(store, data, f"{n}.html") for n, data in enumerate(PAGES)]


def loose(store: RawStore) -> set[str]:
    return {path.name for path in store.objects.rglob("*") if path.is_file()}


def all_there(store: RawStore, shas: list[str]) -> bool:
    return [store.get(sha) for sha in shas] == PAGES and list(store.verify()) == []


def test_what_is_packed_is_as_it_was(store: RawStore, shas: list[str]) -> None:
    zipped = add(store, archive(), "a.zip")
    orphan = store.put(b"no receipt yet")
    assert pack(store, loose=20) == 0
    assert pack(store, loose=3) == len(PAGES)
    assert loose(store) == {zipped, orphan}
    assert all_there(store, shas)
    for sha, data in zip(shas, PAGES, strict=True):
        assert store.has(sha)
        assert store.is_sound(sha)
        assert store.is_kept(sha, len(data))
        assert not store.is_kept(sha, len(data) + 1)
        assert store.length(sha) == len(data)
        assert store.open(sha).read() == data
        assert store.put(data) == sha
    assert loose(store) == {zipped, orphan}
    assert pack(store, loose=0) == 0


def test_any_tool_reads_a_pack(store: RawStore, shas: list[str]) -> None:
    pack(store, loose=0)
    (path,) = store.packs.folder.iterdir()
    with path.open("rb") as stream:
        found = {
            str(record.rec_headers.get_header("WARC-Target-URI")): record.content_stream().read()
            for record in ArchiveIterator(stream, check_digests="raise")
        }
    assert found == {f"urn:sha256:{sha}": data for sha, data in zip(shas, PAGES, strict=True)}


def test_packs_have_a_size(store: RawStore, shas: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.crawl.packs.PACK_BYTES", 1)
    assert pack(store, loose=0) == len(PAGES)
    assert len(list(store.packs.folder.iterdir())) == len(PAGES)
    assert all_there(store, shas)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["write", "add", "unlink"])
def test_a_killed_packing_loses_nothing(
    store: RawStore, shas: list[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Killed while the pack is written, before the index knows it, and before its loose files are gone."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if where == "write":
            patched.setattr("pipeline.crawl.packs.os.fsync", kill)
        elif where == "add":
            patched.setattr(Packs, "add", kill)
        else:
            patched.setattr(Path, "unlink", kill)
        with pytest.raises(Killed):
            pack(store, loose=0)
    assert all_there(store, shas)
    pack(store, loose=0)
    assert loose(store) == set()
    assert len(list(store.packs.folder.iterdir())) == 1
    assert all_there(store, shas)


def test_a_lost_index_is_made_again_from_the_packs(store: RawStore, shas: list[str]) -> None:
    pack(store, loose=0)
    with store.transaction() as db:
        db.execute("DELETE FROM packed")
    assert {problem for _, problem in store.verify()} == {"missing"}
    assert take_up(store) == 1
    assert all_there(store, shas)
    assert take_up(store) == 0


def test_a_flipped_byte_in_a_pack_is_its_objects_alone(store: RawStore, shas: list[str]) -> None:
    pack(store, loose=0)
    record = store.packed(shas[4])
    assert record is not None
    path = store.packs.path(record)
    content = bytearray(path.read_bytes())
    content[record.offset + record.length // 2] ^= 8
    path.write_bytes(content)
    assert list(store.verify()) == [(shas[4], "hash_mismatch")]
    assert not store.is_sound(shas[4])
    store.put_aside({shas[4]})
    assert list(store.verify()) == [(shas[4], "missing")]
    assert store.put(PAGES[4]) == shas[4]
    assert all_there(store, shas)
    assert pack(store, loose=0) == 1
    assert all_there(store, shas)


def test_a_pack_that_is_gone_or_foreign_is_told(store: RawStore, shas: list[str]) -> None:
    pack(store, loose=0)
    (store.packs.folder / "notes.txt").write_text("?")
    assert list(store.verify()) == [("notes.txt", "unexpected_file")]
    store.put_aside({"notes.txt"})
    next(store.packs.folder.iterdir()).unlink()
    assert list(store.verify()) == [(sha, "missing") for sha in sorted(shas)]
    assert not store.has(shas[0])


def test_damaged_objects_are_not_packed(store: RawStore, shas: list[str]) -> None:
    store.path(shas[2]).write_bytes(b"torn")
    assert pack(store, loose=0) == len(PAGES) - 1
    assert loose(store) == {shas[2]}


def test_large_objects_stay_loose(store: RawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 10)
    small, large = add(store, b"small", "s.html"), add(store, b"0123456789a", "l.html")
    assert pack(store, loose=0) == 1
    assert loose(store) == {large}
    assert store.get(small) == b"small"


def test_what_is_no_record_says_so() -> None:
    for record in (b"", b"no gzip", b"\x1f\x8b\x08\x00"):
        with pytest.raises(NotARecord):
            content_of(record)
