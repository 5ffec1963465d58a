"""Units of counts and of money: one list, and how an amount goes from one unit of money to another."""

from __future__ import annotations

from decimal import Decimal

COUNTS = ("人次", "件次", "班次", "场次", *"件条项次个人篇笔期例起宗份处家名场部批页户")
"""Units that counts are printed in, longer ones first."""
COUNT_SIGNS = "".join(unit for unit in COUNTS if len(unit) == 1)
"""The units of one sign, as the inside of a regex class."""
CASE_SIGNS = "件宗份起例条项笔"
"""Units of requests and disputes; 次 may follow (3件次)."""
ITEM_SIGNS = "条件篇项份则"
"""Units of what is published."""
TRADITIONAL_SIGNS = "項條個筆場處"
"""The same in traditional text, for who reads a page's own characters."""
YUAN = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
"""Unit of money -> 元."""
MONEY = "(?:百万元|万元|亿元|千元|百元|元)"
COUNT = f"(?:{'|'.join(COUNTS)})"
"""A unit of counting; regex without group."""
UNIT = f"(?:万元|亿元|元|{COUNT}|%)"
"""Every unit that stands behind a figure; regex without group."""
PRINTED_UNIT = f"(?:[万萬亿億百千]?元|人次|件次|班次|场次|場次|[{COUNT_SIGNS}{TRADITIONAL_SIGNS}])"
"""The same over a page's own characters, full width and traditional ones included."""
UNIT_NOTE = rf"(?:[(（](?:单位[:：]?)?(?:{MONEY}|{COUNT})[)）]|[(（]单位[^)）]*[)）])"
"""A note that names a unit: (单位:万元), (件)."""
IN_YUAN = rf"(?:单位[:：]?|[(（])({MONEY})"
"""A head's words that name its unit of money, in group 1."""


def is_money(unit: str) -> bool:
    return unit in YUAN


def in_unit(amount: int | Decimal, printed: str, wanted: str) -> int | Decimal:
    """An amount of money printed in one unit, exactly in another: (1.5, 万元, 元) -> 15000. Other units, and
    the same unit, leave it as it is."""
    if printed == wanted or printed not in YUAN or wanted not in YUAN:
        return amount
    return tidy(Decimal(amount) * YUAN[printed] / YUAN[wanted])


def unit_of(printed: str, known: str) -> str:
    """The printed unit where it is one of the known ones (``条|件``), else the first of these."""
    units = known.split("|")
    return printed if printed in units else units[0]


def tidy(amount: Decimal) -> int | Decimal:
    """A whole amount as int, another without trailing zeros and without exponent."""
    return int(amount) if amount == amount.to_integral_value() else Decimal(format(amount.normalize(), "f"))
