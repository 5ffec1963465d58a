"""Parts of the grammar without a state: what a clause is of, what its phrase inherits, what a nil denies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.extract.prose.clauses import Clause, concepts_of
from pipeline.extract.prose.context import OWN, Body, Clock
from pipeline.extract.prose.told import DECIDED, DISPUTES, group_of
from pipeline.extract.prose.words import Number, Token

OUTCOMES = frozenset(
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
CHANNELS = frozenset(["website", "wechat", "weibo", "newmedia", "gazette", "otherway", "platform", "media"])
FORMS = frozenset(["f_person", "f_fax", "f_online", "f_letter", "f_email", "f_oral"])
DISCLOSING = frozenset(["disc", "proactive", "info", "gk", "count", "kind", "added"])
SHARED = frozenset(["gk", "info", "disc", "apply", "count"])
ASKS = frozenset(["apply", "request"])
ASKED = ASKS | {"recv", "submit", "want", "asker", "onreq"}
_WORDS_FOR_CHANNELS = frozenset(["newmedia", "platform"])
PROPOSALS = frozenset(["npc", "cppcc"])
_BREATHS = frozenset(",;:。")
_BESIDE_DISCLOSURE = frozenset(["press", "interview", "staff", "meet", "train", "norm", "norm.disclosed"])
_OF_ANY_WORK = frozenset(["press", "interp"])
DENIED = DISPUTES | {"fee"}
_WRITTEN = FORMS | {"f_written"}
_FEW = 2
PARTS = (frozenset({"disc", "proactive"}), frozenset({"disc", "proactive", "file"}))
"""Phrases that behind 其中 tell a part, not the whole."""
OUTSIDE = ("many", "elsewhere")
"""Channels behind a channel's own figure: what follows without one may be told of it or of all."""


class Subject(NamedTuple):
    """What passes on from clause to clause: ``about`` a topic's part (``of``; ``deed``: of a
    deed told before, 深化重点领域信息公开), ``asked`` for applicants, ``ours`` by
    what the paragraph is about; ``tainted`` subjects are another matter's here."""

    topic: str
    clock: Clock = Clock()
    body: Body = OWN
    channels: tuple[str, ...] = ()
    about: str = ""
    asked: bool = False
    ours: bool = False
    tainted: frozenset[str] = frozenset()
    decided: bool = False
    office: str = ""
    field: bool = False
    planned: bool = False
    head: tuple[Token, ...] = ()

    def next_sentence(self, *, narrow: bool) -> Subject:
        held = self.body if narrow and self.body.kind == "whole" else OWN
        clock = self.clock.next_sentence()
        kept = self.head, self.field
        return Subject(self.topic, clock, held, asked=self.asked, ours=self.ours, head=kept[0], field=kept[1])


def speaks_of_disclosure(found: Sequence[Token]) -> bool:
    """Do words speak of disclosure, so that staff, meetings and complaints beside them are its own?"""
    concepts = set(concepts_of(found))
    return bool(concepts & {"gk", "recon", "lit", "points"}) or {"full", "part"} <= concepts


def carry_way(words: Sequence[Token], year: int | None) -> set[str]:
    """Which way a case is carried: the year beside 结转."""
    found: set[str] = set()
    for token in words:
        if token.kind == "time" and token.value in ("past", "next"):
            found.add("prev" if token.value == "past" else "next")
        elif token.kind == "time" and token.value == "year" and year is not None and token.year != year:
            found.add("prev" if token.year < year else "next")
    return found


