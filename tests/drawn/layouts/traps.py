"""Layouts that invite a wrong figure: other years beside the report's own, look-alike labels, marks inside
cells."""

from __future__ import annotations

from decimal import Decimal

from tests.drawn.layouts.application import flat_head, flat_lines
from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.review import all_values, names
from tests.drawn.layouts.sheet import GROUP_NAMES, NAMES, Row, Sheet
from tools.demo.forms import FormTable, Td


def _other(td: Td, shift: int = 9) -> Td:
    """A cell of another year: another figure, none of the report's."""
    return Td(str(int(td.text) + shift) if td.text.lstrip("-").isdigit() else td.text, td.rowspan, td.colspan)


@layout(*MODERN)
def years_side_by_side_before(sheet: Sheet) -> bytes:
    rows: list[Row] = [
        [Td("项目", 2), Td(f"{sheet.year - 1}年", 1, 7), Td(f"{sheet.year}年", 1, 7)],
        [Td(n) for n in NAMES * 2],
    ]
    for line in sheet.lines():
        values = sheet.values(line.indicator)
        rows.append([Td(line.label), *(_other(v) for v in values), *values])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def years_side_by_side_after(sheet: Sheet) -> bytes:
    rows: list[Row] = [
        [Td("项目", 2), Td(f"{sheet.year}年", 1, 7), Td("上年", 1, 7)],
        [Td(n) for n in NAMES * 2],
    ]
    for line in sheet.lines():
        values = sheet.values(line.indicator)
        rows.append([Td(line.label), *values, *(_other(v) for v in values)])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def names_twice_without_year(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("项目"), *(Td(n) for n in NAMES * 2)]]
    for line in sheet.lines():
        values = sheet.values(line.indicator)
        rows.append([Td(line.label), *(_other(v) for v in values), *values])
    page = sheet.page({3: sheet.table(rows)})
    sheet.cells = {k: v for k, v in sheet.cells.items() if not k[0].startswith("application.")}
    return page


@layout(*MODERN)
def review_years_stacked(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("年度", 2), *(Td(n, 1, 5) for n in GROUP_NAMES)], names() * 3]
    rows.append([Td(f"{sheet.year - 1}年"), *(_other(v) for v in all_values(sheet))])
    rows.append([Td(f"{sheet.year}年"), *all_values(sheet)])
    return sheet.page({4: sheet.table(rows)})


@layout(*MODERN)
def proactive_last_year_column(sheet: Sheet) -> bytes:
    rows: list[Row] = []
    for row in sheet.proactive():
        if len(row) == 2 and row[1].key:
            rows.append([row[0], row[1], _other(row[1])])
        elif len(row) == 2:
            rows.append([row[0], row[1], Td(row[1].text.replace("本年", "上年"))])
        else:
            rows.append(row)
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def look_alike_rows(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head(), *flat_lines(sheet)]
    for n, label in enumerate(
        (
            "上年新收政府信息公开申请数量",
            "本年结转政府信息公开申请数量",
            "属于工作秘密",
            "上年度结转后撤回",
            "四、结转上年度继续办理",
        )
    ):
        rows.insert(3 + 3 * n, [Td(label), *(Td(str(50 + n + k)) for k in range(7))])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def look_alike_documents(sheet: Sheet) -> bytes:
    rows = [list(r) for r in sheet.proactive()]
    rows.insert(3, [Td("规范性文件解读材料"), *(Td(str(n)) for n in (41, 42, 43))])
    rows.insert(3, [Td("党内规章"), *(Td(str(n)) for n in (51, 52, 53))])
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def organisations_merged(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("项目"), Td("自然人"), Td("法人或其他组织"), Td("总计")]]
    for line in sheet.lines():
        first, *inner, last = sheet.values(line.indicator)
        rows.append([Td(line.label), first, Td(str(sum(int(v.text) for v in inner))), last])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def share_column(sheet: Sheet) -> bytes:
    rows: list[Row] = [[*flat_head(), Td("占比")]]
    rows += [[*row, Td("12.5%")] for row in flat_lines(sheet)]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def footnote_marks(sheet: Sheet) -> bytes:
    def mark(text: str) -> str:
        return f"{text}<sup>1</sup>" if text.isdigit() and len(text) in (1, 3) else text

    return sheet.page(
        {2: sheet.table(sheet.proactive(), cell=mark), 3: sheet.table(sheet.third(), cell=mark)}
    )


@layout(*ALL)
def struck_figures(sheet: Sheet) -> bytes:
    def strike(text: str) -> str:
        return f"<s>9</s>{text}<del>4</del>" if text.isdigit() else text

    return sheet.page({n: sheet.table(f.rows, cell=strike) for n, f in _by_section(sheet)})


def _by_section(sheet: Sheet) -> list[tuple[int, FormTable]]:
    return [(9 if f.section < 0 else f.section, f) for f in sheet.forms()]


@layout(*ALL)
def hidden_spans(sheet: Sheet) -> bytes:
    def hide(text: str) -> str:
        return (
            f'<span style="mso-hide:all;display:none">8</span>{text}<span style="font-size:0">7</span>'
            if text.isdigit()
            else text
        )

    return sheet.page({n: sheet.table(f.rows, cell=hide) for n, f in _by_section(sheet)})


