"""Spellings of single cells: blanks, zeros, notes, units, digits, labels as editors and typists leave
them."""

from __future__ import annotations

from html import escape

from pipeline.report import State
from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import APPLICANTS, GROUPS, Sheet
from tools.demo.forms import FormTable, Td

LEAVES = APPLICANTS[:-1]


def _spelt(sheet: Sheet, text: str, state: State) -> bytes:
    """Zeros of the application and dispute tables, totals aside, printed as ``text``."""
    printed = 0 if state in ("reported", "text_zero") else None
    for key in sheet.keys("application.", "reconsideration.", "litigation."):
        if sheet.figures[key] == 0 and key[1] != "total" and not key[0].endswith(".total"):
            sheet.put(key, text, printed, state)
            if state in ("dash", "not_applicable"):
                sheet.figures[key] = 0
    return sheet.page({})


@layout(*MODERN)
def zeros_blank(sheet: Sheet) -> bytes:
    return _spelt(sheet, "", "blank")


@layout(*MODERN)
def zeros_nbsp(sheet: Sheet) -> bytes:
    return _spelt(sheet, "\u3000", "blank")


@layout(*MODERN)
def zeros_dash(sheet: Sheet) -> bytes:
    return _spelt(sheet, "—", "dash")


@layout(*MODERN)
def zeros_slash(sheet: Sheet) -> bytes:
    return _spelt(sheet, "/", "not_applicable")


@layout(*MODERN)
def zeros_in_words(sheet: Sheet) -> bytes:
    return _spelt(sheet, "无", "text_zero")


@layout(*MODERN)
def zeros_as_circle(sheet: Sheet) -> bytes:
    for key in sheet.keys("application.", "reconsideration.", "litigation."):
        if sheet.figures[key] == 0:
            sheet.put(key, "〇", 0, "text_zero")
    return sheet.page({})


@layout(*MODERN)
def totals_blank(sheet: Sheet) -> bytes:
    for key in sheet.keys("application."):
        if key[1] == "total":
            sheet.put(key, "", None, "blank")
    for group in GROUPS:
        sheet.put((f"{group}.total", None), "", None, "blank")
    return sheet.page({})


@layout(*MODERN)
def totals_blank_in_rows_of_zeros(sheet: Sheet) -> bytes:
    for key in sheet.keys("application."):
        if key[1] == "total" and sheet.figures[key] == 0:
            sheet.put(key, "", None, "blank")
    return sheet.page({})


@layout(*MODERN)
def totals_blank_and_zeros_blank(sheet: Sheet) -> bytes:
    for key in sheet.keys("application."):
        if key[1] == "total" or sheet.figures[key] == 0:
            sheet.put(key, "", None, "blank")
    return sheet.page({})


@layout(*MODERN)
def table_blank(sheet: Sheet) -> bytes:
    for key in sheet.keys("application.", "reconsideration.", "litigation."):
        sheet.put(key, "", None, "blank")
        sheet.figures.pop(key)
    return sheet.page({})


@layout(*MODERN)
def notes_in_cells(sheet: Sheet) -> bytes:
    sheet.write(sheet.keys("application.received"), lambda v: f"{v}（其中网上{int(v) // 2}件）")
    return sheet.page({})


@layout(*ALL)
def full_width_digits(sheet: Sheet) -> bytes:
    wide = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    sheet.write(sheet.figures, lambda v: str(v).translate(wide))
    return sheet.page({})


@layout(*ALL)
def thousands(sheet: Sheet) -> bytes:
    sheet.write(sheet.figures, lambda v: f"{v:,}")
    return sheet.page({})


@layout(*ALL)
def thousands_wide_comma(sheet: Sheet) -> bytes:
    sheet.write(sheet.figures, lambda v: f"{v:,}".replace(",", "，"))
    return sheet.page({})


@layout(*MODERN)
def units_in_cells(sheet: Sheet) -> bytes:
    sheet.write(sheet.keys("application.", "reconsideration.", "litigation."), lambda v: f"{v}件")
    return sheet.page({})


@layout(*ALL)
def runs_cut_anywhere(sheet: Sheet) -> bytes:
    def runs(text: str) -> str:
        out = "".join(
            f'<{t} lang="EN-US">{escape(c)}</{t}>'
            for c, t in zip(text, ("span", "font") * len(text), strict=False)
        )
        return (
            f'<p class="MsoNormal">{out}</p>'
            if text
            else '<p class="MsoNormal"><span><o:p>&nbsp;</o:p></span></p>'
        )

    return sheet.page({n: sheet.table(f.rows, cell=runs) for n, f in _by_section(sheet).items()})


def _by_section(sheet: Sheet) -> dict[int, FormTable]:
    return {9 if f.section < 0 else f.section: f for f in sheet.forms()}


@layout(*ALL)
def runs_on_lines_of_source(sheet: Sheet) -> bytes:
    """The editor breaks the source between runs, never inside a figure."""

    def runs(text: str) -> str:
        return f'\n  <p class="MsoNormal">\n    <span>{escape(text)}</span>\n<o:p></o:p>\n  </p>\n'

    return sheet.page({n: sheet.table(f.rows, cell=runs) for n, f in _by_section(sheet).items()})


@layout(*ALL)
def labels_cut_by_breaks(sheet: Sheet) -> bytes:
    def cut(text: str) -> str:
        if (text[:1].isdigit() and text.replace(".", "").isdigit()) or len(text) < 4:
            return escape(text)
        at = len(text) // 2
        return f"{escape(text[:at])}<br/>\n&nbsp;{escape(text[at:])}"

    return sheet.page({n: sheet.table(f.rows, cell=cut) for n, f in _by_section(sheet).items()})


