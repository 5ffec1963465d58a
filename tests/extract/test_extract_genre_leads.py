"""Pages whose title is lost: a report is one where its lead or its first heading says so."""

from __future__ import annotations

import pytest

from pipeline import read_reports

MATTER = "依照《中华人民共和国政府信息公开条例》,我局做好政府信息公开工作。"


def read(text: str) -> list[tuple[int | None, str | None]]:
    return [(r.year, r.issuer) for r in read_reports(text.encode(), source_url="page.txt")]


@pytest.mark.parametrize(
    "text",
    [
        f"一、总体情况\n2020年,{MATTER}全年主动公开政府信息37条。",
        f"{MATTER}虚谷县教育局编制了本报告。\n机构有专职人员2名。",
        "本報告根據《中華人民共和國政府信息公開條例》編制,所列數據自2015年1月1日起,至2015年12月31日止。",
        "虚谷县开发区2019年,在县委领导下,现公布虚谷县开发区(以下简称开发区)2019年政府信息公开工作年度报告。一、总体情况2019年,开发区做好工作。(一)组织领导。",
        "- 政策解读\n- 经济发展\n|\n根据条例要求,虚谷县教育局编制了《虚谷县教育局2011年政府信息公开工作年度报告》。\n一、概述\n按时公开。",
        "一、概述\n2018年,虚谷县推进政务公开工作,提升公开质量。\n(一)推进\n印发政务公开工作要点的通知,公开会议3次。",
        "(一)公开的主要内容\n2019年,虚谷县教育局主动公开政府信息37条。\n(二)公开形式\n网站公开。",
        "首页 |\n|\n虚谷县教育局2019年政府信息公開年度報(bào)告\n根据条例,按时公开各类信息,按时答复申请。\n一、概述",
        "名称 | 虚谷县教育局2019年政府信息公开工作年度报告 | 日期 | 2020年 |\n---|---|---|---|\n2019年,主动公开政府信息37条,收到申请3件,已答复。",
        "2011年虚谷县卫生局政府信息公开年报 一、引言 本年报由虚谷县卫生局编制,包括政府信息主动公开情况。",
    ],
    ids=[
        "first heading of the form",
        "a text that calls itself compiled",
        "traditional characters",
        "one line without a period",
        "below a menu",
        "within the older form",
        "within a section",
        "links set as a table before the title, which shows sounds",
        "a card that gives the title",
        "one line",
    ],
)
def test_a_report_without_a_title_line_is_one(text: str) -> None:
    assert len(read(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "網站首頁 | 登錄\n\n國務院辦公廳關(guān)于印發(fā)《政府信息公開工作年度報告格式》的通知\n\n時間:2021-09-29\n\n"
        "各省人民政府辦公廳:\n\n現(xiàn)將修訂后的《政府信息公開工作年度報告格式》印發(fā)給你們,請執(zhí)行。",
        "虚谷日报网5月3日电 全省清理出政府信息4711条。\n据虚谷省2009年度政府信息公开工作年度报告透露,主动公开信息数4100条。",
        "其他\n索引号\n550000\n文号\n云政办函〔2014〕6号\n来源\n虚谷省人民政府办公厅\n公开日期\n2014-01-15\n\n"
        "虚谷省人民政府办公厅关于做好2013年\n政府信息公开工作年度报告编制工作的通知\n\n各市、县:\n\n"
        "各级机关应当按时公布本机关的政府信息公开工作年度报告。\n一、编制内容\n(一)概述。\n二、编制要求\n按时报送。",
        "(一)公开内容\n机构职能,办事指南。\n(二)公开形式\n网站公开,每月更新。\n(三)公开时限\n20个工作日。",
        f"为做好统计,制定本制度。\n一、总体情况\n{MATTER}\n二、主动公开\n每月5日前报送,共12次。",
    ],
    ids=[
        "a notice with printed sounds",
        "news by its dateline",
        "a notice over two lines",
        "a guide",
        "rules",
    ],
)
def test_a_notice_news_or_rules_are_none(text: str) -> None:
    assert read(text) == []


