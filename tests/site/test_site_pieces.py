"""Pieces of the site: intervals, charts, the folder that is written, colours, words."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.codebook import load_codebook
from pipeline.report import STATES
from pipeline.site.accuracy import accuracy
from pipeline.site.charts import Frame, Point, bar_chart, line_chart, nice_top
from pipeline.site.compare import compared, grid, wilson
from pipeline.site.folder import MARK, NotOurs, SiteFolder
from pipeline.site.links import place_page, report_page
from pipeline.site.panels import _panels
from pipeline.site.questions import Answer, Question, questions
from pipeline.site.snippets import marked_row, marked_sentence
from pipeline.site.words import HERE, load_words, shown, word


@pytest.mark.parametrize(
    ("cases", "base", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (1, 1000, 0.00018, 0.00564)],
)
def test_wilsons_interval(cases: int, base: int, low: float, high: float) -> None:
    found = wilson(cases, base)
    assert found
    assert found == pytest.approx((low, high), abs=5e-5)


def test_what_is_no_share_has_no_interval() -> None:
    assert wilson(3, 0) is None
    assert wilson(30, 20) is None
    assert wilson(-1, 20) is None


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (7, 10), (1534, 2000), (2.4, 2.5), (0.3, 0.5)])
def test_an_axis_ends_at_a_round_number(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)


def point(year: int, value: float | None, **more: object) -> Point:
    given = {"text": "", "mark": "printed", "hollow": False, "few": False, "joined": True, "href": ""}
    return Point(year, value, **{**given, **more})  # type: ignore[arg-type]


FRAME = Frame(2019, 2023, frozenset((2021,)), ((2023, "式"),))


def test_a_line_stops_at_gaps_and_breaks_and_doubts() -> None:
    series = [point(2019, 1), point(2020, 2), point(2022, 3), point(2023, 4, joined=False)]
    drawn = line_chart(FRAME, [series], "a series")
    assert drawn.count('class="l0"') == 1, "2019 to 2020 alone: 2021 is missing, 2023 is another form"
    assert drawn.count('class="gap"') == 1
    assert drawn.count('class="break"') == 1
    assert "？" in line_chart(FRAME, [[point(2019, None, mark="doubtful")]], "x")
    assert "？" not in line_chart(FRAME, [[point(2019, None, mark="blank")]], "x")


def test_what_a_figure_rests_on_has_a_shape_of_its_own() -> None:
    shapes = {
        mark: re.sub(r"[-0-9. ]", "", found[1])
        for mark in ("printed", "proved", "decided", "text")
        if (
            found := re.search(
                r'class="d0" d="([^"]+)"', line_chart(FRAME, [[point(2019, 1, mark=mark)]], "x")
            )
        )
    }
    assert len(set(shapes.values())) == 4
    assert 'class="d0 h"' in line_chart(FRAME, [[point(2019, 1, hollow=True)]], "x")


def test_nought_and_nothing_differ_in_bars() -> None:
    nought = bar_chart(FRAME, [(2019, [0.0, None], "", "", False)], "x")
    nothing = bar_chart(FRAME, [(2019, [None, None], "", "", False)], "x")
    doubtful = bar_chart(FRAME, [(2019, [1.0, None], "", "", True)], "x")
    assert 'class="zero"' in nought
    assert 'class="zero"' not in nothing
    assert "？" in doubtful


def test_a_picture_shows_text_and_obeys_none() -> None:
    drawn = line_chart(FRAME, [[point(2019, 1, text="<b>", href='"x')]], "<i>")
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert 'href=""x' not in drawn


def test_a_figure_is_marked_in_its_sentence_and_row() -> None:
    text = "上一句。全年收到申请<5件，结转1件。下一句。"
    assert marked_sentence("结转1件", [text]) == "全年收到申请&lt;5件，<mark>结转1件</mark>。"
    assert marked_sentence("不在文中<", [text]) == "<mark>不在文中&lt;</mark>"
    assert marked_row(["3", "", "<4"], 1) == "3 <mark>□</mark> &lt;4"
    assert marked_row(["3 1 6"] * 3, 1) == "<mark>3 1 6</mark>"


def test_figures_as_people_read_them() -> None:
    assert shown(Decimal("1234567.500000")) == "1,234,567.5"
    assert shown(Decimal("0.1234"), "ratio") == "12.3%"
    assert (shown(0), shown(None), shown(1000.0)) == ("0", "—", "1,000")


def test_pages_names_are_names(tmp_path: Path) -> None:
    for key in ("../x", "a/b", ".hidden", "", "a\\b"):
        with pytest.raises(ValueError, match="name a page"):
            report_page(key)
        with pytest.raises(ValueError, match="name a page"):
            place_page(key)


def written(folder: Path, files: dict[str, str], version: str = "1") -> SiteFolder:
    with SiteFolder(folder, version) as site:
        for name, text in files.items():
            site.put(name, text)
    return site


def test_only_what_differs_is_written_and_what_is_gone_goes(tmp_path: Path) -> None:
    assert written(tmp_path, {"a.html": "1", "b/c.html": "2"}).written == 2
    (tmp_path / "theirs.txt").write_text("3")
    assert written(tmp_path, {"a.html": "1"}, "2").written == 0
    assert not (tmp_path / "b").exists()
    assert (tmp_path / "theirs.txt").is_file()
    assert json.loads((tmp_path / MARK).read_text())["whole"] is True


def test_a_site_that_was_not_ended_says_so_and_is_ended_later(tmp_path: Path) -> None:
    def stopped() -> None:
        with SiteFolder(tmp_path, "1") as site:
            site.put("a.html", "1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert json.loads((tmp_path / MARK).read_text())["whole"] is False
    written(tmp_path, {"b.html": "2"})
    assert sorted(p.name for p in tmp_path.iterdir()) == [MARK, "b.html"]


def test_anothers_folder_and_names_outside_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    with pytest.raises(NotOurs):
        SiteFolder(tmp_path, "1")
    outside = tmp_path / "letters" / "x.html"
    outside.write_text("another's")
    site = tmp_path / "site"
    written(site, {"a.html": "1"})
    told = json.loads((site / MARK).read_text())
    told["files"] += ["../letters/x.html", str(outside)]
    (site / MARK).write_text(json.dumps(told))
    written(site, {"a.html": "1"})
    assert outside.is_file()


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_colours_have_contrast_by_day_and_by_night() -> None:
    css = (HERE / "static" / "atlas.css").read_text(encoding="utf-8")
    schemes = [
        dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", block)) for block in re.findall(r":root\{[^}]+", css)
    ]
    assert len(schemes) == 2
    for scheme in schemes:
        for ink in ("ink", "quiet", "accent", "bad"):
            for ground in ("paper", "soft"):
                one, other = sorted((luminance(scheme[ink]), luminance(scheme[ground])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, ground)


def test_every_code_of_the_warehouse_has_words() -> None:
    words = load_words()
    assert set(STATES) <= set(words["state"])
    assert {m.comparability for m in load_codebook().measures} <= set(words["grade"])
    assert word("state", "of the future").zh == "of the future", "a code without a word is shown, not lost"


def test_what_is_drawn_and_compared_is_measured() -> None:
    known = {m.measure_id for m in load_codebook().measures}
    assert {m for p in _panels().values() for m in p.measures} <= known
    assert {c.measure_id for c in compared()} | {c.base for c in compared() if c.base} <= known
    places = [(row, column) for _, row, column in grid().values()]
    assert len(places) == len(set(places)) == 34


def test_how_right_reading_is_comes_from_the_docs() -> None:
    found = accuracy()
    assert found
    for section in found:
        assert section.rows
        assert all(len(row) == len(section.heads) for row in section.rows)


def test_every_reason_is_told_in_both_languages() -> None:
    measures = load_codebook().measures
    assert [m.measure_id for m in measures if bool(m.why) != bool(m.why_zh)] == []
    told: dict[str, set[str]] = {}
    for m in measures:
        told.setdefault(m.why, set()).add(m.why_zh)
    assert all(len(chinese) == 1 for chinese in told.values())


@pytest.mark.parametrize("question", questions(), ids=lambda q: q.path.stem)
def test_every_caveat_of_a_question_stands_in_both_languages(question: Question) -> None:
    chinese = re.compile(r"[一-鿿]")
    told = Answer(question, [], [], 0).caveats
    assert told
    for zh, en in told:
        assert chinese.search(zh)
        assert len(en.split()) > 3
        assert len(chinese.findall(en)) < len(en) / 4
