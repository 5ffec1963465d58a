"""Settles which place a name means: by the year, by places named around it, by id code, by telephone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.places.claims import Case, Claim
from pipeline.places.phrase import OWN_ORGANS
from pipeline.places.registry import Division

GENERIC_KINDS = {
    "省": ("省",), "自治区": ("自治区",), "市": ("直辖市", "地级市", "县级市"), "州": ("自治州",), "盟": ("盟",),
    "地区": ("地区",), "县": ("县", "自治县"), "区": ("市辖区", "林区", "特区"), "旗": ("旗", "自治旗"),
}  # fmt: skip


class Place(NamedTuple):
    division: Division | None
    candidates: tuple[str, ...]
    why: str


def place_of(claim: Claim, case: Case) -> Place:
    """The place of a claim: its own words, else the place that other evidence gives."""
    phrase, source = claim.phrase, claim.source
    if phrase.places:
        return settle(phrase.places, f"{source}: {phrase.text}", case, skip=claim)
    for other in case.claims:
        if other is claim or other.phrase.unknown_place:
            continue
        fits = _of_kind(other.phrase.places, phrase.generic)
        if fits and (phrase.generic or other.phrase.organ not in OWN_ORGANS or phrase.organ in OWN_ORGANS):
            place = settle(fits, f"{other.source}: {other.phrase.text}", case, skip=other)
            return nearer(place, case, phrase.generic) if other.source.startswith("site") else place
    if any(c.phrase.unknown_place for c in case.claims):
        return Place(None, (), f"{source} names no place; the site's is in no registry")
    found = main_place(case, phrase.generic)
    coded = _coded(case)
    if coded and _of_kind((coded,), phrase.generic):
        code = coded.code
        if found.division and found.division.code != code:
            return Place(
                None,
                tuple(sorted({found.division.code, code})),
                "text and site id code name different places",
            )
        if not case.mentions.names or coded.name in case.mentions.names:
            return Place(coded, (), f"site id code {case.evidence.site_id_code}")
    return found


def nearer(place: Place, case: Case, generic: str) -> Place:
    """A site may publish for places below its own: the text's own place, where it is one of them."""
    main = main_place(case, generic).division
    if place.division and main and place.division.code in _codes_above(main, case):
        return Place(main, (), f"{place.why}, but the text speaks of {main.name} below it")
    return place


def settle(rows: Iterable[Division], why: str, case: Case, skip: Claim | None = None) -> Place:
    """One place of those that bear a name: by year, by places named around it, by id code, by telephone."""
    places = _in_year(rows, case)
    if len(places) == 1:
        return Place(places[0], (), why)
    if not places:
        return Place(None, (), why)
    levels = {d.level for d in places}
    if (
        len(levels) > 1
        and "prefecture" in levels
        and len([d for d in places if d.level == "prefecture"]) == 1
    ):
        upper = next(d for d in places if d.level == "prefecture")
        inside = [d for d in places if d is not upper and upper.code in _codes_above(d, case)]
        if len(inside) == len(places) - 1 and not upper.name.endswith("市"):
            return Place(upper, (), why)
    for claim in case.claims:
        if claim is skip or claim.phrase.text == (skip.phrase.text if skip else ""):
            continue
        codes = {d.code for d in _in_year(claim.phrase.places, case)}
        close = [d for d in places if codes & {d.code, *_codes_above(d, case)}]
        if len(close) == 1:
            return Place(close[0], (), f"{why}; {claim.source} names {claim.phrase.place_text}")
        places = close or places
    named = _named_above(places, case)
    if named:
        return Place(named[0], (), f"{why}; text names {named[1]}")
    hint = (case.evidence.site_id_code or "")[:6]
    close = [d for d in places if hint in _codes_ever(d, case)] or [
        d for d in places if _under_hint(d, hint, case)
    ]
    if len(close) == 1:
        return Place(close[0], (), f"{why}; site id code {hint}")
    phoned = {c for area in case.mentions.phones for c in case.registry.phones.get(area, ())}
    close = [d for d in places if phoned & {d.code, *_codes_above(d, case)}]
    if len(close) == 1:
        return Place(close[0], (), f"{why}; telephone area code {max(case.mentions.phones)}")
    return Place(None, tuple(d.code for d in places), f"{why}: several places bear this name")


def _in_year(rows: Iterable[Division], case: Case) -> list[Division]:
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


def _codes_above(division: Division, case: Case) -> set[str]:
    return {a.code for a in case.registry.ancestors(division)}


def _codes_ever(division: Division, case: Case) -> set[str]:
    """Codes that this place has had, through renamings and new codes one to one."""
    moved = {
        case.registry.in_year(division, year).code for year in (2008, 2012, 2014, 2016, 2018, 2020, 2026)
    }
    return {division.code, *moved}


def _under_hint(division: Division, hint: str, case: Case) -> bool:
    if len(hint) != 6 or not hint.isdigit() or hint.endswith("0000"):
        return False
    return f"{hint[:4]}00" in _codes_above(division, case)


