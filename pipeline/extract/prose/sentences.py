"""Prose -> observations and statements: every number of a report's sentences, and what became of it.

Words and what they stand for are rows of ``codebook/lexicon.csv``, what a phrase counts is a row of
``codebook/decisions.csv``; see docs/adding-a-pattern.md. Here is the grammar: how concepts, subject, time and
body pass from clause to clause, and what 均, 各, 分别, 其中 and a nil do with a figure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.chinese.numbering import CHAPTER_LOOSE, LIST_ITEM, PART
from pipeline.codebook import Codebook, Decision, Indicator
from pipeline.document import Paragraph
from pipeline.extract.prose.clauses import Clause, clauses, concepts_of
from pipeline.extract.prose.clauses import sentences as sentences_of
from pipeline.extract.prose.context import (
    OWN,
    Body,
    Clock,
    Verdict,
    body_of,
    named_body,
    own_surfaces,
    self_names,
)
from pipeline.extract.prose.decide import Form, Phrase, decider_of
from pipeline.extract.prose.headings import Labelled, read_headings, read_list_lines
from pipeline.extract.prose.words import (
    Lexicon,
    Number,
    Token,
    Words,
    flatten_sentence_text,
    hide_names,
    lexicon_of,
    mask_titles,
    own_words,
    raw_span,
    tokens,
)
from pipeline.report import Figure, Observation, State, Statement, StatementStatus

MAX_TEXT = 20_000
"""Characters of a paragraph that are read: no person wrote a longer one."""
MAX_CLAUSE = 60
"""Tokens of a clause that are understood together."""
_SECTION = re.compile(rf"^(?:{CHAPTER_LOOSE}|{PART})")
_ITEM = re.compile(rf"^(?:{LIST_ITEM}|其中)")
_PLAN_SECTION = re.compile(
    r"(?:存在|主要|面临)[^,。]{0,6}问题|不足|改进|打算|下一步|下步|计划|思路|展望|努力方向"
)
_FIGURE_SECTION = re.compile(r"申请|复议|诉讼|主动公开|回应|机构|经费|培训|其他需要报告")
_BARE_SECTION = re.compile(r"[^\d,。;:、!?]{0,24}(?:情况|概述|概况|问题|措施|打算|事项|工作)")
_SHORT = 16
"""A paragraph of fewer characters may be the whole answer to its heading (无。)."""
_VERBS = frozenset(("recv", "done", "reply", "handle"))
_OUTCOMES = frozenset(
    [
        "granted",
        "partial",
        "both",
        "refused",
        "unable",
        "notproc",
        "othr",
        "already",
        "notours",
        "notexist",
        "amend",
        "elsewhere",
        "notheld",
        "create",
        "unclear",
        "r_secret",
        "r_third",
        "r_internal",
        "r_process",
    ]
)
_RESULTS = frozenset(("upheld", "corrected", "d_other", "d_pending", "withdrawn"))
_STOCKS = ("institution.", "application.carried_forward", "catalogue.")
_CHANNELS = frozenset(["website", "wechat", "weibo", "newmedia", "gazette", "otherway", "platform", "media"])
_DISPUTES = frozenset(["recon", "lit", "direct", "after", "complaint", "appeal"])
_DECIDED = frozenset(("lic", "pen", "coe"))
_OFFICE = _DISPUTES | _DECIDED
_FORMS = frozenset(["f_person", "f_fax", "f_online", "f_letter", "f_email"])
_PARTS = frozenset(("of several years", "of a part of the bodies", "of one topic"))
_OTHERS_TOO = _DISPUTES | {"train", "meet"}
_SHARED = frozenset(["gk", "info", "disc", "apply", "count"])
_JOINTS = frozenset("、和及与并") | {"以及", "及其"}


class Said(NamedTuple):
    """A figure or nil that a clause states: where, what it counts (no decision: unclaimed), how sure."""

    at: int
    start: int
    end: int
    value: Figure
    unit: str
    approx: bool
    nil: bool
    decisions: tuple[Decision, ...]
    status: StatementStatus
    verdict: Verdict
    reason: str
    verb: str
    topic: str
    concepts: frozenset[str]
    joined: bool


class _Subject(NamedTuple):
    """What passes on from clause to clause."""

    topic: str
    clock: Clock
    body: Body
    channels: tuple[str, ...]
    about: bool
    asked: bool
    ours: bool
    tainted: frozenset[str]
    decided: bool
    office: str
    head: tuple[Token, ...]


class _Reader:
    """One report's prose, read in order. Holds what the report says of itself; gives Said per paragraph."""

    def __init__(
        self, codebook: Codebook, family: str, year: int | None, names: tuple[str, ...], narrow: bool
    ) -> None:
        self.codebook = codebook
        self.form = Form(family, year)
        self.decide = decider_of(codebook, self.form).decide
        self.year = year
        self.names = names
        self.narrow = narrow
        self.lexicon: Lexicon = lexicon_of(codebook)
        self.own: Words = own_words(own_surfaces(names))
        self.years: set[int] = set()

    def topic_of(self, flat: str) -> str:
        """The subject of a heading or of the line that a list stands under."""
        found = tokens(flat, self.lexicon, self.own)
        topics = [t.topic for t in found if t.topic]
        if not topics and {"apply", "request"}.intersection(concepts_of(found)):
            return "ask"
        if any(t.kind == "matter" for t in found) and not topics:
            return "matter"
        if not topics or any(t != topics[0] for t in topics):
            distinct = set(topics)
            if not distinct and any(c in _OUTCOMES for c in concepts_of(found)):
                return "ask"
            if distinct and distinct <= _DISPUTES | {"ask"} and len(distinct & _DISPUTES):
                return "dispute"
            return (
                "ask"
                if distinct and distinct <= {"ask", "ask.replied", "disclosed"} and "ask" in distinct
                else ""
            )
        return topics[0]

    def paragraph(self, at: int, flat: str, topic: str, heading: str) -> list[Said]:
        """What a paragraph states, under its subject and the heading that it stands under."""
        found = tokens(flat, self.lexicon, self.own)
        head = tokens(heading, self.lexicon, self.own)
        if not any(t.kind in ("number", "neg") for t in found):
            return []
        said: list[Said] = []
        subject = _Subject(
            topic,
            Clock(),
            OWN,
            (),
            False,
            False,
            _about(found) or _about(head) or topic in _DISPUTES | {"dispute", "staff"},
            frozenset(),
            False,
            "",
            (),
        )
        if len(flat) < _SHORT and not concepts_of(found):
            here = found[0].start
            subject = subject._replace(head=tuple(t._replace(start=here, end=here) for t in head))
        for sentence in sentences_of(found):
            self.years.clear()
            subject = subject._replace(
                clock=subject.clock.next_sentence(),
                body=OWN if subject.body.kind != "whole" or not self.narrow else subject.body,
                channels=(),
                about=False,
                tainted=frozenset(),
                decided=False,
                office="",
            )
            if subject.topic.startswith("matter") and {"info", "gk"}.intersection(concepts_of(sentence)):
                subject = subject._replace(topic=topic)
            if any(t.kind in ("number", "neg") for t in sentence):
                subject = self._sentence(at, flat, sentence, subject, said)._replace(head=())
            else:
                subject = self._carried(clauses(sentence), subject)
        return said

    def _carried(self, held: Sequence[Clause], subject: _Subject) -> _Subject:
        """What a sentence without figures leaves to those behind it: time and subject."""
        for clause in held:
            if not _compares(clause):
                subject = subject._replace(clock=subject.clock.after(clause.all, self.year, self.years))
            own = _topic(clause)
            if not own and {"apply", "request", "reply"}.intersection(clause.concepts):
                own = "ask.replied" if "reply" in clause.concepts else "ask"
            if (
                not own
                and len(held) == 1
                and len(clause.all) < 12
                and any(t.kind == "matter" for t in clause.all)
            ):
                own = "matter"
            if own:
                subject = subject._replace(topic=own)
        short = len(held) == 1 and len(held[0].all) < 12
        return subject._replace(head=held[0].all if short else ())

    def _sentence(
        self, at: int, flat: str, sentence: Sequence[Token], subject: _Subject, said: list[Said]
    ) -> _Subject:
        first = len(said)
        held = clauses(sentence)
        if "expense" in concepts_of(sentence):
            subject = subject._replace(tainted=_DISPUTES)
        if len({c for c in concepts_of(sentence) if c in _OUTCOMES}) >= 3 and not subject.topic:
            subject = subject._replace(topic="ask")
        outer: list[_Subject] = []
        before: Clause | None = None
        for clause in held:
            while len(outer) > clause.depth:
                outer_subject = outer.pop()
                subject = subject._replace(
                    topic=outer_subject.topic, clock=outer_subject.clock, body=outer_subject.body
                )
            while len(outer) < clause.depth:
                outer.append(subject)
            if clause.opener == ";" and any(t.value == "way" for t in clause.left):
                subject = subject._replace(body=OWN)
            if (
                clause.opener in (":", "(")
                and clause.figure
                and not clause.concepts
                and before
                and not before.figure
                and not any(t.kind == "neg" for t in before.all)
            ):
                clause = clause._replace(left=(*before.left, *clause.left))
            if (
                before is None
                and subject.head
                and not clause.concepts
                and (clause.number is None or clause.number.value == 0)
            ):
                here = clause.start
                moved = tuple(t._replace(start=here, end=here) for t in subject.head if t.kind != "punct")
                clause = clause._replace(left=(*moved, *clause.left))
            if len(clause.all) > MAX_CLAUSE:
                continue
            subject = self._clause(at, flat, clause, before, subject, said, first)
            before = clause
        said[first:] = _settled(said[first:])
        return subject

    def _clause(
        self,
        at: int,
        flat: str,
        clause: Clause,
        before: Clause | None,
        subject: _Subject,
        said: list[Said],
        first: int,
    ) -> _Subject:
        name, of_name = named_body(clause, flat)
        body = body_of(clause, flat, name, of_name, self.names, subject.body, narrow=self.narrow)
        if body.kind == "site":
            held = subject.body
            left = self._clause_of(
                at, flat, clause, before, subject._replace(body=body), said, first, of_name
            )
            return left._replace(body=held)
        return self._clause_of(at, flat, clause, before, subject._replace(body=body), said, first, of_name)

    def _clause_of(
        self,
        at: int,
        flat: str,
        clause: Clause,
        before: Clause | None,
        subject: _Subject,
        said: list[Said],
        first: int,
        of_name: frozenset[Token],
    ) -> _Subject:
        concepts = set(clause.concepts)
        carries = "carry" in concepts or "inprogress" in concepts
        if carries:
            concepts |= _carry_year(clause, self.year)
        elif not _compares(clause) and not (clause.depth and _aside(clause)) and not _aside(clause):
            subject = subject._replace(clock=subject.clock.after(clause.all, self.year, self.years))
        if any(t.kind == "plan" for t in clause.left):
            return subject
        own_topic = _topic(clause)
        topic = own_topic or subject.topic or ("ask" if concepts & {"apply", "request"} else "")
        if {"already", "info"} <= concepts and not subject.topic.startswith("ask"):
            concepts = (concepts - {"already"}) | {"disc", "proactive"}
            topic = own_topic = "disclosed"
        matter = next((t.value for t in clause.all if t.kind == "matter" and t not in of_name), "")
        if "gk" in concepts and clause.figure:
            subject = subject._replace(tainted=frozenset())
        if matter and own_topic not in ("ask", "disclosed"):
            topic = f"matter.{matter}"
            counts = {"staff"} if clause.number and clause.number.kind == "person" else set()
            subject = subject._replace(tainted=subject.tainted | _group(own_topic) | counts)
        elif own_topic in subject.tainted and not (clause.number is not None and clause.number.value == 0):
            topic, matter = "matter.", "as before"
        elif (
            own_topic in _OFFICE
            and "gk" not in concepts
            and "decision" not in concepts
            and (concepts & {"handle", "concluded_case"} or (own_topic in _DISPUTES and concepts & _DECIDED))
        ):
            subject = subject._replace(tainted=subject.tainted | _group(own_topic))
            topic, matter = "matter.", "office"
            subject = subject._replace(office=own_topic)
        if own_topic in _DECIDED and (subject.decided or "decision" in concepts):
            topic += ".decided"
            subject = subject._replace(decided=True)
        if (
            own_topic == "norm"
            and subject.topic == "disclosed"
            and (clause.opener == "(" or "disc" in concepts or any(t.kind == "sub" for t in clause.left))
        ):
            topic = "norm.disclosed"
        if own_topic == "staff" and subject.ours:
            topic = "staff.ours"
        if {"disc", "proposals", "results"} <= concepts:
            topic = ""
        if own_topic == "meet" and subject.ours:
            topic = "meet.ours"
        if "reply" in concepts and topic == "ask" and not carries:
            topic = "ask.replied"
        listed = _listed(clause, flat)
        if listed:
            subject = subject._replace(about=True)
            matter = (
                matter
                if any(t.kind == "matter" for t in clause.all if t not in listed and t not in of_name)
                else ""
            )
            of_name |= listed
            if not matter and topic.startswith("matter"):
                topic = subject.topic
        unknown = "".join(t.value for t in clause.all if t.kind in ("unknown", "id") and t not in of_name)
        denied = any(t.kind == "neg" for t in clause.left)
        if clause.figure is None or (denied and clause.figure.value == "一"):
            if denied or any(t.kind == "neg" for t in clause.right):
                self._nil(at, flat, clause, before, subject, topic, of_name, said)
            elif said[first:]:
                self._of_the_whole(at, clause, said, subject, first)
            if not topic and concepts & {"apply", "request"}:
                topic = "ask"
            if not _compares(clause):
                channels = tuple(c for c in clause.concepts if c in _CHANNELS)
                many = len(set(channels)) > 1 or any(t.value == "many" for t in clause.all)
                subject = subject._replace(
                    topic=topic,
                    channels=("many",) if many else channels or subject.channels,
                    about=any(t.kind == "topic" for t in clause.all),
                )
            if "asker" in concepts and "apply" not in concepts:
                subject = subject._replace(asked=True)
            return subject
        number = clause.number
        if number is None:
            return subject
        if number.kind in ("time", "id"):
            return subject
        if (
            subject.channels == ("many", "elsewhere")
            and concepts & {"info", "added"}
            and not own_topic
            and not concepts & _CHANNELS
        ):
            concepts.add("elsewhere_channel")
        elif (
            subject.channels
            and subject.channels != ("many",)
            and concepts <= {"disc", "proactive", "info", "gk", "count", "kind", "added"}
            and concepts & {"disc", "info"}
        ):
            concepts |= set(subject.channels)
        if len(concepts & _CHANNELS - {"platform"}) > 1 and "proactive" in concepts:
            concepts -= _CHANNELS
        if len(concepts & _FORMS) > 1 and "recv" in concepts:
            concepts -= _FORMS
        if number.kind == "money" and topic in ("fee", "infofee") and not concepts:
            concepts = {topic}
        if topic == "complaint" and subject.ours:
            topic = "complaint.ours"
        if concepts == {"gk"} and subject.office and any(t.kind == "sub" for t in clause.left):
            concepts, topic = {subject.office}, subject.office
        kind = "case" if number.value == 0 and number.kind == "doc" else number.kind
        phrase = Phrase(frozenset(concepts), topic, kind, "figure")
        again = not concepts and any(t.kind == "time" for t in clause.left) and len(said) > first
        decisions: tuple[Decision, ...] = ()
        status: StatementStatus = "unclaimed"
        verdict: Verdict = "take"
        reason = ""
        if any(t.kind == "cmp" for t in clause.left) or _aside(clause):
            status, reason = "foreign", "comparison"
        elif denied:
            reason = "denied"
        elif matter and not own_topic:
            status, reason = "foreign", matter
        elif topic.startswith("matter"):
            status, reason = "foreign", topic.partition(".")[2] or "heading"
        elif unknown or matter:
            reason = f"unread: {unknown or matter}"
            if (
                "apply" in concepts
                and not concepts & {"gk", "request"}
                and not subject.topic.startswith("ask")
            ):
                topic = "unread"
        elif len(disputes := {t.topic for t in clause.all if t.topic} & _DISPUTES) > 1:
            self._shared(at, flat, clause, subject, disputes, said)
            return subject._replace(topic="")
        else:
            decisions = said[-1].decisions if again else self.decide(phrase)
            if not again:
                decisions = self._guarded(decisions, clause, subject, concepts)
            if not decisions:
                reason = "no decision: " + " ".join(sorted(concepts)) + (f" of {topic}" if topic else "")
            else:
                status, verdict, reason = self._verdict(decisions[0], subject, clause, said[first:])
        if number.scaled and status == "claimed":
            status, verdict, reason = "doubtful", "doubt", "万 behind a plain number"
        start = clause.start
        if not decisions and _idle(clause, number, concepts):
            return subject
        if decisions and not topic and decisions[0].topics[0] not in ("*", "none"):
            topic = decisions[0].topics[0]
        said.append(
            Said(
                at,
                start,
                clause.figure.end if not clause.right or not decisions else clause.end,
                number.value,
                number.unit,
                number.approx or any(t.kind == "approx" for t in clause.all),
                False,
                decisions,
                status,
                verdict,
                reason,
                _verb(clause, flat),
                topic,
                frozenset(concepts),
                clause.opener in _JOINTS and len(said) > first,
            )
        )
        if "carry" in concepts and "prev" in concepts and number.value:
            _may_hold_carried(said, first, clause)
        indicators = {d.indicator for d in decisions}
        if indicators & {"application.received"} and not any(d.applicant for d in decisions):
            subject = subject._replace(asked=True)
        elif concepts & (_OUTCOMES | {"done", "reply", "handle", "carry"}):
            subject = subject._replace(asked=False)
        if "train" in concepts and "attend" in concepts and not decisions:
            subject = subject._replace(tainted=subject.tainted | {"train"})
        if concepts & _CHANNELS:
            subject = subject._replace(channels=("many", "elsewhere"))
        return subject._replace(
            clock=subject.clock.next_figure(),
            topic=topic,
            about=False,
            channels=() if own_topic and not concepts & _CHANNELS else subject.channels,
        )

    def _shared(
        self, at: int, flat: str, clause: Clause, subject: _Subject, disputes: set[str], said: list[Said]
    ) -> None:
        """行政复议、行政诉讼各2件 is a figure of each, 0 of both is 0 of each; 共5件 is none of one."""
        number = clause.number
        if number is None:
            return
        each = number.value == 0 or any(t.kind == "each" for t in clause.left)
        unread = any(t.kind in ("unknown", "matter") for t in clause.all)
        for of in sorted(disputes) if each and not unread else [""]:
            decisions = self.decide(Phrase(frozenset((of,)), of, number.kind, "figure"))
            status: StatementStatus = "unclaimed"
            verdict: Verdict = "take"
            reason = "shared by several"
            if decisions:
                status, verdict, reason = self._verdict(decisions[0], subject, clause, ())
            said.append(
                Said(
                    at,
                    clause.start,
                    clause.end,
                    number.value,
                    number.unit,
                    number.approx,
                    False,
                    decisions,
                    status,
                    verdict,
                    reason,
                    _verb(clause, flat),
                    of,
                    frozenset((of,)),
                    True,
                )
            )

    def _guarded(
        self, decisions: tuple[Decision, ...], clause: Clause, subject: _Subject, concepts: set[str]
    ) -> tuple[Decision, ...]:
        if any(d.applicant for d in decisions) and not subject.asked and "recv" not in concepts:
            return ()
        if (
            decisions
            and decisions[0].need == {"other"}
            and "many" not in subject.channels
            and topic_is(decisions, "disclosed")
        ):
            return ()
        if (
            decisions
            and concepts == {"disc", "proactive"}
            and any(t.kind == "sub" for t in clause.left)
            and subject.topic not in ("", "disclosed", "ask")
        ):
            return ()
        if (
            any(d.applicant for d in decisions)
            and self.form.family == "narrative"
            and (self.year or 0) < 2019
        ):
            return ()
        if (
            decisions
            and decisions[0].need == {"apply"}
            and (not concepts_of(clause.left) or any(t.value == "among" for t in clause.right))
        ):
            return ()
        return decisions

    def _verdict(
        self,
        decision: Decision,
        subject: _Subject,
        clause: Clause,
        earlier: Sequence[Said],
        *,
        nil: bool = False,
    ) -> tuple[StatementStatus, Verdict, str]:
        stock = decision.indicator.startswith(_STOCKS) or decision.indicator.endswith(".in_force")
        when = subject.clock.verdict(stock=stock or nil, counted=bool(earlier))
        if nil and when in ("doubt", "weak") and subject.clock.own:
            when = "take"
        if (
            decision.indicator.startswith("application.carried")
            and when == "foreign"
            and not subject.clock.period
        ):
            when = "foreign"
        if when == "foreign":
            return "foreign", when, "another time"
        if subject.body.verdict == "foreign":
            return "foreign", "foreign", "another body"
        if when == "doubt":
            return "doubtful", "doubt", "of several years"
        if subject.body.verdict == "doubt":
            return "doubtful", "doubt", "of a part of the bodies"
        if decision.indicator == "proactive.disclosed.total" and (
            subject.about or any(t.kind == "topic" for t in clause.left)
        ):
            return "doubtful", "doubt", "of one topic"
        if "doubtful" in decision.reads:
            return "doubtful", "doubt", "a word of two meanings"
        return "claimed", when, ""

    def _nil(
        self,
        at: int,
        flat: str,
        clause: Clause,
        before: Clause | None,
        subject: _Subject,
        topic: str,
        of_name: frozenset[Token],
        said: list[Said],
    ) -> None:
        """未, 没有, 无 and 为零 say 0 of each thing that they deny."""
        found = clause.all
        if (
            not any(t.topic or t.kind == "concept" for t in found)
            and before is not None
            and before.figure is None
        ):
            found = (*before.all, *found)
        shared = {c for c in concepts_of(found) if c == "gk"}
        items: list[list[Token]] = [[]]
        for token in found:
            if token.kind == "joint":
                items.append([])
                continue
            if token.topic in _DISPUTES and any(t.topic in _DISPUTES - {token.topic} for t in items[-1]):
                items.append([])
            items[-1].append(token)
        last = set(concepts_of(items[-1]))
        shared |= last & _RESULTS
        if len(_FORMS.intersection(concepts_of(found))) > 2:
            items = [[t for t in found if t.value not in _FORMS and t.kind != "joint"]]
        for item in items:
            concepts = set(concepts_of(item)) | shared
            if any(t.kind == "neg" and t.value == "fee" for t in item):
                concepts.add("fee")
            if not concepts - {"gk"} and len(items) > 1:
                continue
            own = [t.topic for t in item if t.topic] or (["fee"] if "fee" in concepts else [])
            unread = "".join(
                flat[t.start : t.end]
                for t in item
                if t.kind in ("unknown", "matter", "id") and t not in of_name
            )
            if unread:
                if own or "apply" in concepts:
                    said.append(
                        Said(
                            at,
                            clause.start,
                            clause.end,
                            0,
                            "",
                            False,
                            True,
                            (),
                            "unclaimed",
                            "take",
                            f"unread: {unread}",
                            "",
                            topic,
                            frozenset(concepts),
                            False,
                        )
                    )
                continue
            if "carry" in concepts:
                concepts |= _carry_year(Clause(tuple(item), None, (), "", 0), self.year)
            of = own[-1] if own else topic
            if of.startswith("matter") or of in subject.tainted:
                continue
            if of == "complaint" and subject.ours:
                of = "complaint.ours"
            phrase = Phrase(frozenset(concepts), of, "", "nil")
            decisions = self.decide(phrase) or self.decide(
                phrase._replace(concepts=frozenset(concepts | (last & _SHARED)))
            )
            if not decisions:
                if own and "bad" not in concepts:
                    said.append(
                        Said(
                            at,
                            clause.start,
                            clause.end,
                            0,
                            "",
                            False,
                            True,
                            (),
                            "unclaimed",
                            "take",
                            "no decision: " + " ".join(sorted(concepts)),
                            "",
                            topic,
                            frozenset(concepts),
                            False,
                        )
                    )
                continue
            status, verdict, reason = self._verdict(decisions[0], subject, clause, (), nil=True)
            said.append(
                Said(
                    at,
                    clause.start,
                    clause.end,
                    0,
                    "",
                    False,
                    True,
                    decisions,
                    status,
                    verdict,
                    reason,
                    _verb(clause, flat),
                    of,
                    frozenset(concepts),
                    False,
                )
            )

    def _of_the_whole(self, at: int, clause: Clause, said: list[Said], subject: _Subject, first: int) -> None:
        """均已答复, 全部维持, 均为当面申请: the figure before, again; of one case also without 均."""
        concepts = set(clause.concepts)
        every = any(t.kind == "all" for t in clause.left)
        if every and (
            "notgk" in concepts
            or ("gk" not in concepts and (concepts & _DECIDED or any(t.kind == "matter" for t in clause.all)))
        ):
            _not_ours(said, first)
            return
        if not concepts or any(t.kind in ("unknown", "matter", "plan", "cmp") for t in clause.all):
            return
        own = _topic(clause)
        turned = not clause.opener and not clause.depth
        for last in reversed(said[-1:] if turned else said[first:]):
            bare = last.reason.startswith("no decision") and last.concepts <= {"apply", "request"}
            if not (last.nil or last.decisions or bare):
                return
            if last.nil or last.status == "foreign":
                continue
            if not every and not (last.value == 1 and concepts <= _RESULTS | _DISPUTES):
                continue
            topic = last.topic if not own or own.startswith("ask") or last.topic.startswith(own) else own
            if bare and own.startswith("ask"):
                topic = own
            decisions = tuple(
                d
                for d in self.decide(Phrase(frozenset(concepts), topic, "", "every"))
                if "*" not in d.topics
                and (bare or any(x.indicator in d.whole and not x.applicant for x in last.decisions))
            )
            if decisions:
                break
        else:
            return
        whole = {x.indicator for x in last.decisions if not x.applicant}
        values = {
            s.value
            for s in said[first:]
            if any(d.indicator in whole and not d.applicant for d in s.decisions)
        }
        if last.joined or len(values) > 1:
            return
        if decisions:
            status: StatementStatus = last.status
            verdict, reason = last.verdict, last.reason
            if not last.decisions:
                status, verdict, reason = self._verdict(decisions[0], subject, clause, ())
            said.append(
                last._replace(
                    start=clause.start,
                    end=clause.end,
                    decisions=decisions,
                    concepts=frozenset(concepts),
                    topic=topic,
                    status=status,
                    verdict=verdict,
                    reason=reason,
                )
            )


