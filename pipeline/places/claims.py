"""What a document shows of its issuer, and every name of a body read from it, with its source and weight.

Sources: the lead (由X编制, 现公布X…年度报告), the title, header lines of saved text and of tables, the contact line,
the signature, the sentences' subjects, the keeper's and the site's names, the registry's entry of the crawled
source (NOTES section 14). How often a place stands in the text is no source.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.chinese.days import YEAR, years_in_figures
from pipeline.chinese.numbering import ITEM
from pipeline.chinese.text import squeeze, without_sounds
from pipeline.places.mentions import Mentions, find_mentions
from pipeline.places.names import begins_in_gazetteer, can_say, name_at, name_ending, without_office
from pipeline.places.phrase import OWN_ORGANS, Phrase, parse_phrase
from pipeline.places.registry import Registry
from pipeline.places.scope import CONSOLIDATES
from pipeline.places.title_words import normalise, split_title, with_its_office


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document shows of its issuer. All texts plain; absent evidence is None or empty.

    ``issuer_texts`` are names that the page gives for its issuer (ContentSource, 发布机构, signature lines,
    填报单位), ``site_prefix`` a site's name found beside the title, ``site_id_code`` the page's SiteIDCode,
    ``text_samples`` paragraphs in reading order, ``year`` the report's year, ``registered`` the issuer that
    the registry of sources names for the address it was crawled from.
    """

    title: str | None = None
    site_prefix: str | None = None
    issuer_texts: tuple[str, ...] = ()
    site_name: str | None = None
    site_id_code: str | None = None
    source_url: str | None = None
    text_samples: tuple[str, ...] = ()
    year: int | None = None
    registered: str | None = None


WEIGHTS = {
    "title": 100, "compiled by": 90, "lead": 80, "issuer text": 60, "signature in the text": 60, "contact": 50,
    "publisher": 45, "registered source": 40, "subject of the text": 30, "work named in the text": 25,
    "site of its own": 25, "site named in the title": 20, "site name": 20,
}  # fmt: skip
"""How much each source counts; of two that disagree the heavier is named first, none is passed over."""
NAME_LIMIT = 300
"""Longest title, issuer or site name that is looked at, in characters."""
_LEAD_LENGTH = 1_600
_NAME = 36
_NO_LEAD = 12


class Claim(NamedTuple):
    """A body as one source names it, with the words of the document that do."""

    phrase: Phrase
    source: str
    text: str

    @property
    def weight(self) -> int:
        return WEIGHTS[self.source]


