"""The page layouts of the four forms: heads, spans and the order of rows. Labels come from the codebook.

A form is a list of ``FormTable``; a table is rows of ``Td`` as HTML has them (a cell stands once, with
spans).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipeline.codebook import load_codebook
from tools.demo.plan import has
from tools.demo.truth import Key

Show = Callable[[str, str | None], str]
"""Gives the text printed for an indicator and applicant."""


class Td(NamedTuple):
    """A cell: its text, its spans, and the figure that it holds, if it holds one."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Key | None = None


class FormTable(NamedTuple):
    """A table, the title printed above it (empty: none), and the section of the report that it stands in
    (``AT_END``: after the last)."""

    section: int
    title: str
    rows: tuple[tuple[Td, ...], ...]


def tables_after(tables: Sequence[FormTable], section: int, last: int) -> list[FormTable]:
    """The tables that stand in a section; ``last`` is the number of the report's last section."""
    return [t for t in tables if t.section == section or (t.section == AT_END and section == last)]


class Layout(NamedTuple):
    """How a page draws its form. ``split_proactive``: one table per item of article 20; ``single_other``: the
    row (六) undivided in the form of 2021; ``review``: wide (15 columns), groups (three small tables) or tall;
    ``glosses``: the longer wording of labels where the form has one."""

    split_proactive: bool = False
    single_other: bool = False
    review: str = "wide"
    glosses: bool = True


AT_END = -1
ARTICLE_20 = "第二十条第（{}）项"
CONTENT_HEAD = "信息内容"
SUM_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
APPLICANTS_HEAD, ORGANISATIONS_HEAD, RESULTS_HEAD = "申请人情况", "法人或其他组织", "三、本年度办理结果"
STATISTICS_TITLE = "政府信息公开情况统计表"
LIST_TITLE = "政府信息公开工作指标完成情况表"
_STOCK_ROWS = ("regulations", "normative_documents")

_STATISTICS_ROWS: tuple[tuple[str, str], ...] = (
    ("一、主动公开情况", ""), ("（一）", "proactive.disclosed.total"),
    ("", "proactive.disclosed.normative_documents"), ("", "proactive.normative_documents.issued"),
    ("（二）通过不同渠道和方式公开政府信息的情况", ""), ("1．", "proactive.channel.gazette"),
    ("2．", "proactive.channel.website"), ("3．", "proactive.channel.weibo"), ("4．", "proactive.channel.wechat"),
    ("5．", "proactive.channel.other"), ("二、回应解读情况", ""), ("（一）", "response.hot_topics"),
    ("（二）通过不同渠道和方式回应解读的情况", ""), ("1．", "response.press_conferences"),
    ("", "response.press_conferences.principal"), ("2．", "response.online_interviews"),
    ("", "response.online_interviews.principal"), ("3．", "response.policy_interpretations"),
    ("4．", "response.weibo_wechat"), ("5．", "response.other_means"), ("三、依申请公开情况", ""),
    ("（一）", "application.received"), ("1．", "application.received.in_person"),
    ("2．", "application.received.fax"), ("3．", "application.received.online"),
    ("4．", "application.received.letter"), ("（二）", "application.concluded"),
    ("1．", "application.concluded.on_time"), ("2．", "application.concluded.extended"),
    ("（三）", "application.replied"), ("1．", "application.outcome.already_public"),
    ("2．", "application.outcome.granted"), ("3．", "application.outcome.partial"),
    ("4．", "application.outcome.refused"), ("其中：", "application.outcome.refused.state_secret"),
    ("", "application.outcome.refused.trade_secret"), ("", "application.outcome.refused.privacy"),
    ("", "application.outcome.refused.security_stability"), ("", "application.outcome.refused.not_government_info"),
    ("", "application.outcome.refused.other_legal"), ("5．", "application.outcome.not_this_agency"),
    ("6．", "application.outcome.not_exist"), ("7．", "application.outcome.amend_requested"),
    ("8．", "application.outcome.other_channel"), ("四、", "reconsideration.total"),
    ("（一）", "reconsideration.upheld"), ("（二）", "reconsideration.corrected"), ("（三）", "reconsideration.other"),
    ("五、", "litigation.total"), ("（一）", "litigation.upheld"), ("（二）", "litigation.corrected"),
    ("（三）", "litigation.other"), ("六、", "complaint.total"), ("七、", "fee.collected_10k_yuan"),
    ("八、机构建设和保障经费情况", ""), ("（一）", "institution.offices"), ("（二）", "institution.reading_points"),
    ("（三）", "institution.staff.total"), ("1．", "institution.staff.full_time"),
    ("2．", "institution.staff.part_time"), ("（四）", "institution.fund_10k_yuan"),
    ("九、政府信息公开会议和培训情况", ""), ("（一）", "meeting.sessions"), ("（二）", "training.sessions"),
    ("（三）", "training.participants"),
)  # fmt: skip
_GLOSSED = frozenset({"proactive.disclosed.total", "response.hot_topics", "institution.staff.full_time",
                      "institution.fund_10k_yuan"})  # fmt: skip


