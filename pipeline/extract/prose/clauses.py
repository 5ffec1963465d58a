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
_TURNS = frozenset(("all", "cmp", "sub", "neg", "percent"))
MAX_SENTENCE = 1500
"""Tokens: longer than any sentence a person wrote; such a run is not read (and bounds the work)."""


class Clause(NamedTuple):
    """``left`` and ``right`` of the ``figure`` (None: a clause without one); ``opener`` is the mark before."""

    left: tuple[Token, ...]
    figure: Token | None
    right: tuple[Token, ...]
    opener: str
    depth: int

    @property
    def number(self) -> Number | None:
        return self.figure.number if self.figure else None

    @property
    def all(self) -> tuple[Token, ...]:
        return (*self.left, *self.right)

    @property
    def start(self) -> int:
        first = self.left[0] if self.left else self.figure or self.right[0]
        return first.start

    @property
    def end(self) -> int:
        last = self.right[-1] if self.right else self.figure or self.left[-1]
        return last.end

    @property
    def concepts(self) -> tuple[str, ...]:
        return concepts_of(self.all)


_ACCOUNTS = frozenset(("wechat", "weibo"))


def concepts_of(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The concepts of words; a site that names the account right behind it is none (政府网站微信公众号)."""
    found: list[str] = []
    for at, token in enumerate(tokens):
        if token.kind == "concept":
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            named = after is not None and after.start == token.end and after.value in _ACCOUNTS
            if not (named and token.value == "website" and token.end - token.start > 2):
                found += _joined(token.value)
    return tuple(found)


@lru_cache(maxsize=4096)
def _joined(value: str) -> tuple[str, ...]:
    return tuple(value.split("+"))


def sentences(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A sentence ends at 。 and where a figure follows a percentage without a mark (100%6件)."""
    held: list[Token] = []
    for token in tokens:
        if held and held[-1].kind == "percent" and token.kind == "number":
            yield held
            held = []
        held.append(token)
        if token.kind == "punct" and token.value in _ENDS:
            yield held
            held = []
    if held:
        yield held


def clauses(sentence: Sequence[Token]) -> list[Clause]:
    """The clauses of one sentence, in order."""
    found: list[Clause] = []
    left: list[Token] = []
    right: list[Token] = []
    figure: Token | None = None
    opener, depth = "", 0

    def close(mark: str) -> None:
        nonlocal left, right, figure, opener
        if left or right or figure:
            found.extend(_turned(Clause(tuple(left), figure, tuple(right), opener, depth)))
        left, right, figure, opener = [], [], None, mark

    for token in sentence:
        if token.kind == "punct":
            close(token.value)
            depth = max(0, depth + (token.value == "(") - (token.value == ")"))
        elif token.kind == "joint" and figure is not None:
            close(token.value)
        elif token.kind == "number" and not (token.value == "一" and any(t.kind == "neg" for t in left)):
            if figure is not None:
                moved, right = right, []
                close("")
                left = moved
            figure = token
        elif figure is None:
            left.append(token)
        else:
            right.append(token)
    close("")
    return found


def _turned(clause: Clause) -> Iterator[Clause]:
    """A clause whose right side turns to something else (N件,均已答复 without its mark) is two."""
    for at, token in enumerate(clause.right):
        if token.kind in _TURNS:
            yield clause._replace(right=clause.right[:at])
            yield Clause(clause.right[at:], None, (), "", clause.depth)
            return
    yield clause
