"""Kinds of wording that reports outside of all samples showed, in our own sentences: what each paragraph claims, and
that it claims nothing else (kinds.csv: a kind a row)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline import read_reports


class Kind(NamedTuple):
    """A paragraph of a report, and the figures that it states: indicator, applicant in brackets, value."""

    issuer: str
    year: int
    text: str
    expected: frozenset[str]


def kinds() -> list[Kind]:
    with Path(__file__).with_name("kinds.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Kind(r["issuer"], int(r["year"]), r["text"], frozenset(filter(None, r["expected"].split(";"))))
            for r in csv.DictReader(stream)
        ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda k: k.text[:24])
def test_a_paragraph_claims_what_it_states_and_nothing_else(kind: Kind) -> None:
    page = f"{kind.issuer}{kind.year}年政府信息公开工作年度报告\n\n一、总体情况\n\n{kind.text}\n"
    (report,) = read_reports(page.encode(), source_url="page.txt")
    sure = {
        f"{o.indicator}[{o.applicant}]:{o.resolved}"
        if o.applicant not in (None, "total")
        else f"{o.indicator}:{o.resolved}"
        for o in report.observations
        if o.method == "text" and o.resolved is not None
    }
    assert sure == kind.expected
