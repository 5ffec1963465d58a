"""Whose report a text is, from its bytes: leads, titles over lines, header lines, contacts; and what never
makes a government. The sentences are ours; their constructions were seen on real pages."""

from __future__ import annotations

import pytest

from pipeline import read_reports
from pipeline.places import Evidence, identify
from pipeline.reading.whole import read_whole
from pipeline.report import Report

PERIOD = "本报告中所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
BODY = "一、总体情况\n2023年,主动公开政府信息20条,收到政府信息公开申请3件。\n二、主动公开政府信息情况\n按时公开。"


def one(text: str) -> Report:
    (report,) = read_reports(text.encode(), media_type="text/plain")
    return report


@pytest.mark.parametrize(
    ("head", "issuer", "kind"),
    [
        (f"本年度报告由丽水市云和县水利局根据《丽水市人民政府办公室关于编报年度报告的通知》编制而成。{PERIOD}", "丽水市云和县水利局", "department"),
        (f"本报告是根据条例要求,由白河县人民政府城关街道办事处编制的2023年度政府信息公开年度报告。{PERIOD}", "白河县人民政府城关街道办事处", "street"),
        (f"根据条例规定,现公布国家税务总局丽水市云和县税务局2023年政府信息公开工作年度报告。{PERIOD}", "国家税务总局丽水市云和县税务局", "tax"),
        (f"根据条例要求编制而成。{PERIOD}如有疑问,请与云和县水利局办公室联系。", "云和县水利局", "department"),
        (f"{PERIOD}如有疑问,请联系云和县赤石街道办事处(电话:0578-5120000)。", "云和县赤石街道办事处", "street"),
        (f"根据条例要求,闽侯县财政局编制了本报告。{PERIOD}", "闽侯县财政局", "department"),
        (f"现发布《银川市兴庆区司法局2023年政府信息公开工作年度报告》。{PERIOD}", "银川市兴庆区司法局", "department"),
        (f"现公布区卫生健康局2023年政府信息公开工作年度报告。{PERIOD}可与同安区卫生健康局联系(地址:同安区某镇)。", "同安区卫生健康局", "department"),
        (f"由福州保税区管委会办公室编制。{PERIOD}", "福州保税区管委会", "zone"),
        (f"编制我区2023年度政府信息公开年度报告。{PERIOD}请与昌江区人民政府办公室联系(地址:某路1号)。", "昌江区人民政府", "government"),
        (f"综合各县(市、区)政府和市级各部门的年度报告编制而成。{PERIOD}请与丽水市人民政府办公室联系。", "丽水市人民政府", "government"),
        (f"全面总结湖口县2023年度政府信息公开工作情况,现编制本年度报告。{PERIOD}", "湖口县人民政府", "government"),
        (f"现公布新河县人民政府2023年政府信息公开工作年度报告。{PERIOD}", "新河县人民政府", "government"),
        (f"现将将乐县2023年政府信息公开工作年度报告公布如下。{PERIOD}", "将乐县人民政府", "government"),
        (f"向社会公布共和县水利局2023年政府信息公开工作年度报告。{PERIOD}", "共和县水利局", "department"),
        ("白河县人民政府办公室\n2023年政府信息公开工作年度报告\n根据条例编制。", "白河县人民政府办公室", "office"),
        ("县水利局2023年政府信息公开\n工作年度报告\n云和县水利局按时公开。请与云和县水利局联系。", "云和县水利局", "department"),
        ("首页 站点地图\n河北省财政厅\n2023年政府信息公开工作年度报告\n", "河北省财政厅", "department"),
        ("青州海关关区2023年政府信息公开工作年度报告\n", "青州海关", "customs"),
        ("磐石市机构编制委员会办公室2023年政府信息公开工作年度报告\n本报告由磐石市机构编制委员会办公室编制。", "磐石市机构编制委员会办公室", "department"),
        ("标题: 云和县水利局2023年度政府信息公开工作年度报告\n发布时间: 2024-03-08 15:34\n发布机构: 云和县人民政府\n", "云和县水利局", "department"),
        ("福建省永春综合实验区管理委员会2023年度政府信息公开工作年度报告\n", "福建省永春综合实验区管理委员会", "zone"),
        ("永春综合实验区管委会办公室2023年度政府信息公开工作年度报告\n", "永春综合实验区管委会办公室", "zone_office"),
        ("平潭综合实验区2023年度政府信息公开工作年度报告\n", "平潭综合实验区管委会", "governing_zone"),
        ("海关总署2023年海关信息公开工作年度报告\n请与海关总署办公厅联系(地址:北京市东城区某街6号)。", "海关总署", "department"),
        (f"云和县水利局(县移民工作局)\n2023年政府信息公开工作年度报告\n现向社会公开云和县水利局2023年政府信息公开年度报告。{PERIOD}", "云和县水利局(县移民工作局)", "department"),
        (f"县北湖办2023年政府信息公开工作年度报告\n由云和县北湖流域保护管理办公室(以下简称县北湖办)编制。{PERIOD}", "云和县北湖流域保护管理办公室", "department"),
        (f"本报告由国家机关事务管理局根据《年度报告格式》的要求编制而成。{PERIOD}", "国家机关事务管理局", "department"),
        (f"2022-2023学年信息公开工作年度报告\n本报告在云山师范大学2022-2023学年信息公开工作的基础上编制。{PERIOD}", "云山师范大学", "university"),
        (f"按照办法要求,云山师范大学学校办公室结合学校2023年工作情况,编制发布本报告。{PERIOD}", "云山师范大学", "university"),
        (f"本报告在2023年各县政府、市直有关部门政府信息公开年度报告基础上,由丽水市人民政府办公室编制。{PERIOD}", "丽水市人民政府", "government"),
        (f"现公开浙江云和经济开发区信息公开2023年度报告。{PERIOD}", "浙江云和经济开发区", "zone"),
        (f"根据条例规定,丽水市人民政府办公室编制了《丽水市2023年政府信息公开工作年度报告》。{PERIOD}", "丽水市人民政府", "government"),
        (f"本报告由丽水市政府信息公开办综合各县(市、区)及市政府各部门、各委、办、局2023年政府信息公开工作报告编制。{PERIOD}\n丽水市2023年政府信息公开工作年度报告", "丽水市人民政府", "government"),
        ("标   题 县政府办2023年度政府信息公开工作年度报告\n发布机构 县政府办公室\n县政府办2023年度政府信息公开工作年度报告\n云和县人民政府办公室按时公开。", "云和县人民政府办公室", "office"),
        (f"本报告的电子版可从梅州市公安局网站“政府信息公开年报”栏目下载。{PERIOD}请与我局联系。", "梅州市公安局", "department"),
        ("周至县青石管委会2023年政府信息公开工作年度报告\n", "周至县青石管委会", "zone"),
        (f"云和縣水利局2023年政府信息公開年度報(bào)告\n根据条例编制。{PERIOD}", "云和县水利局", "department"),
        (f"根據(jù)條例規(guī)定,現(xiàn)公布閩侯縣水利局2023年政府資訊公開工作年度報(bào)告。{PERIOD}", "闽侯县水利局", "department"),
        (f"由云和县政务公开和政府信息公开领导小组办公室编制。2023年度云和县政府信息公开年度报告全文如下。{PERIOD}", "云和县人民政府", "government"),
        (f"2023年,云和县卫生健康委员会以习近平新时代思想为指引。{PERIOD}\n", "云和县卫生健康委员会", "department"),
        (f"2023年,在县委的正确领导下,云和县水利局认真公开。{PERIOD}我局现将2023年度政府信息公开工作报告如下。", "云和县水利局", "department"),
        (f"2023年度政府信息公开工作年度报告(云山海关)\n根据条例编制。{PERIOD}", "云山海关", "customs"),
        (f"由丽水市政府办公厅信息公开工作办公室编制。2023年度丽水市政府办公厅信息公开年度报告全文如下。{PERIOD}", "丽水市政府办公厅", "office"),
        (f"现将云和县赤石街道办事处2023年度政府信息工作年度报告予以公开。{PERIOD}请联系赤石街道办事处综合办公室(地址:云和县某路39号赤石街道办事处2楼,电话:0578-5120000)。", "云和县赤石街道办事处", "street"),
        (f"丽水市2023年政府信息公开工作年度报告\n报告由概述,主动公开情况,需要说明的其他事项与附表等七个部分组成。{PERIOD}", "丽水市人民政府", "government"),
        ("现编制2023至2024学年云山师范大学信息公开工作年度报告。", "云山师范大学", "university"),
        ("结合2023-2024学年云山学院工作实际,云山学院院长办公室编制了信息公开工作年度报告。统计数据的时间为2023年9月1日至2024年8月31日。", "云山学院", "university"),
        (f"{PERIOD}如有疑问,请与云和县赤石乡人民政府办公室联系。", "云和县赤石乡人民政府", "township"),
        (f"{PERIOD}请与云和县人民政府办公室联系。\n一、总体情况\n2023年,我县认真落实条例。", "云和县人民政府", "government"),
        (f"现把丽水市水利局2023年度政府信息公开工作情况报告如下。{PERIOD}我局认真公开。", "丽水市水利局", "department"),
        (f"{PERIOD}请与云和县数字化发展局联系。\n一、总体情况\n2023年云和县坚持公开透明,全县公开工作有序。", "云和县人民政府", "government"),
        (f"丽水经济技术开发区党政办公室2023年政府信息公开工作年度报告\n现将丽水经济技术开发区党政办公室(以下简称办公室2023年度信息公开工作报告如下。{PERIOD}", "丽水经济技术开发区党政办公室", "zone_office"),
        (f"{PERIOD}请与丽水经济技术开发区管委会办公室联系。\n一、总体情况\n我委认真落实条例。", "丽水经济技术开发区管委会", "zone"),
    ],
)  # fmt: skip
def test_who_speaks(head: str, issuer: str, kind: str) -> None:
    report = one(f"{head}\n{BODY}")
    assert (report.issuer, report.body_kind, report.year) == (issuer, kind, 2023)


