"""What a clause takes over from the one before it: a bracket's outside, a label, a ground's 均, a lone 其中."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.prose.clauses import Clause, clause_of, concepts_of
from pipeline.extract.prose.phrases import DENIED, OUTCOMES, Subject
from pipeline.extract.prose.told import DISPUTES
from pipeline.extract.prose.words import Token

_GROUNDS = frozenset(["notheld", "create", "unclear"])
_COUNTS = {"ask": ("case",), "disclosed": ("case", "doc")}
_OF_WHEN = frozenset(["time", "fill", "body"])
_BROUGHT = frozenset(["recon", "lit", "complaint", "appeal", "submit", "recv", "apply", "gk", "info"])


def _behind(words: Sequence[Token], clause: Clause) -> Clause:
    return clause_of((*words, *clause.left), clause.figure, clause.right, clause.opener, clause.depth)


def absent(words: Sequence[Token]) -> Sequence[Token]:
    """不存在 before a dispute or a fee denies it; of information it is a result (不存在3件)."""
    found = list(words)
    for at, token in enumerate(found):
        if token.value == "notexist" and token.end - token.start == len("不存在"):
            for after in found[at + 1 :]:
                if after.kind in ("punct", "number"):
                    break
                if after.topic in DENIED:
                    found[at] = token._replace(kind="neg", value="not")
                    break
    return found


def unbroken(held: Sequence[Clause]) -> Sequence[Clause]:
    """培训各村(社区)信息员30人次: what stands before a bracket that holds no figure goes on behind it."""
    found = list(held)
    for at in range(2, len(found)):
        before, inner, clause = found[at - 2 : at + 1]
        bracket = inner.opener == "(" and clause.opener == ")" and before.depth == clause.depth
        part = OUTCOMES & set(concepts_of(inner.left)) - set(
            before.concepts
        )  # 同意公开(含部分公开)86件 is no grant
        ground = "unable" in before.concepts and part <= _GROUNDS  # 无法提供(本机关不掌握)14件
        if bracket and clause.figure and not before.figure and not inner.figure and (ground or not part):
            here = clause.start
            words = (*before.left, *inner.left) if part else before.left
            found[at] = _behind(tuple(t._replace(start=here, end=here) for t in words), clause)
    return found


def _denying(clause: Clause, before: Clause | None) -> Clause:
    if "neg" in clause.kinds:
        return clause
    goes_on = before and "neg" in before.left_kinds and not before.figure and clause.opener == ","
    if goes_on and before and before.topic in DISPUTES - {clause.topic} and set(clause.concepts) <= _BROUGHT:
        neg = next(t for t in before.left if t.kind == "neg")._replace(start=clause.start, end=clause.start)
        return _behind((neg,), clause)
    return clause


def _on_a_ground(clause: Clause) -> bool:
    """Whether a clause says 均 of nothing but a ground."""
    every = clause.figure is None and clause.left[:1] and clause.left[0].kind == "all"
    return bool(every) and set(clause.concepts) <= {"gk", "rule", "want"}


def _sums_up(clause: Clause) -> bool:
    """,共计45条."""
    items = clause.number is not None and clause.number.kind == "doc"
    return items and clause.opener == "," and any(t.value in ("sum", "whole") for t in clause.left)


def _shown(clause: Clause) -> bool:
    return {"disc", "info"} <= set(clause.concepts) and clause.kinds.isdisjoint(("neg", "sub", "cmp"))


def labelled(clause: Clause, before: Clause | None, subject: Subject) -> Clause:
    """A bare figure behind its label (申请数:26件), a bare nil under its heading, as one clause; what denies a dispute
    as a clause that denies (未发生申请复议,提起诉讼的情况)."""
    if before and before.kinds == {"sub"} and clause.opener == ",":
        clause = _behind(before.left, clause)  # 其中,公开规范性文件5条
    if clause.concepts:
        if clause.figure is None and before and _on_a_ground(before) and clause.opener == ",":
            return _behind(before.left[:1], clause)  # 均按照条例要求,在规定期限内予以答复
        return _denying(clause, before) if clause.topic in DENIED and clause.figure is None else clause
    if before and clause.figure and not before.figure and _sums_up(clause) and _shown(before):
        return _behind(before.left, clause)  # 公开了各类信息,共计100余条
    if clause.opener in (":", "(") and clause.figure and before and not before.figure:
        return clause if "neg" in before.kinds else _behind(before.left, clause)
    number = clause.number
    counts = number is not None and number.kind in _COUNTS.get(subject.topic, ())
    first = before is None or (before.figure is None and before.kinds <= _OF_WHEN)
    if first and subject.head and (number is None or number.value == 0 or counts):
        here = clause.start
        moved = (t._replace(start=here, end=here) for t in subject.head if t.kind != "punct")
        return _behind(tuple(moved), clause)
    return clause