def _listed(clause: Clause, flat: str) -> frozenset[Token]:
    """What a list of contents names (公开财政资金、发展规划等各类信息): words that no row needs to know."""
    tokens = clause.left
    for at in range(len(tokens) - 1, 0, -1):
        if tokens[at].value == "info" and flat[tokens[at - 1].start] == "等":
            first = next(
                (
                    i
                    for i in range(at - 1, -1, -1)
                    if tokens[i].kind == "concept" and "disc" in tokens[i].value
                ),
                None,
            )
            if first is not None:
                return frozenset(
                    t for t in tokens[first + 1 : at - 1] if t.kind in ("unknown", "matter", "fill")
                )
    return frozenset()


def _idle(clause: Clause, number: Number, concepts: Collection[str]) -> bool:
    """A number that counts nothing: a bare one without unit or concept (a cell of a table that lost its grid, a
    telephone), and 一 of a figure of speech."""
    return (not number.unit and not concepts) or (clause.figure is not None and clause.figure.value == "一")


def _group(topic: str) -> frozenset[str]:
    """Subjects that are told together: what one of them is, its neighbours in the sentence are."""
    return next((g for g in (_DISPUTES, _DECIDED) if topic in g), frozenset((topic,) if topic else ()))


def topic_is(decisions: Sequence[Decision], topic: str) -> bool:
    return topic in decisions[0].topics