@pytest.mark.parametrize(
    ("head", "text", "issuer", "kind"),
    [
        (f"由洛阳市政府办公室编制。{PERIOD}", "2023年,洛阳市认真贯彻条例。", "洛阳市人民政府", "government"),
        (f"由云和县人民政府办公室编制。{PERIOD}", "2023年,县政府继续做好公开工作。", "云和县人民政府", "government"),
        (f"由云和县人民政府办公室编制。{PERIOD}", "2023年,云和县人民政府办公室认真公开。", "云和县人民政府办公室", "office"),
        (f"由云和县人民政府办公室编制。{PERIOD}", "2023年,按时公开。", None, "unknown"),
        (f"由云和县人民政府办公室编制。{PERIOD}", "2023年,我县认真公开。", "云和县人民政府", "government"),
        (f"{PERIOD}请联系云和县政府政务服务中心(地址:某路1号)。", "2023年,云和县人民政府认真公开。", "云和县人民政府", "government"),
        (f"{PERIOD}请与云和县人民政府信息管理办公室联系。", "2023年,按时公开。", None, "unknown"),
        ("", "根据条例,现将丽水市莲都区白云街道2023年政府信息公开工作年度报告予以公开。", "丽水市莲都区白云街道办事处", "street"),
        ("", "根据条例,现公布莫旗司法局2023年政府信息公开工作年度报告。", "莫旗司法局", "department"),
        (f"{PERIOD}请与云和县水利局政务公开工作领导小组办公室联系。", "2023年,我局认真公开。", "云和县水利局", "department"),
        (f"{PERIOD}请与云和县水利局单位办公室联系。", "2023年,我局认真公开。", "云和县水利局", "department"),
        (f"{PERIOD}请与丽水市莲都区白云街道政务公开领导小组联系。", "2023年,街道认真公开。", "丽水市莲都区白云街道办事处", "street"),
        (f"{PERIOD}请与云和县人民政府政务公开领导小组办公室联系。", "2023年,按时公开。", None, "unknown"),
        (f"{PERIOD}请与云和县人民政府办公室联系。", "2023年,县政府办公室认真公开。", "云和县人民政府办公室", "office"),
        (f"{PERIOD}请与云和县人民政府办公室联系。", "2023年,县政府办公室认真公开,我县有序推进。", None, "unknown"),
        (f"{PERIOD}请与云和县人民政府办公室联系。", "我县认真公开,我局收到申请3件。", None, "unknown"),
        ("", "2023年,水利部主动公开信息8条。水利部收到申请3件。", "水利部", "department"),
        ("", "2023年,我局认真公开,制定了《云和县水利局信息发布制度》和《云和县人民政府办公室公文办法》。", "云和县水利局", "department"),
        ("", "2023年,我局认真公开,转发了《云和县水利局信息发布制度》,我局印发《云和县卫生健康委员会制度》。", None, "unknown"),
        ("", "据云山大学统计,发挥中国海关网站作用,按时公开。", None, "unknown"),
        ("", "2023年,县司法局认真公开,我局收到申请3件。", "县司法局", "department"),
        ("", "2023年,县公安局公布信息8条,县政府公布信息9条。", None, "unknown"),
    ],
)  # fmt: skip
def test_who_acts_in_the_text_decides_between_an_office_and_its_government(
    head: str, text: str, issuer: str | None, kind: str
) -> None:
    report = one(
        f"{head}\n一、总体情况\n{text}\n{BODY.split(chr(10), 1)[1]}\n三、收到和处理政府信息公开申请情况\n无。"
    )
    assert (report.issuer, report.body_kind) == (issuer, kind)


