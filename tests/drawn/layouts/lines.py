"""Web pages whose tables are lines of text: pasted without their cells, wrapped, or drawn with spaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import (
    APPLICANTS,
    GROUP_NAMES,
    GROUPS,
    NAMES,
    STATE_NAMES,
    Row,
    Sheet,
    article,
    wrap,
)
from tools.demo.forms import Layout, Td

Print = Callable[[Sequence[Sequence[str]]], str]


def _grid(sheet: Sheet, rows: Sequence[Row]) -> list[list[str]]:
    """The rows with a blank text in every place that a merged cell covers."""
    taken: dict[tuple[int, int], str] = {}
    for r, row in enumerate(rows):
        c = 0
        for td in row:
            while (r, c) in taken:
                c += 1
            text = sheet.show(td.key) if td.key and td.key in sheet.texts else td.text
            for dr in range(td.rowspan):
                for dc in range(td.colspan):
                    taken[r + dr, c + dc] = text if not dr and not dc else ""
            c += td.colspan
    width = 1 + max(c for _, c in taken)
    return [[taken.get((r, c), "") for c in range(width)] for r in range(len(rows))]


def _page(sheet: Sheet, show: Print, *, whole: bool = False) -> bytes:
    tables: dict[int, str] = {}
    for form in sheet.forms():
        number = 9 if form.section < 0 else form.section
        grid = _grid(sheet, form.rows)
        cells = grid if whole else [[text for text in line if text] for line in grid]
        tables[number] = (f"<p>{form.title}</p>" if form.title else "") + show(cells)
    return wrap(sheet, article(sheet, tables)).encode()


@layout(*ALL)
def cells_as_paragraphs(sheet: Sheet) -> bytes:
    return _page(sheet, lambda rows: "".join(f"<p>{escape(t)}</p>" for row in rows for t in row))


@layout(*ALL)
def cells_as_lines(sheet: Sheet) -> bytes:
    return _page(sheet, lambda rows: "<p>" + "<br>".join(escape(t) for row in rows for t in row) + "</p>")


@layout(*ALL)
def cells_closed_by_bars(sheet: Sheet) -> bytes:
    return _page(sheet, lambda rows: "".join(f"<div>{escape(t)} |</div>" for row in rows for t in row))


@layout(*ALL)
def rows_with_bars(sheet: Sheet) -> bytes:
    return _page(
        sheet, lambda rows: "".join(f"<p>| {escape(' | '.join(row))} |</p>" for row in rows), whole=True
    )


@layout(*ALL)
def rows_with_spaces(sheet: Sheet) -> bytes:
    return _page(
        sheet, lambda rows: "".join(f"<p>{'&emsp;'.join(escape(t) for t in row)}</p>" for row in rows)
    )


@layout(*ALL)
def rows_with_single_spaces(sheet: Sheet) -> bytes:
    """A space between the figures, two between the words."""

    def line(row: Sequence[str]) -> str:
        return "".join(
            escape(t) + (" " if t.lstrip("-").replace(".", "").isdigit() else "&nbsp; ") for t in row
        )

    return _page(sheet, lambda rows: "".join(f"<p>{line(row)}</p>" for row in rows))


@layout(*ALL)
def rows_with_tabs_in_pre(sheet: Sheet) -> bytes:
    return _page(
        sheet,
        lambda rows: "<pre>" + "\n".join("\t".join(escape(t) for t in row) for row in rows) + "</pre>",
        whole=True,
    )


@layout(*ALL)
def columns_of_spaces_in_pre(sheet: Sheet) -> bytes:
    return _page(
        sheet,
        lambda rows: (
            "<pre>" + "\n".join("".join(escape(t).ljust(46) for t in row) for row in rows) + "</pre>"
        ),
    )


@layout(*ALL)
def tables_of_one_row(sheet: Sheet) -> bytes:
    """Every row is a table of its own."""

    def show(rows: Sequence[Sequence[str]]) -> str:
        return "".join(
            "<table><tr>" + "".join(f"<td>{escape(t)}</td>" for t in row) + "</tr></table>" for row in rows
        )

    return _page(sheet, show, whole=True)


@layout(*ALL)
def merged_cells_filled(sheet: Sheet) -> bytes:
    """Merged cells taken apart, their label in every place that they covered."""
    tables: dict[int, str] = {}
    for form in sheet.forms():
        filled: dict[tuple[int, int], Td] = {}
        for r, row in enumerate(form.rows):
            c = 0
            for td in row:
                while (r, c) in filled:
                    c += 1
                for dr in range(td.rowspan):
                    for dc in range(td.colspan):
                        filled[r + dr, c + dc] = td if td.key is None or not dc else Td("")
                c += td.colspan
        width = 1 + max(c for _, c in filled)
        rows = [
            [filled.get((r, c), Td(""))._replace(rowspan=1, colspan=1) for c in range(width)]
            for r in range(len(form.rows))
        ]
        number = 9 if form.section < 0 else form.section
        tables[number] = (f"<p>{form.title}</p>" if form.title else "") + sheet.table(rows)
    return wrap(sheet, article(sheet, tables)).encode()


@layout(*ALL)
def article_in_a_text_area(sheet: Sheet) -> bytes:
    return wrap(
        sheet,
        f"<textarea id='content' style='display:none'>{escape(article(sheet, sheet.default_tables()))}</textarea>",
    ).encode()


@layout(*ALL)
def article_in_a_frame(sheet: Sheet) -> bytes:
    inner = article(sheet, sheet.default_tables())
    return wrap(sheet, f'<iframe width="100%" srcdoc="{escape(inner)}"></iframe>').encode()


@layout(*ALL)
def stray_rows(sheet: Sheet) -> bytes:
    """Rows without cells that the spans do not count."""
    inner = article(sheet, sheet.default_tables())
    return wrap(sheet, inner.replace("</tr>", "</tr><tr></tr>")).encode()


@layout(*ALL)
def labels_whole_in_titles(sheet: Sheet) -> bytes:
    """Long labels are cut on the page; the title attribute holds them whole."""
    tables: dict[int, str] = {}
    for form in sheet.forms():
        rows = [
            [td if td.key or len(td.text) < 12 else td._replace(text=f"\x00{td.text}") for td in row]
            for row in form.rows
        ]
        text = sheet.table(rows)
        for td in (td for row in form.rows for td in row if not td.key and len(td.text) >= 12):
            text = text.replace(
                f">\x00{escape(td.text)}<", f' title="{escape(td.text)}">{escape(td.text[:9])}…<'
            )
        number = 9 if form.section < 0 else form.section
        tables[number] = (f"<p>{form.title}</p>" if form.title else "") + text
    return wrap(sheet, article(sheet, tables)).encode()


@layout(*MODERN)
def names_in_another_order_as_lines(sheet: Sheet) -> bytes:
    order = ["natural_person", "other", "legal_service", "enterprise", "public_welfare", "research", "total"]
    names = dict(zip(APPLICANTS, NAMES, strict=True))
    cells = ["申请人情况", "自然人", "法人或其他组织", "总计", *(names[a] for a in order[1:-1])]
    for line in sheet.lines():
        cells += [line.label, *(sheet.show(td.key) for td in sheet.values(line.indicator, order) if td.key)]
    return sheet.page({3: "".join(f"<p>{escape(t)}</p>" for t in cells)})


@layout(*MODERN)
def disputes_turned_as_lines(sheet: Sheet) -> bytes:
    cells = ["结果", "行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉"]
    for name, *keys in zip(STATE_NAMES, *(sheet.states_of(g) for g in GROUPS), strict=True):
        cells += [name, *(sheet.show(td.key) for td in keys if td.key)]
    return sheet.page({4: "".join(f"<p>{escape(t)}</p>" for t in cells)})


@layout(*MODERN)
def disputes_listed_as_lines(sheet: Sheet) -> bytes:
    cells = ["类型", "结果", "件数"]
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        cells += [*(["行政诉讼"] if group == "litigation.direct" else []), name]
        for state, td in zip(STATE_NAMES, sheet.states_of(group), strict=True):
            cells += [state, sheet.show(td.key) if td.key else ""]
    return sheet.page({4: "".join(f"<p>{escape(t)}</p>" for t in cells)})


@layout(*MODERN)
def last_year_before_as_lines(sheet: Sheet) -> bytes:
    """Both years' tables as lines, each under a line that names its year."""

    def table(shift: int) -> str:
        cells = ["申请人情况", "自然人", "法人或其他组织", "总计", *NAMES[1:6]]
        for line in sheet.lines():
            keys = [td.key for td in sheet.values(line.indicator) if td.key]
            cells += [
                line.label,
                *(str(int(sheet.texts[k]) + shift) if shift else sheet.show(k) for k in keys),
            ]
        return "".join(f"<p>{escape(t)}</p>" for t in cells)

    return sheet.page(
        {
            3: f"<p>（一）{sheet.year - 1}年度情况（供对照）</p>{table(3)}<p>（二）{sheet.year}年度情况</p>{table(0)}"
        }
    )


