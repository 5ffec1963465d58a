"""Texts of other kinds (other_texts.csv: guides, budgets, summaries of work, news, rules) state no figure of ours."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_prose


def texts() -> list[str]:
    with Path(__file__).with_name("other_texts.csv").open(encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream)]


@pytest.mark.parametrize("text", texts(), ids=lambda t: t[:20])
@pytest.mark.parametrize("family", ["narrative", "statistics", "sections"])
def test_no_figure_is_claimed(text: str, family: str) -> None:
    book = load_codebook()
    template = next(f.template for f in book.forms if f.family == family)
    seen = read_prose([Paragraph(text, "p1")], template=template, year=2023, codebook=book)
    assert [o for o in seen.observations if o.resolved is not None] == []
