"""Decides for whom a report speaks: the body, its place and its code in the report's year.

Names come with their sources (``claims``). The title speaks first, then who compiled the report, then the
lead; where none of them names a body, two other sources must agree, or one must name a body below the
government. A government speaks only where it or its place is named as the one that reports; what
contradicts leaves the body open, with all that was claimed. A name that several places bear is settled by
the places named around it, then by the site's id code, then by telephone area codes; where nothing settles
it, ``division_code`` is None and ``candidates`` names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.places.body import Body, body_of, same_body
from pipeline.places.claims import Case, Claim, Evidence
from pipeline.places.departments import department_table
from pipeline.places.names import can_say
from pipeline.places.phrase import OWN_ORGANS, TOWN_ORGANS, Phrase, is_national, needs_no_place, parse_phrase
from pipeline.places.registry import Registry, load_registry
from pipeline.places.settle import GENERIC_KINDS, Place, main_place, place_of
from pipeline.places.title_words import split_title

_SPEAKING = ("title", "compiled by", "lead")
_KEEPING = ("issuer text", "signature in the text", "contact", "publisher", "registered source")
_COMMITTEE_ITSELF = frozenset({"我委", "本委", "我办", "我会"})
_OWN_AREA = re.compile(r"[我本](?:省|自治区|市|州|盟|县|区|旗)")
_KEEPERS = re.compile(
    r"政务|数据|数字|行政审批|信息|电子|公开|营商|档案|网信|新闻|融媒|工信|法制|监察|市民|热线|服务中心|秘书|宣传"
)
"""Departments that keep a government's site or its disclosure: they publish its report without being its
body."""


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
        area = any(d.kind in GENERIC_KINDS.get(case.speaks_as_area, ()) for d in head.phrase.places)
        itself = not area and any(c.phrase.organ == "office" for c in told)
        acts = area or (
            not itself
            and any(
                c.phrase.organ in ("none", "government")
                and (same_place(c.phrase, head.phrase) or not c.phrase.places)
                for c in told
            )
        )
        if places or case.area_word or case.consolidates or acts:
            return _government(places[0] if places else head, case)
        return body_of(head, case) if itself else _open(case, (head,))
    if head.source == "title" and head.phrase.organ == "none" and _speaks_below(head, case):
        below = _itself(case)
        return body_of(_fullest(below, case), case) if below else _open(case, (head,))
    return body_of(_fullest(head, case), case)


_BELOW = re.compile(r"[我本](?:局|厅|镇|乡|街道|街|院|校|馆|社|队|所|站|关|公司)")


def _speaks_below(head: Claim, case: Case) -> bool:
    """Whether a text under the title of a place (云和县2023年…) speaks as a body below it, and nothing else names
    the place's government as the one that reports."""
    return any(_BELOW.fullmatch(word) for word in case.own_words) and not any(
        c.source in ("compiled by", "lead", "contact", "issuer text", "signature in the text")
        and c.phrase.organ in ("none", "government", "office")
        and same_place(c.phrase, head.phrase)
        for c in case.claims
    )


def _itself(case: Case) -> Claim | None:
    """The one body that sentences begin with and that can say 我局, 我委 of itself as the text does."""
    words = [word[1:] for word in case.own_words if word[0] in "我本"]
    subjects = [c for c in case.claims if c.source == "subject of the text"]
    told = [c for c in subjects if any(can_say(word, c.phrase) for word in words)]
    settled = [c for c in told if _is_settled(c.phrase) and c.phrase.organ != "government"]
    return settled[0] if settled and all(same_body(c.phrase, settled[0].phrase) for c in told) else None


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
    """Whether a claim names another body than the head does, in a place where only the reporting body
    stands."""
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


