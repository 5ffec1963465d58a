"""The grammar: how concepts, subject, time and body pass from clause to clause, and what a figure, a nil, 均 and
各 make of them. Words are rows of ``codebook/lexicon.csv``, what a phrase counts is a row of
``codebook/decisions.csv``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.codebook import Codebook, Decision
from pipeline.extract.prose.clauses import Clause, clauses, concepts_of, sentences
from pipeline.extract.prose.context import OWN, body_of, named_body, own_surfaces
from pipeline.extract.prose.decide import Form, Phrase, decider_of
from pipeline.extract.prose.phrases import (
    ASKS,
    CHANNELS,
    OUTCOMES,
    OUTSIDE,
    PARTS,
    SHARED,
    Subject,
    about_of,
    carry_way,
    channels_of,
    idle,
    items_of,
    labelled,
    names_all,
    phrase_of,
    reposted_by,
    segments_of,
    speaks_of_disclosure,
    subject_of,
)
from pipeline.extract.prose.told import (
    DECIDED,
    DISPUTES,
    JOINTS,
    NIL,
    RESULTS,
    Judged,
    Said,
    carried_in_doubts,
    disputes_of,
    has,
    is_aside,
    listed,
    not_ours,
    settled,
    topic_of,
    verb_of,
)
from pipeline.extract.prose.words import (
    Number,
    Token,
    lexicon_of,
    may_state,
    own_words,
    tokens,
    tokens_of_heading,
)

MAX_CLAUSE = 60
"""Tokens of a clause that are understood together."""
_SHORT = 16
"""A paragraph of fewer characters may be the whole answer to its heading (无。)."""
_HEADLINE = 12
"""Tokens of a sentence that may be a heading in its paragraph."""
_BY_THE_WAY = frozenset(("meet", "train", "infofee"))
"""Subjects that a sentence without figures only mentions (对疑难申请采取专题会的方式)."""
_OURS = DISPUTES | {"dispute", "staff"}
_ANSWERED = OUTCOMES | {"done", "reply", "handle", "carry"}
ENOUGH_OUTCOMES = 3
APPLICANTS_FROM = 2019
"""The first year whose form has a column for every kind of applicant."""


class _Sentence(NamedTuple):
    """The sentence that is read: of paragraph ``at``, whose text is ``flat``; ``said`` grows."""

    at: int
    flat: str
    said: list[Said]
    years: set[int]


class Reader:
    """Reads paragraphs of one report: of a form's family and year, of the body that ``names`` name."""

    def __init__(
        self, codebook: Codebook, family: str, year: int | None, names: Sequence[str], *, narrow: bool
    ) -> None:
        self.family, self.year, self.names, self.narrow = family, year, names, narrow
        self.decide = decider_of(codebook, Form(family, year)).decide
        self.lexicon = lexicon_of(codebook)
        self.own = own_words(own_surfaces(names))
        self.heads: dict[str, Sequence[Token]] = {}

    def _head(self, flat: str) -> Sequence[Token]:
        if flat not in self.heads:
            named = any(beginning in flat for beginning in self.own)
            found = tokens(flat, self.lexicon, self.own) if named else tokens_of_heading(flat, self.lexicon)
            self.heads[flat] = found
        return self.heads[flat]

    def topic_of(self, flat: str) -> str:
        """The subject of a heading or of the line that a list stands under."""
        found = self._head(flat)
        topics = {t.topic for t in found if t.topic}
        concepts = set(concepts_of(found))
        if not topics:
            asks = concepts & (ASKS | OUTCOMES)
            return "ask" if asks else "matter" if has(found, "matter") else ""
        if len(topics) == 1:
            return topics.pop()
        if topics <= DISPUTES | {"ask"}:
            return "dispute"
        return "ask" if "ask" in topics and topics <= {"ask", "ask.replied", "disclosed"} else ""

    def stating(self, flat: str) -> Sequence[Token]:
        """The tokens of a paragraph that states a number or denies something; of another none."""
        found = tokens(flat, self.lexicon, self.own) if may_state(flat) else []
        return found if has(found, "number", "neg") else []

    def paragraph(self, at: int, flat: str, found: Sequence[Token], topic: str, heading: str) -> list[Said]:
        """What a paragraph states, ``found`` being its tokens, under its subject and the heading that it stands
        under."""
        head = self._head(heading)
        ours = topic in _OURS or speaks_of_disclosure(head) or speaks_of_disclosure(found)
        subject = Subject(topic, ours=ours)
        if len(flat) < _SHORT and not concepts_of(found):
            subject = subject._replace(head=tuple(head))
        told: list[Said] = []
        for words in sentences(found):
            subject = subject.next_sentence(narrow=self.narrow)
            if subject.topic.startswith("matter") and {"info", "gk"}.intersection(concepts_of(words)):
                subject = subject._replace(topic=topic)
            if has(words, "number", "neg"):
                sentence, before = _Sentence(at, flat, [], set()), subject.topic
                subject = self._sentence(sentence, words, subject)
                if subject.head:
                    subject = subject._replace(head=())
                if subject.topic in _BY_THE_WAY.difference(s.topic for s in sentence.said if s.decisions):
                    subject = subject._replace(topic=before)
                told += settled(sentence.said)
            else:
                subject = self._carried(clauses(words), subject)
        return told

    def _carried(self, held: Sequence[Clause], subject: Subject) -> Subject:
        """What a sentence without figures leaves to those behind it: time and subject."""
        for clause in held:
            if "time" in clause.kinds and "cmp" not in clause.kinds:
                subject = subject._replace(clock=subject.clock.after(clause.all, self.year, set()))
            topic = clause.topic
            if topic in _BY_THE_WAY and (len(held) > 1 or len(clause.all) >= _HEADLINE):
                topic = ""
            if not topic and (ASKS | {"reply"}).intersection(clause.concepts):
                topic = "ask.replied" if "reply" in clause.concepts else "ask"
            if not topic and len(held) == 1 and len(clause.all) < _HEADLINE and "matter" in clause.kinds:
                topic = "matter"
            if topic and topic != subject.topic:
                subject = subject._replace(topic=topic)
        head = held[0].all if len(held) == 1 and len(held[0].all) < _HEADLINE else ()
        return subject._replace(head=head) if head or subject.head else subject

    def _sentence(self, sentence: _Sentence, words: Sequence[Token], subject: Subject) -> Subject:
        concepts = concepts_of(words)
        if len(OUTCOMES.intersection(concepts)) >= ENOUGH_OUTCOMES and not subject.topic:
            subject = subject._replace(topic="ask")
        outer: list[Subject] = []
        before: Clause | None = None
        held = clauses(words)
        costs = segments_of(held, "expense") if "expense" in concepts else frozenset()
        for at, clause in enumerate(held):
            while len(outer) > clause.depth:
                left = outer.pop()
                subject = subject._replace(topic=left.topic, clock=left.clock, body=left.body)
            while len(outer) < clause.depth:
                outer.append(subject)
            if clause.opener == ";" and any(t.value == "way" for t in clause.left):
                subject = subject._replace(body=OWN)
            clause = labelled(clause, before, subject)
            if len(clause.all) <= MAX_CLAUSE:
                paid = DISPUTES - subject.tainted if at in costs else frozenset()
                barred = subject._replace(tainted=subject.tainted | paid) if paid else subject
                subject = self._clause(sentence, clause, before, barred)
                if paid:
                    subject = subject._replace(tainted=subject.tainted - paid)
                before = clause
        return subject

    def _clause(
        self, sentence: _Sentence, clause: Clause, before: Clause | None, subject: Subject
    ) -> Subject:
        name, named = named_body(clause, sentence.flat)
        part = "sub" in clause.left_kinds or (
            before is not None and not before.figure and "sub" in before.kinds
        )
        body = body_of(
            *(clause, sentence.flat, name, named, self.names, subject.body), narrow=self.narrow, part=part
        )
        site, held = body.kind == "site", subject.body
        if body is not held:
            subject = subject._replace(body=body)
        concepts = set(clause.concepts)
        carries = bool(concepts & {"carry", "inprogress"})
        if carries:
            concepts |= carry_way(clause.all, self.year)
        elif "cmp" not in clause.kinds and not is_aside(clause):
            clock = subject.clock
            if "time" in clause.kinds:
                clock = clock.after(clause.all, self.year, sentence.years)
            if clock.each and not clause.number:
                clock = clock._replace(each=False)
            if clock is not subject.clock:
                subject = subject._replace(clock=clock)
        plans = "plan" in clause.left_kinds
        if plans and any(t.kind == "plan" and t.value == "strong" for t in clause.left):
            subject = subject._replace(planned=True)
        if plans or subject.planned:
            return subject._replace(body=held) if site else subject
        subject, topic, matter = subject_of(clause, concepts, subject, named)
        if "reply" in concepts and topic == "ask" and not carries:
            topic = "ask.replied"
        if content := listed(clause, sentence.flat):
            subject = subject._replace(about="of")
            named |= content
            concepts = set(concepts_of([t for t in clause.all if t not in content]))
            if matter and not any(t.kind == "matter" and t not in named for t in clause.all):
                matter, topic = "", subject.topic if topic.startswith("matter") else topic
        if clause.number is None:
            subject = self._without_figure(sentence, clause, before, subject, topic, named)
        elif clause.number.kind not in ("time", "id"):
            subject = self._figure(sentence, clause, clause.number, concepts, subject, topic, matter, named)
        return subject._replace(body=held) if site else subject

    def _without_figure(
        self,
        sentence: _Sentence,
        clause: Clause,
        before: Clause | None,
        subject: Subject,
        topic: str,
        named: frozenset[Token],
    ) -> Subject:
        concepts = clause.concepts
        if "neg" in clause.kinds:
            self._nil(sentence, clause, before, subject, topic, named)
        elif sentence.said:
            self._of_every_one(sentence, clause, subject)
        if not topic and ASKS.intersection(concepts):
            topic = "ask"
        if "cmp" not in clause.kinds:
            channels = channels_of(concepts)
            ground = any(t.value == "ground" for t in clause.all)
            many = len(set(channels)) > 1 or any(t.value == "many" for t in clause.all)
            subject = subject._replace(
                topic=topic,
                channels=() if ground else ("many",) if many else channels or subject.channels,
                about=about_of(clause),
            )
        if "asker" in concepts and "apply" not in concepts and not subject.asked:
            subject = subject._replace(asked=True)
        return subject

    def _figure(
        self,
        sentence: _Sentence,
        clause: Clause,
        number: Number,
        found: Collection[str],
        subject: Subject,
        topic: str,
        matter: str,
        named: frozenset[Token],
    ) -> Subject:
        said, own = sentence.said, clause.topic
        if topic == "lit" and len(of := disputes_of(clause)) == 1:
            topic = own = min(of)
        concepts, topic = phrase_of(clause, number, set(found), subject, topic, own, said)
        kind = "case" if number.value == 0 and number.kind == "doc" else number.kind
        unread = ""
        if not clause.kinds.isdisjoint(("unknown", "id")):
            unread = "".join([t.value for t in clause.all if t.kind in ("unknown", "id") and t not in named])
        decisions: tuple[Decision, ...] = ()
        if "cmp" in clause.left_kinds or is_aside(clause):
            judged = Judged("foreign", "foreign", "comparison")
        elif "neg" in clause.left_kinds:
            judged = Judged("unclaimed", "take", "denied")
        elif matter in ("office", "as before") and subject.office == own:
            decisions = self.decide(Phrase(frozenset({own}), own, kind, "figure"))
            judged = Judged("doubtful", "doubt", "its own or handled for others")
            if not decisions or unread:
                decisions, judged = (), Judged("foreign", "foreign", matter)
        elif (matter and not own) or topic.startswith("matter"):
            judged = Judged("foreign", "foreign", matter or topic.partition(".")[2] or "heading")
        elif unread or matter:
            judged = Judged("unclaimed", "take", f"unread: {unread or matter}")
            if "apply" in concepts and not concepts & {"gk", "request"} and subject.topic[:3] != "ask":
                topic = "unread"
        elif len(disputes := disputes_of(clause)) > 1:
            self._shared(sentence, clause, number, subject, disputes)
            return subject._replace(topic="")
        elif not concepts and "time" in clause.left_kinds and said and said[-1].decisions:
            decisions = said[-1].decisions
            judged = self._judged(decisions[0], subject, clause, counted=True)
        else:
            decisions = self.decide(Phrase(frozenset(concepts), topic, kind, "figure"))
            if not self._holds(decisions, clause, subject, concepts):
                decisions = ()
            shown = " ".join(sorted(concepts)) + (f" of {topic}" if topic else "")
            judged = Judged("unclaimed", "take", f"no decision: {shown}")
            if decisions:
                judged = self._judged(decisions[0], subject, clause, counted=bool(said))
        if not decisions and idle(clause, number, concepts):
            return subject
        if number.scaled and judged.status == "claimed":
            judged = Judged("doubtful", "doubt", "万 behind a plain number")
        if decisions and not topic and decisions[0].topics[0] not in ("*", "none"):
            topic = decisions[0].topics[0]
        if "approx" in clause.kinds and not number.approx:
            number = number._replace(approx=True)
        joined = clause.opener in JOINTS and bool(said)
        said.append(
            Said(
                *(sentence.at, clause.start, clause.end, number, False, decisions, judged),
                *(verb_of(clause, sentence.flat), topic, frozenset(concepts), joined),
            )
        )
        if {"carry", "prev"} <= concepts and number.value:
            carried_in_doubts(said, clause)
        if decisions and "application.received" in said[-1].whole:
            subject = subject._replace(asked=True)
        elif subject.asked and concepts & _ANSWERED:
            subject = subject._replace(asked=False)
        if own in DISPUTES and judged.reason.startswith("no decision"):
            subject = subject._replace(tainted=subject.tainted | DISPUTES)
            topic = "matter.undecided"
        if {"train", "attend"} <= concepts and not decisions:
            subject = subject._replace(tainted=subject.tainted | {"train"})
        channels = OUTSIDE if concepts & CHANNELS else () if own else subject.channels
        if number.kind == "place" and len(concepts) == 1 and concepts & CHANNELS:
            parallel = clause.opener == ";" and len({c for s in said for c in s.concepts & CHANNELS}) > 1
            channels = tuple(concepts) if "sub" in clause.left_kinds or parallel else channels
        clock = subject.clock.next_figure()
        return subject._replace(clock=clock, topic=topic, about="", channels=channels)

    def _shared(
        self, sentence: _Sentence, clause: Clause, number: Number, subject: Subject, disputes: set[str]
    ) -> None:
        """行政复议、行政诉讼各2件 is a figure of each, 0 of both is 0 of each; 共5件 is none of one."""
        each = (number.value == 0 or "each" in clause.left_kinds) and clause.kinds.isdisjoint(
            ("unknown", "matter")
        )
        for of in sorted(disputes) if each else [""]:
            decisions = self.decide(Phrase(frozenset([of]), of, number.kind, "figure"))
            judged = Judged("unclaimed", "take", "shared by several")
            if decisions:
                judged = self._judged(decisions[0], subject, clause)
            verb = verb_of(clause, sentence.flat)
            place = (sentence.at, clause.start, clause.end)
            sentence.said.append(
                Said(*place, number, False, decisions, judged, verb, of, frozenset([of]), joined=True)
            )

    def _holds(
        self, decisions: Sequence[Decision], clause: Clause, subject: Subject, concepts: Collection[str]
    ) -> bool:
        """What a decision asks of what stands around its phrase."""
        if not decisions:
            return False
        first = decisions[0]
        if any(d.applicant for d in decisions):
            known = self.family != "narrative" or (self.year or 0) >= APPLICANTS_FROM
            return known and (subject.asked or "recv" in concepts)
        if first.need == {"apply"}:
            among = any(t.value == "among" for t in clause.right)
            return bool(concepts_of(clause.left)) and not among
        if "repost" in concepts and not reposted_by(clause):
            return False
        if first.need == {"other"} and "disclosed" in first.topics:
            return "many" in subject.channels
        part = "sub" in clause.left_kinds
        if concepts == {"normdoc", "disc"} and part:
            return False
        part_of = concepts in PARTS and part
        return not part_of or subject.topic in ("", "disclosed", "ask")

    def _judged(
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
        body = subject.body.verdict
        if "foreign" in (when, body):
            return Judged("foreign", "foreign", "another time" if when == "foreign" else "another body")
        if when == "doubt":
            return Judged("doubtful", "doubt", "of several years")
        if body == "doubt":
            return Judged("doubtful", "doubt", "of a part of the bodies")
        about = subject.about == "of" or (subject.about == "deed" and not names_all(clause))
        if decision.total and (about or "topic" in clause.left_kinds):
            return Judged("doubtful", "doubt", "of one topic")
        if "doubtful" in decision.reads:
            return Judged("doubtful", "doubt", "a word of two meanings")
        return Judged("claimed", when)

    def _nil(
        self,
        sentence: _Sentence,
        clause: Clause,
        before: Clause | None,
        subject: Subject,
        topic: str,
        named: frozenset[Token],
    ) -> None:
        """未, 没有, 无 and 为零 say 0 of each thing that they deny."""
        found = clause.all
        if not topic_of(found) and not clause.concepts and before is not None and before.figure is None:
            found = (*before.all, *found)
        items = items_of(found)
        last = set(concepts_of(items[-1]))
        shared = ({"gk"} & set(concepts_of(found))) | (last & RESULTS)
        for item in items:
            concepts = set(concepts_of(item)) | shared
            if any(t.kind == "neg" and t.value == "fee" for t in item):
                concepts.add("fee")
            if not concepts - {"gk"} and len(items) > 1:
                continue
            own = topic_of(item) or ("fee" if "fee" in concepts else "")
            paid = "fee" in concepts or topic == "fee"
            own = "fee" if own == "ask" and paid and concepts <= {"fee", "onreq", "gk", "info"} else own
            of = own or topic
            if "carry" in concepts:
                concepts |= carry_way(item, self.year)
            if of == "complaint" and subject.ours:
                of = "complaint.ours"
            unread = "".join(
                sentence.flat[t.start : t.end]
                for t in item
                if t.kind in ("unknown", "matter", "id") and t not in named
            )
            decisions: tuple[Decision, ...] = ()
            judged = Judged("unclaimed", "take", f"unread: {unread}")
            if not unread:
                if of.startswith("matter") or of in subject.tainted:
                    continue
                phrase = Phrase(frozenset(concepts), of, "", "nil")
                more = phrase._replace(concepts=frozenset(concepts | (last & SHARED)))
                decisions = self.decide(phrase) or self.decide(more)
                judged = Judged("unclaimed", "take", "no decision: " + " ".join(sorted(concepts)))
                if decisions:
                    judged = self._judged(decisions[0], subject, clause, nil=True)
            if decisions or (own and "bad" not in concepts) or (unread and "apply" in concepts):
                verb = verb_of(clause, sentence.flat)
                place = (sentence.at, clause.start, clause.end)
                sentence.said.append(
                    Said(*place, NIL, True, decisions, judged, verb, of, frozenset(concepts))
                )

    def _of_every_one(self, sentence: _Sentence, clause: Clause, subject: Subject) -> None:
        """均已答复, 全部维持, 均为当面申请: the figure before, again; of one case also without 均."""
        said, concepts = sentence.said, frozenset(clause.concepts)
        every, other = "all" in clause.left_kinds, "matter" in clause.kinds
        if every and ("notgk" in concepts or ("gk" not in concepts and (concepts & DECIDED or other))):
            not_ours(said)
        elif concepts and clause.kinds.isdisjoint(("unknown", "matter", "plan", "cmp")):
            own = clause.topic
            turned = not clause.opener and not clause.depth
            for last in reversed(said[-1:] if turned else said):
                bare = last.judged.reason.startswith("no decision") and last.concepts <= ASKS
                if last.nil or (last.status == "foreign" and last.decisions):
                    continue
                if last.status == "foreign" or not (last.decisions or bare) or last.joined:
                    return
                if not every and not (last.number.value == 1 and concepts <= RESULTS | DISPUTES):
                    continue
                inherits = not own or own.startswith("ask") or last.topic.startswith(own)
                topic = last.topic if inherits and not (bare and own.startswith("ask")) else own
                decisions = tuple(
                    d
                    for d in self.decide(Phrase(concepts, topic, "", "every"))
                    if "*" not in d.topics and (bare or last.whole & d.whole)
                )
                if decisions:
                    values = {s.number.value for s in said if s.whole & last.whole}
                    if len(values) <= 1:
                        judged = self._judged(decisions[0], subject, clause) if bare else last.judged
                        again = last._replace(start=clause.start, end=clause.end, decisions=decisions)
                        again = again._replace(judged=judged, concepts=concepts)
                        said.append(again._replace(topic=topic))
                    return
