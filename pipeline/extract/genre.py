"""Is it a report? The headline decides before the figures; without a title, the lead must say so (NOTES
section 14)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.chinese.days import PART_OF_YEAR, YEAR
from pipeline.chinese.numbering import NUMERALS, section_of
from pipeline.chinese.text import compared, squeeze, without_sounds
from pipeline.chinese.titles import read_title
from pipeline.codebook import Codebook, load_codebook
from pipeline.document import Document, Image, Paragraph, Table
from pipeline.extract.pieces import Piece, headline

_LIST_TITLES = 3
_OWN_TEXT = 20
_UNDER_COLUMN = 8
_LEAD = 1_500
_HEADING = 40
_HEADLINES = 15
"""Paragraphs among which a headline stands."""
_PLACES = {
    "ends": "(?:{})(?:[(（].{{1,8}}[)）])?$",
    "begins": "^(?:{})",
    "holds": "{}",
    "brackets": "[(（](?:{})[)）]",
    "reports": "(?:{})(?:情况)?(?:的)?(?:年度)?(?:工作)?报告$",
    "reports_on": "(?:{})[^。]{{2,12}}(?:情况)?(?:的)?(?:年度)?(?:工作)?报告$",
    "announces": "(?:{})[^。]{{0,12}}(?:公告|公示|文件)$",
    "part": "{}",
    "first_part": "一、\\s*(?:{})",
    "first_of_form": "(?:{})$",
}
"""Where the words of a row of genres.csv stand in a headline."""
_OF_A_PART = re.compile(rf"(?<!2008年){PART_OF_YEAR}|(?<!\d)\d{{1,2}}月份")
_NAMED_SO = re.compile(
    r"(?:调查|培训|会议|考核|评估|检查|解读|分析|研究|座谈)[一-鿿]{0,4}?"
    r"(?:总队|支队|大队|队|局|中心|办公室|处(?![理置罚])|所|院|站|委员会|学校|公司)"
)
"""A body whose name holds a word of another genre (调查总队, 培训中心)."""
_SENDS_REPORT = re.compile(
    r"(?:报送|上报|呈报|公布|发布|公开)[^。]{0,40}(?:年度报告|年报)的?(?:函|通知|公告|通告)$"
)
_PERIOD = re.compile(r"(?:统计|数据)[^。]{0,12}(?:期限|时限|时段|时间|周期|截[至止])")
_NEWS = re.compile(
    r"[(（]?(?:记者|通讯员|本报讯|新华社)\s*[:：]?[一-鿿]{1,4}|报告显示|报告透露|[一-鿿]{2,8}\d{1,2}月\d{1,2}日[电讯]|来源\s*[:：]\s*\S{1,8}(?:日报|晚报|时报|新闻)"
)
_CALLS_ITSELF = re.compile(
    rf"(?:本|年度|工作|公开|此|{YEAR}年)(?:年度)?(?:工作)?(?:报告|年报)|信息公开(?:工作)?(?:情况)?(?:年度)?(?:报告|年报)|报告如下"
    rf"|报告统计|(?:统计|数据)[^。]{{0,12}}(?:期限|时限|时段|时间)|现[将就][^。;]{{0,30}}(?:情况|工作)[^。;]{{0,6}}(?:总结|汇报|报告|公布)如下"
)
_COMPILED = re.compile(
    r"(?:本|此)(?:年度)?(?:工作)?(?:报告|年报)[^。]{0,90}(?:编制|编写)|(?:编制|编写)了?(?:本|此)(?:年度)?(?:报告|年报)"
    r"|(?:报告|年报)[^。]{0,12}所列数据[^。]{0,8}自"
)
"""A lead that says of the text that it is a compiled report, or of which days its figures are."""
_SUB_HEADING = re.compile(rf"[(（][{NUMERALS}][)）](.{{2,24}})")
_OF_REPORT = re.compile(
    r"公开的?(?:主要)?(?:内容|形式|渠道|数量|类别)|主动公开|依申请公开|(?:申请|受理|答复|收费|减免|咨询|复议)[^。]{0,8}情况"
)
_TELLS_ON = re.compile(r"^[^。;,]{4,40}(?:评估|评价|测评|自查|调研|考核)(?:情况)?(?:的)?报告$")
"""The headline of a report of another kind, below other lines of its page."""
_ISSUES = re.compile(r"关于(?:印发|转发|做好|报送|编制)[^。]{4,60}通知$")
_ANNOUNCED = re.compile(r"现(?:予以)?(?:公布|公开|发布|将)[^。;]{0,60}信息公开[^。;]{0,12}(?:年度报告|年报)")
_OF_A_YEAR = re.compile(rf"概述\s*{YEAR}年[,，]")
_SPOKEN_OF = 3
"""How often a text that begins within the older form, with a year, must speak of disclosure."""
_PASSES_ON = re.compile(
    r"现[就将][^。;]{0,60}?(?:通知|事项通知|要求|安排)如下|印发给你们|(?<![申邀聘提报])请(?:结合实际,?)?(?:认真|遵照)?(?:贯彻|抓好|组织|执行)"
)
_LAYS_DOWN = re.compile(r"制定本(?:制度|规定|办法|细则|规程|方案)")


class Marks(NamedTuple):
    """Rows of genres.csv as patterns: of other genres (genre, pattern), and of a report's headings."""

    others: tuple[tuple[str, re.Pattern[str]], ...]
    part: re.Pattern[str]
    first_part: re.Pattern[str]
    first_of_form: re.Pattern[str]