def _named_above(places: list[Division], case: Case) -> tuple[Division, str] | None:
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
    kinds = GENERIC_KINDS.get(generic)
    return rows if kinds is None else tuple(d for d in rows if d.kind in kinds)


def _coded(case: Case) -> Division | None:
    """The place of the site's id code, in the report's year."""
    hint = (case.evidence.site_id_code or "")[:6]
    if len(hint) != 6 or not hint.isdigit():
        return None
    row = case.registry.get(hint)
    return case.registry.in_year(row, case.year) if row else None


def main_place(case: Case, generic: str) -> Place:
    """The place that the text keeps naming, of the kind that it calls itself; clear majority or nothing."""
    words = [w for w, _ in case.mentions.self_words.most_common() if w in GENERIC_KINDS]
    own = generic if generic in GENERIC_KINDS else (words[0] if words else "")
    counts: list[tuple[int, str, tuple[Division, ...]]] = []
    for name, n in case.mentions.names.items():
        rows = tuple(_in_year(_of_kind(case.registry.by_name(name), own), case))
        if rows:
            counts.append((n, name, rows))
    counts.sort(key=lambda c: -c[0])
    if not counts:
        return Place(None, (), "no evidence names a known place")
    n, name, rows = counts[0]
    why = f"text names {name} {n} times" + (f" and says 我{own}" if own else "")
    if len(counts) > 1 and counts[1][0] * 2 > n:
        pool = {d.code for c in counts[:3] if c[0] * 2 > n for d in c[2]}
        coded = _coded(case)
        if coded and coded.code in pool:
            return Place(coded, (), f"text names several places; site id code {coded.code}")
        return Place(None, tuple(sorted(pool)), "text names several places about as often")
    if n < 2 and not own:
        return Place(None, tuple(d.code for d in rows), "text names one place once")
    return settle(rows, why, case)


def county_of(name: str, claim: Claim, case: Case) -> Place:
    listed = _in_year((row for c in case.registry.townships(name) if (row := case.registry.get(c))), case)
    own = _in_year(claim.phrase.places, case)
    if own:
        below = [
            d
            for d in listed
            if d.code in {o.code for o in own} or {o.code for o in own} & _codes_above(d, case)
        ]
        counties = [
            d for d in own if d.level == "county" or not case.registry.children(d.code, case.year or 2026)
        ]
        if len(below) == 1:
            return Place(below[0], (), f"{claim.source}: {claim.phrase.text}")
        if counties:
            return settle(counties, f"{claim.source}: {claim.phrase.text}", case, skip=claim)
        if below:
            return settle(below, f"{claim.source}: {claim.phrase.text}", case, skip=claim)
        return Place(None, (), f"{claim.source}: no {name} is listed in {claim.phrase.place_text}")
    for other in case.claims:
        if other is claim or other.phrase.unknown_place:
            continue
        codes = {d.code for d in _in_year(other.phrase.places, case)}
        close = [d for d in listed if codes & {d.code, *_codes_above(d, case)}]
        if len(close) == 1:
            return Place(
                close[0], (), f"{claim.source} {name}; {other.source} names {other.phrase.place_text}"
            )
        listed = close or listed
        counties = [d for d in _in_year(other.phrase.places, case) if d.level == "county"]
        if not close and len(counties) == 1:
            return Place(
                counties[0], (), f"{other.source} names {counties[0].name}; {name} is not listed there today"
            )
    return _county_in_text(name, listed, claim, case)


def _county_in_text(name: str, listed: list[Division], claim: Claim, case: Case) -> Place:
    named: dict[str, tuple[int, list[Division]]] = {}
    for word, n in case.mentions.names.items():
        rows = [d for d in _in_year(case.registry.by_name(word), case) if d.level == "county"]
        if rows:
            named[word] = (n, rows)
    close = [d for d in listed for _, rows in named.values() if d.code in {r.code for r in rows}]
    if len(close) == 1:
        return Place(close[0], (), f"{claim.source} {name}; text names {close[0].name}")
    if len(close) > 1:
        return Place(
            None, tuple(d.code for d in close), f"{claim.source} {name}; text names several of its counties"
        )
    if any(c.phrase.unknown_place for c in case.claims):
        return Place(None, (), f"{claim.source} {name}; the place around it is in no registry")
    if len(named) == 1:
        word, (n, rows) = next(iter(named.items()))
        if n >= 2 and len(rows) == 1:
            return Place(rows[0], (), f"text names {word} {n} times; {name} is not listed there today")
    if named and listed:
        codes = {d.code for d in listed} | {d.code for _, rows in named.values() for d in rows}
        return Place(None, tuple(sorted(codes)), f"text names no county that lists {name}")
    if len(listed) == 1 and len(name) >= 3:
        return Place(listed[0], (), f"{claim.source}: the only {name} in the list of townships")
    return settle(listed, f"{claim.source}: {name}", case, skip=claim)
