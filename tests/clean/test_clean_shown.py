"""What is read is what is shown: a figure, and another one beside it that nobody sees."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline import read_reports
from pipeline.clean import read_document
from pipeline.document import UNREAD, Table
from tests.drawn.files import shown_pages

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
LABELS = ("召开会议次数", "举办培训次数", "接受培训人数", "公开信息条数")


def _drawn(seed: str, same: bool = False) -> list[tuple[str, str, str]]:
    dice = random.Random(seed)
    first = str(dice.randint(1, 99999))
    return [
        (label, first if same else str(dice.randint(0, 99999)), str(dice.randint(1, 999))) for label in LABELS
    ]


def _figures(data: bytes) -> list[str]:
    (table,) = (block for block in read_document(data).blocks if isinstance(block, Table))
    return [cell.text for cell in table.cells if cell.col == 1]


@pytest.mark.parametrize("way", shown_pages.HIDING)
def test_a_figure_that_a_page_hides_is_not_read(way: str) -> None:
    rows = _drawn(way)
    assert _figures(shown_pages.page(rows, shown_pages.HIDING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_pages.SHOWING)
def test_a_figure_that_a_page_shows_is_read(way: str) -> None:
    rows = _drawn(way, same="{{" in shown_pages.SHOWING[way].sheet)
    assert _figures(shown_pages.page(rows, shown_pages.SHOWING[way])) == [shown for _, shown, _ in rows]


@pytest.mark.parametrize("way", shown_pages.UNREADABLE)
def test_what_a_page_shows_unread_is_no_blank_and_no_figure(way: str) -> None:
    assert _figures(shown_pages.page(_drawn(way), shown_pages.UNREADABLE[way])) == [UNREAD] * len(LABELS)


def test_a_hidden_row_and_a_hidden_table_are_left_out_and_a_script_may_show_its_parts() -> None:
    rows = "".join(f"<tr><td>{label}</td><td>{n}</td></tr>" for n, label in enumerate(LABELS))
    old = '<tr class="old"><td>召开会议次数</td><td>77</td></tr>'
    sheet = "<style>.old,.draft{display:none}</style>"
    page = f'{sheet}<p>一、情况</p><table>{old}{rows}</table><div class="draft"><table>{rows}</table></div>'
    assert _figures(page.encode()) == ["0", "1", "2", "3"]
    scripted = f"<script src=tabs.js></script>{page}".encode()
    assert sum(isinstance(b, Table) for b in read_document(scripted).blocks) == 2


def test_a_cell_that_was_not_read_is_told_and_is_no_blank() -> None:
    page = (GOLDEN / "v2021_form.html").read_text(encoding="utf-8")
    (whole,) = read_reports(page.encode())
    first = next(o for o in whole.observations if o.indicator == "proactive.licensing.decisions")
    assert f">{first.raw}<" in page
    (report,) = read_reports(page.replace(f">{first.raw}<", ">①<", 1).encode())
    cell = next(o for o in report.observations if o.indicator == first.indicator)
    assert (cell.state, cell.value, cell.resolved) == ("unreadable", None, None)
    assert [f.cells for f in report.findings if f.rule == "cell.unread"] == [((first.indicator, None),)]