def test_the_name_of_a_column_above_a_guide_makes_no_report() -> None:
    page = "政府信息公开年报\n依申请公开\n云和县人民政府信息公开指南(2024年)\n一、公开范围\n县政府公开信息20条。\n二、方式\n网站。"
    assert read_reports(page.encode(), media_type="text/plain") == []


def test_a_second_name_in_brackets_makes_no_second_body() -> None:
    ids = {
        identify(Evidence(title=f"{name}2023年政府信息公开工作年度报告", year=2023)).body_id
        for name in ("云和县水利局(县移民工作局)", "云和县水利局")
    }
    assert len(ids) == 1


def test_the_year_of_a_yearly_report_that_says_it_before_its_ground() -> None:
    report = one(
        "2009年年报根据条例编制,由概述等部分组成。\n一、概述\n各级重视。\n二、主动公开政府信息情况\n公开信息20条。"
    )
    assert report.year == 2009


def test_the_year_that_a_notice_asked_for() -> None:
    head = "根据《关于做好2011年度政府信息公开工作年度报告编制工作的通知》(云府明[2012]14号)精神,现对我局工作进行汇报:"
    assert (
        one(
            f"{head}\n一、概述\n一是加强领导,主动公开信息20条。\n二、主动公开政府信息情况\n2009年起公开。"
        ).year
        == 2011
    )


