"""Which form a report follows, which year it reports on, when it was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipeline.chinese.days import DAY, YEAR, day_in, stated_day, years_in_figures
from pipeline.chinese.numbering import section_of
from pipeline.chinese.text import compared, squeeze, without_sounds
from pipeline.chinese.titles import Title
from pipeline.codebook import Codebook
from pipeline.document import Block, Document, Paragraph, Table
from pipeline.extract.pieces import Piece

_PERIOD = (
    re.compile(rf"(?:统计|数据|期限|时间|时限|周期)[^。;；]{{0,40}}?自?({YEAR})年1月1日"),
    re.compile(rf"({YEAR})年1月1日(?:起)?(?:至|到|—|-|~|－)+(?:{YEAR}年)?12月31日"),
    re.compile(rf"(?:数据|统计)[^。;；]{{0,24}}?截[至止][^。;；]{{0,6}}?({YEAR})年12月31日"),
    re.compile(rf"({YEAR})年5月1日(?:起)?(?:至|到|—|-|~)+(?:2008年)?12月31日"),
)
_NOTICES = re.compile(r"《[^《》]*》|[〔\[(（][^〔\[(（)）\]〕]{0,12}\d+号[)）\]〕]?|关于[^。;]{0,60}?通知")
_LEAD_YEAR = re.compile(
    rf"({YEAR})年?度?(?:[^。;,]{{0,30}}?信息公开[^。;,]{{0,14}}?(?:报告|年报|情况|总结)|(?:年度报告|年报)(?=根据|依据|由|所列)|[-~至—–]+{YEAR}学年)"
)
_ASKED_YEAR = re.compile(rf"做好(?:全[省市州县区])?({YEAR})年?度?政府信息公开(?:工作)?(?:年度报告|年报)")
"""根据《关于做好2011年政府信息公开年度报告编制工作的通知》: the year that was asked for."""
_TEXT_YEAR = re.compile(rf"({YEAR})年(?!\d{{1,2}}月\d{{0,2}}日?(?:起|以来|施行|实施))")
_PUBLISHED = re.compile(rf"(?:发布|公开|发文|发表|更新|公布)(?:日期|时间)[:：]?\s*({DAY})")
_DAY_ALONE = re.compile(
    rf"[(（【\[•·\s]*(?:时间|日期)?[:：]?\s*({DAY})\s*日?\s*(?:\d{{1,2}}:\d\d(?::\d\d)?)?[)）】\]\s]*"
)
_LEAD_BLOCKS = 12
_CARD_CELLS = 40


def detect_template(text: str, codebook: Codebook) -> str:
    """The form, by its labels alone (NOTES section 1), in ``text``: all of a report's text without white
    space."""
    for form in codebook.forms:
        hits = sum(1 for variants in form.labels if any(label in text for label in variants))
        if form.needs == "else" or hits >= (2 if form.needs == "two" else 1):
            return form.template
    return codebook.fallback_form


def find_year(
    title: Title | None, paragraphs: Sequence[Paragraph], published: date | None
) -> tuple[int | None, str, int | None, int | None]:
    """(year, evidence, year of the data period, year of the title), in the order of trust of NOTES section
    4."""
    period, quoted = None, ""
    for paragraph in paragraphs[:40]:
        if "年" not in paragraph.text:
            continue
        flat = _flat(paragraph)
        for pattern in _PERIOD:
            found = pattern.search(flat)
            if found:
                period, quoted = int(found[1]), found[0]
                break
        if period:
            break
    titled = title.year if title else None
    if period:
        return period, f"data period: {quoted[:60]}", period, titled
    if titled and title:
        return titled, f"title: {title.text}", None, titled
    for paragraph in paragraphs[:_LEAD_BLOCKS]:
        if section_of(paragraph.text):
            break
        if found := _LEAD_YEAR.search(_NOTICES.sub("", _flat(paragraph))):
            return int(found[1]), f"lead: {found[0][:60]}", None, None
    for paragraph in paragraphs[:_LEAD_BLOCKS]:
        if "做好" in paragraph.text and (found := _ASKED_YEAR.search(_flat(paragraph))):
            return int(found[1]), f"notice named in the lead: {found[0]}", None, None
        if section_of(paragraph.text):
            break
    inside = False
    for paragraph in paragraphs:
        head = section_of(paragraph.text)
        inside = inside or (head is not None and head[0] == 1)
        if inside and (found := _TEXT_YEAR.search(_NOTICES.sub("", _flat(paragraph)))):
            return int(found[1]), f"first year named in section 一: {found[0]}", None, None
    counts: dict[int, int] = {}
    for paragraph in paragraphs[:12]:
        for match in _TEXT_YEAR.finditer(_flat(paragraph)):
            if re.search(r"^[,，]?(?:度|全|,|，)?", _flat(paragraph)[match.end() :]):
                counts[int(match[1])] = counts.get(int(match[1]), 0) + 1
    if counts and not inside:
        best = max(counts, key=lambda y: (counts[y], y))
        if list(counts.values()).count(counts[best]) == 1:
            return best, f"year named most often in the opening: {best}", None, None
    if published:
        return published.year - 1, f"year before publication on {published.isoformat()}", None, None
    return None, "", None, None


def _flat(paragraph: Paragraph) -> str:
    return years_in_figures(without_sounds(squeeze(paragraph.text)))


def find_published(document: Document, piece: Piece) -> date | None:
    """The day of publication as the page states it: a line 发布日期, a meta tag, an index card, a day that
    stands alone beside the title; a signature's date is not one."""
    for lines in (_fact_lines(piece.blocks[:_LEAD_BLOCKS]), [document.meta.get("PubDate", "")],
                  _fact_lines(document.blocks[:8])):  # fmt: skip
        for line in lines:
            found = _PUBLISHED.search(line)
            if day := day_in(found[1] if found else "") if found else None:
                return day
        if lines and lines[0] == document.meta.get("PubDate") and (day := day_in(lines[0])):
            return day
    if day := day_in(stated_day(_fact_lines(piece.blocks[:6]))):
        return day
    for block in piece.blocks[:6]:
        if not isinstance(block, Paragraph) or "。" in block.text:
            break  # the text has begun: a day below it is a signature's
        if found := _DAY_ALONE.fullmatch(compared(block.text)):
            return day_in(found[1])
    return None


def _fact_lines(blocks: Sequence[Block]) -> list[str]:
    """Short paragraphs, and the rows of an index card (索引号 | ... | 发布日期 | ...), as lines."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph) and len(block.text) < 200:
            lines.append(compared(block.text))
        elif isinstance(block, Table) and len(block.cells) <= _CARD_CELLS:
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                rows.setdefault(cell.row, []).append(" ".join(compared(cell.text).split()))
            lines += [" ".join(row) for row in rows.values()]
    return lines
