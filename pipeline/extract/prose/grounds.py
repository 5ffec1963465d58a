"""按照《条例》规定, 本着三审三校制度: on what ground something was done. No word of it says what a figure counts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.prose.clauses import concepts_of
from pipeline.extract.prose.words import Token

_CLOSES = frozenset(("rule", "ends", "want"))
_STAYS = frozenset(("gk", "request", "onreq", "apply", "ontime", "asker", "disc", "proactive"))
"""What words of a ground still say of what follows them."""
_LONGEST = 18


def without_grounds(found: Sequence[Token]) -> Sequence[Token]:
    """``found`` with the words between a 按照 and the 规定, 要求 or title that closes it made fillers; a ground that
    nothing closes before the next mark, figure or channel stays as it is."""
    kept = list(found)
    for at, token in enumerate(found):
        if token.value == "basis" and (end := _closed_at(found, at)):
            for inner in range(at + 1, end + 1):
                word = kept[inner]
                if word.kind != "concept" or not _STAYS.issuperset(concepts_of((word,))):
                    kept[inner] = word._replace(kind="fill", value="f", topic="")
    return kept


def _closed_at(found: Sequence[Token], at: int) -> int:
    end = 0
    for index in range(at + 1, min(at + _LONGEST, len(found))):
        word = found[index]
        if word.kind in ("punct", "number", "percent", "neg", "all") or word.value == "by":
            break
        closes = word.value in _CLOSES or word.kind == "name"
        if end and not (closes or (index == end + 1 and word.kind == "fill" and word.end - word.start == 1)):
            break
        end = index if closes else end
    return end
