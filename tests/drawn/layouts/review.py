"""Layouts of the dispute table (fourth section)."""

from __future__ import annotations

from tests.drawn.layouts.registry import MODERN, layout
from tests.drawn.layouts.sheet import GROUP_NAMES, GROUPS, STATE_NAMES, STATES, Row, Sheet
from tools.demo.forms import Td


def names() -> list[Td]:
    return [Td(n) for n in STATE_NAMES]


def all_values(sheet: Sheet) -> list[Td]:
    return [td for g in GROUPS for td in sheet.states_of(g)]


def _page(sheet: Sheet, rows: list[list[Td]]) -> bytes:
    return sheet.page({4: sheet.table(rows)})


@layout(*MODERN)
def review_two_levels(sheet: Sheet) -> bytes:
    return _page(sheet, [[Td(n, 1, 5) for n in GROUP_NAMES], names() * 3, all_values(sheet)])


@layout(*MODERN)
def review_head_spans_missing(sheet: Sheet) -> bytes:
    return _page(sheet, [[Td(n) for n in GROUP_NAMES], names() * 3, all_values(sheet)])


@layout(*MODERN)
def review_three_levels_spans_missing(sheet: Sheet) -> bytes:
    rows = [
        [Td("行政复议", 1, 5), Td("行政诉讼", 1, 5)],
        [*names(), *(Td(n) for n in GROUP_NAMES[1:])],
        names() * 2,
    ]
    return _page(sheet, [*rows, all_values(sheet)])


@layout(*MODERN)
def review_three_levels_fillers(sheet: Sheet) -> bytes:
    rows = [
        [Td("行政复议", 1, 5), Td("行政诉讼", 1, 10)],
        [*(Td("") for _ in range(5)), *(Td(n, 1, 5) for n in GROUP_NAMES[1:])],
        names() * 3,
    ]
    return _page(sheet, [*rows, all_values(sheet)])


@layout(*MODERN)
def review_label_column(sheet: Sheet) -> bytes:
    rows = [
        [Td("类别"), *(Td(n, 1, 5) for n in GROUP_NAMES)],
        [Td("结果"), *names() * 3],
        [Td("件数"), *all_values(sheet)],
    ]
    return _page(sheet, rows)


@layout(*MODERN)
def review_label_column_spanning(sheet: Sheet) -> bytes:
    rows = [
        [Td("项目", 3), Td("行政复议", 1, 5), Td("行政诉讼", 1, 10)],
        [*(Td(n, 2) for n in STATE_NAMES), *(Td(n, 1, 5) for n in GROUP_NAMES[1:])],
        names() * 2, [Td("数量（件）"), *all_values(sheet)],
    ]  # fmt: skip
    return _page(sheet, rows)


@layout(*MODERN)
def review_number_and_note(sheet: Sheet) -> bytes:
    rows = [
        [Td("序号", 2), *(Td(n, 1, 5) for n in GROUP_NAMES), Td("备注", 2)], names() * 3,
        [Td("1"), *all_values(sheet), Td("")],
    ]  # fmt: skip
    return _page(sheet, rows)


@layout(*MODERN)
def review_groups_blank(sheet: Sheet) -> bytes:
    return _page(sheet, [[Td("", 1, 5), Td("", 1, 10)], names() * 3, all_values(sheet)])


@layout(*MODERN)
def review_small_tables_named_before(sheet: Sheet) -> bytes:
    out = ""
    for mark, group, name in zip("一二三", GROUPS, GROUP_NAMES, strict=True):
        out += f"<p>（{mark}）{name}</p>" + sheet.table([names(), sheet.states_of(group)])
    return sheet.page({4: out})


@layout(*MODERN)
def review_small_tables_captions(sheet: Sheet) -> bytes:
    out = ""
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        out += sheet.table([names(), sheet.states_of(group)], caption=name)
    return sheet.page({4: out})


@layout(*MODERN)
def review_small_tables_first_cell(sheet: Sheet) -> bytes:
    out = ""
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        out += sheet.table([[Td(name, 2), *names()], sheet.states_of(group)])
    return sheet.page({4: out})


