"""Decides for whom a report speaks: the body, its place and its code in the report's year.

Names come with their sources (``claims``). The title speaks first, then who compiled the report, then the lead; where
none of them names a body, two other sources must agree, or one must name a body below the government. A
government speaks only where it or its place is named as the one that reports; what contradicts leaves the body
open, with all that was claimed. A name that several places bear is settled by the places named around it, then by the
site's id code, then by telephone area codes; where nothing settles it, ``division_code`` is None and
``candidates`` names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.places.claims import Case, Claim, Evidence
from pipeline.places.departments import department_table, normalise_department
from pipeline.places.phrase import (
    CORPS,
    OWN_ORGANS,
    TOWN_ORGANS,
    Phrase,
    is_national,
    needs_no_place,
    parse_phrase,
    split_title,
    without_second_name,
)
from pipeline.places.registry import LAST_YEAR, Division, Registry, load_registry
from pipeline.places.settle import GENERIC_KINDS, Place, county_of, main_place, place_of, settle
from pipeline.places.zones import Zone, zone_key, zone_named

_SPEAKING = ("title", "compiled by", "lead")
_KEEPING = ("issuer text", "signature in the text", "contact", "publisher", "registered source")
_KEEPERS = re.compile(
    r"政务|数据|行政审批|信息|电子|公开|营商|档案|网信|新闻|融媒|工信|法制|监察|市民|热线|服务中心|秘书|宣传"
)
"""Departments that keep a government's site or its disclosure: they publish its report without being its body."""
_AFTER_ITS_PLACE = re.compile(r"^综合(?:实验|试验|改革)")
"""Zones that bear the name of the place that they are; 东湖高新区 lies in no 东湖."""
_ZONE_TOWNS = re.compile(
    r"(?:开发区|园区|工业园|科技园|产业园|高新区|经开区|保税区|集聚区|聚集区|度假区|示范园)$"
)


@dataclass(frozen=True, slots=True)
class Body:
    """For whom a report speaks.

    ``kind`` is government, office, zone, governing_zone (it runs the division of its code), zone_office, department,
    customs, tax, branch, university, hospital, firm, township, street or unknown; ``level`` is province, prefecture,
    county, township, department or unknown; ``division_code`` is the code in force in the report's year, of a
    department its place's, of a township its county's; ``candidates`` are codes that the evidence left open;
    ``body_id`` is one body's through all its names and codes that follow one another; None where the body or its
    place is not settled, for then nothing tells two bodies apart. ``evidence`` says what decided and what was
    claimed besides.
    """

    issuer: str | None
    body_id: str | None
    kind: str
    level: str
    division_code: str | None
    division_name: str | None
    department: str | None
    candidates: tuple[str, ...]
    evidence: str


def identify(evidence: Evidence, registry: Registry | None = None) -> Body:
    """The body that the evidence shows, under a code in force in the report's year; never a guess.

    Takes the registry of ``load_registry`` unless given one (of invented places, for instance). Raises
    nothing: a body that no evidence shows has kind and level ``unknown``.
    """
    case = Case(evidence, registry or load_registry())
    heads = [c for c in case.claims if c.source in _SPEAKING and _names_one(c)]
    if not heads:
        return _unspoken(case)
    head = heads[0]
    rivals = [c for c in case.claims if _contradicts(c, head, case)]
    if rivals:
        return _open(case, (head, *rivals))
    if head.phrase.organ == "office" and head.source == "compiled by" and not case.speaks_as_body:
        places = [c for c in heads if c.phrase.organ in ("none", "government")]
        told = [c for c in case.claims if c.source == "subject of the text"]
        itself = any(c.phrase.organ == "office" for c in told)
        acts = not itself and any(
            c.phrase.organ in ("none", "government")
            and (same_place(c.phrase, head.phrase) or not c.phrase.places)
            for c in told
        )
        if places or case.area_word or case.consolidates or acts:
            return _government(places[0] if places else head, case)
        return _body(head, case) if itself else _open(case, (head,))
    return _body(_fullest(head, case), case)


def names_a_body(text: str, registry: Registry | None = None) -> bool:
    """Whether a line is the name of a body, or of a place alone, and nothing else."""
    words, _ = split_title(text[:80])
    p = parse_phrase(words, registry or load_registry())
    return p.organ not in ("none", "other") or (p.organ == "none" and bool(p.places))


