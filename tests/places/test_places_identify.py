"""Who speaks: titles, signatures, sites and texts, with what they must and must not decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.places import Evidence, identify, load_registry

TAIL = "政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("title", "year", "issuer", "kind", "level", "code"),
    [
        (f"磐石市人民政府2018年{TAIL}", 2018, "磐石市人民政府", "government", "county", "220284"),
        (f"广元市2020年{TAIL}。", 2020, "广元市人民政府", "government", "prefecture", "510800"),
        (f"广元市林业局2020年度{TAIL}", 2020, "广元市林业局", "department", "department", "510800"),
        (f"2020年衢州市人民政府{TAIL}", 2020, "衢州市人民政府", "government", "prefecture", "330800"),
        ("衢州市人民政府信息公开2020年年报", 2020, "衢州市人民政府", "government", "prefecture", "330800"),
        (f"永顺县人民政府-永顺县2018年{TAIL}", 2018, "永顺县人民政府", "government", "county", "433127"),
        (f"2019年上海市人民政府办公厅{TAIL}", 2019, "上海市人民政府办公厅", "office", "department", "310000"),
        ("宁波市质监局2008年度政府信息公开年报", 2008, "宁波市质监局", "department", "department", "330200"),
        ("舒兰市市场监督管理局2016年政务信息公开年度报告", 2016, "舒兰市市场监督管理局", "department", "department", "220283"),
        ("武威市人民政府关于报送武威市2020年度政府信息公开工作年度报告的函", 2020, "武威市人民政府", "government", "prefecture", "620600"),
        (f"二〇一五年度深圳市教育局{TAIL}", 2015, "深圳市教育局", "department", "department", "440300"),
        (f"恩施州2019年{TAIL}", 2019, "恩施州人民政府", "government", "prefecture", "422800"),
        (f"洪泽县人民政府2015年{TAIL}", 2015, "洪泽县人民政府", "government", "county", "320829"),
        (f"洪泽区人民政府2015年{TAIL}", 2015, "洪泽区人民政府", "government", "county", "320829"),
        (f"淮安市洪泽区人民政府2017年{TAIL}", 2017, "淮安市洪泽区人民政府", "government", "county", "320813"),
        (f"国家税务总局磐石市税务局２０２１年{TAIL}", 2021, "国家税务总局磐石市税务局", "tax", "department", "220284"),
        (f"铁边城镇2022年度{TAIL}", 2022, "铁边城镇人民政府", "township", "township", "610626"),
        (f"吉林省永吉县一拉溪镇人民政府2014年{TAIL}", 2014, "吉林省永吉县一拉溪镇人民政府", "township", "township", "220221"),
    ],
)  # fmt: skip
def test_title_decides(title: str, year: int, issuer: str, kind: str, level: str, code: str) -> None:
    body = identify(Evidence(title=title, year=year))
    assert (body.issuer, body.kind, body.level, body.division_code) == (issuer, kind, level, code)
    assert body.candidates == ()
    assert "title" in body.evidence


def test_one_body_under_two_spellings() -> None:
    short = identify(Evidence(title=f"洪泽区人民政府2018年{TAIL}", year=2018))
    full = identify(Evidence(title=f"淮安市洪泽区人民政府2018年{TAIL}", year=2018))
    assert short.body_id == full.body_id == "320813:government"
    old = identify(Evidence(title=f"某某市发改委2018年{TAIL}".replace("某某市", "磐石市"), year=2018))
    new = identify(Evidence(title=f"磐石市发展和改革局2020年{TAIL}", year=2020))
    assert old.body_id == new.body_id == "220284:department:发展和改革"


@pytest.mark.parametrize(("name", "number"), [("朝阳区", 2), ("鼓楼区", 4)])
def test_a_shared_name_alone_stays_open(name: str, number: int) -> None:
    body = identify(Evidence(title=f"{name}人民政府2018年{TAIL}", year=2018))
    assert body.division_code is None
    assert len(body.candidates) == number


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ({"site_id_code": "2201040012"}, "220104"),
        ({"site_id_code": "1101050001"}, "110105"),
        ({"text_samples": ("长春市朝阳区位于城市中部。",)}, "220104"),
        ({"text_samples": ("联系电话:0431-85100000",)}, "220104"),
        ({"site_name": "北京市朝阳区人民政府网站"}, "110105"),
        ({"issuer_texts": ("来源:北京市朝阳区人民政府办公室",)}, "110105"),
        ({"site_id_code": "2201040012", "text_samples": ("本区落实北京市政务公开要点。",)}, "110105"),
        ({"site_id_code": "3201060012"}, None),
        ({"text_samples": ("本区学习了北京市和长春市的做法。",)}, None),
    ],
)
def test_evidence_settles_a_shared_name(evidence: dict[str, str], code: str | None) -> None:
    body = identify(Evidence(title=f"朝阳区人民政府2018年{TAIL}", year=2018, **evidence))
    assert body.division_code == code
    assert bool(body.candidates) == (code is None)


def test_a_former_id_code_still_decides() -> None:
    body = identify(Evidence(title=f"鼓楼区人民政府2018年{TAIL}", year=2018, site_id_code="3203020001"))
    assert body.division_code == "320302"


def test_site_id_code_never_overrides_a_name() -> None:
    body = identify(Evidence(title=f"大安市人民政府2019年{TAIL}", year=2019, site_id_code="2202840001"))
    assert body.division_code == "220882"


def test_no_title_and_often_named_makes_no_government() -> None:
    texts = (
        "县政府和部门的文件通过灵川县政府网站公开，我县开设公众号。",
        "落实《灵川县人民政府办公室关于规范办文的通知》（灵政办〔2019〕3号），灵川县各单位按要求标注，全县共受理申请若干件。",
        "自治区人民政府和桂林市的部署得到落实。",
    )
    body = identify(Evidence(text_samples=texts, year=2020))
    assert (body.issuer, body.division_code, body.kind) == (None, "450323", "unknown")


def test_no_title_the_signature_speaks() -> None:
    texts = (
        "2019年，大安市按照白城市委、市政府部署公开信息。",
        "六、其他需要报告的事项",
        "大安市人民政府",
        "2020年1月31日",
    )
    body = identify(Evidence(text_samples=texts, year=2019))
    assert (body.issuer, body.division_code, body.kind) == ("大安市人民政府", "220882", "government")


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"site_name": "天门市人民政府门户网站"}, "429006"),
        ({"site_prefix": "天门市人民政府"}, "429006"),
        ({"site_id_code": "4290060001"}, "429006"),
        ({"site_name": "永吉县人民政府"}, None),
        ({}, None),
    ],
)
def test_a_title_without_a_place(extra: dict[str, str], code: str | None) -> None:
    body = identify(Evidence(title=f"市人民政府办公室2025年{TAIL}", year=2025, **extra))
    assert body.kind == "office"
    assert body.division_code == code
    if code:
        assert body.issuer == "天门市人民政府办公室"
        assert body.department == "办公室"


def test_township_needs_its_county() -> None:
    alone = identify(Evidence(title=f"太平镇2022年{TAIL}", year=2022))
    assert alone.division_code is None
    assert len(alone.candidates) > 20
    told = identify(Evidence(title=f"太平镇2022年{TAIL}", year=2022, site_name="高台县人民政府"))
    assert told.division_code in (None, "620724")
    seed = identify(
        Evidence(title=f"一拉溪镇2014年{TAIL}", year=2014, text_samples=("按照永吉县的文件要求公开。",))
    )
    assert (seed.division_code, seed.body_id) == ("220221", "220221:township:一拉溪镇")
    assert seed.issuer == "一拉溪镇人民政府"


@pytest.mark.parametrize("name", ["青岚市", "青岚市清河区", "云泽省青岚市", "溪岭县", "云泽省朝阳区"])
def test_invented_places_have_no_code(name: str) -> None:
    text = (f"{name}人民政府位于中心路1号，电话0432-65000000。",)
    body = identify(
        Evidence(title=f"{name}人民政府2020年{TAIL}", year=2020, text_samples=text, site_id_code="9901000001")
    )
    assert body.division_code is None
    assert body.kind == "government"
    assert body.issuer == f"{name}人民政府"


def test_an_extra_registry_knows_them(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "code6,name,short_name,parent_code,level,kind,valid_from,valid_to\n"
        "990000,云泽省,云泽,,province,省,2008,\n990100,青岚市,青岚,990000,prefecture,地级市,2008,\n"
        "990102,清河区,清河,990100,county,市辖区,2008,\n990102001,白石镇,白石,990102,township,镇,2008,\n",
        encoding="utf-8",
    )
    own = load_registry(path)
    body = identify(Evidence(title=f"青岚市清河区人民政府2020年{TAIL}", year=2020), own)
    assert (body.division_code, body.level) == ("990102", "county")
    town = identify(
        Evidence(title=f"白石镇2020年{TAIL}", year=2020, text_samples=("青岚市清河区白石镇",)), own
    )
    assert town.division_code == "990102"


def test_a_zone_is_no_district() -> None:
    body = identify(Evidence(title=f"东湖新技术开发区2024年{TAIL}", year=2024))
    assert body.division_code is None
    known = identify(Evidence(title=f"郑州高新技术产业开发区管委会2019年{TAIL}", year=2019))
    assert (known.division_code, known.level) == ("410100", "township")


def test_nothing_shown_nothing_said() -> None:
    body = identify(Evidence())
    assert (body.issuer, body.kind, body.level, body.division_code) == (None, "unknown", "unknown", None)


def test_the_office_publishes_what_the_government_signs() -> None:
    both = ("来源：灵川县人民政府办公室", "灵川县人民政府")
    assert identify(Evidence(issuer_texts=both, year=2020)).body_id == "450323:government"
    other = ("来源：灵川县人民政府办公室", "临桂区人民政府")
    open_ = identify(Evidence(issuer_texts=other, year=2020))
    assert (open_.issuer, open_.body_id) == (None, None)
    assert "灵川县人民政府办公室" in open_.evidence
    assert "临桂区人民政府" in open_.evidence
    titled = identify(Evidence(title=f"灵川县人民政府办公室2020年{TAIL}", issuer_texts=both, year=2020))
    assert titled.body_id == "450323:office"
