"""What one clicks in Dagster's page, in whatever order, publishes nothing that is not whole."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import pytest

from pipeline.assets import ASSETS, BuildingHome, dbt_resource, load, models, table_specs, warehouse
from pipeline.codebook import load_codebook
from pipeline.home import Home

pytestmark = pytest.mark.xdist_group("load")
At = Callable[[str], Home]


def failure(home: Home, *selection: str) -> str:
    """What a run of just these assets says; the published file stays as it was."""
    home.make()
    home.database.write_bytes(b"as before")
    result = dg.materialize(
        ASSETS,
        selection=list(selection),
        resources={"home": BuildingHome(root=str(home.root)), "dbt": dbt_resource()},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    assert not result.success
    assert home.database.read_bytes() == b"as before"
    (event,) = [e for e in result.all_events if e.is_step_failure]
    data = event.step_failure_data
    return (data.user_failure_data.description or "") if data.user_failure_data else ""


def test_a_single_model_says_in_a_line_what_to_do(home_at: At) -> None:
    home = home_at("core")
    home.building.unlink()
    said = failure(home, "mart/city_year")
    assert said.startswith("no core is being built")
    assert "\n" not in said
    assert not home.building.exists()


def test_core_and_warehouse_without_the_models_publish_nothing(home_at: At) -> None:
    keys = [spec.key.to_user_string() for spec in table_specs(load_codebook())]
    assert "no model was built on this core" in failure(home_at("core"), *keys, "warehouse")


def test_warehouse_alone_publishes_no_build_whose_models_are_missing(home_at: At) -> None:
    assert "model mart.city_year: not_run" in failure(home_at("part"), "warehouse")


def test_tables_are_named_as_one_asks_for_them() -> None:
    names = {
        key.to_user_string(): str(
            getattr(metadata["dagster/table_name"], "value", metadata["dagster/table_name"])
        )
        for asset in (load, models)
        for key, metadata in asset.metadata_by_key.items()
    }
    assert names["mart/city_year"] == "mart.city_year"
    assert names["core/report"] == "core.report"
    assert warehouse.key.to_user_string() == "warehouse"
