"""Which link texts are reports, columns and neither; and their years."""

from __future__ import annotations

import pytest

from pipeline.chinese.titles import (
    is_column_name,
    is_cut,
    is_report_title,
    may_be_report,
    read_title,
    year_of_folder,
    year_of_title,
)


@pytest.mark.parametrize(
    "title",
    [
        "某市人民政府2022年政府信息公开工作年度报告",
        "2019年某市政府信息公开年报",
        "某局 2 015 年度政府信息公开工作报告",
        "某镇二〇一五年度政府信息公开年度报告",
        "某区信息公开工作２０２１年度报告",
        "某市关于报送某市2020年度政府信息公开工作年度报告的函",
        "某局2020年政府信息公开工作年度报告（文字版、图解版）",
        "某局2016年政务信息公开年度报告",
        "某市2025年政府信息公开工作年度报告。",
        "2024年政府信息公开工作年度报告",
        "某办《2018年政府信息公开工作年度报告》",
        "某局政府信息公开2020年年度报告",
    ],
)
def test_reports(title: str) -> None:
    assert is_report_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "政府信息公开年报",
        "政府信息公开年度报告",
        "信息公开年报",
        "法定主动公开内容",
        "某市召开政府信息公开工作会议",
        "关于编制2022年政府信息公开工作年度报告的通知",
        "图解：某局2022年政府信息公开工作年度报告",
        "政府信息公开指南",
        "某局2022年第一季度政府信息公开统计季度报告",
        "某县2022年国民经济和社会发展统计公报",
        "2022年政府工作报告",
        "",
    ],
)
def test_no_reports(title: str) -> None:
    assert not is_report_title(title)


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某局 2 015 年度报告", 2015),
        ("某局２０２１年报", 2021),
        ("某镇二〇一五年度报告", 2015),
        ("二○二0年年报", 2020),
        ("2019-2020某局", 2019),
        ("某局年度报告", None),
        ("12022年", None),
        ("文号〔2050〕", None),
        ("20223年", None),
        ("某县2047年年报", 2047),
        ("某县二○四七年度报告", 2047),
    ],
)
def test_years_of_titles(title: str, year: int | None) -> None:
    assert year_of_title(title) == year


def test_a_title_that_shows_its_sounds_is_one_and_stays_as_printed() -> None:
    printed = "石谷县人口計(jì)生委2010年度政府信息公開(kāi)年度工作報(bào)告"
    title = read_title(printed)
    assert title == (printed, "石谷县人口计生委", 2010)
    assert read_title("长" * 70 + "(字)2010年政府信息公开年度报告") is None


def test_columns_folders_dates_and_cuts() -> None:
    assert is_column_name("政府信息公开年报")
    assert is_column_name("信息公开 年度报告")
    assert not is_column_name("某局2021年政府信息公开年报")
    assert [year_of_folder(text) for text in ("2022年", "2022", "2022年年报", "2022年1月", "1999")] == [
        2022,
        2022,
        2022,
        None,
        None,
    ]
    assert is_cut("某市人民政府关于2022年政府信息公…")
    assert is_cut("某市人民政府关于2022年...")
    assert not is_cut("某市人民政府2022年报")
    assert may_be_report("某市人民政府2022年政府信息公开工...")
    assert not may_be_report("某市召开政府信息公开工作会议...")
