"""What no word is read of: names of channels in quotation marks, titles of laws and notices, articles of a law. Each
of their characters becomes □."""

from __future__ import annotations

import re

from pipeline.chinese.numbers import DIGITS

HIDDEN = "□"
_TITLE = re.compile(r"《[^《》]{0,80}》")
_NOTICE = re.compile(
    r"《[^《》]{0,40}关于[^《》]{1,80}》"
    r"|(?<![非是于])《[^《》]{0,40}(?:条例|规定|办法|[公密法]法|细则|方案|要点|规程|标准|格式)(?:\([^()]*\))?》"
)
_ARTICLE = re.compile(rf"第[{DIGITS}\d]+条(?:第?\(?[{DIGITS}\d]+\)?[款项目])*")
_IN_TITLE = re.compile(rf"[0-9{DIGITS}]")
_QUOTED = re.compile(
    r"[“\"]([^“”\"]{1,16})[”\"](?=[^。,;]{0,6}?(?:微|公众号|网|视频号|抖音|平台|头条|客户端|门户))"
    r"|(?<=[号博信台网])[“\"]([^“”\"]{1,16})[”\"]"
)
"""A channel's own name in quotation marks: no word of it is read."""


_SLOGAN = re.compile(rf"[“\"][^“”\"\d]{{0,8}}?[{DIGITS}]+[个大项张条件][^“”\"\d]{{0,12}}[”\"]")
_OF_SLOGAN = re.compile(rf"[{DIGITS}]+(?=[个大项张条件])")
"""The count in the name of a campaign (“三个年”活动, 深化“六个改革”) counts nothing that the report has done."""


def hide_names(text: str) -> str:
    """Names of channels in quotation marks become □, character by character, so that no word of them counts, and so
    do the counts in the names of campaigns."""
    if "“" not in text and '"' not in text:
        return text
    text = _QUOTED.sub(lambda m: m[0][0] + HIDDEN * (len(m[0]) - 2) + m[0][-1], text)
    return _SLOGAN.sub(lambda m: _OF_SLOGAN.sub(lambda n: HIDDEN * len(n[0]), m[0]), text)


def mask_titles(flat: str) -> str:
    """Digits inside 《...》 are part of a name: each becomes □, so that no figure or year is read from it. Of what
    others wrote (《国务院办公厅关于...的通知》), of a law and of its articles no word is read."""
    if "条" in flat and "第" in flat:
        flat = _ARTICLE.sub(lambda m: HIDDEN * len(m[0]), flat)
    if "《" not in flat:
        return flat
    flat = _NOTICE.sub(lambda m: HIDDEN * len(m[0]), flat)
    return _TITLE.sub(lambda m: _IN_TITLE.sub(HIDDEN, m[0]), flat)