@layout(*MODERN)
def review_rows_are_groups(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [[Td("类别"), *names()]]
    rows += [[Td(name), *sheet.states_of(group)] for group, name in zip(GROUPS, GROUP_NAMES, strict=True)]
    return _page(sheet, rows)


@layout(*MODERN)
def review_rows_are_groups_nested(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [
        [Td("", 1, 2), *names()],
        [Td("行政复议", 1, 2), *sheet.states_of(GROUPS[0])],
        [Td("行政诉讼", 2), Td("未经复议直接起诉"), *sheet.states_of(GROUPS[1])],
        [Td("复议后起诉"), *sheet.states_of(GROUPS[2])],
    ]
    return _page(sheet, rows)


@layout(*MODERN)
def review_rows_are_states(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [[Td("结果"), *(Td(n) for n in GROUP_NAMES)]]
    for name, state in zip(STATE_NAMES, STATES, strict=True):
        rows.append([Td(name), *(sheet.states_of(g, (state,))[0] for g in GROUPS)])
    return _page(sheet, rows)


@layout(*MODERN)
def review_rows_are_states_nested(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = [
        [Td("结果", 2), Td("行政复议", 2), Td("行政诉讼", 1, 2)],
        [Td(n) for n in GROUP_NAMES[1:]],
    ]
    for name, state in zip(STATE_NAMES, STATES, strict=True):
        rows.append([Td(name), *(sheet.states_of(g, (state,))[0] for g in GROUPS)])
    return _page(sheet, rows)


def _tall(sheet: Sheet, *, repeat: bool) -> list[list[Td]]:
    rows: list[list[Td]] = []
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        for at, (label, value) in enumerate(zip(STATE_NAMES, sheet.states_of(group), strict=True)):
            first = [Td(name)] if repeat else [Td(name, 5)] if at == 0 else []
            rows.append([*first, Td(label), value])
    return rows


@layout(*MODERN)
def review_tall(sheet: Sheet) -> bytes:
    return _page(sheet, _tall(sheet, repeat=False))


@layout(*MODERN)
def review_tall_groups_repeated(sheet: Sheet) -> bytes:
    return _page(sheet, [[Td("类别"), Td("结果"), Td("件数")], *_tall(sheet, repeat=True)])


@layout(*MODERN)
def review_tall_nested(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = []
    for n, (group, name) in enumerate(zip(GROUPS, GROUP_NAMES, strict=True)):
        for at, (label, value) in enumerate(zip(STATE_NAMES, sheet.states_of(group), strict=True)):
            first: list[Td] = []
            if n == 0 and at == 0:
                first = [Td("行政复议", 5, 2)]
            elif n == 1 and at == 0:
                first = [Td("行政诉讼", 10), Td(name, 5)]
            elif at == 0:
                first = [Td(name, 5)]
            rows.append([*first, Td(label), value])
    return _page(sheet, rows)


@layout(*MODERN)
def review_tall_groups_as_rows(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = []
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        rows.append([Td(name, 1, 2)])
        rows += [[Td(n), v] for n, v in zip(STATE_NAMES, sheet.states_of(group), strict=True)]
    return _page(sheet, rows)


@layout(*MODERN)
def review_groups_stacked(sheet: Sheet) -> bytes:
    rows: list[list[Td]] = []
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        rows += [[Td(name, 1, 5)], names(), sheet.states_of(group)]
    return _page(sheet, rows)


@layout(*MODERN)
def review_total_first(sheet: Sheet) -> bytes:
    order = ("total", *STATES[:4])
    labels = [Td("总计"), *names()[:4]]
    values = [td for g in GROUPS for td in sheet.states_of(g, order)]
    return _page(sheet, [[Td(n, 1, 5) for n in GROUP_NAMES], labels * 3, values])


@layout(*MODERN)
def review_litigation_total_column(sheet: Sheet) -> bytes:
    whole = sum(int(sheet.figures[(f"{g}.total", None)]) for g in GROUPS[1:])
    sheet.figures[("litigation.total", None)] = whole
    sheet.put(("litigation.total", None), str(whole), whole)
    rows = [
        [Td("行政复议", 1, 5), Td("行政诉讼", 1, 11)],
        [*(Td(n, 2) for n in STATE_NAMES), *(Td(n, 1, 5) for n in GROUP_NAMES[1:]), Td("行政诉讼合计", 2)],
        names() * 2, [*all_values(sheet), Td(str(whole), key=("litigation.total", None))],
    ]  # fmt: skip
    return _page(sheet, rows)


@layout(*MODERN)
def review_litigation_first(sheet: Sheet) -> bytes:
    order = (1, 2, 0)
    rows = [
        [Td(GROUP_NAMES[n], 1, 5) for n in order],
        names() * 3,
        [td for n in order for td in sheet.states_of(GROUPS[n])],
    ]
    return _page(sheet, rows)


@layout(*MODERN)
def review_two_tables(sheet: Sheet) -> bytes:
    first = sheet.table([[Td("行政复议", 1, 5)], names(), sheet.states_of(GROUPS[0])])
    rows: list[Row] = [[Td("行政诉讼", 1, 10)], [Td(n, 1, 5) for n in GROUP_NAMES[1:]], names() * 2]
    rows.append([td for g in GROUPS[1:] for td in sheet.states_of(g)])
    return sheet.page(
        {4: "<p>（一）行政复议情况</p>" + first + "<p>（二）行政诉讼情况</p>" + sheet.table(rows)}
    )


@layout(*MODERN)
def review_labels_in_two_lines(sheet: Sheet) -> bytes:
    rows = [list(r) for r in sheet.review()]
    table = sheet.table(rows, cell=lambda t: f"<p>{t[:2]}</p><p>{t[2:]}</p>" if t in STATE_NAMES else t)
    return sheet.page({4: table})


@layout(*MODERN)
def review_gloss_in_group(sheet: Sheet) -> bytes:
    rows = [
        [Td("行政复议（件）", 1, 5), Td("未经复议直接起诉（件）", 1, 5), Td("复议后起诉（件）", 1, 5)],
        names() * 3,
        all_values(sheet),
    ]
    return _page(sheet, rows)


@layout(*MODERN, open_allowed=True)
def review_total_column_missing(sheet: Sheet) -> bytes:
    """Four columns a group: the totals are not on the page."""
    rows = [
        [Td(n, 1, 4) for n in GROUP_NAMES],
        names()[:4] * 3,
        [td for g in GROUPS for td in sheet.states_of(g, STATES[:4])],
    ]
    return _page(sheet, rows)
