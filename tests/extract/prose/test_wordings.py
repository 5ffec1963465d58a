"""Wordings (wordings.csv): each gives its value, and its neighbour that says another thing does not.

A row of ``wordings.csv`` holds a wording for the forms of ``templates``, the figure that it states, and a wording
near it that must not be read as one.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_prose

BOOK = load_codebook()


class Wording(NamedTuple):
    templates: tuple[str, ...]
    indicator: str
    applicant: str
    example: str
    value: Decimal
    counter: str


def wordings() -> list[Wording]:
    with Path(__file__).with_name("wordings.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Wording(
                tuple(f.template for f in BOOK.forms)
                if r["templates"] == "all"
                else tuple(r["templates"].split(",")),
                r["indicator"],
                r["applicant"],
                r["example_zh"],
                Decimal(r["example_value"]),
                r["counter_example_zh"],
            )
            for r in csv.DictReader(stream)
        ]


ROWS = pytest.mark.parametrize("row", wordings(), ids=lambda r: r.example[:24])


def said(row: Wording, text: str, template: str) -> list[Decimal]:
    years = re.findall(r"20\d\d(?=年,)", text)
    seen = read_prose(
        [Paragraph(text, "p1")], template=template, year=int(years[0]) if years else 2018, codebook=BOOK
    )
    wanted = (row.applicant,) if row.applicant else (None, "total")
    return [
        Decimal(o.resolved)
        for o in seen.observations
        if o.indicator == row.indicator and o.resolved is not None and o.applicant in wanted
    ]


@ROWS
def test_example_gives_its_value(row: Wording) -> None:
    for template in row.templates:
        assert said(row, row.example, template) == [row.value], template


@ROWS
def test_counter_example_gives_nothing(row: Wording) -> None:
    for template in row.templates:
        assert not row.counter or said(row, row.counter, template) == [], template
