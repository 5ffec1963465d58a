"""What a sentence states: a figure or a nil with what it counts and how sure that is, and how the figures of one
sentence settle each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from pipeline.codebook import Decision
from pipeline.extract.prose.clauses import Clause, clause_of, concepts_of
from pipeline.extract.prose.context import Verdict, of_own_field
from pipeline.extract.prose.words import Number, Token
from pipeline.report import Figure, StatementStatus

DISPUTES = frozenset(["recon", "lit", "direct", "after", "complaint", "appeal"])
DECIDED = frozenset(["lic", "pen", "coe"])
RESULTS = frozenset(["upheld", "corrected", "d_other", "d_pending", "withdrawn"])
JOINTS = frozenset("、和及与并") | {"以及", "及其"}
NIL = Number(0, False, "", "", False)
_kind = attrgetter("kind")
_OF_OTHERS = DISPUTES | {"train", "meet"}
_VERBS = frozenset(["recv", "done", "reply", "handle"])
_IN_LISTS = frozenset(["unknown", "matter", "fill", "concept", "topic", "body"])
_NAMES = frozenset(["unknown", "matter"])
_IN_NAMES = frozenset(["unknown", "matter", "fill", "body", "concept"])
_PARTS = frozenset(["of several years", "of a part of the bodies", "of one topic"])


class Judged(NamedTuple):
    """What became of a figure, how sure it is, and why."""

    status: StatementStatus
    verdict: Verdict = "take"
    reason: str = ""


class Said(NamedTuple):
    """A figure or nil of a clause: characters ``start`` to ``end`` of paragraph ``at``, what it counts (no
    decision: unclaimed), what it was read from; ``joined``: told in one breath with the figure before; ``part``: of
    the figure before (其中, 含); ``proof``: the text's arithmetic that makes it sure."""

    at: int
    start: int
    end: int
    number: Number
    nil: bool
    decisions: tuple[Decision, ...]
    judged: Judged
    verb: str
    topic: str
    concepts: frozenset[str]
    joined: bool = False
    part: bool = False
    proof: str = ""

    @property
    def status(self) -> StatementStatus:
        return self.judged.status

    @property
    def whole(self) -> frozenset[str]:
        """The indicators that it counts, those of one kind of applicant aside."""
        return frozenset(d.indicator for d in self.decisions if not d.applicant)


class Sentence(NamedTuple):
    """The sentence that is read: of paragraph ``at``, whose text is ``flat``; ``said`` grows."""

    at: int
    flat: str
    said: list[Said]
    years: set[int]


def group_of(topic: str) -> frozenset[str]:
    """Subjects that are told together: what one of them is, its neighbours in the sentence are."""
    return next((g for g in (DISPUTES, DECIDED) if topic in g), frozenset([topic] if topic else []))


def topic_of(tokens: Sequence[Token]) -> str:
    """The subject that words name last."""
    for token in reversed(tokens):
        if token.topic:
            return token.topic
    return ""


def has(tokens: Sequence[Token], *kinds: str) -> bool:
    return any(map(kinds.__contains__, map(_kind, tokens)))


def disputes_of(clause: Clause) -> set[str]:
    """The kinds of dispute that a clause names; a way of litigation is no kind beside it (直接起诉类行政诉讼)."""
    found = {t.topic for t in clause.all if t.topic} & DISPUTES
    return found - {"lit"} if found & {"direct", "after"} else found


def verb_of(clause: Clause, flat: str) -> str:
    return next((flat[t.start : t.end] for t in clause.all if t.kind == "concept" and t.value in _VERBS), "")


def is_aside(clause: Clause) -> bool:
    """(去年同期108件), 上年为91件: another year's figure that moves nothing."""
    if clause.figure is None or clause.concepts or clause.topic or "time" not in clause.left_kinds:
        return False
    times = [t.value for t in clause.left if t.kind == "time"]
    return times[0] == "past" and not set(times) - {"past", "this"}