_HELD: dict[int, tuple[Codebook, Marks]] = {}


def marks_of(codebook: Codebook) -> Marks:
    """The marks of a codebook, made once."""
    if id(codebook) not in _HELD:
        _HELD.clear()
        _HELD[id(codebook)] = codebook, _read_marks(codebook)
    return _HELD[id(codebook)][1]


def _read_marks(codebook: Codebook) -> Marks:
    others: list[tuple[str, re.Pattern[str]]] = []
    headings: dict[str, re.Pattern[str]] = {}
    for row in codebook.genres:
        unless = "".join(f"(?!{word})" for word in row.unless)
        pattern = re.compile(_PLACES[row.place].format(unless + f"(?:{'|'.join(row.words)})"))
        if row.place in Marks._fields:
            headings[row.place] = pattern
        else:
            others.append((row.genre, pattern))
    return Marks(tuple(others), **headings)


def _plain(text: str) -> str:
    return compared(without_sounds(squeeze(text)))


def _notice(piece: Piece) -> str:
    """The headline of a notice about reports, or of a report of another kind, that is set over two lines
    or, in a piece without a title of its own, below other lines of its page; "" where there is none."""
    lines = [_plain(p.text) for p in piece.paragraphs[:_HEADLINES]]
    if not piece.title and (told := next((x for x in lines if _TELLS_ON.search(x)), "")):
        return told
    if not piece.title and (alone := next((x for x in lines if _ISSUES.search(x) and other_genre(x)), "")):
        return alone
    for above, line in itertools.pairwise(lines):
        if "关于" in above and not other_genre(above) and "报告" in line and other_genre(line) == "a notice":
            return above + line
    return ""


def other_genre(text: str) -> str:
    """What a headline says that its page is, where that is no report; "" where it may be one."""
    flat = _plain(text).strip("。.*# ")
    if not flat or len(flat) > 90 or _SENDS_REPORT.search(flat):
        return ""
    said = _NAMED_SO.sub("", flat)
    if _OF_A_PART.search(said):
        return "of a part of a year"
    return next((genre for genre, pattern in marks_of(load_codebook()).others if pattern.search(said)), "")


def report_titles(document: Document) -> tuple[str, ...]:
    """The distinct lines of a document that read as the title of a report, in order; three or more make a
    list."""
    found = (read_title(b.text) for b in document.blocks if isinstance(b, Paragraph))
    return tuple(dict.fromkeys(squeeze(title.text) for title in found if title))


