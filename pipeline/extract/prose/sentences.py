"""Prose -> observations: every sentence that states a figure the codebook knows, negative ones included.

The patterns are rows of ``codebook/patterns.csv``; this module only decides whether a match may be taken: the
figure must be this report's, of this year, and wholly understood. See docs/adding-a-pattern.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.numbers import parse_figure
from pipeline.codebook import Codebook, Indicator, load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.context import (
    Verdict,
    body_verdict,
    clause_start,
    dispute_verdict,
    fee_verdict,
    flatten_sentence_text,
    joint_list,
    mask_titles,
    raw_span,
    self_names,
    sentences,
    time_verdict,
)
from pipeline.extract.prose.guards import area_verdict, kind_verdicts
from pipeline.extract.prose.headings import Labelled, read_headings, read_list_lines, read_nil_sections
from pipeline.extract.prose.patterns import HEAD, HEADS, Compiled, PatternSet, compiled_patterns
from pipeline.report import Figure, Observation, State

_COUNTED = re.compile(
    r"[0-9一二两三四五六七八九十百千零〇][余多万亿]{0,3}[条件篇项份则宗起例次笔个家处人名场期元]|数:?[0-9]{1,5}(?![0-9])"
)
_DENIED = re.compile(r"未|没|无|不收|为零|为0|各0|:0|:零|均0|开0|请0|免费")
_RIGHT = re.compile(
    r"$|[,;。、:()!?|]|左右|以上|占|比|较|同比|环比|均|已|全部|其中|和|及|与|并|且|按|办结率|次之|主要|无|未|没有|申请中|中,"
)
_APPROX_BEFORE = re.compile(r"(?:大约|约|将近|近|超过?|逾|突破)(?:为|有|了|达到?)*$")
_APPROX_AFTER = re.compile(r"左右|以上")
MAX_SENTENCE = 3000
"""Longer than any sentence a person wrote: such a run of text is not read (and bounds the work)."""
MAX_BEFORE = 2000
"""How far back in its paragraph a sentence's year and subject are looked for."""
APPLICANTS_FROM = 2019
"""The first year whose form has a column for every kind of applicant."""
_NEGATED = re.compile(r"(?:未|没有|没|不曾|无|不|零)(?:新|再|曾)?$")
_STOCKS = ("institution.", "application.carried_forward", "catalogue.")
_FIGURE_SECTION = re.compile(r"申请|复议|诉讼|主动公开|回应|机构|经费|培训|其他需要报告")
_PLAN_SECTION = re.compile(
    r"(?:存在|主要|面临)[^,。]{0,6}问题|不足|改进|打算|下一步|下步|计划|思路|展望|努力方向"
)
_SECTION = re.compile(r"^[一二三四五六七八九十]{1,3}[、.]|^第[一二三四五六七八九十]{1,2}(?:部分|章)")
_ANSWERS = re.compile(r"答复|办结|办理|处理")
_BARE_SECTION = re.compile(r"[^\d,。;:、!?]{0,24}(?:情况|概述|概况|问题|措施|打算|事项|工作)")
"""A short line without number or mark that reads as a heading."""
_VERBS = re.compile(r"登记受理|受理|收到|接到|新收|收悉|办理答复|办结|答复|办理|处理")


_OUTCOMES = re.compile(
    r"(?:予以|同意)公开|部分公开|不予公开|不同意公开|无法提供|不予处理|信息不存在|不属于本|属于国家秘密|合法权益|内部事务信息|过程性信息|不掌握相关政府信息|另行制作|仍不明确"
)
_MIN_OUTCOMES = 3
_JOINS = re.compile(r"[、,;]?(?:其中|和|及|以及|同时)?[:,]?")
_ITEM = re.compile(r"^(?:[(（]?[\d一二三四五六七八九十]{1,2}[)）.、]|[①-⑩]|其中)")


def _number_at(match: re.Match[str]) -> int:
    return match.start("n") if "n" in match.re.groupindex else match.start()