@pytest.mark.parametrize(
    "head",
    [
        f"本报告向社会公开2023年度镇政府信息公开年度报告。{PERIOD}我镇按时公开。",
        f"根据条例要求,编制本局2023年度政府信息公开年度报告。{PERIOD}全县公开有序,我县重视,全县推进。",
        f"现将我县2023年政府信息公开工作情况报告如下。{PERIOD}",
        f"{PERIOD}本局由县委、县政府领导。全县推进,我县落实,云和县公开,云和县解读,云和县回应。",
        f"现公布2017年度梅州市公安局政府信息公开年度报告,内容涵盖梅州市公安局梅县区分局2023年1月1日至12月31日期间的情况。{PERIOD}",
        f"{PERIOD}本报告可在云和县人民政府门户网站下载。我局按时公开。",
        f"{PERIOD}配合云和县财政局编制2023年部门预算,云和县人民政府办公室编制政府信息公开指南。我局按时公开。",
        f"{PERIOD}云和县人民政府向社会公布2023年重点工作,云和县财政局编制《2023年预算》。我局按时公开。",
    ],
)
def test_what_nobody_says_stays_open(head: str) -> None:
    report = one(f"{head}\n{BODY}")
    assert (report.issuer, report.body_id, report.body_kind) == (None, None, "unknown")


@pytest.mark.parametrize(
    "head",
    [
        "云和县人民政府-2023年政府信息公开工作年度报告",
        "云和县2023年政府信息公开工作年度报告",
        "发布机构:云和县人民政府 发布日期:2024-01-20\n2023年政府信息公开工作年度报告",
        "来源:云和县人民政府办公室\n2023年政府信息公开工作年度报告",
        "请与云和县政务公开办公室联系。\n2023年政府信息公开工作年度报告",
    ],
)
@pytest.mark.parametrize(
    ("body", "word"),
    [("云和县水利局", "我局"), ("云和县赤石乡人民政府", "我乡"), ("国家税务总局云和县税务局", "我局"), ("云和县第二医院", "我院")],
)  # fmt: skip
def test_a_site_s_title_promotes_nobody_below_it(head: str, body: str, word: str) -> None:
    tail = "收到政府信息公开申请3件。全县重视,我县推进。\n二、主动公开政府信息情况\n按时公开。"
    assert one(f"{head}\n{PERIOD}\n一、总体情况\n{word}认真公开,{tail}").issuer is None
    assert one(f"{head}\n{PERIOD}\n一、总体情况\n{body}认真公开。{word}{tail}").issuer == body


def test_a_government_whose_report_quotes_a_bureau_stays_one() -> None:
    head = f"云和县人民政府2023年政府信息公开工作年度报告\n请与云和县人民政府办公室联系。{PERIOD}"
    assert (
        one(f"{head}\n一、总体情况\n按照“我局办件清楚”的要求公开。\n二、主动公开\n无。").issuer
        == "云和县人民政府"
    )


