"""Values that stand under or behind a heading that is a label of the 2014 statistics (NOTES 7.8).

``(三)从事政府信息公开工作人员数。`` then a paragraph ``7``; or ``主动公开政府信息数。95`` in one line. A heading with
nothing before the next heading is ``blank``: the answer may have been lost, so it is never turned into a
zero.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.numbering import ITEM, LIST_ITEM, LOST
from pipeline.chinese.numbers import DIGITS, parse_figure
from pipeline.chinese.numbers import NUMBER as ARABIC_NUMBER
from pipeline.chinese.units import COUNT
from pipeline.codebook import Codebook, normalise_label
from pipeline.report import Figure, State

NUMBER = rf"(?:{ARABIC_NUMBER}|[{DIGITS}]+)"
_HEADING = re.compile(rf"^(?:{LIST_ITEM}|{LOST})(?P<label>[^。:,;]{{3,40}})[。:](?P<rest>.{{0,24}})$")
_NEXT = re.compile(rf"^(?:{ITEM}|[(（][)）])")
_VALUE = re.compile(
    rf"^(?P<n>{NUMBER})(?P<scale>[余多]?[万亿]?[余多]?)(?P<unit>万?元|{COUNT})?(?:\([^()]{{0,20}}\))?[。.]?$"
)
_NIL = re.compile(r"^(?:无|没有|未发生|未收取|未收到|零)[。.]?$")
_TABLE = re.compile(r"统计(?:情况)?表(?:\([^()]*\))?$|^统计指标")
_LIST_LINE = re.compile(
    rf"^(?:其中[:,]?)?(?:{LIST_ITEM})?(?P<label>[^:,;。]{{3,30}}?)(?:\((?P<unit>万?元|{COUNT})\))?:(?P<rest>.{{1,16}}?)[;,]?$"
)
_MIN_LIST = 3
_NOT_UNIQUE = frozenset({"被依法纠错", "其他情形", "其他"})


class Labelled(NamedTuple):
    """A heading's answer: ``at`` is the paragraph that holds it, ``text`` its flattened text."""

    indicator: str
    at: int
    text: str
    value: Figure | None
    unit: str
    approx: bool
    state: State


@lru_cache(maxsize=8)
def _labels_of(items: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for indicator, labels in items:
        for label in labels:
            key = normalise_label(label)
            if found.setdefault(key, indicator) != indicator:
                twice.add(key)
    return {k: v for k, v in found.items() if k not in twice and k not in _NOT_UNIQUE and len(k) >= 3}


def heading_labels(codebook: Codebook) -> dict[str, str]:
    """Normalised label -> indicator, of the 2014 form, labels that name one indicator only."""
    forms = codebook.forms_of("statistics")
    return _labels_of(
        tuple([(i.indicator_id, i.row_labels) for i in codebook.indicators if i.template in forms])
    )


def list_labels(codebook: Codebook) -> dict[str, str]:
    """Normalised label -> indicator, of the local lists of indicators of 2008 to 2013."""
    forms = codebook.forms_of("narrative")
    return _labels_of(
        tuple([(i.indicator_id, i.row_labels) for i in codebook.indicators if i.template in forms])
    )


def read_list_lines(flats: Sequence[str], codebook: Codebook) -> list[Labelled]:
    """A local list of indicators that was typed as lines (申请总数:26条), where at least three of its labels
    stand."""
    lines = [(at, m) for at, flat in enumerate(flats) if len(flat) < 60 and (m := _LIST_LINE.match(flat))]
    if len(lines) < _MIN_LIST:
        return []
    labels = list_labels(codebook)
    found = [
        Labelled(indicator, at, flats[at], read[0], read[1] or match["unit"] or "", *read[2:])
        for at, match in lines
        if (indicator := labels.get(normalise_label(match["label"]))) and (read := _read(match["rest"]))
    ]
    return found if len({f.indicator for f in found}) >= _MIN_LIST else []


def _read(text: str) -> tuple[Figure | None, str, bool, State] | None:
    if _NIL.match(text):
        return 0, "", False, "text_zero"
    match = _VALUE.match(text)
    if not match:
        return None
    digits = match["n"].replace(",", "")
    if not match["unit"] and (len(digits) > 5 or not digits.isdigit()):
        return None
    value, approx = parse_figure(match["n"], match["scale"])
    return None if value is None else (value, match["unit"] or "", approx, "reported")


def read_headings(flats: Sequence[str], codebook: Codebook) -> list[Labelled]:
    """``flats`` are paragraphs, flattened. Reading stops where the statistics table itself begins."""
    found: list[Labelled] = []
    labels: dict[str, str] = {}
    for at, flat in enumerate(flats):
        if not 4 < len(flat) < 80:
            continue
        if len(flat) < 40 and _TABLE.search(flat):
            break
        match = _HEADING.match(flat)
        if not match:
            continue
        labels = labels or heading_labels(codebook)
        indicator = labels.get(normalise_label(match["label"]))
        if indicator is None:
            continue
        if match["rest"]:
            if read := _read(match["rest"]):
                found.append(Labelled(indicator, at, flat, *read))
            continue
        follows = next((i for i in range(at + 1, len(flats)) if flats[i]), None)
        if follows is None or _NEXT.match(flats[follows]):
            if follows is None or not _read(flats[follows]):
                found.append(Labelled(indicator, at, flat, None, "", False, "blank"))
        elif read := _read(flats[follows]):
            found.append(Labelled(indicator, follows, flats[follows], *read))
    return found
