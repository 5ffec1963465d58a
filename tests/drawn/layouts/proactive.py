"""Layouts of the proactive tables (second section) and of the statistics table of 2014."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from pipeline.codebook import load_codebook
from tests.drawn.layouts.registry import MODERN, layout
from tests.drawn.layouts.sheet import Row, Sheet
from tools.demo.forms import STATISTICS_TITLE, Layout, Td


def _money(sheet: Sheet) -> tuple[str, None]:
    name = "procurement" if sheet.template == "v2019" else "admin_fee"
    return (f"proactive.{name}.amount_10k_yuan", None)


@layout(*MODERN)
def proactive_five_tables(sheet: Sheet) -> bytes:
    forms = [f for f in sheet.forms(Layout(split_proactive=True)) if f.section == 2]
    return sheet.page({2: "<p></p>".join(sheet.table(f.rows) for f in forms)})


@layout(*MODERN)
def proactive_item_named_before(sheet: Sheet) -> bytes:
    forms = [f for f in sheet.forms(Layout(split_proactive=True)) if f.section == 2]
    return sheet.page({2: "".join(f"<p>{f.rows[0][0].text}</p>" + sheet.table(f.rows[1:]) for f in forms)})


@layout(*MODERN)
def proactive_spans_missing(sheet: Sheet) -> bytes:
    rows = [[td._replace(colspan=1) for td in row] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_spans_of_head_differ(sheet: Sheet) -> bytes:
    rows = [[td._replace(colspan=1 if td.key else td.colspan) for td in row] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_fillers(sheet: Sheet) -> bytes:
    """Short rows filled up with blank cells to the longest row's width."""
    rows = [
        [*(td._replace(colspan=1) for td in row), *(Td("") for _ in range(4 - len(row)))]
        for row in sheet.proactive()
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_number_column(sheet: Sheet) -> bytes:
    rows: list[Row] = []
    n = 0
    for row in sheet.proactive():
        n += any(td.key for td in row)
        rows.append([Td(str(n) if any(td.key for td in row) else ""), *row])
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_note_column(sheet: Sheet) -> bytes:
    rows = [[*row, Td("备注" if row[0].text == "信息内容" else "")] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_columns_in_another_order(sheet: Sheet) -> bytes:
    rows = [[row[0], *reversed(row[1:])] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_th(sheet: Sheet) -> bytes:
    return sheet.page({2: sheet.table(sheet.proactive(), th=True)})


@layout(*MODERN)
def proactive_item_in_column(sheet: Sheet) -> bytes:
    """The item of article 20 stands in a first column that reaches over its rows."""
    rows: list[list[Td]] = []
    source = sheet.proactive()
    starts = [n for n, row in enumerate(source) if row[0].text.startswith("第二十条")] + [len(source)]
    for start, end in pairwise(starts):
        inner = source[start + 1 : end]
        rows.append([Td(source[start][0].text, len(inner)), *inner[0]])
        rows += inner[1:]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_money_in_yuan(sheet: Sheet) -> bytes:
    key = _money(sheet)
    sheet.texts[key] = f"{int(Decimal(sheet.figures[key]) * 10000)}元"
    return sheet.page({2: sheet.table(sheet.proactive())})


@layout(*MODERN)
def proactive_head_in_yuan(sheet: Sheet) -> bytes:
    key = _money(sheet)
    sheet.texts[key] = str(int(Decimal(sheet.figures[key]) * 10000))
    wanted = ("采购总金额", "本年收费金额")
    rows = [
        [
            td._replace(text=td.text.split("（")[0] + "（单位：元）") if td.text.startswith(wanted) else td
            for td in row
        ]
        for row in sheet.proactive()
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_money_in_10k(sheet: Sheet) -> bytes:
    key = _money(sheet)
    sheet.texts[key] += "万元"
    return sheet.page({2: sheet.table(sheet.proactive())})


@layout("v2021")
def proactive_old_words(sheet: Sheet) -> bytes:
    """Labels of 2019 in a form of 2021: 规范性文件, 处理决定数量."""
    swap = {"行政规范性文件": "规范性文件", "本年处理决定数量": "处理决定数量", "现行有效件数": "现行有效件"}
    rows = [[td._replace(text=swap.get(td.text, td.text)) for td in row] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout("v2019")
def proactive_misprints(sheet: Sheet) -> bytes:
    swap = {"本年新制作数量": "本年新", "本年新公开数量": "本年新", "本年增/减": "本年增/"}
    rows = [[td._replace(text=swap.get(td.text, td.text)) for td in row] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout("v2019")
def proactive_glosses(sheet: Sheet) -> bytes:
    swap = {"上一年项目数量": "上一年项目数量（指2019年事项数）", "处理决定数量": "处理决定数量（指2020年办件量）",
            "本年增/减": "本年增/减（减用负值表示）", "对外公开总数量": "对外公开总数量（截至2020年底）"}  # fmt: skip
    rows = [[td._replace(text=swap.get(td.text, td.text)) for td in row] for row in sheet.proactive()]
    return sheet.page({2: sheet.table(rows)})


@layout("v2019")
def proactive_signs(sheet: Sheet) -> bytes:
    def spell(value: object) -> str:
        n = int(str(value))
        return f"减少{-n}项" if n < 0 else f"增加{n}项" if n else "0"

    sheet.write([k for k in sheet.figures if k[0].endswith("items_change")], spell)
    return sheet.page({2: sheet.table(sheet.proactive())})


@layout(*MODERN)
def proactive_local_row(sheet: Sheet) -> bytes:
    rows = [list(r) for r in sheet.proactive()]
    rows.insert(4, [Td("内部工作制度"), *(Td(str(n)) for n in (31, 32, 33))])
    rows.insert(3, [Td("地方性法规"), *(Td(str(n)) for n in (41, 42, 43))])
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def proactive_notes_in_cells(sheet: Sheet) -> bytes:
    sheet.write(
        [k for k in sheet.keys("proactive.") if k != _money(sheet)],
        lambda v: f"{v}（其中修订{int(v) // 2}件）",
    )
    return sheet.page({2: sheet.table(sheet.proactive())})


@layout(*MODERN)
def proactive_thousands(sheet: Sheet) -> bytes:
    sheet.write(sheet.keys("proactive."), lambda v: f"{v:,}")
    return sheet.page({2: sheet.table(sheet.proactive())})


# -- the statistics table
# ------------------------------------------------------------------------------------------


def _statistics(sheet: Sheet) -> list[list[Td]]:
    return [list(row) for row in sheet.forms()[0].rows]


def _with(sheet: Sheet, rows: list[list[Td]]) -> bytes:
    return sheet.page({9: f"<p>{STATISTICS_TITLE}</p>" + sheet.table(rows)})


@layout("v2014")
def statistics_as_the_form(sheet: Sheet) -> bytes:
    return sheet.page({})


@layout("v2014")
def statistics_title_in_table(sheet: Sheet) -> bytes:
    rows = _statistics(sheet)
    top = [[Td(f"{STATISTICS_TITLE}（{sheet.year}年度）", 1, 3)], [Td(f"填报单位：{sheet.body.name}", 1, 3)]]
    return sheet.page({9: sheet.table([*top, *rows])})


@layout("v2014")
def statistics_numbered(sheet: Sheet) -> bytes:
    return _with(
        sheet, [[Td("序号" if n == 0 else str(n)), *row] for n, row in enumerate(_statistics(sheet))]
    )


@layout("v2014")
def statistics_without_unit(sheet: Sheet) -> bytes:
    return _with(sheet, [[row[0], row[2]] for row in _statistics(sheet)])


@layout("v2014")
def statistics_unit_last(sheet: Sheet) -> bytes:
    return _with(sheet, [[row[0], row[2], row[1]] for row in _statistics(sheet)])


@layout("v2014")
def statistics_unit_in_label(sheet: Sheet) -> bytes:
    rows = _statistics(sheet)
    return _with(
        sheet,
        [
            [r[0]._replace(text=r[0].text + (f"（单位：{r[1].text}）" if r[1].text else "")), r[2]]
            for r in rows[1:]
        ],
    )


@layout("v2014")
def statistics_unit_in_cell(sheet: Sheet) -> bytes:
    units = load_codebook().by_form
    for key in sheet.figures:
        sheet.texts[key] += units[("v2014", key[0])].unit
    return _with(sheet, [[r[0], r[2]] for r in _statistics(sheet)])


@layout("v2014")
def statistics_note_column(sheet: Sheet) -> bytes:
    rows = [[*row, Td("备注" if n == 0 else "")] for n, row in enumerate(_statistics(sheet))]
    rows[9][-1] = Td("含子站")
    return _with(sheet, rows)


@layout("v2014")
def statistics_side_by_side(sheet: Sheet) -> bytes:
    rows = _statistics(sheet)[1:]
    half = (len(rows) + 1) // 2
    left, right = rows[:half], [*rows[half:], [Td(""), Td(""), Td("")]]
    head = [Td("指标"), Td("单位"), Td("统计数")] * 2
    return _with(sheet, [head, *([*a, *b] for a, b in zip(left, right, strict=False))])


@layout("v2014")
def statistics_pairs(sheet: Sheet) -> bytes:
    rows = [r for r in _statistics(sheet)[1:] if r[2].key]
    pairs = [[a[0], a[2], b[0], b[2]] for a, b in zip(rows[::2], rows[1::2], strict=False)]
    last = [[rows[-1][0], rows[-1][2], Td(""), Td("")]] if len(rows) % 2 else []
    return _with(sheet, [*pairs, *last])


@layout("v2014")
def statistics_cumulative_column(sheet: Sheet) -> bytes:
    rows = [[Td("指标"), Td("单位"), Td("本年"), Td("累计")]]
    for n, row in enumerate(_statistics(sheet)[1:]):
        rows.append([*row, Td(str(9000 + n) if row[2].key else "")])
    return _with(sheet, rows)


@layout("v2014")
def statistics_cumulative_first(sheet: Sheet) -> bytes:
    rows = [[Td("指标"), Td("历年累计"), Td(f"{sheet.year}年度")]]
    for n, row in enumerate(_statistics(sheet)[1:]):
        rows.append([row[0], Td(str(9000 + n) if row[2].key else ""), row[2]])
    return _with(sheet, rows)


@layout("v2014")
def statistics_last_year_column(sheet: Sheet) -> bytes:
    rows = [[Td("指标"), Td("单位"), Td(f"{sheet.year - 1}年"), Td(f"{sheet.year}年")]]
    for n, row in enumerate(_statistics(sheet)[1:]):
        rows.append([row[0], row[1], Td(str(7000 + n) if row[2].key else ""), row[2]])
    return _with(sheet, rows)


@layout("v2014")
def statistics_sections_in_column(sheet: Sheet) -> bytes:
    """The nine sections stand in a first column that reaches over their rows."""
    rows: list[list[Td]] = []
    held: list[list[Td]] = []
    name = ""
    for row in [*_statistics(sheet)[1:], [Td("")]]:
        if not row[-1].key:
            if held:
                rows.append([Td(name, len(held)), *held[0]])
                rows += held[1:]
            name, held = row[0].text, []
        else:
            held.append(row)
    return _with(sheet, rows)


@layout("v2014")
def statistics_by_section(sheet: Sheet) -> bytes:
    """One small table for each section, its name before it."""
    out = f"<p>{STATISTICS_TITLE}</p>"
    held: list[Row] = []
    for row in [*_statistics(sheet)[1:], [Td("完")]]:
        if not row[-1].key:
            out += sheet.table(held) if held else ""
            out += f"<p>{row[0].text}</p>"
            held = []
        else:
            held.append(row)
    return sheet.page({9: out})
