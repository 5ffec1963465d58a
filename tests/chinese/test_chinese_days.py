"""Years in digits of every kind, also those to come; days of publication."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeline.chinese.days import ANY_YEAR, day_in, first_year, stated_day, year_number, years_in_figures


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2008", 2008),
        ("2099", 2099),
        ("２０１５", 2015),
        ("2 015", 2015),
        ("二〇一五", 2015),
        ("二○四七", 2047),
        ("二零零八", 2008),
        ("二O一O", 2010),
        ("1999", None),
        ("2105", None),
        ("二十五", None),
        ("2015年", None),
        ("", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert year_number(text) == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("竹渡县2030年报", 2030),
        ("竹渡县二○四七年报", 2047),
        ("竹渡县 2 0 4 7 年报", 2047),
        ("灵政办〔2019〕48号,2020年", 2020),
        ("120201件", None),
        ("1.2020", None),
    ],
)
def test_first_year_named(text: str, year: int | None) -> None:
    assert first_year(text) == year


def test_years_in_chinese_digits_are_told_in_figures() -> None:
    assert years_in_figures("二〇一九年度和二O一五年,二〇一九号") == "2019年度和2015年,二〇一九号"


def test_a_year_is_no_group() -> None:
    assert re.compile(ANY_YEAR).groups == 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2014-03-04", date(2014, 3, 4)),
        ("(2047年3月4日)", date(2047, 3, 4)),
        ("２０１４ 年 ３ 月 ４ 日", date(2014, 3, 4)),
        ("二〇一五年十二月三十一日", date(2015, 12, 31)),
        ("二○一五年元月二日", date(2015, 1, 2)),
        ("2024-13-40", None),
        ("2014年", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_in(text) == day


def test_the_day_named_as_that_of_publication_goes_first() -> None:
    assert stated_day(["2013-03-12 来源:县政府办", "发布日期：2047-03-15 浏览次数:5"]) == "2047-03-15"
    assert stated_day(["来源:县政府办 2013年3月12日"]) == "2013年3月12"
    assert stated_day(["县政府于2013年3月12日召开会议。"]) == ""
