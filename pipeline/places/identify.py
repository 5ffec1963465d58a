"""Decides for whom a report speaks: the body, its place and its code in the report's year.

Evidence decides, in this order: the title; the issuer as the page or the signature names it; the site that
stands in the title; titles and signatures inside the text; the site's name; what the text keeps naming. A
name that several places bear is settled by the places named around it, then by the site's id code, then by
telephone area codes; where nothing settles it, ``division_code`` is None and ``candidates`` names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.places.departments import normalise_department
from pipeline.places.mentions import Mentions, find_mentions
from pipeline.places.phrase import Phrase, normalise, parse_phrase, split_title
from pipeline.places.registry import Division, Registry, load_registry


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


@dataclass(frozen=True, slots=True)
class Body:
    """For whom a report speaks.

    ``kind`` is government, office, department, township or unknown; ``level`` is province, prefecture,
    county, township, department or unknown; ``division_code`` is the code in force in the report's year, of a
    department its place's, of a township its county's; ``candidates`` are codes that the evidence left open;
    ``body_id`` is stable over years and spellings as long as the code is; ``evidence`` says what decided.
    """

    issuer: str | None
    body_id: str
    kind: str
    level: str
    division_code: str | None
    division_name: str | None
    department: str | None
    candidates: tuple[str, ...]
    evidence: str


class _Claim(NamedTuple):
    phrase: Phrase
    source: str


class _Place(NamedTuple):
    division: Division | None
    candidates: tuple[str, ...]
    why: str


_SITE_TAIL = re.compile(r"(?:(?:政府)?(?:信息公开|政务公开)|(?<!人民)政府(?=门户|网))?(?:门户)?(?:网站|网)?(?:群|平台|专栏)?$")
_INNER_TITLE = re.compile(r"([一-鿿]{2,40})[\s]{0,3}20[012]\d\s?年?度?(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)")
_LEAD_WORDS = re.compile(r".*(?:编制|公布|公开|发布|公告|撰写|形成|现将|根据|按照|要求|本|将|了|由|是|在|及|和|为|《)")
_ORGAN_LINE = re.compile(r"[一-鿿]{3,30}(?:政府|办公室|办公厅|局|委员会|委|厅|办事处|中心|公署|管委会)")
_GENERIC_KINDS = {
    "省": ("省",), "自治区": ("自治区",), "市": ("直辖市", "地级市", "县级市"), "州": ("自治州",), "盟": ("盟",),
    "地区": ("地区",), "县": ("县", "自治县"), "区": ("市辖区", "林区", "特区"), "旗": ("旗", "自治旗"),
}  # fmt: skip
_OWN_ORGAN = ("局", "委", "厅", "办", "处", "机关", "单位", "中心")


class _Case:
    """One report's evidence with what is read from it on demand."""

    def __init__(self, evidence: Evidence, registry: Registry) -> None:
        self.evidence, self.registry = evidence, registry
        self.year = evidence.year
        words, sites = split_title(evidence.title) if evidence.title else ("", ())
        self.title_words = words
        self.sites = tuple(s for s in (evidence.site_prefix, *sites) if s)

    @cached_property
    def mentions(self) -> Mentions:
        return find_mentions(self.evidence.text_samples, self.registry)

    def names(self) -> Iterator[_Claim]:
        """Every name given for the body, strongest evidence first."""
        if self.title_words:
            yield _Claim(parse_phrase(self.title_words, self.registry), "title")
        for text in self.evidence.text_samples[:12]:
            for match in _INNER_TITLE.finditer(text[:800]):
                words = _LEAD_WORDS.sub("", match[1])
                if words:
                    yield _Claim(parse_phrase(words, self.registry), "title in the text")
        for text in self.evidence.issuer_texts:
            yield _Claim(parse_phrase(_issuer_words(text), self.registry), "issuer text")
        for site in self.sites:
            yield _Claim(parse_phrase(_site_words(site), self.registry), "site named in the title")
        for text in self.evidence.text_samples[-6:]:
            for line in text.splitlines():
                bare = normalise(line)
                if _ORGAN_LINE.fullmatch(bare):
                    yield _Claim(parse_phrase(bare, self.registry), "signature in the text")
        if self.evidence.site_name:
            yield _Claim(parse_phrase(_site_words(self.evidence.site_name), self.registry), "site name")

    @cached_property
    def claims(self) -> tuple[_Claim, ...]:
        return tuple(self.names())


