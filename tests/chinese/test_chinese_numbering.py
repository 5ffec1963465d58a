"""Numbers before parts, rows and items."""

from __future__ import annotations

import re

import pytest

from pipeline.chinese import numbering
from pipeline.chinese.labels import normalise_label


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("一、本年新收政府信息公开申请数量", 1, "本年新收政府信息公开申请数量"),
        ("（三）不予公开", 3, "不予公开"),
        ("(十二)其他", 12, "其他"),
        ("1．属于国家秘密", 1, "属于国家秘密"),
        ("二.上年结转", 2, "上年结转"),
        ("①信函申请", 1, "信函申请"),
        ("其中：网上申请", None, "网上申请"),
        ("（一）1.其中：当面", 1, "当面"),
        ("不予公开", None, "不予公开"),
        ("3.5", None, "3.5"),
        ("2015年度", None, "2015年度"),
        ("一般情况", None, "一般情况"),
    ],
)
def test_labels(text: str, number: int | None, rest: str) -> None:
    assert numbering.without_number(text) == rest
    if text[0] not in "①3":
        assert numbering.number_of(text) == number
    assert numbering.is_numbered(text) == (number is not None and text[1] != ".")


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("三、收到和处理政府信息公开申请情况", (3, "收到和处理政府信息公开申请情况")),
        (" 十一 . 附表：", (11, "附表")),
        ("三、情况良好。另有两件。", None),
        ("（三）情况", None),
        ("3、情况", None),
        ("一" * 70, None),
    ],
)
def test_sections(text: str, section: tuple[int, str] | None) -> None:
    assert numbering.section_of(text) == section


def test_fragments_are_set_into_patterns_without_moving_their_groups() -> None:
    names = ("NUMERAL", "CHAPTER", "CHAPTER_LOOSE", "BRACKETED", "HALF_BRACKETED", "ARABIC", "CIRCLED")
    for name in (*names, "PART", "ARTICLE", "ITEM", "BULLET", "LIST_ITEM"):
        fragment = getattr(numbering, name)
        assert re.compile(f"(?:{fragment})").groups == 0
    assert re.match(numbering.LIST_ITEM, "3)其他")
    assert re.match(numbering.LIST_ITEM, "·其他")


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("（三）不予公开", "不予公开"),
        ("其中：涉及國家秘密", "涉及国家秘密"),
        ("收费金额（单位：万元）", "收费金额"),
        ("申请答复数(件)", "申请答复"),
        ("“其它”处理", "其他处理"),
        ("件数", "件数"),
        ("", ""),
    ],
)
def test_normal_labels(printed: str, label: str) -> None:
    assert normalise_label(printed) == label
