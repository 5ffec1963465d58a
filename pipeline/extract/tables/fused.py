"""Rows of a table that lost its cells: a label and its figures stand in lines of text, the digits run
together.

Digits that can be cut into the form's columns in one way alone, so that the parts add up to their total, are
read (seven zeros are seven zeros); other digits behind labels of the form are told to stand there unread."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from pipeline.chinese.numbering import without_number
from pipeline.chinese.text import squeeze
from pipeline.chinese.units import PRINTED_UNIT
from pipeline.document import Paragraph
from pipeline.extract.tables.cells import Slot
from pipeline.extract.tables.rows import labels_of
from pipeline.extract.tables.vocabulary import Vocabulary
from pipeline.finding import finding
from pipeline.report import Finding, Observation

_SHORTEST = 4
"""Signs of a label that may be looked for in running text."""
_LONGEST = 21
"""Digits that are cut: more of them fit in too many ways to be told apart."""
_ROWS = 2
"""Labels of one table with digits behind them from which it stands there."""
_DIGITS = re.compile(rf"(?:-|(?<!\d))\d{{3,}}(?:-\d+)*(?![\d.]|{PRINTED_UNIT})")
"""A run of digits is begun at its first digit alone: what fails there fails at each further one too."""
_RUN = re.compile(r"\d{7}")
"""As many digits as an application row has cells."""


def fused_rows(
    paragraphs: Sequence[Paragraph], template: str, held: Collection[Slot], words: Vocabulary
) -> tuple[list[Observation], list[Finding]]:
    """Observations of the rows that stand fused in ``paragraphs``, and a finding for each table of the form
    that stands there and is not wholly read. ``held``: cells that are known already."""
    if not any(_RUN.search(p.text) for p in paragraphs):
        return [], []
    texts = [squeeze(p.text) for p in paragraphs]
    ends = list(accumulate(map(len, texts)))
    flat = "".join(texts)
    runs = list(_DIGITS.finditer(flat))
    observations: list[Observation] = []
    findings: list[Finding] = []
    taken = set(held)
    form = template if template in words.sections else words.sections[-1]
    for name, labels in _labels(words, form).items():
        cells = [cell for cell in words.form_cells(form, name) if cell[0] not in taken]
        if not cells or not labels:
            continue
        found = [
            (label, match[0], paragraphs[bisect_right(ends, match.start())].locator)
            for match in runs
            if (label := _label_before(flat, match.start(), labels))
        ]
        if len({label for label, _, _ in found}) < _ROWS:
            continue
        first = found[0][2]
        for label, digits, place in found:
            row = [c for c in cells if c[0][0] == labels[label]]
            parts = _cut(digits, len(words.applicants)) if len(row) == len(words.applicants) else None
            for (slot, indicator), part in zip(row, parts or (), strict=False):
                if slot in taken:
                    continue
                taken.add(slot)
                proof = f"{digits}: 只有一种切分与合计相符 / the one cut that adds up"
                observations.append(
                    Observation(
                        *(slot[0], slot[1], part, digits, indicator.unit, False, "reported", part),
                        *("as_printed", "table", place, labels_of(label, slot[1] or ""), "", proof),
                    )
                )
        lost = [cell for cell in cells if cell[0] not in taken]
        if form != template:  # the rows that stand there show no form: no others are missed
            lost = [cell for cell in lost if cell[0][0] in {labels[label] for label, _, _ in found}]
        taken.update(slot for slot, _ in lost)
        observations += [
            Observation(*slot, None, "", i.unit, False, "unreadable", None, None, "table", first)
            for slot, i in lost
        ]
        if lost:
            message = (
                f"表格的数字连成一串，未能全部读出 / a table's figures run together in the text ({first})"
            )
            findings.append(finding("table.unread", message, tuple(slot for slot, _ in lost)))
    return observations, findings


def _label_before(flat: str, end: int, labels: Collection[str]) -> str:
    """The first of ``labels`` that stands right before a place; nothing where none does."""
    if not flat.endswith(tuple(labels), 0, end):
        return ""
    return next(label for label in labels if flat.endswith(label, 0, end))


@lru_cache(maxsize=16)
def _labels(words: Vocabulary, template: str) -> dict[str, dict[str, str]]:
    """Table of the form -> label without its number -> the indicator or matter that it names, if only one."""
    found: dict[str, dict[str, str]] = {}
    for indicator in words.codebook.indicators:
        if indicator.template != template or indicator.table not in ("application", "proactive"):
            continue
        own = found.setdefault(indicator.table, {})
        for label in map(without_number, indicator.row_labels):
            meant = indicator.matter or indicator.indicator_id
            if len(label) >= _SHORTEST:
                own[label] = meant if own.get(label, meant) == meant else ""
    longest = {name: sorted(own, key=len, reverse=True) for name, own in found.items()}
    return {name: {label: found[name][label] for label in labels} for name, labels in longest.items()}


@lru_cache(maxsize=4096)
def _cut(digits: str, n: int) -> tuple[int, ...] | None:
    """The one way to cut digits into ``n`` numbers of which the last is the sum of the others; else None."""
    if not digits.isdigit() or not n <= len(digits) <= _LONGEST:
        return None
    ways = list(_ways(digits, n - 1, 0))[:2]
    return ways[0] if len(ways) == 1 else None


def _ways(digits: str, parts: int, whole: int) -> Iterator[tuple[int, ...]]:
    if parts == 0:
        if digits == str(whole):
            yield (whole,)
        return
    ends = range(1, 2) if digits[:1] == "0" else range(1, len(digits) - parts + 1)
    for end in ends if len(digits) > parts else ():
        first = int(digits[:end])
        for rest in _ways(digits[end:], parts - 1, whole + first):
            yield (first, *rest)