@layout(*ALL)
def labels_spaced(sheet: Sheet) -> bytes:
    def space(text: str) -> str:
        return escape(text) if any(c.isdigit() for c in text) or len(text) > 12 else "&nbsp; ".join(text)

    return sheet.page({n: sheet.table(f.rows, cell=space) for n, f in _by_section(sheet).items()})


@layout(*ALL)
def labels_in_two_paragraphs(sheet: Sheet) -> bytes:
    def cut(text: str) -> str:
        if any(c.isdigit() for c in text) or len(text) < 4:
            return f"<p>{escape(text)}</p><p>&nbsp;</p>"
        return f"<p>{escape(text[:3])}</p>\n<p>{escape(text[3:])}</p>"

    return sheet.page({n: sheet.table(f.rows, cell=cut) for n, f in _by_section(sheet).items()})


@layout(*MODERN)
def labels_misprinted(sheet: Sheet) -> bytes:
    swap = {
        "2.其他法律行政法规禁止公开": "2.其他法律行政止公开", "4.保护第三方合法权益": "4.保护第三方合法权",
        "（四）无法提供": "（四）无法提 供", "3.补正后申请内容仍不明确": "3.补正后申请内容不明确",
        "四、结转下年度继续办理": "四、结 转下年度继续办理", "6.属于四类过程性信息": "6.属于四类过程信息",
        "一、本年新收政府信息公开申请数量": "一、本年新收政府信息公开申请数", "社会公益组织": "社会公益 组织",
        "5.要求行政机关确认或重新出具已获取信息": "5.要求行政机关确认或者重新出具已获取信息",
        "2.没有现成信息需要另行制作": "2.没有现成信息、需要另行制作", "（七）总计": "（七) 总 计", "科研机构": "科研机构 ",
    }  # fmt: skip
    rows = [[td._replace(text=swap.get(td.text, td.text)) for td in row] for row in sheet.third()]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def labels_without_numbers(sheet: Sheet) -> bytes:
    rows = [
        [
            td if td.key else td._replace(text=td.text.lstrip("一二三四五六七八、（）12345678.") or td.text)
            for td in row
        ]
        for row in sheet.third()
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*ALL)
def figures_in_inner_tables(sheet: Sheet) -> bytes:
    def inner(text: str) -> str:
        return (
            f"<table><tr><td>{escape(text)}</td></tr></table>"
            if text.isdigit() and len(text) == 2
            else escape(text)
        )

    return sheet.page({n: sheet.table(f.rows, cell=inner) for n, f in _by_section(sheet).items()})


@layout(*ALL)
def everything_th(sheet: Sheet) -> bytes:
    rows = {
        n: sheet.table(f.rows, th=True).replace("<td", "<th").replace("</td", "</th")
        for n, f in _by_section(sheet).items()
    }
    return sheet.page(rows)


@layout(*ALL)
def end_tags_missing(sheet: Sheet) -> bytes:
    return sheet.page({n: sheet.table(f.rows, close=False) for n, f in _by_section(sheet).items()})


@layout(*ALL)
def rows_without_table_body(sheet: Sheet) -> bytes:
    """thead, tbody and tfoot, with the last row in the foot."""
    out = {}
    for n, f in _by_section(sheet).items():
        text = sheet.table(f.rows)
        first, last = text.find("</tr>") + 5, text.rfind("<tr>")
        start = text.find("<tr>")
        out[n] = (f"{text[:start]}<thead>{text[start:first]}</thead><tbody>{text[first:last]}</tbody>"
                  f"<tfoot>{text[last:].replace('</table>', '</tfoot></table>')}")  # fmt: skip
    return sheet.page(out)


@layout(*ALL)
def rows_of_nothing_between(sheet: Sheet) -> bytes:
    """A blank row after every other one, and hidden rows of spacers."""
    out = {}
    for n, f in _by_section(sheet).items():
        text = sheet.table(f.rows[1:] if f.section < 0 else f.rows)
        out[n] = text.replace(
            '<table border="1">', '<table border="1"><tr style="height:0"><td></td><td></td></tr>'
        ).replace("</table>", "<tr></tr><tr><td></td></tr></table>")
    return sheet.page(out)


@layout(*MODERN, open_allowed=True)
def figures_cut_over_lines(sheet: Sheet) -> bytes:
    """A narrow column breaks figures: 1 over 28 is 128, which the page does not say for certain."""

    def cut(text: str) -> str:
        return f"<p>{text[:1]}</p><p>{text[1:]}</p>" if text.isdigit() and len(text) == 3 else escape(text)

    return sheet.page({n: sheet.table(f.rows, cell=cut) for n, f in _by_section(sheet).items()})


@layout(*MODERN, open_allowed=True)
def wrong_totals(sheet: Sheet) -> bytes:
    """The body's own sums do not hold: read as printed, and flagged."""
    key = ("application.concluded", "total")
    wrong = int(sheet.figures[key]) + 3
    sheet.put(key, str(wrong), wrong)
    return sheet.page({})


@layout(*MODERN)
def two_digit_columns_of_text(sheet: Sheet) -> bytes:
    """A row of column numbers under the head (甲 | 1 | 2 ...), as statisticians like it."""
    rows = sheet.third()
    rows.insert(3, [Td("甲", 1, 3), *(Td(str(n)) for n in range(1, 8))])
    return sheet.page({3: sheet.table(rows)})
