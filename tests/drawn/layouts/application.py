"""Layouts of the application table (third section)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.drawn.layouts.registry import MODERN, layout
from tests.drawn.layouts.sheet import APPLICANTS, NAMES, Line, Row, Sheet
from tools.demo.forms import Layout, Td

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def head(width: int = 3) -> list[list[Td]]:
    """The form's own head over ``width`` label columns."""
    return [
        [Td(NOTE, 3, width), Td("申请人情况", 1, 7)],
        [Td(NAMES[0], 2), Td("法人或其他组织", 1, 5), Td(NAMES[6], 2)],
        [Td(n) for n in NAMES[1:6]],
    ]


def flat_head(label: str = "项目") -> list[Td]:
    return [Td(label), *(Td(n) for n in NAMES)]


def flat_lines(sheet: Sheet) -> list[list[Td]]:
    return [[Td(line.label), *sheet.values(line.indicator)] for line in sheet.lines()]


@layout(*MODERN)
def as_the_form(sheet: Sheet) -> bytes:
    return sheet.page({3: sheet.table(sheet.third())})


@layout(*MODERN)
def head_spans_too_few(sheet: Sheet) -> bytes:
    rows = sheet.third()
    rows[0] = [Td(NOTE, 3, 3), Td("申请人情况", 1, 5)]
    rows[1] = [Td(NAMES[0], 2), Td("法人或其他组织", 1, 3), Td(NAMES[6], 2)]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def head_spans_too_many(sheet: Sheet) -> bytes:
    rows = sheet.third()
    rows[0] = [Td(NOTE, 3, 5), Td("申请人情况", 1, 9)]
    rows[1] = [Td(NAMES[0], 2), Td("法人或其他组织", 1, 7), Td(NAMES[6], 2)]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def head_without_rowspans(sheet: Sheet) -> bytes:
    rows = sheet.third()
    rows[0] = [Td(NOTE, 1, 3), Td("申请人情况", 1, 7)]
    rows[1] = [Td("", 1, 3), Td(NAMES[0]), Td("法人或其他组织", 1, 5), Td(NAMES[6])]
    rows[2] = [Td("", 1, 3), Td(""), *(Td(n) for n in NAMES[1:6]), Td("")]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def head_without_rowspans_or_fillers(sheet: Sheet) -> bytes:
    rows = sheet.third()
    rows[0] = [Td(NOTE, 1, 3), Td("申请人情况", 1, 7)]
    rows[1] = [Td(NAMES[0]), Td("法人或其他组织", 1, 5), Td(NAMES[6])]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def head_of_one_row(sheet: Sheet) -> bytes:
    return sheet.page({3: sheet.table([flat_head(), *flat_lines(sheet)])})


@layout(*MODERN)
def groups_as_rows(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head()]
    before = ("", "")
    for line in sheet.lines():
        if line.section and line.section != before[0]:
            rows.append([Td(line.section, 1, 8)])
        if line.group and line.group != before[1]:
            rows.append([Td(line.group), *(Td("") for _ in APPLICANTS)])
        before = (line.section, line.group)
        rows.append([Td(line.label), *sheet.values(line.indicator)])
    return sheet.page({3: sheet.table(rows)})


def _repeated(sheet: Sheet) -> list[list[Td]]:
    return [
        [Td(x.section or x.label), Td(x.group or x.label), Td(x.label), *sheet.values(x.indicator)]
        for x in sheet.lines()
    ]


@layout(*MODERN)
def groups_in_every_row(sheet: Sheet) -> bytes:
    return sheet.page({3: sheet.table([*head(), *_repeated(sheet)])})


@layout(*MODERN)
def groups_in_every_row_flat_head(sheet: Sheet) -> bytes:
    names: list[Td] = [Td("类别"), Td("情形"), Td("项目"), *(Td(n) for n in NAMES)]
    return sheet.page({3: sheet.table([names, *_repeated(sheet)])})


@layout(*MODERN)
def turned_flat(sheet: Sheet) -> bytes:
    lines = sheet.lines()
    rows: list[list[Td]] = [[Td("申请人"), *(Td(x.label) for x in lines)]]
    for name, applicant in zip(NAMES, APPLICANTS, strict=True):
        rows.append([Td(name), *(sheet.values(x.indicator, (applicant,))[0] for x in lines)])
    return sheet.page({3: sheet.table(rows)})


def _runs(lines: Sequence[Line], part: int) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for line in lines:
        name = (line.section, line.group)[part] or line.label
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + 1)
        else:
            found.append((name, 1))
    return found


