"""Every figure of 27 real reports, 2011 to 2025, is read from pages that we set them into."""

from __future__ import annotations

import pytest

from pipeline import read_reports
from tests.real.pages import RealReport, page, real_reports

EVERY = list(real_reports().values())


@pytest.mark.parametrize("report", EVERY, ids=[r.name for r in EVERY])
def test_every_figure_is_read(report: RealReport) -> None:
    (read,) = read_reports(page(report))
    head = (read.issuer, read.year, read.template, read.published_on)
    assert head == (report.issuer, report.year, report.template, report.published_on)
    cells = {
        (o.indicator, o.applicant): o.value
        for o in read.observations
        if o.method == "table" and o.state != "table_missing"
    }
    printed = {(r.indicator, r.applicant): r.value for r in report.table if r.indicator}
    known = {key: value for key, value in cells.items() if not key[0].startswith("local.")}
    assert known == printed


@pytest.mark.parametrize("report", EVERY, ids=[r.name for r in EVERY])
def test_rows_that_the_codebook_does_not_know_and_sums_over_the_years_stand_beside_them(
    report: RealReport,
) -> None:
    (read,) = read_reports(page(report))
    local = [
        (o.label.split(" | ")[0], o.value) for o in read.observations if o.indicator.startswith("local.")
    ]
    kept = [(r.label, r.value) for r in report.table if not r.indicator]
    kept += [(r.label, r.cumulative) for r in report.table if r.cumulative is not None]
    assert sorted(local) == sorted(kept)


@pytest.mark.parametrize("report", EVERY, ids=[r.name for r in EVERY])
def test_every_sentence_is_read(report: RealReport) -> None:
    (read,) = read_reports(page(report))
    said = {(o.indicator, o.applicant, o.value) for o in read.observations if o.method == "text"}
    assert {(r.indicator, r.applicant, r.value) for r in report.text} <= said
