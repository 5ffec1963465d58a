"""One measure of how alike two labels are."""

from __future__ import annotations

from pipeline.chinese.resemblance import Edit, likeness, most_alike, slips


def test_likeness() -> None:
    assert likeness("不予公开", "不予公开") == 100
    assert likeness("不予公开", "予以公开") == 75
    assert likeness("维持", "其他") == 0


def test_most_alike_first() -> None:
    found = most_alike("其他法律行政止公开", ["其他法律行政法规禁止公开", "不予公开", "部分公开"], 70)
    assert [choice for choice, _ in found] == ["其他法律行政法规禁止公开"]
    assert most_alike("其他", ["维持"], 50) == []
    assert most_alike("不予公开", {"予以公开": ""}, 70) == [("予以公开", 75.0)]


def test_slips() -> None:
    assert slips("行政复议", "行政复仪", 1) == (Edit("议", "仪"),)
    assert slips("行政复议", "行政议", 1) == (Edit("复", ""),)
    assert slips("行政复议", "行政诉讼", 1) is None
    assert slips("行政复议", "行政复议", 0) == ()
