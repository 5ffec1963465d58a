"""What stands around and inside the tables: saved pages, side bars with look-alike tables, columns of figures
in one cell."""

from __future__ import annotations

import quopri
from html import escape

from opencc import OpenCC

from tests.drawn.layouts.application import flat_head
from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import Sheet, article, wrap
from tools.demo.forms import Td

SIDE = "<h3>办件统计</h3><table><tr><td>本年新收</td><td>831</td></tr><tr><td>予以公开</td><td>52</td></tr>" \
       "<tr><td>行政许可</td><td>77</td></tr><tr><td>总计</td><td>960</td></tr></table>"  # fmt: skip


@layout(*ALL)
def saved_as_one_file(sheet: Sheet) -> bytes:
    page = quopri.encodestring(wrap(sheet, article(sheet, sheet.default_tables())).encode()).replace(
        b"\n", b"\r\n"
    )
    head = 'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="==x"\r\n\r\n'
    part = "--==x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    picture = "\r\n--==x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--==x--\r\n"
    return head.encode() + part.encode() + page + picture.encode()


@layout(*ALL)
def big5_without_declaration(sheet: Sheet) -> bytes:
    page = (
        OpenCC("s2t")
        .convert(wrap(sheet, article(sheet, sheet.default_tables())))
        .replace('<meta charset="utf-8">', "")
    )
    return page.encode("big5-hkscs", errors="xmlcharrefreplace")


@layout(*MODERN)
def side_bar_in_a_layout_table(sheet: Sheet) -> bytes:
    inner = article(sheet, sheet.default_tables())
    page = f'<table width=960><tr><td width=200><div class="left-side">{SIDE}</div></td><td>{inner}</td></tr></table>'
    return f"<html><head><title>{sheet.title}</title></head><body>{page}</body></html>".encode()


@layout(*MODERN)
def side_bar_without_a_name(sheet: Sheet) -> bytes:
    inner = article(sheet, sheet.default_tables())
    page = f"<table width=960><tr><td width=200>{SIDE}</td><td>{inner}</td></tr></table>"
    return f"<html><head><title>{sheet.title}</title></head><body>{page}</body></html>".encode()


@layout(*MODERN)
def columns_in_one_cell(sheet: Sheet) -> bytes:
    """The table's body is one row; each cell holds a column, line under line."""
    rows = [[Td(line.label), *sheet.values(line.indicator)] for line in sheet.lines()]
    columns = [
        [sheet.show(td.key) if td.key else td.text for td in column] for column in zip(*rows, strict=True)
    ]
    body = "".join(f"<td>{'<br>'.join(map(escape, column))}</td>" for column in columns)
    head = "".join(f"<td>{td.text}</td>" for td in flat_head())
    return sheet.page({3: f"<table><tr>{head}</tr><tr>{body}</tr></table>"})


@layout(*MODERN)
def columns_of_paragraphs_in_one_cell(sheet: Sheet) -> bytes:
    rows = [[Td(line.label), *sheet.values(line.indicator)] for line in sheet.lines()]
    columns = [
        [sheet.show(td.key) if td.key else td.text for td in column] for column in zip(*rows, strict=True)
    ]
    body = "".join("<td>" + "".join(f"<p>{escape(t)}</p>" for t in column) + "</td>" for column in columns)
    head = "".join(f"<td>{td.text}</td>" for td in flat_head())
    return sheet.page({3: f"<table><tr>{head}</tr><tr>{body}</tr></table>"})
