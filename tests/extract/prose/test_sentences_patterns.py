"""Every row of patterns.csv: its example gives its value, its counter-example does not."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pipeline.codebook import Codebook, CodebookError, Pattern, load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.patterns import compile_row, required_words
from pipeline.extract.prose.sentences import read_sentences

BOOK: Codebook = load_codebook()
ROWS = pytest.mark.parametrize("row", BOOK.patterns, ids=lambda r: r.pattern_id)


def said(row: Pattern, text: str, template: str) -> list[Decimal]:
    years = re.findall(r"20\d\d(?=年,)", text)
    seen = read_sentences(
        [Paragraph(text, "p1")], template=template, year=int(years[0]) if years else 2018, codebook=BOOK
    )
    wanted = row.applicant or None
    return [
        Decimal(o.resolved)
        for o in seen
        if o.indicator == row.indicator
        and o.resolved is not None
        and ((wanted is None and o.applicant in (None, "total")) or o.applicant == wanted)
    ]


@ROWS
def test_example_gives_its_value(row: Pattern) -> None:
    for template in row.templates:
        assert said(row, row.example_zh, template) == [Decimal(row.example_value)], template


@ROWS
def test_counter_example_gives_nothing(row: Pattern) -> None:
    for template in row.templates:
        assert said(row, row.counter_example_zh, template) == [], template


@ROWS
def test_row_runs_by_itself(row: Pattern) -> None:
    """The example is matched by this row, not by a neighbour only; its key word stands in the example."""
    compiled = compile_row(row)
    assert compiled.regex.search(row.example_zh.replace("“", "").replace("”", ""))
    assert any(word in row.example_zh for word in compiled.keywords)
    assert row.counter_example_zh != row.example_zh


def test_there_are_no_orphan_examples() -> None:
    assert len(BOOK.patterns) >= 100
    assert all(row.example_zh and row.counter_example_zh and row.example_value for row in BOOK.patterns)


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        ("(?:网上|网络)申请数?", ("申请",)),
        ("收到(?:的)?申请公开", ("申请公开",)),
        ("甲方|乙方", ("甲方", "乙方")),
        ("甲方|乙?", ()),
        ("[一二]号", ("号",)),
        ("未?收到", ("收到",)),
        ("(?<!不)(?:(?:不予|免予)公开|否决公开)(?:的)?", ("公开", "否决公开")),
        ("(?:同意)?\\d+", ()),
        ("\\((?:甲方|乙方)[^()]*\\)|丙方", ("甲方", "乙方", "丙方")),
    ],
)
def test_required_words_stand_in_every_match(regex: str, words: tuple[str, ...]) -> None:
    assert required_words(regex) == words


@pytest.mark.parametrize("regex", ["{NOPE}件", "{head:nobody}{N}件", "申请(", "没有数"])
def test_a_bad_row_is_named(regex: str) -> None:
    row = Pattern("bad.row", "application.received", "", ("v2014",), "", "", regex, "", "", "", "")
    with pytest.raises(CodebookError, match=r"bad\.row"):
        compile_row(row)
