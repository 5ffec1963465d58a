"""``yangguang decide`` and ``undecided``: the whole way of a person's decision, from the list to the diff."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.crawl import RawStore
from pipeline.demo import shipped_corpus
from pipeline.home import Home
from pipeline.load.decisions import NAME
from pipeline.load.difference import differing
from pipeline.load.models import run_models
from pipeline.load.verify import verify_home
from pipeline.load.warehouse import opened
from pipeline.places import load_registry
from pipeline.reading.kept import Kept
from pipeline.reading.schema import rows_of
from pipeline.reading.whole import read_whole
from pipeline.stages import (
    fallen_decisions,
    is_up_to_date,
    load_stage,
    publish_stage,
    snapshot_stage,
    take_in_stage,
)
from pipeline.terminal.main import main

pytestmark = pytest.mark.slow
DOUBTFUL = "/zwgk/zfxxgknb/b005/2020.txt"
"""A page of the shipped corpus whose rows lost their blanks."""
MEASURED = "reconsideration.upheld"
"""A cell of it that is open and that a measure of the panel is made of."""


def build(home: Home) -> Path:
    load_stage(home)
    run_models(home.building, home.warehouse / "dbt")
    publish_stage(home)
    return snapshot_stage(home)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """A home with one doubtful report, and its first snapshot."""
    home = Home(tmp_path_factory.mktemp("decide") / "home").make()
    corpus = shipped_corpus()
    for name in ("divisions.csv", "division_events.csv"):
        (home.root / name).write_bytes(corpus.beside[name])
    page = home.root.parent / "report.txt"
    page.write_bytes(corpus.site[DOUBTFUL][1])
    take_in_stage(home, [str(page)])
    with RawStore(home.raw) as store, Kept(home) as kept:
        for receipt in store.documents_to_read():
            read = read_whole(store.get(str(receipt.sha256)), registry=load_registry(home.divisions))
            list(kept.write([(str(receipt.sha256), rows_of(*read))]))
    return home, build(home)


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"YANGGUANG_HOME": str(home.root)})


def waiting(home: Home) -> list[dict[str, object]]:
    done = run(home, "undecided", "--format", "jsonl")
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_decision_goes_all_the_way_and_back(made: tuple[Home, Path]) -> None:
    home, first = made
    cells = waiting(home)
    assert len(cells) > 10
    chosen = next(c for c in cells if c["indicator"] == "application.concluded" and c["candidates"])
    report, indicator, applicant = (str(chosen[k]) for k in ("report_id", "indicator", "applicant"))
    value = str(chosen["candidates"]).split("|")[-1]

    block = run(home, "undecided", report).stdout
    assert f"{indicator} [{applicant}]" in block
    assert str(chosen["raw"]) in block
    assert f"yangguang decide {report} {indicator} {applicant} VALUE" in block

    # wrong uses change nothing
    why = ("--because", "纸本可见", "--by", "某人")
    printed = ("application.received", "total")
    for words, said in [
        (
            (report, *printed, "5", *why),
            "a printed value is never decided over|only cells that are ambiguous",
        ),
        ((report, indicator, "5", *why), "names several cells"),
        ((report, indicator, applicant, "2.5", *why), "whole numbers"),
        ((report, indicator, applicant, "-2", *why), "never negative"),
        ((report, indicator, applicant, "many", *why), "no figure"),
        ((report, indicator, applicant, value, "--by", "某人"), "say why"),
        ((report, indicator, applicant, value, "--because", "x", "--by", " "), "name who decides"),
        ((report, "no.such", "5", *why), "shows no cell"),
        (("no-1", indicator, "5", *why), "no report no-1"),
        ((report, indicator, applicant, "--undo", "--by", "某人"), "nobody decided"),
    ]:
        done = run(home, "decide", *words)
        assert done.exit_code == 2, words
        assert re.search(said, done.stderr), done.stderr
    assert not (home.root / NAME).exists()

    done = run(home, "decide", report, indicator, applicant, value, *why)
    assert done.exit_code == 0, done.stderr
    assert run(home, "decide", report, MEASURED, "0", *why).exit_code == 0
    assert [c["decided"] for c in waiting(home)].count(True) == 2
    assert not is_up_to_date(home)

    second = build(home)
    assert is_up_to_date(home)
    assert second.name != first.name
    with opened(home.database, read_only=True) as con:
        cell = con.execute(
            "SELECT value, state, resolved, resolution, proof FROM core.observation WHERE report_id = ? AND indicator = ? "
            "AND applicant = ?",
            [report, indicator, applicant],
        ).fetchone()
        assert cell is not None
        assert cell[:4] == (None, "ambiguous", int(value), "decided_by_person")
        assert "某人" in cell[4]
        assert "纸本可见" in cell[4]
        assert (
            con.execute("SELECT status, decided_by FROM core.decision").fetchall()
            == [("applied", "某人")] * 2
        )
        assert con.execute("SELECT cells_decided FROM mart.quality").fetchone() == (2,)
        measured = "SELECT value, state FROM mart.measure WHERE measure_id = 'reconsideration_upheld'"
        assert con.execute(measured).fetchall() == [(0, "decided")]
        noted = con.execute("SELECT caveats, reconsideration_upheld FROM mart.city_year").fetchone()
        assert noted is not None
        assert "reconsideration_upheld: decided" in noted[0]
        assert noted[1] == 0
    found = differing(first, second).rows(named=True)
    assert {r["why"] for r in found} == {"decision"}
    assert ("reconsideration_upheld", None, 0) in {(r["measure_id"], r["before"], r["now"]) for r in found}
    assert "decided_by_person" in run(home, "explain", report, indicator).stdout
    assert len(waiting(home)) == len(cells) - 2
    assert list(verify_home(home, lambda _: None)) == []

    # a row that was edited by hand
    path = home.root / NAME
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(f",{value},", f",{int(value) + 1},"), encoding="utf-8")
    for words in (
        ("verify",),
        ("undecided",),
        ("run",),
        ("decide", report, indicator, applicant, value, *why),
    ):
        done = run(home, *words)
        assert done.exit_code == 2, (words, done.stderr)
        assert f"{NAME}:2: " in done.stderr
    path.write_text(sound, encoding="utf-8")

    for cell in ((indicator, applicant), (MEASURED,)):
        done = run(home, "decide", report, *cell, "--undo", "--by", "某人")
        assert done.exit_code == 0, done.stderr
    build(home)
    with opened(home.database, read_only=True) as con:
        assert con.execute(
            "SELECT count(*) FROM core.observation WHERE resolution = 'decided_by_person'"
        ).fetchone() == (0,)
        assert con.execute("SELECT status FROM core.decision").fetchall() == [("undone",)] * 2
    assert fallen_decisions(home) == []
    assert len(waiting(home)) == len(cells)