@layout(*MODERN)
def small_drawn_tables(sheet: Sheet) -> bytes:
    """Five tables drawn with divs, some of one figure, with marks of notes."""
    out = ""
    for form in sheet.forms(Layout(split_proactive=True)):
        if form.section == 2:
            rows = [
                [td.text if not td.key else sheet.show(td.key) + "<sup>1</sup>" for td in row]
                for row in form.rows
            ]
            out += '<div class="grid">' + "".join(
                '<div class="row">' + "".join(f"<div>{t}</div>" for t in row) + "</div>" for row in rows
            ) + "</div><p></p>"  # fmt: skip
    return sheet.page({2: out})


@layout("v2014")
def codes_before_blank_figures(sheet: Sheet) -> bytes:
    """A column of codes stands before the figures; noughts are left blank."""
    rows: list[Row] = [[Td("指标"), Td("代码"), Td("单位"), Td("数量")]]
    for key in sheet.keys(""):
        if sheet.figures[key] == 0:
            sheet.put(key, "", None, "blank")
    code = 0
    for row in sheet.forms()[-1].rows:
        cells = [td for td in row if td.key]
        if cells:
            code += 1
            rows.append([row[0], Td(f"{code:02d}"), Td(""), cells[0]])
    return sheet.page({9: "<p>政府信息公开情况统计表</p>" + sheet.table(rows)})


