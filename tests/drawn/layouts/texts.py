"""Text files: the shapes that crawlers leave, with blank cells, and Markdown."""

from __future__ import annotations

from typing import Literal

from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import HEADINGS, Sheet
from tools.demo.forms import FormTable, Layout
from tools.demo.prose import Part
from tools.demo.text import text_file

Shape = Literal["pipes", "lines", "markdown"]


def _file(sheet: Sheet, shape: Shape, forms: list[FormTable] | None = None) -> bytes:
    forms = sheet.forms() if forms is None else forms
    for form in forms:
        for row in form.rows:
            for td in row:
                if td.key:
                    sheet.show(td.key)
    parts = [
        Part(n, heading, ("我们把公开工作列入全年安排，逐月核对。",) if n in (1, 5, 6) else ())
        for n, heading in enumerate(HEADINGS, 1)
    ]
    return text_file(sheet.title, f"{sheet.year + 1}-03-02", parts, forms, shape).encode()


@layout(*ALL)
def text_pipes(sheet: Sheet) -> bytes:
    return _file(sheet, "pipes")


@layout(*ALL)
def text_lines(sheet: Sheet) -> bytes:
    return _file(sheet, "lines")


@layout(*ALL)
def text_markdown(sheet: Sheet) -> bytes:
    return _file(sheet, "markdown")


@layout("v2021")
def text_pipes_other_undivided(sheet: Sheet) -> bytes:
    return _file(sheet, "pipes", sheet.forms(Layout(single_other=True)))


@layout(*MODERN)
def text_pipes_five_tables(sheet: Sheet) -> bytes:
    return _file(sheet, "pipes", sheet.forms(Layout(split_proactive=True)))


@layout(*MODERN)
def text_lines_five_tables(sheet: Sheet) -> bytes:
    return _file(sheet, "lines", sheet.forms(Layout(split_proactive=True)))


@layout(*MODERN)
def text_markdown_five_tables(sheet: Sheet) -> bytes:
    return _file(sheet, "markdown", sheet.forms(Layout(split_proactive=True)))


@layout(*MODERN)
def text_lines_small_review(sheet: Sheet) -> bytes:
    return _file(sheet, "lines", sheet.forms(Layout(review="groups")))


@layout(*MODERN)
def text_pipes_small_review(sheet: Sheet) -> bytes:
    return _file(sheet, "pipes", sheet.forms(Layout(review="groups")))


@layout(*MODERN)
def text_markdown_small_review(sheet: Sheet) -> bytes:
    return _file(sheet, "markdown", sheet.forms(Layout(review="groups")))


@layout(*MODERN)
def text_lines_tall_review(sheet: Sheet) -> bytes:
    return _file(sheet, "lines", sheet.forms(Layout(review="tall")))


@layout(*MODERN)
def text_pipes_tall_review(sheet: Sheet) -> bytes:
    return _file(sheet, "pipes", sheet.forms(Layout(review="tall")))


@layout(*MODERN)
def text_markdown_tall_review(sheet: Sheet) -> bytes:
    return _file(sheet, "markdown", sheet.forms(Layout(review="tall")))


def _blank_totals(sheet: Sheet) -> None:
    for key in sheet.keys("application."):
        if key[1] == "total":
            sheet.put(key, "", None, "blank")


def _blank_zeros(sheet: Sheet) -> None:
    for key in sheet.keys("application.", "reconsideration.", "litigation."):
        if sheet.figures[key] == 0 and key[1] != "total" and not key[0].endswith(".total"):
            sheet.put(key, "", None, "blank")


@layout(*MODERN)
def text_markdown_totals_blank(sheet: Sheet) -> bytes:
    _blank_totals(sheet)
    return _file(sheet, "markdown")


@layout(*MODERN)
def text_markdown_zeros_blank(sheet: Sheet) -> bytes:
    _blank_zeros(sheet)
    return _file(sheet, "markdown")


@layout(*MODERN)
def text_markdown_all_blank(sheet: Sheet) -> bytes:
    for key in sheet.keys("application.", "reconsideration.", "litigation."):
        sheet.put(key, "", None, "blank")
        sheet.figures.pop(key)
    return _file(sheet, "markdown")


@layout(*MODERN)
def text_markdown_without_ends(sheet: Sheet) -> bytes:
    """Rows without the closing bar and its blank cells."""
    _blank_totals(sheet)
    return b"\n".join(
        line.rstrip(b" |") if line.startswith(b"|") else line
        for line in _file(sheet, "markdown").split(b"\n")
    )


@layout(*MODERN, open_allowed=True)
def text_pipes_totals_blank(sheet: Sheet) -> bytes:
    _blank_totals(sheet)
    return _file(sheet, "pipes")


@layout(*MODERN, open_allowed=True)
def text_pipes_zeros_blank(sheet: Sheet) -> bytes:
    _blank_zeros(sheet)
    return _file(sheet, "pipes")


@layout(*MODERN, open_allowed=True)
def text_lines_zeros_blank(sheet: Sheet) -> bytes:
    _blank_zeros(sheet)
    return _file(sheet, "lines")


@layout(*MODERN, open_allowed=True)
def text_lines_totals_blank(sheet: Sheet) -> bytes:
    _blank_totals(sheet)
    return _file(sheet, "lines")


@layout(*MODERN)
def text_tabs(sheet: Sheet) -> bytes:
    """Tab-separated rows, one a line, spanning cells given once."""
    out = [sheet.title, ""]
    for n, heading in enumerate(HEADINGS, start=1):
        out += [heading, ""]
        for form in sheet.forms():
            if form.section == n:
                for row in form.rows:
                    out.append("\t".join(sheet.show(td.key) if td.key else td.text for td in row))
                out.append("")
    return "\n".join(out).encode()


@layout("v2014")
def text_statistics_spaced(sheet: Sheet) -> bytes:
    out = [sheet.title, ""]
    for form in sheet.forms():
        out += [form.title, ""]
        out += ["    ".join(sheet.show(td.key) if td.key else td.text for td in row) for row in form.rows]
    return "\n".join(out).encode()