def why_no_report(document: Document, piece: Piece, read: int, tabled: int) -> str:
    """Why a piece of a document is no report, in words that end a sentence: "it is a notice"; "" where it
    is one.

    ``read`` counts the figures of the codebook that it gave, ``tabled`` those of tables among them."""
    head = headline(document, piece)
    if genre := other_genre(head):
        about = "" if "公开" in head else "it shows no title of a report, and "
        return f"{about}its headline 《{head[:60]}》 says that it is {genre}"
    if line := _notice(piece):
        return f"its headline 《{line[:60]}》 says that it is {other_genre(line) or 'a notice'}"
    if piece.title is not None and not (piece.title.year or piece.title.body):
        for line in (
            p.text for p in piece.paragraphs[:_UNDER_COLUMN] if "公开" in p.text and "。" not in p.text
        ):
            if read_title(line) is None and (genre := other_genre(line)):
                return f"under the name of a column its headline 《{line[:60]}》 says that it is {genre}"
    headings = [p for p in piece.paragraphs if section_of(p.text)]
    long = sum(len(p.text) for p in piece.paragraphs)
    if piece.title is not None:
        listed = len(report_titles(document)) >= _LIST_TITLES
        own = sum(len(squeeze(p.text)) for p in piece.paragraphs if read_title(p.text) is None)
        if read or piece.tables or len(headings) >= 2 or (headings and long >= 400):
            return ""
        if not listed and (own >= _OWN_TEXT or any(isinstance(b, Image) for b in piece.blocks)):
            return ""
        titles = len(report_titles(document))
        if titles > 1:
            return f"it shows a list of {titles} titles of reports"
        frame = document.meta.get("Frame", "")
        return "it shows a title alone" + (f", and in a frame {frame[:120]}" if frame else "")
    if tabled:
        return ""
    text = "\n".join(_plain(p.text) for p in piece.paragraphs)
    if _LAYS_DOWN.search(text[:_LEAD]):
        return "it has no title and lays down rules"
    if _PASSES_ON.search(text[:_LEAD]):
        return "it has no title and tells others what to do"
    if _NEWS.search(text[:_LEAD]) or _NEWS.search(text[-200:]):
        return "it has no title and is written as news"
    marks = marks_of(load_codebook())
    if _ANNOUNCED.search(text[:_LEAD]) and marks.first_part.search(text):
        return ""
    if (
        headings
        and _plain(headings[0].text).endswith("概述")
        and _OF_A_YEAR.search(text)
        and text.count("公开") >= _SPOKEN_OF
    ):
        return ""
    of_form = sum(1 for p in headings if marks.part.search(_plain(p.text)))
    calls_itself = _CALLS_ITSELF.search(text[:_LEAD])
    opens = bool(headings) and marks.first_of_form.search(_plain(headings[0].text))
    if "信息公开" in text and (
        _COMPILED.search(text[:_LEAD]) or (opens and "条例" in text) or (opens and read)
    ):
        return ""
    if "公开" in text and (
        (calls_itself and (read or headings or _PERIOD.search(text[:_LEAD])))
        or of_form >= 2
        or (read and max(len(headings), _sub_headings(piece)) >= 2)
    ):
        return ""
    shown = f"{read} figures" if read else f"{len(piece.tables)} tables" if piece.tables else "no figure"
    return f"it shows no title of a report, {shown}, and no lead that calls it one"


def _sub_headings(piece: Piece) -> int:
    """How many headings below the main ones are of a report's parts: a text may begin within a section."""
    found = (_SUB_HEADING.fullmatch(p.text.strip()) for p in piece.paragraphs if len(p.text) < _HEADING)
    return sum(1 for m in found if m and _OF_REPORT.search(_plain(m[1])))


def what_it_shows(document: Document, pieces: Sequence[Piece]) -> str:
    """Of a document without a report: what was found in it and what was missing."""
    if not document.blocks:
        return "it shows nothing"
    if not any(isinstance(b, Paragraph | Table) for b in document.blocks):
        return "it shows pictures alone"
    titles = len(report_titles(document))
    if titles > 1 and not any(p.tables for p in pieces):
        return f"it shows a list of {titles} titles of reports"
    return why_no_report(
        document, max(pieces, key=lambda p: sum(len(x.text) for x in p.paragraphs)), 0, 0
    ) or ("it shows a title and sections, and nothing that could be read under them")
