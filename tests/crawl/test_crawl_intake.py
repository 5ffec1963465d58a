"""Files, folders and archives into the raw store."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.crawl.errors import InputError, UserError
from pipeline.crawl.intake import take_in
from pipeline.crawl.store import RawStore
from pipeline.crawl.taken import utc_text


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "报告"
    (top / "b").mkdir(parents=True)
    (top / "b" / "二.PDF").write_bytes(b"%PDF-")
    (top / "a.html").write_text("<p>甲</p>", encoding="utf-8")
    (top / ".hidden").write_text("no")
    (top / ".git").mkdir()
    (top / ".git" / "x.html").write_text("no")
    os.symlink(top, top / "b" / "loop")
    os.utime(top / "a.html", (1_700_000_000, 1_700_000_000))
    return top


def test_a_folder_is_taken_sorted_without_hidden_files_or_loops(store: RawStore, folder: Path) -> None:
    result = take_in(store, [folder])
    assert (result.taken, result.known, result.failed) == (2, 0, 0)
    first, second = store.receipts()
    assert (first.url, first.file_name, first.media_type) == ("a.html", "a.html", "text/html")
    assert first.fetched_at == "2023-11-14T22:13:20Z"
    assert first.http_status is None
    assert (second.url, second.media_type) == ("b/二.PDF", "application/pdf")
    assert store.get(second.sha256 or "") == b"%PDF-"


def test_nothing_new_changes_nothing_and_a_changed_file_is_a_new_receipt(
    store: RawStore, folder: Path
) -> None:
    take_in(store, [folder])
    before = store.fingerprint()
    assert take_in(store, [str(folder), folder.as_uri()]).known == 4
    assert store.fingerprint() == before
    (folder / "a.html").write_text("<p>乙</p>", encoding="utf-8")
    assert take_in(store, [folder]).taken == 1
    assert len(list(store.latest_by_document())) == 3


def test_a_single_file_goes_by_its_name(store: RawStore, folder: Path) -> None:
    take_in(store, [folder / "b" / "二.PDF"])
    assert [r.url for r in store.receipts()] == ["二.PDF"]


@pytest.mark.parametrize(
    "bad", ["nowhere.html", "ftp://a.gov.cn/x", "file://elsewhere/x", "/dev/null", "a\0b"]
)
def test_a_bad_input_is_told_before_anything_is_taken(store: RawStore, folder: Path, bad: str) -> None:
    with pytest.raises(InputError) as told:
        take_in(store, [folder, bad])
    assert isinstance(told.value, UserError)
    assert list(store.receipts()) == []


def test_a_broken_link_in_a_folder_is_a_receipt_with_a_status(store: RawStore, folder: Path) -> None:
    os.symlink("nothing-here", folder / "c.html")
    result = take_in(store, [folder])
    assert (result.taken, result.failed) == (2, 1)
    assert [r.status for r in store.receipts()] == ["ok", "ok", "unreadable"]


def test_a_file_name_that_is_not_utf8(store: RawStore, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/\xb1\xa8.html"))).write_text("x")
    assert take_in(store, [tmp_path / "in"]).taken == 1
    assert next(store.receipts()).url == "\ufffd\ufffd.html"


def archive_record(writer: WARCWriter, url: str, body: bytes, status: str = "200 OK", **headers: str) -> None:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    writer.write_record(
        writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, fields, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": "2021-03-04T05:06:07Z"},
        )
    )


def make_archive(path: Path, *, gzipped: bool = True) -> None:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=gzipped)
        archive_record(
            writer, "http://www.a.gov.cn/1.html", b"<p>1</p>", Content_Type="text/html; charset=gbk"
        )
        archive_record(writer, "http://www.a.gov.cn/2.html", gzip.compress(b"two"), Content_Encoding="gzip")
        archive_record(writer, "http://www.a.gov.cn/3.html", b"gone", "404 Not Found")
        archive_record(writer, "http://www.a.gov.cn/4.html", b"", "302 Found", Location="/1.html")
        archive_record(writer, "http://www.a.gov.cn.example.com/1.html", b"clone")
        archive_record(
            writer, "http://portal.example/r.pdf", b"%PDF-", Content_Type="application/octet-stream"
        )
        archive_record(
            writer, "http://www.a.gov.cn/5.html", gzip.compress(bytes(1 << 20)), Content_Encoding="gzip"
        )


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_an_archive_gives_receipts_of_allowed_hosts_only(store: RawStore, tmp_path: Path, name: str) -> None:
    make_archive(tmp_path / name, gzipped=name.endswith("gz"))
    result = take_in(store, [tmp_path / name], allowed_hosts={"portal.example"})
    assert (result.taken, result.known, result.failed, result.refused) == (4, 0, 1, 1)
    by_url = {r.url: r for r in store.receipts()}
    assert len(by_url) == 5
    one = by_url["http://www.a.gov.cn/1.html"]
    assert (one.media_type, one.http_status, one.fetched_at) == ("text/html", 200, "2021-03-04T05:06:07Z")
    assert store.get(by_url["http://www.a.gov.cn/2.html"].sha256 or "") == b"two"
    assert by_url["http://www.a.gov.cn/3.html"].status == "http_404"
    assert by_url["http://portal.example/r.pdf"].media_type == "application/pdf"
    again = take_in(store, [tmp_path / name], allowed_hosts={"portal.example"})
    assert (again.taken, again.known) == (0, 4)


def test_an_archives_bomb_is_too_large(store: RawStore, tmp_path: Path) -> None:
    from pipeline.crawl.warc import take_warc

    make_archive(tmp_path / "a.warc.gz")
    take_warc(store, tmp_path / "a.warc.gz", max_bytes=1000)
    assert {r.url[-6:]: r.status for r in store.receipts()}["5.html"] == "too_large"


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_an_archive_that_breaks_off_keeps_what_was_whole(store: RawStore, tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as stream:
        writer = WARCWriter(stream, gzip=name.endswith("gz"))
        archive_record(writer, "http://a.gov.cn/1", b"whole")
        archive_record(writer, "http://a.gov.cn/2", os.urandom(5000))
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[:-2000])
    result = take_in(store, [tmp_path / name])
    assert result.taken == 1
    assert result.failed == 1
    assert result.problems
    assert [r.status for r in store.receipts() if r.sha256] == ["ok"]


def test_links_out_of_the_folder_pipes_and_devices_are_refused_and_named(
    store: RawStore, folder: Path
) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.html").write_text("no")
    os.symlink("/dev/zero", folder / "zero.html")
    os.symlink(outside / "secret.html", folder / "secret.html")
    os.symlink(outside, folder / "outside")
    os.symlink(folder / "a.html", folder / "inside.html")
    os.mkfifo(folder / "pipe.html")
    result = take_in(store, [folder])
    assert (result.taken, result.failed, result.refused) == (3, 0, 4)
    assert [p.partition(":")[0] for p in result.problems] == [
        "outside",
        "pipe.html",
        "secret.html",
        "zero.html",
    ]
    assert {r.url for r in store.receipts()} == {"a.html", "b/二.PDF", "inside.html"}


def test_a_time_beyond_year_9999_is_stated_as_none() -> None:
    assert utc_text(400_000_000_000) == utc_text(float("inf")) == "1970-01-01T00:00:00Z"
    assert utc_text(-2_000_000_000) == "1906-08-16T20:26:40Z"


def test_records_without_an_address_or_with_endless_headers_stop_nothing(
    store: RawStore, tmp_path: Path
) -> None:
    def record(address: str, head: bytes, body: bytes) -> bytes:
        content = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body
        lines = ["WARC/1.0", "WARC-Type: response", "WARC-Date: 2024-01-01T00:00:00Z", address]
        named = [line for line in lines if line] + [f"Content-Length: {len(content)}"]
        return "\r\n".join(named).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"

    html = b"Content-Type: text/html"
    (tmp_path / "all.warc").write_bytes(
        record("", html, b"nameless")
        + record("WARC-Target-URI: http://a.gov.cn/1", html + b"\r\nX: " + b"x" * 5_000_000, b"long")
        + record("WARC-Target-URI: http://a.gov.cn/2", html, b"<p>sound</p>")
    )
    result = take_in(store, [tmp_path / "all.warc"])
    assert (result.taken, result.failed, result.refused) == (1, 1, 1)
    broken, sound = store.receipts()
    assert (broken.url, broken.status, broken.headers) == ("http://a.gov.cn/1", "broken_response", {})
    assert store.get(sound.sha256 or "") == b"<p>sound</p>"


def test_a_header_line_without_end_ends_its_archive(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://www.a.gov.cn/1.html\r\n"
    (tmp_path / "long.warc").write_bytes(
        head + b"X: " + b"a" * 300_000 + b"\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    with RawStore(tmp_path / "raw") as store:
        result = take_in(store, [tmp_path / "long.warc"])
        assert list(store.receipts()) == []
    assert (result.taken, result.failed) == (0, 1)
    assert "header line is too long" in result.problems[0]
