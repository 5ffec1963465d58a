"""Whether a decision may claim a figure here: what it asks of the words around, and whether the figure is this
report's, of this year, and whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.codebook import Decision
from pipeline.extract.prose.clauses import Clause, concepts_of
from pipeline.extract.prose.decide import Decider, Phrase
from pipeline.extract.prose.phrases import (
    ASKED,
    CHANNELS,
    FORMS,
    PARTS,
    Subject,
    names_all,
    on_a_platform,
    reposted_by,
)
from pipeline.extract.prose.told import Judged, Said, Sentence, verb_of
from pipeline.extract.prose.words import Number


class Judge(NamedTuple):
    """Judges for one form: of a family and a year; ``modern_from`` is the first year of the forms of six sections,
    which have a column for every kind of applicant and count one year; ``year_named``: the lead says from which
    day to which the report counts."""

    decider: Decider
    family: str
    year: int | None
    modern_from: int
    year_named: bool = False

    @property
    def is_modern(self) -> bool:
        return (self.year or 0) >= self.modern_from

    def decide(self, phrase: Phrase) -> tuple[Decision, ...]:
        return self.decider.decide(phrase)

    def holds(
        self,
        decisions: Sequence[Decision],
        clause: Clause,
        subject: Subject,
        concepts: Collection[str],
        said: Sequence[Said],
    ) -> bool:
        """What a decision asks of what stands around its phrase, behind what the sentence ``said``."""
        if not decisions:
            return False
        first = decisions[0]
        if first.need & CHANNELS and _worked_on(clause):
            return False
        if any(d.applicant for d in decisions):
            known = self.family != "narrative" or self.is_modern
            return known and (subject.asked or "recv" in concepts)
        if first.need == {"apply"}:
            among = any(t.value == "among" for t in clause.right)
            return bool(concepts_of(clause.left)) and not among
        if (
            first.total
            and "file" in first.need
            and any(t.value in ("government", "level") for t in clause.left)
        ):
            return False  # 主动公开政府办公室文件26条, 市级文件67份
        if (
            first.total
            and "file" in first.need
            and any("website" in d.need or d.total for s in said for d in s.decisions)
        ):
            return False  # 公开信息8300条,主动公开文件12件
        if first.need <= FORMS and "disc" in concepts and not ASKED & set(concepts):
            return False  # 线上发布210条 is no request
        if "repost" in concepts and not reposted_by(clause):
            return False
        if {"platform", "disc"} <= first.need and not on_a_platform(clause):
            return False
        if first.need == {"other"} and "disclosed" in first.topics:
            beside = clause.opener != "(" and bool(said) and not CHANNELS.isdisjoint(said[-1].concepts)
            return "many" in subject.channels and beside  # 工作动态20条,其他8条: of what, not by what
        part = "sub" in clause.left_kinds
        understood = any(s.decisions or "issue" in s.concepts for s in said)
        if first.total and "file" in first.need and part and not understood:
            return False  # 其中主动公开公文14条
        if concepts == {"normdoc", "disc"} and part:
            return False
        part_of = concepts in PARTS and part
        return not part_of or subject.topic in ("", "disclosed", "ask")

    def judged(
        self,
        decision: Decision,
        subject: Subject,
        clause: Clause,
        *,
        counted: bool = False,
        nil: bool = False,
    ) -> Judged:
        """Whether the figure is this report's, of this year, and whole."""
        when = subject.clock.verdict(stock=nil or decision.span == "stock", counted=counted)
        if nil and when in ("doubt", "weak") and subject.clock.own:
            when = "take"
        elif when == "doubt" and subject.clock.only_cumulative and (self.year_named or self.is_modern):
            when = "take"  # 累计 of the year whose days the lead names, or where the form asks of one year
        body = subject.body.verdict
        if "foreign" in (when, body):
            return Judged("foreign", "foreign", "another time" if when == "foreign" else "another body")
        if when == "doubt":
            return Judged("doubtful", "doubt", "of several years")
        if body == "doubt":
            return Judged("doubtful", "doubt", "of a part of the bodies")
        proactive = "proactive" in clause.concepts
        words = {t.value for t in clause.left}
        here = subject.about == "field"
        field = (here or subject.field) and not proactive and not names_all(clause)
        if (
            ((here and field) or subject.about == "one")
            and decision.need & CHANNELS
            and not decision.need & ASKED
        ):
            return Judged("doubtful", "doubt", "of one topic")
        about = (subject.about in ("of", "one") and not (proactive and "kinds" in words)) or (
            subject.about == "deed" and not names_all(clause)
        )
        bare = clause.kinds.isdisjoint(("time", "body")) and not proactive
        work = subject.about == "work" and bare and words.isdisjoint(("kinds", "whole", "sum"))
        if decision.total and (about or field or work or "topic" in clause.left_kinds):
            return Judged("doubtful", "doubt", "of one topic")  # 做好疫情防控工作,发布信息36条
        if decision.total and subject.about == "listed":
            return Judged("claimed", "weak")
        if "doubtful" in decision.reads:
            return Judged("doubtful", "doubt", "a word of two meanings")
        return Judged("claimed", when)


_SHOWN = frozenset(["disc", "proactive", "upd", "added", "repost", "gk"])


def _worked_on(clause: Clause) -> bool:
    """审核网站信息126条, 监测网站56次: what is done to a channel is no item on it, unless it says so."""
    if not _SHOWN.isdisjoint(clause.concepts):
        return False
    at = next((n for n, t in enumerate(clause.left) if not CHANNELS.isdisjoint(t.value.split("+"))), 0)
    before = clause.left[at - 1 : at]
    return bool(before) and (before[0].kind in ("unknown", "matter") or before[0].value in ("f", "work"))


def of_each(
    judge: Judge, sentence: Sentence, clause: Clause, number: Number, subject: Subject, disputes: set[str]
) -> None:
    """行政复议、行政诉讼各2件 is a figure of each, 0 of both is 0 of each; 共5件 is none of one."""
    each = (number.value == 0 or "each" in clause.left_kinds) and clause.kinds.isdisjoint(
        ("unknown", "matter")
    )
    for of in sorted(disputes) if each else [""]:
        decisions = judge.decide(Phrase(frozenset([of]), of, number.kind, "figure"))
        judged = Judged("unclaimed", "take", "shared by several")
        if decisions:
            judged = judge.judged(decisions[0], subject, clause)
        verb = verb_of(clause, sentence.flat)
        place = (sentence.at, clause.start, clause.end)
        sentence.said.append(
            Said(*place, number, False, decisions, judged, verb, of, frozenset([of]), joined=True)
        )