@layout(*MODERN)
def turned_with_groups(sheet: Sheet) -> bytes:
    lines = sheet.lines()
    rows: list[list[Td]] = [
        [Td("申请人情况", 3, 2), *(Td(n, 1, span) for n, span in _runs(lines, 0))],
        [Td(n, 1, span) for n, span in _runs(lines, 1)],
        [Td(x.label) for x in lines],
    ]
    for at, (name, applicant) in enumerate(zip(NAMES, APPLICANTS, strict=True)):
        labels = (
            [Td("法人或其他组织", 5), Td(name)] if at == 1 else [Td(name)] if 1 < at < 6 else [Td(name, 1, 2)]
        )
        rows.append([*labels, *(sheet.values(x.indicator, (applicant,))[0] for x in lines)])
    return sheet.page({3: sheet.table(rows)})


def _by_group(sheet: Sheet) -> list[list[Line]]:
    found: list[list[Line]] = []
    for line in sheet.lines():
        if found and found[-1][-1].group == line.group:
            found[-1].append(line)
        else:
            found.append([line])
    return found


@layout(*MODERN)
def one_table_a_group(sheet: Sheet) -> bytes:
    out = ""
    for part in _by_group(sheet):
        rows: list[Row] = [flat_head(part[0].group or "项目")]
        rows += [[Td(x.label), *sheet.values(x.indicator)] for x in part]
        out += f"<p>{part[0].group}</p>" + sheet.table(rows)
    return sheet.page({3: out})


@layout(*MODERN)
def one_table_a_group_head_once(sheet: Sheet) -> bytes:
    out = ""
    for at, part in enumerate(_by_group(sheet)):
        rows: list[Row] = [flat_head()] if at == 0 else []
        rows += [[Td(x.label), *sheet.values(x.indicator)] for x in part]
        out += f"<p>{part[0].group}</p>" + sheet.table(rows)
    return sheet.page({3: out})


def _cut(rows: list[list[Td]], at: int) -> tuple[list[list[Td]], list[list[Td]]]:
    """The table cut before row ``at``, as a page's end cuts it: labels that reach over the cut are lost
    below."""
    first: list[list[Td]] = []
    for r, row in enumerate(rows[:at]):
        first.append([td._replace(rowspan=min(td.rowspan, at - r)) for td in row])
    return first, rows[at:]


@layout(*MODERN)
def split_with_head_again(sheet: Sheet) -> bytes:
    rows = sheet.third()
    first, second = _cut(rows, sheet.rng.randint(7, len(rows) - 3))
    return sheet.page({3: sheet.table(first) + "<p></p>" + sheet.table([*head(), *second])})


@layout(*MODERN)
def split_with_head_lost(sheet: Sheet) -> bytes:
    rows = sheet.third()
    first, second = _cut(rows, sheet.rng.randint(7, len(rows) - 3))
    return sheet.page({3: sheet.table(first) + sheet.table(second)})


@layout(*MODERN)
def split_with_fillers(sheet: Sheet) -> bytes:
    """The second part stands on blank label cells where the groups' labels were."""
    body = _repeated(sheet)
    at = sheet.rng.randint(6, len(body) - 3)
    second = [
        [Td("") if n < 2 and td.text == body[at - 1][n].text else td for n, td in enumerate(r)]
        for r in body[at:]
    ]
    return sheet.page({3: sheet.table([*head(), *body[:at]]) + sheet.table(second)})


@layout(*MODERN)
def split_single_column_head_lost_page_number(sheet: Sheet) -> bytes:
    body = flat_lines(sheet)
    at = sheet.rng.randint(3, len(body) - 3)
    first = sheet.table([flat_head(), *body[:at]])
    return sheet.page({3: first + "<p>— 7 —</p>" + sheet.table(body[at:])})