def _names_one(claim: Claim) -> bool:
    p = claim.phrase
    if p.organ in ("none", "other"):
        return bool(p.organ == "none" and (p.places or p.unknown_place)) or (
            claim.source == "title" and bool(p.places or p.unknown_place)
        )
    return claim.source == "title" or bool(
        p.places
        or p.unknown_place
        or p.generic
        or p.organ in (*TOWN_ORGANS, "zone", "customs")
        or needs_no_place(p)
    )


def _contradicts(claim: Claim, head: Claim, case: Case) -> bool:
    """Whether a claim names another body than the head does, in a place where only the reporting body stands."""
    theirs, ours = claim.phrase, head.phrase
    if claim is head or theirs.organ not in OWN_ORGANS or same_body(theirs, ours):
        return False
    if claim.source in _KEEPING and not (
        _is_settled(theirs) or theirs.generic or theirs.organ_name in department_table()
    ):
        return False
    if ours.organ in OWN_ORGANS:
        return claim.source in ("compiled by", "lead")
    if claim.source == "lead":
        return True
    if ours.organ != "none" or claim.source not in ("compiled by", *_KEEPING):
        return False
    return not _KEEPERS.search(theirs.organ_name)


def same_body(one: Phrase, other: Phrase) -> bool:
    """Whether two names can be one body's: the same organ, of no two places."""
    if {one.organ, other.organ} - {"none", "government"} and one.organ != other.organ:
        return False
    if one.places and other.places and not {d.code for d in one.places} & {d.code for d in other.places}:
        return False
    if one.organ in ("none", "government", "office"):
        return True
    mine, theirs = (_organ_key(p) for p in (one, other))
    return mine == theirs or mine.endswith(theirs) or theirs.endswith(mine)


def same_place(one: Phrase, other: Phrase) -> bool:
    """Whether two names can lie in one place: a division that both may mean."""
    return bool({d.code for d in one.places} & {d.code for d in other.places})


def _organ_key(phrase: Phrase) -> str:
    if phrase.organ in TOWN_ORGANS or phrase.organ == "zone":
        return zone_key(phrase.organ_name)
    return normalise_department(without_second_name(phrase.organ_name))


def _fullest(head: Claim, case: Case) -> Claim:
    """云和县水利局 for a title that says 县水利局: the same body's name with its place, where the document gives it."""
    p = head.phrase
    if p.places or p.unknown_place or p.organ in ("none", "other", "government"):
        return head
    kinds = GENERIC_KINDS.get(p.generic)
    for other in case.claims:
        q = other.phrase
        if (
            q.places
            and q.organ == p.organ
            and same_body(p, q)
            and (kinds is None or any(d.kind in kinds for d in q.places))
        ):
            return Claim(q, head.source, f"{head.text}; {other.source}: {q.text}")
    return head


def _unspoken(case: Case) -> Body:
    """Neither title nor lead names the body: what keeps, signs and answers for the report must."""
    kept = [c for c in case.claims if c.source in _KEEPING and (_is_settled(c.phrase) or _signs_as_place(c))]
    spoken = [
        c
        for c in case.claims
        if c.source in ("subject of the text", "work named in the text", "site of its own")
    ]
    own = [c for c in kept if c.phrase.organ in OWN_ORGANS]
    upper = [c for c in kept if c.phrase.organ in ("none", "government", "office", "zone")]
    desks = [c for c in own if c.source == "contact" and _KEEPERS.search(c.phrase.organ_name)]
    if own and len(desks) == len(own) and not case.speaks_as_body:
        ruled = [c for c in spoken if c.phrase.organ in ("none", "government") and c.phrase.places]
        inside = [c for c in ruled if same_place(c.phrase, own[0].phrase)]
        return _body(inside[0], case) if inside and len(inside) == len(ruled) else _open(case, own)
    if own:
        first = own[0]
        others = [c for c in own if not same_body(c.phrase, first.phrase)]
        doubtful = upper and not case.speaks_as_body and _KEEPERS.search(first.phrase.organ_name)
        return _open(case, own + upper) if others or doubtful else _body(_fullest(first, case), case)
    if upper:
        return _upper(upper, spoken, case)
    ruled = [c for c in spoken if c.phrase.organ in ("none", "government") and c.phrase.places]
    if (case.area_word or case.consolidates) and not case.speaks_as_body:
        kinds = GENERIC_KINDS.get(case.area_word)
        areas = [c for c in ruled if kinds is None or any(d.kind in kinds for d in c.phrase.places)]
        if areas and all(same_place(c.phrase, areas[0].phrase) for c in areas):
            return _body(areas[0], case)
    weak = [c for c in spoken if c.phrase.organ in OWN_ORGANS]
    sure = case.speaks_as_body or (len(weak) > 1 and not ruled)
    named = [
        c for c in weak if c.phrase.places or c.phrase.organ in TOWN_ORGANS or (c.phrase.generic and sure)
    ]
    if named and all(same_body(c.phrase, named[0].phrase) for c in weak):
        return _body(named[0], case)
    return _open(case, tuple(weak))


