"""What the text's own arithmetic proves, and who a figure is of when words that no row knows stand around it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import Prose, read_prose

BOOK = load_codebook()


def read(*texts: str, year: int = 2016, template: str = "v2014", issuer: str | None = None) -> Prose:
    paragraphs = [Paragraph(t, f"p{n}") for n, t in enumerate(texts, 1)]
    return read_prose(paragraphs, template=template, year=year, codebook=BOOK, issuer=issuer)


def sure(prose: Prose) -> dict[str, Decimal]:
    return {o.indicator: Decimal(o.resolved) for o in prose.observations if o.resolved is not None}


def test_what_came_in_and_was_left_proves_what_the_received_hold() -> None:
    prose = read(
        "收到政府信息公开申请共143件(含上年结转9件),办结147件,结转下年度5件。", year=2022, template="v2021"
    )
    proved = [o for o in prose.observations if o.resolution == "proved_by_text"]
    assert [(o.indicator, o.resolved) for o in proved] == [("application.received", 143)]
    assert "143 + 9 = 147 + 5" in proved[0].proof


def test_a_sum_that_does_not_hold_proves_nothing() -> None:
    prose = read(
        "收到政府信息公开申请共143件(含上年结转9件),办结147件,结转下年度6件。", year=2022, template="v2021"
    )
    assert "application.received" not in sure(prose)
    assert [s.status for s in prose.statements if s.value == 143] == ["doubtful"]


@pytest.mark.parametrize("whole", ["总数71条", "合计共71条"])
def test_a_whole_that_its_parts_add_up_to_is_proved(whole: str) -> None:
    text = "主动公开政府信息情况:政务动态40条,通知公告20条,人事信息11条,{}。"
    prose = read("二、主动公开情况", text.format(whole))
    proved = [o for o in prose.observations if o.resolution == "proved_by_text"]
    assert [(o.indicator, o.resolved, o.proof[-17:]) for o in proved] == [
        ("proactive.disclosed.total", 71, "11 + 20 + 40 = 71")
    ]
    against = read("二、主动公开情况", text.format(whole.replace("71", "73")))
    assert "proactive.disclosed.total" not in sure(against)


def test_handled_is_concluded_where_its_results_add_up_or_all_were_concluded() -> None:
    handled = "我局共办理政府信息公开申请9件"
    assert sure(read(f"{handled}。")) == {"application.concluded": 9}  # nothing else is said of requests
    for other in (
        "收到政府信息公开申请12件。",
        "结转下年度继续办理2件。",
        "上年结转申请2件。",
        "收到延期申请4件。",
    ):
        assert "application.concluded" not in sure(read(f"{handled}。", other))
    assert sure(read(f"{handled},均已办结。"))["application.concluded"] == 9
    assert sure(read(f"{handled},办结率100%。"))["application.concluded"] == 9
    results = read(f"{handled},其中予以公开6件,部分公开3件。", year=2022, template="v2021")
    assert sure(results)["application.concluded"] == 9


def test_a_part_is_not_the_whole_of_a_sentence_before() -> None:
    assert sure(read("主动公开政府信息260条。其中主动公开政府信息31条。"))["proactive.disclosed.total"] == 260


def test_cumulative_is_the_years_where_the_lead_names_its_days() -> None:
    lead = "本报告所列数据的统计期限自2016年1月1日起至2016年12月31日止。"
    assert sure(read(lead, "累计收到政府信息公开申请12件。")) == {"application.received": 12}
    assert sure(read("累计收到政府信息公开申请12件。")) == {}
    assert sure(read(lead, "截至年底,累计收到政府信息公开申请12件。")) == {}


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("市水务环保局公开水务环保信息35条,通过微信公众号发布水务环保信息42条。", "柏川市水务环保局"),
        ("通过书香柏川微信公众号发布信息42条。", "柏川市文化局"),
        ("局微信公众号发布信息42条。", "柏川市水利局"),
        ("柏川经济开发区管委会微信公众号发布信息42条。", "柏川经济开发区城乡工作办事处"),
    ],
)
def test_words_of_the_bodys_own_name_and_of_an_account_are_read(text: str, issuer: str) -> None:
    assert sure(read(text, issuer=issuer)) == {"proactive.channel.wechat": 42}


def test_words_of_another_field_are_not_read() -> None:
    prose = read("通过微信公众号发布水务信息42条。", issuer="柏川市教育局")
    assert sure(prose) == {}


@pytest.mark.parametrize(
    "text",
    [
        "按照《国务院办公厅关于做好公开工作的通知》要求,全年收到政府信息公开申请8件。",
        "我局在全国系统备案账号,全年收到政府信息公开申请8件。",
        "加快建设美丽柏川样板示范城市,全年收到政府信息公开申请8件。",
        "白河市政府、白河市政府办公室收到政府信息公开申请8件。",
    ],
)
def test_bodies_that_only_stand_by_speak_for_nobody(text: str) -> None:
    assert sure(read(text, issuer="白河市人民政府")) == {"application.received": 8}


def test_numbers_of_plans_and_of_endless_clauses_are_told() -> None:
    plans = read("下一步将公开信息300条。").statements
    assert [(s.value, s.status, s.reason) for s in plans] == [(300, "foreign", "plan")]
    endless = "收到" + "涉及土地的各类" * 40 + "政府信息公开申请9件。"
    assert [(s.value, s.status) for s in read(endless).statements] == [(9, "unclaimed")]


def test_of_one_case_its_result_needs_no_all_and_a_results_of_another_dispute_is_none_of_this_one() -> None:
    one = read("收到依申请公开1件,依法予以公开。", year=2022, template="v2021")
    assert sure(one) == {"application.received": 1, "application.outcome.granted": 1}
    disputes = "被申请行政复议5件,其中结果维持3件;被提起行政诉讼2件,均维持。"
    assert sure(read(f"因政府信息公开{disputes}", year=2022, template="v2021")) == {
        "reconsideration.total": 5,
        "reconsideration.upheld": 3,
        "litigation.total": 2,
    }


def test_the_years_part_of_what_all_years_gave() -> None:
    text = "截至2016年12月底,在信息公开网上公开政府信息142条,其中2016年公开56条。"
    assert sure(read(text)) == {"proactive.channel.website": 56}
    later = "2016年度新增主动公开政府信息45条。至2016年底累计公开信息230条。"
    assert sure(read(later)) == {"proactive.disclosed.total": 45}
    apart = ("截止2016年底,本局已主动公开政府信息8400条。", "2016年主动公开政府信息310条。")
    assert sure(read(*apart)) == {"proactive.disclosed.total": 310}


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("学校主动公开信息320条。", "柏川大学"),
        ("中心主动公开信息320条。", "柏川市政务服务中心"),
        ("园区主动公开信息320条。", "柏川高新技术产业园区管委会"),
    ],
)
def test_a_body_may_call_itself_by_its_kind(text: str, issuer: str) -> None:
    assert sure(read(text, issuer=issuer)) == {"proactive.disclosed.total": 320}
    assert sure(read(text, issuer="白河市教育局")) == {}


def test_requests_thousands_of_times_the_reports_other_requests_are_in_doubt() -> None:
    prose = read("2016年受理申请98410件。", "收到政府信息公开申请12件,其中当面申请5件,网络申请7件。")
    assert [s.status for s in prose.statements if s.value == 98410] == ["doubtful"]
    assert sure(prose)["application.received.in_person"] == 5


def test_a_dispute_of_another_kind_makes_the_one_beside_it_foreign() -> None:
    assert sure(read("全年发生水事纠纷复议3件、诉讼2件。")) == {}
    assert sure(read("因政府信息公开引发的复议3件、诉讼2件。")) == {
        "reconsideration.total": 3,
        "litigation.total": 2,
    }


def test_the_only_body_that_a_report_without_an_issuer_names_speaks() -> None:
    two = ("白河海事局未收到政府信息公开申请。", "白河海事局主动公开政府信息174条。")
    assert sure(read(*two)) == {"application.received": 0, "proactive.disclosed.total": 174}
    assert sure(read(two[0])) == {}
    assert sure(read(*two, "全市主动公开政府信息5120条。")) == {"proactive.disclosed.total": 5120}


def test_parts_told_one_by_one_that_add_up_leave_the_whole_sure() -> None:
    text = "全县共收到政府信息公开申请210件,其中县直部门收到150件,乡镇收到60件。"
    assert sure(read(text, issuer="白河县人民政府"))["application.received"] == 210


def test_the_rest_and_a_printed_nought_are_read() -> None:
    rest = "受理政府信息公开申请5件,其中1件申请人撤回,其余4件均予以公开。"
    assert sure(read(rest))["application.outcome.granted"] == 4
    assert sure(read("受理行政复议0件。")) == {"reconsideration.total": 0}


def test_since_2019_all_forms_count_one_year_and_an_office_of_the_body_is_the_body() -> None:
    late = read("白河市招商中心办公室累计主动公开信息82条。", year=2021, issuer="白河市招商中心")
    assert sure(late) == {"proactive.disclosed.total": 82}
    assert sure(read("累计主动公开信息82条。", year=2016)) == {}
    assert sure(read("截至年底,累计主动公开信息82条。", year=2021)) == {}


def test_whose_document_it_is_says_not_who_speaks() -> None:
    text = "发布本级政府文件9件,省政府文件30件,政策解读11条。"
    assert sure(read(text, issuer="青山镇人民政府")) == {"response.policy_interpretations": 11}


def test_what_documents_are_is_not_what_was_asked() -> None:
    text = "2016年主动公开信息286条,依申请公开12条,不予公开14条。"
    assert sure(read(text)) == {"proactive.disclosed.total": 286}


def test_a_bracket_breaks_no_clause_and_documents_of_a_government_are_no_total() -> None:
    assert sure(read("召开政务公开专题会议2次,培训各村(社区)信息员30人次。")) == {"meeting.sessions": 2}
    assert sure(read("主动公开区政府及区政府办公室文件26条。", issuer="白河区人民政府办公室")) == {}


def test_whose_wishes_a_deed_follows_says_not_who_does_it() -> None:
    text = "本局按照县政务公开办要求,主动公开信息7条。"
    assert sure(read(text, issuer="白河县信访局")) == {"proactive.disclosed.total": 7}


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("各县区教育局网站公开信息3100条。", "白河市教育局"),
        ("省政府及省直单位主动公开信息9.9万条。", "青河省人民政府"),
        ("举办校长培训班3期,培训500人。", "白河市教育局"),
    ],
)
def test_what_lower_bodies_a_part_of_them_or_other_courses_gave_is_not_claimed(
    text: str, issuer: str
) -> None:
    assert sure(read(text, issuer=issuer)) == {}


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("2023年,我局总共收到4件自然人提起的政府信息公开申请,均已办结。", [4]),
        ("2023年,我局收到7条市民通过“依申请公开平台”提交的申请,皆按时答复。", [7]),
        ("2023年,我局收到通过网络提交的政府信息公开申请4件,通过信函提交的申请2件。", []),
        ("2023年,我局收到4件自然人提起的政府信息公开申请,1件企业提起的申请。", []),
        ("2023年,我局收到政府信息公开申请9件,其中收到网上申请4件。", [9]),
    ],
)
def test_the_one_part_that_a_report_tells_is_the_whole(text: str, received: list[int]) -> None:
    def totals(template: str) -> list[Decimal]:
        prose = read("二、依申请公开情况", text, year=2023, template=template, issuer="青岚县水利局")
        found = (o for o in prose.observations if o.indicator == "application.received")
        return [Decimal(o.value) for o in found if o.value and o.applicant in (None, "total")]

    assert totals("v2008") == received
    assert totals("v2021") in ([], [9]), "beside a table a part says nothing of the whole"


def test_of_two_figures_of_one_site_in_two_paragraphs_the_greater_is_sure() -> None:
    whole, kinds = (
        "区政府门户网站主动公开政府信息6039条。",
        "通过政府网站公开政府会议、财政预决算等信息2441条。",
    )
    assert sure(read(whole, kinds))["proactive.channel.website"] == 6039
    assert sure(read(kinds, whole))["proactive.channel.website"] == 6039
    rounded = read("门户网站公开政府信息60123条。", "门户网站公开政府信息6万余条。")
    assert sure(rounded)["proactive.channel.website"] == 60000  # one figure, told twice: both stay
