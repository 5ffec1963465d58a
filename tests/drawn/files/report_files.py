"""Whole reports with drawn figures, printed as files of every format, with the cells that each file shows."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from tests.drawn.files import excel_files, pdf_files, picture_files, word_files
from tests.drawn.files.drawn_tables import DrawnCell, DrawnTable
from tests.drawn.layouts.sheet import HEADINGS, Sheet, Shown, wrap
from tools.demo.forms import Td
from tools.demo.truth import Key

Part = str | DrawnTable
_PAGE_ROWS = 40
TALL = (595.0, 2600.0)


@dataclass(frozen=True)
class DrawnReport:
    """A report: its title, its parts in order (lines of text and tables), and what its tables show."""

    title: str
    parts: tuple[Part, ...]
    cells: Mapping[Key, Shown]
    sheet: Sheet

    @property
    def tables(self) -> list[DrawnTable]:
        return [p for p in self.parts if not isinstance(p, str)]

    @property
    def texts(self) -> list[str]:
        return [p for p in self.parts if isinstance(p, str)]


def report(template: str, seed: int) -> DrawnReport:
    """One drawn report on a form, in the form's own layout."""
    sheet = Sheet(template, seed)
    tables: dict[int, list[Part]] = {}
    for form in sheet.forms():
        own = tables.setdefault(9 if form.section < 0 else form.section, [])
        own += [form.title] if form.title else []
        own.append(drawn(form.rows, sheet))
    parts: list[Part] = [f"本报告由{sheet.body.name}编制，统计期限自{sheet.year}年1月1日起至12月31日止。"]
    prose = {
        1: "我们把公开工作列入全年安排，网页栏目逐月核对。",
        5: "个别栏目更新偏慢，来年按季度检查。",
        6: "没有其他事项。",
    }
    for number, heading in enumerate(HEADINGS, start=1):
        parts += [heading, *([prose[number]] if number in prose else []), *tables.get(number, ())]
    parts += tables.get(9, ())
    return DrawnReport(sheet.title, tuple(parts), dict(sheet.cells), sheet)


def drawn(rows: Sequence[Sequence[Td]], sheet: Sheet) -> DrawnTable:
    """The rows of a form as a table of cells in a grid."""
    taken: set[tuple[int, int]] = set()
    cells: list[DrawnCell] = []
    for r, row in enumerate(rows):
        c = 0
        for td in row:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + j) for i in range(td.rowspan) for j in range(td.colspan)}
            cells.append(DrawnCell(r, c, td.rowspan, td.colspan, sheet.show(td.key) if td.key else td.text))
            c += td.colspan
    n_rows, n_cols = max(r for r, _ in taken) + 1, max(c for _, c in taken) + 1
    head = next((c.row for c in cells if c.text.strip().isdigit()), 1)
    widths = {10: (1.3, 1.8, 3.4, *(0.9,) * 7), 3: (5.0, 1.0, 1.4), 15: (1.0,) * 15}.get(
        n_cols, (2.4, *(1.0,) * (n_cols - 1))
    )
    return DrawnTable(n_rows, n_cols, tuple(cells), max(1, head), widths)


def cut(table: DrawnTable, row: int, *, again: bool = False) -> tuple[DrawnTable, DrawnTable]:
    """A table cut by a page's end before ``row``; what spans the cut keeps its label above only. ``again``
    prints the head once more below."""
    above = [c._replace(rowspan=min(c.rowspan, row - c.row)) for c in table.cells if c.row < row]
    lead = table.head_rows if again else 0
    below = [c for c in table.cells if c.row + c.rowspan <= lead]
    for c in table.cells:
        if c.row + c.rowspan > row:
            start = max(c.row, row)
            text = c.text if c.row >= row else ""
            below.append(DrawnCell(start - row + lead, c.col, c.row + c.rowspan - start, c.colspan, text))
    return (
        DrawnTable(row, table.n_cols, tuple(above), table.head_rows, table.widths),
        DrawnTable(table.n_rows - row + lead, table.n_cols, tuple(sorted(below)), max(1, lead), table.widths),
    )


def html(made: DrawnReport, *, tables: bool = True, end: str = "") -> bytes:
    """A page; without its tables where another file holds them."""
    out = []
    for part in made.parts:
        if isinstance(part, str):
            out.append(f"<p>{part}</p>")
        elif tables:
            out.append(html_table(part))
    return wrap(made.sheet, "\n".join(out) + end).encode()


def html_of_pictures(title: str, names: Sequence[str]) -> bytes:
    """A page that has a title and, for its article, pictures."""
    shown = "".join(f'<p><img src="{name}"></p>' for name in names)
    page = f'<body><div class="article"><h1>{title}</h1><div class="con">{shown}</div></div></body>'
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>{page}</html>'.encode()


def html_table(table: DrawnTable) -> str:
    rows: list[str] = []
    for r in range(table.n_rows):
        tds = [
            f'<td rowspan="{c.rowspan}" colspan="{c.colspan}">{c.text}</td>'
            for c in sorted(table.cells)
            if c.row == r
        ]
        rows.append("<tr>" + "".join(tds) + "</tr>")
    return '<table border="1">' + "".join(rows) + "</table>"