_SITE_TAIL = re.compile(
    r"(?:(?:政府)?(?:信息公开|政务公开)|(?<!人民)政府(?=门户|网))?(?:门户)?(?:网站|网)?(?:群|平台|专栏)?$"
)
_SITE_LEAD = re.compile(r"^(?:中国|欢迎访问|欢迎您?访问|www\.)(?=.{2,})")
_ISSUER_LEAD = re.compile(
    r"^(?:信息|文章)?(?:来源|发布机构|发布机关|发文机关|发布单位|填报单位|单位名称|编制单位|公开主体|公开单位|主办单位|主办|单位|作者)[(（盖章)）]*[:：]"
)
_PUBLISHED_BY = re.compile(r"(?:信息|文章)?(?:来源|发布机构|发布机关|发布单位|主办单位|主办|作者)")
"""Who put the page up: the body itself, its government's office or the keeper of the site."""
_ISSUER_END = re.compile(rf"[,，。;；(（|]|{YEAR}年|(?:发布|更新)?(?:时间|日期)[:：]")
_QUOTED = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:[(（](?:以下)?简称:?《[^《》]*》[)）])?"
    r"|[〔\[(（](?!地址|联系)[^〔\[(（)）\]〕]{0,12}\d+号[)）\]〕]?"
)
_NOTICE = re.compile(r"(?:根据|按照|依据|关于)[^。;]{0,90}?(?:的通知|通知|格式|要点)(?:的?要求|精神|规定)?")
_REPORT = re.compile(
    rf"(?P<y>(?:{YEAR}(?:[-~至]{YEAR})?学?年?度?)?)(?:(?:政府|政务)?信息(?:与政务)?公开|政府信息(?=(?:工作)?年度(?:工作)?报告))"
    rf"(?:工作)?(?:的)?(?:{YEAR}年)?(?:年?度)?(?:工作)?(?:情况)?(?:总结)?(?:的)?(?:报告|年报|情况|工作)"
)
_ASKED = re.compile(r"(?:编制)?(?:的)?(?:有关)?(?:要求|通知|规定|格式)")
"""A report that others asked for: 及国土资源部2012年度报告要求."""
_YEAR_RUN = re.compile(rf"(?:{YEAR}(?:[-~至]{YEAR})?学?年?度?)|本年度|年度")
_FIRST_SECTION = re.compile(r"(?:^|\n|(?<=[。)]))(?:一、|第一部分)")
_ANNOUNCES = re.compile(
    r"(?:现将|现公布|现公开|现发布|特向社会公[布开])[^。;]{2,90}(?:报告|年报)[^。;]{0,20}"
    r"|(?:本|此)(?:年度)?(?:工作)?(?:报告|年报)[^。]{0,160}?由[^。]{2,60}?(?:编制(?!委)|编写|撰写)"
)
"""A lead that stands under the first heading, where nothing stands before it."""
_SHORTLY = re.compile(r"(?<=[一-鿿])[(（](?:以下)?简称:?[“\"]?([一-鿿]{2,20})[”\"]?[)）]")
_CALLED = re.compile(rf"\((?:以下)?简称[^()]{{0,24}}(?:\)|(?={YEAR}年))")
_RUN = re.compile(r"[一-鿿]*\Z")
_OWN_SITE = re.compile(
    r"(?:从|在|通过|登录|于)[“\"]?([一-鿿]{4,36}?)(?:门户|官方|政务|互联网)*网站?(?![一-鿿]*群)"
)
_STOPS = re.compile(r"[。;；,，:：、!?>|\n]")
_SELF_AREA = re.compile(r"(?:我|本|全)(省|自治区|市|州|盟|县|区|旗)$")
_AREA_REPORTS = re.compile(
    rf"现[将就]我(省|自治区|市|州|盟|县|区|旗){YEAR}年[^。;,]{0, 24}(?:报告|汇报|公布|公开)如下|我(省|自治区|市|州|盟|县|区|旗)编制(?:完成)?了?本"
)
_SELF_BODY = re.compile(
    r"(?:我|本)(?:局|委(?!托)|厅|办(?!法|理)|处|镇|乡|街道|街|中心|院|校|关|队|所|站|社|会|馆|公司|部(?!门|分|署|级))(?!系统|领域)"
    r"|局(?:党组|机关|领导|属|办公室)|(?:镇|乡)(?:党委|党政)|街道党工委"
)
"""A body below a government speaking of itself; 本机关 and 本单位 are said by governments too."""
_BY = re.compile(r"(?<!理)由(?=[一-鿿])")
_THE_REPORT = (
    rf"(?:《[^《》]{{0,40}}信息公开[^《》]{{0,16}}(?:报告|年报)|(?:[本此该](?:年度)?|{YEAR}年度?)?(?:政府|政务)?(?:信息公开)?(?:工作)?"
    r"(?:年度)?(?:工作)?(?:报告|年报))"
)
"""What a body compiles that speaks: 编制本年度报告; not 编制2023年预算, 编制信息公开指南."""
_COMPILING = re.compile(rf"(?:编制|编写|撰写)(?:完成)?了?{_THE_REPORT}")
_COMPILES = re.compile(rf"([一-鿿]{{2,36}}){_COMPILING.pattern}")
_MAKES = re.compile(
    r"(?:^|[,，。;\n])([一-鿿]{3,30}?)(?=结合|根据|按照|在|认真|全面|对)"
    rf"[^。;]{{2,80}}?(?:编制|编写|撰写)(?:并|完成|形成|发布|公布|了)*{_THE_REPORT}"
)
_TITLE_NAMED = re.compile(
    r"(?:发布|公布|公开|形成|编制|撰写|制定|的|将)了?《([^《》]{4,60}信息公开[^《》]{0,12}(?:报告|年报))》"
)
_TELLS_OWN = re.compile(
    rf"(?:^|[,，。;\n])([一-鿿]{{3,30}}?)(?:现|特)?向社会(?:公众)?(?:公布|公开|发布)"
    rf"(?:{YEAR}年度?[^。;,]{{0,6}}信息公开[^。;,]{{0,8}}(?:报告|年报)|[本我其该](?:单位|机关|部门|局|委|厅|办|镇|乡|街))"
)
_COVERS = re.compile(rf"内容涵盖([一-鿿]{{4,30}})(?:{YEAR}年|,)")
_COMPILED = re.compile(r"[^。;]{0,160}?(?:编制|编写|撰写|起草|制作|拟定)")
_CONTACT = re.compile(
    r"(?:(?:联系|咨询)(?:单位|部门|机构)|请与|请联系|可与|可联系|联系|请向|请致电|致电|径与|与(?<!信息与)|向)[:：]?(?=[一-鿿])"
)
_AFTER_CONTACT = re.compile(r"[^。;]{0,30}?(?:联系|反映|咨询|[(（]|地址|电话|[,，。:：]|$)")
_SUBJECT = re.compile(
    rf"[。;\n](?:{ITEM})?(?:(?:{YEAR}年(?:度)?(?:以来)?|一年来|今年以来|今年)[,，]?)?(?:在[^。;,]{{2,30}}下[,，])?(?=[一-鿿])"
)
_ACTS = re.compile(
    r"[,，]?(?:各级|各部门|政府信息公开|政务公开|坚持|认真|深入|严格|全面|积极|按照|以|围绕|始终|贯彻|持续|大力|通过|高度|不断|进一步|根据|紧紧|在)"
)
_NO_SUBJECT = re.compile(r"请|据|发挥|按|并|将|把|对|从|自|经|于|为|因|如")
_AREA_ACTS = re.compile(
    rf"[。;\n](?:{ITEM})?(?:{YEAR}年(?:度)?(?:以来)?[,，]?)?(?:我|本)(省|自治区|市|州|盟|县|区|旗)"
    rf"(?:人民)?(?:政府)?{_ACTS.pattern}"
)
_OWN_RULE = re.compile(
    r"[我本](局|委|厅|办|镇|乡|街道|街|中心|院|校|社|队|馆)[^。;《》]{0,40}"
    r"(?:制定|出台|印发|修订|完善|建立|编制|下发)[^。;《》]{0,16}《([一-鿿]{4,40})"
)
"""我局制定了《云和县水利局信息发布制度》: who makes a rule of its own names itself in its title."""
_WORK = re.compile(r"(?:政府|政务)信息公开")
_ORGAN_LINE = re.compile(r"[一-鿿]{3,40}")


