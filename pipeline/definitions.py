"""What workspace.yaml loads: assets, checks, jobs, schedules, and the sensors that watch registry, crawls and drop folder."""

import hashlib
from collections.abc import Iterator

import dagster as dg

from pipeline.assets import ASSETS, CHECKS, CRAWLED, SOURCES, BuildingHome, HomeResource, dbt_resource
from pipeline.crawl.completeness import crawl_mark
from pipeline.load.home import default_home
from pipeline.stages import sources_of

HOST_TAG = "yangguang/host"
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED,
]

everything = dg.define_asset_job(
    "everything", selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*CRAWLED),
    description="From what the raw store and the inbox hold to the snapshot",
)
crawl_sources = dg.define_asset_job(
    "crawl_sources", selection=dg.AssetSelection.assets(*CRAWLED),
    description="One source of the registry, over HTTP into the raw store",
)


def keep_partitions(instance: dg.DagsterInstance) -> str:
    """Make the partitions those sources of the registry that are not retired; says what changed."""
    wanted = [source.source_id for source in sources_of(default_home())]
    there = instance.get_dynamic_partitions(str(SOURCES.name))
    added = [key for key in wanted if key not in set(there)]
    gone = [key for key in there if key not in set(wanted)]
    if added:
        instance.add_dynamic_partitions(str(SOURCES.name), added)
    for key in gone:
        instance.delete_dynamic_partition(str(SOURCES.name), key)
    return f"{len(wanted)} sources: {len(added)} new, {len(gone)} gone"


def requests_for_all(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """A run a source, so that none can stop another; the host's tag keeps runs of one host apart."""
    keep_partitions(context.instance)
    moment = context.scheduled_execution_time
    for source in sources_of(default_home()):
        yield dg.RunRequest(
            run_key=f"{moment:%Y-%m-%d}-{source.source_id}", partition_key=source.source_id, tags={HOST_TAG: source.host}
        )


@dg.schedule(cron_schedule="0 1 * 1-4 1", job=crawl_sources, execution_timezone="Asia/Shanghai",
             description="Mondays from January to April, when the reports are published")
def weekly_in_season(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Crawl every source."""
    yield from requests_for_all(context)


@dg.schedule(cron_schedule="0 1 1 5-12 *", job=crawl_sources, execution_timezone="Asia/Shanghai",
             description="The first of the month from May to December")
def monthly_off_season(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Crawl every source."""
    yield from requests_for_all(context)


@dg.sensor(target=crawl_sources, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING,
           description="Keeps the partitions of crawl_source equal to the source registry; starts no run")
def registry(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Read the registry and make the partitions alike."""
    return dg.SkipReason(keep_partitions(context.instance))


@dg.sensor(job=everything, minimum_interval_seconds=120, default_status=dg.DefaultSensorStatus.RUNNING,
           description="Takes what was crawled to the snapshot once no crawl is under way")
def crawled(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when crawls have looked at pages since the last run, and have been quiet since the last look here."""
    mark = crawl_mark(default_home().raw)
    seen, _, done = (context.cursor or "|").partition("|")
    if not mark or mark == done:
        return dg.SkipReason("nothing was crawled since the last run" if mark else "nothing was ever crawled here")
    context.update_cursor(f"{mark}|{done}")
    waiting = context.instance.get_runs_count(dg.RunsFilter(job_name=crawl_sources.name, statuses=_UNDER_WAY))
    if waiting or mark != seen:
        return dg.SkipReason(f"crawls may still be under way ({waiting} runs)")
    context.update_cursor(f"{mark}|{mark}")
    return dg.RunRequest(run_key=mark)


@dg.sensor(job=everything, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING,
           description="Files dropped into the home's inbox/")
def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when what lies in the inbox is not what lay there before."""
    folder = default_home().inbox
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")) if folder.is_dir() else []
    if not files:
        return dg.SkipReason(f"{folder} is empty")
    digest = hashlib.sha256()
    for path in files:
        about = path.stat()
        digest.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    key = digest.hexdigest()[:24]
    if key == context.cursor:
        return dg.SkipReason("nothing new in the inbox")
    context.update_cursor(key)
    return dg.RunRequest(run_key=key)


_ROOT = str(default_home().root)

defs = dg.Definitions(
    assets=[*CRAWLED, *ASSETS],
    asset_checks=CHECKS,
    jobs=[everything, crawl_sources],
    schedules=[weekly_in_season, monthly_off_season],
    sensors=[registry, crawled, inbox],
    resources={"home": BuildingHome(root=_ROOT), "crawling": HomeResource(root=_ROOT), "dbt": dbt_resource()},
    executor=dg.in_process_executor,
)
