"""The text's own arithmetic: parts that are more than the whole that the same paragraph states contradict it, and
a figure thousands of times its neighbours is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from pipeline.codebook import Decision
from pipeline.extract.prose.told import DISPUTES, PART, Judged, Said
from pipeline.finding import finding
from pipeline.report import Figure, Finding

FAR = 1000
"""A figure so many times the greatest of its neighbours is more likely a misprint than a count."""


def doubted(said: Sequence[Said]) -> list[Said]:
    """``said`` with every figure in doubt that is ``FAR`` times all others (two at least) of the same subject: of
    requests in the report, of what was disclosed in its paragraph."""
    kept: list[Said] = []
    sure = {of for s in said if s.status == "claimed" and s.judged.verdict == "take" for of in s.whole}
    of_requests = _greatest(said, "ask")
    for _, group in groupby(said, key=lambda s: s.at):
        paragraph = _parted([_of_all_years(s, sure) for s in group])
        greatest = {"ask": of_requests, "disclosed": _greatest(paragraph, "disclosed")}
        for s in paragraph:
            if s.status == "claimed" and s.topic in greatest and s.number.value:
                others = [held for whole, held in greatest[s.topic].items() if whole != s.whole]
                far = others and s.number.value >= FAR * max(most for most, _ in others)
                if far and sum(count for _, count in others) > 1:
                    s = s._replace(judged=Judged("doubtful", "doubt", "thousands of times its neighbours"))
            kept.append(s)
    return kept


def _greatest(said: Sequence[Said], topic: str) -> dict[frozenset[str], tuple[Figure, int]]:
    """By what they count, the greatest of the sure figures of a subject, and how many there are."""
    figures: dict[frozenset[str], list[Figure]] = {}
    for s in said:
        if s.status == "claimed" and s.topic == topic and s.number.value:
            figures.setdefault(s.whole, []).append(s.number.value)
    return {whole: (max(held), len(held)) for whole, held in figures.items()}


def _of_all_years(s: Said, sure: set[str]) -> Said:
    """截至年底已公开8400条 may count all years where the report also says what the year gave."""
    if s.status == "claimed" and s.judged.verdict == "weak" and s.whole & sure and not s.nil:
        return s._replace(judged=Judged("doubtful", "doubt", "of several years"))
    return s


_OF_DISCLOSURE = frozenset(["gk", "info", "recon", "lit", "request", "apply"])


def _of_all_kinds(whole: Said, part: Said) -> bool:
    """行政复议12件,其中涉及政府信息公开3件: the whole is of disputes about anything."""
    ours = "gk" in part.concepts and part.concepts <= _OF_DISCLOSURE
    return ours and whole.status == "claimed" and whole.topic in DISPUTES and "gk" not in whole.concepts


def _parted(paragraph: list[Said]) -> list[Said]:
    """A part (其中主动公开17条) is not the whole that a sentence before gave."""
    told: dict[str, Figure] = {}
    for at, s in enumerate(paragraph):
        before = paragraph[at - 1] if at else s
        if s.part and before.topic == s.topic and _of_all_kinds(before, s):
            judged = Judged("doubtful", "doubt", "not of disclosure alone")
            paragraph[at - 1] = before._replace(judged=judged)
        if s.status == "claimed" and not s.nil:
            if s.part and any(told.get(of, 0) > s.number.value for of in s.whole):
                paragraph[at] = s._replace(judged=Judged("doubtful", "doubt", PART))
            else:
                told.update((of, max(s.number.value, told.get(of, 0))) for of in s.whole)
    return paragraph


_SHOWN = frozenset(["proactive.disclosed.total", "proactive.channel.website"])
_ALIKE = Decimal("0.9")
"""6万余条 and 60123条 are one figure, told twice."""
_FLOWS = frozenset(["recv", "submit", "apply", "request", "onreq", "done", "reply", "handle", "adopted"])
_TWOFOLD = frozenset(["a word of two meanings", "may hold what was carried in", "one site of several"])


def proved(said: Sequence[Said]) -> list[Said]:
    """``said`` with what a paragraph's own arithmetic proves made sure: requests that came in and were brought from
    the year before are those that went out and are left (161 + 14 = 168 + 7), and a whole is the sum of the
    figures right before or behind it (总数1003条)."""
    kept: list[Said] = []
    for _, group in groupby(said, key=lambda s: s.at):
        paragraph = list(group)
        by_flow = _flow(paragraph)
        for at, s in enumerate(paragraph):
            if s.status == "doubtful" and s.judged.reason in _TWOFOLD and not s.number.approx:
                proof = by_flow if any(d.flow for d in s.decisions) else ""
                if proof := proof or _sum(paragraph, at):
                    s = s._replace(judged=Judged("claimed", "take"), proof=proof)
            kept.append(s)
    return kept


def _flow(paragraph: Sequence[Said]) -> str:
    """The equation of the year's requests, where the paragraph states each of its terms once; "" where not."""
    stated: dict[str, set[Figure]] = {}
    for s in paragraph:
        if s.status in ("claimed", "doubtful"):
            for d in s.decisions:
                if d.flow and not d.applicant:
                    stated.setdefault(d.flow, set()).add(s.number.value)
    if {"in", "out"} == stated.keys() - {"left"} and stated.get("left", {0}) == {0}:
        same = stated["in"] == stated["out"] and len(stated["in"]) == 1
        return f"{max(stated['in'])} = {max(stated['out'])}" if same else ""
    if {"in", "brought", "out"} <= stated.keys() and all(len(values) == 1 for values in stated.values()):
        came, brought, out, left = (max(stated.get(flow, {0})) for flow in ("in", "brought", "out", "left"))
        if came + brought == out + left and brought:
            return f"{came} + {brought} = {out} + {left}"
    return ""


