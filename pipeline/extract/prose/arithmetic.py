"""The text's own arithmetic: parts that are more than the whole that the same paragraph states contradict it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.extract.prose.told import Said
from pipeline.finding import finding
from pipeline.report import Finding


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