def listed(clause: Clause, flat: str) -> frozenset[Token]:
    """What a list of contents names (公开财政资金、发展规划等各类信息), and one of columns (在要闻、公告等栏目): words that no
    row needs to know."""
    tokens = () if {"info", "platform", "disc"}.isdisjoint(clause.concepts) else clause.left
    found: set[Token] = set()
    last = len(tokens)
    for at in range(len(tokens), 0, -1):
        if at > last:
            continue
        here = tokens[at].value if at < len(tokens) else "figure"
        if here == "platform" and flat[tokens[at - 1].start] == "等":
            opens = [i for i in range(at) if tokens[i].value in _NAMED_CHANNELS or tokens[i].value == "by"]
            last = opens[-1] + 1 if opens else 0
            found.update(t for t in tokens[last : at - 1] if t.kind in _IN_LISTS)
        elif (here == "figure" or "info" in here.split("+")) and (ends := _ends_list(tokens, at, flat)):
            verbs = [
                i
                for i in range(ends)
                if "disc" in concepts_of(tokens[i : i + 1]) and tokens[i + 1].kind != "joint"
            ]  # 公开政策文件、执法公开、规划等信息
            if verbs:
                last = verbs[-1] + 1
                found.update(t for t in tokens[last:ends] if t.kind in _IN_LISTS)
    return frozenset(found)


_OF_ALL = ("政府", "政务")
_SUMS = frozenset(("sum", "whole", "cumul"))
_LISTS = 2
"""Joints of a list that names all kinds of what was shown."""


def about_of_list(clause: Clause, content: frozenset[Token], flat: str) -> str:
    """What a list of contents says of the figure behind it: ``listed``: it names all kinds of what was shown
    (公开政策法规、办事指南、工作动态等政府信息共284条); ``one``: a single one; ``of``: some."""
    inside = {t.end for t in content}
    joints = sum(t.kind == "joint" and t.start in inside for t in clause.left)
    behind = clause.left[-3:]
    plain = any(flat[t.start : t.end].startswith(_OF_ALL) or t.value in _SUMS for t in behind)
    if joints >= _LISTS and plain:
        return "listed"
    return "of" if any(t.kind == "joint" for t in clause.left) else "one"


def without_list(clause: Clause, content: frozenset[Token]) -> Clause:
    """The clause without the words of a list; where nothing but the figure stands behind it (公告、政策等120条), its
    last word is for all of them."""
    words = [t._replace(kind="fill", value="f", topic="") if t in content else t for t in clause.left]
    if "info" not in concepts_of(words) and content:
        at = max(n for n, t in enumerate(clause.left) if t in content)
        words[at] = words[at]._replace(kind="concept", value="info")
    return clause_of(words, clause.figure, clause.right, clause.opener, clause.depth)


def _ends_list(tokens: Sequence[Token], at: int, flat: str) -> int:
    """Where 等 stands before word ``at`` with nothing but fillers between (等方面的政府信息); 0 where it does not."""
    for before in range(at - 1, 0, -1):
        if tokens[before].kind != "fill" and tokens[before].value != "disc+proactive":
            return 0
        if flat[tokens[before].start] == "等":
            return before
    return 0


_OF_BODIES = re.compile(r"[局委办厅心站所部院会社馆县市区镇乡]$")
_NAMED_CHANNELS = frozenset(("wechat", "weibo", "website", "newmedia"))
_IN_CHANNEL_NAMES = frozenset(("unknown", "fill", "topic"))
_LONGEST_CHANNEL = 16
_PLACES_TO_SHOW = _NAMED_CHANNELS | {"media", "platform", "gazette"}
_OF_A_FIELD = frozenset(("info", "interp", "normdoc", "class", "kind"))
_NAMED = _NAMED_CHANNELS | {"press", "request"}


def _name_from(words: Sequence[Token], at: int, names: tuple[str, ...], flat: str) -> int:
    """Where the body's own name begins that ends with word ``at`` (市统计局: three words); behind it where none does."""
    best = at + 1
    for first in range(at, -1, -1):
        if first < at and words[first].end != words[first + 1].start:
            break
        if words[first].kind not in _IN_NAMES or words[at].end - words[first].start > 12:
            break
        if of_own_field(flat[words[first].start : words[at].end], names):
            best = first
    return best


def _behind_by(words: Sequence[Token], first: int) -> int:
    """Where the name of a channel begins that stands behind 在 or 通过 with nothing but words without a meaning
    (通过云山高新技术产业开发区门户网站)."""
    at = first
    while at and words[at - 1].end == words[at].start and words[at - 1].kind in _IN_CHANNEL_NAMES:
        if words[at - 1].value == "by":
            named = any(w.kind == "unknown" for w in words[at:first])
            return at if named and words[first - 1].end - words[at].start <= _LONGEST_CHANNEL else first
        at -= 1
    return first


