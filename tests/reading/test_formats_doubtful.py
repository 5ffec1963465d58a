"""What was read from pixels keeps its doubts: candidates, unread ink, labels with another reading."""

from __future__ import annotations

from pipeline.document import Cell, Document, Paragraph, Table
from pipeline.extract import extract_reports
from pipeline.report import Observation

HEAD = "临水县2023年政府信息公开工作年度报告"
ROWS = [
    ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
    ["规章", "0", "0", "0"],
    ["行政规范性文件", "17", "2", ""],
]


def observed(
    readings: dict[tuple[int, int], tuple[str, ...]], texts: dict[tuple[int, int], str] | None = None
) -> dict[str, Observation]:
    """The proactive table of a scan with these other readings, and these texts in place of its own."""
    texts = texts or {}
    cells = tuple(
        Cell(r, c, 1, 1, texts.get((r, c), text), f"row {r + 1}, column {c + 1}", readings.get((r, c), ()))
        for r, row in enumerate(ROWS)
        for c, text in enumerate(row)
    )
    blocks = (
        Paragraph(HEAD, "p1"),
        Paragraph("二、主动公开政府信息情况", "p2"),
        Table(cells, 3, 4, "t", method="ocr"),
    )
    (report,) = extract_reports(Document("0" * 64, "image/png", "picture", blocks))
    return {o.indicator.removeprefix("proactive."): o for o in report.observations if o.method == "ocr"}


def test_other_readings_are_candidates_the_best_first() -> None:
    cell = observed({(2, 1): ("11", "1?", "77")})["normative_documents.issued"]
    assert (cell.value, cell.state, cell.candidates) == (17, "reported", (17, 11, 77))


def test_a_figure_without_doubt_has_no_candidates() -> None:
    assert observed({})["normative_documents.issued"].candidates == ()


def test_unread_ink_is_neither_blank_nor_zero() -> None:
    found = observed({(2, 3): ("?",)})["normative_documents.in_force"]
    assert (found.value, found.state, found.resolved, found.candidates) == (None, "unreadable", None, ())
    assert observed({})["normative_documents.in_force"].state == "blank"


def test_ink_with_possible_figures_keeps_them() -> None:
    found = observed({(2, 3): ("41", "47")})["normative_documents.in_force"]
    assert (found.value, found.state, found.candidates) == (None, "unreadable", (41, 47))


def test_a_dash_that_may_be_a_one_is_no_dash() -> None:
    found = observed({(2, 2): ("1",)}, {(2, 2): "-"})["normative_documents.repealed"]
    assert (found.value, found.state, found.candidates) == (None, "unreadable", (1,))


def test_a_label_is_read_as_the_reading_that_the_codebook_knows() -> None:
    found = observed({(2, 0): ("行政规范性文件",)}, {(2, 0): "彳亍攻夫见沱注乂1牛"})
    assert found["normative_documents.issued"].value == 17