class _Hit(NamedTuple):
    pattern: Compiled
    match: re.Match[str]

    @property
    def number_at(self) -> int:
        return _number_at(self.match)


@lru_cache(maxsize=1024)
def _last_head(text: str) -> tuple[str, bool]:
    """The last subject named in ``text`` and whether it stands joined with another (行政复议、行政诉讼)."""
    last = ""
    joined = False
    end = -1
    for found in HEAD.finditer(text):
        name = found.lastgroup or ""
        name = next(n for n in HEADS if n.replace(".", "_") == name)
        between = text[end : found.start()] if end >= 0 else " "
        joined = (
            name != last
            and re.fullmatch(r"(?:[、和及与或]|或者|以及)(?:被|提起|行政|申请)*", between) is not None
        )
        last, end = name, found.end()
    return last, joined


def _head_holds(wanted: str, before: str, here: str, heading: str, sentence: str) -> bool:
    """Is ``wanted`` the subject last named in the sentence, else in the paragraph before it, else in the
    heading? A sentence of three kinds of outcome is about applications, whatever stood before it."""
    for text in (here, before, heading):
        head, joined = _last_head(text)
        if head:
            return head == wanted and not joined
        if (
            text is here
            and wanted == "application"
            and len(set(_OUTCOMES.findall(sentence))) >= _MIN_OUTCOMES
        ):
            return True
    return False


def _hits(flat: str, span: tuple[int, int], patterns: PatternSet, heading: str) -> Iterator[_Hit]:
    """The longest match for each figure of the sentence; ties are all kept."""
    start, end = span
    sentence = flat[start:end]
    before = flat[max(0, start - MAX_BEFORE) : start]
    groups: list[tuple[tuple[str, ...], tuple[Compiled, ...]]] = []
    if _COUNTED.search(sentence):
        groups.extend(patterns.numbers)
    if _DENIED.search(sentence):
        groups.extend(patterns.zeros)
    found: list[_Hit] = []
    for keywords, members in groups:
        for keyword in keywords:
            if keyword in sentence:
                break
        else:
            if keywords:
                continue
        for pattern in members:
            for match in pattern.regex.finditer(flat, start, end):
                if pattern.head and not _head_holds(
                    pattern.head, before, flat[start : _number_at(match)], heading, sentence
                ):
                    continue
                found.append(_Hit(pattern, match))
    longest: dict[int, int] = {}
    for hit in found:
        if not hit.pattern.zero:
            at = hit.number_at
            longest[at] = max(longest.get(at, 0), hit.match.end() - hit.match.start())
    for hit in found:
        if hit.pattern.zero or hit.match.end() - hit.match.start() == longest[hit.number_at]:
            yield hit


def _number(hit: _Hit, flat: str) -> tuple[Figure, bool] | None:
    """The printed number and whether it is approximate; None where it is no figure."""
    match = hit.match
    number, scale = match["n"], match["scale"]
    at = match.start("n")
    before = flat[at - 1 : at]
    if before.isdigit() or (before in tuple(".,-~—/[") and flat[at - 2 : at - 1].isdigit()):
        return None
    if number[0] in "十百千" and before in ("数", "几"):
        return None
    if (
        re.fullmatch(r"[一二三四五六七八九两]{2,}", number)
        or len(number) > 12
        or (number.isdigit() and len(number) > 8)
    ):
        return None
    if number[:1] == "0" and number.isdigit() and len(number) > 1:
        return None
    value, approx = parse_figure(number, scale)
    if value is None:
        return None
    approx = approx or bool(_APPROX_BEFORE.search(flat[match.start() : at]))
    return value, approx or bool(_APPROX_AFTER.match(flat[match.end() :]))


def _money(value: Figure, unit: str, printed: str) -> Decimal:
    """``value`` printed in 元 or 万元 -> in the indicator's ``unit``, exactly."""
    amount = Decimal(value)
    if printed == unit:
        return amount
    return amount / 10_000 if unit == "万元" else amount * 10_000


