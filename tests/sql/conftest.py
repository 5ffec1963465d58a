"""Built once a session: where dbt leaves its artefacts, and the marts over the shipped corpus's truth."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from drawn_corpus import drawn_warehouse
from warehouse_by_hand import build

from tools.demo import ReportTruth


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbt_target")


@pytest.fixture(scope="session")
def shipped(
    tmp_path_factory: pytest.TempPathFactory, dbt_target: Path
) -> tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth]]:
    """The marts over the truth of the eight shipped bodies, 2013 to 2025, and that truth by file name."""
    warehouse, reports = drawn_warehouse(
        tmp_path_factory.mktemp("shipped") / "shipped.duckdb", 8, range(2013, 2026), 1
    )
    return build(warehouse, dbt_target), reports
