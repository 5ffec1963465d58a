"""Figures of real reports set into pages that we write: the form's labels, the figures as printed,
sentences of our own.

``reports.csv`` has a row a report, ``figures.csv`` a row a figure (place: table, with the row's label where
the form is a local one and the sum over the years beside it, or text), ``sentences.csv`` our sentence for
each indicator that prose states.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.report import Figure
from tools.demo.forms import Layout, tables_after, tables_of

HERE = Path(__file__).parent
HEADINGS = (
    "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项",
)  # fmt: skip
HEADINGS_2014 = (
    *HEADINGS[:3], "四、行政复议数量、行政诉讼数量和举报投诉数量", HEADINGS[4], "六、设置政府信息公开查阅点数和其他事项",
)  # fmt: skip


class Row(NamedTuple):
    """A printed figure; ``value`` None: its cell is blank. ``cumulative``: what the row prints for all
    years."""

    label: str
    indicator: str
    applicant: str | None
    value: Figure | None
    cumulative: Figure | None


class RealReport(NamedTuple):
    name: str
    issuer: str
    year: int
    template: str
    published_on: str | None
    table: tuple[Row, ...]
    text: tuple[Row, ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _figure(text: str) -> Figure | None:
    if not text:
        return None
    return Decimal(text) if "." in text else int(text)


@lru_cache
def real_reports() -> dict[str, RealReport]:
    figures: dict[tuple[str, str], list[Row]] = {}
    for row in _rows("figures.csv"):
        figures.setdefault((row["report"], row["place"]), []).append(
            Row(
                row["label"],
                row["indicator"],
                row["applicant"] or None,
                _figure(row["value"]),
                _figure(row["cumulative"]),
            )
        )
    return {
        row["report"]: RealReport(
            row["report"],
            row["issuer"],
            int(row["year"]),
            row["template"],
            row["published_on"] or None,
            tuple(figures.get((row["report"], "table"), ())),
            tuple(figures.get((row["report"], "text"), ())),
        )
        for row in _rows("reports.csv")
    }


@lru_cache
def _sentences() -> Mapping[tuple[str, str | None], tuple[int, str, str]]:
    return {
        (row["indicator"], row["applicant"] or None): (int(row["section"]), row["sentence"], row["none"])
        for row in _rows("sentences.csv")
    }


def _sentence(row: Row) -> str:
    _, sentence, none = _sentences()[row.indicator, row.applicant]
    return none if none and not row.value else sentence.format(n=row.value)


def _html(rows: list[list[tuple[str, int, int]]]) -> str:
    lines = (
        "".join(f'<td rowspan="{down}" colspan="{across}">{text}</td>' for text, down, across in row)
        for row in rows
    )
    return '<table border="1">' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _local_table(report: RealReport) -> str:
    head = ["指标名称", "计量单位", f"{report.year}年度", "历年累计"]
    body = [[r.label, "件", _shown(r.value), _shown(r.cumulative)] for r in report.table]
    return _html([[(text, 1, 1) for text in line] for line in (head, *body)])


def _shown(value: Figure | None) -> str:
    return "" if value is None else str(value)


def page(report: RealReport) -> bytes:
    """The report as a page of ours."""
    title = f"{report.issuer}{report.year}年政府信息公开工作年度报告"
    inside: dict[int, list[str]] = {n: [] for n in range(1, 7)}
    inside[1].append("<p>本机关按要求开展政府信息公开工作，各项数据如下。</p>")
    inside[5].append("<p>个别栏目更新偏慢，今后逐月核对。</p>")
    for row in report.text:
        section, sentence = inside[_sentences()[row.indicator, row.applicant][0]], _sentence(row)
        if sentence.startswith("，"):  # goes on where the sentence before ends
            sentence = section.pop().removeprefix("<p>").removesuffix("</p>").rstrip("。") + sentence
        section.append(f"<p>{sentence.rstrip('。')}。</p>")
    if all(row.label for row in report.table):
        inside[6].append(_local_table(report))
    else:
        texts = {(r.indicator, r.applicant): _shown(r.value) for r in report.table}
        forms = tables_of(report.template, Layout(), texts)
        for section in inside:
            for form in tables_after(forms, section, 6):
                rows = [[(td.text, td.rowspan, td.colspan) for td in row] for row in form.rows]
                rows += [
                    [(r.label, 1, 1), ("件", 1, 1), (_shown(r.value), 1, 1)] for r in report.table if r.label
                ]
                inside[section] += [f"<p>{form.title}</p>" if form.title else "", _html(rows)]
    headings = HEADINGS_2014 if report.template == "v2014" else HEADINGS
    body = "".join(f"<p>{headings[n - 1]}</p>{''.join(parts)}" for n, parts in inside.items())
    day = f"<p>发布日期：{report.published_on}</p>" if report.published_on else ""
    lead = f"<p>统计期限自{report.year}年1月1日起至{report.year}年12月31日止。</p>"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{day}{lead}{body}</body></html>"
    ).encode()
