"""Prose -> observations and statements: every number of a report's sentences, and what became of it.

Here headings and paragraphs are walked and what was read is handed over; the grammar is ``reader``'s. See
docs/adding-a-pattern.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.chinese.numbering import CHAPTER_LOOSE, LIST_ITEM, PART
from pipeline.chinese.units import unit_of
from pipeline.codebook import Codebook, Decision, Indicator
from pipeline.document import Paragraph
from pipeline.extract.prose.arithmetic import alone, contradictions, doubted, greatest, handled, proved
from pipeline.extract.prose.context import self_names
from pipeline.extract.prose.headings import Labelled, read_headings, read_list_lines
from pipeline.extract.prose.masks import hide_names, mask_titles
from pipeline.extract.prose.reader import Reader
from pipeline.extract.prose.told import Said
from pipeline.extract.prose.words import counts_the_year, flatten_sentence_text, raw_span
from pipeline.report import Figure, Finding, Observation, State, Statement

_LEAD = 12
"""Paragraphs at whose beginning a report says which days it counts."""
MAX_TEXT = 20_000
"""Characters of a paragraph that are read: no person wrote a longer one."""
_SECTION = re.compile(rf"^(?:{CHAPTER_LOOSE}|{PART})")
_ITEM = re.compile(rf"^(?:{LIST_ITEM}|其中)")
_PLAN_SECTION = re.compile(
    r"(?:存在|主要|面临)[^,。]{0,6}问题|不足|改进|打算|下一步|下步|计划|思路|展望|努力方向"
)
_FIGURE_SECTION = re.compile(r"申请|复议|诉讼|主动公开|回应|机构|经费|培训|其他需要报告")
_BARE_SECTION = re.compile(r"[^\d,。;:、!?]{0,24}(?:情况|概述|概况|问题|措施|打算|事项|工作)")


def _money(value: Figure, unit: str, printed: str) -> Decimal:
    """``value`` printed in 元, 万元 or 亿元 -> in the indicator's ``unit``, exactly."""
    yuan = Decimal(value) * {"元": 1, "万元": 10_000, "亿元": 100_000_000}.get(printed, 1)
    return yuan / 10_000 if unit == "万元" else yuan


def _observe(
    said: Said, decision: Decision, paragraph: Paragraph, span: tuple[int, int], indicator: Indicator
) -> Observation | None:
    unit = unit_of(said.number.unit, indicator.unit)
    value: Figure = said.number.value
    if unit in ("万元", "元"):
        value = Decimal(value) if said.number.unit == unit else _money(value, unit, said.number.unit or "元")
    elif not isinstance(value, int):
        return None
    a, b = span
    sure = said.status == "claimed"
    state: State = "text_zero" if said.nil else "reported"
    if not sure:
        state = "ambiguous"
    return Observation(
        decision.indicator,
        decision.applicant or ("total" if indicator.dimension == "applicant" else None),
        value if sure else None,
        paragraph.text[a:b],
        unit,
        said.number.approx,
        state,
        value if sure else None,
        ("proved_by_text" if said.proof else "as_printed") if sure else None,
        "text",
        f"{paragraph.locator}:{a}-{b}",
        indicator.label_zh,
        decision.decision_id,
        f"sentence {decision.decision_id}"
        + (f"; verb {said.verb}" if said.verb else "")
        + (f"; {said.proof}" if said.proof else ""),
        () if sure else (value,),
    )


def _from_heading(found: Labelled, paragraph: Paragraph, indicator: Indicator) -> Observation:
    unit = unit_of(found.unit, indicator.unit)
    value = found.value
    if value is not None and unit in ("万元", "元"):
        value = Decimal(value) if found.unit in ("", unit) else _money(value, unit, found.unit)
    return Observation(
        found.indicator,
        "total" if indicator.dimension == "applicant" else None,
        value,
        paragraph.text.strip(),
        unit,
        found.approx,
        found.state,
        value,
        None if value is None else "as_printed",
        "text",
        paragraph.locator,
        indicator.label_zh,
        "heading",
        "value under its heading" if value is not None else "heading without an answer",
    )


class Prose(NamedTuple):
    """What one report's prose gives."""

    observations: list[Observation]
    statements: list[Statement]
    findings: list[Finding]


def read_sentences(
    paragraphs: Sequence[Paragraph],
    *,
    template: str,
    year: int | None,
    codebook: Codebook,
    issuer: str | None = None,
    narrow: bool = False,
) -> list[Observation]:
    """The observations of ``read_prose`` alone."""
    return read_prose(
        paragraphs, template=template, year=year, codebook=codebook, issuer=issuer, narrow=narrow
    ).observations


