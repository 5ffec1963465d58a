"""Every division in force and every township, each once in a lead: the gazetteer's names come first,
fillers after."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import places
from pipeline.places import load_registry
from pipeline.places.names import name_at, name_ending
from pipeline.places.phrase import Phrase

LEADS = (
    "现公布",
    "现将",
    "向社会公布",
    "特编制",
    "根据条例要求,发布",
    "由",
    "对",
    "公开",
    "关于",
    "",
    "现就本年度",
    "总结",
)
REGISTRY = load_registry()


def in_a_lead(name: str, at: int, organ: str) -> Phrase | None:
    """The name as one of the leads gives it: before the report's title, or before the verb that compiles
    it."""
    lead = LEADS[at % len(LEADS)].split(",")[-1]
    if at % 3 == 0:
        return name_at(f"{name}{organ}根据条例编制本报告。", REGISTRY)
    return name_ending(f"{lead}{name}{organ if at % 3 == 1 else ''}", REGISTRY)


def test_every_division_in_force() -> None:
    wrong = []
    for at, d in enumerate(x for x in REGISTRY.divisions if x.in_force(2026)):
        found = in_a_lead(d.name, at, "人民政府")
        if (
            found is None
            or d.code not in {p.code for p in found.places}
            or found.organ not in ("none", "government")
        ):
            wrong.append((d.name, found and found.text))
    assert wrong == []


def test_a_department_of_every_division_is_no_government() -> None:
    wrong = []
    for at, d in enumerate(x for x in REGISTRY.divisions if x.in_force(2026)):
        found = in_a_lead(d.name, at * 3 + 1, "水利局")
        if found is None or (found.organ, d.code in {p.code for p in found.places}) != ("department", True):
            wrong.append((d.name, found and found.text, found and found.organ))
    assert wrong == []


@pytest.mark.slow
def test_every_township() -> None:
    table = Path(places.__file__).with_name("townships.csv")
    with table.open(encoding="utf-8", newline="") as f:
        names = [row["name"] for row in csv.DictReader(f)]
    towns = [n for n in names if n.endswith(("镇", "乡", "街道", "苏木"))]
    assert len(towns) > 29_000
    wrong = []
    for at, name in enumerate(towns):
        found = in_a_lead(name, at, "办事处" if name.endswith("街道") else "人民政府")
        if found is None or found.organ not in ("township", "street") or found.organ_name != name:
            wrong.append((name, found and (found.text, found.organ, found.organ_name)))
    assert wrong == []