def _label(template: str, indicator: str) -> str:
    return load_codebook().by_form[(template, indicator)].label_zh


def _wide(text: str) -> str:
    """Brackets and commas as the forms print them."""
    return (
        text.replace("(", "（")
        .replace(")", "）")
        .replace(",", "，")
        .replace("其中:", "其中：")
        .replace("单位:", "单位：")
    )


def _cell(show: Show, indicator: str, applicant: str | None = None, colspan: int = 1) -> Td:
    return Td(show(indicator, applicant), colspan=colspan, key=(indicator, applicant))


def _local_list(template: str, show: Show) -> list[FormTable]:
    """A local list of indicators, one value column."""
    rows: list[tuple[Td, ...]] = [(Td("指标名称"), Td("单位"), Td("本年实际"))]
    for indicator in load_codebook().indicators:
        if indicator.template == template and show(indicator.indicator_id, None) != "\0":
            unit = indicator.unit.split("|")[0]
            rows.append((Td(_wide(indicator.label_zh)), Td(unit), _cell(show, indicator.indicator_id)))
    return [FormTable(AT_END, LIST_TITLE, tuple(rows))]


def _statistics(template: str, show: Show, layout: Layout) -> list[FormTable]:
    """The national statistics table: label, unit, figure."""
    book = load_codebook().by_form
    rows: list[tuple[Td, ...]] = [(Td("统计指标"), Td("单位"), Td("统计数"))]
    for prefix, name in _STATISTICS_ROWS:
        if not name:
            rows.append((Td(prefix), Td(""), Td("")))
            continue
        indicator = book[(template, name)]
        label = indicator.label_zh
        if layout.glosses and name in _GLOSSED:
            label = max(indicator.row_labels, key=len)
        rows.append((Td(prefix + _wide(label)), Td(indicator.unit), _cell(show, name)))
    return [FormTable(AT_END, STATISTICS_TITLE, tuple(rows))]


def _col(template: str, indicator: str) -> str:
    return _wide(load_codebook().by_form[(template, indicator)].col_labels[0])


def _row(template: str, indicator: str) -> str:
    return load_codebook().by_form[(template, indicator)].row_labels[0]


def _block(
    show: Show, template: str, item: str, subjects: tuple[str, ...], parts: tuple[str, ...]
) -> list[tuple[Td, ...]]:
    """Three kinds of row under one item of article 20, four grid columns wide."""
    spans = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[len(parts)]
    ids = [[f"proactive.{s}.{p}" for p in parts] for s in subjects]
    rows: list[tuple[Td, ...]] = [
        (Td(ARTICLE_20.format(item), colspan=4),),
        (Td(CONTENT_HEAD), *(Td(_col(template, i), colspan=n) for i, n in zip(ids[0], spans, strict=True))),
    ]
    for line in ids:
        cells = (_cell(show, i, colspan=n) for i, n in zip(line, spans, strict=True))
        rows.append((Td(_row(template, line[0])), *cells))
    return rows


def _proactive(show: Show, template: str, layout: Layout) -> list[FormTable]:
    if has(template, "proactive.licensing.items_prev_year"):
        three = ("items_prev_year", "items_change", "decisions")
        blocks = [
            _block(show, template, "一", _STOCK_ROWS, ("made_new", "disclosed_new", "disclosed_total")),
            _block(show, template, "五", ("licensing", "other_services"), three),
            _block(show, template, "六", ("penalty", "coercion"), three),
            _block(show, template, "八", ("admin_fee",), ("items_prev_year", "items_change")),
            _block(show, template, "九", ("procurement",), ("items", "amount_10k_yuan")),
        ]
    else:
        blocks = [
            _block(show, template, "一", _STOCK_ROWS, ("issued", "repealed", "in_force")),
            _block(show, template, "五", ("licensing",), ("decisions",)),
            _block(show, template, "六", ("penalty", "coercion"), ("decisions",)),
            _block(show, template, "八", ("admin_fee",), ("amount_10k_yuan",)),
        ]
    if layout.split_proactive:
        return [FormTable(2, "", tuple(b)) for b in blocks]
    return [FormTable(2, "", tuple(row for b in blocks for row in b))]