def read_prose(
    paragraphs: Sequence[Paragraph],
    *,
    template: str,
    year: int | None,
    codebook: Codebook,
    issuer: str | None = None,
    narrow: bool = False,
) -> Prose:
    """All figures that one report's prose states, in reading order, and a statement for every number.

    ``paragraphs`` are one report's, headings included; ``year`` its report year (None: not known, then only
    unmistakable sentences count); ``issuer`` its body if known, else titles in the text tell; ``narrow``: it
    reports for one office alone, so that 全市共收到 is not surely its own. Each observation
    has ``method`` "text", ``locator`` = the paragraph's locator, ``:``, the characters of the statement, and
    ``rule`` = the decision's id. The same indicator may appear twice with different figures: nothing is chosen
    here. A statement that may be another body's or another period's has state ``ambiguous``, no value, and
    its figure in ``candidates``. Money is a Decimal in the indicator's unit.
    """
    flats = [mask_titles(flatten_sentence_text(hide_names(p.text[:MAX_TEXT]))) for p in paragraphs]
    names = self_names(flats, issuer)
    named = any(counts_the_year(flat, year) for flat in flats[:_LEAD])
    family = codebook.family_of(template)
    reader = Reader(codebook, family, year, names, narrow=narrow, year_named=named)
    said = _read_all(reader, flats)
    if not names and (sole := reader.sole_speaker()):
        said = _read_all(Reader(codebook, family, year, (sole,), narrow=narrow, year_named=named), flats)
    said = greatest(handled(alone(proved(doubted(said)), reader.judge.decider.alone)))
    return _handed_over(said, flats, paragraphs, template, codebook)


def _read_all(reader: Reader, flats: Sequence[str]) -> list[Said]:
    """What the paragraphs state, each under its headings; plans' sections are left out."""
    said: list[Said] = []
    heading = section = lead = under = ""
    skipping = False
    for at, flat in enumerate(flats):
        head = ""
        if len(flat) < 50 and _SECTION.match(flat):
            skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
            head = section = flat
        elif len(flat) < 40 and re.match(r"^[(（\d]", flat) and not flat.endswith("。"):
            head = flat
        elif len(flat) < 30 and _BARE_SECTION.fullmatch(flat):
            if not _SECTION.match(section):
                skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
                section = flat
            head = flat
        if head:
            under = head
            heading = reader.topic_of(head) or (reader.topic_of(section) if head != section else "")
        lead = _lead(flats, at, lead)
        if not skipping and (len(flat) > 1 or not flat.isnumeric()) and (found := reader.stating(flat)):
            topic = (reader.topic_of(lead) if lead else "") or heading
            said += reader.paragraph(at, flat, found, topic, under if flat is not under else "")
    return said


def _lead(flats: Sequence[str], at: int, lead: str) -> str:
    """What an item of a list stands under: the paragraph before it, and what that one stood under if it is an
    item too."""
    if not at or not (_ITEM.match(flats[at]) or flats[at - 1].endswith((":", ";"))):
        return ""
    if _SECTION.match(flats[at]) or _SECTION.match(flats[at - 1]):
        return ""
    held = f"{lead}。" if lead and _ITEM.match(flats[at - 1]) else ""
    return (held + flats[at - 1])[-160:]


def _handed_over(
    said: Sequence[Said],
    flats: Sequence[str],
    paragraphs: Sequence[Paragraph],
    template: str,
    codebook: Codebook,
) -> Prose:
    lines = read_list_lines(flats, codebook) if codebook.family_of(template) == "narrative" else []
    whole = {line.at for line in lines}
    found: list[tuple[int, int, Observation]] = []
    told: list[Statement] = []
    for s in said:
        if s.at in whole:
            continue
        paragraph = paragraphs[s.at]
        whole_text = len(flats[s.at]) == len(paragraph.text)  # nothing was dropped: no way back is needed
        a, b = (
            (s.start, s.end) if whole_text and s.start < s.end else raw_span(paragraph.text, s.start, s.end)
        )
        if s.status in ("claimed", "doubtful"):
            for decision in s.decisions:
                indicator = codebook.indicator(template, decision.indicator)
                seen = _observe(s, decision, paragraph, (a, b), indicator) if indicator else None
                if seen is not None:
                    found.append((s.at, s.start, seen))
        told.append(
            Statement(
                s.number.value,
                s.number.unit,
                paragraph.text[a:b],
                f"{paragraph.locator}:{a}-{b}",
                s.status,
                s.decisions[0].indicator if s.decisions else None,
                s.judged.reason,
            )
        )
    for labelled in [*lines, *(h for h in read_headings(flats, codebook) if h.at not in whole)]:
        indicator = codebook.indicator(template, labelled.indicator)
        if indicator is not None:
            found.append((labelled.at, 0, _from_heading(labelled, paragraphs[labelled.at], indicator)))
    found.sort(key=lambda f: f[:2])
    return Prose(_once(f[2] for f in found), told, contradictions(said))


def _once(observations: Iterable[Observation]) -> list[Observation]:
    """One observation a statement: the same indicator read twice from one place counts once."""
    kept: dict[tuple[object, ...], Observation] = {}
    for o in observations:
        place = o.locator if o.state == "reported" else o.locator.split(":")[0]
        kept.setdefault((o.indicator, o.applicant, o.value, o.candidates, o.state, place), o)
    return list(kept.values())
