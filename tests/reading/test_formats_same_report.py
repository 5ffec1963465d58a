"""One drawn report printed in every format gives the observations of its HTML page, cell by cell."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pipeline.reading.whole import read_whole
from pipeline.report import Report
from tests.drawn.files import picture_files, report_files
from tests.drawn.files.report_files import DrawnReport

FORMS = ("v2021", "v2019", "v2014")
Printer = Callable[[DrawnReport], bytes]
PRINTERS: dict[str, Printer] = {
    "docx": report_files.docx,
    "xlsx, a table a sheet": report_files.xlsx,
    "xlsx, one sheet": lambda made: report_files.xlsx(made, one=True),
    "xls": report_files.xls,
    "pdf, ruled": report_files.pdf,
    "pdf, no rules": lambda made: report_files.pdf(made, lines=False),
    "pdf, two pages on a sheet": report_files.pdf_two_columns,
    "pdf, tables cut by pages": lambda made: report_files.pdf_split(made, random.Random(11)),
    "pdf, cut, head again": lambda made: report_files.pdf_split(made, random.Random(12), again=True),
}


def only(data: bytes) -> Report:
    document, reports = read_whole(data)
    assert document.status == "ok", document.detail
    assert len(reports) == 1
    return reports[0]


def figures(report: Report) -> dict[tuple[str, str | None], tuple[object, ...]]:
    return {
        (o.indicator, o.applicant): (o.value, o.state, o.resolved)
        for o in report.observations
        if o.method != "text" and not o.indicator.startswith("local.")
    }


@pytest.mark.parametrize("template", ["v2021", *(pytest.param(t, marks=pytest.mark.slow) for t in FORMS[1:])])
@pytest.mark.parametrize("name", PRINTERS)
def test_every_format_gives_what_the_page_gives(template: str, name: str) -> None:
    made = report_files.report(template, 5)
    page = only(report_files.html(made))
    read = only(PRINTERS[name](made))
    assert figures(page) == {k: (v.printed, v.state, v.printed) for k, v in made.cells.items()}
    assert figures(read) == figures(page)
    assert (read.year, read.template, read.title) == (page.year, page.template, page.title)
    assert not [f for f in read.findings if f.severity == "error"]
    assert all(o.locator for o in read.observations)


@pytest.mark.slow
@pytest.mark.skipif(not picture_files.font_paths(), reason=picture_files.NEEDED)
def test_a_scan_of_a_report_is_read_by_ocr() -> None:
    made = report_files.report("v2021", 5)
    read = only(picture_files.scanned_pdf(report_files.pictures(made)))
    found = {(o.indicator, o.applicant): o for o in read.observations if o.method == "ocr"}
    wrong = [k for k, v in made.cells.items() if k not in found or found[k].resolved not in (v.printed, None)]
    assert wrong == []
    assert sum(found[k].resolved == v.printed for k, v in made.cells.items()) >= 0.98 * len(made.cells)
    assert (read.year, read.title) == (made.sheet.year, made.title)
