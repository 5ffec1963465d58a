"""The dbt unit tests, which give a model its rows by hand, hold."""

from __future__ import annotations

from pathlib import Path

from warehouse_by_hand import Warehouse, build, run_dbt


def test_given_rows_give_the_rows_expected(tmp_path: Path, dbt_target: Path) -> None:
    warehouse = Warehouse(tmp_path / "empty.duckdb")
    build(warehouse, dbt_target).close()
    result = run_dbt(warehouse.path, dbt_target, "test", "--select", "test_type:unit")
    assert {r.node.name: r.status for r in result.result if r.status not in ("pass", "success")} == {}, [
        r.message for r in result.result
    ]
    assert len(result.result) >= 5
