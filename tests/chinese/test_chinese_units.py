"""Units, and money from one unit to another."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pipeline.chinese import units


@pytest.mark.parametrize(
    ("amount", "printed", "wanted", "value"),
    [
        (Decimal("1.5"), "万元", "元", 15000),
        (38354247, "元", "万元", Decimal("3835.4247")),
        (2, "亿元", "万元", 20000),
        (3, "千元", "元", 3000),
        (5, "件", "元", 5),
        (Decimal("1.50"), "万元", "万元", Decimal("1.5")),
    ],
)
def test_money(amount: int | Decimal, printed: str, wanted: str, value: object) -> None:
    assert units.in_unit(amount, printed, wanted) == value


def test_the_longer_unit_is_read_first() -> None:
    assert [re.match(units.UNIT, text)[0] for text in ("人次", "万元", "件次", "人", "%")] == [
        "人次",
        "万元",
        "件次",
        "人",
        "%",
    ]
    assert re.fullmatch(units.PRINTED_UNIT, "萬元")
    assert re.fullmatch(units.PRINTED_UNIT, "場次")


def test_notes_name_units() -> None:
    assert re.fullmatch(units.UNIT_NOTE, "(单位:万元)")
    assert re.fullmatch(units.UNIT_NOTE, "（件）")
    assert not re.fullmatch(units.UNIT_NOTE, "(本年)")
    assert re.search(units.IN_YUAN, "收费金额(单位:百万元)")[1] == "百万元"


def test_whole_amounts_are_ints() -> None:
    assert isinstance(units.tidy(Decimal("3.0")), int)
    assert str(units.tidy(Decimal("1E+1"))) == "10"
    assert str(units.tidy(Decimal("0.10"))) == "0.1"
