"""The grammar of a report's title (NOTES section 4): [body] year [年度] 政府信息公开 [工作] [年度] 报告, in any order.

``read_title`` reads a line that is a title and nothing else; the others judge the texts of links, where
titles are cut, stand among news about reports, and columns are named like them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.days import ANY_YEAR, FIRST_YEAR, LAST_YEAR, YEAR, first_year, year_number
from pipeline.chinese.numbering import ARTICLE
from pipeline.chinese.text import INVISIBLE, compared, squeeze, without_sounds

DISCLOSURE = r"(?:(?:政府|政务)?信息(?:与政务|和政务)?公开|政务公开)"
"""What the report is about, as titles name it."""
TITLE_CORE = (
    r"(?:(?:政府|政务)?信息(?:与政务|和政务)?公开(?:工作)?(?:开展)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:总结)?(?:报告|年报)"
    r"|政务公开(?:工作)?(?:年度报告|年报))"
)
"""What every title holds: 政府信息公开工作年度报告 and its kin, without body and year."""

_CORE = re.compile(TITLE_CORE)
_YEAR = re.compile(rf"({ANY_YEAR})(?:年度|年|度)?")
_NOT_TITLE = re.compile(
    r"通知|要求|编制(?!委|办)|下载|目录|点击|上一篇|下一篇|来源|如下|附件|相关|《|本报告|关于做好|解读|查看|更多|基于|统计表$"
)
_AFTER_NO_TITLE = re.compile(
    r"[(（]?(?:的)?(?:制度|规定|办法|方案|模板|格式|范本|要点|考察|评议|评估|分析|摘要|汇编|名单)"
    r"|(?:正式|新鲜)?(?:出炉|发布|亮相|来了|上线|揭晓)"
)
_TELLS_OF = re.compile(r"(?<!全文)(?:发布|公布|出台|召开)$")
_NO_BODY = re.compile(r"^(?:关于报送|关于)|关于报送|\(.*?\)|的$")
_BODY_BEHIND = re.compile(
    r"^[(（]([^()（）]{2,20}(?:政府|局|委|委员会|办|办公室|厅|处|中心|院|镇|乡|街道|海关|部|大学|公司|社|会|馆|队|所|站|公署))[)）]$"
)
_MARKS = re.compile(r"[,，;；:：!！?？]|。.")

_LINKED = re.compile(
    rf"{DISCLOSURE}.{{0,30}}?(?:年度?报告|年报|年度.{{0,10}}报告|工作.{{0,12}}报告|情况.{{0,6}}报告|总结报告)"
    rf"|(?:年度?|工作)(?:报告|年报).{{0,4}}{DISCLOSURE}"
    rf"|{YEAR}年?度?{DISCLOSURE}(?:工作)?报告"
)
_COLUMN = re.compile(
    rf"(?:法定主动公开内容)?(?:本级|部门|单位|机关|市政府|县政府|区政府|省政府|政府)?"
    rf"(?:{DISCLOSURE}|公开)(?:工作)?(?:的)?(?:年度工作报告|年度报告|年报|报告)(?:专栏|列表|汇总)?"
)
_LEADS_ON = re.compile(
    r"政府信息公开|政务公开|信息公开|信息公开专栏|政府信息公开专栏|法定主动公开内容|公开|(?:县|市|区|省|镇|乡)?政府信息公开"
    r"|(?:各)?(?:部门|区县|县区|县市区|乡镇|街道|乡镇街道|镇街)(?:年报|年度报告)?|市直部门|区直部门|县直部门"
)
_NO_REPORT = re.compile(
    r"通知|解读|图解(?!版)|一图|培训|部署|格式|填报说明|考核|评议|评估|季度|月报|公开目录|公开指南|实施意见|编制工作"
    r"|问卷|座谈|会议|学习|办法|规定|条例|统计年报填|问题清单|反馈|意见征集|上一篇|下一篇"
)
_FOLDER = re.compile(rf"({ANY_YEAR})(?:年度?)?(?:年报|年度报告|报告|度)?")
_QUOTES = re.compile(rf"[\s{INVISIBLE}《》〈〉“”\"']+")
_CUT = re.compile(r"(?:\.{2,}|…+|。{2,})$")


class Title(NamedTuple):
    """A title line: the text as printed, the body it names (may be empty) and the year (may be None)."""

    text: str
    body: str
    year: int | None


def read_title(text: str) -> Title | None:
    """The title that a line is, or None: ``磐石市人民政府2018年政府信息公开工作年度报告`` and its many kin."""
    return _titled(text) if "公" in text and len(text) <= (160 if "(" in text else 90) else None


@lru_cache(maxsize=4096)
def _titled(text: str) -> Title | None:
    flat = without_sounds(squeeze(text)).strip("。.*#>-—_ ")
    if len(flat) > 72 or "公开" not in flat:
        return None
    core = _CORE.search(flat)
    if core is None or _NOT_TITLE.search(flat) or _MARKS.search(flat) or re.match(ARTICLE, flat):
        return None
    after = flat[core.end() :]
    if len(after) > 14 or _AFTER_NO_TITLE.match(after):
        return None
    before = flat[: core.start()]
    year, body = None, before
    if found := _YEAR.search(before):
        year = year_number(found[1])
        body = before[: found.start()] + before[found.end() :]
    body = _NO_BODY.sub("", body)
    if _TELLS_OF.search(body):
        return None
    if not body and (named := _BODY_BEHIND.match(after)):
        body = named[1]
    return Title(" ".join(text.split()).strip("*# "), body.strip("-—_·|"), year)


def plain(text: str) -> str:
    """A link's text for comparing: no white space, no brackets of book titles."""
    return _QUOTES.sub("", compared(text))


def is_cut(text: str) -> bool:
    """Whether a list shows only the beginning of a title (``...`` or ``…`` at its end)."""
    return bool(_CUT.search(compared(text).strip()))


def is_report_title(text: str) -> bool:
    """Whether a link's text is the title of a report; a column's name and news about reports are not."""
    title = plain(text)
    if len(title) > 120 or _NO_REPORT.search(title) or _COLUMN.fullmatch(title):
        return False
    return bool(_LINKED.search(title))


def may_be_report(text: str) -> bool:
    """Whether the beginning of a cut title could go on to be that of a report."""
    title = plain(_CUT.sub("", text.strip()))
    if _NO_REPORT.search(title):
        return False
    return bool(re.search(DISCLOSURE, title) or _LINKED.search(title)) or (
        len(title) >= 6
        and year_of_title(title) is not None
        and re.search(r"政府|信息|局|委|办|厅", title) is not None
    )


def is_column_name(text: str) -> bool:
    """Whether a link's text names the column in which a portal keeps its reports."""
    return bool(_COLUMN.fullmatch(plain(text)))


def leads_towards_column(text: str) -> bool:
    """Whether a link's text of a portal leads nearer to that column."""
    return bool(_LEADS_ON.fullmatch(plain(text)))


def year_of_title(text: str) -> int | None:
    """The year that a title names; None where none, or none that a report can be of."""
    return _possible(first_year(plain(text)))


def year_of_folder(text: str) -> int | None:
    """The year where a link's text is nothing but a year (``2022``, ``2022年度``, ``2022年年报``)."""
    found = _FOLDER.fullmatch(plain(text))
    return _possible(year_number(found[1])) if found else None


def _possible(year: int | None) -> int | None:
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None