FIGURES = "全县共主动公开政府信息4100条,收到政府信息公开申请98件。"


@pytest.mark.parametrize(
    "text",
    [
        "各乡镇:\n根据条例,现就做好2019年政府信息公开工作年度报告编制工作有关事项通知如下:\n一、总体要求\n包括总体情况、主动公开。\n二、时间\n按时。",
        f"虚谷县政府信息公开工作年度报告出炉\n来源:虚谷晚报\n{FIGURES}",
        f"虚谷县教育局2019年第四季度政务公开工作自查报告\n一、基本情况\n{FIGURES}\n二、存在问题\n不足。",
        f"关于政府信息公开工作的自查报告\n县政府办公室:\n现将情况报告如下:\n一、基本情况\n{FIGURES}\n二、问题\n不足。",
        f"虚谷县教育局2019年第三季度政府信息公开工作报告\n一、主动公开情况\n{FIGURES}\n二、依申请公开\n无。",
        f"2019年虚谷县政府工作报告\n一、2018年工作回顾\n{FIGURES}\n二、2019年安排\n继续。",
        f"虚谷县2019年法治政府建设年度报告\n一、主要举措\n{FIGURES}\n二、存在不足\n有。",
        "中华人民共和国政府信息公开工作年度报告格式\n一、总体情况\n(概述)\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况",
        "某局2019年政府信息公开工作年度报告(模板)\n一、总体情况\n主动公开信息若干条。\n二、主动公开政府信息情况\n填写。",
        f"一图读懂虚谷县2019年政府信息公开工作年度报告\n一、总体情况\n{FIGURES}\n二、展望\n继续。",
        f"页面\n首页 > 公告\n虚谷市推进政务公开工作五年来的总体评价报告\n来源:领导小组办公室\n现将评估情况报告如下。\n一、评估概况\n{FIGURES}\n二、结果\n较好。",
        "虚谷县政务公开服务采购公告\n一、项目概况\n编制2019年政府信息公开年度报告,预算20万元。\n二、投标要求\n略。",
    ],
)  # fmt: skip
def test_what_tempts_is_no_report(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "title",
    [
        "虚谷县教育评估中心2019年政府信息公开工作年度报告",
        "虚谷县教育局2019年政府信息公开工作年度报告(图解版)",
        "虚谷县法治办2019年政府信息公开工作年度报告",
        "虚谷县审计局关于2019年度政府信息公开工作的报告",
        "虚谷县2008年下半年以来政府信息公开工作年度报告",
    ],
)
def test_a_word_of_another_kind_in_a_title_hides_no_report(title: str) -> None:
    assert (
        len(read(f"{title}\n一、总体情况\n请各界监督,受理申请组织答复。{FIGURES}\n二、主动公开\n按时公开。"))
        == 1
    )


def test_a_plan_that_is_named_gives_no_year() -> None:
    text = "一、总体情况\n县教育局落实《2019年政务公开工作要点》和《政府信息公开条例》。2020年主动公开政府信息511条。"
    assert [year for year, _ in read(text)] == [2020]


def test_the_words_land_and_countryside_are_no_township() -> None:
    text = f"一、总体情况\n2025年,{MATTER}公开信息6条,其中国土资源城乡建设环保类信息2条。"
    assert [issuer for _, issuer in read(text)] == [None]


def test_two_bodies_in_a_contact_line_are_not_one() -> None:
    text = "2012年政府信息公开工作年度报告\n本报告由本署编制。联系方式:研究与支持中心和虚谷大学法学院,电话12345。\n一、概述\n公开信息5条。"
    assert "虚谷大学法学院" not in str(read(text))


def test_the_sounds_of_characters_are_no_part_of_a_name() -> None:
    text = f"虚谷县卫(wèi)生健康局2020年政府信息公开工作年度报告\n一、总体情况\n{MATTER}公开信息5条。"
    assert read(text) == [(2020, "虚谷县卫生健康局")]