def _is_settled(p: Phrase) -> bool:
    """Whether a name is a body's and says of which place, or is of a kind that needs none beside it."""
    return p.organ not in ("none", "other") and bool(
        p.places
        or p.unknown_place
        or p.organ in (*TOWN_ORGANS, "zone")
        or is_national(p)
        or needs_no_place(p)
    )


def _signs_as_place(claim: Claim) -> bool:
    """门头沟区 as the line of who reports: a place's full name stands for its government there."""
    p = claim.phrase
    return (
        claim.source == "issuer text"
        and p.organ == "none"
        and any(p.place_text.endswith(d.name) for d in p.places)
    )


def _upper(upper: Sequence[Claim], spoken: Sequence[Claim], case: Case) -> Body:
    """A government, its office or a zone keeps or signs the report, and nothing else is named."""
    first = upper[0]
    if case.speaks_as_body:
        offices = [c for c in upper if c.phrase.organ == "office" and c.source != "registered source"]
        office_itself = offices and re.search(r"(?:我|本)(?:办|机关|单位)", case.text) and not re.search(r"(?:我|本)(?:局|镇|乡|街|委|院|校|中心)", case.text)  # fmt: skip
        return _body(offices[0], case) if office_itself else _open(case, upper)
    signed = [c for c in upper if c.source in ("signature in the text", "issuer text")]
    places = {d.code for d in first.phrase.places}
    offices = [c for c in signed + list(upper) if c.phrase.organ == "office"]
    if signed and offices and not places & {d.code for c in offices for d in c.phrase.places}:
        return _open(case, upper)
    if signed:
        return _body(next((c for c in signed if c.phrase.organ != "office"), signed[0]), case)
    subject = any(c.phrase.organ == "none" and places & {d.code for d in c.phrase.places} for c in spoken)
    if first.phrase.organ == "zone" and first.source != "registered source":
        return _body(first, case)
    if (
        case.area_word or case.consolidates or subject or len({c.source for c in upper}) > 1
    ) and first.phrase.organ != "zone":
        return _government(first, case)
    weak = [c for c in spoken if c.phrase.organ in OWN_ORGANS]
    if first.source == "registered source" and first.phrase.organ in ("government", "zone") and not weak:
        return _body(first, case)
    return _open(case, upper)


def _government(claim: Claim, case: Case) -> Body:
    """The government of the claim's place: the claim names its place or its office."""
    p = claim.phrase
    if p.organ != "office":
        return _body(claim, case)
    words = p.text[: len(p.text) - len(p.organ_name)] if p.text.endswith(p.organ_name) else p.place_text
    bare = Phrase(words, p.places, p.place_text, "none", "", p.generic, p.unknown_place)
    return _body(Claim(bare, claim.source, claim.text), case)


def _open(case: Case, claims: Sequence[Claim]) -> Body:
    """Nobody is decided: what each source names is kept; the place too, where all of them lie in one."""
    seen = list(dict.fromkeys(f"{c.phrase.text} ({c.source}: {c.text[:40]})" for c in claims))
    if claims:
        places = [place_of(c, case) for c in claims]
    else:
        sites = [place_of(c, case) for c in case.claims if c.source.startswith("site") and c.phrase.places]
        places = [Place(None, (p.division.code,) if p.division else p.candidates, p.why) for p in sites[:1]]
        places = places or [main_place(case, "")]
    found = {p.division.code: p.division for p in places if p.division}
    d = next(iter(found.values())) if len(found) == 1 and all(p.division for p in places) else None
    codes = () if d else tuple(dict.fromkeys([*found, *(c for p in places for c in p.candidates)]))
    why = f"ambiguous: {' | '.join(seen)}" if len(seen) > 1 else (
        f"{seen[0]} alone does not say who reports" if seen else f"{places[0].why}; who reports is not said")  # fmt: skip
    return Body(
        None, None, "unknown", "unknown", d.code if d else None, d.name if d else None, None, codes, why
    )


