"""Archives: names, nesting, damage, bombs."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile

import pytest

from pipeline.clean.packed import unrar
from pipeline.clean.packed.archive import Limits, Member, contents, members
from tests.drawn.files import archive_files, excel_files, word_files
from tests.drawn.files.drawn_tables import plain_table

FILES = [("年报/甲.txt", b"one"), ("年报/乙.html", b"<p>two</p>")]


@pytest.mark.parametrize("encoding", [None, "gb18030", "utf-8"])
def test_zip_names_in_any_encoding(encoding: str | None) -> None:
    assert list(members(archive_files.zipped(FILES, encoding))) == FILES


@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_tar(mode: str) -> None:
    assert list(members(archive_files.tarred(FILES, mode))) == FILES


def test_gzip_of_one_file() -> None:
    assert list(members(gzip.compress(b"abc"))) == [("content", b"abc")]
    target = io.BytesIO()
    with gzip.GzipFile("report.html", "wb", fileobj=target) as stream:
        stream.write(b"abc")
    assert list(members(target.getvalue())) == [("report.html", b"abc")]


def test_folders_and_leftovers_are_passed_over() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.mkdir("a")
        for name in ("a/x.txt", "__MACOSX/a/._x.txt", "a/.DS_Store", "Thumbs.db"):
            archive.writestr(name, b"1")
    assert [name for name, _ in members(target.getvalue())] == ["a/x.txt"]


def test_archives_in_archives_are_opened_and_office_files_are_not() -> None:
    inner = archive_files.zipped(FILES)
    office = [
        ("w.docx", word_files.document(["一"])),
        ("x.xlsx", excel_files.xlsx([("S", [(0, 0, plain_table(1))])])),
    ]
    data = archive_files.tarred([("inner.zip", inner), *office])
    assert [name for name, _ in members(data)] == [
        *(f"inner.zip!{name}" for name, _ in FILES),
        "w.docx",
        "x.xlsx",
    ]


def test_nesting_has_an_end() -> None:
    data = b"core"
    for depth in range(6):
        data = archive_files.zipped([(f"{depth}.zip", data)])
    assert [member.status for member in contents(data)] == ["too_deep"]


def _last(data: bytes, limits: Limits | None = None) -> Member:
    found = list(contents(data, limits))
    assert found[-1].data == b""
    assert found[-1].detail
    return found[-1]


@pytest.mark.slow
def test_bombs_are_too_large() -> None:
    zeros = bytes(60_000_000)
    assert _last(archive_files.zipped([("bomb", zeros)])).status == "too_large"
    assert _last(gzip.compress(zeros)).status == "too_large"
    assert _last(archive_files.tarred([("bomb", zeros)])).status == "too_large"
    twice = archive_files.zipped([("a.zip", archive_files.zipped([("bomb", zeros)]))])
    assert _last(twice).status == "too_large"


@pytest.mark.slow
def test_tar_of_endless_headers_is_stopped() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for number in range(5_000):
            archive.addfile(tarfile.TarInfo(f"d{number}"))
    assert _last(target.getvalue()).status == "too_large"


def test_limits_of_the_caller() -> None:
    files = [(f"f{number}", os.urandom(1000)) for number in range(10)]
    data = archive_files.zipped(files)
    assert len(list(members(data))) == 10
    assert _last(data, Limits(members=3)).status == "too_large"
    assert len(list(members(data, Limits(members=3)))) == 3
    assert _last(data, Limits(member_bytes=999)).status == "too_large"


def test_damage() -> None:
    data = archive_files.zipped([("a.txt", os.urandom(5000)), ("b.txt", b"b")])
    assert _last(data[: len(data) // 2]).status == "truncated"
    broken = data[:60] + bytes(50) + data[110:]
    assert [(member.name, member.status) for member in contents(broken)] == [
        ("a.txt", "truncated"),
        ("b.txt", "ok"),
    ]
    packed = archive_files.tarred([("a.txt", os.urandom(5000))])
    assert _last(packed[: len(packed) // 2]).status == "truncated"
    assert _last(b"nothing of the kind").status == "unknown_format"


def test_locked_member_says_encrypted() -> None:
    data = bytearray(archive_files.zipped([("a.txt", b"abc"), ("b.txt", b"b")]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert [(m.name, m.status) for m in contents(bytes(data))] == [("a.txt", "encrypted"), ("b.txt", "ok")]


def test_rar_without_a_tool_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unrar, "tool_for", lambda kind: None)
    last = _last(archive_files.stored_rar([("a.txt", b"abc")]))
    assert last.status == "needs_unrar"
    assert "apt install" in last.detail


needs_rar = pytest.mark.skipif(
    unrar.tool_for("rar") is None, reason="needs a tool for .rar (libarchive-tools)"
)


@needs_rar
def test_rar_with_a_tool() -> None:
    files = [("a.txt", b"abc"), ("sub/b.txt", b"x" * 1000)]
    assert list(members(archive_files.stored_rar(files))) == files


@needs_rar
def test_rar_damage_and_limits() -> None:
    data = archive_files.stored_rar([("a.txt", os.urandom(3_000_000))])
    assert _last(data[:1_000_000]).status == "truncated"
    assert _last(data, Limits(total_bytes=100_000, ratio=0.01)).status == "too_large"
