"""Thin Dagster wrappers, one per stage: read, call, write, give metadata."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, build_dbt_asset_specs
from pydantic import Field

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import columns_of, comment_of, explain, tables_of
from pipeline.crawl.completeness import RULES
from pipeline.home import Home
from pipeline.load.gate import NotWhole
from pipeline.load.models import BUILD, Node, parsed, run_models, tests_by_model
from pipeline.progress import progress_if_asked
from pipeline.stages import (
    FileCounts,
    being_built,
    build_environment,
    crawl_stage,
    error_findings,
    load_stage,
    model_counts,
    models_on_spark,
    preview,
    publish_stage,
    read_stage,
    run_lock,
    snapshot_stage,
    source_findings,
    tables_built,
    take_in_stage,
    unread_documents,
)

TESTS = "tests"
"""The check of a model's tests."""

SOURCES = dg.DynamicPartitionsDefinition(name="source")
"""One partition a source of the registry; ``definitions.py`` keeps the two alike."""

IN_SEASON = dg.FreshnessPolicy.cron("0 12 * 1-4 2", timedelta(hours=35), timezone="Asia/Shanghai")
"""January to April: by noon of each Tuesday, looked at since the Monday run began at 01:00."""

ALL_YEAR = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=40), warn_window=timedelta(days=33))
"""The rest of the year: once a month, with some days of grace."""


class HomeResource(dg.ConfigurableResource["HomeResource"]):
    """The home that a run works in."""

    root: str

    def home(self) -> Home:
        return Home(Path(self.root)).make()


class BuildingHome(HomeResource):
    """A home whose warehouse the run builds: one such run at a time, a second waits its turn.

    ``master`` names a Spark master that reads (empty: this machine), and builds core and models too where
    ``spark_builds``. ``held`` says that the caller holds the home's lock already, as the command line does. The lock
    spans the run because every job here runs its steps in one process.
    """

    held: bool = False
    master: str = ""
    spark_builds: bool = False
    wait_seconds: float = 1800.0

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["BuildingHome"]:
        """Holds the home's lock until the run ends. Raises Busy after ``wait_seconds``."""
        if self.held:
            yield self
            return
        with run_lock(self.home(), wait=self.wait_seconds):
            yield self


class Manners(dg.Config):
    """How a source is crawled, as the options of ``yangguang crawl``; ``year`` for a backfill of one year's
    reports."""

    delay: float = 2.0
    allow_private: bool = False
    render: bool = False
    year: int | None = None


class Inputs(dg.Config):
    """What a run takes in: files, folders, WARC archives, addresses; none: only what the home holds and its
    inbox."""

    inputs: list[str] = Field(default_factory=list)
    delay: float = 2.0
    allow_private: bool = False


@dg.asset(partitions_def=SOURCES, group_name="stages", kinds={"python", "sqlite"}, pool="crawl")
def crawl_source(
    context: dg.AssetExecutionContext, config: Manners, crawling: HomeResource
) -> dg.MaterializeResult[None]:
    """One source over HTTP into the raw store. A source whose own address gives no page fails, and it
    alone."""
    source = context.partition_key
    crawled = crawl_stage(
        crawling.home(),
        (source,),
        delay=config.delay,
        allow_private=config.allow_private,
        render=config.render,
        year=config.year,
    )
    for problem in crawled.problems:
        context.log.warning(problem)
    if crawled.error:
        raise dg.Failure(f"{source}: {crawled.error}", metadata=crawled.metadata(), allow_retries=False)
    return dg.MaterializeResult(metadata=crawled.metadata())