def identify(evidence: Evidence, registry: Registry | None = None) -> Body:
    """The body that the evidence shows, under a code in force in the report's year; never a guess.

    Takes the registry of ``load_registry`` unless given one (of invented places, for instance). Raises
    nothing: a body that no evidence shows has kind and level ``unknown``.
    """
    case = _Case(evidence, registry or load_registry())
    first = next((c for c in case.claims if _speaks(c)), None)
    if first is None:
        return _from_text(case)
    phrase, source = first
    if phrase.unknown_place:
        return _unknown_place(first, case)
    if phrase.organ == "township" and not _same_named_division(phrase):
        return _township(first, case)
    place = _place_of(first, case)
    return _body(phrase, place, source)


def _speaks(claim: _Claim) -> bool:
    """Whether a claim says who speaks: a bare site name or a phrase that is no body does not."""
    p = claim.phrase
    if claim.source in ("site name", "site named in the title") and p.organ == "other":
        return bool(p.places)
    if p.organ in ("none", "other"):
        return bool(p.places) or bool(p.unknown_place and p.organ == "none")
    if claim.source != "title" and not (p.places or p.unknown_place):
        return p.organ == "township"
    return True


def _same_named_division(phrase: Phrase) -> bool:
    return phrase.organ != "township"


def _issuer_words(text: str) -> str:
    bare = re.sub(r"^(?:信息)?(?:来源|发布机构|发文机关|发布单位|填报单位|单位名称|编制单位|公开主体|单位|作者)[(（盖章)）]*[:：]", "", normalise(text))
    return re.split(r"[,，。;；(（]|20\d\d年", bare)[0]


def _site_words(text: str) -> str:
    bare = re.sub(r"^(?:中国|欢迎访问|欢迎您?访问|www\.)(?=.{2,})", "", normalise(text))
    return _SITE_TAIL.sub("", bare) or bare


def _place_of(claim: _Claim, case: _Case) -> _Place:
    """The place of a claim: its own words, else the place that other evidence gives."""
    phrase, source = claim
    if phrase.places:
        return _settle(phrase.places, f"{source}: {phrase.text}", case, skip=claim)
    for other in case.claims:
        if other is claim or other.phrase.unknown_place:
            continue
        fits = _of_kind(other.phrase.places, phrase.generic)
        if fits and (phrase.generic or other.phrase.organ != "department" or phrase.organ == "department"):
            return _settle(fits, f"{other.source}: {other.phrase.text}", case, skip=other)
    if any(c.phrase.unknown_place for c in case.claims):
        return _Place(None, (), f"{source} names no place; the site's is in no registry")
    found = _main_place(case, phrase.generic)
    coded = _coded(case)
    if coded and _of_kind((coded,), phrase.generic):
        code = coded.code
        if found.division and found.division.code != code:
            return _Place(None, tuple(sorted({found.division.code, code})), "text and site id code name different places")
        if not case.mentions.names or coded.name in case.mentions.names:
            return _Place(coded, (), f"site id code {case.evidence.site_id_code}")
    return found