@layout(*ALL)
def figures_in_inputs(sheet: Sheet) -> bytes:
    def box(text: str) -> str:
        return f'<input type="text" readonly value="{text}">' if text[-1:].isdigit() else text

    return sheet.page({n: sheet.table(f.rows, cell=box) for n, f in _by_section(sheet)})


@layout(*MODERN)
def group_spans_too_long(sheet: Sheet) -> bytes:
    rows = [
        [td._replace(rowspan=td.rowspan + (td.text.startswith("（") and td.rowspan > 1)) for td in row]
        for row in sheet.third()
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def group_spans_too_short(sheet: Sheet) -> bytes:
    rows = [
        [td._replace(rowspan=td.rowspan - (td.text.startswith("（") and td.rowspan > 1)) for td in row]
        for row in sheet.third()
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def cells_missing(sheet: Sheet) -> bytes:
    """In three rows a cell is not there at all, not even blank."""
    rows = sheet.third()
    for at in (5, 8, 13):
        gone = rows[at].pop(len(rows[at]) - 1 - sheet.rng.randint(1, 6))
        assert gone.key
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def cells_missing_flat(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [flat_head(), *flat_lines(sheet)]
    for at in (3, 6, 11):
        rows[at].pop(1 + sheet.rng.randint(0, 5))
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def figures_over_two_rows(sheet: Sheet) -> bytes:
    """One cell reaches over two rows: whose figure it is, the page does not say."""
    rows = [list(r) for r in sheet.proactive()]
    at = next(n for n, row in enumerate(rows) if row[0].text == "行政处罚")
    rows[at][-1] = rows[at][-1]._replace(rowspan=2)
    lost = rows[at + 1].pop()
    assert lost.key
    return sheet.page({2: sheet.table(rows)})


@layout("v2019")
def money_head_in_100_million(sheet: Sheet) -> bytes:
    key = ("proactive.procurement.amount_10k_yuan", None)
    sheet.texts[key] = format((Decimal(sheet.figures[key]) / 10000).normalize(), "f")
    rows = [
        [
            td._replace(text="采购总金额（单位：亿元）") if td.text.startswith("采购总金额") else td
            for td in row
        ]
        for row in sheet.proactive()
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def head_repeated_inside(sheet: Sheet) -> bytes:
    return sheet.page({3: sheet.table(flat_lines_with_head(sheet))})


def flat_lines_with_head(sheet: Sheet) -> list[Row]:
    """The flat table with its head printed again after every sixth row."""
    rows: list[Row] = []
    for n, row in enumerate(flat_lines(sheet)):
        if n % 6 == 0:
            rows.append(flat_head())
        rows.append(row)
    return rows


@layout(*MODERN)
def applicants_abbreviated(sheet: Sheet) -> bytes:
    short = ("公民", "企业", "科研机构", "公益组织", "法律服务机构", "其他组织", "合计")
    rows: list[Row] = [[Td("项目"), *(Td(n) for n in short)], *flat_lines(sheet)]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def years_in_rows(sheet: Sheet) -> bytes:
    """Each row stands twice: last year's figures, then the report's."""
    rows: list[Row] = [[Td("项目"), Td("年度"), *(Td(n) for n in NAMES)]]
    for line in sheet.lines():
        values = sheet.values(line.indicator)
        rows.append([Td(line.label, 2), Td(f"{sheet.year - 1}年"), *(_other(v) for v in values)])
        rows.append([Td(f"{sheet.year}年"), *values])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def proactive_years_above(sheet: Sheet) -> bytes:
    """Two years side by side in each block of the proactive table."""
    rows: list[Row] = []
    for row in sheet.proactive():
        values = list(row[1:])
        if not values:
            rows.append([row[0], Td(str(sheet.year - 1), 1, 3), Td(f"{sheet.year}年", 1, 3)])
        else:
            flat = [v._replace(colspan=1) for v in values] + [Td("") for _ in range(3 - len(values))]
            past = [_other(v) if v.key else v for v in flat]
            rows.append([row[0], *past, *flat])
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_years_below(sheet: Sheet) -> bytes:
    """Under each quantity two columns, last year's and the report's."""
    rows: list[Row] = []
    for row in sheet.proactive():
        values = list(row[1:])
        if not values:
            rows.append(row)
        elif values[0].key:
            flat = [v._replace(colspan=1) for v in values]
            rows.append([row[0], *(td for v in flat for td in (_other(v), v))])
        else:
            rows.append([row[0]._replace(rowspan=2), *(v._replace(colspan=2) for v in values)])
            rows.append([Td(f"{y}年") for _ in values for y in (sheet.year - 1, sheet.year)])
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def figures_left_over(sheet: Sheet) -> bytes:
    """Rows with more figures than the head has columns."""
    rows: list[Row] = [[*row, Td("7")] if row[-1].key else row for row in sheet.proactive()]
    third: list[Row] = [flat_head(), *([*row, Td("5")] for row in flat_lines(sheet))]
    return sheet.page({2: sheet.table(rows), 3: sheet.table(third)})