@dg.asset(deps=[crawl_source], group_name="stages", kinds={"sqlite"}, freshness_policy=IN_SEASON)
def crawl(
    context: dg.AssetExecutionContext, config: Inputs, home: BuildingHome
) -> dg.MaterializeResult[None]:
    """What the sources gave, and files, folders, archives and addresses that are named, in the raw store with
    receipts."""
    counts: FileCounts = take_in_stage(
        home.home(), config.inputs, delay=config.delay, allow_private=config.allow_private
    )
    for problem in counts.problems:
        context.log.warning(problem)
    return dg.MaterializeResult(metadata=counts.metadata())


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "clean",
            deps=["crawl"],
            group_name="stages",
            kinds={"python"},
            skippable=False,
            description="Documents: every file read into blocks, with a status.",
        ),
        dg.AssetSpec(
            "extract",
            deps=["clean"],
            group_name="stages",
            kinds={"python"},
            skippable=False,
            description="Reports: observations, proofs and findings of every document.",
        ),
    ],
    can_subset=False,
)
def clean_and_extract(
    context: dg.AssetExecutionContext, home: BuildingHome
) -> Iterator[dg.MaterializeResult[None]]:
    """Both stages in one pass over what is new, each file in a worker with limits."""
    with progress_if_asked("reading") as tick:
        counts = read_stage(home.home(), tick=tick, master=home.master)
    yield dg.MaterializeResult(
        asset_key="clean", metadata={"read_now": counts.read, "kept": counts.kept, **counts.statuses}
    )
    yield dg.MaterializeResult(asset_key="extract", metadata={"reports_now": counts.reports})


def table_specs(codebook: Codebook) -> list[dg.AssetSpec]:
    """The tables of ``core`` and ``ref`` with what their columns mean, as the codebook has it."""
    return [
        dg.AssetSpec(
            [schema, table],
            deps=["extract"],
            group_name=schema,
            kinds={"duckdb"},
            description=comment_of(own) if (own := explain(codebook, schema, table, "")) else None,
            metadata={
                "dagster/table_name": f"{schema}.{table}",
                "dagster/column_schema": dg.TableSchema(
                    [
                        dg.TableColumn(c.column, c.type, description=comment_of(c))
                        for c in columns_of(codebook, schema, table)
                    ]
                ),
            },
        )
        for schema in ("core", "ref")
        for table in tables_of(codebook, schema)
    ]


@dg.multi_asset(specs=table_specs(load_codebook()), can_subset=False)
def load(home: BuildingHome) -> Iterator[dg.MaterializeResult[None]]:
    """``core`` and ``ref`` in a new DuckDB file beside the published one."""
    counts = load_stage(home.home(), master=home.master if home.spark_builds else "")
    for schema in ("core", "ref"):
        for table in tables_of(load_codebook(), schema):
            metadata: dict[str, Any] = {"rows": counts[table]} if schema == "core" else {}
            yield dg.MaterializeResult(asset_key=[schema, table], metadata=metadata)


class BySchema(DagsterDbtTranslator):
    """Groups the models as their schemas do (staging, intermediate, mart) and names tables as one asks for
    them, without the file in which they happen to be built."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["schema"])

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        name = f"{dbt_resource_props['schema']}.{dbt_resource_props['name']}"
        return {**super().get_metadata(dbt_resource_props), "dagster/table_name": name}


def model_checks(specs: Sequence[dg.AssetSpec]) -> list[dg.AssetCheckSpec]:
    """One check a model that has tests: all of them, since Dagster's history is written to several times a check."""
    return [
        dg.AssetCheckSpec(TESTS, asset=spec.key, description="\n\n".join(tests))
        for spec in specs
        if (tests := tests_by_model().get(spec.key.path[-1]))
    ]


_MODELS = build_dbt_asset_specs(manifest=parsed() / "manifest.json", dagster_dbt_translator=BySchema())


@dg.multi_asset(specs=_MODELS, check_specs=model_checks(_MODELS), can_subset=True)
def models(context: dg.AssetExecutionContext, home: BuildingHome) -> Iterator[Any]:
    """The SQL models, each an asset, the dbt tests of each an asset check. They stand on the core that is being
    built."""
    place = home.home()
    if not being_built(place):
        raise dg.Failure(
            "no core is being built that a model could stand on: run the job `everything`, which reads nothing again "
            "that is unchanged; or select core and ref, all models and `warehouse`, which publishes what is whole",
            allow_retries=False,
        )
    below = {dep for key in context.selected_asset_keys for dep in context.assets_def.asset_deps[key]}
    names = {".".join(key.path) for key in below - context.selected_asset_keys}
    if absent := sorted(names - tables_built(place)):
        raise dg.Failure(
            f"this build holds no {', '.join(absent)} yet, on which what is selected stands: select that too, or run "
            "the job `everything`",
            allow_retries=False,
        )
    assets = {key.path[-1]: key for key in context.selected_asset_keys}
    checks = {key.asset_key.path[-1]: key for key in context.selected_asset_check_keys}
    tests = [test for model in checks for test in tests_by_model()[model]]
    chosen = ["--indirect-selection", "empty", "--select", *assets, *tests] if context.is_subset else []
    if home.spark_builds:
        nodes = models_on_spark(place, home.master)
    else:
        nodes = run_models(place.building, place.warehouse / "dbt", [*BUILD, *chosen], build_environment())
    for node in nodes:
        if node.name in assets and node.is_well:
            yield dg.MaterializeResult(assets[node.name], metadata={"Execution Duration": node.seconds})
    for model, key in checks.items():
        if own := [
            node for node in nodes if node.name in tests_by_model()[model] and node.status != "skipped"
        ]:
            yield checked(key, own)
    if failed := [f"{node.kind} {node.name}: {node.message}" for node in nodes if not node.is_well]:
        raise dg.Failure("dbt: " + "; ".join(failed[:20]), allow_retries=False)


