"""Decides for whom a report speaks: the body, its place and its code in the report's year.

Evidence decides, in this order: the title; a title inside the text; the issuer as the page names it; the
site that stands in the title; signatures; the site's name; what the text keeps naming. A name that several
places bear is settled by the places named around it, then by the site's id code, then by telephone area
codes; where nothing settles it, ``division_code`` is None and ``candidates`` names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.places.departments import normalise_department
from pipeline.places.evidence import Case, Claim, Evidence
from pipeline.places.phrase import CORPS, Phrase
from pipeline.places.registry import Registry, load_registry
from pipeline.places.settle import GENERIC_KINDS, Place, county_of, main_place, nearer, place_of

_OWN_ORGAN = ("局", "委", "厅", "办", "处", "机关", "单位", "中心")


@dataclass(frozen=True, slots=True)
class Body:
    """For whom a report speaks.

    ``kind`` is government, office, department, township or unknown; ``level`` is province, prefecture,
    county, township, department or unknown; ``division_code`` is the code in force in the report's year, of a
    department its place's, of a township its county's; ``candidates`` are codes that the evidence left open;
    ``body_id`` is stable over years and spellings as long as the code is. It begins with the code; with
    ``name:`` for a place that no registry holds; with ``open:`` (or is ``unknown``) where the place is not
    settled, and then it does not tell two bodies apart. ``evidence`` says what decided.
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


def identify(evidence: Evidence, registry: Registry | None = None) -> Body:
    """The body that the evidence shows, under a code in force in the report's year; never a guess.

    Takes the registry of ``load_registry`` unless given one (of invented places, for instance). Raises
    nothing: a body that no evidence shows has kind and level ``unknown``.
    """
    case = Case(evidence, registry or load_registry())
    first = next((c for c in case.claims if _speaks(c)), None)
    if first is None:
        return _from_text(case)
    first = _signed_by_its_government(first, case)
    phrase, source = first
    if phrase.unknown_place:
        return _unknown_place(first, case)
    if phrase.organ == "township":
        return _township(first, case)
    place = place_of(first, case)
    if source.startswith("site") and phrase.organ in ("none", "other", "government"):
        return _site_only(place, case)
    return _body(phrase, place)


def _signed_by_its_government(first: Claim, case: Case) -> Claim:
    """An office often publishes what its government signs: without a title, the government's signature
    holds."""
    if first.source != "issuer text" or first.phrase.organ != "office":
        return first
    own = set(first.phrase.places)
    signed = (c for c in case.claims if c.source in ("issuer text", "signature in the text")
              and c.phrase.organ == "government" and (not own or own & set(c.phrase.places)))  # fmt: skip
    return next(signed, first)


def _speaks(claim: Claim) -> bool:
    """Whether a claim says who speaks: a bare site name or a phrase that is no body does not."""
    p = claim.phrase
    if p.organ == "other":
        return bool(p.places) and (claim.source == "title" or claim.source.startswith("site"))
    if p.organ == "none":
        return bool(p.places or p.unknown_place)
    if claim.source != "title" and not (p.places or p.unknown_place):
        return p.organ == "township"
    return True


def _site_only(place: Place, case: Case) -> Body:
    """Nothing but the site is named: its government speaks, unless the text speaks of another or as
    another."""
    selves = case.mentions.self_words
    area = sum(selves[w] for w in GENERIC_KINDS)
    own = nearer(place, case, "")
    d = own.division
    if own is not place:
        return _from_text(case)
    if sum(selves.values()) - area > area:
        codes = (d.code,) if d else place.candidates
        return Body(None, "unknown", "unknown", "unknown", None, None, None, codes,
                    f"{place.why}, but the text speaks for a body of its own that it does not name")  # fmt: skip
    name = f"{d.name}人民政府" if d else None
    return Body(name, f"{d.code}:government" if d else "unknown", "government" if d else "unknown",
                d.level if d else "unknown", d.code if d else None, d.name if d else None, None,
                place.candidates, place.why)  # fmt: skip


def _from_text(case: Case) -> Body:
    """No name given: the text's own words decide."""
    place = main_place(case, "")
    selves = case.mentions.self_words
    office = sum(selves[w] for w in _OWN_ORGAN)
    area = sum(selves[w] for w in GENERIC_KINDS)
    town = sum(selves[w] for w in ("镇", "乡", "街道"))
    d = place.division
    if d is None:
        return Body(None, "unknown", "unknown", "unknown", None, None, None, place.candidates, place.why)
    if area > office and area > town:
        return Body(f"{d.name}人民政府", f"{d.code}:government", "government", d.level, d.code, d.name, None, (),
                    place.why)  # fmt: skip
    return Body(None, f"{d.code}:unknown", "unknown", "unknown", d.code, d.name, None, (),
                f"{place.why}; who speaks for it is not said")  # fmt: skip


def _unknown_place(claim: Claim, case: Case) -> Body:
    """A place that no registry row bears: the issuer is named, its code stays open."""
    p = claim.phrase
    issuer = p.text if p.organ not in ("none", "other") else f"{p.unknown_place}人民政府"
    kind = {"none": "government", "other": "government", "zone": "township"}.get(p.organ, p.organ)
    department = _department(p)
    if kind == "unknown" or p.organ == "other":
        issuer, kind = p.text, "unknown"
    level = {"office": "department", "department": "department", "township": "township"}.get(kind, "unknown")
    if kind == "government" and re.search(r"(?:县|旗)$", p.unknown_place):
        level = "county"
    if kind == "government" and p.unknown_place == CORPS:
        issuer, level = CORPS, "province"
    body_id = ":".join(x for x in ("name", p.unknown_place, kind, department) if x)
    return Body(issuer, body_id, kind, level, None, None, department, (),
                f"{claim.source}: {p.unknown_place} is in no registry")  # fmt: skip


def _department(phrase: Phrase) -> str | None:
    if phrase.organ == "office":
        return "办公室"
    return normalise_department(phrase.organ_name) if phrase.organ == "department" else None


def _body(phrase: Phrase, place: Place) -> Body:
    """The body of a phrase at a place."""
    d = place.division
    code = d.code if d else None
    organ = phrase.organ
    key = code or ":".join(x for x in ("open", phrase.place_text or phrase.generic) if x)
    if organ == "other":
        return Body(phrase.text, f"{key}:unknown:{phrase.organ_name}", "unknown", "unknown", code,
                    d.name if d else None, None, place.candidates,
                    f"{place.why}; {phrase.organ_name} is no kind of body known here")  # fmt: skip
    if organ in ("none", "government"):
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
            bare = bare[bare.index(phrase.generic) + len(phrase.generic) :]
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


def _township(claim: Claim, case: Case) -> Body:
    """A township: its county from the name's own words, the evidence around it, or the list of townships."""
    p = claim.phrase
    name = p.organ_name
    issuer = (
        p.text if p.text.endswith(("政府", "办事处")) else f"{p.place_text}{name}{_town_government(name)}"
    )
    place = county_of(name, claim, case)
    key = place.division.code if place.division else "open"
    return Body(issuer, f"{key}:township:{name}", "township", "township",
                place.division.code if place.division else None,
                place.division.name if place.division else None, None, place.candidates, place.why)  # fmt: skip


def _town_government(name: str) -> str:
    return "办事处" if name.endswith("街道") else "人民政府"
