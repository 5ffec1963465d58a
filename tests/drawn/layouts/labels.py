"""Labels as typists leave them: misprinted, circled numbers, a heading and what stands under it in one
cell."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.drawn.layouts.application import NOTE, flat_head
from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.sheet import (
    APPLICANTS,
    GROUP_NAMES,
    GROUPS,
    NAMES,
    STATE_NAMES,
    STATES,
    Row,
    Sheet,
    article,
    wrap,
)
from tools.demo.faults import figure_text
from tools.demo.forms import Td

SLIPS = {
    "结果维持": "结果惟持", "其他结果": "其他果", "尚未审结": "尚未未审结", "商业企业": "商业企", "科研机构": "科妍机构",
    "予以公开": "予以公", "重复申请": "重覆申请", "其他处理": "其它处里", "行政处罚": "行政处罰", "行政许可": "行正许可",
    "属于国家秘密": "属于国家密", "本年废止件数": "本年费止件数", "现行有效件数": "现行效件数", "处理决定数量": "处理绝定数量",
    "本年新公开数量": "年新公开数量", "本年新收": "本年新新收", "按时办结": "按时办节", "当面申请": "当申请", "被依法纠错": "被依法究错",
}  # fmt: skip
DIGITS = {f"{n}.": mark for n, mark in enumerate("①②③④⑤⑥⑦⑧", start=1)}


def _respelt(sheet: Sheet, how: Callable[[str], str]) -> bytes:
    """The form's own tables with their labels respelt."""
    tables: dict[int, str] = {}
    for form in sheet.forms():
        rows = [[td if td.key else td._replace(text=how(td.text)) for td in row] for row in form.rows]
        number = 9 if form.section < 0 else form.section
        tables[number] = (
            tables.get(number, "") + (f"<p>{form.title}</p>" if form.title else "") + sheet.table(rows)
        )
    return wrap(sheet, article(sheet, tables)).encode()


