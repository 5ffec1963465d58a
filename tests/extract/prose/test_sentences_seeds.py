"""The prose of the real pages beside the project, where they are present: every figure their sentences
state."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.sentences import read_sentences
from pipeline.report import Observation

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed pages are not beside this checkout")

Said = dict[str, list[Decimal | None]]


def observations(seed: str, first: str, last: str, template: str, year: int) -> list[Observation]:
    """Sentences between the line that starts with ``first`` and the one that starts with ``last`` ("" = the
    ends)."""
    lines = next(SEEDS.glob(f"{seed}_*")).read_text("utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if first and line.strip().startswith(first)), 0)
    end = next(
        (i for i, line in enumerate(lines) if last and i > start and line.strip().startswith(last)),
        len(lines),
    )
    paragraphs = [Paragraph(t, f"line {n}") for n, t in enumerate(lines[start:end], start + 1) if t.strip()]
    return read_sentences(paragraphs, template=template, year=year, codebook=load_codebook())


def said(seen: list[Observation]) -> Said:
    found: Said = defaultdict(list)
    for o in seen:
        key = o.indicator if o.applicant in (None, "total") else f"{o.indicator}[{o.applicant}]"
        found[key].append(None if o.resolved is None else Decimal(o.resolved))
    return dict(found)


def figures(text: str) -> Said:
    found: Said = {}
    for part in text.split():
        key, value = part.split("=")
        found[key] = [Decimal(v) for v in value.split(",")]
    return found


def test_panshi_2018() -> None:
    seen = observations("000", "磐石市人民政府2018年", "政府信息公开情况统计表", "v2014", 2018)
    assert said(seen) == figures(
        "institution.reading_points=53,53 proactive.disclosed.total=6713 proactive.disclosed.normative_documents=633 "
        "proactive.channel.gazette=45 proactive.channel.website=3043,3043 proactive.channel.weibo=1869,1869 "
        "proactive.channel.wechat=397,397 proactive.channel.other=1562 response.hot_topics=690 "
        "response.policy_interpretations=2 response.weibo_wechat=12 response.other_means=701 "
        "application.received=2,2,2 application.received.in_person=1 application.received.letter=1 "
        "application.concluded=2 application.concluded.on_time=2 application.outcome.granted=2 "
        "fee.collected_10k_yuan=0 reconsideration.total=0 litigation.total=0 complaint.total=0 "
        "institution.offices=57 institution.staff.total=162 institution.staff.full_time=18 "
        "institution.staff.part_time=144 institution.fund_10k_yuan=1.45 meeting.sessions=66 training.sessions=62 "
        "training.participants=1908"
    )
    zeros = {o.indicator for o in seen if o.state == "text_zero"}
    assert zeros == {"fee.collected_10k_yuan", "reconsideration.total", "litigation.total", "complaint.total"}


def test_lingchuan_2020() -> None:
    assert said(observations("001", "选择特殊符号", "- 1 -", "v2019", 2020)) == figures(
        "proactive.disclosed.total=14529 proactive.channel.website=13997 proactive.channel.wechat=532 "
        "application.received=15 application.received.in_person=2 application.replied=15 "
        "application.outcome.granted=6 application.outcome.partial=5 application.outcome.other_channel=4 "
        "reconsideration.total=4 litigation.total=0"
    )


def test_guangyuan_2020() -> None:
    assert said(observations("001", "广元市2020年", "广元市林业局2020年度", "v2019", 2020)) == figures(
        "proactive.disclosed.total=267584 application.received=88 application.received[natural_person]=78 "
        "application.received[enterprise]=10 application.concluded=88,88 "
        "application.outcome.refused=2"
    )


def test_guangyuan_forestry_2020() -> None:
    seen = observations("001", "广元市林业局2020年度", "衢州市人民政府2020年", "v2019", 2020)
    assert said(seen) == figures("application.received=0")
    assert [o.state for o in seen if o.indicator == "application.received"] == ["text_zero"]


def test_quzhou_2020() -> None:
    seen = observations("001", "衢州市人民政府2020年", "", "v2019", 2020)
    assert said(seen) == figures(
        "application.received=456 application.outcome.granted_or_partial=327 application.outcome.refused=22 "
        "application.outcome.unable=85 application.outcome.not_processed=15 application.outcome.other=7 "
        "application.carried_forward=3 reconsideration.total=37 litigation.total=71 litigation.direct.total=62 "
        "litigation.after_review.total=9 proactive.disclosed.total=39900"
    )
    assert [o.approx for o in seen if o.indicator == "proactive.disclosed.total"] == [True]
    assert ["verb 受理" in o.proof for o in seen if o.indicator == "application.received"] == [True]


def test_yilaxi_2014_blank_is_never_zero() -> None:
    seen = observations("002", "一拉溪镇2014年", "", "v2014", 2014)
    told = {k: v for k, v in said(seen).items() if v != [None]}
    assert told == figures(
        "proactive.disclosed.total=95 proactive.channel.website=12 proactive.channel.other=83 institution.offices=1 "
        "institution.reading_points=1 institution.staff.total=7 meeting.sessions=3 training.sessions=2 "
        "training.participants=60"
    )
    blank = {o.indicator for o in seen if o.state == "blank"}
    assert blank == {
        "response.hot_topics",
        "application.received",
        "application.concluded",
        "application.replied",
        "fee.collected_10k_yuan",
        "reconsideration.total",
        "litigation.total",
        "complaint.total",
        "institution.fund_10k_yuan",
    }


def test_daan_2019_study_sessions_are_no_meetings() -> None:
    assert said(observations("003", "", "", "v2019", 2019)) == figures(
        "proactive.disclosed.total=1751 training.sessions=1 response.online_interviews=2"
    )


def test_yongshun_2018() -> None:
    seen = observations("004", "永顺县人民政府", "", "v2014", 2018)
    assert said(seen) == figures(
        "proactive.disclosed.total=29178 proactive.disclosed.normative_documents=23 "
        "proactive.channel.website=12400,12436 proactive.channel.gazette=28 proactive.channel.wechat=553 "
        "proactive.channel.other=6460 response.policy_interpretations=30,30 response.press_conferences.principal=2 "
        "application.received.online=4,4 application.received.letter=2,2 application.received=6 "
        "application.concluded=6 application.concluded.on_time=6 application.outcome.not_this_agency=4 "
        "application.outcome.amend_requested=1 reconsideration.total=4 litigation.total=1 litigation.upheld=1 "
        "institution.staff.total=140 institution.fund_10k_yuan=205 training.participants=300"
    )
    rounded = {(o.indicator, o.resolved) for o in seen if o.approx}
    assert rounded == {
        ("proactive.channel.website", 12400),
        ("response.policy_interpretations", 30),
        ("institution.staff.total", 140),
        ("training.participants", 300),
    }


def test_raw_text_stands_in_the_page_at_its_locator() -> None:
    lines = next(SEEDS.glob("004_*")).read_text("utf-8").splitlines()
    for o in observations("004", "永顺县人民政府", "", "v2014", 2018):
        place, _, span = o.locator.partition(":")
        start, end = (int(n) for n in span.split("-"))
        assert lines[int(place.removeprefix("line ")) - 1][start:end] == o.raw