def checked(key: dg.AssetCheckKey, tests: Sequence[Node]) -> dg.AssetCheckResult:
    """What the tests of a model found: each that did not pass, with the number of its rows."""
    bad = [test for test in tests if test.status != "pass"]
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not bad,
        severity=dg.AssetCheckSeverity.ERROR if any(t.blocking for t in bad) else dg.AssetCheckSeverity.WARN,
        metadata={"tests": len(tests), **{test.name: f"{test.status}, {test.failures} rows" for test in bad}},
    )


@dg.asset(deps=[models], group_name="stages", kinds={"duckdb"})
def warehouse(home: BuildingHome) -> dg.MaterializeResult[None]:
    """The finished build, commented, in the place of the published warehouse; what is not whole is
    refused."""
    place = home.home()
    try:
        publish_stage(place)
    except NotWhole as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.MaterializeResult(
        metadata={**model_counts(place), "panel": dg.MetadataValue.md(preview(place, "mart.city_year"))}
    )


@dg.asset(deps=[warehouse], group_name="stages", kinds={"parquet"}, freshness_policy=ALL_YEAR)
def snapshot(home: BuildingHome) -> dg.MaterializeResult[None]:
    """The published warehouse as Parquet with a data package, the codebook, what changed, and checksums."""
    folder = snapshot_stage(home.home())
    return dg.MaterializeResult(
        metadata={"version": folder.name, "folder": dg.MetadataValue.path(str(folder))}
    )


@dg.multi_asset_check(
    name="sources_are_complete",
    specs=[dg.AssetCheckSpec(rule, asset="crawl", description=what) for rule, what in RULES.items()],
)
def sources_are_complete(home: BuildingHome) -> Iterator[dg.AssetCheckResult]:
    """One check a rule of ``check_sources``, over every source of the registry that was ever crawled."""
    findings = source_findings(home.home())
    for rule in RULES:
        broken = [f for f in findings if f.rule == rule]
        error = any(f.severity == "error" for f in broken)
        yield dg.AssetCheckResult(
            asset_key="crawl",
            check_name=rule,
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if error else dg.AssetCheckSeverity.WARN,
            metadata={"sources": len(broken), **{f.source_id: f.message for f in broken[:50]}},
        )


@dg.asset_check(asset=warehouse, description="Documents that could not be read")
def every_document_was_read(home: BuildingHome) -> dg.AssetCheckResult:
    bad = unread_documents(home.home())
    return dg.AssetCheckResult(passed=not bad, severity=dg.AssetCheckSeverity.WARN, metadata=dict(bad))


@dg.asset_check(
    asset=warehouse, description="Findings of severity error: identities of the form that do not hold"
)
def identities_hold(home: BuildingHome) -> dg.AssetCheckResult:
    failing = error_findings(home.home())
    return dg.AssetCheckResult(
        passed=not failing, severity=dg.AssetCheckSeverity.WARN, metadata=dict(failing)
    )


CRAWLED = [crawl_source]
"""Partitioned, so no part of an unpartitioned run: what they leave in the raw store is."""

ASSETS = [crawl, clean_and_extract, load, models, warehouse, snapshot]
CHECKS = [sources_are_complete, every_document_was_read, identities_hold]
