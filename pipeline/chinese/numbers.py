"""Printed numbers (NOTES section 6): what a cell or a piece of a sentence says, and what it does not.

``parse_cell`` reads a whole cell; ``parse_figure`` reads the number part of a sentence. Neither guesses: a
text that is not wholly understood gives state ``unreadable``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.chinese.text import flatten
from pipeline.chinese.units import UNIT, YUAN, in_unit

Figure = int | Decimal
"""A count is an int; money is a Decimal."""
CellState = Literal["reported", "text_zero", "blank", "dash", "not_applicable", "unreadable"]
"""What a cell can show by itself (the states of reports that need no other cell)."""


class Reading(NamedTuple):
    """What one cell says; ``value`` in the unit ``unit`` that the text itself names ("" where it names
    none)."""

    state: CellState
    value: Figure | None = None
    unit: str = ""
    approx: bool = False
    note: str = ""


DIGIT_SIGNS = "〇一二三四五六七八九"
_DIGITS = {c: i for i, c in enumerate(DIGIT_SIGNS)} | {"零": 0, "○": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
"""A number in Arabic digits; regex without group."""
DIGITS = "零〇○一二两三四五六七八九十百千"
"""What numbers in Chinese are written with, as the inside of a regex class; 万 and 亿 are scales."""
_CELL = re.compile(
    rf"^(?P<sign>[-+−—–]|增加?|新增|减少?)?(?:了)?(?P<approx>约|近|超过?|逾)?(?P<num>{NUMBER})"
    rf"(?P<more>余|多)?(?P<scale>[万亿]?)(?P<more2>余|多)?(?P<unit>{UNIT})?(?P<more3>余|多|左右|以上)?"
    r"(?P<note>(?:[(（\[][^()（）]*[)）\]]){1,3}|[*※#△▲†]{1,3}|注\d{0,2}|[,，;；]?(?:其中|含)[^()（）]*)?$"
)
_CHINESE = re.compile(rf"^(?P<num>[{DIGITS}万]+)(?P<unit>{UNIT})?$")
_NOTE_MARK = re.compile(
    "([0-9\uff10-\uff19])\\s*([\u2460-\u249b\u2776-\u277f\u00b2\u00b3\u00b9\u2070-\u2079])\\s*$"
)
_NIL = frozenset({"无", "没有", "未发生", "未收到", "无申请", "未收取", "无此项", "未产生", "零", "〇"})
_NO_CHANGE = frozenset({"无变化", "无增减", "不变", "持平", "未变化", "没有变化"})
_DASHES = frozenset("-—–－―─━一﹣‐‑−") - {"一"}
_SLASHES = frozenset({"/", "\\", "//", "N/A", "n/a", "不适用", "不涉及", "NA"})


def chinese_number(text: str) -> int | None:
    """``二〇一五`` -> 2015 (digit string), ``二十五`` -> 25, ``两万三`` -> 23000; None where the text is no
    number."""
    if text and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, scale = 0, 10
    for sign, size in (("亿", 100_000_000), ("万", 10_000)):
        if sign in text:
            head, _, text = text.partition(sign)
            times = _below_10_000(head, 10)
            if not times:
                return None
            total, scale = total + times * size, size
            if not text:
                return total
    rest = _below_10_000(text, scale)
    return None if rest is None else total + rest


def _below_10_000(text: str, scale: int) -> int | None:
    """``scale`` is that of the sign before: 三 of 两万三 counts thousands, of 十三 ones, of 两万零三 ones too."""
    total, digit, nought = 0, None, False
    above = 10_000
    for c in text:
        if c in _POWERS:
            if _POWERS[c] >= above or (digit is None and c != "十"):
                return None
            total += (1 if digit is None else digit) * _POWERS[c]
            scale = above = _POWERS[c]
            digit, nought = None, False
        elif digit is not None or c not in _DIGITS:
            return None
        elif _DIGITS[c] == 0:
            nought = True
        else:
            digit = _DIGITS[c]
    if digit is None:
        return None if nought or not text else total
    return total + digit * (1 if nought else scale // 10)


def _figure(number: str, scale: str = "") -> Figure:
    """An int; a Decimal where a point is printed (5.0 is no printed count)."""
    if not scale and number.isdecimal():
        return int(number)
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


_BELOW_ZERO = re.compile(r"[(（]\s*(\d+)\s*[)）]|[△▲]\s*(\d+)")


def below_zero(text: str) -> int | None:
    """The number below zero that book-keepers print as (14) or △14; only a form's signed cells may hold
    it."""
    found = _BELOW_ZERO.fullmatch(text.strip())
    return -int(found[1] or found[2]) if found else None


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
        value, unit = _figure(match["num"], match["scale"]), match["unit"] or ""
        if (money := match["scale"] + unit) in YUAN:
            value, unit = _figure(match["num"]), money
        if unit == "亿元":
            value, unit = in_unit(value, unit, "万元"), "万元"
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
