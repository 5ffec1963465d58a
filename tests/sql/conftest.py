"""Built once a session: the marts over the shipped corpus's truth."""

from __future__ import annotations

import duckdb
import pytest
from drawn_corpus import drawn_warehouse
from warehouse_by_hand import build

from tools.demo import ReportTruth


@pytest.fixture(scope="session")
def shipped(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[duckdb.DuckDBPyConnection, dict[str, ReportTruth]]:
    """The marts over the truth of the eight shipped bodies, 2013 to 2025, and that truth by file name."""
    warehouse, reports = drawn_warehouse(tmp_path_factory.mktemp("shipped"), 8, range(2013, 2026), 1)
    return build(warehouse), reports
