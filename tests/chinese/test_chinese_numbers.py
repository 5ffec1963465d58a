"""What a cell and a number in a sentence say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.chinese.numbers import chinese_number, parse_cell, parse_figure


@pytest.mark.parametrize(
    ("text", "state", "value", "unit", "approx"),
    [
        ("1,200件", "reported", 1200, "件", False),
        ("１２　件", "reported", 12, "件", False),
        ("3.99多万条", "reported", 39900, "条", True),
        ("約18萬餘條", "reported", 180000, "条", True),
        ("十二件", "reported", 12, "件", False),
        ("〇", "text_zero", 0, "", False),
        ("0.0", "reported", Decimal(0), "", False),
        ("1.50万元", "reported", Decimal("1.5"), "万元", False),
        ("3万元", "reported", 3, "万元", False),
        ("2.5亿元", "reported", 25000, "万元", False),
        ("205元", "reported", 205, "元", False),
        ("-223", "reported", -223, "", False),
        ("减少5项", "reported", -5, "项", False),
        ("无变化", "text_zero", 0, "", False),
        ("无", "text_zero", 0, "", False),
        ("—", "dash", None, "", False),
        ("一", "unreadable", None, "", False),
        ("/", "not_applicable", None, "", False),
        ("不适用", "not_applicable", None, "", False),
        (" \n", "blank", None, "", False),
        ("12 34件人", "unreadable", None, "", False),
        ("1,23", "unreadable", None, "", False),
        ("100%6件", "unreadable", None, "", False),
        ("12①", "reported", 12, "", False),
    ],
)
def test_cells(text: str, state: str, value: object, unit: str, approx: bool) -> None:
    read = parse_cell(text)
    assert (read.state, read.value, read.unit, read.approx) == (state, value, unit, approx)


def test_a_printed_point_stays_a_decimal() -> None:
    assert isinstance(parse_cell("5.0").value, Decimal)
    assert isinstance(parse_cell("5").value, int)


def test_ten_thousands_without_a_unit_are_told() -> None:
    assert parse_cell("3万").note == "万"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二〇一五", 2015),
        ("二○○八", 2008),
        ("二十五", 25),
        ("十", 10),
        ("一百零三", 103),
        ("两万三千", 23000),
        ("三千二", 3200),
        ("三千零二", 3002),
        ("两万三", 23000),
        ("两万零三", 20003),
        ("一亿零五万", 100_050_000),
        ("一百十二", 112),
        ("十万", 100_000),
        ("一百零", None),
        ("百", None),
        ("万", None),
        ("十二十", None),
        ("二三十", None),
        ("甲", None),
        ("", None),
    ],
)
def test_chinese(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


def test_figures_of_sentences() -> None:
    assert parse_figure("3.99", "多万") == (39900, True)
    assert parse_figure("十五") == (15, False)
    assert parse_figure("5", "万") == (50000, False)
    assert parse_figure("二三十")[0] is None
