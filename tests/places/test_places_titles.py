"""Titles as pages print them: year first, sites beside, brackets, branches, zones, short forms."""

from __future__ import annotations

import pytest

from pipeline.places import Evidence, detect_scope, identify, normalise_department

TAIL = "政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("title", "year", "issuer", "kind", "code"),
    [
        ("2014年度上饶市广丰县政府信息公开年报", 2014, "上饶市广丰县人民政府", "government", "361122"),
        ("磐石市2018年政府信息公开年报_磐石市人民政府门户网站", 2018, "磐石市人民政府", "government", "220284"),
        (f"2020年{TAIL} - 海淀区人民政府", 2020, None, "unknown", None),
        (f"首页>年报>磐石市2018年{TAIL}", 2018, "磐石市人民政府", "government", "220284"),
        (f"【年报】永吉县2020年{TAIL}（图片版）", 2020, "永吉县人民政府", "government", "220221"),
        ("成都市郫都区人民政府办公室关于2019年政府信息公开工作的年度报告", 2019, "成都市郫都区人民政府办公室", "office", "510117"),
        ("永吉县政务公开办公室2018年政府信息公开工作年度报告", 2018, "永吉县政务公开办公室", "office", "220221"),
        (f"磐石市人民政府(市政府办公室)2021年{TAIL}", 2021, "磐石市人民政府办公室", "office", "220284"),
        ("襄阳市2018年度政府信息与政务公开工作年度报告", 2018, "襄阳市人民政府", "government", "420600"),
        (f"广西桂林灵川县人民政府2020年{TAIL}", 2020, "广西桂林灵川县人民政府", "government", "450323"),
        (f"宁夏2019年{TAIL}", 2019, "宁夏人民政府", "government", "640000"),
        (f"北京市海淀区人民政府上地街道办事处2019年{TAIL}", 2019, "北京市海淀区人民政府上地街道办事处", "street", "110108"),
        (f"长春市公安局朝阳区分局2020年{TAIL}", 2020, "长春市公安局朝阳区分局", "branch", "220100"),
        (f"湖北省襄阳市樊城区市场监督管理局2019年{TAIL}", 2019, "湖北省襄阳市樊城区市场监督管理局", "department", "420606"),
        (f"新余市仙女湖风景名胜区管理委员会2019年{TAIL}", 2019, "新余市仙女湖风景名胜区管理委员会", "zone", "360500"),
        (f"新疆生产建设兵团2019年{TAIL}", 2019, "新疆生产建设兵团", "government", None),
        (f"雄安新区2020年{TAIL}", 2020, "雄安新区", "zone", "130000"),
        (f"教育部2019年{TAIL}", 2019, "教育部", "department", None),
        (f"海南2018年{TAIL}", 2018, "海南人民政府", "government", None),
    ],
)  # fmt: skip
def test_titles(title: str, year: int, issuer: str | None, kind: str, code: str | None) -> None:
    body = identify(Evidence(title=title, year=year))
    assert (body.issuer, body.kind, body.division_code) == (issuer, kind, code)


def test_a_site_alone_does_not_speak_for_a_body_below_it() -> None:
    own = ("我镇认真落实条例，我镇公开信息20条。",)
    body = identify(Evidence(title=TAIL, year=2019, site_name="磐石市政府信息公开网", text_samples=own))
    assert (body.kind, body.division_code, body.candidates) == ("unknown", None, ("220284",))
    below = ("我县认真落实条例，永吉县公开信息20条。", "永吉县收到申请3件。")
    body = identify(Evidence(title=TAIL, year=2019, site_name="吉林市政府信息公开网", text_samples=below))
    assert (body.issuer, body.kind, body.candidates) == (None, "unknown", ("220200",))


def test_a_department_on_the_site_above_it() -> None:
    texts = ("剑阁县林业局公开信息。", "剑阁县林业工作取得成效。")
    body = identify(
        Evidence(title=f"林业局2019年{TAIL}", year=2019, site_name="广元市人民政府", text_samples=texts)
    )
    assert (body.issuer, body.division_code) == ("剑阁县林业局", "510823")


def test_candidates_shrink_to_what_the_site_allows() -> None:
    body = identify(Evidence(title=f"城关镇2019年{TAIL}", year=2019, site_name="安康市人民政府"))
    assert body.division_code is None
    assert body.candidates
    assert {c[:4] for c in body.candidates} == {"6109"}


def test_a_notice_named_in_the_text_is_not_the_issuer() -> None:
    texts = (
        "根据《湘西自治州人民政府办公室关于做好2018年政府信息公开报告有关工作的通知》，永顺县编制本报告。",
        "永顺县公开信息。",
        "我县全面落实。",
    )
    body = identify(Evidence(year=2018, text_samples=texts))
    assert (body.issuer, body.division_code) == ("永顺县人民政府", "433127")


@pytest.mark.parametrize(
    ("name", "department"),
    [
        ("发改委", "发展和改革"),
        ("发展和改革局", "发展和改革"),
        ("发展改革委员会", "发展和改革"),
        ("质监局", "质量技术监督"),
        ("质量技术监督局", "质量技术监督"),
        ("林业局", "林业"),
        ("人社局", "人力资源和社会保障"),
        ("人民政府法制办公室", "法制"),
        ("卫生健康委", "卫生健康"),
        ("葡萄产业发展局", "葡萄产业发展"),
        ("气象局", "气象"),
    ],
)
def test_departments(name: str, department: str) -> None:
    assert normalise_department(name) == department


@pytest.mark.parametrize(
    ("old", "new"), [("农业局", "农业农村局"), ("国土资源局", "自然资源局"), ("工商局", "市场监督管理局")]
)
def test_departments_that_a_reform_made_new_stay_apart(old: str, new: str) -> None:
    assert normalise_department(old) != normalise_department(new)


@pytest.mark.parametrize(
    "unit", ["青岚市", "市", "磐石市", "吉林省吉林市", "关于", "2019年", "镇", "人民政府", "《", "-"]
)
def test_absurdly_long_evidence_ends(unit: str) -> None:
    text = unit * 50_000
    body = identify(
        Evidence(title=text, issuer_texts=(text,), site_name=text, text_samples=(text, text), year=2020)
    )
    assert body.kind in ("government", "office", "department", "township", "unknown")
    assert body.body_id is None or len(body.body_id) < 400
    assert detect_scope(text, [text], "government").value in ("whole_area", "own_body", "unknown")
