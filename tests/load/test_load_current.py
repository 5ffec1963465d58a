"""What was looked at is looked at again only after somebody wrote to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import current
from pipeline.crawl import RawStore, Receipt
from pipeline.current import is_up_to_date
from pipeline.home import Home
from pipeline.load.verify import verify_home
from pipeline.looked import Looked

At = Callable[[str], Home]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read as a whole: names of files, and "receipts"."""
    found: list[str] = []
    inputs, digest = RawStore.inputs, current.digest_of
    monkeypatch.setattr(RawStore, "inputs", lambda self: found.append("receipts") or inputs(self))
    monkeypatch.setattr(current, "digest_of", lambda path: found.append(path.name) or digest(path))
    return found


def test_nothing_is_read_twice_where_nothing_was_written(home_at: At, asked: list[str]) -> None:
    home = home_at("out")
    time.sleep(0.1)
    assert is_up_to_date(home)
    assert {"receipts", home.database.name, "measure.parquet"} <= set(asked)
    asked.clear()
    assert is_up_to_date(home)
    assert asked == []


def test_a_new_receipt_is_seen(home_at: At, asked: list[str]) -> None:
    home = home_at("out")
    time.sleep(0.1)
    assert is_up_to_date(home)
    with RawStore(home.raw) as store:
        store.add_receipt(Receipt("new.html", "new.html", "2026-01-01T00:00:00Z", "http_404"))
    asked.clear()
    assert not is_up_to_date(home)
    assert asked == ["receipts"]


@pytest.mark.parametrize("which", ["database", "measure", "receipts"])
def test_a_byte_written_is_seen_whatever_its_time_says(home_at: At, which: str) -> None:
    home = home_at("out")
    time.sleep(0.1)
    assert is_up_to_date(home)
    measure = next(home.snapshots.rglob("measure.parquet"))
    path = {"database": home.database, "measure": measure, "receipts": home.raw / "crawl.sqlite"}[which]
    content, before = bytearray(path.read_bytes()).replace(b"2.html", b"9.html"), path.stat()
    if which != "receipts":
        content[len(content) // 2] ^= 1
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_up_to_date(home)


def test_what_turns_unwritten_is_seen_after_verify(home_at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flipped bit on the disk moves no time on: here a write that the times do not tell."""
    monkeypatch.setattr("pipeline.looked._identity", lambda path: [1, 2, 3, 4] if path.exists() else [])
    home = home_at("out")
    assert is_up_to_date(home)
    home.database.chmod(0o644)
    with home.database.open("r+b") as stream:
        stream.seek(300_000)
        stream.write(b"flipped")
    assert is_up_to_date(home)
    assert any("sha256" in line for line in verify_home(home, lambda name: None))
    assert not is_up_to_date(home)


def test_what_is_remembered_counts_only_as_it_was_written(tmp_path: Path) -> None:
    file, memory = tmp_path / "file", tmp_path / "memory.json"
    file.write_text("one")
    time.sleep(0.1)
    told = iter("abcd")

    def look() -> str:
        with Looked(memory) as looked:
            return looked.found(file, "letter", lambda: next(told))

    assert [look(), look()] == ["a", "a"]
    memory.write_text(memory.read_text().replace('"a"', '"z"'))
    assert [look(), look()] == ["b", "b"]
    memory.unlink()
    assert look() == "c"


def test_a_file_that_may_still_change_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "file"
    told = iter("ab")
    with Looked(tmp_path / "memory.json") as looked:
        file.write_text("one")
        assert looked.found(file, "letter", lambda: next(told)) == "a"
        assert looked.found(file, "letter", lambda: next(told)) == "b"
        assert looked.found(tmp_path / "absent", "letter", lambda: "none") == "none"