def _about(found: Sequence[Token]) -> bool:
    concepts = set(concepts_of(found))
    return bool(concepts & {"gk", "recon", "lit", "points"}) or {"full", "part"} <= concepts


def _topic(clause: Clause) -> str:
    """The subject that a clause names last; "joint" where it names two kinds of dispute for one figure."""
    topics = [t.topic for t in clause.all if t.topic]
    if not topics:
        return ""
    return topics[-1]


def _compares(clause: Clause) -> bool:
    return any(t.kind == "cmp" for t in clause.all)


def _aside(clause: Clause) -> bool:
    """(去年同期108件), 上年为91件: another year's figure that moves nothing."""
    if clause.figure is None or any(t.topic for t in clause.all):
        return False
    times = [t for t in clause.left if t.kind == "time"]
    return (
        bool(times)
        and all(t.value in ("past", "this") for t in times)
        and times[0].value == "past"
        and not clause.concepts
    )


def _carry_year(clause: Clause, year: int | None) -> set[str]:
    """Which way a case is carried: the year beside 结转."""
    found: set[str] = set()
    for token in clause.all:
        if token.kind != "time":
            continue
        if token.value in ("past", "next"):
            found.add("prev" if token.value == "past" else "next")
        elif token.value == "year" and year is not None and token.year != year:
            found.add("prev" if token.year < year else "next")
    return found