@layout(*MODERN)
def spacer_columns_and_blanks(sheet: Sheet) -> bytes:
    """An empty column after every column of the proactive tables; noughts are left blank."""
    for key in sheet.keys("proactive."):
        if sheet.figures[key] == 0:
            sheet.put(key, "", None, "blank")
    rows = [
        [each for td in row for each in (td._replace(colspan=2 * td.colspan - 1), Td(""))]
        for row in sheet.proactive()
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def matter_beside_quantity_unmerged(sheet: Sheet) -> bytes:
    """The matter stands beside its first quantity only."""
    rows: list[Row] = [[Td("信息内容"), Td("指标"), Td("数量")]]
    heads: list[str] = []
    for row in sheet.proactive():
        if any(td.key for td in row):
            rows += [
                [row[0] if not n else Td(""), Td(h), td._replace(colspan=1)]
                for n, (h, td) in enumerate(zip(heads, row[1:], strict=True))
            ]
        elif len(row) > 1:
            heads = [td.text for td in row[1:]]
    return sheet.page({2: sheet.table(rows)})


@layout("v2014")
def serials_and_two_years(sheet: Sheet) -> bytes:
    """Two years' figures for each label, in a grid whose years stand in the head."""
    rows: list[Row] = [
        [Td("序号"), Td("统计指标"), Td("单位"), Td(f"{sheet.year}年"), Td(f"{sheet.year - 1}年")]
    ]
    for n, row in enumerate(sheet.forms()[-1].rows):
        if cells := [td for td in row if td.key]:
            rows.append([Td(str(n)), row[0], Td(""), cells[0], Td("7")])
    return sheet.page({9: "<p>政府信息公开情况统计表</p>" + sheet.table(rows)})
