"""Every kind of body in every kind of lead: the report is that body's, and its year the lead's. Names of
places are the gazetteer's, the bodies and sentences are ours."""

from __future__ import annotations

import itertools

from pipeline import read_reports

PERIOD = "本报告中所列数据的统计期限自2019年1月1日起至2019年12月31日止。"
LAW = "《中华人民共和国政府信息公开条例》(以下简称《条例》)"
TEXT = (
    "\n一、总体情况\n2019年,{word}认真贯彻条例要求,主动公开政府信息20条。\n二、主动公开政府信息情况\n按时公开。"
    "\n三、收到和处理政府信息公开申请情况\n收到申请3件。"
)
BODIES = {
    "云和县人民政府": ("我县", "government"), "鄂温克族自治旗人民政府": ("我旗", "government"),
    "云和县人民政府办公室": ("我办", "office"), "丽水市水利局": ("我局", "department"),
    "云和县卫生健康委员会": ("我委", "department"), "江西省交通运输厅": ("我厅", "department"),
    "云和县赤石乡人民政府": ("我乡", "township"), "云和县浮云街道办事处": ("我街道", "street"),
    "国家税务总局云和县税务局": ("我局", "tax"), "南昌海关": ("我关", "customs"), "教育部": ("我部", "department"),
    "国家邮政局": ("我局", "department"), "江西海事局": ("我局", "department"),
    "丽水经济技术开发区管理委员会": ("我委", "zone"), "丽水市生态环境局云和分局": ("我局", "branch"),
    "云山师范大学": ("我校", "university"), "云和县第二医院": ("我院", "hospital"),
    "丽水市山水投资集团有限公司": ("我公司", "firm"), "云和县机构编制委员会办公室": ("我办", "department"),
    "云和县供销合作社联合社": ("我社", "department"), "云和县档案馆": ("我馆", "department"),
    "淮安乡村振兴局": ("我局", "department"),
}  # fmt: skip
LEADS = {
    "title": "{body}2019年政府信息公开工作年度报告\n根据条例编制。",
    "title, year first": "2019年度{body}政府信息公开年度报告\n根据条例编制。",
    "title with about": "{body}关于2019年度政府信息公开工作情况的报告\n根据条例编制。",
    "title over two lines": "{body}2019年\n政府信息公开工作年度报告\n根据条例编制。",
    "title over three lines": "首页 > 信息公开 > 年报\n{body}\n2019年度政府信息公开工作\n年度报告\n",
    "odd title": "{body}2019年政府信息公开工作开展年度报告\n",
    "compiled by": f"本年报是根据{LAW}要求,由{{body}}编制的2019年度政府信息公开年度报告。",
    "compiled by, under the first heading": "",
    "made": f"根据{LAW},{{body}}编制了2019年政府信息公开工作年度报告。",
    "made from": "按照要求,{body}结合工作实际,编制本报告。",
    "now published": f"根据{LAW}的规定,现公布{{body}}2019年政府信息公开工作年度报告。",
    "now as follows": "根据条例规定,现将{body}2019年度政府信息公开工作报告如下。",
    "published in a book's marks": "按照条例的要求,现向社会公开《{body}2019年政府信息公开工作年度报告》。",
    "in Chinese digits": "现将{body}二〇一九年度政府信息公开工作情况报告如下。",
    "summed up": "按照《某办公室关于做好年度报告的通知》要求,{body}认真总结2019年政府信息公开工作,编制本报告。",
    "tells the public": "根据条例规定,{body}特向社会公布2019年政府信息公开年度报告。",
    "drawn up": "依据《条例》要求,特制作{body}2019年政府信息公开年度报告。",
    "called shortly": "根据条例,现公布{body}(以下简称本单位)2019年政府信息公开工作年度报告。",
    "published as one's own": "根据条例要求,{body}向社会公布本单位2019年度政府信息公开工作年度报告。",
    "together with": "根据条例要求,结合{body}2019年政府信息公开工作实际,编制本报告。",
    "asked by others": "{body}2019年政府信息公开年度报告\n本年报根据《条例》(以下简称《条例》)及省政府和水利部2019年度政府信息公开年度报告要求编制。",
    "contact": f"本报告根据条例要求编制。{PERIOD}如对本报告有疑问,请与{{body}}联系(地址:某路1号,邮编:323600)。",
    "contact behind a colon": f"本报告根据条例要求编制。{PERIOD}如有疑问,请联系:{{body}}(电话:0578-5120000)。",
    "contact by its label": f"根据条例编制本报告。{PERIOD}联系单位:{{body}},联系电话:0578-5120000。",
    "source line": "2019年政府信息公开工作年度报告\n发布时间:2020-01-20 来源:{body} 浏览次数:20\n",
}  # fmt: skip
UNDER_HEADING = (
    "一、总体情况\n本报告根据条例的要求,由{body}编制。"
    + PERIOD
    + "\n(一)2019年,{word}主动公开政府信息20条。\n二、主动公开政府信息情况\n按时公开。"
)


def test_every_body_in_every_lead() -> None:
    wrong = []
    for (name, lead), (body, (word, kind)) in itertools.product(LEADS.items(), BODIES.items()):
        text = (
            lead.format(body=body) + (PERIOD if PERIOD not in lead else "") + TEXT
            if lead
            else UNDER_HEADING.replace("{body}", body)
        )
        reports = read_reports(text.replace("{word}", word).encode(), media_type="text/plain")
        found = [(r.issuer, r.body_kind, r.year) for r in reports]
        if found != [(body, kind, 2019)]:
            wrong.append((name, body, found))
    assert wrong == []
