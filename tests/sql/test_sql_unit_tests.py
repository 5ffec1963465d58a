"""The dbt unit tests, which give a model its rows by hand, hold."""

from __future__ import annotations

from pathlib import Path

from warehouse_by_hand import Warehouse, build

from pipeline.load.models import run_models


def test_given_rows_give_the_rows_expected(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    build(warehouse).close()
    ran = run_models(warehouse.path, tmp_path / "dbt", ["test", "--select", "test_type:unit"])
    told = {node.name: node.message for node in ran if node.kind == "unit_test" and node.status != "pass"}
    assert told == {}
    assert len(ran) >= 5