def _body(claim: Claim, case: Case) -> Body:
    """The body of a claim, at the place that the evidence settles."""
    p = claim.phrase
    if p.organ in ("zone",) or p.zone:
        return _zone_body(claim, case)
    if p.organ in TOWN_ORGANS:
        return _township(claim, case)
    if p.unknown_place:
        return _unknown_place(claim, case)
    placeless = is_national(p) or needs_no_place(p)
    place = Place(None, (), f"{claim.source}: {p.text}") if placeless else place_of(claim, case)
    d = place.division
    key = _key(d, case) or ("name" if placeless else None)
    if p.organ == "other":
        return Body(p.text, None, "unknown", "unknown", d.code if d else None, d.name if d else None, None,
                    place.candidates, f"{place.why}; {p.organ_name} is no kind of body known here")  # fmt: skip
    if p.organ in ("none", "government"):
        name = _government_name(p, d, case)
        level = d.level if d else _shared_level(p)
        return Body(name, key and f"{key}:government", "government", level, d.code if d else None,
                    d.name if d else None, None, place.candidates, _why(claim, place, case))  # fmt: skip
    issuer = p.text
    if not p.places and d and (p.generic or p.organ_name in department_table() or p.organ == "office"):
        bare = p.text[p.text.index(p.generic) + len(p.generic) :] if p.generic else p.text
        issuer = d.name + bare if p.organ != "customs" else p.text
    department = "办公室" if p.organ == "office" else normalise_department(without_second_name(p.organ_name))
    if p.organ == "customs":
        key = "name"
    name = p.text if p.organ == "customs" else department
    body_id = key and (f"{key}:office" if p.organ == "office" else f"{key}:{p.organ}:{name}")
    return Body(issuer, body_id, p.organ, "department", d.code if d else None, d.name if d else None, department,
                place.candidates, _why(claim, place, case))  # fmt: skip


def _why(claim: Claim, place: Place, case: Case) -> str:
    """What decided, and which other sources name the same body."""
    also = dict.fromkeys(f"{c.source}: {c.phrase.text}" for c in case.claims
                         if c is not claim and c.phrase.organ not in ("none", "other") and c.source != claim.source
                         and same_body(c.phrase, claim.phrase))  # fmt: skip
    head = place.why if claim.source in place.why else f"{claim.source}: {claim.phrase.text}; {place.why}"
    return head + (f"; so says {'; '.join(list(also)[:3])}" if also else "")


def _key(division: Division | None, case: Case) -> str | None:
    """The code that a place bears today through renamings and new codes one to one."""
    return case.registry.in_year(division, LAST_YEAR).code if division else None


def _government_name(p: Phrase, d: Division | None, case: Case) -> str | None:
    """The name as the document writes it; of a bare place of the gazetteer its government's."""
    if p.organ == "government" and p.places and p.text.endswith("人民政府"):
        return p.text
    if p.organ in ("none", "government") and p.places:
        codes = {x.code for x in p.places}
        written = (
            c.phrase.text
            for c in case.claims
            if c.phrase.text.endswith("人民政府") and codes & {x.code for x in c.phrase.places}
        )
        if p.organ == "government" and f"{p.place_text}人民政府" in case.text:
            return f"{p.place_text}人民政府"
        return next(written, p.text if p.organ == "government" else f"{p.place_text}人民政府")
    return f"{d.name}人民政府" if d else p.text or None


def _shared_level(phrase: Phrase) -> str:
    levels = {d.level for d in phrase.places}
    return levels.pop() if len(levels) == 1 else "unknown"


def _unknown_place(claim: Claim, case: Case) -> Body:
    """A place that no registry row bears: the issuer is named as written, its code stays open."""
    p = claim.phrase
    why = f"{claim.source}: {p.unknown_place} is in no registry"
    if p.unknown_place == CORPS and p.organ in ("none", "government"):
        return Body(CORPS, f"name:{CORPS}:government", "government", "province", None, None, None, (), why)
    if p.organ in ("none", "other"):
        return Body(p.text, None, "unknown", "unknown", None, None, None, (), why)
    if p.organ == "government":
        level = "county" if re.search(r"(?:县|旗)$", p.unknown_place) else "unknown"
        return Body(
            p.text, f"name:{p.unknown_place}:government", "government", level, None, None, None, (), why
        )
    department = "办公室" if p.organ == "office" else normalise_department(p.organ_name)
    return Body(p.text, f"name:{p.unknown_place}:{p.organ}:{department}", p.organ, "department", None, None, department, (), why)  # fmt: skip