def test_what_contradicts_is_named_with_its_evidence() -> None:
    body = identify(
        Evidence(title="云和县2023年政府信息公开工作年度报告", year=2023, issuer_texts=("云和县水利局",))
    )
    assert body.issuer is None
    assert body.division_code == "331125"
    assert "title: 云和县2023年" in body.evidence
    assert "issuer text: 云和县水利局" in body.evidence


def test_the_keeper_of_a_government_s_disclosure_is_not_its_body() -> None:
    title = "云和县2023年政府信息公开工作年度报告"
    body = identify(Evidence(title=title, year=2023, issuer_texts=("云和县政务服务数据管理局",)))
    assert (body.issuer, body.kind) == ("云和县人民政府", "government")


def test_a_body_keeps_its_key_through_its_names_and_shares_it_with_none() -> None:
    tail = "年政府信息公开工作年度报告"
    names = {
        ("洪泽县人民政府", 2015): "320813:government",
        ("淮安市洪泽区人民政府", 2020): "320813:government",
        ("平潭综合实验区", 2011): "zone:平潭综合实验区",
        ("平潭综合实验区管委会", 2020): "zone:平潭综合实验区",
        ("平潭县人民政府", 2011): "350128:government",
        ("平潭综合实验区地方税务局", 2013): "zone:平潭综合实验区:tax:地方税务",
        ("永春综合实验区", 2020): "350525:zone:综合实验区",
        ("福建省永春综合实验区管委会办公室", 2020): "350525:zone:综合实验区:zone_office:办公室",
        ("磐石市政务服务中心", 2020): "220284:department:政务服务",
    }
    for (name, year), key in names.items():
        assert identify(Evidence(title=f"{name}{year}{tail}", year=year)).body_id == key
    for name in ("高新技术产业开发区管委会", "太平镇", "朝阳区人民政府"):
        assert identify(Evidence(title=f"{name}2015{tail}", year=2015)).body_id is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("青河省人民政府办公厅政府信息公开年度报告制度(试行)\n第一条 为提高质量,制定本制度。\n第二条 报告包括概述;主动公开政府信息情况。", "a regulation"),
        ("政府信息公开制度考察——基于120份政府信息公开工作年度报告\n【摘要】主动公开已成为首要机制。\n自施行以来,各级机关公布了大量报告。", "an article"),
        ("关于2014年政府信息公开工作要点落实情况的函\n省政府办公厅:\n一、公开情况\n全县共主动公开政府信息4100条。\n二、申请\n共受理申请98件。", "a letter"),
        ("2018年我省受理政府信息公开申请数量大幅增长,全省全年受理申请9428件,较上年增长26%。(记者 王某)", "news"),
        ("关于做好2023年政府信息公开年度报告编制工作的通知\n各乡镇:\n一、总体要求\n按时报送,收到申请3件的如实填报。", "a notice"),
    ],
)  # fmt: skip
def test_what_is_no_report_says_why(text: str, said: str) -> None:
    document, reports = read_whole(text.encode(), media_type="text/plain")
    assert reports == ()
    assert said in document.detail


def test_the_year_of_the_lead_comes_before_a_clause_of_the_law() -> None:
    report = one(
        "引言\n本年度报告是根据条例要求,由白河县国土局编制的2017年度政府信息公开工作报告。\n一、概述\n"
        "根据《条例》要求,2008年5月1日起我局开始公开。\n二、主动公开\n本局主动公开政府信息140条。"
    )
    assert (report.year, report.issuer) == (2017, "白河县国土局")


def test_days_in_brackets_and_header_lines() -> None:
    assert (
        one(f"青石镇人民政府2013年政府信息公开工作年度报告\n(2014年3月4日)\n{BODY}").published_on
        == "2014-03-04"
    )
    headed = one(
        f"标题: 云和县2023年度政府信息公开工作年度报告\n发布时间: 2024-03-08 15:34\n==== 正文 ====\n{BODY}"
    )
    assert (headed.issuer, headed.published_on) == ("云和县人民政府", "2024-03-08")


def test_a_form_older_than_itself_is_a_finding() -> None:
    table = "第二十条第(一)项 | |||\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n规章 | 0 | 0 | 0 |\n行政规范性文件 | 0 | 0 | 7 |"
    report = one(
        f"云和县公安局2016年政府信息公开工作年度报告\n一、总体情况\n按时公开。\n二、主动公开政府信息情况\n{table}"
    )
    assert "meta.form_older_than_itself" in {f.rule for f in report.findings}
