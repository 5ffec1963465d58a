"""What an observation from a sentence says about itself: state, place, unit, applicant, candidates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.codebook import load_codebook
from pipeline.document import Paragraph
from pipeline.extract.prose.clauses import sentences
from pipeline.extract.prose.masks import mask_titles
from pipeline.extract.prose.sentences import read_prose, read_sentences
from pipeline.extract.prose.words import flatten_sentence_text, lexicon_of, raw_span, tokens
from pipeline.report import Observation

BOOK = load_codebook()


def read(
    *texts: str, template: str = "v2014", year: int | None = 2016, issuer: str | None = None
) -> list[Observation]:
    paragraphs = [Paragraph(t, f"p{n}") for n, t in enumerate(texts, 1)]
    return read_sentences(paragraphs, template=template, year=year, codebook=BOOK, issuer=issuer)


def one(
    *texts: str, template: str = "v2014", year: int | None = 2016, issuer: str | None = None
) -> Observation:
    seen = read(*texts, template=template, year=year, issuer=issuer)
    assert len(seen) == 1, seen
    return seen[0]


def test_raw_and_locator_name_the_original_text() -> None:
    text = "2016 年，全县 共收到 政府信息公开申请 １ ２ 件。"
    seen = one(text)
    assert (seen.resolved, seen.unit, seen.method, seen.resolution) == (12, "件", "text", "as_printed")
    place, _, span = seen.locator.partition(":")
    start, end = map(int, span.split("-"))
    assert place == "p1"
    assert text[start:end] == seen.raw == "全县 共收到 政府信息公开申请 １ ２ 件"


def test_zero_in_words_is_text_zero_and_a_printed_zero_is_reported() -> None:
    assert one("全年未收到政府信息公开申请。").state == "text_zero"
    assert one("全年收到政府信息公开申请0件。").state == "reported"


@pytest.mark.parametrize(
    "words", ["1200余条", "1200多条", "约1200条", "近1200条", "1200条以上", "1200条左右"]
)
def test_rounded_figures_are_marked(words: str) -> None:
    seen = one(f"全年主动公开政府信息{words}。")
    assert (seen.resolved, seen.approx) == (1200, True)


@pytest.mark.parametrize(
    ("template", "applicant"), [("v2008", None), ("v2014", None), ("v2019", "total"), ("v2021", "total")]
)
def test_applicant_is_total_where_the_form_has_applicants(template: str, applicant: str | None) -> None:
    assert one("收到政府信息公开申请8件。", template=template).applicant == applicant


@pytest.mark.parametrize(
    ("text", "template", "value"),
    [
        ("政府信息公开专项经费14500元。", "v2014", "1.45"),
        ("政府信息公开专项经费1.45万元。", "v2014", "1.45"),
        ("依申请公开共收取费用0.03万元。", "v2008", "300"),
        ("依申请公开共收取费用320.5元。", "v2014", "0.03205"),
    ],
)
def test_money_is_converted_exactly(text: str, template: str, value: str) -> None:
    seen = one(text, template=template)
    assert isinstance(seen.resolved, Decimal)
    assert seen.resolved == Decimal(value)
    assert seen.raw in text


@pytest.mark.parametrize(
    "text",
    [
        "自2008年以来,全县累计主动公开政府信息9800条。",
        "县本级主动公开政府信息9800条。",
        "在扶贫领域,主动公开政府信息9800条。",
    ],
)
def test_what_may_be_another_periods_or_bodys_is_ambiguous(text: str) -> None:
    seen = one(text)
    assert (seen.state, seen.value, seen.resolved, seen.candidates) == ("ambiguous", None, None, (9800,))


def test_a_figure_at_the_years_end_is_the_years_unless_it_says_cumulative() -> None:
    assert one("截至2016年底,主动公开政府信息9800条。").resolved == 9800
    assert one("截至2016年底,累计主动公开政府信息9800条。").state == "ambiguous"
    seen = read("截至2016年底,全县已主动公开政府信息9800条,今年公开620条。")
    assert [o.resolved for o in seen] == [620]


def test_parts_that_exceed_their_whole_are_a_finding_and_parts_that_do_not_are_none() -> None:
    def found(text: str) -> list[tuple[str, object, object]]:
        prose = read_prose([Paragraph(text, "p1")], template="v2014", year=2016, codebook=BOOK)
        return [(f.rule, f.left, f.right) for f in prose.findings]

    assert found("收到申请6件,当面申请4件,网络申请3件。") == [("prose.parts_exceed", 7, 6)]
    assert found("收到申请7件,当面申请4件,网络申请3件。") == []


def test_every_number_has_a_statement() -> None:
    text = "2016年收到申请9件,答复8件,比上年增加2件,转办函件5件。县水务局收到申请3件。受理信访事项12件,办结11件。"
    prose = read_prose(
        [Paragraph(text, "p1")], template="v2014", year=2016, codebook=BOOK, issuer="清溪县财政局"
    )
    assert [(s.value, s.status, s.reason) for s in prose.statements] == [
        (9, "claimed", ""),
        (8, "claimed", ""),
        (2, "foreign", "comparison"),
        (5, "unclaimed", "unread: 函"),
        (3, "foreign", "another body"),
        (12, "foreign", "letters"),
        (11, "foreign", "letters"),
    ]


def test_two_figures_for_one_indicator_are_both_given() -> None:
    seen = read("全年收到政府信息公开申请12件。", "共受理政府信息公开申请13件。")
    assert [(o.indicator, o.resolved) for o in seen] == [
        ("application.received", 12),
        ("application.received", 13),
    ]
    assert "verb 收到" in seen[0].proof
    assert "verb 受理" in seen[1].proof


def test_issuer_tells_own_body_from_another() -> None:
    text = "县水务局主动公开政府信息210条。"
    assert one(text, issuer="清溪县水务局").resolved == 210
    assert read(text, issuer="清溪县人民政府") == []
    assert one(text).state == "ambiguous"


def test_year_unknown_takes_one_year_and_doubts_two() -> None:
    assert one("2013年收到政府信息公开申请5件。", year=None).resolved == 5
    assert one("2013年召开会议。2014年收到政府信息公开申请5件。", year=None).resolved == 5
    assert one("2013年与2014年交替,收到政府信息公开申请5件。", year=None).state == "ambiguous"


def test_a_past_year_holds_until_another_is_named() -> None:
    assert read("2015年,我局工作平稳。收到政府信息公开申请5件。") == []
    assert one("2015年,我局工作平稳。2016年收到政府信息公开申请5件。").resolved == 5


def test_blank_under_a_heading_is_blank_and_only_there() -> None:
    seen = read(
        "(一)收到申请数。", "", "(二)申请办结数。", "2件", "(三)申请答复数。", "全部答复完毕,群众满意。"
    )
    assert [(o.indicator, o.state, o.resolved) for o in seen] == [
        ("application.received", "blank", None),
        ("application.concluded", "reported", 2),
    ]


def test_headings_inside_the_statistics_table_are_left_to_the_table() -> None:
    assert read("政府信息公开情况统计表", "(一)收到申请数。", "2件") == []


def test_same_text_gives_same_rows() -> None:
    texts = ("收到政府信息公开申请9件,其中网络申请6件、信函申请3件。", "行政复议4件,维持3件,撤销1件。")
    assert read(*texts) == read(*texts)
    assert len(read(*texts)) == 6


def test_nothing_is_read_from_nothing() -> None:
    assert read() == []
    assert read("", " ", "。", "12", "件") == []


def test_flattening_and_its_way_back() -> None:
    text = "收 到“申请”１２㈠件"
    flat = flatten_sentence_text(text)
    assert flat == "收到申请12(一)件"
    start, end = raw_span(text, flat.index("12"), flat.index("件") + 1)
    assert text[start:end] == "１２㈠件"


def test_digits_of_a_title_are_hidden_in_place() -> None:
    flat = "印发《2016年年鉴》3件"
    assert mask_titles(flat) == "印发《□□□□年年鉴》3件"


def test_sentences_open_after_a_fused_percentage() -> None:
    flat = "办结率100%6件申请中同意公开4件。其余2件。"
    cut = [flat[s[0].start : s[-1].end] for s in sentences(tokens(flat, lexicon_of(BOOK), {}))]
    assert cut == ["办结率100%", "6件申请中同意公开4件。", "其余2件。"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "未" + "政府信息公开" * 3000 + "复议被撤销5件",
        "没有" + "行政复议申请" * 3000 + "终",
        "收到政府信息公开申请" + "共计" * 5000 + "件5",
        "主动公开" * 3000 + "主动公开政府信息5条",
        "收到申请" + "1" * 20000 + "件",
        "不属于本机关" + "公开职责" * 3000 + "5",
        "、".join(["行政复议5件"] * 2000),
        "。".join(["行政复议5件,维持3件"] * 3000),
        "其中" * 5000 + "自然人5件" + "一" * 5000 + "件",
    ],
    ids=["about", "before", "lead", "left", "digits", "agency", "list", "sentences", "heads"],
)
def test_hostile_repetition_ends(text: str) -> None:
    for template in ("v2008", "v2014", "v2021"):
        assert all(o.resolved is None or o.resolved < 100 for o in read(text, template=template))


def test_a_bracket_that_nothing_opened_stops_no_reading() -> None:
    assert one("2016年全县收到政府信息公开申请12件),情况良好).").resolved == 12


def test_a_figure_thousands_of_times_its_neighbours_is_in_doubt() -> None:
    for received, resolved in (("120000", None), ("120", 120)):
        text = f"2016年收到政府信息公开申请{received}件,办结19件,同意公开12件。"
        seen = {o.indicator: o for o in read(text)}
        assert seen["application.received"].resolved == resolved
        assert seen["application.concluded"].resolved == 19


@pytest.mark.parametrize("text", ["共九", "二十余件", "三万份", "1234年", "办结2012件", "不收费", *(
    word.surface for word in BOOK.lexicon if word.kind == "neg")])  # fmt: skip
def test_what_may_state_a_figure_or_a_nil_is_taken_apart(text: str) -> None:
    assert lexicon_of(BOOK).states.search(flatten_sentence_text(f"本县{text}"))


def test_what_states_nothing_is_not_taken_apart() -> None:
    assert not lexicon_of(BOOK).states.search("2012年,各部门统一要求,与1998年度相比进一步完善。")


@pytest.mark.parametrize(
    "stamp", ["2021-09-23", "2021-09-2310:36发布时间", "2021/9/3", "2021.09.23 10:36:05", "1999-12-31"]
)
def test_a_day_that_a_page_stamps_counts_nothing(stamp: str) -> None:
    found = tokens(flatten_sentence_text(f"信息中心 {stamp}"), lexicon_of(BOOK), {})
    assert not [t for t in found if t.kind in ("number", "id")], found
