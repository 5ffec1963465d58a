"""Archives of reports: every member is a document with a status, whatever its name, wherever it lies."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.clean import formats
from pipeline.clean.sniff import sniff
from pipeline.crawl import RawStore, take_in
from pipeline.home import Home
from pipeline.reading.files import read_files, read_reports
from pipeline.reading.kept import Kept
from pipeline.reading.read_all import read_new
from tests.drawn.files import archive_files, report_files
from tests.drawn.files.report_files import DrawnReport

LINK = '<p>附件：<a href="tjb.xlsx">统计表</a></p>'


@pytest.fixture(scope="module")
def made() -> list[DrawnReport]:
    return [report_files.report("v2021", 5), report_files.report("v2019", 6), report_files.report("v2021", 8)]


@pytest.fixture(scope="module")
def archive(made: list[DrawnReport]) -> bytes:
    """GBK names, a folder with an article and its attachment, an archive in the archive, and a bomb as the
    last member."""
    inner = archive_files.zipped([("县/年报.html", report_files.html(made[1]))], "gb18030")
    return archive_files.zipped(
        [
            ("年度报告/鹭湾.html", report_files.html(made[0])),
            ("打包.zip", inner),
            ("附/t.html", report_files.html(made[2], tables=False, end=LINK)),
            ("附/tjb.xlsx", report_files.xlsx(made[2])),
            ("说明.txt", "请查收附件，谢谢。".encode()),
            ("bomb.html", b"\0" * 300_000_000),
        ],
        "gb18030",
    )


def test_read_reports_opens_an_archive(made: list[DrawnReport], archive: bytes) -> None:
    reports = read_reports(archive, source_url="all.zip")
    assert [r.source_url for r in reports] == [
        "all.zip!年度报告/鹭湾.html",
        "all.zip!打包.zip!县/年报.html",
        "all.zip!附/t.html",
    ]
    for drawn, report in zip(made, reports, strict=True):
        found = {(o.indicator, o.applicant): o.value for o in report.observations if o.method == "table"}
        assert {k: found.get(k) for k in drawn.cells} == {k: v.printed for k, v in drawn.cells.items()}


def test_every_member_has_a_status(archive: bytes, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(archive)
    answers = {a.name.removeprefix(f"{path}!"): a for a in read_files([str(path)])}
    assert {n: (a.status, len(a.reports)) for n, a in answers.items()} == {
        "年度报告/鹭湾.html": ("ok", 1),
        "打包.zip!县/年报.html": ("ok", 1),
        "附/t.html": ("ok", 1),
        "附/tjb.xlsx": ("ok", 0),
        "说明.txt": ("not_a_report", 0),
        "archive": ("too_large", 0),
    }


def test_members_are_documents_of_the_home_refused_ones_too(archive: bytes, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(archive)
    (tmp_path / "plain.tar").write_bytes(archive_files.tarred([("a.txt", "不是报告".encode())], "w"))
    (tmp_path / "cut.zip").write_bytes(archive[:2000])
    home = Home(tmp_path / "home").make()
    with RawStore(home.raw) as store:
        take_in(store, [tmp_path / n for n in ("all.zip", "plain.tar", "cut.zip")])
        counts = read_new(home, store)
        assert counts.reports == 3
        receipts = {r.url: (r.status, r.sha256 is not None) for r in store.receipts()}
        assert read_new(home, store).read == 0
        assert {r.url for r in store.receipts()} == set(receipts)
    assert receipts["all.zip!附/tjb.xlsx"] == ("ok", True)
    assert receipts["all.zip!archive"] == ("too_large", False)
    assert receipts["plain.tar!a.txt"] == ("ok", True)
    with Kept(home) as kept:
        statuses = sorted(status for _, status in kept.entries().values())
    assert statuses == ["not_a_report", "not_a_report", "ok", "ok", "ok", "ok", "ok", "ok", "truncated"]


def test_an_empty_archive_says_so() -> None:
    target = BytesIO()
    zipfile.ZipFile(target, "w").close()
    assert sniff(target.getvalue()) == formats.ZIP
    assert read_reports(target.getvalue()) == []


def test_older_files_are_told_by_their_directory() -> None:
    """A Word file may well hold the word Book somewhere in its text or its fonts."""

    def entry(name: str) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little")).ljust(128, b"\0")

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    named = "Bookman Old Style Book\0".encode("utf-16-le").ljust(512, b"\0")
    assert sniff(head + named + entry("WordDocument")) == formats.DOC
    assert sniff(head + entry("Workbook")) == formats.XLS
    assert sniff(head + entry("WordDocument") + entry("ObjectPool") + entry("Workbook")) == formats.DOC