@layout(*MODERN)
def total_first(sheet: Sheet) -> bytes:
    order = ("total", *APPLICANTS[:-1])
    names = ("总计", *NAMES[:-1])
    rows: list[Row] = [[Td("项目"), *(Td(n) for n in names)]]
    rows += [[Td(x.label), *sheet.values(x.indicator, order)] for x in sheet.lines()]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def total_first_with_spans(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [
        [Td(NOTE, 3, 1), Td("申请人情况", 1, 7)],
        [Td("总计", 2), Td(NAMES[0], 2), Td("法人或其他组织", 1, 5)],
        [Td(n) for n in NAMES[1:6]],
    ]
    rows += [[Td(x.label), *sheet.values(x.indicator, ("total", *APPLICANTS[:-1]))] for x in sheet.lines()]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def organisations_in_another_order(sheet: Sheet) -> bytes:
    order = list(range(1, 6))
    sheet.rng.shuffle(order)
    order = [0, *order, 6]
    rows: list[list[Td]] = [*head(1)[:2], [Td(NAMES[n]) for n in order[1:6]]]
    rows += [[Td(x.label), *sheet.values(x.indicator, [APPLICANTS[n] for n in order])] for x in sheet.lines()]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def subtotal_of_organisations(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [
        [Td(NOTE, 3, 1), Td("申请人情况", 1, 8)],
        [Td(NAMES[0], 2), Td("法人或其他组织", 1, 6), Td(NAMES[6], 2)],
        [*(Td(n) for n in NAMES[1:6]), Td("小计")],
    ]
    for x in sheet.lines():
        values = sheet.values(x.indicator)
        amount = sum(int(sheet.figures[(x.indicator, a)]) for a in APPLICANTS[1:6])
        rows.append([Td(x.label), *values[:6], Td(str(amount)), values[6]])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def number_and_note_columns(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("序号"), *flat_head(), Td("备注")]]
    for n, line in enumerate(sheet.lines(), start=1):
        rows.append(
            [Td(str(n)), Td(line.label), *sheet.values(line.indicator), Td("含邮寄" if n == 2 else "")]
        )
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def unit_column(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("项目"), Td("单位"), *(Td(n) for n in NAMES)]]
    rows += [[Td(line.label), Td("件"), *sheet.values(line.indicator)] for line in sheet.lines()]
    return sheet.page({3: sheet.table(rows)})


@layout("v2021")
def other_undivided(sheet: Sheet) -> bytes:
    return sheet.page({3: sheet.table(sheet.third(Layout(single_other=True)))})


@layout("v2021")
def other_as_heading_row(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head()]
    for line in sheet.lines():
        if line.indicator.endswith("late_amendment"):
            rows.append([Td("（六）其他处理"), *(Td("") for _ in APPLICANTS)])
        rows.append([Td(line.label), *sheet.values(line.indicator)])
    return sheet.page({3: sheet.table(rows)})


@layout("v2021")
def other_with_sum_and_parts(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head()]
    for line in sheet.lines():
        if line.indicator.endswith("late_amendment"):
            rows.append([Td("（六）其他处理"), *sheet.values("application.outcome.other")])
        rows.append([Td(line.label), *sheet.values(line.indicator)])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def local_rows(sheet: Sheet) -> bytes:
    rows = sheet.third()
    at = 4
    rows.insert(at, [Td("其中：网上提交的申请", 1, 3), *(Td(str(n)) for n in range(3, 10))])
    rows.append([Td("另有：咨询转办", 1, 3), *(Td(str(n + 40)) for n in range(7))])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def local_column(sheet: Sheet) -> bytes:
    rows: list[Row] = [[Td("项目"), *(Td(n) for n in NAMES[:6]), Td("境外申请人"), Td(NAMES[6])]]
    for line in sheet.lines():
        values = sheet.values(line.indicator)
        rows.append([Td(line.label), *values[:6], Td("0"), values[6]])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def subtotal_rows(sheet: Sheet) -> bytes:
    rows: list[Row] = [flat_head()]
    lines = sheet.lines()
    for at, line in enumerate(lines):
        rows.append([Td(line.label), *sheet.values(line.indicator)])
        last = at + 1 == len(lines) or lines[at + 1].group != line.group
        name = line.indicator.rpartition(".")[0]
        if line.group and last and name.rpartition(".")[2] in ("refused", "unable", "not_processed"):
            for applicant in APPLICANTS:
                amount = sum(
                    int(sheet.figures[(x.indicator, applicant)]) for x in lines if x.group == line.group
                )
                sheet.figures[(name, applicant)] = amount
                sheet.put((name, applicant), str(amount), amount)
            rows.append([Td("小计"), *sheet.values(name)])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def third_twice(sheet: Sheet) -> bytes:
    table = sheet.table(sheet.third())
    return sheet.page({3: table + table})


@layout(*MODERN)
def notes_below(sheet: Sheet) -> bytes:
    rows = [
        *sheet.third(),
        [Td("备注：1.数据由各科室报送；2.本表共有3类申请人。", 1, 10)],
        [Td("备注"), Td("", 1, 9)],
    ]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def names_of_applicants_lost(sheet: Sheet) -> bytes:
    """The head without names: the form's order is all there is, and the sums must bear it out."""
    rows: list[Row] = [[Td("项目"), *(Td("") for _ in APPLICANTS)], *flat_lines(sheet)]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def names_of_applicants_swapped(sheet: Sheet) -> bytes:
    """The head names the total among the leaves while the figures keep the form's order."""
    names = [*NAMES[:2], NAMES[6], *NAMES[2:6]]
    rows: list[Row] = [[Td("项目"), *(Td(n) for n in names)], *flat_lines(sheet)]
    return sheet.page({3: sheet.table(rows)})
