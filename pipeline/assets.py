"""Thin Dagster wrappers, one per stage: read, call, write, give metadata."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from pydantic import Field

from pipeline.load.home import PROJECT, Home
from pipeline.stages import (
    FileCounts,
    error_findings,
    load_stage,
    model_counts,
    models_fingerprint,
    preview,
    publish_stage,
    read_stage,
    snapshot_stage,
    take_in_stage,
    unread_documents,
)

SQL = PROJECT / "sql"
CORE_TABLES = ("document", "report", "observation", "finding", "section")
REF_TABLES = ("indicator", "applicant", "rule", "measure", "measure_term", "division", "division_event")


class HomeResource(dg.ConfigurableResource[None]):
    """The home that a run works in."""

    root: str

    def home(self) -> Home:
        return Home(Path(self.root)).make()


class Inputs(dg.Config):
    """What a run takes in: files, folders, WARC archives, addresses; none: only what the home holds and its inbox."""

    inputs: list[str] = Field(default_factory=list)
    delay: float = 2.0
    allow_private: bool = False


def manifest() -> Path:
    """The dbt manifest, parsed anew where ``sql/`` is not what it was parsed from."""
    path = SQL / "target" / "manifest.json"
    mark = path.with_name("manifest.of")
    now = models_fingerprint()
    if not path.is_file() or not mark.is_file() or mark.read_text(encoding="utf-8") != now:
        from dbt.cli.main import dbtRunner

        arguments = ["--quiet", "parse", "--project-dir", str(SQL), "--profiles-dir", str(SQL), "--target-path", str(path.parent)]
        result = dbtRunner().invoke(arguments)
        if not result.success:
            raise dg.Failure(f"dbt cannot parse {SQL}: {result.exception}")
        mark.write_text(now, encoding="utf-8")
    return path


@dg.asset(group_name="stages", kinds={"sqlite"})
def crawl(context: dg.AssetExecutionContext, config: Inputs, home: HomeResource) -> dg.MaterializeResult[None]:
    """Files, folders, archives and addresses into the raw store, each with a receipt."""
    counts: FileCounts = take_in_stage(
        home.home(), config.inputs, delay=config.delay, allow_private=config.allow_private
    )
    for problem in counts.problems:
        context.log.warning(problem)
    return dg.MaterializeResult(metadata=counts.metadata())


@dg.multi_asset(
    specs=[
        dg.AssetSpec("clean", deps=["crawl"], group_name="stages", kinds={"python"}, skippable=False,
                     description="Documents: every file read into blocks, with a status."),
        dg.AssetSpec("extract", deps=["clean"], group_name="stages", kinds={"python"}, skippable=False,
                     description="Reports: observations, proofs and findings of every document."),
    ],
    can_subset=False,
)
def clean_and_extract(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[dg.MaterializeResult[None]]:
    """Both stages in one pass over what is new, each file in a worker with limits."""
    counts = read_stage(home.home(), tick=None)
    yield dg.MaterializeResult(asset_key="clean", metadata={"read_now": counts.read, "kept": counts.kept, **counts.statuses})
    yield dg.MaterializeResult(asset_key="extract", metadata={"reports_now": counts.reports})


@dg.multi_asset(
    specs=[
        dg.AssetSpec([schema, table], deps=["extract"], group_name=schema, kinds={"duckdb"})
        for schema, tables in (("core", CORE_TABLES), ("ref", REF_TABLES))
        for table in tables
    ],
    can_subset=False,
)
def load(home: HomeResource) -> Iterator[dg.MaterializeResult[None]]:
    """``core`` and ``ref`` in a new DuckDB file beside the published one."""
    counts = load_stage(home.home())
    for schema, tables in (("core", CORE_TABLES), ("ref", REF_TABLES)):
        for table in tables:
            metadata: dict[str, Any] = {"rows": counts[table]} if schema == "core" else {}
            yield dg.MaterializeResult(asset_key=[schema, table], metadata=metadata)


@dbt_assets(manifest=manifest())
def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, home: HomeResource) -> Iterator[Any]:
    """The SQL models, each an asset, each dbt test an asset check."""
    os.environ["YANGGUANG_BUILD"] = str(home.home().building)
    target = home.home().warehouse / "dbt"
    yield from dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context, target_path=target).stream()


@dg.asset(deps=[models], group_name="stages", kinds={"duckdb"})
def warehouse(home: HomeResource) -> dg.MaterializeResult[None]:
    """The finished build, commented, in the place of the published warehouse."""
    place = home.home()
    publish_stage(place)
    return dg.MaterializeResult(
        metadata={**model_counts(place), "panel": dg.MetadataValue.md(preview(place, "mart.city_year"))}
    )


@dg.asset(deps=[warehouse], group_name="stages", kinds={"parquet"})
def snapshot(home: HomeResource) -> dg.MaterializeResult[None]:
    """The published warehouse as Parquet with a data package, the codebook, what changed, and checksums."""
    folder = snapshot_stage(home.home())
    return dg.MaterializeResult(metadata={"version": folder.name, "folder": dg.MetadataValue.path(str(folder))})


@dg.asset_check(asset=warehouse, description="Documents that could not be read")
def every_document_was_read(home: HomeResource) -> dg.AssetCheckResult:
    bad = unread_documents(home.home())
    return dg.AssetCheckResult(
        passed=not bad, severity=dg.AssetCheckSeverity.WARN, metadata=dict(bad)
    )


@dg.asset_check(asset=warehouse, description="Findings of severity error: identities of the form that do not hold")
def identities_hold(home: HomeResource) -> dg.AssetCheckResult:
    failing = error_findings(home.home())
    return dg.AssetCheckResult(
        passed=not failing, severity=dg.AssetCheckSeverity.WARN, metadata=dict(failing)
    )


ASSETS = [crawl, clean_and_extract, load, models, warehouse, snapshot]
CHECKS = [every_document_was_read, identities_hold]


def dbt_resource() -> DbtCliResource:
    """dbt on the project's ``sql/``; each run says through the environment which file it builds."""
    beside = Path(sys.executable).with_name("dbt")  # the environment's own, whatever PATH says
    return DbtCliResource(
        project_dir=str(SQL), profiles_dir=str(SQL), dbt_executable=str(beside) if beside.is_file() else "dbt"
    )
