"""Whose figure, of what time: what stands around a figure in a sentence decides whether it may be taken.

All functions read flattened text (see ``flatten_sentence_text``) and positions in it. The rule of the house:
a figure is taken only where everything to its left inside its clause is understood; what is not understood is
a miss, what could mean two things is ``ambiguous``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.chinese.text import squeeze
from pipeline.extract.prose.patterns import required_words

Verdict = Literal["take", "ambiguous", "skip"]

_MARKS = "“”‘’\"'「」『』​‌‍⁠﻿"
_DROP = re.compile(rf"[\s{_MARKS}]+")
_DROPPED = frozenset(c for c in map(chr, range(0x10000)) if _DROP.fullmatch(c))
_TITLE = re.compile(r"《[^《》]{0,80}》")
_IN_TITLE = re.compile(r"[0-9零〇○一二两三四五六七八九十百千]")
_SENTENCE_END = re.compile(r"[。!?]|(?<=%)(?=\d+[\u4e00-\u9fff])")


def flatten_sentence_text(text: str) -> str:
    """NFKC, no white space, no quotation marks. Same length mapping as ``raw_span`` undoes."""
    return _DROP.sub("", squeeze(text))


@lru_cache(maxsize=256)
def _sources(text: str) -> Sequence[int]:
    """For each flattened character the index in ``text`` that it came from."""
    flat = flatten_sentence_text(text)
    if len(flat) == len(text):
        return range(len(text))
    kept = [i for i, c in enumerate(text) if c not in _DROPPED]
    if len(kept) == len(flat):
        return kept
    sources: list[int] = []
    for index, char in enumerate(text):
        sources.extend([index] * len(flatten_sentence_text(char)))
    return sources


def raw_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of ``text`` that flattened characters ``start`` to ``end`` came from."""
    sources = _sources(text)
    if start >= end or end > len(sources):
        return 0, len(text)
    return sources[start], sources[end - 1] + 1


def mask_titles(flat: str) -> str:
    """Digits inside 《...》 are part of a name: each becomes □, so that no figure or year is read from it."""
    if "《" not in flat:
        return flat
    return _TITLE.sub(lambda m: _IN_TITLE.sub("□", m[0]), flat)


def sentences(flat: str) -> list[tuple[int, int]]:
    """Spans of sentences. A figure that follows a percentage without a mark opens a new one (100%6件)."""
    cuts = [0]
    for match in _SENTENCE_END.finditer(flat):
        cuts.append(match.end())
    cuts.append(len(flat))
    return [(a, b) for a, b in itertools.pairwise(cuts) if b > a]


# --- time -------------------------------------------------------------------------------------------------------

