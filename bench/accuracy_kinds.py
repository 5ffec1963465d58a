"""The kinds of page and file that the accuracy bench draws, each read back the way that a user would."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from pipeline.clean.office import libreoffice as office
from pipeline.reading.files import read_reports, read_together
from pipeline.report import Report
from tests.drawn.files import archive_files, picture_files, report_files, word_files
from tests.drawn.files.report_files import DrawnReport
from tests.drawn.layouts.builders import LAYOUTS
from tests.drawn.layouts.sheet import Sheet, Shown
from tools.demo.truth import Key

FORMS = ("v2021", "v2019", "v2014")
LINK = '<p>附件：<a href="{0}">{0}</a></p>'
Printer = Callable[[DrawnReport, Random], bytes]


class Case(NamedTuple):
    """One drawn report of a kind: what it shows, what was read, and whether it leaves cells open by
    nature."""

    kind: str
    name: str
    shown: Mapping[Key, Shown]
    reports: list[Report]
    open_allowed: bool = False


def _scan(made: DrawnReport, dice: Random, *, tilt: bool) -> bytes:
    pages = report_files.pictures(made, dots=dice.choice((150, 200)))
    if tilt:
        pages = [
            picture_files.noisy(picture_files.turned(p, dice.uniform(-1.2, 1.2)), dice.randrange(999))
            for p in pages
        ]
    return picture_files.scanned_pdf(pages)


def _dirty(made: DrawnReport, dice: Random) -> bytes:
    pages = [picture_files.turned(p, dice.uniform(-1.2, 1.2)) for p in report_files.pictures(made, dots=200)]
    return picture_files.scanned_pdf(
        [picture_files.salted(p, dice.uniform(0.003, 0.015), dice.randrange(999)) for p in pages]
    )


def _on_its_side(made: DrawnReport, dice: Random) -> bytes:
    quarter = dice.choice((90, 180, 270))
    pages = [
        picture_files.encoded(p.rotate(quarter, expand=True)) for p in report_files.pictures(made, dots=150)
    ]
    return word_files.of_pictures(pages)


def _slices(made: DrawnReport, dice: Random) -> list[Report]:
    slices = picture_files.sliced(report_files.pictures(made, dots=120), dice)
    page = report_files.html_of_pictures(made.title, [f"s{n}.png" for n in range(len(slices))])
    files = [("t.html", page), *((f"s{n}.png", data) for n, data in enumerate(slices))]
    return [r for a in read_together(files) for r in a.reports]


def _attached(made: DrawnReport, name: str, data: bytes) -> list[Report]:
    page = report_files.html(made, tables=False, end=LINK.format(name))
    return [r for a in read_together([("t.html", page), (name, data)]) for r in a.reports]


def _pictured(made: DrawnReport, dice: Random) -> list[Report]:
    pictures = report_files.table_pictures(made, dots=dice.choice((150, 200)))
    images = "".join(f'<p><img src="p{n}.png"></p>' for n in range(len(pictures)))
    page = report_files.html(made, tables=False, end=images)
    files = [("t.html", page), *((f"p{n}.png", data) for n, data in enumerate(pictures))]
    return [r for a in read_together(files) for r in a.reports]


FILES: dict[str, Printer] = {
    "docx": lambda m, d: report_files.docx(m),
    "xlsx, a table a sheet": lambda m, d: report_files.xlsx(m),
    "xlsx, one sheet": lambda m, d: report_files.xlsx(m, one=True),
    "xls": lambda m, d: report_files.xls(m, one=d.random() < 0.5),
    "pdf, ruled": lambda m, d: report_files.pdf(m),
    "pdf, no rules": lambda m, d: report_files.pdf(m, lines=False),
    "pdf, cut by pages": lambda m, d: report_files.pdf_split(m, d),
    "pdf, cut, head again": lambda m, d: report_files.pdf_split(m, d, again=True),
    "pdf, two columns": lambda m, d: report_files.pdf_two_columns(m),
    "zip": lambda m, d: archive_files.zipped([("年报/正文.html", report_files.html(m))], "gb18030"),
}
OLDER: dict[str, Printer] = {"doc": lambda m, d: report_files.older_word(report_files.docx(m))}
SCANS: dict[str, Printer] = {
    "scanned pdf": lambda m, d: _scan(m, d, tilt=False),
    "scanned pdf, turned and noisy": lambda m, d: _scan(m, d, tilt=True),
    "scanned pdf, turned and dirty": _dirty,
    "docx of pictures on their side": _on_its_side,
}
TOGETHER: dict[str, Callable[[DrawnReport, Random], list[Report]]] = {
    "page + docx": lambda m, d: _attached(m, "附件 统计表.docx", report_files.tables_docx(m)),
    "page + xlsx": lambda m, d: _attached(m, "附件.xlsx", report_files.xlsx(m)),
    "page + pdf": lambda m, d: _attached(m, "附件.pdf", report_files.pdf(m)),
}


def cases(seed: int, *, layouts: int, files: int, slow: int, only: str = "") -> Iterator[Case]:
    """Draw and read: ``layouts`` reports of every layout and form, ``files`` of every format, ``slow`` of
    those that need OCR or LibreOffice. ``only`` keeps the kinds whose name holds it."""
    for layout in LAYOUTS.values():
        for form in layout.templates:
            for n in range(layouts):
                if only in f"page: {layout.name}":
                    sheet = Sheet(form, seed + n)
                    data = layout.build(sheet)
                    yield Case(
                        f"page: {layout.name}",
                        f"{layout.name} {form} seed {seed + n}",
                        sheet.cells,
                        read_reports(data),
                        layout.open_allowed,
                    )
    printers = {name: (printer, files) for name, printer in FILES.items()}
    if office.program():
        printers |= {name: (printer, slow) for name, printer in OLDER.items()}
    together = {name: (reader, files) for name, reader in TOGETHER.items()}
    if picture_files.font_paths():
        printers |= {name: (printer, slow) for name, printer in SCANS.items()}
        together |= {"page + pictures": (_pictured, slow), "page of slices": (_slices, slow)}
    for name, (printer, count) in printers.items():
        for made, dice in _drawn(name, seed, count, only):
            yield Case(
                name,
                f"{name} {made.sheet.template} {made.title}",
                made.cells,
                read_reports(printer(made, dice)),
            )
    for name, (reader, count) in together.items():
        for made, dice in _drawn(name, seed, count, only):
            yield Case(name, f"{name} {made.sheet.template} {made.title}", made.cells, reader(made, dice))


def _drawn(name: str, seed: int, count: int, only: str) -> Iterator[tuple[DrawnReport, Random]]:
    if only not in name:
        return
    for n in range(count):
        for form in FORMS:
            own = seed + zlib.crc32(name.encode()) % 10_000 + n
            yield report_files.report(form, own), Random(f"{name}|{form}|{own}")
