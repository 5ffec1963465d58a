"""What a figure's phrase is made of: the concepts around it and those that it inherits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.extract.prose.clauses import Clause
from pipeline.extract.prose.phrases import CHANNELS, DISCLOSING, FORMS, OUTCOMES, OUTSIDE, Subject
from pipeline.extract.prose.told import DECIDED, JOINTS, Said, names_ways
from pipeline.extract.prose.words import Number

_DEEDS_TOLD = frozenset(["train", "meet", "press"]) | DECIDED
"""Subjects whose 信息 are items that tell of them."""
_OF_DOCUMENTS = frozenset(["issue", "repeal", "inforce", "disc"])
_KINDS_OF_INFO = frozenset(["file", "kind", "class", "policydoc"])
_ONLINE = frozenset(["website", "platform", "f_online"])
_WAYS = FORMS | _ONLINE
_FEW = 2


def phrase_of(
    clause: Clause,
    number: Number,
    concepts: set[str],
    subject: Subject,
    topic: str,
    own: str,
    said: Sequence[Said],
) -> tuple[set[str], str]:
    """Concepts and topic of the figure's phrase with what it inherits: a channel, a fee's total, an office's
    part that is about disclosure, what was done with the documents named before (现行有效规章2件、规范性文件3件)."""
    if subject.channels == OUTSIDE:
        if (concepts & {"info", "added"} or concepts == {"disc"}) and not own and not concepts & CHANNELS:
            concepts.add("of_a_channel")
    elif subject.channels == ("platform",) and "proactive" in concepts:
        pass  # 完善公开专栏,全年主动公开373条: of all that was disclosed
    elif subject.channels != ("many",) and concepts <= DISCLOSING and concepts & {"disc", "info"}:
        concepts |= set(subject.channels)
    if not concepts.isdisjoint(CHANNELS):
        ways = concepts & CHANNELS - {"platform"}
        if len(ways) > 1 and "website" in ways:
            concepts.discard("etc")  # 通过门户网站、某某发布等政务新媒体
        disclosing = {"disc", "info"} <= concepts <= DISCLOSING | CHANNELS
        of_all = disclosing and "website" in ways and _several(clause)
        if ("proactive" in concepts or of_all) and (
            len(ways) > 1 or any(t.value == "many" for t in clause.left) or names_ways(clause)
        ):
            concepts -= CHANNELS  # 通过门户网站、微信公众号发布信息130条
    if "recv" in concepts or concepts >= {"submit", "request"} or concepts >= {"submit", "gk"}:
        if len(concepts & _WAYS - _ONLINE) + bool(concepts & _ONLINE) > 1:
            concepts -= _WAYS  # 通过县政府网站专栏及邮寄方式提交申请55件
        elif "website" in concepts:
            concepts.discard("platform")  # 通过县政府网站依申请公开平台收到申请55件
    shown = clause.opener in JOINTS and any("disc" in s.concepts for s in said)
    if topic.partition(".")[0] in DECIDED and shown and not concepts & {"made", "handle"}:
        concepts.add("class")  # 公开验收信息12条、行政处罚决定书33份
    if number.kind == "doc" and _is_class(clause, number, said):
        concepts.add("class")  # 培训信息6条, 其中行政许可0条: items of information, not deeds
    documents = topic in ("norm", "reg") or topic in DECIDED
    if documents and clause.opener in JOINTS and not concepts & _OF_DOCUMENTS and said:
        alike = said[-1].topic in (("norm", "reg") if topic not in DECIDED else DECIDED)
        concepts |= said[-1].concepts & _OF_DOCUMENTS if alike else set()
    if concepts >= {"disc", "info", "proactive"} and concepts & _KINDS_OF_INFO and _listed_with_info(clause):
        concepts -= _KINDS_OF_INFO  # 主动公开政务信息、文件、通知公告81项
    if concepts == {"other"} and topic.startswith("ask") and not clause.depth and _among_results(said):
        concepts = {"othr"}  # 不予处理1件,其他4件
    if "file" in concepts and "interp" in concepts and _touch(clause, "interp", "file"):
        concepts.discard("file")  # 多样化解读文件100篇
    if clause.concepts.count("disc") > 1 and _touch(clause, "disc", "disc"):
        concepts.add("newmedia")  # 清河发布发布信息459条: an account of that name
    if (
        topic in ("press", "interview")
        and clause.opener in JOINTS
        and said
        and "principal" in said[-1].concepts
    ):
        concepts.add("principal")  # 主要负责同志参加新闻发布会1次、在线访谈2次
    if "join" in concepts and OUTCOMES & concepts:
        concepts.discard("join")  # 分别为予以公开45件、不予公开12件
    if not concepts and number.kind in ("doc", "case"):
        said_alone = {t.value for t in clause.left}
        concepts = {"count"} if "sum" in said_alone else {"done"} if "finished" in said_alone else concepts
    if number.kind == "money" and topic in ("fee", "infofee") and not concepts:
        concepts = {topic}
    if concepts == {"gk"} and topic in ("disclosed", "") and not said and _sums_up(clause, number):
        concepts |= {"disc", "info"}  # 本年度政府信息公开共530条, 全镇政府信息公开566条
    if not concepts and said and _of_its_issues(clause, number, said[-1]):
        return set(said[-1].concepts), said[-1].topic  # 发布信息174期603条
    if concepts == {"gk"} and subject.office and "sub" in clause.left_kinds:
        return {subject.office}, subject.office
    return concepts, topic


def _touch(clause: Clause, first: str, second: str) -> bool:
    return any(
        a.end == b.start and a.value == first and b.value == second and a.kind == b.kind == "concept"
        for a, b in pairwise(clause.left)
    )


def _among_results(said: Sequence[Said]) -> bool:
    """Whether three results of requests at least are told before, one of them right before."""
    told = [s for s in said if s.concepts & OUTCOMES and s.status == "claimed"]
    return len(told) > _FEW and bool(said[-1].concepts & OUTCOMES)


def _sums_up(clause: Clause, number: Number) -> bool:
    """Whether 共 and the year stand before a count of items, or the body whose items they are."""
    summed = any(t.value in ("whole", "sum") for t in clause.left) and "time" in clause.left_kinds
    whose = (
        len(clause.left) > 1
        and clause.left[0].value in ("area", "self", "own")
        and clause.left[-1].value == "gk"
    )
    return number.kind == "doc" and bool(summed or whose)


def _of_its_issues(clause: Clause, number: Number, before: Said) -> bool:
    """Whether a bare count of items stands right behind one of issues."""
    near = not clause.left and clause.opener in ("", ",") and before.end + 1 >= clause.start
    return near and number.kind == "doc" and before.number.kind == "issue"


def _listed_with_info(clause: Clause) -> bool:
    """Whether what was shown is a list of kinds right before its figure, information among them."""
    verbs = [n for n, t in enumerate(clause.left) if "disc" in t.value.split("+")]
    behind = clause.left[verbs[-1] + 1 :] if verbs else ()
    known = all(t.kind in ("concept", "fill", "joint") for t in behind)
    return known and any(t.kind == "joint" for t in behind)


def _several(clause: Clause) -> bool:
    """Whether channels are listed before what is done on them."""
    for token in clause.left:
        if "disc" in token.value:
            break
        if token.kind == "joint" or token.value in ("many", "ways"):
            return True
    return False


def _is_class(clause: Clause, number: Number, said: Sequence[Said]) -> bool:
    """Whether items of information are counted by what they are about: its word right before 信息, or a deed that is
    a part of a count of information."""
    about = any(
        after.value == "info" and before.end == after.start and before.topic in _DEEDS_TOLD
        for before, after in pairwise(clause.left)
    )
    part = number.unit in ("条", "项") and clause.topic in DECIDED and "sub" in clause.left_kinds
    return about or (part and bool(said) and "info" in said[-1].concepts)


def is_part(clause: Clause, said: Sequence[Said]) -> bool:
    """Whether a figure is told as a part: behind 其中, or in a list or one more way (通过公众号5条) behind such a one."""
    one_more = clause.opener in JOINTS or (
        clause.opener == "," and [t.value for t in clause.left[:1]] == ["by"]
    )
    of_parts = one_more and bool(said) and said[-1].part
    return clause.opener != ":" and ("sub" in clause.left_kinds or of_parts)