YEAR = r"(?<!\d)(?:19|20)\d\d"
_FULL_YEAR = re.compile(
    rf"(?:自|从)?(?P<y>{YEAR}年)?1月1日(?:起|开始)?(?:至|到|-|~|—)(?:{YEAR}年|同年)?12月31日(?:止|期间|为止)?"
)
_FIRST_YEAR = re.compile(
    r"(?:自|从)?2008年5月1日(?:起|开始)?(?:至|到|-|~|—)(?:2008年|同年)?12月31日(?:止|期间)?"
)
_COMPARE = re.compile(
    rf"(?:比|较|相较于?|对比)(?:{YEAR}年|去年|上一?年|往年|前一年)度?(?:全年|同期)?(?:相比|比较|相较|对比|比)?"
    rf"|(?:与|同|和)(?:{YEAR}年|去年|上一?年|往年|前一年)度?(?:全年|同期)?(?:\([^()]*\))?(?:相比|比较|相较|对比|比|基本持平|持平|相当)"
)
_ASIDE = re.compile(
    rf"(?:于|自|从)?{YEAR}年\d{{1,2}}月(?:\d{{1,2}}日)?(?:正式)?(?:组建|成立|挂牌|设立)|\((?:其中)?(?:[^()]{{0,12}}(?:累计|历年))[^()]*\)|\((?:去年|上一?年|{YEAR}年)度?(?:同期|全年)?[^()]*\)"
    rf"|(?<=[条件份宗)%],)(?:去年|上一?年)度?(?:同期|全年)?(?:共)?(?:收到|受理)?(?:申请)?(?:为|是)?[\d,.零〇一二两三四五六七八九十百千]+[余多]?万?[条件份宗](?=[。;]|,(?!其中))"
)
"""What a sentence says beside its own course of another time: (去年同期108件), 上年为91件."""
_CARRY = re.compile(
    rf"(?:{YEAR}年|上一?年|去年)度?(?:的)?(?:结转|转结|遗留|未办结|跨年)|结转(?:至|到)?(?:下一?年|明年|次年|{YEAR}年)度?|转(?:入|至|到)?(?:下一?年|明年|次年)度?"
)
_SINCE_YEAR = re.compile(rf"(?:自|从){YEAR}年[^,。;]{{0,24}}?(?:以来|至今|起|开始)")
_TIME = re.compile(
    rf"(?P<year>{YEAR})(?:年|(?=(?:全|我|本|共|,|度)))"
    r"|(?P<this>今年|本年度?|全年|年内|年度内|报告期内?|统计期内?|本报告期|一年来)"
    r"|(?P<past>去年|上一?年度?|前一?年|往年|前年|上年同期|同期|以往)"
    r"|(?P<next>明年|下一?年度?|来年|次年)"
)
_PERIOD = re.compile(
    r"(?<!\d)\d{1,2}月份?(?!\d{1,2}日)|\d{1,2}[-~至到]\d{1,2}月|[一二三四1-4]季度|季度|上半年|下半年|每月|每周|每年|每日|每天|每季|每次|月均|日均|年均|平均|人均|当月|本月|当天|当日"
    r"|(?<!\d)\d{1,2}月\d{1,2}日|[一二三四五六七八九十]{1,2}月份|期间(?=[^,。;]{0,3}(?:收到|受理))"
)
_UNTIL_END = re.compile(
    rf"(?:截至|截止到?|至|到)(?:{YEAR}年)?(?:12月31日|12月底|年底|年末|底|目前)止?|(?:{YEAR}年|今年)?年?底前?"
)
_CUMULATIVE = re.compile(
    r"累计|历年|累积|(?:自|从)(?!然)[^,。;]{0,24}(?:以来|至今|起|开始)|截至|截止|多年来|以来|年来|至今|近[两二三四五]年|[两二三四五六七八九十]年(?:来|间|共|内)|十[一二三四五]五|规划期"
)
_YEAR_SO_FAR = re.compile(r"(?:(?!\d[条件份宗]).)*累[计积]")
"""累计 without a figure before it: behind 新增126条 it counts all years."""
_SINCE = re.compile(r"历年|(?:自|从)(?!然)[^,。;]{0,24}(?:以来|至今|起|开始)|多年来|以来|至今")
_PLAN = re.compile(
    r"将(?!近|[^,。;]{0,20}(?:纳入|作为))|计划|(?<![草起])拟|力争|争取|预计|打算|下一步|下步|今后|目标|不少于|不低于|至少|应当|必须|(?<!依照)(?<!按照)(?<!按)(?<!根据)(?<!依据)(?<!有关)(?<!相关)规定(?!的其[他它]情形)|要求(?!提供|公开|获取|行政机关|确认|补正|补充|缴纳)|如果|如有|如需|若"
)
_NEEDED = {
    pattern: required_words(pattern.pattern) or ("",)
    for pattern in (
        _FULL_YEAR,
        _FIRST_YEAR,
        _COMPARE,
        _ASIDE,
        _CARRY,
        _SINCE_YEAR,
        _UNTIL_END,
        _PERIOD,
        _PLAN,
    )
}
"""Words of which every match holds one: without them there is nothing to look for."""
_DUTY = re.compile(r"(?:按照|按|根据|依照|依据|围绕|落实|对照)[^,。;]{0,20}?(?:要求|规定)(?!提供|公开)")
_THIS_WORDS = re.compile(r"今年(?:以来|来)?|本年度?|全年来?|年内|一年来")


def _may_match(pattern: re.Pattern[str], text: str) -> bool:
    for word in _NEEDED[pattern]:  # noqa: SIM110 (half the time of any())
        if word in text:
            return True
    return False


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(_dots, text) if _may_match(pattern, text) else text


