"""What stands around a figure in old reports: other years beside it, lists under headings, lists typed as
lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline import read_reports
from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_sentences

BOOK = load_codebook()


def figures(*texts: str, year: int = 2012, template: str = "v2008") -> dict[str, Decimal | int | None]:
    """Indicator -> figure; None where it is ambiguous. No indicator may be stated twice."""
    paragraphs = [Paragraph(t, f"p{n}") for n, t in enumerate(texts, 1)]
    seen = read_sentences(paragraphs, template=template, year=year, codebook=BOOK)
    assert len({o.indicator for o in seen}) == len(seen), seen
    return {o.indicator: o.resolved for o in seen}


@pytest.mark.parametrize(
    "aside",
    [
        "比上年增加46件。其中,",
        "(去年同期155件)。其中,",
        ",上年为155件。从申请方式看,",
        ",与上年基本持平。其中,",
    ],
)
def test_a_figure_of_last_year_beside_it_does_not_move_the_report_to_that_year(aside: str) -> None:
    mark = "" if aside[0] in "(," else ","
    seen = figures(f"2012年收到政府信息公开申请201件{mark}{aside}当面申请45件。")
    assert seen == {"application.received": 201, "application.received.in_person": 45}


def test_what_follows_a_clause_of_last_year_stays_last_years() -> None:
    assert figures("去年收到政府信息公开申请155件,其中当面申请45件。") == {}


def test_a_sure_figure_settles_the_cumulative_one_beside_it() -> None:
    text = "截至2012年底,累计主动公开政府信息25630条"
    assert figures(f"{text},其中2012年新增6218条。") == {"proactive.disclosed.total": 6218}
    assert figures(f"{text}。") == {"proactive.disclosed.total": None}


@pytest.mark.parametrize("word", ["逾期不补正", "无正当理由逾期不补正"])
def test_a_word_that_holds_a_sign_of_rounding_is_none(word: str) -> None:
    seen = read_sentences(
        [Paragraph(f"办理申请9件,{word}的3件。", "p1")], template="v2021", year=2022, codebook=BOOK
    )
    assert [(o.resolved, o.approx) for o in seen if o.indicator.endswith("late_amendment")] == [(3, False)]


def test_items_of_a_list_stand_under_what_opened_it_and_bare_lines_are_headings() -> None:
    assert figures("1.收到政府信息公开申请5件。", "2.同意公开4件。", "3.不予公开1件。") == {
        "application.received": 5,
        "application.outcome.granted": 4,
        "application.outcome.refused": 1,
    }
    body = "答复6件,同意公开4件。"
    assert figures("依申请公开政府信息办理情况", "(二)答复情况", body)["application.outcome.granted"] == 4
    assert figures("办理建议提案情况", "(二)答复情况", body) == {}
    assert figures("存在的主要问题和打算", "收到政府信息公开申请6件。") == {}


def test_requests_of_another_kind_are_not_about_information() -> None:
    assert figures("三、依申请公开情况", "收到行政许可申请512件,办结510件。") == {}
    assert figures("七、培训情况", "参加市政府组织的培训4次,参训6人次。") == {}


def test_a_breakdown_of_the_whole_after_parts_by_body() -> None:
    seen = figures("全市共收到政府信息公开申请470件,其中市本级168件;从申请方式看,当面申请105件。")
    assert seen["application.received.in_person"] == 105


def test_what_is_joined_to_a_figure_of_others_is_theirs_too() -> None:
    assert figures("全市城管系统发生行政复议19件、行政诉讼6件。") == {}
    assert figures("全市发生行政复议19件、行政诉讼6件。") == {
        "reconsideration.total": 19,
        "litigation.total": 6,
    }


def test_applications_and_courses_of_another_kind_hand_on_their_kind() -> None:
    assert figures("三、依申请公开情况", "收到公租房申请312件,现场申请201件,网上申请111件。") == {}
    assert figures("六、机构建设", "举办安全生产培训班3期,培训人数520人。") == {}
    assert figures("六、机构建设", "举办政府信息公开培训班3期,培训人数52人。")["training.participants"] == 52
    assert figures("办理行政复议案件35件,其中纠正5件,维持30件。", year=2022) == {
        "reconsideration.total": None
    }
    assert figures("乡镇(街道)收到申请15件。") == {"application.received": None}
    assert figures("全市(含县区)收到申请15件。") == {"application.received": 15}


def test_groups_of_bodies_and_two_figures_for_one_indicator_are_in_doubt() -> None:
    groups = "各部门主动公开政府信息9803条,各区县主动公开政府信息15620条。"
    paragraphs = [Paragraph(f"市政府办公室主动公开政府信息486条,{groups}", "p1")]
    seen = read_sentences(paragraphs, template="v2008", year=2012, codebook=BOOK, issuer="衡阳市人民政府")
    assert [o.resolved for o in seen if o.state != "ambiguous"] == []
    two = read_sentences(
        [Paragraph("通过局门户网站发布信息2356条,通过市政府网站发布信息412条。", "p1")],
        template="v2008",
        year=2012,
        codebook=BOOK,
    )
    assert [(o.state, o.resolved, o.candidates) for o in two] == [
        ("ambiguous", None, (2356,)),
        ("ambiguous", None, (412,)),
    ]


def test_other_charges_are_no_fees_for_information() -> None:
    assert figures("四、收费及减免情况", "取消涉企收费23项,全年减免费用1200万元。") == {}
    assert figures("四、收费及减免情况", "依照规定收取检索、复制、邮寄等费用678元。") == {
        "fee.collected_yuan": Decimal(678)
    }
    assert figures("四、收费及减免情况", "全年减免费用16元。") == {"fee.waived_yuan": Decimal(16)}


def test_three_kinds_of_outcome_tell_of_applications_without_the_word() -> None:
    assert (
        figures("一、总体情况", "予以公开52件,部分公开6件,不予公开11件。")["application.outcome.refused"]
        == 11
    )
    assert figures("一、总体情况", "予以公开52件,不予公开11件。") == {}


def test_a_local_list_typed_as_lines() -> None:
    lines = ("申请总数:26条", "其中:1.当面申请数:4条", "(1)“信息不存在”数:3条", "实际支出(元):32000")
    assert figures(*lines[:3]) == {
        "application.received": 26,
        "application.received.in_person": 4,
        "application.outcome.refused.not_exist": 3,
    }
    assert figures("附表", "备注:26条", "说明:4条", "其他:3条") == {}
    money = figures(*lines[:2], "检索费:3元", "处理政府信息公开的实际支出(元):32000")
    assert money["institution.fund_10k_yuan"] == Decimal("3.2")


def _page(body: str, line: str = "") -> bytes:
    title = "沁阳市教育局2012年政府信息公开工作年度报告"
    words = "<p>2012年,我局坚持公开为原则,认真做好政府信息公开工作,共收到政府信息公开申请3件。</p>" * 4
    return f"<html><body><h1>{title}</h1>{line}<div class=content>{words}{body}</div></body></html>".encode()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<div>发布时间:2013-03-05 来源:教育局 浏览次数:20</div>", "2013-03-05"),
        ("<div>[ 日期:2013年3月5日 ] [ 字体:大 中 小 ]</div>", "2013-03-05"),
        ("<div><span>来源:教育局</span><span>2013/3/5</span></div>", "2013-03-05"),
        (
            "<table><tr><td>索引号:</td><td>01/2013</td><td>发布日期:</td><td>2013-03-05</td></tr></table>",
            "2013-03-05",
        ),
        ("<div>成文日期:2013-03-01</div>", None),
        ("", None),
    ],
)
def test_the_day_of_publication_stands_beside_the_article(line: str, day: str | None) -> None:
    assert [r.published_on for r in read_reports(_page("<p>2013年2月1日</p>", line))] == [day]


@pytest.mark.parametrize(
    ("head", "wanted"),
    [(("本期实际", "本年累计"), 30), (("本期", "历年累计"), 10), (("历年累计", "2012年度"), 30)],
)
def test_which_column_of_a_local_list_is_the_years(head: tuple[str, str], wanted: int) -> None:
    rows = [
        ("指标", "单位", *head),
        ("申请总数", "条", "10", "30"),
        ("行政复议数", "件", "10", "30"),
        ("行政诉讼数", "件", "10", "30"),
    ]
    table = (
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
        + "</table>"
    )
    (report,) = read_reports(_page(table))
    assert {
        o.resolved
        for o in report.observations
        if o.indicator in ("reconsideration.total", "litigation.total")
    } == {wanted}


def test_words_for_a_channel_beside_its_name_are_no_second_channel() -> None:
    for text, channel in (
        ("今年来,依托政务新媒体“云岭之声”微信公众号平台,全年发布各类信息391条。", "wechat"),
        ("市政府门户网站作为核心平台,全年累计发布信息391条。", "website"),
    ):
        assert figures("二、主动公开情况", text) == {f"proactive.channel.{channel}": 391}


def test_pieces_of_information_on_press_conferences_are_none_held() -> None:
    assert figures("主动公开信息中,新闻发布会6条。").get("response.press_conferences") is None
    assert figures("召开新闻发布会6场。")["response.press_conferences"] == 6


def test_the_body_s_own_short_word_before_its_account_names_it() -> None:
    for own in ("局", "厅", "委", "分局"):
        text = f"通过{own}微信公众号发布信息703条,{own}官网公开信息211条。"
        assert figures("二、主动公开情况", text) == {
            "proactive.channel.wechat": 703,
            "proactive.channel.website": 211,
        }
