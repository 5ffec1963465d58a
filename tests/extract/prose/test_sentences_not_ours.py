"""What real reports say beside their own figures: of lower bodies, of all years, of a part, of other bodies'
deeds. None of it is claimed, and each number keeps its answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_prose

BOOK = load_codebook()


@pytest.mark.parametrize(
    ("issuer", "text", "indicator", "value", "status"),
    [
        (
            "青岚省人民政府",
            "市、县政府及其部门和乡镇政府受理政府信息公开申请2871件,对申请答复2866件,同意公开2010件。",
            "application.replied",
            2866,
            "doubtful",
        ),
        (
            "青岚县人民政府",
            "政府网站全年公开信息512条(累计公开信息4120条)。",
            "proactive.disclosed.total",
            4120,
            "foreign",
        ),
        ("青岚市人民政府", "安排9家市级部门开展了在线访谈。", "response.online_interviews", 9, "unclaimed"),
        (
            "青岚市财政局",
            "收到政府信息公开申请31件,转至2017年办理3件,均及时回复。",
            "application.replied",
            31,
            "",
        ),
        (
            "青岚市人民政府",
            "通过门户网站发布各类信息8130条。其中,政府网站政府信息公开平台发布信息2044条。",
            "proactive.channel.website",
            2044,
            "doubtful",
        ),
        (
            "青岚市人民政府",
            "通过门户网站全年发布各类新闻信息960条、各类政务信息1.2万余条。",
            "proactive.channel.website",
            960,
            "doubtful",
        ),
        ("青岚县司法局", "2016青岚县通过网站公开信息36条。", "proactive.channel.website", 2016, ""),
        ("青岚县司法局", "公开培训信息6条。", "training.sessions", 6, "unclaimed"),
        (
            "青岚县司法局",
            "公开信息数共234条,其中行政许可0条。",
            "proactive.licensing.decisions",
            0,
            "unclaimed",
        ),
        (
            "青岚县司法局",
            "主动公开文件41件,依申请公开0件,不予公开25件。",
            "application.received",
            0,
            "unclaimed",
        ),
        (
            "青岚县司法局",
            "公开信息51条,其中决策公开30条,执行和结果公开21条。",
            "proactive.disclosed.total",
            21,
            "unclaimed",
        ),
    ],
)
def test_what_is_not_its_own_is_told(issuer: str, text: str, indicator: str, value: int, status: str) -> None:
    found = read_prose([Paragraph(text, "p0")], template="v2008", year=2016, codebook=BOOK, issuer=issuer)
    assert (indicator, Decimal(value)) not in {(o.indicator, o.resolved) for o in found.observations}
    told = [s.status for s in found.statements if s.value == value and s.raw in text]
    assert status in told or not status, found.statements


def test_all_of_a_township_is_the_township_itself() -> None:
    """全乡 in a township's own report names no body below it that would report by itself."""
    found = read_prose(
        [Paragraph("全乡没有收到政府信息公开申请。", "p0")],
        template="v2008",
        year=2016,
        codebook=BOOK,
        issuer="青岚县柳岸乡人民政府",
    )
    assert [(o.indicator, o.resolved) for o in found.observations] == [("application.received", 0)]