def _dots(match: re.Match[str]) -> str:
    return "·" * len(match[0])


@lru_cache(maxsize=1024)
def year_context(text: str, year: int | None, carried: bool) -> tuple[bool | None, bool]:
    """(is the last time named before the figure the report's own?, was one named at all).

    ``text`` runs from the paragraph's start to the figure. None where years are named that nothing settles.
    """
    clean = _blank(_SINCE_YEAR, _blank(_COMPARE, _blank(_ASIDE, text)))
    if not carried:
        clean = _blank(_CARRY, clean)
    last: bool | None = True
    named = False
    years: set[str] = set()
    for match in _TIME.finditer(clean):
        named = True
        if match["year"]:
            years.add(match["year"])
            if year is not None:
                last = int(match["year"]) == year
            else:
                last = True if len(years) == 1 else None
        else:
            last = bool(match["this"])
    return last, named


def time_verdict(sentence: str, before: str, year: int | None, *, stock: bool) -> Verdict:
    """``sentence`` is the text of the sentence up to the figure, ``before`` the paragraph's up to the
    sentence."""
    if _may_match(_PLAN, sentence) and _PLAN.search(_DUTY.sub("·", sentence)):
        return "skip"
    sentence = _blank(_ASIDE, sentence)
    own, named = year_context(sentence, year, False)
    if not named and before:
        own, _ = year_context(before, year, False)
    if own is False:
        return "skip"
    sentence = _since_own_year(sentence, year)
    inside = _blank(_FULL_YEAR, sentence)
    full = inside != sentence or (
        year == 2008 and _may_match(_FIRST_YEAR, sentence) and bool(_FIRST_YEAR.search(sentence))
    )
    inside = _blank(_FIRST_YEAR, inside)
    rest = _blank(_UNTIL_END, inside)
    ends = rest != inside
    if _may_match(_PERIOD, rest) and _PERIOD.search(rest):
        return "skip"
    if own is None:
        return "ambiguous"
    this = full or _states_this_year(rest, year)
    rest = _THIS_WORDS.sub("·", rest)
    if (
        _CUMULATIVE.search(rest)
        and not (this and (stock or _YEAR_SO_FAR.match(rest)) and not _SINCE.search(rest))
    ) or (ends and not this and not stock):
        return "ambiguous"
    return "take"


class _OwnYear(NamedTuple):
    """How a text names the report's year: as a period that begins, and at all."""

    begins: re.Pattern[str]
    named: re.Pattern[str]


@lru_cache(maxsize=64)
def _own_year(year: int | None) -> _OwnYear:
    name = rf"(?<!\d){year}年" if year else "今年"
    return _OwnYear(
        re.compile(rf"(?<![截至到自从度止])(?:{name}(?!底|末|\d)|今年|本年度|全年)"),
        re.compile(rf"(?<!\d){year}年(?!底|末|\d)" if year else rf"{YEAR}年(?!底|末|\d)"),
    )


def _since_own_year(text: str, year: int | None) -> str:
    """``text`` from the last place where this year is named as a period: what stands before it no longer
    holds."""
    last = 0
    for mark in _own_year(year).begins.finditer(text):
        last = mark.start()
    return text[last:]


def _states_this_year(text: str, year: int | None) -> bool:
    return bool(_THIS_WORDS.search(text) or _own_year(year).named.search(text))


# --- whose ------------------------------------------------------------------------------------------------------

