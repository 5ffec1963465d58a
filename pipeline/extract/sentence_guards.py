"""Guards for single kinds of figure: whole area against one office, one site of several, applicants of what.

All read flattened text; a figure that could mean two things is ``ambiguous``. See ``sentence_context`` for those that
hold for every figure.
"""

from __future__ import annotations

import re

from pipeline.codebook import Pattern
from pipeline.extract.sentence_context import Verdict, received_verdict, topic_verdict

_AREA_SUBJECT = re.compile(
    r"全(?:省|市|县|区|州|盟|旗)(?:范围内?)?(?:\d+[个家]|各级?[^,。;系]{0,14}|行政机关|政府(?!信息)|共|总共|一共|累计|主动公开|收到|受理|新收|办理|办结|发生|因政府信息公开|未|没有)"
)
_OWN_SUBJECT = re.compile(r"[我本](?:局|委|厅|办|院|中心|机关|单位|部门|会|站|所|处)|(?:省|市|县|区|州|旗)?政府办(?:公室|公厅)?|局机关")


def area_verdict(text: str, names: tuple[str, ...]) -> Verdict:
    """In one office's report the figures behind 全市各部门共收到 are not surely its own, until its own name or 我局 follows."""
    last = max((m.end() for m in _AREA_SUBJECT.finditer(text)), default=-1) if "全" in text else -1
    if last < 0 or _OWN_SUBJECT.search(text, last) or any(name in text[last:] for name in names):
        return "take"
    return "ambiguous"


_OTHER_SITES = re.compile(r"^[^。]{0,60}?[,、;][^,。;、\d]{0,10}(?:部门|单位|乡镇|街道|县区|[各其他局委镇乡区县])[^,。;、\d]{0,6}网站[^,。;、\d]{0,8}\d")


def channel_verdict(after: str) -> Verdict:
    """县政府网站公开8021条,部门网站公开16310条: the one site's share is not the channel's whole."""
    return "ambiguous" if _OTHER_SITES.match(after) else "take"


_ANSWER_COUNT = re.compile(r"(?:予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|结转|办结|答复|不服|复议|诉讼)[^,。;、]{0,10}$|(?:予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|结转|办结|答复|复议|诉讼)[^,。;、\d]{0,8}\d")
_ASKED = re.compile(r"(?:收到|新收|受理|接收)[^,。;、]{0,24}\d|申请人|从申请")


def applicant_verdict(sentence: str) -> Verdict:
    """自然人9件 behind 予以公开12件 counts replies, not what was received."""
    asked = max((m.start() for m in _ASKED.finditer(sentence)), default=0)
    return "skip" if _ANSWER_COUNT.search(sentence, asked) else "take"


def kind_verdicts(row: Pattern, left: str, sentence: str, after: str) -> list[Verdict]:
    """What the row's kind of figure asks of the ``sentence`` before the match, the clause ``left`` and the text ``after`` it."""
    if row.applicant:
        return [applicant_verdict(sentence)]
    if row.indicator == "proactive.disclosed.total":
        return [topic_verdict(left, sentence)]
    if row.indicator == "proactive.channel.website":
        return [channel_verdict(after)]
    if row.indicator == "application.received":
        return [received_verdict(after)]
    return []
