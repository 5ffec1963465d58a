"""What one clicks in Dagster's page, in whatever order, publishes nothing that is not whole."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import pytest

from pipeline.assets import ASSETS, BuildingHome, load, models, table_specs, warehouse
from pipeline.codebook import load_codebook
from pipeline.home import Home
from pipeline.load.published import digest_of
from pipeline.load.warehouse import opened

At = Callable[[str], Home]
CORE = tuple(spec.key.to_user_string() for spec in table_specs(load_codebook()))


def materialize(home: Home, *selection: str) -> dg.ExecuteInProcessResult:
    """A run of just these assets and their checks."""
    return dg.materialize(
        ASSETS,
        selection=list(selection),
        resources={"home": BuildingHome(root=str(home.root))},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )


def said(result: dg.ExecuteInProcessResult) -> str:
    """What the one step that failed says."""
    (event,) = [e for e in result.all_events if e.is_step_failure]
    data = event.step_failure_data
    return (data.user_failure_data.description or "") if data.user_failure_data else ""


def failure(home: Home, *selection: str) -> str:
    """What a run of just these assets says; the published file stays as it was."""
    home.make()
    home.database.write_bytes(b"as before")
    result = materialize(home, *selection)
    assert not result.success
    assert home.database.read_bytes() == b"as before"
    return said(result)


def test_a_single_model_says_in_a_line_what_to_do(home_at: At) -> None:
    home = home_at("core")
    home.building.unlink()
    told = failure(home, "mart/city_year")
    assert told.startswith("no core is being built")
    assert "\n" not in told
    assert not home.building.exists()


def test_core_and_warehouse_without_the_models_publish_nothing(home_at: At) -> None:
    assert "no model was built on this core" in failure(home_at("core"), *CORE, "warehouse")


def test_warehouse_alone_publishes_no_build_whose_models_are_missing(home_at: At) -> None:
    assert "model mart.city_year: not_run" in failure(home_at("part"), "warehouse")


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (("mart/city_year",), "no core is being built"),
        (("mart/city_year", "mart/timeliness", "intermediate/int_report"), "no core is being built"),
        (("warehouse",), "nothing is being built"),
        (("mart/timeliness", "warehouse", "snapshot"), "no core is being built"),
        (
            (*CORE, "mart/city_year", "warehouse", "snapshot"),
            "this build holds no intermediate.int_boundary, ",
        ),
        ((*CORE, "staging/stg_core__report", "warehouse", "snapshot"), "model mart.city_year: not_run"),
        (CORE, ""),
    ],
    ids=[
        "a model",
        "models",
        "warehouse",
        "a model and what follows",
        "core, a mart and what follows",
        "core, a model and what follows",
        "core",
    ],
)
def test_what_is_no_whole_build_leaves_what_is_published(
    home_at: At, selection: tuple[str, ...], told: str
) -> None:
    home = home_at("out")
    before = published_files(home)
    result = materialize(home, *selection)
    assert published_files(home) == before
    assert result.success == (not told)
    if told:
        assert told in said(result)
        assert "\n" not in said(result)
        done = {
            e.asset_key.to_user_string() for e in result.get_asset_materialization_events() if e.asset_key
        }
        assert not done & {"warehouse", "snapshot"}


def published_files(home: Home) -> dict[str, str]:
    """Sums of the published file, what is said of it, and the snapshots."""
    files = [home.database, home.receipt, *(p for p in home.snapshots.rglob("*") if p.is_file())]
    return {str(path): digest_of(path) for path in files}


def test_models_are_built_alone_and_their_tests_decide(home_at: At) -> None:
    home, chosen = home_at("part"), ("mart/timeliness", "intermediate/int_report")
    result = materialize(home, *chosen)
    made = {e.asset_key.to_user_string() for e in result.get_asset_materialization_events() if e.asset_key}
    assert made == set(chosen)
    checks = {"/".join(c.asset_key.path): c for c in result.get_asset_check_evaluations()}
    assert set(checks) == set(chosen)
    assert all(check.passed for check in checks.values())

    with opened(home.building) as con:
        con.execute("UPDATE core.report SET scope = 'elsewhere'")
    result = materialize(home, *chosen)
    assert not result.success
    (bad,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    failed = set(bad.metadata) - {"tests"}
    assert failed != set()
    assert [name for name in failed if name not in said(result)] == []


def test_a_check_names_the_tests_of_its_model() -> None:
    specs = {"/".join(spec.asset_key.path): spec for spec in models.check_specs}
    assert "unique_int_report_report_id" in (specs["intermediate/int_report"].description or "").splitlines()


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
