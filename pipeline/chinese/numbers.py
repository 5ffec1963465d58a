"""Printed numbers (NOTES section 6): what a cell or a piece of a sentence says, and what it does not.

``parse_cell`` reads a whole cell; ``parse_figure`` reads the number part of a sentence. Neither guesses: a
text that is not wholly understood gives state ``unreadable``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.text import nfkc
from pipeline.report import Figure, State


class Reading(NamedTuple):
    """``state`` as in Report; ``value`` in the unit ``unit`` that the text itself names ("" where it names
    none)."""

    state: State
    value: Figure | None = None
    unit: str = ""
    approx: bool = False
    note: str = ""


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_UNITS = "万元|亿元|元|人次|件次|班次|场次|件|条|项|次|个|人|篇|笔|期|例|起|宗|份|处|家|名|场|部|批|页|户|%"
_NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_CELL = re.compile(
    rf"^(?P<sign>[-+−—–]|增加?|新增|减少?)?(?:了)?(?P<approx>约|近|超过?|逾)?(?P<num>{_NUMBER})"
    rf"(?P<more>余|多)?(?P<scale>[万亿]?)(?P<more2>余|多)?(?P<unit>{_UNITS})?(?P<more3>余|多|左右|以上)?"
    r"(?P<note>(?:[(（\[][^()（）]*[)）\]]){1,3}|[*※#△▲†]{1,3}|注\d{0,2}|[,，;；]?(?:其中|含)[^()（）]*)?$"
)
_CHINESE = re.compile(rf"^(?P<num>[零〇○一二两三四五六七八九十百千万]+)(?P<unit>{_UNITS})?$")
_NOTE_MARK = re.compile(
    "([0-9\uff10-\uff19])\\s*([\u2460-\u249b\u2776-\u277f\u00b2\u00b3\u00b9\u2070-\u2079])\\s*$"
)
_NIL = frozenset({"无", "没有", "未发生", "未收到", "无申请", "未收取", "无此项", "未产生", "零", "〇"})
_NO_CHANGE = frozenset({"无变化", "无增减", "不变", "持平", "未变化", "没有变化"})
_DASHES = frozenset("-—–－―─━一﹣‐‑−") - {"一"}
_SLASHES = frozenset({"/", "\\", "//", "N/A", "n/a", "不适用", "不涉及", "NA"})


def flatten(text: str) -> str:
    """NFKC without any white space (zero-width marks included)."""
    flat = nfkc(text)
    return "".join(c for c in flat if not c.isspace() and c not in "​‌‍⁠﻿")


def chinese_number(text: str) -> int | None:
    """``二〇一五`` -> 2015 (digit string), ``二十五`` -> 25 (value); None where the text is neither."""
    if not text:
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) > 1 else _DIGITS[text]
    if text[0] not in _DIGITS and text[0] != "十":
        return None
    total = section = digit = 0
    seen_digit = False
    for c in text:
        if c in _DIGITS:
            if seen_digit:
                return None
            digit, seen_digit = _DIGITS[c], c not in "零〇○"
        elif c in _POWERS:
            if not seen_digit and c != "十":
                return None
            section += (digit if seen_digit else 1) * _POWERS[c]
            digit, seen_digit = 0, False
        elif c == "万":
            total = (total + section + digit) * 10_000
            section = digit = 0
            seen_digit = False
        elif c == "亿":
            total = (total + section + digit) * 100_000_000
            section = digit = 0
            seen_digit = False
        else:
            return None
    return total + section + digit


def _figure(number: str, scale: str) -> Figure:
    amount = Decimal(number.replace(",", "").replace("，", "")) * _SCALES[scale]
    if amount == amount.to_integral_value() and (scale or "." not in number):
        return int(amount)
    return Decimal(format(amount.normalize(), "f"))


def parse_figure(number: str, scale: str = "") -> tuple[Figure | None, bool]:
    """Value and approximation of a sentence's number part: ``("3.99", "多万")`` -> (39900, True)."""
    approx = any(mark in scale for mark in "余多几")
    power = scale.strip("余多几")
    if number[:1].isdigit() or number[:1] == ".":
        return _figure(number, power if power in _SCALES else ""), approx
    value = chinese_number(number)
    if value is None or power not in _SCALES:
        return None, approx
    return value * _SCALES[power], approx


@lru_cache(maxsize=65536)
def parse_cell(text: str) -> Reading:
    """Read one cell. Blank, dash, slash, zero and nil in words stay apart; a unit in the cell is reported,
    not applied (``万元``/``元`` are left to the caller, which knows the column's unit)."""
    if text.isdigit() and text.isascii():
        return Reading("reported", int(text))
    flat = flatten(_NOTE_MARK.sub(r"\1(\2)", text))
    if not flat:
        return Reading("blank")
    if flat.isdigit() and flat.isascii():
        return Reading("reported", int(flat))
    if all(c in _DASHES for c in flat):
        return Reading("dash")
    if flat in _SLASHES:
        return Reading("not_applicable")
    bare = flat.rstrip("。;；,，、.")
    if bare in _NIL:
        return Reading("text_zero", 0)
    if bare in _NO_CHANGE:
        return Reading("text_zero", 0, note="no change")
    match = _CELL.match(bare)
    if match:
        value = _figure(match["num"], match["scale"])
        unit = match["unit"] or ""
        if unit == "亿元":
            value, unit = value * 10_000, "万元"
        if match["scale"] == "万" and unit == "元":
            value, unit = _figure(match["num"], ""), "万元"
        if match["scale"] == "亿" and unit == "元":
            value, unit = _figure(match["num"], "") * 10_000, "万元"
        sign = match["sign"] or ""
        if sign[:1] in ("-", "−", "—", "–", "减"):
            value = -value
        note = match["note"] or ("万" if match["scale"] == "万" and not unit else "")
        approx = bool(match["approx"] or match["more"] or match["more2"] or match["more3"])
        return Reading("reported", value, unit, approx, note)
    match = _CHINESE.match(bare) if bare != "一" else None  # a lone 一 may be a dash: not decided here
    if match and (amount := chinese_number(match["num"])) is not None:
        return Reading("reported", amount, match["unit"] or "")
    return Reading("unreadable")
