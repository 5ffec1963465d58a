"""Is this link text the title of a report? And of which year?"""

from __future__ import annotations

import re
import unicodedata

FIRST_YEAR, LAST_YEAR = 2003, 2040

_SUBJECT = r"(?:政府信息|政务信息|信息|政务)(?:公开)"
_REPORT = re.compile(
    rf"{_SUBJECT}.{{0,30}}?(?:年度?报告|年报|年度.{{0,10}}报告|工作.{{0,12}}报告|情况.{{0,6}}报告|总结报告)"
    rf"|(?:年度?|工作)(?:报告|年报).{{0,4}}{_SUBJECT}"
    rf"|20\d\d年?度?{_SUBJECT}(?:工作)?报告"
)
_COLUMN = re.compile(
    rf"(?:法定主动公开内容)?(?:本级|部门|单位|机关|市政府|县政府|区政府|省政府|政府)?"
    rf"(?:{_SUBJECT}|公开)(?:工作)?(?:的)?(?:年度工作报告|年度报告|年报|报告)(?:专栏|列表|汇总)?"
)
_LEADS_ON = re.compile(
    r"政府信息公开|政务公开|信息公开|信息公开专栏|政府信息公开专栏|法定主动公开内容|公开|(?:县|市|区|省|镇|乡)?政府信息公开"
    r"|(?:各)?(?:部门|区县|县区|县市区|乡镇|街道|乡镇街道|镇街)(?:年报|年度报告)?|市直部门|区直部门|县直部门"
)
_NOT_A_REPORT = re.compile(
    r"通知|解读|图解(?!版)|一图|培训|部署|格式|填报说明|考核|评议|评估|季度|月报|公开目录|公开指南|实施意见|编制工作"
    r"|问卷|座谈|会议|学习|办法|规定|条例|统计年报填|问题清单|反馈|意见征集|上一篇|下一篇"
)
_YEAR = re.compile(r"(?<![\d.])(20[0-3]\d)(?=年|\s|-|/|\.|_|[^\d]|$)")
_CJK_YEAR = re.compile(r"二[〇○零O0Ｏo][〇○零O0o一二三四五六七八九]{2}(?=年)")
_CJK_DIGITS = dict(zip("〇○零Oo0一二三四五六七八九", "000000123456789", strict=True))
_DATE = re.compile(r"(20[0-3]\d)\s*[-/.年]\s*(1[0-2]|0?[1-9])\s*[-/.月]\s*(3[01]|[12]\d|0?[1-9])")
_CUT = re.compile(r"(?:\.{2,}|…+|。{2,})$")


def plain(text: str) -> str:
    """Gives a title for comparing: NFKC, no white space, no brackets of book titles."""
    return re.sub(r"[\s\u200b\ufeff《》〈〉“”\"']+", "", unicodedata.normalize("NFKC", text))


def is_cut(text: str) -> bool:
    """Tells whether a list shows only the beginning of a title (``...`` or ``…`` at its end)."""
    return bool(_CUT.search(unicodedata.normalize("NFKC", text).strip()))


def is_report_title(text: str) -> bool:
    """Tells whether a title is that of a report; a column's name and news about reports are not."""
    title = plain(text)
    if len(title) > 120 or _NOT_A_REPORT.search(title) or _COLUMN.fullmatch(title):
        return False
    return bool(_REPORT.search(title))


def may_be_report(text: str) -> bool:
    """Tells whether the beginning of a cut title could go on to be that of a report."""
    title = plain(_CUT.sub("", text.strip()))
    if _NOT_A_REPORT.search(title):
        return False
    return bool(
        _REPORT.search(title)
        or re.search(_SUBJECT, title)
        or (
            year_of_title(title) is not None
            and len(title) >= 6
            and re.search(r"政府|信息|局|委|办|厅", title)
        )
    )


def is_column_name(text: str) -> bool:
    """Tells whether a link text names the column in which a portal keeps its reports."""
    return bool(_COLUMN.fullmatch(plain(text)))


def leads_towards_column(text: str) -> bool:
    """Tells whether a link text of a portal leads nearer to that column."""
    return bool(_LEADS_ON.fullmatch(plain(text)))


def year_of_title(text: str) -> int | None:
    """Gives the year that a title names, in digits of any width or Chinese numerals; null where none."""
    title = plain(text)
    found = _YEAR.search(title)
    if found:
        year = int(found.group(1))
    else:
        chinese = _CJK_YEAR.search(title)
        if not chinese:
            return None
        year = int("2" + "".join(_CJK_DIGITS[sign] for sign in chinese.group()[1:]))
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def year_of_folder(text: str) -> int | None:
    """Gives the year where the text is nothing but a year (``2022``, ``2022年``, ``2022年度``, ``2022年年报``)."""
    found = re.fullmatch(r"(20[0-3]\d)(?:年度?)?(?:年报|年度报告|报告|度)?", plain(text))
    year = int(found.group(1)) if found else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def year_before_date(text: str) -> int | None:
    """Gives the year before the first date in the text: reports are published in the year after theirs."""
    found = _DATE.search(unicodedata.normalize("NFKC", text))
    if not found or not FIRST_YEAR < int(found.group(1)) <= LAST_YEAR:
        return None
    return int(found.group(1)) - 1