def _sum(paragraph: Sequence[Said], at: int) -> str:
    """The two or more figures of the like right before or behind that a figure is the sum of: of what was concluded
    its results, of what a site and others show together the site's too."""
    whole = paragraph[at]
    results = {d.indicator for d in whole.decisions if d.flow == "out"}
    for beside in (paragraph[:at][::-1], paragraph[at + 1 :]):
        parts: list[Said] = []
        for s in beside:
            if s.nil or s.number.kind != whole.number.kind or s.number.approx:
                break
            if results and not any(results & d.whole for d in s.decisions):
                break
            if any(d.flow in ("in", "brought") for d in s.decisions):
                break  # 新收12件,结转1件,共13件: to be answered, not received
            parts.append(s)
            site = "website" not in whole.concepts or any("website" in p.concepts for p in parts)
            if len(parts) > 1 and site and sum(p.number.value for p in parts) == whole.number.value:
                return f"{' + '.join(str(p.number.value) for p in parts)} = {whole.number.value}"
    return ""


def greatest(said: Sequence[Said]) -> list[Said]:
    """Of two figures that two paragraphs give for all that was shown, or all that the site showed, one is as likely of
    one kind (通过政府网站主动公开信息6039条, 通过政府网站公开政府会议、财政预决算等信息2441条): not what was 主动公开, not the
    greater."""
    most: dict[str, Said] = {}
    for s in said:
        for of in s.whole & _SHOWN if s.status == "claimed" and s.number.value and not s.part else ():
            most[of] = max(most.get(of, s), s, key=_rank)
    kept: list[Said] = []
    for s in said:
        sure = s.status == "claimed" and s.number.value
        for top in (most[of] for of in s.whole if sure and of in most):
            less, more = sorted((top.number.value, s.number.value))
            if top.at != s.at and less < _ALIKE * more:
                s = s._replace(judged=Judged("doubtful", "doubt", "two figures for one thing"))
        kept.append(s)
    return kept


def _rank(s: Said) -> tuple[bool, Figure]:
    return "proactive" in s.concepts, s.number.value


def handled(said: Sequence[Said]) -> list[Said]:
    """全年办理申请183件 may be what came in or what went out: it went out in a report that says of no other number that it
    came, was brought, went out or is left, and left no figure of requests unread."""
    flows = [s for s in said if any(d.flow and not d.applicant for d in s.decisions)]
    doubted = [s for s in flows if "handle" in s.concepts and s.judged.reason == "a word of two meanings"]
    unread = any(s.status == "unclaimed" and s.topic[:3] == "ask" and s.concepts & _FLOWS for s in said)
    if len(doubted) != 1 or unread or len({s.number.value for s in flows}) > 1:
        return list(said)
    (one,) = doubted
    if one.part or one.number.approx or not one.number.value:
        return list(said)
    return [s._replace(judged=Judged("claimed", "weak")) if s is one else s for s in said]


def alone(said: Sequence[Said], rows: Sequence[Decision]) -> list[Said]:
    """``said`` where the one figure of a part (总共收到2件自然人提起的申请) is the whole's too: by a row of ``rows``, in a
    report whose prose says nothing else of the whole, of another part, or that was left unread beside it."""
    kept = list(said)
    for row in rows:
        of_it = [
            s for s in said if any(_is_part(d, row) or d.indicator == row.indicator for d in s.decisions)
        ]
        if len(of_it) != 1 or any(
            s.status == "unclaimed" and (row.need | row.may) & s.concepts for s in said
        ):
            continue
        (one,) = of_it
        told = one.status == "claimed" and one.number.value and not one.part and row.need <= one.concepts
        if told and all(_is_part(d, row) for d in one.decisions):
            kept[kept.index(one)] = one._replace(decisions=(*one.decisions, row))
    return kept


def _is_part(decision: Decision, row: Decision) -> bool:
    return decision.whole == {row.indicator} and (decision.indicator, decision.applicant) != (
        row.indicator,
        "",
    )


def contradictions(said: Sequence[Said]) -> list[Finding]:
    """A finding for every whole of a paragraph that its parts (of 收到 当面, 网上 and 信函; of 复议 维持 and 纠正) exceed
    together. A whole or a part that a paragraph states twice is left out."""
    found: list[Finding] = []
    for _, paragraph in groupby(said, key=lambda s: s.at):
        claimed = [s for s in paragraph if s.status == "claimed" and not s.nil]
        stated: dict[tuple[str, str], list[Said]] = {}
        for s in claimed:
            for d in s.decisions:
                stated.setdefault((d.indicator, d.applicant), []).append(s)
        once = {key: held[0].number for key, held in stated.items() if len(held) == 1}
        for (whole, applicant), number in once.items():
            parts = {
                (d.indicator, d.applicant): s.number.value
                for s in claimed
                for d in s.decisions
                if d.whole == {whole} != {d.indicator} and (d.indicator, "") in once and not d.applicant
            }
            total = sum(parts.values())
            if not applicant and total > number.value and not number.approx:
                message = (
                    f"正文所述部分合计{total},多于总数{number.value} / the parts stated exceed their whole"
                )
                cells = ((whole, None), *((indicator, None) for indicator, _ in parts))
                found.append(finding("prose.parts_exceed", message, cells, total, number.value))
    return found