def names_ways(clause: Clause) -> bool:
    """政府网站、新媒体等平台, 政府网站等渠道: not of the site alone."""
    return "website" in clause.concepts and any(t.value == "ways" for t in clause.all)


def _sites(clause: Clause) -> set[Token]:
    """Words of a list of sites and other places behind 通过 (通过某县采购与招标网、交易中心网公开, 通过门户网站、掌上某县等平台):
    all before the last of them."""
    values = [t.value for t in clause.left]
    if "by" not in values or "website" not in clause.concepts:
        return set()
    shown = next((n for n, t in enumerate(clause.left) if t.kind == "concept" and "disc" in t.value), 0)
    sites = [
        n for n in range(values.index("by"), shown) if values[n] in _PLACES_TO_SHOW or values[n] == "ways"
    ]
    return {t for t in clause.left[values.index("by") : sites[-1]] if t.kind in _NAMES} if sites else set()


def own_words_of(clause: Clause, names: tuple[str, ...], flat: str) -> frozenset[Token]:
    """Words that say no other thing: the body's own field (教育信息 of a bureau of education) an account's name
    right before it (书香白河微信公众号), what a press conference is about."""
    words = clause.all
    found = _sites(clause)
    for at, token in enumerate(words):
        if token.kind in _NAMES:
            behind = [w for w in words[at + 1 : at + 3] if w.kind != "fill"]
            field = bool(behind) and behind[0].value in _OF_A_FIELD  # 乡村振兴方面信息
            if field or (token.kind == "unknown" and _OF_BODIES.search(token.value)):
                first = _name_from(words, at, names, flat)
                found.update(words[first : at + 1])
        elif token.kind == "concept" and token.value in _NAMED:
            first = at
            kinds = _NAMES if token.value in _NAMED_CHANNELS else _NAMES | {"fill", "topic"}
            while first and words[first - 1].end == words[first].start:
                if words[first - 1].kind not in kinds and words[first - 1].value != "own":
                    break
                first -= 1
            if token.value in _NAMED_CHANNELS:
                first = _behind_by(words, first)
            found.update(words[first:at])
    return frozenset(found)


def of_its_field(clause: Clause, own: frozenset[Token]) -> bool:
    """发布气象信息2000条 is of the body's own field, not of all; 主动公开各类财政信息1100条 is of all."""
    if "proactive" in clause.concepts and any(t.value == "kinds" for t in clause.left):
        return False
    words = [t for t in clause.all if t.kind != "fill"]
    return any(t in own and after.value in ("info", "kind") for t, after in pairwise(words))


def flows_in(said: Sequence[Said]) -> bool:
    """Has a sentence told how many requests came in?"""
    return any(d.flow == "in" for s in said for d in s.decisions)


def carried_in_doubts(said: list[Said], clause: Clause) -> None:
    """收到120件(含上年结转8件): the figure may hold what was carried in. 办结20件(含上年结转2件) says nothing of those received;
    of 收到并答复21件(含上年结转1件) what was answered stays sure."""
    if clause.opener != "(" and "sub" not in clause.left_kinds:
        return
    for index in range(len(said) - 2, -1, -1):
        s = said[index]
        came = tuple(d for d in s.decisions if d.flow == "in")
        others = tuple(d for d in s.decisions if d.flow != "in")
        if came:
            judged = Judged("doubtful", "doubt", "may hold what was carried in")
            said[index] = s._replace(judged=judged, decisions=came)
            if others:
                said.insert(index, s._replace(decisions=others))
        if came or any(d.flow == "out" for d in others):
            return


def not_ours(said: list[Said]) -> None:
    """行政复议5件(均为行政处罚类): the figures of its kind in the sentence are another matter's."""
    group = group_of(said[-1].topic.partition(".")[0]) & _OF_OTHERS
    for index, s in enumerate(said):
        if s.topic.partition(".")[0] in group and s.status in ("claimed", "doubtful"):
            said[index] = s._replace(judged=Judged("foreign", "foreign", "other matter"), decisions=())


_ON_A_SITE = frozenset(
    ["website", "platform", "disc", "proactive", "info", "file", "kind", "class", "count", "upd"]
)
PART = "a part of the figure before"


def _of_a_site(s: Said) -> bool:
    """A figure of one site, or of its columns; not one of several channels together."""
    told = s.decisions or "platform" in s.concepts
    return (
        bool(told) and s.status != "foreign" and {"website", "disc"} <= s.concepts <= _ON_A_SITE and not s.nil
    )