def _zone_body(claim: Claim, case: Case) -> Body:
    """A zone, its office or a department of it: by the table of zones, else at the place that its name begins with."""
    p = claim.phrase
    name = p.organ_name if p.organ == "zone" else p.zone
    before = p.text[: p.text.index(name)] if name in p.text else p.place_text
    row = zone_named(before + name, case.year)
    d, candidates, why = _zone_place(claim, name, row, case)
    settled = _key(d, case)
    key = f"zone:{row.name}" if row else settled and f"{settled}:zone:{zone_key(name)}"
    code, place_name = (d.code, d.name) if d else (None, None)
    if p.organ != "zone":
        department = "办公室" if p.organ == "office" else normalise_department(p.organ_name[len(name) :])
        kind = "zone_office" if p.organ == "office" else p.organ
        return Body(p.text, key and f"{key}:{kind}:{department}", kind, "department", code, place_name, department, candidates, why)  # fmt: skip
    level = row.level if row else "township" if _ZONE_TOWNS.search(name) else "unknown"
    kind = "governing_zone" if row and row.relation == "runs" else "zone"
    issuer = p.text if re.search("管委会|管理委员会", p.text) else (
        row.organ if row and row.relation != "lies" else _written_organ(p.text, case))  # fmt: skip
    return Body(issuer, key, kind, level, code, place_name, None, candidates, why)


def _written_organ(name: str, case: Case) -> str:
    """The zone's name with its committee, where the document writes it so."""
    found = re.search(re.escape(name) + "(?:党工委)?(?:管理委员会|管委会)", case.text)
    return found[0] if found else name


def _zone_place(
    claim: Claim, name: str, row: Zone | None, case: Case
) -> tuple[Division | None, tuple[str, ...], str]:
    p = claim.phrase
    if row:
        d = case.registry.get(row.division_code, case.year) or case.registry.get(row.division_code)
        return d, (), f"{claim.source}: {p.text}; {row.name} {row.relation} {row.division_code}"
    place = place_of(claim, case) if p.places or p.generic else _beside(claim, case)
    d = place.division
    if d and p.places and d.level == "county" and not p.place_text.endswith(d.name):
        around = {d.name, *(a.name for a in case.registry.ancestors(d))}
        named = around & set(case.mentions.names) or len(p.place_text) > len(d.short_name) or any(
            c is not claim and any(x.code == d.code for x in c.phrase.places) for c in case.claims if c.phrase.text != p.text)  # fmt: skip
        if not named and not _AFTER_ITS_PLACE.search(name):
            return None, (d.code,), f"{claim.source}: {p.text}; nothing else names {d.name}"
    return d, place.candidates, _why(claim, place, case)


def _beside(claim: Claim, case: Case) -> Place:
    """The place of a zone that names none: the site's, or that of whom the report was published by."""
    for other in case.claims:
        if (
            other is not claim
            and other.phrase.places
            and other.phrase.organ in ("none", "government", "office", "zone")
        ):
            return settle(
                other.phrase.places, f"{claim.source}; {other.source}: {other.phrase.text}", case, skip=other
            )
    return Place(None, (), f"{claim.source}: {claim.phrase.text} names no place")


def _township(claim: Claim, case: Case) -> Body:
    """A township: its county from the name's own words, the evidence around it, or the list of townships."""
    p = claim.phrase
    name = p.organ_name
    place = county_of(name, claim, case)
    d = place.division
    key = _key(d, case)
    return Body(_town_name(p, case), key and f"{key}:township:{name}", p.organ, "township", d.code if d else None,
                d.name if d else None, None, place.candidates, place.why)  # fmt: skip


def _town_name(p: Phrase, case: Case) -> str:
    """As written; a bare township of the gazetteer by its government or office."""
    if p.text.endswith(("政府", "办事处")):
        return p.text
    bare = p.text[: p.text.rindex(p.organ_name) + len(p.organ_name)]
    organ = "办事处" if p.organ == "street" else "人民政府"
    if f"{p.organ_name}{organ}" in case.text or case.registry.townships(p.organ_name):
        return bare + organ
    return bare
