"""The values that the codebook lists are those that the code and the models know."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from pipeline.codebook import CodebookError, load_codebook
from pipeline.report import Method, Resolution, Severity, State, StatementStatus
from tests.codebook.codebook_files import Files

MODELS = Path(__file__).resolve().parents[2] / "sql" / "models"
SOURCES = Path(__file__).resolve().parents[2] / "pipeline" / "places" / "SOURCES.md"


@pytest.mark.parametrize(
    ("table", "column", "literal"),
    [
        ("", "state", State),
        ("", "resolution", Resolution),
        ("", "method", Method),
        ("", "severity", Severity),
        ("core.statement", "status", StatementStatus),
    ],
)
def test_values_of_the_code_are_listed(table: str, column: str, literal: object) -> None:
    listed = {v.value for v in load_codebook().values_of(table, column)}
    assert set(get_args(literal)) <= listed
    if column != "state":  # the marts know more
        assert set(get_args(literal)) == listed


def test_values_that_the_models_accept_are_listed() -> None:
    codebook = load_codebook()
    seen = 0
    for model in yaml.safe_load((MODELS / "mart" / "mart.yml").read_text(encoding="utf-8"))["models"]:
        for column in model["columns"]:
            for test in column.get("data_tests", ()):
                if isinstance(test, dict) and "accepted_values" in test:
                    accepted = set(test["accepted_values"]["arguments"]["values"])
                    listed = {v.value for v in codebook.values_of(f"mart.{model['name']}", column["name"])}
                    assert accepted <= listed, (model["name"], column["name"])
                    seen += 1
    assert seen >= 8


def test_a_name_that_stata_does_not_take_is_an_error(tmp_path: Path) -> None:
    files = Files(tmp_path)
    long = "applications_received_natural_person"
    files.change(
        "measures.csv", lambda rows: [r.update(stata_name="") for r in rows if r["measure_id"] == long]
    )
    with pytest.raises(
        CodebookError, match=r"measures\.csv: 'applications_received_natural_person' has 36 signs"
    ):
        load_codebook(files.folder)


def test_two_measures_of_one_name_in_stata_are_an_error(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.change(
        "measures.csv",
        lambda rows: [
            r.update(stata_name="litigation_total") for r in rows if r["measure_id"] == "outcome_refused"
        ],
    )
    with pytest.raises(CodebookError, match="stands twice"):
        load_codebook(files.folder)


def test_every_reason_of_comparability_is_told_in_chinese_too() -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    missing = {
        m.why for m in load_codebook().measures if m.why not in ("", "-") and not chinese.search(m.why_zh)
    }
    assert missing == set()


def test_attributions_are_those_of_the_places() -> None:
    page = SOURCES.read_text(encoding="utf-8")
    named = [a for a in load_codebook().attributions if a.version]
    assert named
    for a in named:
        assert re.search(rf"{re.escape(a.name)}\s*(?:==)?\s*{re.escape(a.version)}", page), a.name


def test_the_guide_says_the_same_in_chinese() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    english, chinese = (
        (docs / name / "analysts-guide.md").read_text(encoding="utf-8") for name in ("", "zh")
    )
    assert english.count("\n## ") == chinese.count("\n## ")
    for state in get_args(State):
        assert f"| `{state}` |" in english
        assert f"| `{state}` |" in chinese
    for resolution in get_args(Resolution):
        assert f"`{resolution}`" in english
        assert f"`{resolution}`" in chinese
    assert "```" not in chinese  # SQL and commands stand once, on the English page
