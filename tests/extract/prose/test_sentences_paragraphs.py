"""Precision and recall over paragraphs that we wrote and labelled (paragraphs.csv).

``text`` holds paragraphs parted by ¶; ``expected`` holds every figure that a careful reader may take, as
``indicator[applicant]:value,value;...`` and nothing where no figure may be taken. Paragraphs of kind
``whole`` are reports or sections of reports under their title.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_sentences

PRECISION = 0.99
RECALL = 0.95
OFFICE_TITLE = re.compile(r"^[\u4e00-\u9fff]+(?:局|委|委员会|厅|中心|馆|社|办公室)\d{4}年")
"""The report of one office, so that 全市共收到 is not surely its own."""


class Case(NamedTuple):
    id: str
    kind: str
    template: str
    year: int
    text: str
    expected: frozenset[tuple[str, Decimal]]


def expected(text: str) -> frozenset[tuple[str, Decimal]]:
    return frozenset(
        (key, Decimal(value))
        for part in text.split(";")
        if part
        for key, _, values in [part.rpartition(":")]
        for value in values.split(",")
    )


def cases() -> list[Case]:
    with Path(__file__).with_name("paragraphs.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Case(r["id"], r["kind"], r["template"], int(r["year"]), r["text"], expected(r["expected"]))
            for r in csv.DictReader(stream)
        ]


CASES = cases()


def read(case: Case) -> frozenset[tuple[str, Decimal]]:
    paragraphs = [Paragraph(t, f"p{n}") for n, t in enumerate(case.text.split("¶"))]
    seen = read_sentences(
        paragraphs,
        template=case.template,
        year=case.year,
        codebook=load_codebook(),
        narrow=OFFICE_TITLE.match(case.text) is not None,
    )
    return frozenset(
        (
            o.indicator if o.applicant in (None, "total") else f"{o.indicator}[{o.applicant}]",
            Decimal(o.resolved),
        )
        for o in seen
        if o.resolved is not None
    )


def test_labels_are_known_and_enough() -> None:
    ids = load_codebook().ids
    assert len(CASES) >= 150
    assert len({c.text for c in CASES}) == len(CASES)
    assert {key.partition("[")[0] for c in CASES for key, _ in c.expected} <= ids
    assert sum(not c.expected for c in CASES) >= 60, "too few traps"


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    right = wrong = missed = 0
    kinds: Counter[str] = Counter()
    complaints: list[str] = []
    for case in CASES:
        seen = read(case)
        right += len(seen & case.expected)
        wrong += len(seen - case.expected)
        missed += len(case.expected - seen)
        kinds[case.kind] += 1
        for key, value in sorted(seen - case.expected):
            complaints.append(f"wrong  {case.id} {key}={value}: {case.text}")
        for key, value in sorted(case.expected - seen):
            complaints.append(f"missed {case.id} {key}={value}: {case.text}")
    precision, recall = right / (right + wrong), right / (right + missed)
    with capsys.disabled():
        print(
            f"\nsentences: {len(CASES)} paragraphs {dict(kinds)}, {right} figures right, {wrong} wrong, {missed} missed;"
            f" precision {precision:.4f}, recall {recall:.4f}"
        )
    assert precision >= PRECISION, "\n".join(complaints)
    assert recall >= RECALL, "\n".join(complaints)
