"""What a document shows of its issuer, and the names of bodies read from it, strongest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.places.mentions import Mentions, find_mentions
from pipeline.places.phrase import Phrase, normalise, parse_phrase, split_title
from pipeline.places.registry import Registry


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document shows of its issuer. All texts plain; absent evidence is None or empty.

    ``issuer_texts`` are names that the page gives for its issuer (ContentSource, signature lines, 填报单位),
    ``site_prefix`` a site's name found beside the title, ``site_id_code`` the page's SiteIDCode,
    ``text_samples`` paragraphs in reading order, ``year`` the report's year.
    """

    title: str | None = None
    site_prefix: str | None = None
    issuer_texts: tuple[str, ...] = ()
    site_name: str | None = None
    site_id_code: str | None = None
    source_url: str | None = None
    text_samples: tuple[str, ...] = ()
    year: int | None = None


NAME_LIMIT = 300
"""Longest title, issuer or site name that is looked at, in characters."""


class Claim(NamedTuple):
    phrase: Phrase
    source: str


_SITE_TAIL = re.compile(
    r"(?:(?:政府)?(?:信息公开|政务公开)|(?<!人民)政府(?=门户|网))?(?:门户)?(?:网站|网)?(?:群|平台|专栏)?$"
)
_INNER_TITLE = re.compile(
    r"20[012]\d\s?年?度?(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)"
)
_ISSUER_LEAD = re.compile(
    r"^(?:信息)?(?:来源|发布机构|发文机关|发布单位|填报单位|单位名称|编制单位|公开主体|单位|作者)[(（盖章)）]*[:：]"
)
_ISSUER_END = re.compile(r"[,，。;；(（]|20\d\d年")
_SITE_LEAD = re.compile(r"^(?:中国|欢迎访问|欢迎您?访问|www\.)(?=.{2,})")
_HAN_RUN = re.compile(r"[一-鿿]{2,40}(?=\s{0,3}$)")
_LEAD_WORDS = re.compile(r".*(?:编制|公布|公开|发布|公告|撰写|形成|现将|根据|按照|要求|了|《)")
_ORGAN_LINE = re.compile(r"[一-鿿]{3,30}(?:政府|办公室|办公厅|局|委员会|委|厅|办事处|中心|公署|管委会)")


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

    def names(self) -> Iterator[Claim]:
        """Every name given for the body, strongest evidence first."""
        if self.title_words:
            yield Claim(parse_phrase(self.title_words, self.registry), "title")
        for text in self.evidence.text_samples[:12]:
            head = text[:800]
            for match in _INNER_TITLE.finditer(head):
                before = _HAN_RUN.search(head[max(match.start() - 40, 0) : match.start()])
                words = _LEAD_WORDS.sub("", before[0]) if before else ""
                if words and "关于" not in words and "做好" not in words:
                    yield Claim(parse_phrase(words, self.registry), "title in the text")
        for text in self.evidence.issuer_texts:
            yield Claim(parse_phrase(_issuer_words(text[:NAME_LIMIT]), self.registry), "issuer text")
        for site in self.sites:
            yield Claim(self._site(site), "site named in the title")
        for text in self.evidence.text_samples[-6:]:
            for line in text[-600:].splitlines():
                bare = normalise(line)
                if _ORGAN_LINE.fullmatch(bare):
                    yield Claim(parse_phrase(bare, self.registry), "signature in the text")
        if self.evidence.site_name:
            yield Claim(self._site(self.evidence.site_name), "site name")

    def _site(self, name: str) -> Phrase:
        """A site's name; a bare short name (中国·磐石) counts as a place's here."""
        words = _site_words(name[:NAME_LIMIT])
        rows = self.registry.by_short_name(words)
        return Phrase(words, rows, words, "none", "") if rows else parse_phrase(words, self.registry)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(self.names())


def _issuer_words(text: str) -> str:
    bare = _ISSUER_LEAD.sub("", normalise(text))
    return _ISSUER_END.split(bare, maxsplit=1)[0]


def _site_words(text: str) -> str:
    bare = _SITE_LEAD.sub("", normalise(text))
    return _SITE_TAIL.sub("", bare) or bare
