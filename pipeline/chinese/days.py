"""Years and days as offices write them: 2015, ２０１５, 2 015, 二〇一五; and the day of publication that a page
states.

``YEAR`` and ``ANY_YEAR`` are regex text without groups, for compared text; a year is one of 2000 to 2099.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from pipeline.chinese.numbers import chinese_number
from pipeline.chinese.text import compared, squeeze

YEAR = r"20\d\d"
"""A year in Arabic digits."""
FULL_YEAR = r"(?:19|20)\d\d"
"""A year of the last century too, as texts name them."""
ZEROS = "〇○零OoＯ0"
_HAN = f"[{ZEROS}一二三四五六七八九]"
HAN_YEAR = f"二[{ZEROS}]{_HAN}{_HAN}"
"""A year in Chinese digits; a letter O or a nought is often set for 〇."""
ANY_YEAR = f"(?:{YEAR}|{HAN_YEAR})"
FIRST_YEAR, LAST_YEAR = 2003, 2099
"""Years that a report can be of: the first offices reported on 2003."""
DAY = rf"{YEAR}\s*[-年/.]\s*\d{{1,2}}\s*[-月/.]\s*\d{{1,2}}"
"""A day in Arabic digits, also in text with white space."""
DAY_WITH_MARKS = rf"{FULL_YEAR}(?P<between>[-/.])(?:1[0-2]|0?[1-9])(?P=between)(?:3[01]|[12]\d|0?[1-9])"
"""A day in digits and marks alone, in flat text: what stands behind it may be glued to it (a time of day)."""

PART_OF_YEAR = r"(?:[上下]半年|[第前]?[一二三四1-4]季度)"
"""A half or a quarter."""

_NAMED = re.compile(rf"(?<![\d.〔\[])({ANY_YEAR})(?!\d)")
_HAN_BEFORE_SIGN = re.compile(f"{HAN_YEAR}(?=年)")
_ZERO = str.maketrans(dict.fromkeys(ZEROS, "〇"))
_DAY = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
_HAN_DAY = re.compile(rf"({HAN_YEAR})年([一二三四五六七八九十元]{{1,2}})月([一二三四五六七八九十]{{1,3}})日")
_STATED = (
    re.compile(rf"(?:发布|公开|发表|公布|发稿|更新)(?:日期|时间)?\s*[:：]\s*({DAY})"),
    re.compile(
        rf"(?:^|[\s\[【(（|])(?:日期|时间|(?:发文|上传|录入|信息|提交)(?:日期|时间))\s*[:：]\s*({DAY})"
    ),
    re.compile(rf"(?<!\d)({DAY})(?=[^。]{{0,60}}(?:来源|浏览|点击|阅读|字体|字号|作者|编辑|打印))"),
    re.compile(rf"(?:来源|浏览|点击|阅读|字体|字号|作者|编辑)[^。]{{0,60}}?(?<!\d)({DAY})"),
)
"""By trust: a day named as that of publication, a day without a name, a day beside the source or the count of
readers."""


def year_number(text: str) -> int | None:
    """The year that a text is and nothing else, in digits of any kind; None where it is none."""
    return _year_number(text) if len(text) <= 24 else None


@lru_cache(maxsize=4096)
def _year_number(text: str) -> int | None:
    flat = squeeze(text)
    if not re.fullmatch(ANY_YEAR, flat):
        return None
    return int(flat) if flat.isdecimal() else chinese_number(flat.translate(_ZERO))


def years_in_figures(text: str) -> str:
    """Compared text with its years in Arabic digits: 二〇一九年度 is 2019年度."""
    return _HAN_BEFORE_SIGN.sub(lambda m: str(_year_number(m[0])), text)


def first_year(text: str) -> int | None:
    """The first year that a text names, in digits of any kind; the year of a document's number (〔2019〕3号) is
    none."""
    found = _NAMED.search(squeeze(text))
    return year_number(found[1]) if found else None


def day_in(text: str) -> date | None:
    """The first day that a text names, in Arabic or Chinese digits; None where that is no day of any year."""
    flat = compared(text)
    if found := _DAY.search(flat):
        year, month, day = (int(part) for part in found.groups())
    elif "二" in flat and (found := _HAN_DAY.search("".join(flat.split()))):
        year = year_number(found[1]) or 0
        month, day = (chinese_number(part.replace("元", "一")) or 0 for part in found.groups()[1:])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def stated_day(lines: Iterable[str]) -> str:
    """The day of publication as a page's line of facts prints it (发布日期:2013-03-12 来源:... 浏览次数:...);
    "" where none of the lines states one."""
    held = list(lines)
    for pattern in _STATED:
        for line in held:
            if found := pattern.search(line):
                return found[1]
    return ""
