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


def without_why(found: Sequence[Token]) -> Sequence[Token]:
    """The words without the grounds and the reasons of an outcome."""
    values = {token.value for token in found}
    if "basis" in values:
        found = without_grounds(found)
    return found if values.isdisjoint(_WHY) else without_reasons(found)


_OUTCOMES = frozenset(("unable", "refused", "notproc"))
_WHY = frozenset(("reason", "because", "cause"))
_LISTS = frozenset(("etc", "because"))


def without_reasons(found: Sequence[Token]) -> Sequence[Token]:
    """因本机关不掌握等原因无法提供9件, 涉及国家秘密、过程性信息等情形不予公开4件: reasons that are listed or that no row knows say
    nothing of how many were refused for them all; a single one that is known stays (因信息不存在无法提供3件)."""
    kept = list(found)
    for at, token in enumerate(found):
        if token.kind == "concept" and token.value in _OUTCOMES:
            why = at - 1
            while why >= 0 and found[why].kind == "fill" and found[why].value not in _WHY:
                why -= 1
            first = why
            while first > 0 and found[first - 1].kind in _IN_REASONS and at - first < _LONGEST:
                first -= 1
            inside = found[first:why]
            if why > 0 and found[why].value in _WHY and _several(inside, found[why]):
                for inner in range(first, why + 1):
                    kept[inner] = kept[inner]._replace(kind="fill", value="f", topic="")
    return kept


_IN_REASONS = frozenset(("fill", "concept", "unknown", "body", "joint", "matter", "topic", "name"))


def _several(inside: Sequence[Token], why: Token) -> bool:
    ends_in_etc = bool(inside) and inside[-1].value in _LISTS
    of_many = ends_in_etc or why.value == "because"
    return bool(inside) and (of_many or any(t.kind in ("joint", "unknown") for t in inside))


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