def _settle(rows: Iterable[Division], why: str, case: _Case, skip: _Claim | None = None) -> _Place:
    """One place of those that bear a name: by year, by places named around it, by id code, by telephone."""
    places = _in_year(rows, case)
    if len(places) == 1:
        return _Place(places[0], (), why)
    if not places:
        return _Place(None, (), why)
    levels = {d.level for d in places}
    if len(levels) > 1 and "prefecture" in levels and len([d for d in places if d.level == "prefecture"]) == 1:
        upper = next(d for d in places if d.level == "prefecture")
        inside = [d for d in places if d is not upper and upper.code in _codes_above(d, case)]
        if len(inside) == len(places) - 1 and not upper.name.endswith("市"):
            return _Place(upper, (), why)
    for claim in case.claims:
        if claim is skip or claim.phrase.text == (skip.phrase.text if skip else ""):
            continue
        codes = {d.code for d in _in_year(claim.phrase.places, case)}
        close = [d for d in places if codes & {d.code, *_codes_above(d, case)}]
        if len(close) == 1:
            return _Place(close[0], (), f"{why}; {claim.source} names {claim.phrase.place_text}")
    named = _named_above(places, case)
    if named:
        return _Place(named[0], (), f"{why}; text names {named[1]}")
    hint = (case.evidence.site_id_code or "")[:6]
    close = [d for d in places if hint in _codes_ever(d, case)] or [d for d in places if _under_hint(d, hint, case)]
    if len(close) == 1:
        return _Place(close[0], (), f"{why}; site id code {hint}")
    phoned = {c for area in case.mentions.phones for c in case.registry.phones.get(area, ())}
    close = [d for d in places if phoned & {d.code, *_codes_above(d, case)}]
    if len(close) == 1:
        return _Place(close[0], (), f"{why}; telephone area code {max(case.mentions.phones)}")
    return _Place(None, tuple(d.code for d in places), f"{why}: several places bear this name")


def _in_year(rows: Iterable[Division], case: _Case) -> list[Division]:
    """Places in force in the report's year; else those of the year after; else any, moved to the year."""
    pool = list(rows)
    if case.year is not None:
        for year in (case.year, case.year + 1):
            now = [d for d in pool if d.in_force(min(max(year, 2008), 2026))]
            if now:
                pool = now
                break
    else:
        pool = [d for d in pool if d.valid_to is None] or pool
    moved = {m.code: m for m in (case.registry.in_year(d, case.year) for d in pool)}
    return sorted(moved.values(), key=lambda d: d.code)


def _codes_above(division: Division, case: _Case) -> set[str]:
    return {a.code for a in case.registry.ancestors(division)}


def _codes_ever(division: Division, case: _Case) -> set[str]:
    """Codes that this place has had, through renamings and new codes one to one."""
    moved = {case.registry.in_year(division, year).code for year in (2008, 2012, 2014, 2016, 2018, 2020, 2026)}
    return {division.code, *moved}


def _under_hint(division: Division, hint: str, case: _Case) -> bool:
    if len(hint) != 6 or not hint.isdigit() or hint.endswith("0000"):
        return False
    return f"{hint[:4]}00" in _codes_above(division, case)


def _named_above(places: list[Division], case: _Case) -> tuple[Division, str] | None:
    """The one place whose city, else whose province, the text names."""
    names = case.mentions.names
    for depth in (0, 1):
        hits = []
        for d in places:
            chain = case.registry.ancestors(d)
            if len(chain) > depth and chain[depth].name in names:
                hits.append((d, chain[depth].name))
        if len({d.code for d, _ in hits}) == 1:
            return hits[0]
        if hits:
            return None
    return None


def _of_kind(rows: tuple[Division, ...], generic: str) -> tuple[Division, ...]:
    kinds = _GENERIC_KINDS.get(generic)
    return rows if kinds is None else tuple(d for d in rows if d.kind in kinds)


def _coded(case: _Case) -> Division | None:
    """The place of the site's id code, in the report's year."""
    hint = (case.evidence.site_id_code or "")[:6]
    if len(hint) != 6 or not hint.isdigit():
        return None
    row = case.registry.get(hint)
    return case.registry.in_year(row, case.year) if row else None