def _verb(clause: Clause, flat: str) -> str:
    return next((flat[t.start : t.end] for t in clause.all if t.kind == "concept" and t.value in _VERBS), "")


def _may_hold_carried(said: list[Said], first: int, clause: Clause) -> None:
    """收到120件(含上年结转8件): the figure may hold what was carried in."""
    if clause.opener != "(" and not any(t.kind == "sub" for t in clause.left):
        return
    for index in range(len(said) - 2, first - 1, -1):
        if said[index].decisions and said[index].decisions[0].indicator == "application.received":
            said[index] = said[index]._replace(
                status="doubtful", verdict="doubt", reason="may hold what was carried in"
            )
            return


def _not_ours(said: list[Said], first: int) -> None:
    """行政复议5件(均为行政处罚类): the figures of its kind in the sentence are another matter's."""
    if first == len(said):
        return
    group = _group(said[-1].topic.partition(".")[0])
    for index in range(first, len(said)):
        s = said[index]
        if s.topic.partition(".")[0] in group & _OTHERS_TOO and s.status in ("claimed", "doubtful"):
            said[index] = s._replace(status="foreign", verdict="foreign", reason="other matter", decisions=())


def _settled(said: list[Said]) -> list[Said]:
    """One sentence's figures: a sure one settles the doubtful and weak ones of its kind; two sure ones that
    differ are both in doubt."""
    sure: dict[tuple[str, str], set[Figure]] = {}
    for s in said:
        for d in s.decisions:
            if s.status == "claimed" and s.verdict == "take":
                sure.setdefault((d.indicator, d.applicant), set()).add(s.value)
    sites = {
        s.value
        for s in said
        if s.status != "foreign"
        and s.concepts & {"website"}
        and "disc" in s.concepts
        and not s.nil
        and s.reason != "comparison"
    }
    kept = []
    for s in said:
        if (
            len(sites) > 1
            and s.status == "claimed"
            and s.decisions[0].indicator == "proactive.channel.website"
        ):
            s = s._replace(status="doubtful", verdict="doubt", reason="one site of several")
        figures = {v for d in s.decisions for v in sure.get((d.indicator, d.applicant), ())}
        if s.status == "claimed" and s.verdict == "take" and len(figures) > 1 and not s.nil:
            s = s._replace(status="doubtful", verdict="doubt", reason="two figures for one thing")
        elif figures and (s.verdict == "weak" or s.reason in _PARTS) and s.status in ("claimed", "doubtful"):
            s = s._replace(status="foreign", reason="another time beside a sure figure", decisions=())
        kept.append(s)
    return kept


