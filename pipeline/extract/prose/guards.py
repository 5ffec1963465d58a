"""Guards for single kinds of figure: whole area against one office, one site of several, applicants of what.

All read flattened text; a figure that could mean two things is ``ambiguous``. See ``sentence_context`` for
those that hold for every figure.
"""

from __future__ import annotations

import re

from pipeline.codebook import Pattern
from pipeline.extract.prose.context import CLAUSE_MARKS, YEAR, Verdict

_AREA_SUBJECT = re.compile(
    r"全(?:省|市|县|区|州|盟|旗)(?:范围内?)?(?:\d+[个家]|各级?[^,。;系]{0,14}|行政机关|政府(?!信息)|共|总共|一共|累计|主动公开|收到|受理|新收|办理|办结|发生|收取|制发|发出|公开|因政府信息公开|未|没有)"
)
_OWN_SUBJECT = re.compile(
    r"[我本](?:局|委|厅|办|院|中心|机关|单位|部门|会|站|所|处)|(?:省|市|县|区|州|旗)?政府办(?:公室|公厅)?|局机关"
)


def area_verdict(text: str, names: tuple[str, ...]) -> Verdict:
    """In one office's report the figures behind 全市各部门共收到 are not surely its own, until its own name or 我局
    follows."""
    last = max((m.end() for m in _AREA_SUBJECT.finditer(text)), default=-1) if "全" in text else -1
    if last < 0 or _OWN_SUBJECT.search(text, last) or any(name in text[last:] for name in names):
        return "take"
    return "ambiguous"


_SITE = r"网站(?:主动)?(?:公开|发布)?(?:各类|政府|政务|信息|共|计)*\d[\d,]*[条篇件]"
_OTHER_SITES = re.compile(rf"^[^。]{{0,60}}?{_SITE}")
_SITE_BEFORE = re.compile(_SITE)


def channel_verdict(sentence: str, after: str) -> Verdict:
    """县政府网站公开8021条,部门网站公开16310条: the one site's share is not the channel's whole."""
    return "ambiguous" if _OTHER_SITES.match(after) or _SITE_BEFORE.search(sentence) else "take"


_ANSWER_COUNT = re.compile(
    r"(?:予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|结转|办结|答复|不服|复议|诉讼)[^,。;、]{0,10}$|(?:予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|结转|办结|答复|复议|诉讼)[^,。;、\d]{0,8}\d"
)
_ASKED = re.compile(r"(?:收到|新收|受理|接收)[^,。;、]{0,24}\d|申请人|从申请|[件宗](?:新收)?(?:的)?申请中")


def applicant_verdict(sentence: str, before: str) -> Verdict:
    """自然人9件 behind 予以公开12件 counts replies, behind 办理25件 perhaps replies: only what was asked for is read."""
    if sentence.startswith("其中"):
        sentence = before.removesuffix("。").rpartition("。")[2] + sentence
    asked = max((m.start() for m in _ASKED.finditer(sentence)), default=-1)
    return "skip" if asked < 0 or _ANSWER_COUNT.search(sentence, asked) else "take"


_HANDLED = re.compile(
    r"(?:办理|受理|审理|承办|(?<!未)审结|代理)(?:[^,。;]{0,8}(?:复议|诉讼|应诉)(?:申请|案件)?)?\d"
)


_ABOVE = re.compile(r"作为(?:行政)?复议机关|针对(?:各|下级|[县区市]{1,2}(?!级?政府信息公开工作))")
_DRAFTS = re.compile(r"公开属性|主动公开(?:的|类)?\d+件[、,;]依申请公开(?:的|类)?\d+件")


def outcome_verdict(sentence: str) -> Verdict:
    """受理复议申请71件,其中维持39件: what an office of justice decides is not what was done to its own decisions."""
    if _ABOVE.search(sentence):
        return "ambiguous"
    return "skip" if _HANDLED.search(sentence) and "信息公开" not in sentence else "take"


_WITH_CARRIED_IN = re.compile(
    rf"^\(?,?(?:其中)?[,:]?(?:含|包括|包含|其中)?[^,。;]{{0,4}}(?:上一?年度?|{YEAR}年度?)(?:的)?结转"
)


_SOME_CARRIED_IN = re.compile(
    rf"^[,(](?:其中,?)?[\d一二三四五六七八九十]+[件宗](?:申请)?(?:为|系|是)(?:上一?年度?|{YEAR}年度?)(?:结转|转入|遗留)"
)


def received_verdict(after: str) -> Verdict:
    """收到120件(含上年结转8件): the figure may hold what was carried in, so it is not surely the year's new ones."""
    if _SOME_CARRIED_IN.match(after):
        return "ambiguous"
    inside = _WITH_CARRIED_IN.match(after)
    return "ambiguous" if inside and re.search(r"含|包括|其中", inside[0]) else "take"


_MANY = re.compile(
    r"等(?:多种|各种|各类)?[^,。;]{0,6}(?:形式|渠道|方式|载体|媒介|媒体|平台|途径)|多种|各种渠道|多渠道|各类平台"
)
_TOPIC_END = re.compile(
    r"(?:领域|方面|专栏|栏目|网站|网|平台|微信|公众号|微博|渠道|形式|方式|途径|工作中|过程中|公报|电视|广播|公示栏|公开栏)$"
)
_TOPIC_START = re.compile(r"^(?:一是|二是|三是|四是|五是)?(?:围绕|聚焦|针对|突出|紧扣|通过|利用|依托|在)")


def topic_verdict(left: str, sentence: str) -> Verdict:
    """A total of everything disclosed must not be the part of one topic or channel that the clause before
    names."""
    earlier = sentence[: len(sentence) - len(left)]
    clauses = [c for c in CLAUSE_MARKS.split(earlier) if c]
    if not clauses or _MANY.search(earlier):
        return "take"
    last = clauses[-1]
    if _TOPIC_END.search(last) or re.match(r"^(?:通过|利用|依托|在)", last):
        return "ambiguous"
    if any(
        _TOPIC_START.match(c)
        and re.match(r".*?(?:围绕|聚焦|针对|突出|紧扣)", c)
        and "条例" not in c
        and "应公开尽公开" not in c
        for c in clauses
    ):
        return "ambiguous"
    return "take"


def kind_verdicts(row: Pattern, left: str, before: str, sentence: str, after: str) -> list[Verdict]:
    """What the row's kind of figure asks of the ``sentence`` up to the match (``left``: its clause), of the
    paragraph ``before`` and of the text ``after`` it."""
    if row.applicant:
        return [] if row.regex.startswith("{ALLOF}") else [applicant_verdict(sentence, before)]
    if row.indicator.startswith("application.outcome."):
        return ["skip" if _DRAFTS.search(sentence) else "take"]
    if row.indicator.startswith(("reconsideration.", "litigation.")) and not row.indicator.endswith(".total"):
        return [outcome_verdict(sentence)]
    if row.indicator == "proactive.disclosed.total":
        return [topic_verdict(left, sentence)]
    if row.indicator == "proactive.channel.website":
        return [channel_verdict(sentence, after)]
    if row.indicator == "application.received":
        return [received_verdict(after)]
    return []