def _applications(show: Show, template: str, layout: Layout) -> FormTable:
    book = load_codebook()
    columns = [a.applicant for a in book.applicants]
    names = [a.label_zh for a in book.applicants]

    def line(indicator: str) -> tuple[Td, ...]:
        return tuple(_cell(show, indicator, c) for c in columns)

    def label(indicator: str) -> str:
        row = book.by_form[(template, indicator)]
        if layout.glosses and indicator == "application.outcome.partial":
            return "（二）" + _wide(max(row.row_labels, key=len))
        return _wide(row.label_zh)

    rows: list[tuple[Td, ...]] = [
        (Td(SUM_NOTE, rowspan=3, colspan=3), Td(APPLICANTS_HEAD, colspan=7)),
        (Td(names[0], rowspan=2), Td(ORGANISATIONS_HEAD, colspan=5), Td(names[6], rowspan=2)),
        tuple(Td(n) for n in names[1:6]),
    ]
    for name in ("application.received", "application.carried_in"):
        rows.append((Td(label(name), colspan=3), *line(name)))
    body: list[tuple[Td, ...]] = []
    for name in ("application.outcome.granted", "application.outcome.partial"):
        body.append((Td(label(name), colspan=2), *line(name)))
    for group in ("refused", "unable", "not_processed", "other"):
        whole = f"application.outcome.{group}"
        ids = [i.indicator_id for i in book.indicators if i.template == template and i.parent == whole]
        if group == "other" and (not ids or layout.single_other):
            body.append(
                (Td(label("application.outcome.other"), colspan=2), *line("application.outcome.other"))
            )
            continue
        numbered = book.by_form[(template, whole)].label_zh.removesuffix(" 小计")
        for at, name in enumerate(ids):
            head = (Td(_wide(numbered), rowspan=len(ids)),) if at == 0 else ()
            body.append((*head, Td(label(name)), *line(name)))
    body.append((Td(label("application.concluded"), colspan=2), *line("application.concluded")))
    body[0] = (Td(RESULTS_HEAD, rowspan=len(body)), *body[0])
    name = "application.carried_forward"
    return FormTable(3, "", (*rows, *body, (Td(label(name), colspan=3), *line(name))))


_GROUPS = ("reconsideration", "litigation.direct", "litigation.after_review")
_STATES = ("upheld", "corrected", "other", "pending", "total")


def _review(show: Show, template: str, layout: Layout) -> list[FormTable]:
    book = load_codebook()
    names = {g.group: g.labels[0] for g in book.groups if template in g.templates and g.table == "review"}
    states = [_col(template, f"reconsideration.{s}") for s in _STATES]

    def line(group: str) -> tuple[Td, ...]:
        return tuple(_cell(show, f"{group}.{s}") for s in _STATES)

    if layout.review == "groups":
        return [
            FormTable(4, names[g], ((Td(names[g], colspan=5),), tuple(Td(s) for s in states), line(g)))
            for g in _GROUPS
        ]
    if layout.review == "tall":
        rows = [(Td(names[g], rowspan=5), *pair) if at == 0 else pair
                for g in _GROUPS for at, pair in enumerate(zip((Td(s) for s in states), line(g), strict=True))]  # fmt: skip
        return [FormTable(4, "", tuple(rows))]
    head = (Td(names["reconsideration"], colspan=5), Td(names["litigation"], colspan=10))
    second = (*(Td(s, rowspan=2) for s in states), *(Td(names[g], colspan=5) for g in _GROUPS[1:]))
    third = tuple(Td(s) for _ in range(2) for s in states)
    return [FormTable(4, "", (head, second, third, tuple(td for g in _GROUPS for td in line(g))))]


def tables_of(template: str, layout: Layout, texts: Mapping[Key, str]) -> list[FormTable]:
    """The form's tables with ``texts`` in their cells; a figure that ``texts`` lacks leaves its row out
    (2008) or its cell blank."""

    family = load_codebook().family_of(template)

    def show(indicator: str, applicant: str | None) -> str:
        return texts.get((indicator, applicant), "\0" if family == "narrative" else "")

    if family == "narrative":
        return _local_list(template, show)
    if family == "statistics":
        return _statistics(template, show, layout)
    return [
        *_proactive(show, template, layout),
        _applications(show, template, layout),
        *_review(show, template, layout),
    ]