def _main_place(case: _Case, generic: str) -> _Place:
    """The place that the text keeps naming, of the kind that it calls itself; clear majority or nothing."""
    words = [w for w, _ in case.mentions.self_words.most_common() if w in _GENERIC_KINDS]
    own = generic if generic in _GENERIC_KINDS else (words[0] if words else "")
    counts: list[tuple[int, str, tuple[Division, ...]]] = []
    for name, n in case.mentions.names.items():
        rows = tuple(_in_year(_of_kind(case.registry.by_name(name), own), case))
        if rows:
            counts.append((n, name, rows))
    counts.sort(key=lambda c: -c[0])
    if not counts:
        return _Place(None, (), "no evidence names a known place")
    n, name, rows = counts[0]
    why = f"text names {name} {n} times" + (f" and says 我{own}" if own else "")
    if len(counts) > 1 and counts[1][0] * 2 > n:
        pool = {d.code for c in counts[:3] if c[0] * 2 > n for d in c[2]}
        coded = _coded(case)
        if coded and coded.code in pool:
            return _Place(coded, (), f"text names several places; site id code {coded.code}")
        return _Place(None, tuple(sorted(pool)), "text names several places about as often")
    if n < 2 and not own:
        return _Place(None, tuple(d.code for d in rows), "text names one place once")
    return _settle(rows, why, case)


def _from_text(case: _Case) -> Body:
    """No name given: the text's own words decide."""
    place = _main_place(case, "")
    selves = case.mentions.self_words
    office = sum(selves[w] for w in _OWN_ORGAN)
    area = sum(selves[w] for w in _GENERIC_KINDS)
    town = sum(selves[w] for w in ("镇", "乡", "街道"))
    d = place.division
    if d is None:
        return Body(None, "unknown", "unknown", "unknown", None, None, None, place.candidates, place.why)
    if area > office and area > town:
        return Body(f"{d.name}人民政府", f"{d.code}:government", "government", d.level, d.code, d.name, None, (),
                    place.why)  # fmt: skip
    return Body(None, f"{d.code}:unknown", "unknown", "unknown", d.code, d.name, None, (),
                f"{place.why}; who speaks for it is not said")  # fmt: skip


def _unknown_place(claim: _Claim, case: _Case) -> Body:
    """A place that no registry row bears: the issuer is named, its code stays open."""
    p = claim.phrase
    issuer = p.text if p.organ not in ("none", "other") else f"{p.unknown_place}人民政府"
    kind = {"none": "government", "other": "government", "zone": "township"}.get(p.organ, p.organ)
    department = _department(p)
    level = {"office": "department", "department": "department", "township": "township"}.get(kind, "unknown")
    if kind == "government" and re.search(r"(?:县|旗)$", p.unknown_place):
        level = "county"
    body_id = ":".join(x for x in ("name", p.unknown_place, kind, department) if x)
    return Body(issuer, body_id, kind, level, None, None, department, (),
                f"{claim.source}: {p.unknown_place} is in no registry")  # fmt: skip


def _department(phrase: Phrase) -> str | None:
    if phrase.organ == "office":
        return "办公室"
    return normalise_department(phrase.organ_name) if phrase.organ == "department" else None


def _body(phrase: Phrase, place: _Place, source: str) -> Body:
    """The body of a phrase at a place."""
    d = place.division
    code = d.code if d else None
    organ = phrase.organ
    key = code or f"name:{phrase.place_text or phrase.generic or '?'}"
    if organ in ("none", "other", "government"):
        if phrase.places:
            name = phrase.text if organ == "government" else f"{phrase.place_text}人民政府"
        else:
            name = f"{d.name}人民政府" if d else phrase.text
        level = d.level if d else _shared_level(phrase)
        return Body(name or None, f"{key}:government", "government", level, code, d.name if d else None, None,
                    place.candidates, place.why)  # fmt: skip
    issuer = phrase.text
    if not phrase.places and d and organ != "zone":
        bare = phrase.text
        if phrase.generic:
            bare = bare[bare.index(phrase.generic) + len(phrase.generic):]
        issuer = d.name + bare
    if organ == "zone":
        return Body(issuer, f"{key}:zone:{phrase.organ_name}", "township", "township", code,
                    d.name if d else None, None, place.candidates, place.why)  # fmt: skip
    department = _department(phrase)
    body_id = f"{key}:office" if organ == "office" else f"{key}:department:{department}"
    return Body(issuer, body_id, "office" if organ == "office" else "department", "department", code,
                d.name if d else None, department, place.candidates, place.why)  # fmt: skip


