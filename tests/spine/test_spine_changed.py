"""A change rebuilds what depends on it and gives the rows of a full build
(docs/decisions/0003-changed-rows.md)."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.load.warehouse import build_core
from tests.spine.changed_corpus import (
    FACTS,
    Page,
    build,
    differences,
    fetched_again,
    field,
    keep,
    other_body,
    other_figure,
    places,
    read_otherwise,
    read_pages,
    report_added,
    report_gone,
    revised,
    unread,
)

pytestmark = pytest.mark.xdist_group("changed")
BODIES = 16
ROUNDS = (
    (other_figure, report_added, revised, revised),
    (report_gone, other_body, read_otherwise, unread, fetched_again),
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbt_target")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, target: Path) -> tuple[Home, list[Page]]:
    """A home with the demo's bodies and some more, built and published once."""
    home = Home(tmp_path_factory.mktemp("changed"))
    places(home, BODIES)
    pages = read_pages(home, BODIES)
    counts = build(home, pages, target)
    assert "rebuilt_reports" not in counts
    return home, pages


def test_other_code_places_or_many_changes_ask_for_a_full_build(corpus: tuple[Home, list[Page]]) -> None:
    home, pages = corpus
    dice = random.Random(4)
    keep(home, pages)
    assert "rebuilt_reports" in build_core(home, [p.receipt for p in pages], {**FACTS, "inputs": "other"})
    for facts in (
        {**FACTS, "codebook": "2"},
        {**FACTS, "models": "new"},
        {k: v for k, v in FACTS.items() if k != "codebook"},
    ):
        assert "rebuilt_reports" not in build_core(home, [p.receipt for p in pages], facts)
    many = pages
    for _ in pages:
        many = other_figure(dice, many)
    keep(home, many)
    assert "rebuilt_reports" not in build_core(home, [p.receipt for p in many], FACTS)


def test_changed_rows_are_those_of_a_full_build(
    corpus: tuple[Home, list[Page]], target: Path, tmp_path: Path
) -> None:
    home, pages = corpus
    dice = random.Random(3)
    for n, changes in enumerate(ROUNDS):
        for change in changes:
            pages = change(dice, pages)
        keep(home, pages)
        build_core(home, [p.receipt for p in pages], FACTS)
        home.building.write_bytes(home.building.read_bytes()[:100_000])  # a run killed half way leaves this
        counts = build(home, pages, target)
        assert 0 < counts["rebuilt_reports"] < len(pages), changes
        whole = Home(tmp_path / str(n))
        places(whole, BODIES)
        assert "rebuilt_reports" not in build(whole, pages, target)
        assert differences(home, whole) == [], changes


def test_only_the_body_of_a_changed_report_is_rebuilt(
    corpus: tuple[Home, list[Page]], target: Path, tmp_path: Path
) -> None:
    """Rows of another level keep their places in the file: they were not written again."""
    _, pages = corpus
    home = Home(tmp_path / "home")
    places(home, BODIES)
    at = next(
        n for n, p in enumerate(pages) if field(p, "level") == "department" and field(p, "year") == 2021
    )
    build(home, pages, target)
    query = (
        "SELECT t.rowid, t.report_id, t.measure_id FROM mart.{} t JOIN core.report r USING (report_id) WHERE r.level <> 'department' "
        "ORDER BY ALL"
    )
    before = [rows(home, query.format(table)) for table in ("measure", "trend")]
    changed = [*pages[:at], other_figure(random.Random(5), [pages[at]])[0], *pages[at + 1 :]]
    counts = build(home, changed, target)
    assert (
        counts["rebuilt_reports"]
        == sum(field(p, "body_id") == field(pages[at], "body_id") for p in pages) + 1
    )
    assert [rows(home, query.format(table)) for table in ("measure", "trend")] == before


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.database), read_only=True) as con:
        return con.execute(query).fetchall()