_UNIT_END = (
    r"(?:人民政府|政府办|市政府|县政府|区政府|镇政府|办公室|办公厅|办(?![理结公法事件学])|管理局|分局|局|委员会|管委会|发改委|卫健委|委|厅|镇|乡|街道|办事处|中心|开发区"
    r"|大队|支队|学校|医院|公司|科室|处|县|区|市|州|院|站|所|法院)"
)
_WHOLE = (
    r"(?:全(?:市|县|区|省|州|盟|旗|镇|乡|街道?|局|系统|委|厅|院|办|校|所|站|处|社区|开发区|兵团)(?:范围内?|上下|系统|政府系统)?"
    r"|(?:我|本)(?:市|县|区|省|州|盟|旗|镇|乡|街道?|局|委|厅|院|办|中心|机关|单位|部门|办事处|处|会|站|所|系统|行政机关|级政府|政府|管委会)"
    r"|本行政区域内?(?:的)?(?:各级行政机关)?|各级各?(?:(?:行政机关|单位|部门|政府)(?:及其?|和)?)+|各(?:有关|相关)?(?:行政机关|单位|部门)(?:各?(?:单位|部门))?|各地各部门|单位|政府信息公开(?:工作)?(?:机构|部门))"
)
_WHEN = rf"(?:{YEAR}年?度?|今年(?:以来|来)?|本年度?内?|全年来?|年度?内|一年来|本?报告期内?|统计期内?|年末|年底|截至[^,]{{0,12}}|截止[^,]{{0,12}}|期间|内|来|度|·+)"
_PLAIN = (
    r"(?:行政机关|(?:依照|按照|按|根据|依据)(?:有关|相关)?规定|仅|只|历年|共计|总共|一共|合计|总计|共|累计|累积|已经|已|均|先后|新增|新|依法|依规|及时|按时|认真|严格|积极|主动|向社会(?:各界|公众)?|面向社会|对外|直接|实际|正式"
    r"|另外|另有|另|还|也|全部|其中|即|为|是|有|的|了|做好|完成|实现|属于?|系|包括|包含|含|计|现|现有|目前|此外|同时|并|且|就|在|对于|对|将|中|通过(?:多种|各类|各种|不同)(?:公开)?(?:渠道|平台|形式|方式|途径)"
    r"|[\u4e00-\u9fff]{2,12}等(?:多种|各种|各类|不同|多个)?(?:公开)?(?:渠道|平台|形式|方式|途径|载体)|从事|情况|方面|服务|过程|时(?!间)|工作|以|经|不服|作为被申请人|涉及|涉|因|由|由于|公民|申请人|申请|办理|答复|处理|收到|受理|接到|发生|产生|引发|引起|提起|提供|告知|作出|予以|方式为?|形式为?|渠道为?|按申请方式分?|按办理结果分?|从[^,。;、]{1,8}(?:看|分)|按[^,。;、]{1,8}(?:分|看)|一是|二是|三是|四是|五是|六是|七是|八是"
    r"|(?:在)?(?:收到|受理|答复|办理|以上|上述|这)?的?\d+[件宗条起](?:公开)?(?:申请|答复|依申请公开)?中"
    r"|(?:与|和)(?:政府)?信息公开(?:工作)?(?:有关|相关)(?:联)?的?|(?:政府)?信息公开类|针对|有关|事务|关于|政府信息公开(?:工作)?(?:方面|的)?|信息公开|政务公开|政府信息|依申请公开|依申请|开展|举办|组织|召开|设立|设有|设置|建立|安排|配备|投入|使用|用于|落实|收取|主动公开|公开|发布|公布|回应|解读)"
)
_ENUM = r"(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.]|[(（]?\d{1,2}[)）.、](?!\d)|[①-⑩]|[-·*•—])"
_LEFT = re.compile(rf"(?:{_ENUM})?(?:{_WHEN}|{_WHOLE}|{_PLAIN}|,)*")
_LEFT_BODY = re.compile(
    rf"(?:{_WHEN}|{_PLAIN}|,)*(?P<body>[\u4e00-\u9fff]{{0,24}}?{_UNIT_END}(?:机关)?)(?:{_WHEN}|{_PLAIN}|,|·)*"
)
_WHOLE_RE = re.compile(rf"{_WHOLE}")
_LEVEL = re.compile(
    r"(?:市|县|区|州|省|镇|局)?(?:本级|(?:市|县|区|州|省)直(?!接)|(?:市|县|区|州|省)级(?:各)?(?:部门|机关|单位)|局机关|机关本部)|各(?:乡镇|县区|县市区|街道|镇街|区县|市县|乡|县|区|镇|科室|股室|处室|二级单位|下属单位|直属单位)"
)
_OTHERS = re.compile(
    r"(?:其余|其他|其它|部分|个别|有的|多数|大部分|某|另外|该)[\u4e00-\u9fff]{0,6}?(?:单位|部门|县|区|乡镇|镇|街道|局|机关|地方|科室)|除[^,。;]{1,20}外|以[^,。;]{1,16}为例(?!外)|(?:该|某|同一|一名|一位)申请人"
)
_OTHER_GROUP = re.compile(r"各(?:县|市|区|乡|镇|街道)|办公室|本级|本机关|局机关")
"""Beside which 各部门 are one group of bodies among others."""
_SUB_LEAD = re.compile(
    r"(?:其中|例如|比如|如|包括|包含|分别是)[,:]?(?:"
    + _WHEN
    + r"|,)*(?P<name>(?!主要|通过|在|涉及)[\u4e00-\u9fff]{1,12}?(?:局|委员会|委|厅|镇|乡|街道|办事处|中心|开发区|管委会|县|区|市))(?!信息|公开|政府|网)"
)
_CLAUSE_BODY = re.compile(
    rf"^(?:{_WHEN}|,|同时|此外|另外)*(?P<name>(?![我本全各])(?:(?![我本])[\u4e00-\u9fff]){{1,14}}?(?:局|委员会|发改委|卫健委|分局|镇|乡|街道|办事处|派出所|开发区|管委会))"
    r"(?=坚持|认真|严格|积极|高度|结合|按照|根据|通过|共|收到|受理|主动|全年|,|制定|建立|开展|组织)"
)
_BREAKDOWN = re.compile(
    r";(?=(?:从|按|在)?[^,。;、\d]{0,8}(?:方式|形式|渠道|途径|结果|情况|类型)(?:看|上看|来看|分|划分|上|方面)?[,:])"
)
"""A new breakdown of the same total (;从申请方式看,...): bodies that were named before it no longer hold."""
MAX_LEFT = 48
"""A clause longer than this before its figure is not understood (and bounds the work on hostile text)."""
_STOP = ",;:。!?()、"