# --- what is handed over ---------------------------------------------------------------------------------------


def _money(value: Figure, unit: str, printed: str) -> Decimal:
    """``value`` printed in 元, 万元 or 亿元 -> in the indicator's ``unit``, exactly."""
    yuan = Decimal(value) * {"元": 1, "万元": 10_000, "亿元": 100_000_000}.get(printed, 1)
    return yuan / 10_000 if unit == "万元" else yuan


def _observe(
    said: Said, decision: Decision, paragraph: Paragraph, indicator: Indicator
) -> Observation | None:
    unit = indicator.unit.split("|")[0]
    value: Figure = said.value
    if unit in ("万元", "元"):
        value = Decimal(value) if said.unit == unit else _money(value, unit, said.unit or "元")
    elif not isinstance(value, int):
        return None
    a, b = raw_span(paragraph.text, said.start, said.end)
    sure = said.status == "claimed"
    state: State = "text_zero" if said.nil else "reported"
    if not sure:
        state = "ambiguous"
    return Observation(
        decision.indicator,
        decision.applicant or ("total" if indicator.dimension == "applicant" else None),
        value if sure else None,
        paragraph.text[a:b],
        unit,
        said.approx,
        state,
        value if sure else None,
        "as_printed" if sure else None,
        "text",
        f"{paragraph.locator}:{a}-{b}",
        indicator.label_zh,
        decision.decision_id,
        f"sentence {decision.decision_id}" + (f"; verb {said.verb}" if said.verb else ""),
        () if sure else (value,),
    )