def subject_of(
    clause: Clause, concepts: set[str], subject: Subject, named: frozenset[Token]
) -> tuple[Subject, str, str]:
    """The subject behind the clause, the clause's topic, and the other matter that it is of ("" where none)."""
    own = clause.topic
    if own == "disclosed" and subject.topic.startswith("ask") and "disc" not in concepts:
        own = "" if concepts & ({"apply", "submit"} | FORMS) else own  # 通过门户网站提交申请5件
    topic = own or subject.topic or ("ask" if concepts & ASKS else "")
    if not own and {"disc", "info"} <= concepts and subject.topic in _BESIDE_DISCLOSURE:
        topic = own = "disclosed"  # 召开发布会3场,公开信息2600条
    if {"already", "info"} <= concepts and not subject.topic.startswith("ask"):
        concepts.symmetric_difference_update(
            {"already", "disc", "proactive"} - (concepts & {"disc", "proactive"})
        )
        topic = own = "disclosed"
    matters = clause.all if "matter" in clause.kinds else ()
    matter = next((t.value for t in matters if t.kind == "matter" and t not in named), "")
    number = clause.number
    if matter == "drafts":
        subject = subject._replace(tainted=subject.tainted | {"disclosed", "ask"})
    if "gk" in concepts and number:
        subject = subject._replace(tainted=frozenset())
    if matter.startswith("otherwork") and own in _OF_ANY_WORK:
        matter = ""  # 优化营商环境新闻发布会
    handled = concepts & {"handle", "concluded_case"} or (own in DISPUTES and concepts & DECIDED)
    beside = clause.figure is None and "neg" in clause.kinds and {"recon", "lit"} & concepts
    if matter and own not in ("ask", "disclosed") and not beside:  # 无行政复议、行政诉讼、信访投诉
        counts = {"staff"} if number and number.kind == "person" else set()
        subject = subject._replace(tainted=subject.tainted | group_of(own) | counts)
        topic = f"matter.{matter}"
    elif own in subject.tainted and not (number and number.value == 0):
        topic, matter = "matter.", "as before"
    elif own in DISPUTES and not concepts & {"gk", "request", "decision"} and handled:
        subject = subject._replace(tainted=subject.tainted | group_of(own), office=own)
        topic, matter = "matter.", "office"
    if own in DECIDED and (subject.decided or "decision" in concepts):
        topic += ".decided"
        subject = subject._replace(decided=True)
    part = clause.opener == "(" or "disc" in concepts or "sub" in clause.left_kinds
    if own == "norm" and subject.topic == "disclosed" and part:
        topic = "norm.disclosed"
    if own in ("staff", "meet", "complaint") and subject.ours and not matter:
        topic = f"{own}.ours"
    if "proposals" in concepts or concepts >= PROPOSALS:
        if subject.topic in ("disclosed", "norm", "norm.disclosed") and number and "handle" not in concepts:
            concepts.add("disc")
        topic = "" if "disc" in concepts else topic
    return subject, topic, matter


def items_of(found: Sequence[Token]) -> list[list[Token]]:
    """The things that a nil denies, one by one; a list of all ways of asking is one."""
    concepts = concepts_of(found)
    if len(_WRITTEN.intersection(concepts)) > _FEW:
        return [[t for t in found if t.value not in _WRITTEN and t.kind != "joint"]]
    items: list[list[Token]] = [[]]
    for token in found:
        parted = token.topic in DISPUTES and any(t.topic in DISPUTES - {token.topic} for t in items[-1])
        if token.kind == "joint" or parted:
            items.append([])
        if token.kind != "joint":
            items[-1].append(token)
    return items


def about_of(clause: Clause) -> str:
    """Whether a clause without a figure sets a topic for what follows."""
    if "topic" not in clause.kinds:
        if clause.figure is None and shows_a_field(clause.all):
            return "field"
        other = any(t.kind in ("unknown", "matter") for t in clause.all)
        return "work" if other and not clause.concepts and clause.figure is None else ""
    at = max(n for n, t in enumerate(clause.all) if t.kind == "topic")
    return "deed" if at and concepts_of(clause.all[at + 1 :])[:1] == ("gk",) else "of"


_ENDS_A_FIELD = frozenset(("gk", "disc", "class"))
_FIELDS = frozenset(("class", "policydoc"))


def shows_a_field(words: Sequence[Token]) -> bool:
    """开展疫情防控信息公开, 深化财政预决算公开, 推进决策公开: what is shown right before the deed that ends words without figures."""
    at = len(words) - 1
    while at >= 0 and words[at].kind in ("fill", "punct"):
        at -= 1
    if at < 0 or words[at].value not in _ENDS_A_FIELD:
        return False
    if words[at].value == "class" and all(t.kind in ("fill", "punct") for t in words[:at]):
        return 0 < at == len(words) - 1
    before = words[at - 1]
    touches = at > 0 and before.end == words[at].start and not any(t.kind == "number" for t in words)
    return touches and (before.kind in ("unknown", "matter") or before.value in _FIELDS)


