"""Prose beside a table: the table stays as printed, and prose that says something else is owned up to, never
silent."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pytest

from pipeline import read_reports
from pipeline.codebook import load_codebook
from pipeline.report import Report

BOOK = load_codebook()
COLUMNS = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
OUTCOME = "application.outcome.granted"
Printed = dict[tuple[str, str | None], int | None]


def _row(cells: list[str]) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in cells) + "</tr>"


def form_2014(figures: Mapping[str, int | None]) -> tuple[str, Printed]:
    """The list of 2014 with the rows that ``figures`` names; None is printed blank."""
    rows = [["统计指标", "单位", "统计数"]]
    rows += [
        [i.label_zh, i.unit, "" if figures[i.indicator_id] is None else str(figures[i.indicator_id])]
        for i in BOOK.indicators
        if i.template == "v2014" and i.indicator_id in figures
    ]
    table = "<p>政府信息公开情况统计表</p><table>" + "".join(map(_row, rows)) + "</table>"
    return table, {(k, None): v for k, v in figures.items()}


def form_2021(figures: Mapping[str, int]) -> tuple[str, Printed]:
    """The application table of 2021 with natural persons alone; ``figures`` gives the rows that are not 0."""
    rows = [["项目", *(a.label_zh for a in BOOK.applicants)]]
    printed: Printed = {}
    held = dict(figures)
    held["application.concluded"] = sum(v for k, v in figures.items() if ".outcome." in k)
    held["application.carried_forward"] = figures["application.received"] - held["application.concluded"]
    subtotals = (
        "application.outcome.refused",
        "application.outcome.unable",
        "application.outcome.not_processed",
        "application.outcome.other",
    )
    for i in BOOK.indicators:
        if i.template != "v2021" or i.table != "application" or i.indicator_id in subtotals:
            continue
        value = held.get(i.indicator_id, 0)
        rows.append([i.label_zh, str(value), "0", "0", "0", "0", "0", str(value)])
        printed |= {(i.indicator_id, c): 0 for c in COLUMNS[1:6]}
        printed |= {(i.indicator_id, c): value for c in ("natural_person", "total")}
    return "<table>" + "".join(map(_row, rows)) + "</table>", printed


def read(title: str, table: str, prose: str, after: str = "") -> Report:
    body = f"<h1>{title}</h1><p>一、总体情况</p><p>{prose}</p><p>三、收到和处理政府信息公开申请情况</p>{table}<p>五、其他</p><p>{after}</p>"
    (report,) = read_reports(
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'.encode()
    )
    return report


def silent(report: Report, printed: Printed) -> list[object]:
    """Figures that differ from what the table prints and that no state or finding owns up to."""
    owned = {cell for f in report.findings for cell in f.cells}
    return [
        (o.indicator, o.applicant, o.value, o.raw)
        for o in report.observations
        if (o.indicator, o.applicant) in printed
        and o.value is not None
        and o.value != printed[o.indicator, o.applicant]
        and (o.method == "table" or (o.indicator, o.applicant) not in owned)
        and not (o.approx or printed[o.indicator, o.applicant] is None)
    ]


def as_printed(report: Report, printed: Printed) -> None:
    seen = {(o.indicator, o.applicant): o.value for o in report.observations if o.method == "table"}
    assert {cell: seen.get(cell) for cell in printed} == printed


ASKED = {"application.received": 10, "application.outcome.granted": 6, "application.outcome.partial": 4}


@pytest.mark.parametrize(
    ("prose", "after"),
    [
        ("2021年共收到政府信息公开申请12件。", ""),
        ("2021年我局收到申请10件,予以公开6件。", ""),
        ("2020年我局收到申请25件。", ""),
        ("收到涉及土地征收的政府信息公开申请3件。", ""),
        ("全市各部门共收到政府信息公开申请1206件,予以公开301件。", ""),
        ("受理信访事项113件,12345工单2300件,收到人大建议9件。", ""),
        ("收到10件,比上年减少4件。", "下一步,计划受理申请答复率100%,培训2次。"),
        ("其中自然人9件,企业1件。收到政府信息公开申请10件,其中自然人9件。", ""),
    ],
)
def test_the_table_of_2021_stays_as_printed(prose: str, after: str) -> None:
    table, printed = form_2021(ASKED)
    report = read("金盘市民政局2021年政府信息公开工作年度报告", table, prose, after)
    as_printed(report, printed)
    assert silent(report, printed) == []


LIST = {
    "proactive.disclosed.total": 297,
    "proactive.channel.website": 297,
    "application.received": 3,
    "application.received.online": 3,
    "application.concluded": 3,
    "application.concluded.on_time": 3,
    "application.replied": 3,
    "application.outcome.granted": 3,
    "institution.offices": 1,
    "meeting.sessions": 5,
    "training.sessions": 4,
    "training.participants": 130,
}


@pytest.mark.parametrize(
    "prose",
    [
        "2016年主动公开政府信息约300条,收到申请3件,按时办结3件。",
        "2015年主动公开政府信息265条,收到申请1件。",
        "全系统(含县区分局)收到申请212件,市局机关收到3件。",
        "全县主动公开政府信息1.8万条,收到申请60件,答复60件。",
        "召开会议6次,培训班6次,培训131人次。",
        "行政复议案件16件,行政诉讼案件9件(均不涉及政府信息公开)。",
    ],
)
def test_the_list_of_2014_stays_as_printed(prose: str) -> None:
    table, printed = form_2014(LIST)
    report = read("落雁县司法局2016年政府信息公开工作年度报告", table, prose)
    as_printed(report, printed)
    assert silent(report, printed) == []
    assert not [
        o
        for o in report.observations
        if o.indicator.startswith(("reconsideration", "litigation")) and o.value
    ]


def test_a_blank_cell_is_never_filled_without_saying_by_what() -> None:
    table, printed = form_2014(
        {
            **LIST,
            "application.received": None,
            "application.received.online": None,
            "application.replied": None,
        }
    )
    report = read(
        "雨台市水利局2018年政府信息公开工作年度报告", table, "2018年收到申请3件,全部答复。2017年收到申请7件。"
    )
    as_printed(report, printed)
    filled = [
        o for o in report.observations if o.method == "table" and o.value is None and o.resolved is not None
    ]
    assert {o.resolution for o in filled} <= {"proved_by_text", "proved_by_sums", "derived_total"}
    assert all(o.resolved == 3 for o in filled if o.indicator == "application.received")


def test_what_was_carried_in_may_be_told_of_a_kind_of_applicant_too() -> None:
    """23 is what was received and what was carried in (22 + 1); 25 is no sum of the table."""
    table, _ = form_2021({"application.received": 22, "application.carried_in": 1, OUTCOME: 20})
    told = {}
    for n in (22, 23, 25):
        prose = f"2024年,全县收到政府信息公开申请{n}件,涉及自然人{n}件,均已答复。"
        told[n] = {f.rule for f in read("白河县2024年政府信息公开工作年度报告", table, prose).findings}
    rules = {"v21.narr.received", "text.differs"}
    assert [bool(told[n] & rules) for n in (22, 23, 25)] == [False, False, True]
