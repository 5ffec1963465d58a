"""What a phrase counts: its concepts, its subject and its unit against ``codebook/decisions.csv``.

A decision claims a phrase only where every concept of it is accounted for: what the row does not name makes it
another thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from pipeline.codebook import Codebook, Decision

MAX_KNOWN = 4096
MAX_HELD = 64
_ASKS = frozenset(("apply", "request"))
UNITS: Mapping[str, frozenset[str]] = {
    "doc": frozenset(("case", "doc", "session", "")),
    "case": frozenset(("case",)),
    "text": frozenset(("case", "doc", "")),
    "session": frozenset(("session", "issue", "case", "doc", "place", "")),
    "held": frozenset(("session", "issue", "case", "place", "")),
    "person": frozenset(("person", "")),
    "person_doc": frozenset(("person", "case", "doc", "session", "")),
    "place": frozenset(("place", "")),
    "money": frozenset(("money",)),
}
"""The kinds of unit that a decision of a kind accepts ("" where none is printed)."""


class Phrase(NamedTuple):
    """Concepts around a figure or behind a negation; ``topic`` is the subject ("" where none is known);
    ``reads`` is figure, nil, or every (what is said of the figure before)."""

    concepts: frozenset[str]
    topic: str
    unit: str
    reads: str


class Form(NamedTuple):
    """A report's form for decisions: its family, and the years of a report without a national table, which
    borrows what the forms of its time ask."""

    family: str
    year: int | None


def topic_fits(topics: Collection[str], topic: str) -> bool:
    return (
        "*" in topics
        or topic in topics
        or (not topic and "none" in topics)
        or (topic.partition(".")[0] in topics)
    )


class Decider:
    """The decisions of a codebook for one form, with a memory of phrases."""

    def __init__(self, codebook: Codebook, form: Form) -> None:
        families = {form.family}
        if form.family == "narrative":
            families |= {f.family for f in codebook.forms if form.year is None or form.year >= f.valid_from}
        held = [d for d in codebook.decisions if families.intersection(d.families)]
        self.family = form.family
        self.rows = {reads: [d for d in held if reads in d.reads] for reads in ("figure", "nil", "every")}
        self.alone = tuple(d for d in held if "alone" in d.reads)
        self.known: dict[Phrase, tuple[Decision, ...]] = {}

    def decide(self, phrase: Phrase) -> tuple[Decision, ...]:
        """The decisions that account for the whole phrase, those that need most of it; () where none does,
        or where two that are no one thing do. More than one where a figure counts two (收到并办结2件)."""
        held = self.known.get(phrase)
        if held is None:
            if len(self.known) > MAX_KNOWN:
                self.known.clear()
            held = self.known[phrase] = self._decide(phrase)
        return held

    def _decide(self, phrase: Phrase) -> tuple[Decision, ...]:
        topic = phrase.topic or ("ask" if phrase.concepts & _ASKS else "")
        fits = [
            d
            for d in self.rows[phrase.reads]
            if d.need <= phrase.concepts
            and phrase.concepts <= d.need | d.may
            and topic_fits(d.topics, topic)
            and (phrase.reads != "figure" or phrase.unit in UNITS[d.unit])
        ]
        if not fits:
            return ()
        most = max(len(d.need) for d in fits)
        best = [d for d in fits if len(d.need) == most]
        own = [d for d in best if self.family in d.families]
        best = own or best
        if len({d.need for d in best}) > 1 and len({(d.indicator, d.applicant) for d in best}) > 1:
            return ()
        kept = {(d.indicator, d.applicant): d for d in reversed(best)}
        return tuple(reversed(kept.values()))


_HELD: dict[tuple[int, Form], tuple[Codebook, Decider]] = {}


def decider_of(codebook: Codebook, form: Form) -> Decider:
    """The decider of a codebook and form, made once."""
    key = (id(codebook), form)
    if key not in _HELD:
        if len(_HELD) > MAX_HELD:
            _HELD.clear()
        _HELD[key] = codebook, Decider(codebook, form)
    return _HELD[key][1]
