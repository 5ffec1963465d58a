"""The day of publication as a page's line of facts states it (发布日期:2013-03-12 来源:... 浏览次数:...)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DAY = r"20[0-2]\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}"
_STATED = (
    re.compile(rf"(?:发布|公开|发表|公布|发稿|更新)(?:日期|时间)?\s*[:：]\s*({_DAY})"),
    re.compile(
        rf"(?:^|[\s\[【(（|])(?:日期|时间|(?:发文|上传|录入|信息|提交)(?:日期|时间))\s*[:：]\s*({_DAY})"
    ),
    re.compile(rf"(?<!\d)({_DAY})(?=[^。]{{0,60}}(?:来源|浏览|点击|阅读|字体|字号|作者|编辑|打印))"),
    re.compile(rf"(?:来源|浏览|点击|阅读|字体|字号|作者|编辑)[^。]{{0,60}}?(?<!\d)({_DAY})"),
)
"""By trust: a day named as that of publication, a day without a name, a day beside the source or the count of
readers."""


def stated_day(lines: Iterable[str]) -> str:
    """The day as printed, "" where none of the lines states one."""
    held = list(lines)
    for pattern in _STATED:
        for line in held:
            if found := pattern.search(line):
                return found[1]
    return ""