_PARTS = re.compile(
    r"(?:其中)?(?:当面|现场|网络|网上|传真|信函|邮寄|电子邮件|书面|申请|行政复议|行政诉讼|[、和及与])+"
)
"""Items of the report's own that share a figure with the next (信函及当面申请13件): no other body's."""
_OFTEN_OTHERS = ("application", "training")
_HANDED_ON = (*_OFTEN_OTHERS, "reconsideration")
_DISCLOSURE = re.compile(r"信息公开|依申请公开|政务公开")


def _before_bracket(flat: str, start: int, floor: int) -> str:
    """What stands before a bracket that closes just before the clause at ``start``: 乡镇 of 乡镇(街道)收到..."""
    opening = clause_start(flat, start, floor)
    if opening <= floor or flat[opening - 1] != ")":
        return ""
    bracket = flat.rfind("(", floor, opening)
    return flat[clause_start(flat, bracket, floor) : bracket] if bracket > floor else ""


Foreign = dict[tuple[str, int], Verdict]


def _judge(
    hit: _Hit,
    flat: str,
    span: tuple[int, int],
    year: int | None,
    names: tuple[str, ...],
    foreign: Foreign,
    narrow: bool,
) -> Verdict:
    """Whether the match may be taken. ``narrow``: the report counts one office alone. ``foreign`` holds where
    figures that are not surely the report's own ended, and is brought up to date: what is only joined to such
    a figure (该系统复议19件、诉讼6件) shares its fate."""
    start, end = hit.match.span()
    left = flat[clause_start(flat, start, span[0]) : start]
    sentence = flat[span[0] : start]
    indicator = hit.pattern.row.indicator
    if not hit.pattern.zero and (joint_list(flat, start) or _NEGATED.search(left)):
        return "skip"
    if not _RIGHT.match(flat[end:]):
        return "skip"
    statement = flat[start : hit.number_at] if not hit.pattern.zero else ""
    carried = indicator.startswith("application.carried")
    when = time_verdict(
        sentence if carried else sentence + statement,
        flat[max(0, span[0] - MAX_BEFORE) : span[0]],
        year,
        stock=indicator.startswith(_STOCKS) or indicator.endswith(".in_force"),
    )
    family = indicator.partition(".")[0].replace("litigation", "reconsideration")
    whose = body_verdict(_before_bracket(flat, start, span[0]) + left, sentence, names, flat[end : span[1]])
    if (
        family in _OFTEN_OTHERS
        and _last_head(sentence)[0] == "foreign"
        and not _DISCLOSURE.search(hit.match[0])
    ):
        whose = "skip"
    if narrow and whose == "take":
        whose = area_verdict(flat[max(0, span[0] - MAX_BEFORE) : start + len(statement)], names)
    if family == "reconsideration" and not hit.pattern.zero and whose == "take":
        whose = dispute_verdict(left + hit.match[0], flat[end : span[1]])
    if whose == "take":
        whose = next(
            (
                v
                for (held, e), v in foreign.items()
                if held == family and e <= start and _JOINS.fullmatch(flat, e, start)
            ),
            whose,
        )
    if whose != "take" and when != "skip" and family in _HANDED_ON and not _PARTS.fullmatch(left):
        foreign[family, end] = whose
    verdicts: list[Verdict] = [
        when,
        whose,
        *([fee_verdict(flat[span[0] : span[1]])] if family == "fee" else []),
    ]
    verdicts += kind_verdicts(
        hit.pattern.row, left, flat[max(0, span[0] - MAX_BEFORE) : span[0]], sentence, flat[end : span[1]]
    )
    return "skip" if "skip" in verdicts else "ambiguous" if "ambiguous" in verdicts else "take"


def _applicant(indicator: Indicator, hit: _Hit) -> str | None:
    return hit.pattern.row.applicant or ("total" if indicator.dimension == "applicant" else None)


