"""The text's own arithmetic: parts that are more than the whole that the same paragraph states contradict it, and
a figure thousands of times its neighbours is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.extract.prose.told import Judged, Said
from pipeline.finding import finding
from pipeline.report import Figure, Finding

FAR = 1000
"""A figure so many times the greatest of its neighbours is more likely a misprint than a count."""
_COUNTED = frozenset(("ask", "disclosed"))


def doubted(said: Sequence[Said]) -> list[Said]:
    """``said`` with every figure in doubt that is ``FAR`` times all others (two at least) that its paragraph
    counts of the same subject."""
    kept: list[Said] = []
    for _, group in groupby(said, key=lambda s: s.at):
        paragraph = list(group)
        figures: dict[str, dict[frozenset[str], list[Figure]]] = {}
        for s in paragraph:
            if s.status == "claimed" and s.topic in _COUNTED and s.number.value:
                figures.setdefault(s.topic, {}).setdefault(s.whole, []).append(s.number.value)
        greatest = {
            topic: {whole: (max(held), len(held)) for whole, held in by_whole.items()}
            for topic, by_whole in figures.items()
        }
        for s in paragraph:
            if s.status == "claimed" and s.topic in greatest and s.number.value:
                own = s.whole
                others = [held for whole, held in greatest[s.topic].items() if whole != own]
                far = others and s.number.value >= FAR * max(most for most, _ in others)
                if far and sum(count for _, count in others) > 1:
                    s = s._replace(judged=Judged("doubtful", "doubt", "thousands of times its neighbours"))
            kept.append(s)
    return kept


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