def _from_heading(found: Labelled, paragraph: Paragraph, indicator: Indicator) -> Observation:
    unit = indicator.unit.split("|")[0]
    value = found.value
    if value is not None and unit in ("万元", "元"):
        value = Decimal(value) if found.unit in ("", unit) else _money(value, unit, found.unit)
    return Observation(
        found.indicator,
        "total" if indicator.dimension == "applicant" else None,
        value,
        paragraph.text.strip(),
        unit,
        found.approx,
        found.state,
        value,
        None if value is None else "as_printed",
        "text",
        paragraph.locator,
        indicator.label_zh,
        "heading",
        "value under its heading" if value is not None else "heading without an answer",
    )


class Prose(NamedTuple):
    """What one report's prose gives."""

    observations: list[Observation]
    statements: list[Statement]


def read_sentences(
    paragraphs: Sequence[Paragraph],
    *,
    template: str,
    year: int | None,
    codebook: Codebook,
    issuer: str | None = None,
    narrow: bool = False,
) -> list[Observation]:
    """The observations of ``read_prose`` alone."""
    return read_prose(
        paragraphs, template=template, year=year, codebook=codebook, issuer=issuer, narrow=narrow
    ).observations


def read_prose(
    paragraphs: Sequence[Paragraph],
    *,
    template: str,
    year: int | None,
    codebook: Codebook,
    issuer: str | None = None,
    narrow: bool = False,
) -> Prose:
    """All figures that one report's prose states, in reading order, and a statement for every number.

    ``paragraphs`` are one report's, headings included; ``year`` its report year (None: not known, then only
    unmistakable sentences count); ``issuer`` its body if known, else titles in the text tell; ``narrow``: it
    reports for one office alone, so that 全市共收到 is not surely its own. Each observation
    has ``method`` "text", ``locator`` = the paragraph's locator, ``:``, the characters of the statement, and
    ``rule`` = the decision's id. The same indicator may appear twice with different figures: nothing is chosen
    here. A statement that may be another body's or another period's has state ``ambiguous``, no value, and
    its figure in ``candidates``. Money is a Decimal in the indicator's unit.
    """
    flats = [mask_titles(flatten_sentence_text(hide_names(p.text[:MAX_TEXT]))) for p in paragraphs]
    names = self_names(flats, issuer)
    reader = _Reader(codebook, codebook.family_of(template), year, names, narrow)
    said: list[Said] = []
    heading = section = lead = under = ""
    skipping = False
    for at, flat in enumerate(flats):
        head = ""
        if len(flat) < 50 and _SECTION.match(flat):
            skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
            head = section = flat
        elif len(flat) < 40 and re.match(r"^[(（\d]", flat) and not flat.endswith("。"):
            head = flat
        elif len(flat) < 30 and _BARE_SECTION.fullmatch(flat):
            if not _SECTION.match(section):
                skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
                section = flat
            head = flat
        if head:
            under = head
            heading = reader.topic_of(head) or (reader.topic_of(section) if head != section else "")
        lead = _lead(flats, at, lead)
        if skipping or len(flat) < 2:
            continue
        topic = (reader.topic_of(lead) if lead else "") or heading
        said += reader.paragraph(at, flat, topic, under if flat is not under else "")
    return _handed_over(said, flats, paragraphs, template, codebook)