class Case:
    """One report's evidence with what is read from it on demand."""

    def __init__(self, evidence: Evidence, registry: Registry) -> None:
        self.evidence, self.registry = evidence, registry
        self.year = evidence.year
        words, sites = split_title(evidence.title[:NAME_LIMIT]) if evidence.title else ("", ())
        self.title_words = words
        self.sites = tuple(s for s in (evidence.site_prefix, *sites) if s)

    @cached_property
    def mentions(self) -> Mentions:
        return find_mentions(self.evidence.text_samples, self.registry)

    @cached_property
    def text(self) -> str:
        """The text without the line that is its title: what a title says, it says once."""
        lines = (years_in_figures(squeeze(t[:3_000])) for t in self.evidence.text_samples[:40])
        return "\n".join(line for line in lines if line != self.title_line)[:12_000]

    @cached_property
    def title_line(self) -> str:
        return years_in_figures(without_sounds(squeeze((self.evidence.title or "")[:NAME_LIMIT])))

    @cached_property
    def plain_text(self) -> str:
        """The same without titles in 《》 and numbers of documents."""
        return _QUOTED.sub("", self.text)

    @cached_property
    def lead(self) -> str:
        """What stands before the first section, without titles in 《》 and numbers of documents."""
        head, *rest = _FIRST_SECTION.split(self.text[: 2 * _LEAD_LENGTH], maxsplit=1)
        if len(head) < _NO_LEAD and rest and (told := _ANNOUNCES.search(rest[0][:_LEAD_LENGTH])):
            head = told[0]
        return _CALLED.sub("", _NOTICE.sub("", _QUOTED.sub("", head[:_LEAD_LENGTH])))

    @cached_property
    def area_word(self) -> str:
        """The 区 of 编制我区2019年度…报告 and 现将我区…报告如下: the document's own word for the area that it reports for."""
        for run in _runs(self.lead):
            if found := _SELF_AREA.search(run):
                return found[1]
        found = _AREA_REPORTS.search(_QUOTED.sub("", self.text[:3_000]))
        return (found[1] or found[2]) if found else ""

    @cached_property
    def consolidates(self) -> bool:
        """Whether the lead says that the report is put together from its members' reports."""
        return any(pattern.search(self.lead) for pattern in CONSOLIDATES)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """What the text calls itself: 我局, 本镇, 我办."""
        return frozenset(_SELF_BODY.findall(self.plain_text))

    @property
    def speaks_as_body(self) -> bool:
        return bool(self.own_words)

    @cached_property
    def speaks_as_area(self) -> str:
        """The 县 of a sentence that begins with 我县; "" where none does, or a body below speaks."""
        found = None if self.own_words else _AREA_ACTS.search(f"\n{self.text}")
        return found[1] if found else ""

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        said = (c._replace(phrase=self.short_names.get(c.phrase.text, c.phrase)) for c in self._names())
        return tuple(sorted(said, key=lambda c: -c.weight))

    @cached_property
    def short_names(self) -> dict[str, Phrase]:
        """Short names that the text gives a body, with the body: X(以下简称Y)."""
        found: dict[str, Phrase] = {}
        opening = self.text[: 2 * _LEAD_LENGTH]
        for match in _SHORTLY.finditer(opening):
            name = _run_before(opening, match.start(), 40)
            for start in range(len(name) - 3):
                if begins_in_gazetteer(name[start:], self.registry):
                    phrase = parse_phrase(name[start:], self.registry)
                    if phrase.organ not in ("none", "other"):
                        found[match[1]] = phrase
                    break
        return found

    def _names(self) -> Iterator[Claim]:
        e, reg = self.evidence, self.registry
        if self.title_words:
            yield Claim(parse_phrase(self.title_words, reg), "title", (e.title or "")[:60])
        yield from self._lead_names()
        for text in (t for t in e.issuer_texts if squeeze(t[:NAME_LIMIT]) != self.title_line):
            words = _issuer_words(text[:NAME_LIMIT])
            yield Claim(parse_phrase(words, reg), "publisher" if _PUBLISHED_BY.match(normalise(text[:40])) else "issuer text", text[:60])  # fmt: skip
        for line in (ln for t in e.text_samples[-6:] for ln in t[-600:].splitlines()):
            bare = normalise(line) if "。" not in line else ""
            if _ORGAN_LINE.fullmatch(bare) and (phrase := parse_phrase(bare, reg)).organ not in (
                "none",
                "other",
            ):
                yield Claim(phrase, "signature in the text", bare)
        if e.registered:
            yield Claim(parse_phrase(e.registered, reg), "registered source", e.registered)
        yield from self._text_names()
        for site in self.sites:
            yield Claim(self._site(site), "site named in the title", site)
        if e.site_name:
            yield Claim(self._site(e.site_name), "site name", e.site_name)

    def _lead_names(self) -> Iterator[Claim]:
        lead, reg = self.lead, self.registry
        opening = _NOTICE.sub("", self.text[:_LEAD_LENGTH])
        for match in _COMPILES.finditer(opening) if _COMPILING.search(opening) else ():
            if (phrase := name_ending(match[1], reg)) and (phrase.places or phrase.organ in OWN_ORGANS):
                yield Claim(without_office(phrase, reg), "compiled by", match[0])
        for match in _MAKES.finditer(lead):
            if phrase := name_at(match[1], reg):
                yield Claim(without_office(phrase, reg), "compiled by", match[0])
        told = _TELLS_OWN.finditer(lead) if "向社会" in lead else ()
        for match in itertools.chain(_COVERS.finditer(lead), told):
            if phrase := name_at(match[1], reg):
                yield Claim(phrase, "lead", match[0])
        for match in _BY.finditer(lead):
            phrase = name_at(lead[match.end() : match.end() + _NAME], reg)
            if phrase and _COMPILED.match(lead[match.end() + len(phrase.text) :]):
                yield Claim(without_office(phrase, reg), "compiled by", lead[match.start() :][:40])
        for run in _runs(lead):
            if (phrase := name_ending(run, reg)) and len(phrase.text) > 1:
                yield Claim(phrase, "lead", run)
        for match in _TITLE_NAMED.finditer(self.text[:_LEAD_LENGTH]):
            phrase = parse_phrase(split_title(match[1])[0], reg)
            if phrase.organ != "other" and (phrase.places or phrase.organ != "none"):
                yield Claim(phrase, "lead", match[0])
        opening = _QUOTED.sub("", self.text[: 2 * _LEAD_LENGTH])
        for match in _CONTACT.finditer(opening):
            phrase = name_at(opening[match.end() : match.end() + _NAME], reg)
            if phrase and _AFTER_CONTACT.match(opening[match.end() + len(phrase.text) :]):
                yield Claim(without_office(phrase, reg), "contact", opening[match.start() :][:40])

    def _text_names(self) -> Iterator[Claim]:
        text, reg = f"\n{self.plain_text}", self.registry
        for match in itertools.islice(_SUBJECT.finditer(text), 40):
            opens = text[match.end() : match.end() + _NAME]
            phrase = name_at(opens, reg)
            if phrase and not (_NO_SUBJECT.match(opens) and not phrase.places):
                yield Claim(phrase, "subject of the text", text[match.end() :][:40])
            else:
                place = next(reg.names_beginning(opens), "")
                if len(place) > 2 and _ACTS.match(opens[len(place) :]):
                    yield Claim(parse_phrase(place, reg), "subject of the text", opens)
        for match in itertools.islice(_OWN_SITE.finditer(text[: 2 * _LEAD_LENGTH]), 6):
            phrase = parse_phrase(match[1], reg)
            if phrase.organ in OWN_ORGANS and phrase.places:
                yield Claim(phrase, "site of its own", match[0])
        for match in itertools.islice(_OWN_RULE.finditer(self.text) if self.own_words else (), 6):
            phrase = name_at(match[2], reg)
            if phrase and phrase.organ in OWN_ORGANS and phrase.places and can_say(match[1], phrase):
                yield Claim(phrase, "work named in the text", match[0])
        for words in itertools.islice(_working(text), 40):
            for start in range(len(words) - 3):
                if begins_in_gazetteer(words[start:], reg):
                    phrase = parse_phrase(words[start:], reg)
                    if phrase.organ in OWN_ORGANS and phrase.places:
                        yield Claim(phrase, "work named in the text", words)
                    break

    def _site(self, name: str) -> Phrase:
        """A site's name; a bare short name (中国·磐石) counts as a place's here."""
        words = _site_words(name[:NAME_LIMIT])
        rows = self.registry.by_short_name(words)
        return Phrase(words, rows, words, "none", "") if rows else parse_phrase(words, self.registry)


