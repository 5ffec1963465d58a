"""Rows whose digits run together in the text: cut where one way alone adds up, else told."""

from __future__ import annotations

from pipeline import read_reports
from pipeline.document import Paragraph
from pipeline.extract.tables.fused import fused_rows
from pipeline.extract.tables.vocabulary import vocabulary

RECEIVED, CARRIED = "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"


def _rows(*lines: str) -> tuple[dict[tuple[str, str | None], object], int]:
    paragraphs = [Paragraph(text, f"line {n}") for n, text in enumerate(lines, start=1)]
    observations, findings = fused_rows(paragraphs, "v2021", (), vocabulary())
    return {(o.indicator, o.applicant): o.value for o in observations if o.value is not None}, len(findings)


def test_seven_zeros_are_seven_zeros() -> None:
    read, _ = _rows(RECEIVED, "0000000", CARRIED, "0000000")
    assert len(read) == 14
    assert set(read.values()) == {0}


def test_digits_that_add_up_one_way_are_cut_and_others_are_told() -> None:
    read, told = _rows(f"{RECEIVED}180000018{CARRIED}1111116")
    assert read["application.received", "natural_person"] == 18
    assert read["application.received", "total"] == 18
    assert read["application.carried_in", "other"] == 1
    read, told = _rows(f"{RECEIVED}18000018{CARRIED}0000000")
    assert {name for name, _ in read} == {"application.carried_in"}
    assert told == 1


def test_prose_and_numbers_with_units_are_no_rows() -> None:
    assert _rows(f"{RECEIVED}1800000件。{CARRIED}3000000件。电话07931234567") == ({}, 0)
    assert _rows(f"{RECEIVED}0000000") == ({}, 0)


def test_lines_of_a_saved_page() -> None:
    lines = ["云和县教育局2023年政府信息公开工作年度报告", "数据统计期限为2023年1月1日至2023年12月31日。"]
    page = "\n\n".join(
        [*lines, "三、收到和处理政府信息公开申请情况", RECEIVED, "0000000", CARRIED, "0000000"]
    )
    (report,) = read_reports(page.encode(), media_type="text/plain")
    held = [o for o in report.observations if o.indicator == "application.received"]
    assert {(o.state, o.value, o.resolved) for o in held} == {("reported", 0, 0)}
    assert len(held) == 7
