"""One measure of how alike two texts are: the share of signs that stay when one is turned into the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein


class Edit(NamedTuple):
    """One sign's difference: ``old`` is "" for a sign added, ``new`` is "" for a sign lost."""

    old: str
    new: str


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 100 (the same)."""
    return fuzz.ratio(one, other)


def most_alike(text: str, choices: Iterable[str], at_least: float, limit: int = 5) -> list[tuple[str, float]]:
    """The choices that are at least so like the text, most alike first, each with its likeness."""
    names = (
        choices.keys() if isinstance(choices, Mapping) else choices
    )  # of a mapping it would take the values
    found = process.extract(text, names, scorer=fuzz.ratio, limit=limit, score_cutoff=at_least)
    return [(choice, score) for choice, score, _ in found]


def slips(old: str, new: str, most: int) -> tuple[Edit, ...] | None:
    """The signs exchanged, added and lost between two texts, fewest possible; None where more than
    ``most``."""
    if Levenshtein.distance(old, new, score_cutoff=most) > most:
        return None
    return tuple(
        Edit(
            "" if edit.tag == "insert" else old[edit.src_pos],
            "" if edit.tag == "delete" else new[edit.dest_pos],
        )
        for edit in Levenshtein.editops(old, new)
    )