def segments_of(held: Sequence[Clause], concept: str) -> frozenset[int]:
    """The clauses that stand in one breath, up to the next comma, with one that has the concept: 未产生诉讼、复议费用支出."""
    found: set[int] = set()
    first = 0
    for at, clause in enumerate(held):
        if clause.opener in _BREATHS and not clause.depth:
            first = at
        if concept in clause.concepts:
            found.update(range(first, at + 1))
    return frozenset(found)


def on_a_platform(clause: Clause) -> bool:
    """在信息公开专栏公开5件 is told of the platform, 公开目录1条 of what is shown, 平台发布5件 of all that use it."""
    at = [t.value for t in clause.left if t.kind == "concept" or t.value == "by"]
    before = at[: at.index("platform")] if "platform" in at else []
    return "by" in before and not any("disc" in value for value in before)


def reposted_by(clause: Clause) -> bool:
    """微博转发12条 is the channel's own, 转发微博12条 is others'."""
    at = [t.value for t in clause.left if t.kind == "concept"]
    return bool(CHANNELS.intersection(at[: at.index("repost")])) if "repost" in at else False


def channels_of(concepts: Sequence[str]) -> tuple[str, ...]:
    """The channels of a clause; 新媒体 and 平台 beside a site or an account are words for it (微信公众号平台)."""
    found = tuple(c for c in concepts if c in CHANNELS)
    return tuple(c for c in found if c not in _WORDS_FOR_CHANNELS) or found


def names_all(clause: Clause) -> bool:
    """2022年全区共主动公开: a figure with a year and the whole area of its own is of no topic told before."""
    return "time" in clause.left_kinds and any(
        t.kind == "body" and t.value in ("area", "self", "own") for t in clause.left
    )


def idle(clause: Clause, number: Number, concepts: Collection[str]) -> bool:
    """A number that counts nothing: a bare one without unit or concept (a cell of a table that lost its grid, a
    telephone), and 一 of a figure of speech."""
    return (not number.unit and not concepts) or (clause.figure is not None and clause.figure.value == "一")


def of_the_year(clause: Clause, concepts: Collection[str]) -> bool:
    """历年公开142条,其中2011年公开56条: a year's part of the figure before."""
    again = "sub" in clause.left_kinds and set(concepts) <= {"disc", "info", "added", "of_a_channel"}
    return "time" in clause.left_kinds and (not concepts or again)


def topic_of_heading(found: Sequence[Token]) -> str:
    """The subject of the words of a heading or of the line that a list stands under."""
    topics = {t.topic for t in found if t.topic}
    concepts = set(concepts_of(found))
    if not topics:
        asks = concepts & (ASKS | OUTCOMES)
        return "ask" if asks else "matter" if any(t.kind == "matter" for t in found) else ""
    if len(topics) == 1:
        return topics.pop()
    if topics <= DISPUTES | {"ask"}:
        return "dispute"
    return "ask" if "ask" in topics and topics <= {"ask", "ask.replied", "disclosed"} else ""


def says_what_is_asked(clause: Clause) -> bool:
    """主要涉及规划、拆迁等方面: what the requests are about opens no other matter."""
    return (
        clause.figure is None and "neg" not in clause.kinds and any(t.value == "about" for t in clause.left)
    )


def kind_of_unit(number: Number, concepts: Collection[str], topic: str, *, counts_bodies: bool) -> str:
    """What a figure is counted in: 申请事项12个 and 废止规范性文件6个 are documents, 0条 may be cases."""
    if number.kind == "place":
        asked = topic.startswith("ask") and not counts_bodies
        done = "normdoc" in concepts and {"issue", "repeal"}.intersection(concepts)
        return "doc" if asked or done else "place"
    return "case" if number.value == 0 and number.kind == "doc" else number.kind