def _lead(flats: Sequence[str], at: int, lead: str) -> str:
    """What an item of a list stands under: the paragraph before it, and what that one stood under if it is an
    item too."""
    if not at or not (_ITEM.match(flats[at]) or flats[at - 1].endswith((":", ";"))):
        return ""
    if _SECTION.match(flats[at]) or _SECTION.match(flats[at - 1]):
        return ""
    held = f"{lead}。" if lead and _ITEM.match(flats[at - 1]) else ""
    return (held + flats[at - 1])[-400:]


def _handed_over(
    said: Sequence[Said],
    flats: Sequence[str],
    paragraphs: Sequence[Paragraph],
    template: str,
    codebook: Codebook,
) -> Prose:
    lines = read_list_lines(flats, codebook) if codebook.family_of(template) == "narrative" else []
    whole = {line.at for line in lines}
    found: list[tuple[int, int, Observation]] = []
    told: list[Statement] = []
    for s in said:
        if s.at in whole:
            continue
        paragraph = paragraphs[s.at]
        a, b = raw_span(paragraph.text, s.start, s.end)
        if s.status in ("claimed", "doubtful"):
            for decision in s.decisions:
                indicator = codebook.indicator(template, decision.indicator)
                seen = _observe(s, decision, paragraph, indicator) if indicator else None
                if seen is not None:
                    found.append((s.at, s.start, seen))
        told.append(
            Statement(
                s.value,
                s.unit,
                paragraph.text[a:b],
                f"{paragraph.locator}:{a}-{b}",
                s.status,
                s.decisions[0].indicator if s.decisions else None,
                s.reason,
            )
        )
    for labelled in [*lines, *(h for h in read_headings(flats, codebook) if h.at not in whole)]:
        indicator = codebook.indicator(template, labelled.indicator)
        if indicator is not None:
            found.append((labelled.at, 0, _from_heading(labelled, paragraphs[labelled.at], indicator)))
    found.sort(key=lambda f: f[:2])
    return Prose(_once(f[2] for f in found), told)


def _once(observations: Iterable[Observation]) -> list[Observation]:
    """One observation a statement: the same indicator read twice from one place counts once."""
    kept: dict[tuple[object, ...], Observation] = {}
    for o in observations:
        place = o.locator if o.state == "reported" else o.locator.split(":")[0]
        kept.setdefault((o.indicator, o.applicant, o.value, o.candidates, o.state, place), o)
    return list(kept.values())
