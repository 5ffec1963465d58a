"""The grammar: how concepts, subject, time and body pass from clause to clause, and what a figure, a nil, 均 and
各 make of them. Words are rows of ``codebook/lexicon.csv``, what a phrase counts is a row of
``codebook/decisions.csv``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pipeline.codebook import Codebook, Decision
from pipeline.extract.prose.clauses import Clause, clauses, concepts_of, distributed, sentences
from pipeline.extract.prose.context import OWN, body_of, named_body, own_surfaces
from pipeline.extract.prose.counted import is_part, phrase_of
from pipeline.extract.prose.decide import Form, Phrase, decider_of
from pipeline.extract.prose.denials import deny, of_every_one, of_them_all
from pipeline.extract.prose.grounds import without_why
from pipeline.extract.prose.joined import absent, labelled, unbroken
from pipeline.extract.prose.phrases import (
    ASKS,
    CHANNELS,
    OUTCOMES,
    OUTSIDE,
    Subject,
    about_of,
    carry_way,
    channels_of,
    idle,
    kind_of_unit,
    of_the_year,
    says_what_is_asked,
    segments_of,
    shows_a_field,
    speaks_of_disclosure,
    subject_of,
    topic_of_heading,
)
from pipeline.extract.prose.told import (
    DISPUTES,
    JOINTS,
    Judged,
    Said,
    Sentence,
    about_of_list,
    carried_in_doubts,
    disputes_of,
    flows_in,
    has,
    is_aside,
    listed,
    names_ways,
    of_its_field,
    own_words_of,
    parted,
    settled,
    verb_of,
    without_list,
)
from pipeline.extract.prose.verdicts import Judge, of_each
from pipeline.extract.prose.words import Number, Token, lexicon_of, own_words, tokens, tokens_of_heading

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


class Reader:
    """Reads paragraphs of one report: of a form's family and year, of the body that ``names`` name."""

    def __init__(
        self,
        codebook: Codebook,
        family: str,
        year: int | None,
        names: tuple[str, ...],
        *,
        narrow: bool,
        year_named: bool = False,
    ) -> None:
        self.family, self.year, self.names, self.narrow = family, year, names, narrow
        decider = decider_of(codebook, Form(family, year))
        self.judge = Judge(decider, family, year, codebook.first_year_of("sections"), year_named)
        self.lexicon = lexicon_of(codebook)
        self.own = own_words(own_surfaces(names))
        self.heads: dict[str, Sequence[Token]] = {}
        self.spoke: Counter[str] = Counter()

    def sole_speaker(self) -> str:
        """The one body by its full name that figures of a report without an issuer are told of, twice at least."""
        return next((name for name, times in self.spoke.items() if times > 1 and len(self.spoke) == 1), "")

    def _head(self, flat: str) -> Sequence[Token]:
        if flat not in self.heads:
            named = any(beginning in flat for beginning in self.own)
            found = tokens(flat, self.lexicon, self.own) if named else tokens_of_heading(flat, self.lexicon)
            self.heads[flat] = found
        return self.heads[flat]

    def topic_of(self, flat: str) -> str:
        """The subject of a heading or of the line that a list stands under."""
        return topic_of_heading(self._head(flat))

    def stating(self, flat: str) -> Sequence[Token]:
        """The tokens of a paragraph that states a number or denies something; of another none."""
        if not self.lexicon.states.search(flat):
            return ()
        found: Sequence[Token] = tokens(flat, self.lexicon, self.own)
        if "不存在" in flat:
            found = absent(found)
        found = without_why(found)
        return found if has(found, "number", "neg") else []

    def paragraph(self, at: int, flat: str, found: Sequence[Token], topic: str, heading: str) -> list[Said]:
        """What a paragraph states, ``found`` being its tokens, under its subject and the heading that it stands
        under."""
        head = self._head(heading)
        ours = topic in _OURS or speaks_of_disclosure(head) or speaks_of_disclosure(found)
        subject = Subject(topic, ours=ours, field=shows_a_field(head))
        if len(flat) < _SHORT and not concepts_of(found):
            subject = subject._replace(head=tuple(head))
        told: list[Said] = []
        before_it: list[Said] = []
        for words in sentences(found):
            subject = subject.next_sentence(narrow=self.narrow)
            if subject.topic.startswith("matter") and {"info", "gk"}.intersection(concepts_of(words)):
                subject = subject._replace(topic=topic)
            if has(words, "number", "neg"):
                sentence, before = Sentence(at, flat, [], set()), subject.topic
                subject = self._sentence(sentence, words, subject)
                if subject.head:
                    subject = subject._replace(head=())
                if subject.topic in _BY_THE_WAY.difference(s.topic for s in sentence.said if s.decisions):
                    subject = subject._replace(topic=before)
                found_here = settled(sentence.said)
                told += parted(found_here, before_it) if words[0].kind == "sub" else found_here
                before_it = found_here
            else:
                held = clauses(words)
                if before_it and words[0].kind == "all":
                    told += of_them_all(self.judge, Sentence(at, flat, [], set()), held, before_it, subject)
                subject = self._carried(held, subject)
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
            alone = len(held) == 1 and len(clause.all) < _HEADLINE and not says_what_is_asked(clause)
            if not topic and alone and "matter" in clause.kinds:
                topic = "matter"
            if topic and topic != subject.topic:
                subject = subject._replace(topic=topic)
        head = held[0].all if len(held) == 1 and len(held[0].all) < _HEADLINE else ()
        field = subject.field or (len(held) == 1 and shows_a_field(held[0].all))
        return subject._replace(head=head, field=field)

    def _sentence(self, sentence: Sentence, words: Sequence[Token], subject: Subject) -> Subject:
        concepts = concepts_of(words)
        if len(OUTCOMES.intersection(concepts)) >= ENOUGH_OUTCOMES and not subject.topic:
            subject = subject._replace(topic="ask")
        outer: list[Subject] = []
        before: Clause | None = None
        held: Sequence[Clause] = clauses(words)
        if "join" in concepts:
            held = distributed(held)
        if any(c.depth for c in held):
            held = unbroken(held)
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
            elif clause.number:
                self._unread(sentence, clause, clause.number, Judged("unclaimed", "take", "a long clause"))
        if outer:
            subject = subject._replace(topic=outer[0].topic, body=outer[0].body)
        return subject

    def _unread(self, sentence: Sentence, clause: Clause, number: Number, judged: Judged) -> None:
        """A number that is counted and not understood."""
        if number.unit and number.kind not in ("time", "id"):
            sentence.said.append(
                Said(sentence.at, clause.start, clause.end, number, False, (), judged, "", "", frozenset())
            )

    def _clause(self, sentence: Sentence, clause: Clause, before: Clause | None, subject: Subject) -> Subject:
        if subject.topic == "ask" and says_what_is_asked(clause):
            return subject
        if content := listed(clause, sentence.flat):
            about = about_of_list(clause, content, sentence.flat)
            clause = without_list(clause, content)
            shown = about == "listed" and {"disc", "info"}.issubset(clause.concepts)
            subject = subject._replace(about=about, topic="disclosed" if shown else subject.topic)
        name, named = named_body(clause, sentence.flat)
        earlier = subject.clock
        if "unknown" in clause.kinds or "matter" in clause.kinds:
            own = own_words_of(clause, self.names, sentence.flat)
            named |= own
            if of_its_field(clause, own):
                subject = subject._replace(about="of")
        part = "sub" in clause.left_kinds or (
            before is not None and not before.figure and "sub" in before.kinds
        )
        body = body_of(
            *(clause, sentence.flat, name, named, self.names, subject.body), narrow=self.narrow, part=part
        )
        site, held = body.kind == "site", subject.body
        if not self.names and not site and body is not held and (clause.figure or "neg" in clause.kinds):
            self.spoke[name] += 1
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
            if clause.number:
                self._unread(sentence, clause, clause.number, Judged("foreign", "foreign", "plan"))
            return subject._replace(body=held) if site else subject
        subject, topic, matter = subject_of(clause, concepts, subject, named)
        if "reply" in concepts and topic == "ask" and not carries:
            topic = "ask.replied"
        if clause.number is None:
            subject = self._without_figure(sentence, clause, before, subject, topic, named)
        elif clause.number.kind == "time" and "all" in clause.left_kinds and sentence.said:
            of_every_one(self.judge, sentence, clause, subject)  # 均在20个工作日内答复
        elif clause.number.kind not in ("time", "id"):
            subject = self._figure(sentence, clause, clause.number, concepts, subject, topic, matter, named)
            if earlier.stated and any(t.kind == "time" and t.value == "past" for t in clause.left):
                subject = subject._replace(clock=earlier)  # 2025年受理83件,上年继续办理0件,办结77件
        return subject._replace(body=held) if site else subject

    def _without_figure(
        self,
        sentence: Sentence,
        clause: Clause,
        before: Clause | None,
        subject: Subject,
        topic: str,
        named: frozenset[Token],
    ) -> Subject:
        concepts = clause.concepts
        if "neg" in clause.kinds:
            deny(self.judge, sentence, clause, before, subject, topic, named)
        elif sentence.said:
            of_every_one(self.judge, sentence, clause, subject)
        if not topic and ASKS.intersection(concepts):
            topic = "ask"
        if "cmp" not in clause.kinds:
            channels = channels_of(concepts)
            if (
                channels and clause.opener == ")" and CHANNELS.issuperset(subject.channels)
            ):  # 网站以及村(社区)公开栏
                channels = (*channels, *subject.channels)
            ground = any(t.value == "ground" for t in clause.all)
            many = len(set(channels)) > 1 or any(t.value == "many" for t in clause.all) or names_ways(clause)
            subject = subject._replace(
                topic=topic,
                channels=() if ground else ("many",) if many else channels or subject.channels,
                about=about_of(clause) or ("of" if "sub" in clause.left_kinds and not sentence.said else ""),
            )
        if "asker" in concepts and "apply" not in concepts and not subject.asked:
            subject = subject._replace(asked=True)
        return subject

    def _figure(
        self,
        sentence: Sentence,
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
        counts_bodies = bool(clause.right) and clause.right[0].kind == "body"
        kind = kind_of_unit(number, concepts, topic, counts_bodies=counts_bodies)
        unread = ""
        if not clause.kinds.isdisjoint(("unknown", "id")):
            unread = "".join([t.value for t in clause.all if t.kind in ("unknown", "id") and t not in named])
        decisions: tuple[Decision, ...] = ()
        if "cmp" in clause.left_kinds or is_aside(clause):
            judged = Judged("foreign", "foreign", "comparison")
        elif "neg" in clause.left_kinds:
            judged = Judged("unclaimed", "take", "denied")
        elif clause.opener == "(" and said and any(t.value == "cumul" for t in clause.left):
            judged = Judged("foreign", "foreign", "another time")  # 公开23件(累计184件)
        elif counts_bodies and number.kind == "place":
            judged = Judged("unclaimed", "take", "bodies are counted")  # 6家市级部门开展了访谈
        elif matter in ("office", "as before") and subject.office == own:
            decisions = self.judge.decide(Phrase(frozenset({own}), own, kind, "figure"))
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
            of_each(self.judge, sentence, clause, number, subject, disputes)
            return subject._replace(topic="")
        elif of_the_year(clause, concepts) and said and said[-1].decisions:
            decisions = said[-1].decisions
            judged = self.judge.judged(decisions[0], subject, clause, counted=True)
            if "sub" in clause.left_kinds and (judged.status, said[-1].status) == ("claimed", "claimed"):
                said[-1] = said[-1]._replace(judged=Judged("doubtful", "doubt", "of several years"))
        else:
            phrase = Phrase(frozenset(concepts), topic, kind, "figure")
            decisions = self.judge.decide(phrase)
            if number.value == 0 and not any("doubtful" not in d.reads for d in decisions):
                decisions = self.judge.decide(phrase._replace(unit="", reads="nil")) or decisions
            shown_too = any("proactive" in s.concepts for s in said)
            if set(concepts) <= {"refused", "onreq", "request"} and shown_too and not flows_in(said):
                decisions = ()  # 主动公开9条,依申请公开2条,不予公开1条: what documents are, not what was asked
            if not self.judge.holds(decisions, clause, subject, concepts, said):
                decisions = ()
            shown = " ".join(sorted(concepts)) + (f" of {topic}" if topic else "")
            judged = Judged("unclaimed", "take", f"no decision: {shown}")
            if decisions:
                judged = self.judge.judged(decisions[0], subject, clause, counted=bool(said))
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
                *(verb_of(clause, sentence.flat), topic, frozenset(concepts), joined, is_part(clause, said)),
            )
        )
        if {"carry", "prev"} <= concepts and number.value:
            carried_in_doubts(said, clause)
        if any(d.flow == "in" for d in decisions):
            subject = subject._replace(asked=True)
        elif subject.asked and concepts & _ANSWERED:
            subject = subject._replace(asked=False)
        unread_before = any(t.kind == "unknown" for t in clause.left)
        other_kind = judged.reason.startswith("unread") and unread_before and not concepts & {"gk", "request"}
        if own in DISPUTES and (other_kind or judged.reason.startswith("no decision")):
            subject = subject._replace(tainted=subject.tainted | DISPUTES)
            topic = "matter.undecided"
        theirs = own == "train" and unread_before and not any({"train", "gk"} <= s.concepts for s in said)
        if not decisions and (theirs or {"train", "attend"} <= concepts):
            subject = subject._replace(tainted=subject.tainted | {"train"})
        channels = OUTSIDE if concepts & CHANNELS else () if own else subject.channels
        if number.kind == "place" and len(concepts) == 1 and concepts & CHANNELS:
            parallel = clause.opener == ";" and len({c for s in said for c in s.concepts & CHANNELS}) > 1
            channels = tuple(concepts) if "sub" in clause.left_kinds or parallel else channels
        if not topic.startswith("ask") and any(d.flow == "in" for d in decisions):
            topic = "ask"
        clock = subject.clock.next_figure()
        return subject._replace(clock=clock, topic=topic, about="", channels=channels)
