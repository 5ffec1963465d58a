"""What a report's figures cover: the whole area's bodies, or the issuer's own office alone.

Only the text decides (NOTES section 3): a government's title alone says nothing. A text that consolidates
and also counts the issuer alone is ``unknown``, with both sentences as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.chinese.days import YEAR
from pipeline.chinese.numbers import DIGITS
from pipeline.chinese.text import squeeze, without_sounds
from pipeline.chinese.units import CASE_SIGNS
from pipeline.places.phrase import OWN_ORGANS

ScopeValue = Literal["whole_area", "own_body", "unknown"]


@dataclass(frozen=True, slots=True)
class Scope:
    """``value`` and the words of the document that show it (at most 80 characters each), or why none do."""

    value: ScopeValue
    evidence: str
    contradicted: str = ""


_TITLED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_SENTENCE_END = re.compile(r"[。;]")
_COUNT = re.compile(rf"(?<![\d.])(\d{{1,9}})(?=[{CASE_SIGNS}])")
_AREA = r"(?:省|自治区|市|县|区|州|盟|旗)"
_MEMBERS = (
    rf"(?:各(?:相关|有关|职能|工作)?(?:{_AREA}|县市区|乡镇|镇|乡|街道|部门|单位|级|行政机关|直属|局|委|办)|各有关|所属(?:部门|单位)|{_AREA}[直级](?:各)?(?:部门|单位|机关)"
    rf"|全{_AREA}(?:各|所有|政府系统|行政机关|[{DIGITS}\d]+(?:个|家))"
    rf"|[{DIGITS}\d]+(?:个|家)(?:地州市|地市|设区市|市州|县市区|县区|区县|乡镇|政府部门|部门|单位|委办局))"
)
_COUNTED = r"(?:共|累计|总计|合计|新)*(?:收到|受理|接收|收|办理|办结|答复|处理|主动公开|(?<!信息)(?<!政务)(?<!申请)公开|发布)"
CONSOLIDATES = (
    re.compile(rf"(?:综合|汇总|汇集|整合)[^。;]{{0,30}}?{_MEMBERS}[^。;]{{0,60}}"),
    re.compile(
        rf"(?:根据|依据|由|按照)[^。;《]{{0,60}}{_MEMBERS}[^。;《]{{0,40}}(?:年度报告|年报|数据|统计表?|材料)[^。;]{{0,12}}(?:编制|汇总|形成|整理|综合|而成|统计)"
    ),
    re.compile(
        rf"数据[^。;,]{{0,20}}(?:来自|来源于|涵盖|包括|包含|统计范围为|范围为)[^。;]{{0,10}}{_MEMBERS}[^。;]{{0,40}}"
    ),
    re.compile(
        rf"数据[^。;,]{{0,10}}由[^。;]{{0,10}}?{_MEMBERS}[^。;]{{0,30}}(?:上报|报送|汇总|提供|填报)[^。;]{{0,10}}"
    ),
    re.compile(
        rf"(?:本报告|年度报告|年报|报告)[^。;,]{{0,12}}(?:涵盖|反映|包括|包含|覆盖|范围为)[^。;]{{0,20}}{_MEMBERS}[^。;]{{0,30}}"
    ),
    re.compile(rf"在[^。;《]{{0,60}}?{_MEMBERS}[^。;《]{{0,60}}(?:报告|年报|情况)[^。;,]{{0,6}}基础上"),
    re.compile(
        rf"(?:综合|汇总|总结|结合|根据)全{_AREA}政府信息公开(?:工作)?(?:的)?(?:实际)?(?:情况|数据)[^。;]{{0,12}}(?:编制|编写|撰写|而成|形成)"
    ),
    re.compile(rf"统计(?:范围|口径)[^。;]{{0,12}}{_MEMBERS}[^。;]{{0,30}}"),
)
_COUNTS_AREA = re.compile(
    rf"(?:全{_AREA}|{_AREA}政府系统|{_AREA}[直级]?各(?:部门|单位)[^。;,]{{0,12}}(?:乡镇|镇|街道|县|区))"
    rf"(?!人民政府办)[^。;]{{0,30}}?{_COUNTED}(?:的)?[^。;,]{{0,24}}?"
    rf"(?:\d[\d.,]*[万余多]*[{CASE_SIGNS}]?|[{DIGITS}]+[{CASE_SIGNS}])"
)
_DISPUTES_AREA = re.compile(
    rf"全{_AREA}[^。;,]{{0,8}}(?:因|就|涉及)政府信息公开(?:工作)?[^。;,]{{0,12}}(?:行政复议|行政诉讼|诉讼)[^。;,]{{0,12}}"
)
_OWN_SELF = r"[我本](?<!非.)(?<!属于.)(?<!不是.)(?:机关|单位|局|委|办|厅|镇|乡|街道|中心|(?<=我)(?:处|所|院))"
_COUNTS_OWN = (
    re.compile(
        rf"{_OWN_SELF}(?![^。;,]{{0,14}}的(?:主要)?(?:类别|内容|形式|渠道|方式)|不掌握|负责公开|公开|掌握|职责|职能|制作)[^。;]{{0,24}}?(?:{_COUNTED}|未收到|没有收到|无)[^。;,]{{0,24}}?(?:\d+[件条份]?|申请|信息)"
    ),
    re.compile(
        rf"(?:代表|以){_AREA}?(?:人民)?政府(?:或|及|和)?(?:{_AREA}?(?:人民)?政府办(?:公室|公厅)?)?(?:的)?(?:名义|受理|办理|答复)[^。;]{{0,30}}"
    ),
    re.compile(
        rf"{_AREA}(?:人民)?政府办(?:公室|公厅)?(?:本级)?(?:共|累计|新|直接)*(?:收到|受理|办理|办结|答复)[^。;,]{{0,24}}?\d+[件条份]?"
    ),
    re.compile(
        r"(?:仅|只)(?:包括|包含|统计|反映)[^。;,]{0,10}(?:本级|办公室|办公厅|本机关|本单位)[^。;]{0,20}"
    ),
)
_SYSTEM = re.compile(
    rf"[一-鿿]{{2}}(?<!公开)(?<!网络)(?<!政府)系统(?:{YEAR}年度?)?政府信息公开(?:工作)?(?:年度)?"
    rf"(?:报告|情况)[^。;]{{0,12}}(?:编制|汇总|如下|公布)"
)
"""A body that reports for all bodies of its branch: 海关系统政府信息公开工作情况编制而成."""
_LEAD_PARTS = 8
_OWN_TITLE = re.compile(r"本级")


def detect_scope(title: str | None, texts: Iterable[str], kind: str, tabled: Collection[int] = ()) -> Scope:
    """The scope of a report's figures.

    ``kind`` is the ``Body.kind`` of its issuer; ``texts`` are its paragraphs; ``tabled`` what its tables
    count of applications. A department, an office and a township report for themselves unless the text says
    that it consolidates others; a government needs words that say which. A sentence that counts the office
    alone says nothing of tables that count otherwise.
    """
    parts = [_TITLED.sub("", without_sounds(squeeze(t))) for t in texts]
    whole = _first(CONSOLIDATES, parts)
    own, contradicted = _own_count(parts, tabled)
    if kind in OWN_ORGANS:
        whole = whole or _first((_SYSTEM,), parts[:_LEAD_PARTS])
    if kind in ("office", "zone_office") or kind in OWN_ORGANS:
        if whole and kind == "office" and own is None:
            return Scope("whole_area", whole)
        if whole:
            return Scope("unknown", f"{whole} / {own or f'issuer is a {kind}'}")
        return Scope("own_body", own or f"issuer is a {kind}")
    whole = whole or _first((_COUNTS_AREA, _DISPUTES_AREA), parts)
    if whole and own:
        return Scope("unknown", f"{whole} / {own}")
    if whole:
        return Scope("whole_area", whole, contradicted)
    if own:
        return Scope("own_body", own)
    if title and _OWN_TITLE.search(title):
        return Scope("own_body", squeeze(title)[:80])
    return Scope("unknown", "no sentence says whose figures the tables give" if contradicted else
                 "no sentence says whose figures these are", contradicted)  # fmt: skip


def _own_count(parts: Iterable[str], tabled: Collection[int]) -> tuple[str | None, str]:
    """The first sentence that counts the issuer alone and that the tables do not contradict; and one that
    they do."""
    contradicted = ""
    for part in parts:
        for match in (m for pattern in _COUNTS_OWN if (m := pattern.search(part))):
            sentence = _SENTENCE_END.split(part[match.start() :], maxsplit=1)[0]
            counted = {int(n) for n in _COUNT.findall(sentence)}
            if not tabled or not counted or "申请" not in sentence or counted & set(tabled):
                return match[0][:80], contradicted
            contradicted = contradicted or sentence[:80]
    return None, contradicted


def _first(patterns: Iterable[re.Pattern[str]], parts: Iterable[str]) -> str | None:
    return next(_hits(tuple(patterns), parts), None)


def _hits(patterns: tuple[re.Pattern[str], ...], parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        for pattern in patterns:
            if match := pattern.search(part):
                yield match[0][:80]