def _observe(
    hit: _Hit, verdict: Verdict, paragraph: Paragraph, flat: str, floor: int, indicator: Indicator
) -> Observation | None:
    row = hit.pattern.row
    unit = indicator.unit.split("|")[0]
    approx = False
    value: Figure
    if hit.pattern.zero:
        value = int(row.fixed_value)
    else:
        read = _number(hit, flat)
        if read is None:
            return None
        value, approx = read
    if unit in ("万元", "元"):
        value = _money(value, unit, "元")
    elif not isinstance(value, int):
        return None
    state: State = "text_zero" if hit.pattern.zero else "reported"
    if verdict == "ambiguous":
        state = "ambiguous"
    start, end = hit.match.span()
    opening = clause_start(flat, start, floor)
    a, b = raw_span(paragraph.text, opening, end)
    verb = _VERBS.search(flat[opening:end])
    taken = verdict == "take"
    return Observation(
        row.indicator,
        _applicant(indicator, hit),
        value if taken else None,
        paragraph.text[a:b],
        unit,
        approx,
        state,
        value if taken else None,
        "as_printed" if taken else None,
        "text",
        f"{paragraph.locator}:{a}-{b}",
        indicator.label_zh,
        row.pattern_id,
        f"sentence {row.pattern_id}" + (f"; verb {verb[0]}" if verb else ""),
        () if taken else (value,),
    )


def _from_heading(found: Labelled, paragraph: Paragraph, indicator: Indicator) -> Observation:
    unit = indicator.unit.split("|")[0]
    value = found.value
    if value is not None and unit in ("万元", "元"):
        value = Decimal(value) if not found.unit or found.unit == unit else _money(value, unit, found.unit)
        if found.unit == "万元" == unit:
            value = Decimal(found.value or 0)
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


def read_sentences(
    paragraphs: Sequence[Paragraph],
    *,
    template: str,
    year: int | None,
    codebook: Codebook,
    issuer: str | None = None,
    narrow: bool = False,
) -> list[Observation]:
    """All figures that one report's prose states, in reading order.

    ``paragraphs`` are one report's, headings included; ``year`` its report year (None: not known, then only
    unmistakable sentences count); ``issuer`` its body if known, else titles in the text tell; ``narrow``: it
    reports for one office alone, so that 全市共收到 is not surely its own. Each observation
    has ``method`` "text", ``locator`` = the paragraph's locator, ``:``, the characters of the statement, and
    ``rule`` = the pattern's id. The same indicator may appear twice with different figures: nothing is chosen
    here. A statement that may be another body's or another period's has state ``ambiguous``, no value, and
    its figure in ``candidates``. Money is a Decimal in the indicator's unit.
    """
    patterns = compiled_patterns(codebook, template)
    flats = [mask_titles(flatten_sentence_text(p.text)) for p in paragraphs]
    names = self_names(flats, issuer)
    family = codebook.family_of(template)
    found: list[tuple[int, int, Observation]] = []
    heading = section = lead = ""
    skipping = False
    for at, (paragraph, flat) in enumerate(zip(paragraphs, flats, strict=True)):
        if len(flat) < 50 and _SECTION.match(flat):
            skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
            heading = section = flat
        elif len(flat) < 40 and re.match(r"^[(（\d]", flat) and not flat.endswith("。"):
            heading = f"{section or (heading if _ANSWERS.search(flat) else '')}。{flat}"
        elif len(flat) < 30 and _BARE_SECTION.fullmatch(flat):
            if not _SECTION.match(section):
                skipping = bool(_PLAN_SECTION.search(flat)) and not _FIGURE_SECTION.search(flat)
                section = flat
            heading = f"{section}。{flat}"
        lead = _lead(flats, at, lead)
        if skipping or len(flat) < 3 or not (_COUNTED.search(flat) or _DENIED.search(flat)):
            continue
        subject = f"{heading}。{lead}" if lead else heading
        for span in sentences(flat):
            if span[1] - span[0] > MAX_SENTENCE:
                continue
            first = len(found)
            foreign: Foreign = {}
            hits = _own_first(list(_hits(flat, span, patterns, subject)), template, year)
            for hit in sorted(hits, key=lambda h: h.match.end()):
                indicator = codebook.indicator(template, hit.pattern.row.indicator)
                if indicator is None or (
                    hit.pattern.row.applicant and family == "narrative" and (year or 0) < APPLICANTS_FROM
                ):
                    continue
                verdict = _judge(hit, flat, span, year, names, foreign, narrow)
                if verdict == "skip":
                    continue
                seen = _observe(hit, verdict, paragraph, flat, span[0], indicator)
                if seen is not None:
                    found.append((at, hit.number_at, seen))
            found[first:] = _settled(found[first:])
    lines = read_list_lines(flats, codebook) if family == "narrative" else []
    if whole := {line.at for line in lines}:
        found = [f for f in found if f[0] not in whole]
    for labelled in [
        *lines,
        *(
            h
            for h in [*read_headings(flats, codebook), *read_nil_sections(flats, template)]
            if h.at not in whole
        ),
    ]:
        indicator = codebook.indicator(template, labelled.indicator)
        if indicator is not None:
            found.append((labelled.at, 0, _from_heading(labelled, paragraphs[labelled.at], indicator)))
    found.sort(key=lambda f: f[:2])
    return _once(f[2] for f in found)