def _shared_level(phrase: Phrase) -> str:
    levels = {d.level for d in phrase.places}
    return levels.pop() if len(levels) == 1 else "unknown"


def _township(claim: _Claim, case: _Case) -> Body:
    """A township: its county from the name's own words, the evidence around it, or the list of townships."""
    p = claim.phrase
    name = p.organ_name
    issuer = p.text if p.text.endswith(("政府", "办事处")) else f"{p.place_text}{name}{_town_government(name)}"
    place = _county_of(name, claim, case)
    key = place.division.code if place.division else "name"
    return Body(issuer, f"{key}:township:{name}", "township", "township",
                place.division.code if place.division else None,
                place.division.name if place.division else None, None, place.candidates, place.why)  # fmt: skip


def _town_government(name: str) -> str:
    return "办事处" if name.endswith("街道") else "人民政府"


def _county_of(name: str, claim: _Claim, case: _Case) -> _Place:
    listed = _in_year((row for c in case.registry.townships(name) if (row := case.registry.get(c))), case)
    own = _in_year(claim.phrase.places, case)
    if own:
        below = [d for d in listed if d.code in {o.code for o in own} or {o.code for o in own} & _codes_above(d, case)]
        counties = [d for d in own if d.level == "county" or not case.registry.children(d.code, case.year or 2026)]
        if len(below) == 1:
            return _Place(below[0], (), f"{claim.source}: {claim.phrase.text}")
        if counties:
            return _settle(counties, f"{claim.source}: {claim.phrase.text}", case, skip=claim)
        if below:
            return _settle(below, f"{claim.source}: {claim.phrase.text}", case, skip=claim)
        return _Place(None, (), f"{claim.source}: no {name} is listed in {claim.phrase.place_text}")
    for other in case.claims:
        if other is claim or other.phrase.unknown_place:
            continue
        codes = {d.code for d in _in_year(other.phrase.places, case)}
        close = [d for d in listed if codes & {d.code, *_codes_above(d, case)}]
        if len(close) == 1:
            return _Place(close[0], (), f"{claim.source} {name}; {other.source} names {other.phrase.place_text}")
        counties = [d for d in _in_year(other.phrase.places, case) if d.level == "county"]
        if not close and len(counties) == 1:
            return _Place(counties[0], (), f"{other.source} names {counties[0].name}; {name} is not listed there today")
    return _county_in_text(name, listed, claim, case)


def _county_in_text(name: str, listed: list[Division], claim: _Claim, case: _Case) -> _Place:
    named: dict[str, tuple[int, list[Division]]] = {}
    for word, n in case.mentions.names.items():
        rows = [d for d in _in_year(case.registry.by_name(word), case) if d.level == "county"]
        if rows:
            named[word] = (n, rows)
    close = [d for d in listed for _, rows in named.values() if d.code in {r.code for r in rows}]
    if len(close) == 1:
        return _Place(close[0], (), f"{claim.source} {name}; text names {close[0].name}")
    if len(close) > 1:
        return _Place(None, tuple(d.code for d in close), f"{claim.source} {name}; text names several of its counties")
    if any(c.phrase.unknown_place for c in case.claims):
        return _Place(None, (), f"{claim.source} {name}; the place around it is in no registry")
    if len(named) == 1:
        word, (n, rows) = next(iter(named.items()))
        if n >= 2 and len(rows) == 1:
            return _Place(rows[0], (), f"text names {word} {n} times; {name} is not listed there today")
    if named and listed:
        codes = {d.code for d in listed} | {d.code for _, rows in named.values() for d in rows}
        return _Place(None, tuple(sorted(codes)), f"text names no county that lists {name}")
    if len(listed) == 1 and len(name) >= 3:
        return _Place(listed[0], (), f"{claim.source}: the only {name} in the list of townships")
    return _settle(listed, f"{claim.source}: {name}", case, skip=claim)