def same_place(one: Phrase, other: Phrase) -> bool:
    """Whether two names can lie in one place: a division that both may mean."""
    return bool({d.code for d in one.places} & {d.code for d in other.places})


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
        return body_of(inside[0], case) if inside and len(inside) == len(ruled) else _open(case, own)
    if own:
        first = own[0]
        others = [c for c in own if not same_body(c.phrase, first.phrase)]
        doubtful = upper and not case.speaks_as_body and _KEEPERS.search(first.phrase.organ_name)
        return _open(case, own + upper) if others or doubtful else body_of(_fullest(first, case), case)
    if itself := _itself(case):
        return body_of(_fullest(itself, case), case)
    if upper:
        return _upper(upper, spoken, case)
    ruled = [c for c in spoken if c.phrase.organ in ("none", "government") and c.phrase.places]
    if (case.area_word or case.consolidates) and not case.speaks_as_body:
        kinds = GENERIC_KINDS.get(case.area_word)
        areas = [c for c in ruled if kinds is None or any(d.kind in kinds for d in c.phrase.places)]
        if areas and all(same_place(c.phrase, areas[0].phrase) for c in areas):
            return body_of(areas[0], case)
    weak = [c for c in spoken if c.phrase.organ in OWN_ORGANS]
    sure = case.speaks_as_body or (len(weak) > 1 and not ruled)
    named = [
        c for c in weak
        if c.phrase.places or c.phrase.organ in TOWN_ORGANS
        or (sure and (c.phrase.generic or needs_no_place(c.phrase)))
    ]  # fmt: skip
    if named and all(same_body(c.phrase, named[0].phrase) for c in weak):
        return body_of(named[0], case)
    return _open(case, tuple(weak))


def _is_settled(p: Phrase) -> bool:
    """Whether a name is a body's and says of which place, or is of a kind that needs none beside it."""
    return p.organ not in ("none", "other") and bool(
        p.places
        or p.unknown_place
        or p.organ in (*TOWN_ORGANS, "zone", "customs")
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
        offices = [c for c in upper if c.phrase.organ == "office" and c.source != "registered source"
                   and "公开" not in c.phrase.organ_name]  # fmt: skip
        office_itself = offices and re.search(r"(?:我|本)(?:办|机关|单位)", case.text) and not re.search(r"(?:我|本)(?:局|镇|乡|街|委|院|校|中心)", case.text)  # fmt: skip
        if first.phrase.organ == "zone" and case.own_words <= _COMMITTEE_ITSELF:
            return body_of(first, case)
        return body_of(offices[0], case) if office_itself else _open(case, upper)
    signed = [c for c in upper if c.source in ("signature in the text", "issuer text")]
    places = {d.code for d in first.phrase.places}
    offices = [c for c in signed + list(upper) if c.phrase.organ == "office"]
    if signed and offices and not places & {d.code for c in offices for d in c.phrase.places}:
        return _open(case, upper)
    if signed:
        return body_of(next((c for c in signed if c.phrase.organ != "office"), signed[0]), case)
    told = [c.phrase.organ for c in spoken if c.source == "subject of the text"]
    itself = set(told) == {"office"} and not (case.consolidates or _OWN_AREA.search(case.text))
    if first.phrase.organ == "office" and itself:
        return body_of(first, case)
    subject = any(c.phrase.organ == "none" and places & {d.code for d in c.phrase.places} for c in spoken)
    if first.phrase.organ == "zone" and first.source != "registered source":
        return body_of(first, case)
    if (
        case.area_word
        or case.consolidates
        or subject
        or any(d.kind in GENERIC_KINDS.get(case.speaks_as_area, ()) for d in first.phrase.places)
        or len({c.source for c in upper}) > 1
    ) and first.phrase.organ != "zone":
        return _government(first, case)
    weak = [c for c in spoken if c.phrase.organ in OWN_ORGANS]
    if first.source == "registered source" and first.phrase.organ in ("government", "zone") and not weak:
        return body_of(first, case)
    return _open(case, upper)


def _government(claim: Claim, case: Case) -> Body:
    """The government of the claim's place: the claim names its place or its office."""
    p = claim.phrase
    if p.organ != "office":
        return body_of(claim, case)
    words = p.text[: len(p.text) - len(p.organ_name)] if p.text.endswith(p.organ_name) else p.place_text
    bare = Phrase(words, p.places, p.place_text, "none", "", p.generic, p.unknown_place)
    return body_of(Claim(bare, claim.source, claim.text), case)


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