def _settled(found: list[tuple[int, int, Observation]]) -> list[tuple[int, int, Observation]]:
    """One sentence's statements without the doubtful ones beside a sure one (累计公开5600条,其中2012年新增900条). Two
    sure ones that differ (局网站发布300条,市网站发布20条) are both in doubt."""
    sure: dict[tuple[str, str | None], set[object]] = {}
    for _, _, o in found:
        if o.state != "ambiguous":
            sure.setdefault((o.indicator, o.applicant), set()).add(o.resolved)
    if not sure:
        return found
    kept = []
    for at, place, o in found:
        figures = sure.get((o.indicator, o.applicant), set())
        if o.state != "ambiguous" and len(figures) > 1 and o.value is not None:
            doubt = o._replace(
                value=None, state="ambiguous", resolved=None, resolution=None, candidates=(o.value,)
            )
            kept.append((at, place, doubt))
        elif o.state != "ambiguous" or not figures:
            kept.append((at, place, o))
    return kept


def _lead(flats: Sequence[str], at: int, lead: str) -> str:
    """What an item of a list stands under: the paragraph before it, and what that one stood under if it is an
    item too."""
    if not at or not (_ITEM.match(flats[at]) or flats[at - 1].endswith((":", ";"))):
        return ""
    held = f"{lead}。" if lead and _ITEM.match(flats[at - 1]) else ""
    return (held + flats[at - 1])[-MAX_BEFORE:]


def _own_first(hits: list[_Hit], template: str, year: int | None) -> list[_Hit]:
    """The hits of rows that name the form; of rows of other forms (which only a narrative borrows) those that
    read a number that no own row reads, that agree on what it is, and whose form was known by then."""
    if load_codebook().family_of(template) != "narrative":
        return hits
    own = [h for h in hits if template in h.pattern.row.templates]
    taken = {h.number_at for h in own}
    borrowed = [
        h
        for h in hits
        if template not in h.pattern.row.templates
        and h.number_at not in taken
        and (year is None or year >= min(int(t[1:]) for t in h.pattern.row.templates))
    ]
    meanings: dict[int, set[str]] = {}
    for h in borrowed:
        meanings.setdefault(h.number_at, set()).add(h.pattern.row.indicator)
    return own + [h for h in borrowed if len(meanings[h.number_at]) == 1]


def _once(observations: Iterator[Observation]) -> list[Observation]:
    """One observation a statement: the same indicator read twice from one place counts once."""
    kept: list[Observation] = []
    seen: set[tuple[object, ...]] = set()
    for o in observations:
        key = (
            o.indicator,
            o.applicant,
            o.value,
            o.candidates,
            o.state,
            o.locator if o.state == "reported" else o.locator.split(":")[0],
        )
        if key not in seen:
            seen.add(key)
            kept.append(o)
    return kept