def _of_a_column(s: Said) -> bool:
    """通过专题专栏发布信息318条: of a column, which is a part where its site is told of."""
    return "platform" in s.concepts and "website" not in s.concepts


def parts_of(said: Sequence[Said], whole: Said) -> set[Figure]:
    """Figures of the same thing that are told as a part of another: they contradict no whole, unless it is what was
    disclosed of one's own accord and the whole is not."""
    behind = said if whole.part else said[said.index(whole) :]
    alike = [s.number.value for s in behind[1:] if s.whole & whole.whole and s.status == "claimed"]
    if not whole.part and len(alike) > 1 and sum(alike) == whole.number.value:
        return set(alike)
    return {
        s.number.value
        for s in behind
        if (s.part or _of_a_column(s))
        and (whole.part or "proactive" not in s.concepts or "proactive" in whole.concepts)
    }


def _contradicted(figures: set[Figure], said: Sequence[Said], s: Said) -> bool:
    return len(figures) > 1 and (s.part or len(figures - parts_of(said, s)) > 1)


def _is_part(figures: set[Figure], said: Sequence[Said], s: Said) -> bool:
    greater = {v for v in figures if v > s.number.value}
    return bool(greater) and bool(greater - parts_of(said, s))


def _first_of_kinds(said: Sequence[Said], s: Said) -> bool:
    """网站公布要闻672条,视频新闻259条: the first kind of what a site shows is not all of it; 文字解读6份、图片解读3份: no form of
    reading a policy is all of them."""
    if "form" in s.concepts:
        return any("form" in o.concepts for o in said if o is not s)
    behind = said[said.index(s) + 1 :][:1]
    kinds = any(b.status == "unclaimed" and {"kind", "class"} & b.concepts for b in behind)
    return kinds and {"website", "kind"} <= s.concepts and "info" not in s.concepts


def _holds_parts(said: Sequence[Said], s: Said) -> bool:
    """通过两个网站主动公开15300条,其中一个4200条,另一个11100条: the first is no site's share."""
    behind = said[said.index(s) + 1 :]
    sites = [b for b in behind if "website" in b.concepts]
    first = not s.part and len(sites) > 1 and behind[0].part and "proactive" in s.concepts
    return first and all(b.number.value < s.number.value for b in sites)


def settled(said: Sequence[Said]) -> list[Said]:
    """One sentence's figures: a sure one settles the doubtful and weak ones of its kind; two sure ones that
    differ are both in doubt, and so is one site's share beside another site's."""
    sure: dict[tuple[str, str], set[Figure]] = {}
    for s in said:
        for d in s.decisions:
            if s.status == "claimed" and s.judged.verdict == "take":
                sure.setdefault((d.indicator, d.applicant), set()).add(s.number.value)
    sites = {s.number.value for s in said if _of_a_site(s) and not _holds_parts(said, s)}
    kept = []
    for s in said:
        figures = {v for d in s.decisions for v in sure.get((d.indicator, d.applicant), ())}
        claimed = s.status == "claimed"
        if len(sites) > 1 and claimed and "website" in s.concepts and s.number.value in sites:
            s = s._replace(judged=Judged("doubtful", "doubt", "one site of several"))
        elif claimed and (
            _first_of_kinds(said, s) or ((s.part or _of_a_column(s)) and _is_part(figures, said, s))
        ):
            s = s._replace(judged=Judged("doubtful", "doubt", PART))
        elif claimed and s.judged.verdict == "take" and not s.nil and _contradicted(figures, said, s):
            s = s._replace(judged=Judged("doubtful", "doubt", "two figures for one thing"))
        elif figures and (s.judged.verdict == "weak" or s.judged.reason in _PARTS):
            s = s._replace(judged=Judged("foreign", "foreign", "beside a sure figure"), decisions=())
        kept.append(s)
    return kept


def parted(said: Sequence[Said], before: Sequence[Said]) -> list[Said]:
    """A sentence that begins with 其中: its figure of the same thing as a greater one before is a part of it."""
    kept = []
    for at, s in enumerate(said):
        keys = {(d.indicator, d.applicant) for d in s.decisions}
        whole = any(
            b.status == "claimed"
            and b.number.value > s.number.value
            and keys.intersection((d.indicator, d.applicant) for d in b.decisions)
            for b in before
        )
        judged = Judged("doubtful", "doubt", PART)
        kept.append(
            s._replace(judged=judged) if whole and (s.part or not at) and s.status == "claimed" else s
        )
    return kept
