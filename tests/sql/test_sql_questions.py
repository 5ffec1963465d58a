"""The question pages: every SQL runs over the truth of the shipped corpus, and answers that can be told by
hand are right."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from drawn_corpus import current, planted, true_measures

from pipeline.site.questions import answered
from tools.demo import ReportTruth

PAGES = Path(__file__).resolve().parents[2] / "docs" / "questions"
Shipped = tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth]]
GOVERNMENTS = ("province", "prefecture", "county")


def load_render() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "question_render", PAGES.parents[1] / "tools" / "render_questions.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["question_render"] = module
    spec.loader.exec_module(module)
    return module


RENDER = load_render()
QUESTIONS = {q.path.stem[3:]: q for q in RENDER.questions()}


def answer(shipped: Shipped, slug: str) -> list[dict[str, Any]]:
    cursor = shipped[0].execute(QUESTIONS[slug].sql)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_pages_are_numbered_and_bilingual() -> None:
    assert len(QUESTIONS) >= 25
    assert [q.number for q in RENDER.questions()] == list(range(1, len(QUESTIONS) + 1))
    for question in QUESTIONS.values():
        assert any("一" <= sign <= "鿿" for sign in question.chinese)
        assert question.english.isascii()
        assert question.caveats.startswith("- ")


@pytest.mark.parametrize("slug", QUESTIONS)
def test_every_question_is_answered(shipped: Shipped, slug: str) -> None:
    found = answer(shipped, slug)
    # The truth has no prose to compare; every other question has an answer in the corpus.
    assert bool(found) == (slug != "repeated-prose")


def test_applications_per_city_and_year(shipped: Shipped) -> None:
    expected = {
        (t.place, t.year): true_measures(t)["applications_received"]
        for t in current(shipped[1])
        if t.level in GOVERNMENTS
    }
    found = answer(shipped, "applications-per-city-and-year")
    assert {(r["division_name"], r["year"]): r["applications_received"] for r in found} == expected


def test_disputes_per_1000_applications(shipped: Shipped) -> None:
    expected = []
    for t in current(shipped[1]):
        m = true_measures(t)
        received, one, two = (
            m.get(k) for k in ("applications_received", "reconsideration_total", "litigation_total")
        )
        if received and one is not None and two is not None:
            expected.append(round(float(1000 * (one + two) / received), 6))
    found = [
        float(r["disputes_per_1000_applications"]) for r in answer(shipped, "disputes-per-1000-applications")
    ]
    assert found == sorted(expected, reverse=True)[:20]


def test_corrected_and_lost_before_and_after_2024(shipped: Shipped) -> None:
    sums: dict[str, Counter[str]] = {}
    for t in current(shipped[1]):
        m = true_measures(t)
        parts = ("corrected", "upheld", "other")
        named = {f"{k}_{p}": m.get(f"{k}_{p}") for k in ("reconsideration", "litigation") for p in parts}
        if t.level != "county" or None in named.values():
            continue
        counted = {k: int(v) for k, v in named.items() if v is not None}
        if not all(sum(counted[f"{k}_{p}"] for p in parts) for k in ("reconsideration", "litigation")):
            continue
        period = "2014-2018" if t.year < 2019 else "2019-2023" if t.year < 2024 else "2024-"
        sums.setdefault(period, Counter()).update(counted)
    found = answer(shipped, "corrected-and-lost-before-and-after-2024")
    assert {(r["period"], r["corrected"], r["lost"]) for r in found} == {
        (p, c["reconsideration_corrected"], c["litigation_corrected"]) for p, c in sums.items()
    }
    for row in found:
        c = sums[row["period"]]
        below = c["litigation_corrected"] + c["litigation_upheld"] + c["litigation_other"]
        assert row["lost_share"] == pytest.approx(c["litigation_corrected"] / below, abs=1e-4)


def test_disclosure_rate_by_applicant(shipped: Shipped) -> None:
    granted, concluded = Counter[str](), Counter[str]()
    for t in current(shipped[1]):
        if t.level != "county" or t.scope != "whole_area":
            continue
        figures = {
            (c.indicator, c.applicant): c.true for c in t.cells if c.state not in ("ambiguous", "dash")
        }
        for applicant in {a for _, a in figures if a}:
            done = figures.get(("application.concluded", applicant))
            got = [figures.get((f"application.outcome.{x}", applicant)) for x in ("granted", "partial")]
            if done and None not in got:
                concluded[applicant] += int(done)
                granted[applicant] += sum(int(g) for g in got if g is not None)
    rows = answer(shipped, "disclosure-rate-by-applicant")
    order = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
    assert [(r["position"], r["disclosed"], r["concluded"]) for r in rows] == [
        (n, granted[a], concluded[a]) for n, a in enumerate(order, start=1)
    ]


def test_never_received_keeps_zero_blank_and_slash_apart(shipped: Shipped) -> None:
    rows = {r["issuer"]: r for r in answer(shipped, "never-received-an-application")}
    assert set(rows) == {"石笛镇人民政府"}
    found = rows["石笛镇人民政府"]
    states = Counter[str]()
    for t in current(shipped[1]):
        if t.body == "石笛镇人民政府":
            seen = [
                c
                for c in (*t.cells, *t.statements)
                if c.indicator == "application.received" and c.applicant in (None, "total")
            ]
            known = [c for c in seen if c.true is not None and c.state != "not_applicable"]
            states[("zero" if known else seen[0].state) if seen else "none"] += 1
    assert found["zero_printed"] + found["nil_in_words"] + found["zero_proved"] == states["zero"]
    assert (found["slash"], found["blank"], found["no_cell"]) == (
        states["not_applicable"],
        states["blank"],
        states["none"],
    )


@pytest.mark.parametrize(
    ("slug", "kinds"),
    [
        ("chain-breaks", ("carry_break", "stock_break")),
        ("copied-tables", ("copied_table",)),
        ("figures-revised-after-publication", ("revised",)),
    ],
)
def test_faults_are_found_where_they_were_planted(
    shipped: Shipped, slug: str, kinds: tuple[str, ...]
) -> None:
    assert {(r["issuer"], r["year"]) for r in answer(shipped, slug)} == planted(shipped[1], *kinds)


def test_text_against_table(shipped: Shipped) -> None:
    found = {
        (r["issuer"], r["year"]) for r in answer(shipped, "text-against-table") if r["explained_by"] is None
    }
    assert planted(shipped[1], "text_against_table") <= found
    other = planted(
        shipped[1], "text_against_table", "wrong_total", "yuan_in_10k_column", "unit_in_cell", "revised"
    )
    assert found <= other


def test_late_publication(shipped: Shipped) -> None:
    for row in answer(shipped, "late-publication"):
        truth = next(t for t in current(shipped[1]) if (t.body, t.year) == (row["issuer"], row["year"]))
        assert row["published_on"] == date.fromisoformat(truth.published_on)
        assert row["days_late"] == (row["published_on"] - row["due_on"]).days > 0


def test_series_with_and_without_mergers(shipped: Shipped) -> None:
    by_code = {
        (t.division_code, t.year): true_measures(t)["applications_received"]
        for t in current(shipped[1])
        if t.level in GOVERNMENTS
    }
    rows = answer(shipped, "series-with-and-without-mergers")
    assert {r["division_name"] for r in rows} == {"竹影区"}
    for r in rows:
        one, two = by_code.get(("990102", r["year"])), by_code.get(("990121", r["year"]))
        if r["year"] >= 2020:
            assert (r["as_then"], r["on_todays_boundaries"], r["merged"]) == (one, one, False)
        elif one is not None and two is not None:
            assert (r["as_then"], r["on_todays_boundaries"], r["merged"]) == (one, one + two, True)
        else:
            assert r["on_todays_boundaries"] is None


def test_staff_and_funds(shipped: Shipped) -> None:
    expected = {
        (t.place, t.year): (true_measures(t)["staff_total"], true_measures(t)["fund_10k_yuan"])
        for t in current(shipped[1])
        if t.template == "v2014" and t.level in GOVERNMENTS
    }
    rows = answer(shipped, "staff-funds-and-training-2014-2018")
    assert {(r["division_name"], r["year"]): (r["staff_total"], r["fund_10k_yuan"]) for r in rows} == expected


def test_output_is_written_between_the_marks(tmp_path: Path) -> None:
    assert (
        RENDER.as_table(["a", "b"], [(1, None), ("x|y", True)])
        == "| a | b |\n|---|---|\n| 1 |  |\n| x\\|y | True |\n"
    )
    assert RENDER.as_table(["a"], []) == "No rows.\n"
    assert RENDER.as_table(["a"], [(n,) for n in range(13)]).endswith("\n\n12 of 13 rows.\n")


def test_what_a_question_stands_on_tells_nothing_found_from_not_enough(shipped: Shipped) -> None:
    """Of the truth every question finds rows to stand on but those on prose and on versions, which it lacks."""
    con = shipped[0]
    stands_on = {slug: answered(con, q).stands_on for slug, q in QUESTIONS.items()}
    assert {slug for slug, n in stands_on.items() if not n} <= {"repeated-prose", "text-against-table"}
    question = QUESTIONS["late-publication"]._replace(
        sql="select 1 where false", stands_on="mart.timeliness where false"
    )
    assert answered(con, question).outcome == "not_enough"
    assert answered(con, question._replace(stands_on="mart.timeliness")).outcome == "nothing"
    assert answered(con, QUESTIONS["coverage"]).outcome == "found"
