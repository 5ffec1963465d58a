"""Whose figures a report gives: only its own sentences say so."""

from __future__ import annotations

import pytest

from pipeline.places import detect_scope


@pytest.mark.parametrize(
    "text",
    [
        "本报告由市政府办公室综合各县（市、区）政府和市政府各部门的年度报告编制而成。",
        "县政府办公室汇总全县各乡镇、各部门的材料，形成本报告。",
        "报告中的数据来自全市42家编制发布年报的单位。",
        "2020年，全市各级行政机关共收到政府信息公开申请456件。",
        "全县共受理依申请公开 12 件，均已答复。",
        "根据各乡镇、各部门报送的年度报告数据汇总编制。",
        "全区主动公开政府信息6713条。",
        "全县没有因政府信息公开提起行政诉讼的情况。",
        "本年度报告涵盖各镇（街道）和区政府各部门。",
        "综合全县政府信息公开情况编制而成。",
        "由办公厅汇总自治区14个地州市、44个政府部门政府信息公开工作情况编制而成。",
    ],
)
def test_words_of_a_whole_area(text: str) -> None:
    scope = detect_scope("某市人民政府2020年政府信息公开工作年度报告", ["一、总体情况", text], "government")
    assert scope.value == "whole_area"
    assert scope.evidence in text.replace(" ", "").replace("（", "(").replace("）", ")").replace(
        "，", ","
    ).replace("。", "。")


@pytest.mark.parametrize(
    "text",
    [
        "区政府办代表区政府受理政府信息公开申请，共办结9件。",
        "以市政府或市政府办公室名义收到的申请均已答复。",
        "本机关2021年共收到政府信息公开申请7件。",
        "县政府办公室共受理政府信息公开申请3件。",
        "本报告数据仅包括市政府办公室的工作。",
    ],
)
def test_words_of_one_body(text: str) -> None:
    assert detect_scope("某市人民政府2020年报告", [text], "government").value == "own_body"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "根据《中华人民共和国政府信息公开条例》要求编制本报告。",
        "按照各级部门的要求，我市认真组织公开工作。",
        "本机关不掌握相关政府信息 0 0 0",
        "如对本报告有疑问，请与市政府办公室联系，电话 65000000。",
        "全市经济社会发展取得新成效。",
        "加强对各部门的指导培训，举办培训班2期。",
    ],
)
def test_a_government_without_such_words_is_unknown(text: str) -> None:
    assert detect_scope("某市人民政府2020年政府信息公开工作年度报告", [text], "government").value == "unknown"


def test_both_in_one_report_is_unknown_and_says_so() -> None:
    texts = ["全区共收到申请120件。", "区政府办公室共受理政府信息公开申请30件。"]
    scope = detect_scope(None, texts, "government")
    assert scope.value == "unknown"
    assert "120" in scope.evidence
    assert "30" in scope.evidence


@pytest.mark.parametrize("kind", ["department", "office", "township"])
def test_lower_bodies_speak_for_themselves(kind: str) -> None:
    assert (
        detect_scope("某市林业局2020年报告", ["2020年，全市共受理林权申请12件。"], kind).value == "own_body"
    )


def test_a_body_that_reports_for_its_whole_branch_does_not_report_for_itself_alone() -> None:
    text = "梳理2020年度海关系统政府信息公开工作情况编制而成。"
    assert detect_scope("海关2020年报告", [text], "department").value == "unknown"
    for other in ("通过政府信息公开系统政府信息公开情况如下。", "依申请公开系统政府信息公开情况公布。"):
        assert detect_scope("海关2020年报告", [other], "department").value == "own_body"


def test_sounds_printed_behind_characters_hide_no_scope() -> None:
    text = "根據2008年度全省11個(gè)設(shè)區(qū)市和61個(gè)部門政府信息公開年度報(bào)告編制。"
    assert detect_scope("某省2008年报告", [text], "government").value == "whole_area"


def test_an_office_that_consolidates_covers_the_area() -> None:
    text = "市政府办公室综合各县区政府、市政府各部门年度报告编制。"
    assert detect_scope("市人民政府办公室2025年报告", [text], "office").value == "whole_area"
    assert detect_scope("市教育局2025年报告", [text], "department").value == "unknown"
