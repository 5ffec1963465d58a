"""Layouts of whole pages: where the article stands, what stands beside it, how it is encoded."""

from __future__ import annotations

from html import escape

from opencc import OpenCC

from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import HEADINGS, Sheet, article, wrap
from tools.demo.forms import Td


def _article(sheet: Sheet) -> str:
    return article(sheet, sheet.default_tables())


def _decoy(sheet: Sheet, shift: int = 11) -> str:
    """The same tables with other figures; nothing of them is noted as shown."""
    held = dict(sheet.cells)
    texts = dict(sheet.texts)
    sheet.texts = {k: (str(int(v) + shift) if v.lstrip("-").isdigit() else v) for k, v in texts.items()}
    out = "".join(sheet.default_tables().values())
    sheet.cells, sheet.texts = held, texts
    return out


def _site(sheet: Sheet, inner: str, *, title: str | None = None, extra: str = "") -> bytes:
    return wrap(sheet, inner + extra, title=title).encode()


@layout(*ALL)
def article_in_cells_of_cells(sheet: Sheet) -> bytes:
    inner = _article(sheet)
    body = (
        '<table width="1000"><tr><td width="200"><a href="/a">年报</a></td><td><table><tr><td>'
        f"<table><tr><td><h1>{sheet.title}</h1></td></tr><tr><td>{inner}</td></tr></table>"
        "</td></tr></table></td></tr></table>"
    )
    return f"<html><head><title>{sheet.title}</title></head><body>{body}</body></html>".encode()


@layout(*ALL)
def article_in_one_cell(sheet: Sheet) -> bytes:
    inner = f"<table border=0><tr><td>{_article(sheet)}</td></tr></table>"
    return _site(sheet, inner)


@layout(*ALL)
def article_in_sibling_divs(sheet: Sheet) -> bytes:
    parts = _article(sheet).split("<p>")
    return _site(sheet, "".join(f'<div class="row{n}"><p>{p}</div>' for n, p in enumerate(parts) if p))