def clause_start(flat: str, at: int, floor: int = 0) -> int:
    """Where the clause that holds position ``at`` begins (after , ; : 。 ( ) or 、), at ``floor`` at the
    earliest."""
    start = at
    while start > floor and flat[start - 1] not in _STOP:
        start -= 1
    return start


def joint_list(flat: str, start: int) -> bool:
    """Is the figure shared with the item before (当面申请、网络申请15件)? True where 、 or 和 joins an item without
    number."""
    if start == 0 or flat[start - 1] != "、":
        return False
    before = flat[clause_start(flat, start - 1) : start - 1]
    return not re.search(r"[\d一二两三四五六七八九十百千万]\d*[余多]?[\u4e00-\u9fff]{1,2}$|%\)?$|\)$", before)


_TITLE_OF = re.compile(
    rf"(?:^|[《\-—了布])(?P<name>[\u4e00-\u9fff]{{2,24}}?)(?:关于)?(?:{YEAR}年?度?)(?:政府)?(?:政务)?信息公开(?:工作)?(?:年度)?(?:情况)?(?:工作)?(?:的)?(?:报告|年报)"
)


def self_names(texts: Sequence[str], issuer: str | None = None) -> tuple[str, ...]:
    """Names of the reporting body: the issuer if known, and what titles in the first paragraphs say."""
    names = [issuer] if issuer else []
    for text in texts[:12]:
        if "信息公开" in text:
            names.extend(match["name"] for match in _TITLE_OF.finditer(text[:3000]))
    return tuple(dict.fromkeys(names))


_GOVERNMENT_END = re.compile(r"(?:人民)?政府(?:办公室|办公厅)?$")
_BARE_GOVERNMENT_END = re.compile(r"(?:人民)?政府$")
CLAUSE_MARKS = re.compile(r"[,;:]")


def _short(name: str) -> str:
    return re.sub(r"政府办$", "政府办公室", name).replace("人民政府", "政府")


def _abbreviates(short: str, own: str) -> bool:
    """州林草局 of 怀德州林业和草原局: every character of ``short`` stands in ``own``, in this order."""
    rest = iter(own)
    return all(char in rest for char in short)


