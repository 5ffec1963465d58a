"""More than 800 names of bodies (issuers.csv) with the code, or the openness, that each must give; of the
last 200 the kind too: bodies of every kind, and words that name none.

The codes of the drawn part come from other lists than the registry's (gb2260 year ends 2014-2017, the
Ministry's list of 2025); the rest was written by hand. ``expected`` is a code, ``ambiguous`` (candidates, no
code) or ``none`` (no known place).
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pipeline.places import Body, Evidence, identify

ROWS = list(csv.DictReader((Path(__file__).parent / "issuers.csv").open(encoding="utf-8", newline="")))
BY_TITLE = "{issuer}{year}年政府信息公开工作年度报告"
BY_TITLE_YEAR_FIRST = "{year}年度{issuer}政府信息公开年报"


def _found(body: Body) -> str:
    if body.division_code:
        assert not body.candidates
        return body.division_code
    return "ambiguous" if len(body.candidates) > 1 else "none"


def test_the_list_is_wide_enough() -> None:
    codes = {r["expected"][:2] for r in ROWS if r["expected"].isdigit()}
    assert len(ROWS) >= 800
    assert len(codes) == 31
    levels = Counter(r["level"] for r in ROWS)
    assert all(levels[x] >= 30 for x in ("province", "prefecture", "county", "township", "department"))
    assert sum(r["expected"] == "ambiguous" for r in ROWS) >= 30
    assert len({r["year"] for r in ROWS}) >= 15


@pytest.mark.parametrize("form", [BY_TITLE, BY_TITLE_YEAR_FIRST])
def test_issuers_by_title(form: str) -> None:
    wrong = []
    for row in ROWS:
        body = identify(Evidence(title=form.format(**row), year=int(row["year"])))
        if (_found(body), body.level) != (row["expected"], row["level"]):
            wrong.append(
                (row["issuer"], row["year"], row["expected"], _found(body), body.level, body.evidence)
            )
    assert wrong == []


def test_issuers_by_signature() -> None:
    wrong = []
    for row in ROWS:
        body = identify(Evidence(issuer_texts=(row["issuer"],), year=int(row["year"])))
        if (_found(body), body.level) != (row["expected"], row["level"]):
            wrong.append(
                (row["issuer"], row["year"], row["expected"], _found(body), body.level, body.evidence)
            )
    assert wrong == []


@pytest.mark.parametrize("how", ["title", "signature"])
def test_kinds_and_no_promotion(how: str) -> None:
    wrong = []
    rows = [r for r in ROWS if r["kind"]]
    assert len(rows) >= 200
    for row in rows:
        year = int(row["year"])
        titled = Evidence(title=BY_TITLE.format(**row), year=year)
        body = identify(titled if how == "title" else Evidence(issuer_texts=(row["issuer"],), year=year))
        if body.kind != row["kind"]:
            wrong.append((row["issuer"], row["kind"], body.kind, body.evidence))
    assert wrong == []


def test_no_two_bodies_share_a_key() -> None:
    keys: dict[str, set[str]] = {}
    for row in ROWS:
        body = identify(Evidence(title=BY_TITLE.format(**row), year=int(row["year"])))
        if body.body_id and row["kind"]:
            keys.setdefault(body.body_id, set()).add(
                f"{body.kind.removeprefix('governing_')}:{body.department}"
            )
    assert {key: kinds for key, kinds in keys.items() if len(kinds) > 1} == {}


def test_a_foreign_site_id_code_changes_nothing_that_a_name_decides() -> None:
    for row in ROWS:
        if row["expected"] not in ("ambiguous",):
            title = BY_TITLE.format(**row)
            body = identify(Evidence(title=title, year=int(row["year"]), site_id_code="5301020001"))
            assert _found(body) == row["expected"], row
