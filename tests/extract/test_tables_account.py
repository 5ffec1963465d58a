"""Whatever stands under a section of the form is read, or told: missing, or there and not understood."""

from __future__ import annotations

import pytest

from pipeline import read_reports
from pipeline.report import Report
from tests.drawn.layouts.builders import LAYOUTS
from tests.drawn.layouts.sheet import Sheet

REVIEW = "结果维持"


def _report(page: str) -> Report:
    (report,) = read_reports(page.encode())
    return report


def _page() -> str:
    return LAYOUTS["as_the_form"].build(Sheet("v2021", 3)).decode()


def _unreadable(report: Report) -> set[str]:
    return {o.indicator for o in report.observations if o.state == "unreadable" and not o.raw}


def test_a_table_whose_heads_are_unknown_is_told() -> None:
    page = _page()
    for n, label in enumerate(("结果维持", "结果纠正", "其他结果", "尚未审结")):
        page = page.replace(label, f"甲乙丙丁之{n}")
    report = _report(page)
    (told,) = [f for f in report.findings if f.rule == "table.unread"]
    assert told.severity == "error"
    assert "table[" in told.message
    assert ("reconsideration.total", None) in told.cells
    assert {name for name, _ in told.cells} == _unreadable(report)
    assert len(told.cells) == 15
    assert not [f for f in report.findings if f.rule == "table.missing"]


def test_a_table_whose_rows_are_unknown_is_told_and_its_figures_stay_local() -> None:
    page = _page()
    labels = {o.label.split(" | ")[0] for o in _report(page).observations if o.applicant}
    for n, label in enumerate(sorted(labels, key=len, reverse=True)):
        page = page.replace(f">{label}<", f">地方指标之{n}甲<")
    report = _report(page)
    told = [f for f in report.findings if f.rule == "table.unread"]
    assert [len(f.cells) for f in told] == [175]
    assert sum(o.indicator.startswith("local.") for o in report.observations) > 100


def test_nothing_is_told_where_all_is_read_and_missing_where_nothing_stands() -> None:
    page = _page()
    assert not [f for f in _report(page).findings if f.rule.startswith("table.")]
    start = page.rindex("<table")
    report = _report(page[:start] + page[page.index("</table>", start) + len("</table>") :])
    assert [f.rule for f in report.findings if f.rule.startswith("table.")] == ["table.missing"]
    assert {o.state for o in report.observations if o.indicator.startswith("litigation")} == {"table_missing"}


@pytest.mark.parametrize("layout", ["two_years_in_columns", "organisations_merged"])
def test_a_table_of_fewer_columns_is_read(layout: str) -> None:
    (report,) = read_reports(LAYOUTS[layout].build(Sheet("v2021", 2)))
    assert not [f for f in report.findings if f.rule == "table.unread"]
