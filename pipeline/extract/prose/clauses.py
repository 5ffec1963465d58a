"""Tokens -> clauses: a stretch of a sentence that holds at most one figure, with what stands on both sides.

A clause ends at a mark, at a joint behind its figure (A5件、B6件), before the next figure's words, and where
what follows speaks of the whole (均, 其中), compares it, or denies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.prose.words import Number, Token

_ENDS = frozenset("。!?")
_PAIRS = frozenset(("npc", "cppcc"))
"""Things that stand together behind one figure (32件代表建议和委员提案)."""
_TURNS = frozenset(("all", "cmp", "sub", "neg", "percent"))


class Clause(NamedTuple):
    """``left`` and ``right`` of the ``figure`` (None: a clause without one); ``opener`` is the mark before.
    What is asked of a clause again and again is told once, by ``clause_of``: all its words, their concepts,
    the subject that they name last ("" where none), their kinds and those of the words on the left."""

    left: tuple[Token, ...]
    figure: Token | None
    right: tuple[Token, ...]
    opener: str
    depth: int
    all: tuple[Token, ...]
    concepts: tuple[str, ...]
    topic: str
    kinds: frozenset[str]
    left_kinds: frozenset[str]

    @property
    def number(self) -> Number | None:
        return self.figure.number if self.figure else None

    @property
    def start(self) -> int:
        first = self.left[0] if self.left else self.figure or self.right[0]
        return first.start

    @property
    def end(self) -> int:
        last = self.right[-1] if self.right else self.figure or self.left[-1]
        return last.end


def clause_of(
    left: Sequence[Token], figure: Token | None, right: Sequence[Token], opener: str, depth: int
) -> Clause:
    words = (*left, *right)
    topic = ""
    for token in reversed(words):
        if token.topic:
            topic = token.topic
            break
    left_kinds = frozenset([t.kind for t in left])
    kinds = left_kinds.union([t.kind for t in right]) if right else left_kinds
    return Clause(
        tuple(left), figure, tuple(right), opener, depth, words, concepts_of(words), topic, kinds, left_kinds
    )


_ACCOUNTS = frozenset(("wechat", "weibo"))


def concepts_of(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The concepts of words; a site that names the account right behind it is none (政府网站微信公众号)."""
    found: list[str] = []
    for at, token in enumerate(tokens):
        if token.kind == "concept":
            if token.value == "website" and token.end - token.start > 2 and at + 1 < len(tokens):
                after = tokens[at + 1]
                if after.start == token.end and after.value in _ACCOUNTS:
                    continue
            found += _joined(token.value)
    return tuple(found)


@lru_cache(maxsize=4096)
def _joined(value: str) -> tuple[str, ...]:
    return tuple(value.split("+"))


def sentences(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """A sentence ends at 。 and where a figure follows a percentage without a mark (100%6件)."""
    first = 0
    for at, token in enumerate(tokens):
        if token.kind == "number" and at > first and tokens[at - 1].kind == "percent":
            yield tokens[first:at]
            first = at
        elif token.kind == "punct" and token.value in _ENDS:
            yield tokens[first : at + 1]
            first = at + 1
    if first < len(tokens):
        yield tokens[first:]


def _values(behind: Sequence[Token]) -> str:
    return behind[0].value if behind and (len(behind) == 1 or behind[1].kind != "number") else ""


def _counted(segment: Sequence[Token]) -> list[Token]:
    """What one item of a list is: its last word with a subject (行政强制 of 行政强制决定数量), else its last."""
    concepts = [t for t in segment if t.kind == "concept"]
    return ([t for t in concepts if t.topic] or concepts)[-1:]


def distributed(held: Sequence[Clause]) -> Sequence[Clause]:
    """微信、微博分别发布140条、650条: each figure with its own of the things that are named before 分别."""
    found = list(held)
    for at, clause in enumerate(held):
        joins = [n for n, t in enumerate(clause.left) if t.value.endswith("join")] if clause.figure else []
        if not joins:
            continue
        join = clause.left[joins[0]]
        items = [join._replace(value=value) for value in join.value.split("+")[:-1]]
        common = list(clause.left[joins[0] + 1 :])
        segment: list[Token] = []
        for token in (*(clause.left[: joins[0]] if not items else ()), join):
            if token.kind == "joint" or token is join:
                items += _counted(segment)
                common += [t for t in segment if t not in items]
                segment = []
            else:
                segment.append(token)
        behind = held[at + 1 : at + len(items)]
        if (
            len(items) > 1
            and len(behind) == len(items) - 1
            and all(c.figure and not c.concepts for c in behind)
        ):
            for n, (item, told) in enumerate(zip(items, held[at:], strict=False)):
                here = told.start
                words = [t._replace(start=here, end=here) if n else t for t in (*common, item)]
                found[at + n] = clause_of(words, told.figure, told.right, told.opener, told.depth)
    return found


def clauses(sentence: Sequence[Token]) -> list[Clause]:
    """The clauses of one sentence, in order."""
    found: list[Clause] = []
    left: list[Token] = []
    right: list[Token] = []
    figure: Token | None = None
    opener, depth, denied = "", 0, False

    def close(mark: str) -> None:
        nonlocal left, right, figure, opener, denied
        if left or right or figure:
            found.extend(_turned(left, figure, right, opener, depth))
        left, right, figure, opener, denied = [], [], None, mark, False

    for at, token in enumerate(sentence):
        kind = token.kind
        if kind == "punct":
            close(token.value)
            if token.value in ("(", ")"):
                depth = max(0, depth + (1 if token.value == "(" else -1))
        elif kind == "joint" and figure is not None:
            if not (right and right[-1].value in _PAIRS and _values(sentence[at + 1 :]) in _PAIRS):
                close(token.value)
        elif kind == "number" and not (denied and token.value == "一"):
            if figure is not None:
                moved, right = right, []
                close("")
                left = moved
                denied = any(t.kind == "neg" for t in left)
            figure = token
        elif figure is None:
            left.append(token)
            denied = denied or kind == "neg"
        else:
            right.append(token)
    close("")
    return found


def _turned(
    left: Sequence[Token], figure: Token | None, right: Sequence[Token], opener: str, depth: int
) -> Sequence[Clause]:
    """A clause whose right side turns to something else (N件,均已答复 without its mark) is two."""
    for at, token in enumerate(right):
        if token.kind in _TURNS:
            return (
                clause_of(left, figure, right[:at], opener, depth),
                clause_of(right[at:], None, (), "", depth),
            )
    return (clause_of(left, figure, right, opener, depth),)
