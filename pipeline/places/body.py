"""The body of a claim: its kind, its name as the document writes it, its place and its key.

One key a body that no two bodies share: the code that its place bears today, or the table of zones' name,
with the kind and the name of what stands there; a body keeps it through its names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.places.claims import Case, Claim
from pipeline.places.departments import department_table, normalise_department
from pipeline.places.phrase import (
    CORPS,
    TOWN_ORGANS,
    Phrase,
    is_national,
    needs_no_place,
    without_second_name,
)
from pipeline.places.registry import LAST_YEAR, Division
from pipeline.places.settle import Place, county_of, place_of, settle
from pipeline.places.zones import Zone, zone_key, zone_named

_AFTER_ITS_PLACE = re.compile(r"^综合(?:实验|试验|改革)")
"""Zones that bear the name of the place that they are; 东湖高新区 lies in no 东湖."""
_ZONE_TOWNS = re.compile(
    r"(?:开发区|园区|工业园|科技园|产业园|高新区|经开区|保税区|集聚区|聚集区|度假区|示范园)$"
)


@dataclass(frozen=True, slots=True)
class Body:
    """For whom a report speaks.

    ``kind`` is government, office, zone, governing_zone (it runs the division of its code), zone_office,
    department, customs, tax, branch, university, hospital, firm, township, street or unknown; ``level`` is
    province, prefecture, county, township, department or unknown; ``division_code`` is the code in force in
    the report's year, of a department its place's, of a township its county's; ``candidates`` are codes
    that the evidence left open; ``body_id`` is one body's through all its names and codes that follow one
    another; None where the body or its place is not settled, for then nothing tells two bodies apart.
    ``evidence`` says what decided and what was claimed besides.
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


def _organ_key(phrase: Phrase) -> str:
    if phrase.organ in TOWN_ORGANS or phrase.organ == "zone":
        return zone_key(phrase.organ_name)
    return normalise_department(without_second_name(phrase.organ_name))


def body_of(claim: Claim, case: Case) -> Body:
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
    """A zone, its office or a department of it: by the table of zones, else at the place that its name
    begins with."""
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