def docx(made: DrawnReport) -> bytes:
    return word_files.document([made.title, *made.parts, ""])  # Word ends a file with a paragraph


def tables_docx(made: DrawnReport) -> bytes:
    """The tables alone, as an attachment holds them."""
    return word_files.document(["附件", *_with_heads(made), ""])


def _with_heads(made: DrawnReport) -> list[Part]:
    """The tables, each under the line that stands before it."""
    found: list[Part] = []
    for before, part in zip(("", *made.parts), made.parts, strict=False):
        if not isinstance(part, str):
            found += [before, part] if isinstance(before, str) and before else [part]
    return found


def older_word(data: bytes) -> bytes:
    """A .docx file as .doc, by LibreOffice."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, "a.docx").write_bytes(data)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{place}/profile",
                "--headless",
                "--convert-to",
                "doc:MS Word 97",
                "--outdir",
                place,
                f"{place}/a.docx",
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return Path(place, "a.doc").read_bytes()


def sheets(made: DrawnReport, *, one: bool = False) -> list[excel_files.Sheet]:
    """The report on sheets of a workbook: a table a sheet, the text on the first; or all below one another on
    one."""
    if one:
        rows: list[tuple[int, int, str | DrawnTable]] = []
        at = 0
        for part in (made.title, *made.parts):
            rows.append((at, 0, part))
            at += 1 if isinstance(part, str) else part.n_rows + 1
        return [("年报", rows)]
    text: list[tuple[int, int, str | DrawnTable]] = [
        (n, 0, p) for n, p in enumerate((made.title, *made.texts))
    ]
    found: list[excel_files.Sheet] = [("正文", text)]
    for n, part in enumerate(made.tables, start=1):
        found.append((f"表{n}", [(0, 0, part)]))
    return found


def xlsx(made: DrawnReport, *, one: bool = False) -> bytes:
    return excel_files.xlsx(sheets(made, one=one))


def xls(made: DrawnReport, *, one: bool = False) -> bytes:
    return excel_files.xls(sheets(made, one=one))


def _story(made: DrawnReport, *, lines: bool = True, width: float = pdf_files.WIDTH) -> list[Any]:
    story: list[Any] = [pdf_files.title(made.title)]
    for part in made.parts:
        if isinstance(part, str):
            story.append(pdf_files.text(part))
        else:
            story.append(pdf_files.ruled(part, lines=lines, width=width))
    return story


def pdf(made: DrawnReport, *, lines: bool = True) -> bytes:
    """On one tall page, ruled or without rules."""
    return pdf_files.document(_story(made, lines=lines), page=TALL)


def pdf_split(made: DrawnReport, dice: Any, *, again: bool = False) -> bytes:
    """On pages, with every longer table cut by a page's end."""
    story: list[Any] = [pdf_files.title(made.title)]
    for part in made.parts:
        if isinstance(part, str):
            story.append(pdf_files.text(part))
            continue
        if part.n_rows > part.head_rows + 3:
            first, second = cut(part, dice.randrange(part.head_rows + 1, part.n_rows - 1), again=again)
            story += [pdf_files.ruled(first), pdf_files.page_end(), pdf_files.ruled(second)]
        else:
            story.append(pdf_files.ruled(part))
    return pdf_files.document(story, page=(A4[0], 1400.0))


def pdf_two_columns(made: DrawnReport) -> bytes:
    """Two pages side by side on one wide sheet."""
    import io

    target = io.BytesIO()
    width, height = 2 * A4[0], 1000.0
    frames = [Frame(40 + n * A4[0], 40, A4[0] - 80, height - 80, id=str(n)) for n in range(2)]
    template = BaseDocTemplate(target, pagesize=(width, height))
    template.addPageTemplates([PageTemplate(frames=frames)])
    template.build(_story(made, width=A4[0] - 100))
    return target.getvalue()


def pictures(made: DrawnReport, *, dots: int = 150) -> list[Any]:
    """The report as pages of a scan: the text and small tables, then a page for each larger table."""
    pages: list[Any] = []
    waiting: list[Part] = [made.title]
    for part in made.parts:
        if isinstance(part, str) or part.n_rows <= 8:
            waiting.append(part)
            continue
        pages.append(picture_files.page(waiting, dots=dots))
        pages += [picture_files.page([piece], dots=dots, points=8.5) for piece in _in_pages(part)]
        waiting = []
    if waiting:
        pages.append(picture_files.page(waiting, dots=dots))
    return pages


def _in_pages(table: DrawnTable) -> list[DrawnTable]:
    """A table in pieces that fit on a page each."""
    if table.n_rows <= _PAGE_ROWS:
        return [table]
    first, rest = cut(table, _PAGE_ROWS)
    return [first, *_in_pages(rest)]


def table_pictures(made: DrawnReport, *, dots: int = 150) -> list[bytes]:
    """Each table as a picture of its own, cut to its size."""
    found = []
    for part in (piece for table in made.tables for piece in _in_pages(table)):
        page = picture_files.page([part], dots=dots, points=8.5)
        box = page.point(lambda p: 255 - p).getbbox() or (12, 12, 12, 12)
        found.append(picture_files.encoded(page.crop((box[0] - 12, box[1] - 12, box[2] + 12, box[3] + 12))))
    return found
