"""Rows of what sentences and headlines are made of: words, decisions, genres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from pipeline.codebook.rows import ApplicantId, Family, IndicatorId, Note, Text, one_of, parts

WordKind = Literal[
    "concept", "matter", "body", "neg", "all", "each", "sub", "joint", "cmp", "time", "plan", "fill", "topic",
    "approx", "unit",
]  # fmt: skip
"""What a word of a sentence does: see docs/adding-a-pattern.md."""
UnitKind = Literal["doc", "case", "text", "session", "held", "person", "person_doc", "place", "money"]


def _yes(value: object) -> object:
    return value == "yes" if value in ("yes", "") else value


Topics = Annotated[tuple[Text, ...], BeforeValidator(parts(" "))]
Concepts = Annotated[
    frozenset[Annotated[str, AfterValidator(one_of("concepts"))]], BeforeValidator(parts(" "))
]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of sentences: its kind, what it stands for (of kind ``concept``: concepts joined by +), and the
    subject that it sets for what follows (blank: none)."""

    surface: Text
    kind: WordKind
    value: Text
    topic: Note


@dataclass(frozen=True, slots=True)
class Decision:
    """What a phrase around a figure counts: all concepts of ``need`` stand in it, none but those and ``may``,
    its subject is one of ``topics`` (* any, none), its unit of the kind ``unit``.

    It reads a figure beside it, a nil, or what is said of every one of the figure before (均已办结) where that is
    one of ``whole``; ``doubtful`` in ``reads``: never surely; ``alone``: it counts what a part of it does that is
    the one figure of its kind in the whole report. ``span``: of the year, or a stock at its end;
    ``total``: of everything, so that one topic's part is none. ``flow``: what of the year's requests it is,
    where those that came in and were brought from before are those that went out and are left.
    """

    decision_id: Text
    indicator: IndicatorId
    applicant: ApplicantId
    families: Annotated[frozenset[Family], BeforeValidator(parts(" "))]
    need: Concepts
    may: Concepts
    topics: Topics
    unit: UnitKind
    reads: Annotated[
        frozenset[Literal["figure", "nil", "every", "doubtful", "alone"]], BeforeValidator(parts(" "))
    ]
    whole: Annotated[frozenset[IndicatorId], BeforeValidator(parts(" "))]
    span: Literal["year", "stock"]
    total: Annotated[bool, BeforeValidator(_yes)]
    flow: Literal["", "in", "brought", "out", "left"]


@dataclass(frozen=True, slots=True)
class Genre:
    """Words that say what a page is. In a headline they make it another thing than a report where they stand at
    its end, its beginning, in brackets or anywhere; ``reports``: before 报告 at the end, ``reports_on``: with their
    matter between, ``announces``: before 公告, 公示 or 文件 at the end. Of a report itself, ``part`` is a heading's,
    ``first_part`` the first's, ``first_of_form`` the first's of the forms of six sections. ``unless``: longer words of which they are no more than a piece."""

    genre: Text
    place: Literal[
        "ends",
        "begins",
        "holds",
        "brackets",
        "reports",
        "reports_on",
        "announces",
        "part",
        "first_part",
        "first_of_form",
    ]
    words: Annotated[tuple[Text, ...], BeforeValidator(parts("|"))]
    unless: Annotated[tuple[Text, ...], BeforeValidator(parts("|"))]
    example: Text
