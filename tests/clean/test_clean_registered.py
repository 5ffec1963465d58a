"""Formats are registered once: what sniffing, attachments and the crawler ask is one table."""

from __future__ import annotations

import ast
import io
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

import pipeline.clean
from pipeline.clean.formats import ARCHIVES, CONVERTED, FORMATS, MEDIA_TYPES, endings, may_be
from pipeline.clean.read import is_archive, read_document
from pipeline.clean.sniff import sniff
from pipeline.crawl.attached import ATTACHMENTS
from pipeline.crawl.media import media_type_of_name
from pipeline.reading.named_files import FILES, named_files

CLEAN = Path(pipeline.clean.__file__).parent


def _package(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return target.getvalue()


def test_every_format_has_a_reader_and_endings_of_its_own() -> None:
    for format in FORMATS:
        assert (format.reader == "") == (format.role == "archive")
        if format.reader:
            assert callable(import_module(format.reader).read)
    assert len(MEDIA_TYPES) == sum(len(format.endings) for format in FORMATS)


@pytest.mark.parametrize("ending", [".pdf", ".wps", ".et", ".odt", ".png"])
def test_an_ending_is_known_to_all_who_ask(ending: str) -> None:
    assert media_type_of_name(f"表{ending}") == MEDIA_TYPES[ending]
    assert ending in FILES
    assert named_files(f"见附件:统计表{ending}。".encode()).linked == {f"统计表{ending}"}
    assert (ending in ATTACHMENTS) == (ending not in endings("picture"))


def test_a_package_of_an_unknown_kind_is_one_document_and_no_archive() -> None:
    slides = _package("[Content_Types].xml", "ppt/presentation.xml")
    assert sniff(slides) is None
    assert not is_archive(slides)
    assert read_document(slides).status == "unknown_format"
    assert is_archive(_package("a.txt", "word/readme.txt"))


def test_data_of_a_program_is_no_page() -> None:
    labels = '{"title": "2020年某县政府信息公开工作年度报告", "rows": [["主动公开政府信息数", 38]]}'
    assert read_document(labels.encode()).status == "unknown_format"
    assert read_document(b"[" * 100_000).status == "ok"  # brackets that nothing closes are text
    assert read_document("[公告] 某县2020年政府信息公开工作年度报告".encode()).status == "ok"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"BM and other words", "text"),
        (b"BM" + b"\0" * 12 + b"\x28" + b"\0" * 60, "bmp"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"\n\n%PDF-1.4", "pdf"),
        (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4", "pdf"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n<html>", "mhtml"),
        ("<html><p>年度报告".encode("utf-16"), "html"),
        ("年度报告".encode(), "text"),
    ],
)
def test_formats_are_told_by_their_bytes(data: bytes, kind: str) -> None:
    format = sniff(data)
    assert format is not None
    assert format.name == kind


def test_bytes_that_no_format_claims() -> None:
    assert sniff(b"\x01\x00\x02\x00" * 40) is None
    assert sniff(b"\0 \r\n") is None
    assert read_document(b"\0 \r\n").status == "empty"


def test_the_beginning_of_a_file_spares_reading_it_whole() -> None:
    assert may_be(b"{\\rtf1", CONVERTED)
    assert not may_be(_package("word/document.xml")[:512], CONVERTED)
    assert may_be(b"\x1f\x8b\x08", ARCHIVES)
    assert not may_be(b"<html>", ARCHIVES)


ROOM_KNOWS = {
    "page": {"page"},
    "text": {"text"},
    "html": {"html", "page"},
    "scan": {"scan", "page"},
    "pdf": {"pdf", "page", "scan"},
    "ofd": {"ofd", "page", "scan"},
    "office": {"office", "page", "html"},
    "packed": {"packed"},
}


@pytest.mark.parametrize("room", ROOM_KNOWS)
def test_rooms_of_readers_know_each_other_one_way(room: str) -> None:
    """What pages share knows no format of pages; a paged format knows scans; Word files may hold pages of
    HTML."""
    known: set[str] = set()
    for path in (CLEAN / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline.clean."):
                known.add((node.module or "").split(".")[2])
    assert {name for name in known if (CLEAN / name).is_dir()} <= ROOM_KNOWS[room]
