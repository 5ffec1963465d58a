"""Misprinted labels of one table, read by what the table lacks.

A label that the codebook does not know, or knows only as one that stands in the table already, is taken for
the form's label that is one slip of the pen away (a character lost, doubled or exchanged; two in long
labels), if no other text of the table has that meaning and no other label is as near. The printed text stays
the observation's label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbers import parse_cell
from pipeline.chinese.resemblance import Edit, slips
from pipeline.document import Table
from pipeline.extract.tables.vocabulary import (
    ColumnKey,
    Index,
    RowKey,
    Vocabulary,
    is_unit,
    numbering,
    turning,
)

Meaning = tuple[RowKey | ColumnKey, ...]
_LONG = 9
_LONGEST = 48
_SHORTEST = 3
_MOST = 400
_REPEATED = ("state", "quantity", "group", "heading")


def respelled(table: Table, words: Vocabulary, template: str | None) -> Mapping[str, str]:
    """Text of the table -> the text that it is to be read as."""
    times = Counter([cell.text for cell in table.cells])
    return _respelled(tuple([pair for pair in times.items() if _is_label(pair[0])]), words, template)


@lru_cache(maxsize=512)
def _respelled(
    labels: tuple[tuple[str, int], ...], words: Vocabulary, template: str | None
) -> Mapping[str, str]:
    """The same for the table's labels, each with how often it stands there: tables of one form have the
    same."""
    times = dict(labels)
    texts = list(times)
    if len(texts) > _MOST:
        return {}  # no form has so many labels
    known = {t: _meanings(t, words, template) for t in texts}
    held = {m for t, found in known.items() for m in found if _exact(t, words, template)}
    found: dict[str, str] = {}
    for text in texts:
        if _exact(text, words, template) or (known[text] and not all(m in held for m in known[text])):
            continue
        turns: Counter[RowKey | ColumnKey] = Counter()
        for other, meanings in known.items():
            if other != text:
                turns.update(dict.fromkeys(meanings, times[other]))
        label = _meant(text, words, template, turns)
        if label:
            found[text] = numbering(text) + label
    return found


@lru_cache(maxsize=16384)
def _is_label(text: str) -> bool:
    return 2 <= len(text) <= _LONGEST and parse_cell(text).state == "unreadable" and not is_unit(text)


def _indexes(
    words: Vocabulary, template: str | None
) -> tuple[Index[RowKey], Index[ColumnKey], Index[ColumnKey]]:
    return words.statistics.get(template or "", words.modern), words.columns, words.groups


def _meanings(text: str, words: Vocabulary, template: str | None) -> set[RowKey | ColumnKey]:
    rows, columns, groups = _indexes(words, template)
    return {*rows.find(text), *columns.find(text), *groups.find(text)}


def _exact(text: str, words: Vocabulary, template: str | None) -> bool:
    norm = normalise_label(text)
    return any(norm in index.exact or norm in index.joined for index in _indexes(words, template))


def _meant(
    text: str, words: Vocabulary, template: str | None, turns: Mapping[RowKey | ColumnKey, int]
) -> str:
    """The one nearest label, in normal form, whose meaning the table lacks; nothing where there is none or
    several. ``turns`` counts the table's cells by meaning: a label of several meanings stands once for
    each."""
    best, nearest, found = 99, "", set()
    for label, distance, meanings in _near(normalise_label(text), bool(numbering(text)), words, template):
        often = min(len(meanings), 2)
        if all(
            turns.get(m, 0) >= often and not (isinstance(m, ColumnKey) and m.kind in _REPEATED)
            for m in meanings
        ):
            continue
        if distance < best:
            best, nearest, found = distance, label, {meanings}
        elif distance == best:
            found.add(meanings)
    return nearest if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def _near(
    norm: str, numbered: bool, words: Vocabulary, template: str | None
) -> tuple[tuple[str, int, Meaning], ...]:
    """(label, distance, meanings) of the labels that a slip of the pen leads from to ``norm``."""
    if len(norm) < _SHORTEST - 1:
        return ()
    short = len(norm) <= _SHORTEST and not numbered and any(map(turning, norm))
    found: dict[str, tuple[int, Meaning]] = {}
    for index in _indexes(words, template):
        for label, meanings in index.exact.items():
            if len(label) < _SHORTEST or abs(len(label) - len(norm)) > 2 or label in found:
                continue
            if short and isinstance(meanings[0], RowKey):
                continue
            most = 2 if len(label) >= _LONG else 1
            for spelled in {norm, norm.removesuffix("数")}:
                edits = slips(label, spelled, most)
                if edits is not None and _is_slip(edits, label):
                    found[label] = (len(edits), tuple(meanings))
                    break
    return tuple((label, distance, meanings) for label, (distance, meanings) in found.items())


def _is_slip(edits: Sequence[Edit], label: str) -> bool:
    """Whether no word that turns the meaning was exchanged, and no two characters that stand together."""
    exchanged = [edit for edit in edits if edit.old and edit.new]
    if len(exchanged) > 1 or any(turning(sign) or sign.isdigit() for edit in exchanged for sign in edit):
        return False
    return not any(not edit.old and turning(edit.new) and edit.new not in label for edit in edits)