def _own(name: str, names: tuple[str, ...]) -> Verdict:
    bare = name.removesuffix("机关")
    if names:
        short = _short(bare)
        for own in names:
            if (
                _short(own).endswith(short)
                or (short in ("街道", "街道办") and short in own)
                or (short[-1:] in "局委办厅" and len(short) > 3 and _abbreviates(short, own))
            ):
                return "take"
            stem = _GOVERNMENT_END.sub("", own)
            if own.endswith(bare) or bare.endswith(own) or bare in (stem, stem + "政府", stem + "人民政府"):
                return "take"
            if _BARE_GOVERNMENT_END.sub("", bare) in (stem, stem[-1:]) and own != stem:
                return "take"
        return "skip"
    if re.fullmatch(r"[\u4e00-\u9fff]{2,6}(?:省|市|县|区|州|盟|旗)[\u4e00-\u9fff]{2,16}", bare):
        return "take"
    if re.fullmatch(r"[市县区州省镇乡]?(?:人民)?政府", bare):
        return "take"
    return "ambiguous"


def body_verdict(left: str, sentence: str, names: tuple[str, ...], after: str = "") -> Verdict:
    """Whose figure: ``left`` is the clause before the statement, ``sentence`` all before it in its sentence,
    ``after`` the rest."""
    breakdown = [m.end() for m in _BREAKDOWN.finditer(sentence)]
    if breakdown and sentence[: breakdown[-1]].count("(") == sentence[: breakdown[-1]].count(")"):
        sentence = sentence[min(breakdown[-1], len(sentence) - len(left)) :]
    if len(left) > MAX_LEFT or _OTHERS.search(sentence):
        return "skip"
    if _LEVEL.search(left):
        return "ambiguous"
    verdict: Verdict = "take"
    if not _LEFT.fullmatch(left):
        match = _LEFT_BODY.fullmatch(left)
        if not match:
            return "skip"
        verdict = _own(match["body"], names)
        if verdict != "take":
            return verdict
    earlier = sentence[: len(sentence) - len(left)]
    if whole := _WHOLE_RE.search(left):
        if whole[0].startswith("各") and (_OTHER_GROUP.search(earlier) or _OTHER_GROUP.search(after)):
            return "ambiguous"
        return verdict
    if (match := _SUB_LEAD.search(sentence)) and _own(match["name"], names) != "take":
        return "ambiguous"
    if (level := _LEVEL.search(earlier)) and not _WHOLE_RE.search(earlier[level.end() :]):
        return "ambiguous"
    for clause in CLAUSE_MARKS.split(earlier):
        found = _CLAUSE_BODY.match(clause + ",")
        if found and _own(found["name"], names) == "skip":
            return "skip"
        if found and _own(found["name"], names) == "ambiguous":
            return "ambiguous"
    return verdict


_OFFICE = re.compile(r"办理|处理|(?<!在)审理|受理|承办|(?<!未)审结|代理|出庭|审查")
_DISCLOSURE = re.compile(r"信息公开|依申请公开|政务公开")
_NOT_OURS = re.compile(
    r"^[^。]{0,24}(?:均|都)?(?:不涉及|与政府信息公开(?:工作)?无关|(?:不是|非)(?:因)?政府信息公开)"
    r"|^[,(]?(?:均|全部|都|主要)(?:为|是|系|属于?|因|涉及)(?![^()。;]{0,12}信息公开)[^()。;]{0,12}(?:处罚|许可|征收|拆迁|登记|认定|强制|土地|房屋|工伤|劳动|投诉|类)"
)
_PART_IS_OURS = re.compile(r"^[^。]{0,12}其中[^,。;]{0,10}(?:信息公开|依申请公开)")


def dispute_verdict(clause: str, after: str) -> Verdict:
    """Disputes of every kind that an office handles are not disputes about disclosure."""
    if (
        _PART_IS_OURS.match(after)
        or _NOT_OURS.match(after)
        or (_OFFICE.search(clause) and not _DISCLOSURE.search(clause))
    ):
        return "skip"
    return "take"


_OTHER_FEES = re.compile(r"涉企|事业性收费|税|停车|学费|租金|门票|卫生费|抚养费|执法|罚")


def fee_verdict(sentence: str) -> Verdict:
    """Fees for information are never told in one sentence with other charges."""
    return "skip" if _OTHER_FEES.search(sentence) else "take"
