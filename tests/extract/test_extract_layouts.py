"""Round trip over every layout: what stands on the page is read, or owned up to; nothing else is."""

from __future__ import annotations

import pytest

from pipeline.reading.whole import read_whole
from tests.drawn.layouts.builders import LAYOUTS, LayoutCase
from tests.drawn.layouts.judge import judge
from tests.drawn.layouts.sheet import Sheet

CASES = [(case, template) for case in LAYOUTS.values() for template in case.templates]


def check(case: LayoutCase, template: str, seed: int) -> None:
    sheet = Sheet(template, seed)
    _, reports = read_whole(case.build(sheet))
    assert len(reports) == 1, [r.title for r in reports]
    report = reports[0]
    assert (report.template, report.year) == (template, sheet.year)
    verdict = judge(sheet.cells, report)
    assert not verdict.silent
    assert not verdict.lost
    if not case.open_allowed:
        assert not verdict.open


@pytest.mark.parametrize(
    ("case", "template"),
    [
        pytest.param(c, t, id=f"{c.name}-{t}", marks=() if t == c.templates[-1] else pytest.mark.slow)
        for c, t in CASES
    ],
)
def test_every_cell_is_right_or_owned_up_to(case: LayoutCase, template: str) -> None:
    check(case, template, seed=0)


def test_judge_sees_a_wrong_figure_and_a_lost_one() -> None:
    sheet = Sheet("v2021", 5)
    data = LAYOUTS["as_the_form"].build(sheet)
    report = read_whole(data)[1][0]
    key = ("proactive.licensing.decisions", None)
    sheet.cells[key] = sheet.cells[key]._replace(printed=-1, true=-1)
    sheet.cells[("application.received", "nobody")] = sheet.cells[key]
    verdict = judge(sheet.cells, report)
    assert len(verdict.silent) == 1
    assert len(verdict.lost) == 1