def _run_before(text: str, end: int, most: int, start: int = 0) -> str:
    """The characters without a mark that stand before a place."""
    found = _RUN.search(text, max(start, end - most), end)
    return found[0] if found else ""


def _working(text: str) -> Iterator[str]:
    """The words before each 政府信息公开 of a text, four or more, up to the one before."""
    done = 0
    for match in _WORK.finditer(text):
        words = _run_before(text, match.start(), 30, done)
        if len(words) > 3:
            yield words
            done = match.start()


def _runs(lead: str) -> Iterator[str]:
    """The words before each 政府信息公开…报告 of the lead, within its clause, without the year."""
    for match in _REPORT.finditer(lead):
        clause = _STOPS.split(lead[max(0, match.start() - 60) : match.start()])[-1]
        if ("关于" in clause and not clause.endswith("关于")) or _ASKED.match(lead, match.end()):
            continue
        dated = bool(match["y"]) or bool(_YEAR_RUN.search(clause))
        run = with_its_office(_YEAR_RUN.sub("", clause).removesuffix("的"))
        if run and (dated or match[0].endswith(("报告", "年报"))):
            yield run


def _issuer_words(text: str) -> str:
    bare = _ISSUER_LEAD.sub("", normalise(text))
    return _ISSUER_END.split(bare, maxsplit=1)[0]


def _site_words(text: str) -> str:
    bare = _SITE_LEAD.sub("", normalise(text))
    return _SITE_TAIL.sub("", bare) or bare
