"""What a clause without a figure says: 未, 没有 and 无 (0 of each thing that they deny), 均 and 全部 (the figure before, again)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.codebook import Decision
from pipeline.extract.prose.clauses import Clause, concepts_of
from pipeline.extract.prose.decide import Phrase
from pipeline.extract.prose.phrases import ASKS, OUTCOMES, SHARED, Subject, carry_way, items_of
from pipeline.extract.prose.told import (
    DECIDED,
    DISPUTES,
    NIL,
    RESULTS,
    Judged,
    Said,
    Sentence,
    not_ours,
    topic_of,
    verb_of,
)
from pipeline.extract.prose.verdicts import Judge
from pipeline.extract.prose.words import Token


def deny(
    judge: Judge,
    sentence: Sentence,
    clause: Clause,
    before: Clause | None,
    subject: Subject,
    topic: str,
    named: frozenset[Token],
) -> None:
    """未, 没有, 无 and 为零 say 0 of each thing that they deny."""
    found = clause.all
    of_fees = any(t.kind == "neg" and t.value == "fee" for t in found)
    if (
        not of_fees
        and not topic_of(found)
        and not clause.concepts
        and before is not None
        and before.figure is None
    ):
        found = (*before.all, *found)
    items = items_of(found)
    last = set(concepts_of(items[-1]))
    told = set(concepts_of(found))
    shared = ({"gk"} & told) | (last & RESULTS)
    caused = any(t.value == "cause" for t in found)
    for at, item in enumerate(items):
        concepts = set(concepts_of(item)) | shared
        if concepts == {"disc"} and {"repeal", "normdoc"} <= told:
            concepts = {"issue"}  # 未发布、废止规范性文件
        if not concepts & _DEEDS and not (at and any(t.kind == "neg" for t in item)):
            concepts |= told & _DEEDS
        elif concepts <= _DEEDS:
            concepts |= last & {"normdoc", "reg"}
        if any(t.kind == "neg" and t.value == "fee" for t in item):
            concepts.add("fee")
        if not concepts - {"gk"} and len(items) > 1:
            continue
        own = topic_of(item) or (topic_of(items[-1]) if concepts & {"normdoc", "reg"} else "")
        paid = "fee" in concepts or topic == "fee" or {"collect", "waive"} <= told
        own = own or ("fee" if "fee" in concepts else "")
        own = (
            "fee" if own == "ask" and paid and concepts <= {"fee", "collect", "onreq", "gk", "info"} else own
        )
        of = own or topic
        if "carry" in concepts:
            concepts |= carry_way(item, judge.year)
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
            decisions = judge.decide(phrase) or judge.decide(more)
            if caused and any(d.flow == "in" for d in decisions):
                decisions = ()  # 未发生因依申请公开引发的争议: not that none came in
            judged = Judged("unclaimed", "take", "no decision: " + " ".join(sorted(concepts)))
            if decisions:
                judged = judge.judged(decisions[0], subject, clause, nil=True)
        if decisions or (own and "bad" not in concepts) or "apply" in concepts:
            verb = verb_of(clause, sentence.flat)
            place = (sentence.at, clause.start, clause.end)
            sentence.said.append(Said(*place, NIL, True, decisions, judged, verb, of, frozenset(concepts)))


_DEEDS = frozenset(("added", "issue", "repeal"))
"""What may be denied of several documents (无新增的规章和规范性文件), and several of one (未制发、废止规范性文件)."""
_OF_ONE = RESULTS | DISPUTES | OUTCOMES | {"done", "reply", "ontime"}
"""What may be said of one case without 均 (收到1件,依法予以公开)."""
_DEALT = frozenset(("done", "reply", "ontime", "rate_done", "rate_reply"))


def of_every_one(judge: Judge, sentence: Sentence, clause: Clause, subject: Subject) -> None:
    """均已答复, 全部维持, 均为当面申请: the figure before, again; of one case also without 均."""
    said, concepts = sentence.said, frozenset(clause.concepts)
    rate = [t.value for t in clause.left if t.kind == "percent"]
    every, other = "all" in clause.left_kinds or rate == ["100%"], "matter" in clause.kinds
    if len(said) == 1 and concepts <= _DEALT and any(t.value == "now" for t in clause.left):
        every = True  # 受理10件,已按时办结
    if every and ("notgk" in concepts or ("gk" not in concepts and (concepts & DECIDED or other))):
        not_ours(said)
    elif concepts and clause.kinds.isdisjoint(("unknown", "matter", "plan", "cmp")):
        own = clause.topic
        turned = not clause.opener and not clause.depth
        of_all = (
            [s for s in said if any(d.flow == "in" for d in s.decisions)] if clause.opener == ";" else said
        )
        for last in reversed(said[-1:] if turned else of_all):
            bare = last.judged.reason.startswith("no decision") and last.concepts <= ASKS | {"other"}
            if (
                every
                and concepts <= _DEALT
                and any(d.flow == "left" for d in last.decisions)
                and not last.nil
            ):
                return  # 收到25件,转至下年2件,均已答复: of which of them is not said
            if (
                every
                and last.number.value
                and not last.part
                and any(d.flow == "brought" for d in last.decisions)
            ):
                return  # 收到21件,上年结转1件,均已办结: 22
            if last.nil or (last.status == "foreign" and last.decisions):
                continue
            alone = len(said) == 1  # 收到公民提出的申请2件,均已答复
            flows = alone or any(d.flow for d in last.decisions)
            if concepts <= _DEALT and every and not bare and not flows:
                continue  # 收到8件,其中线下转办1件,均按时办结
            if last.status == "foreign" or not (last.decisions or bare) or last.joined:
                return
            if not every and not (last.number.value == 1 and concepts - {"asker"} <= _OF_ONE):
                continue
            inherits = not own or own.startswith("ask") or last.topic.startswith(own)
            topic = last.topic if inherits and not (bare and own.startswith("ask")) else own
            counted = last.whole or {d.indicator for d in last.decisions if alone}
            decisions = tuple(
                d
                for d in judge.decide(Phrase(concepts, topic, "", "every"))
                if "*" not in d.topics and (bare or counted & d.whole)
            )
            if decisions:
                values = {s.number.value for s in said if s.whole & last.whole}
                if len(values) <= 1:
                    twofold = last.judged.reason == "a word of two meanings"  # 办理41件,均已办结
                    if rate and not twofold:
                        return  # a rate is no figure, but it tells what 办理 means
                    judged = judge.judged(decisions[0], subject, clause) if bare or twofold else last.judged
                    again = last._replace(start=clause.start, end=clause.end, decisions=decisions)
                    again = again._replace(judged=judged, concepts=concepts)
                    said.append(again._replace(topic=topic))
                return
            if last.topic.partition(".")[0] in DISPUTES:
                return  # 行政诉讼2件,均维持: not of the 复议 before


def of_them_all(
    judge: Judge, sentence: Sentence, held: Sequence[Clause], before: Sequence[Said], subject: Subject
) -> Sequence[Said]:
    """What a sentence of its own says of all requests that the one ``before`` tells of (收到29件。均已答复。)."""
    came = [s for s in before if any(d.flow == "in" for d in s.decisions)]
    flows = {d.flow for s in before if s.number.value for d in s.decisions}
    if len(came) != 1 or flows & {"brought", "left"}:
        return ()
    sentence.said.extend(came)
    for clause in held:
        of_every_one(judge, sentence, clause, subject)
    return sentence.said[1:]
