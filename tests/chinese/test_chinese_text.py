"""Text as it is compared: simplified position by position, full width narrowed, names of places left
alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.chinese.script import simplified
from pipeline.chinese.text import compared, flatten, squeeze, without_sounds


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("２０１５年，（一）", "2015年,(一)"),
        ("政府信息公開工作年度報告", "政府信息公开工作年度报告"),
        ("屬於國家秘密", "属于国家秘密"),
        ("申請答覆數", "申请答复数"),
        ("政府資訊公開", "政府信息公开"),
        ("政务资讯", "政务资讯"),
        ("覆盖全县", "覆盖全县"),
        ("审查後", "审查后"),
        ("乾县人民政府", "乾县人民政府"),
        ("於潜镇", "於潜镇"),
        ("⑴㈡①", "(1)(二)1"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_compared(printed: str, plain: str) -> None:
    assert compared(printed) == plain


def test_positions_stay() -> None:
    text = "本年度共受理政府信息公開申請３件，答覆３件；屬於國家秘密的１件。"
    assert len(simplified(text)) == len(text)


def test_names_of_places_are_compared_as_they_are_written() -> None:
    folder = Path(pipeline.__file__).parent / "places"
    for name in ("townships.csv", "divisions.csv", "departments.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        assert simplified(text) == text


def test_white_space() -> None:
    assert squeeze(" 共　收到\n 3 件\xa0") == "共收到3件"
    assert squeeze("字 " * 3000) == "字" * 3000
    assert flatten("\u200b1 2\ufeff件") == "12件"


def test_sounds_printed_behind_characters_are_left_out_and_other_brackets_stay() -> None:
    assert without_sounds("年度報(bào)告(附件)卫（wèi）生(a)") == "年度報告(附件)卫生"
    assert without_sounds("EMS(ems)12(bis)") == "EMS(ems)12(bis)"