@layout(*ALL)
def labels_with_slips(sheet: Sheet) -> bytes:
    """Every third label that a slip is known for."""
    slips = dict(sheet.rng.sample(sorted(SLIPS.items()), len(SLIPS) // 3))
    seen: set[str] = set()

    def slip(text: str) -> str:
        for label, wrong in slips.items():
            if label in text and label not in seen:
                seen.add(label)
                return text.replace(label, wrong)
        return text

    return _respelt(sheet, slip)


@layout(*ALL)
def labels_with_circled_numbers(sheet: Sheet) -> bytes:
    return _respelt(sheet, lambda text: DIGITS[text[:2]] + text[2:] if text[:2] in DIGITS else text)


@layout(*MODERN)
def heading_and_label_in_one_cell(sheet: Sheet) -> bytes:
    rows: list[Row] = [
        [Td(NOTE), Td(NAMES[0]), *(Td(f"法人或其他组织-{n}") for n in NAMES[1:6]), Td(NAMES[6])]
    ]
    rows += [
        [Td(f"{x.group}—{x.label}" if x.group else x.label), *sheet.values(x.indicator)]
        for x in sheet.lines()
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def disputes_named_whole(sheet: Sheet) -> bytes:
    """行政复议结果维持 | 3: one figure a row."""
    rows: list[Row] = [[Td("类别"), Td("件数")]]
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        cells = sheet.states_of(group)
        rows += [[Td(f"{name}：{state}"), cell] for state, cell in zip(STATE_NAMES, cells, strict=True)]
    assert len(rows) == 1 + len(GROUPS) * len(STATES)
    return sheet.page({4: sheet.table(rows)})


def _proactive_lines(sheet: Sheet) -> list[tuple[str, str, Td]]:
    """(matter, quantity, cell) of every cell of the proactive tables."""
    found: list[tuple[str, str, Td]] = []
    heads: list[str] = []
    for row in sheet.proactive():
        if any(td.key for td in row):
            found += [
                (row[0].text, head, td._replace(colspan=1)) for head, td in zip(heads, row[1:], strict=True)
            ]
        elif len(row) > 1:
            heads = [td.text for td in row[1:]]
    return found


@layout(*MODERN)
def matter_and_quantity_in_one_cell(sheet: Sheet) -> bytes:
    rows: list[Row] = [
        [Td("指标"), Td("数量")],
        *([Td(f"{m}{q}"), td] for m, q, td in _proactive_lines(sheet)),
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def matter_beside_quantity(sheet: Sheet) -> bytes:
    rows: list[Row] = [
        [Td("信息内容"), Td("指标"), Td("数量")],
        *([Td(m), Td(q), td] for m, q, td in _proactive_lines(sheet)),
    ]
    return sheet.page({2: sheet.table(rows)})


@layout(*MODERN)
def matters_as_columns(sheet: Sheet) -> bytes:
    """A small table for each item of the article, its matters as columns."""
    tables: dict[tuple[str, ...], dict[str, dict[str, Td]]] = {}
    for row in sheet.proactive():
        if len(row) > 1 and not any(td.key for td in row):
            quantities = tuple(td.text for td in row[1:])
        elif len(row) > 1:
            tables.setdefault(quantities, {})[row[0].text] = dict(zip(quantities, row[1:], strict=True))
    out = ""
    for quantities, matters in tables.items():
        rows: list[Row] = [[Td("信息内容"), *(Td(m) for m in matters)]]
        rows += [[Td(q), *(cells[q]._replace(colspan=1) for cells in matters.values())] for q in quantities]
        out += sheet.table(rows) + "<p></p>"
    return sheet.page({2: out})


@layout(*MODERN)
def quantities_in_one_head(sheet: Sheet) -> bytes:
    """One head for all matters; a dash where a matter has no such quantity."""
    lines = _proactive_lines(sheet)
    heads = list(dict.fromkeys(q for _, q, _ in lines))
    rows: list[Row] = [[Td("信息内容"), *(Td(h) for h in heads)]]
    for matter in dict.fromkeys(m for m, _, _ in lines):
        own = {q: td for m, q, td in lines if m == matter}
        rows.append([Td(matter), *(own.get(h, Td("—")) for h in heads)])
    return sheet.page({2: sheet.table(rows)})


@layout("v2021")
def subtotals_of_every_group(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head()]
    group = ""
    for line in [*sheet.lines(), None]:
        if group and (line is None or line.group != group):
            name = {"不": "refused", "无": "unable", "其": "other"}.get(group[3:4], "not_processed")
            name = "not_processed" if "不予处理" in group else name
            for applicant in APPLICANTS:
                parts = [
                    v
                    for k, v in sheet.figures.items()
                    if k[0].startswith(f"application.outcome.{name}.") and k[1] == applicant
                ]
                sheet.figures[(f"application.outcome.{name}", applicant)] = sum(parts)
                sheet.put((f"application.outcome.{name}", applicant), str(sum(parts)), sum(parts))
            rows.append([Td("小计"), *sheet.values(f"application.outcome.{name}")])
        if line is None:
            break
        if line.group and line.group != group:
            rows.append([Td(line.group, 1, 8)])
        group = line.group
        rows.append([Td(line.label), *sheet.values(line.indicator)])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def figures_with_note_marks(sheet: Sheet) -> bytes:
    """22* and 22① and 22<sup>1</sup> are all 22."""
    marks = ("*", "①", "※", "²")

    def cell(text: str) -> str:
        return escape(text) + (
            sheet.rng.choice(marks) if text.isdigit() and text != "0" and sheet.rng.random() < 0.3 else ""
        )

    return sheet.page({3: sheet.table(sheet.third(), cell=cell)})


@layout(*MODERN)
def figures_with_what_typists_add(sheet: Sheet) -> bytes:
    """22、 and 22，其中网上3件 and 22注1 are 22; money in 万 is money in 万元."""
    behind = ("、", "。", " 件", "，其中网上申请3件", "注1", "（含补正）")

    def cell(text: str) -> str:
        return escape(text) + (
            sheet.rng.choice(behind) if text.isdigit() and text != "0" and sheet.rng.random() < 0.3 else ""
        )

    sheet.write(
        [k for k in sheet.keys("proactive.") if k[0].endswith("amount_10k_yuan")],
        lambda v: f"{figure_text(v)}万",
    )
    return sheet.page({3: sheet.table(sheet.third(), cell=cell)})


@layout(*MODERN)
def quantities_in_one_head_as_lines(sheet: Sheet) -> bytes:
    """One head for all matters, each followed by the figures that it has."""
    lines = _proactive_lines(sheet)
    cells = ["信息内容", *dict.fromkeys(q for _, q, _ in lines)]
    for matter in dict.fromkeys(m for m, _, _ in lines):
        cells += [matter, *(sheet.show(td.key) for m, _, td in lines if m == matter and td.key)]
    return sheet.page({2: "".join(f"<p>{escape(t)}</p>" for t in cells)})


@layout(*MODERN, open_allowed=True)
def turned_and_drawn_without_spans(sheet: Sheet) -> bytes:
    """Applicants as rows; the two rows of the head are drawn without the spans that place them: no place is
    sure."""
    lines = sheet.lines()
    groups = list(dict.fromkeys(x.group for x in lines if x.group))
    top = ["申请人", *(x.label for x in lines[:4]), *groups, *(x.label for x in lines[4:] if not x.group)]
    rows = [top, [x.label for x in lines if x.group]]
    for name, applicant in zip(NAMES, APPLICANTS, strict=True):
        rows.append([name, *(sheet.texts[(x.indicator, applicant)] for x in lines)])
    drawn = "".join(
        '<div class="r">' + "".join(f"<div>{escape(t)}</div>" for t in row) + "</div>" for row in rows
    )
    page = sheet.page({3: f'<div class="grid">{drawn}</div>'})
    sheet.cells = {k: v for k, v in sheet.cells.items() if not k[0].startswith("application.")}
    return page