@layout(*ALL)
def article_in_sections_with_own_boxes(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    boxes = ""
    for number, heading in enumerate(HEADINGS, start=1):
        boxes += f'<div class="box" id="s{number}"><h2>{heading}</h2><div class="txt">{tables.get(number, "")}</div></div>'
    return _site(sheet, boxes + tables.get(9, ""))


@layout(*ALL)
def furniture_large(sheet: Sheet) -> bytes:
    items = "".join(
        f'<li><a href="/n/{n}">第{n}号公告的标题在这里，很长的一行文字说明</a><span>2024-01-{n % 28 + 1:02d}</span></li>'
        for n in range(400)
    )
    text = "".join(f"<li>本站提示{n}：请使用新版浏览器访问，如遇问题请致电总台。</li>" for n in range(120))
    page = wrap(sheet, _article(sheet))
    page = page.replace(
        "<body>", f'<body><div class="leftnav"><ul>{items}</ul></div><div class="tips"><ul>{text}</ul></div>'
    )
    return page.encode()


@layout(*ALL)
def title_in_title_tag_only(sheet: Sheet) -> bytes:
    page = f"<html><head><title>{sheet.title}</title></head><body><div>{_article(sheet)}</div></body></html>"
    return page.encode()


@layout(*ALL)
def title_in_title_tag_with_site(sheet: Sheet) -> bytes:
    page = f"<html><head><title>{sheet.title}-{sheet.body.site_name}</title></head><body><div>{_article(sheet)}</div></body></html>"
    return page.encode()


@layout(*ALL)
def title_in_meta_only(sheet: Sheet) -> bytes:
    head = f'<meta name="ArticleTitle" content="{sheet.title}"><title>政务公开</title>'
    return f"<html><head>{head}</head><body><div>{_article(sheet)}</div></body></html>".encode()


@layout(*ALL)
def title_in_two_lines(sheet: Sheet) -> bytes:
    head = f"<p>{sheet.body.name}{sheet.year}年</p><p>政府信息公开工作年度报告</p>"
    return f"<html><head><title>信息公开</title></head><body><div>{head}{_article(sheet)}</div></body></html>".encode()


@layout(*ALL)
def decoy_in_script(sheet: Sheet) -> bytes:
    text = _decoy(sheet).replace("\n", "")
    return _site(sheet, _article(sheet), extra=f"<script>var html = '{text}'; document.write(html);</script>")


@layout(*ALL)
def decoy_in_comment(sheet: Sheet) -> bytes:
    return _site(sheet, f"<!-- {_decoy(sheet)} -->" + _article(sheet))


@layout(*ALL)
def decoy_in_template(sheet: Sheet) -> bytes:
    return _site(
        sheet,
        _article(sheet),
        extra=f"<template>{_decoy(sheet)}</template><noscript>{_decoy(sheet, 3)}</noscript>",
    )


@layout(*ALL)
def decoy_hidden_before(sheet: Sheet) -> bytes:
    return _site(sheet, f'<div style="display: none">{_decoy(sheet)}</div>' + _article(sheet))


@layout(*ALL)
def decoy_hidden_by_attribute(sheet: Sheet) -> bytes:
    return _site(sheet, f"<div hidden>{_decoy(sheet)}</div>" + _article(sheet))


@layout(*ALL)
def hidden_copy_of_tables(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    for number, text in tables.items():
        tables[number] = text + text.replace("<table", '<table style="DISPLAY:none"')
    return _site(sheet, article(sheet, tables))


@layout(*ALL)
def hidden_rows_with_other_figures(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    for number, text in tables.items():
        at = text.rfind("<tr>")
        row = text[at : text.find("</tr>", at) + 5].replace("<tr>", '<tr style="display:none">')
        digits = str.maketrans("0123456789", "1234567891")
        tables[number] = text[:at] + row.translate(digits).replace('colspan="4"', 'colspan="3"') + text[at:]
    return _site(sheet, article(sheet, tables))


@layout(*ALL)
def decoy_in_side_bar(sheet: Sheet) -> bytes:
    page = wrap(sheet, _article(sheet))
    return page.replace(
        '<div class="footer">',
        f'<div class="sidebar"><h3>相关链接</h3>{_decoy(sheet)}</div><div class="footer">',
    ).encode()


@layout(*ALL, open_allowed=True)
def decoy_in_unnamed_column(sheet: Sheet) -> bytes:
    page = wrap(sheet, _article(sheet))
    return page.replace(
        '<div class="content">', f'<div class="c1">{_decoy(sheet)}</div><div class="content">'
    ).encode()


@layout(*ALL)
def related_list_of_years(sheet: Sheet) -> bytes:
    items = "".join(
        f"<li><a href='{y}.html'>{sheet.body.name}{y}年政府信息公开工作年度报告</a></li>"
        for y in range(2012, 2024)
    )
    return _site(sheet, _article(sheet), extra=f"<div><h3>相关文章</h3><ul>{items}</ul></div>")


@layout(*ALL)
def related_list_without_links(sheet: Sheet) -> bytes:
    items = "".join(f"<p>{sheet.body.name}{y}年政府信息公开工作年度报告</p>" for y in range(2012, 2024))
    return _site(sheet, _article(sheet), extra=f"<p>历年年报：</p>{items}")


@layout(*ALL)
def tables_twice(sheet: Sheet) -> bytes:
    inner = _article(sheet)
    return _site(sheet, inner + "<p>附件</p>" + "".join(sheet.default_tables().values()))


@layout(*ALL)
def article_twice(sheet: Sheet) -> bytes:
    inner = _article(sheet)
    return _site(sheet, f'<div class="pc">{inner}</div><div class="wap">{inner}</div>')


@layout(*MODERN)
def last_year_after(sheet: Sheet) -> bytes:
    extra = f"<p>附：{sheet.year - 1}年度统计表</p>{_one_decoy(sheet, 3)}"
    tables = sheet.default_tables()
    tables[3] = f"<p>{sheet.year}年度统计表</p>" + tables[3]
    return _site(sheet, article(sheet, tables) + extra)


@layout(*MODERN)
def last_year_before(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    tables[3] = (
        f"<p>{sheet.year - 1}年度申请办理情况表</p>{_one_decoy(sheet, 3)}<p>{sheet.year}年度申请办理情况表</p>"
        + tables[3]
    )
    return _site(sheet, article(sheet, tables))


@layout(*MODERN)
def last_year_named_alone(sheet: Sheet) -> bytes:
    """Only last year's table says its year; the other stands under the section's heading."""
    tables = sheet.default_tables()
    tables[3] += f"<p>{sheet.year - 1}年度申请办理情况表（对照）</p>{_one_decoy(sheet, 3)}"
    return _site(sheet, article(sheet, tables))


@layout(*MODERN, open_allowed=True)
def last_year_unnamed(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    tables[3] += _one_decoy(sheet, 3)
    return _site(sheet, article(sheet, tables))


def _one_decoy(sheet: Sheet, section: int) -> str:
    held, texts = dict(sheet.cells), dict(sheet.texts)
    sheet.texts = {k: (str(int(v) + 7) if v.lstrip("-").isdigit() else v) for k, v in texts.items()}
    out = sheet.table(next(f.rows for f in sheet.forms() if f.section == section))
    sheet.cells, sheet.texts = held, texts
    return out


@layout(*MODERN)
def two_years_in_columns(sheet: Sheet) -> bytes:
    """Total figures of two years side by side."""
    rows: list[list[Td]] = [[Td("项目"), Td(f"{sheet.year - 1}年"), Td(f"{sheet.year}年")]]
    for line in sheet.lines():
        key = (line.indicator, "total")
        rows.append([Td(line.label), Td(str(int(sheet.figures[key]) + 5)), Td(sheet.texts[key], key=key)])
    for key in sheet.keys("application."):
        if key[1] != "total":
            sheet.texts.pop(key)
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def totals_alone(sheet: Sheet) -> bytes:
    """No applicant columns: one figure a row."""
    rows: list[list[Td]] = [[Td("项目"), Td("数量")]]
    rows += [
        [Td(x.label), Td(sheet.texts[(x.indicator, "total")], key=(x.indicator, "total"))]
        for x in sheet.lines()
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*ALL)
def sections_numbered_twice(sheet: Sheet) -> bytes:
    inner = _article(sheet)
    for heading in HEADINGS:
        inner = inner.replace(f"<p>{heading}</p>", f"<p>{heading[:2]}{heading}</p><p>{heading}</p>")
    return _site(sheet, inner)


@layout(*ALL)
def contents_list_first(sheet: Sheet) -> bytes:
    contents = "".join(f"<p>{h}</p>" for h in HEADINGS)
    return _site(sheet, f"<p>目录</p>{contents}" + _article(sheet))


@layout(*ALL)
def headings_in_bold_runs(sheet: Sheet) -> bytes:
    inner = _article(sheet)
    for heading in HEADINGS:
        inner = inner.replace(
            f"<p>{heading}</p>",
            f"<p><b>{heading[:1]}</b><strong>{heading[1:4]}</strong><b>{heading[4:]}</b></p>",
        )
    return _site(sheet, inner)


@layout(*ALL)
def notes_under_tables(sheet: Sheet) -> bytes:
    tables = {
        n: t + "<p>备注：本表数据截至12月31日，第1项与第2项不重复计算。</p>"
        for n, t in sheet.default_tables().items()
    }
    return _site(sheet, article(sheet, tables))


@layout(*ALL)
def gb18030_declared_gb2312(sheet: Sheet) -> bytes:
    return (
        wrap(sheet, _article(sheet) + "<p>旧街道名：堃、喆、㙍</p>")
        .replace("utf-8", "gb2312")
        .encode("gb18030")
    )


@layout(*ALL)
def gb18030_declared_utf8(sheet: Sheet) -> bytes:
    return wrap(sheet, _article(sheet)).encode("gb18030")


@layout(*ALL)
def utf8_declared_gb2312(sheet: Sheet) -> bytes:
    return wrap(sheet, _article(sheet)).replace("utf-8", "gb2312").encode("utf-8")


@layout(*ALL)
def utf16_with_mark(sheet: Sheet) -> bytes:
    return wrap(sheet, _article(sheet)).replace("utf-8", "utf-16").encode("utf-16")


@layout(*ALL)
def utf8_without_declaration(sheet: Sheet) -> bytes:
    return b"\xef\xbb\xbf" + wrap(sheet, _article(sheet)).replace('<meta charset="utf-8">', "").encode(
        "utf-8"
    )


@layout(*ALL)
def traditional_characters(sheet: Sheet) -> bytes:
    return OpenCC("s2t").convert(wrap(sheet, _article(sheet))).encode()


@layout(*ALL)
def entities_for_everything(sheet: Sheet) -> bytes:
    text = "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in wrap(sheet, _article(sheet)))
    return text.encode("ascii")


@layout(*ALL)
def drawn_with_divs(sheet: Sheet) -> bytes:
    return _site(sheet, article(sheet, {n: _divs(sheet, t) for n, t in _drawn(sheet).items()}))


def _drawn(sheet: Sheet) -> dict[int, list[list[Td]]]:
    return {9 if f.section < 0 else f.section: [list(r) for r in f.rows] for f in sheet.forms()}


def _divs(sheet: Sheet, rows: list[list[Td]], row: str = "div", cell: str = "div") -> str:
    out = ""
    for tds in rows:
        inner = "".join(
            f'<{cell} class="cell c{td.colspan}">{escape(sheet.show(td.key) if td.key else td.text)}</{cell}>'
            for td in tds
        )
        out += f'<{row} class="row">{inner}</{row}>'
    return f'<div class="grid">{out}</div>'


@layout(*ALL)
def drawn_with_lists(sheet: Sheet) -> bytes:
    return _site(sheet, article(sheet, {n: _divs(sheet, t, "ul", "li") for n, t in _drawn(sheet).items()}))


@layout(*ALL)
def drawn_with_spans(sheet: Sheet) -> bytes:
    return _site(sheet, article(sheet, {n: _divs(sheet, t, "li", "span") for n, t in _drawn(sheet).items()}))


@layout(*ALL)
def one_table_drawn_with_divs(sheet: Sheet) -> bytes:
    drawn = _drawn(sheet)
    tables = {n: (_divs(sheet, t) if n in (3, 9) else sheet.table(t)) for n, t in drawn.items()}
    return _site(sheet, article(sheet, tables))


@layout(*ALL)
def one_table_for_all(sheet: Sheet) -> bytes:
    """The whole report in one table: each section a row of one cell, the form's tables inside cells."""
    tables = sheet.default_tables()
    out = ""
    for number, heading in enumerate(HEADINGS, start=1):
        out += f"<tr><td>{heading}</td></tr><tr><td>{tables.get(number, '本节无表。')}</td></tr>"
    return _site(sheet, f"<table>{out}<tr><td>{tables.get(9, '')}</td></tr></table>")


@layout(*MODERN)
def tables_side_by_side_in_layout(sheet: Sheet) -> bytes:
    tables = sheet.default_tables()
    tables[4] = f"<table><tr><td>{tables[4]}</td><td>说明：单位为件。</td></tr></table>"
    return _site(sheet, article(sheet, tables))


@layout(*ALL)
def title_attributes(sheet: Sheet) -> bytes:
    """Every cell carries another text in its title attribute."""
    inner = _article(sheet).replace("<td>", '<td title="共 999 件">')
    return _site(sheet, inner)


@layout(*ALL)
def page_cut_in_the_foot(sheet: Sheet) -> bytes:
    return wrap(sheet, _article(sheet)).encode()[:-30]


@layout(*ALL)
def xhtml_upper_case(sheet: Sheet) -> bytes:
    text = wrap(sheet, _article(sheet))
    for tag in ("table", "tr", "td", "p", "div"):
        text = text.replace(f"<{tag}", f"<{tag.upper()}").replace(f"</{tag}", f"</{tag.upper()}")
    return text.replace("colspan=", "COLSPAN=").replace("rowspan=", "ROWSPAN=").encode()


@layout(*ALL)
def editor_container_beside_tables(sheet: Sheet) -> bytes:
    """The editor's own container holds the text, and the tables stand in a second one."""
    tables = sheet.default_tables()
    prose = article(sheet, {})
    both = "".join(tables.values())
    return _site(sheet, f'<div class="TRS_Editor">{prose}</div><div class="attach-view">{both}</div>')
