"""Sources, staging, intermediate, mart: each floor reads the one below it, and nothing leaves the house
unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.load.models import parsed


@pytest.fixture(scope="module")
def project() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((parsed() / "manifest.json").read_text(encoding="utf-8"))
    return found


def models(project: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {n["name"]: n for n in project["nodes"].values() if n["resource_type"] == "model"}


def test_only_staging_reads_sources(project: Mapping[str, Any]) -> None:
    reads = {
        name: {d.partition(".")[0] for d in node["depends_on"]["nodes"]}
        for name, node in models(project).items()
    }
    assert {name for name, kinds in reads.items() if "source" in kinds} == {
        name for name in reads if name.startswith("stg_")
    }
    assert all(kinds == {"source"} for name, kinds in reads.items() if name.startswith("stg_"))


def test_intermediate_reads_no_mart_and_names_say_the_floor(project: Mapping[str, Any]) -> None:
    for name, node in models(project).items():
        floor = node["fqn"][1]
        assert node["schema"] == floor
        assert floor == {"stg": "staging", "int": "intermediate"}.get(name[:3], "mart"), name
        if floor == "intermediate":
            assert not any(
                models(project)[d.rpartition(".")[2]]["fqn"][1] == "mart" for d in node["depends_on"]["nodes"]
            )


def test_the_snapshot_stands_on_every_mart(project: Mapping[str, Any]) -> None:
    marts = {node["unique_id"] for node in models(project).values() if node["fqn"][1] == "mart"}
    exposures = {e["name"]: set(e["depends_on"]["nodes"]) for e in project["exposures"].values()}
    assert exposures["snapshot"] == marts
    assert exposures["panel"] == {"model.yangguang.city_year"}


def test_marts_and_sources_are_described_column_by_column(project: Mapping[str, Any]) -> None:
    described = [n for n in models(project).values() if n["fqn"][1] == "mart"] + list(
        project["sources"].values()
    )
    assert [n["name"] for n in described if not n["description"] or not n["columns"]] == []
    assert [
        f"{n['name']}.{c['name']}" for n in described for c in n["columns"].values() if not c["description"]
    ] == []
