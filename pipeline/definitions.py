"""What workspace.yaml loads: assets, checks, jobs, schedules, and the sensors that watch registry, crawls and
drop folder; the queue that runs wait in; and the one run of all assets that the command line asks for."""

import contextlib
import hashlib
import io
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._core.run_coordinator.base import SubmitRunContext
from dagster._core.run_coordinator.queued_run_coordinator import QueuedRunCoordinator
from dagster._core.storage.tags import PARTITION_NAME_TAG
from dagster._grpc.types import GetCurrentRunsResult
from dagster._serdes import deserialize_value

from pipeline.assets import ASSETS, CHECKS, CRAWLED, SOURCES, TESTS, BuildingHome, HomeResource
from pipeline.crawl.completeness import crawl_mark
from pipeline.crawl.registry import load_registry
from pipeline.durable import write_whole
from pipeline.home import Home, default_home
from pipeline.load.heal import heal_history
from pipeline.progress import SWITCH
from pipeline.stages import registry_of, sources_of

HOST_TAG = "yangguang/host"
_CONFIG = Path(__file__).with_name("dagster.yml")
_HEAD = "# What Dagster's home is given"
_AS_WRITTEN = "# as written, sha256: "
INPUT_TAG = "yangguang/input"
"""On a run: what it was asked for, so that it is asked for again until one succeeded."""
MAX_TRIES = 3
WEBHOOK = "YANGGUANG_WEBHOOK"
"""Environment: an address that is told of runs that failed, as JSON ``{"text": ...}``."""
STORAGE = "YANGGUANG_DAGSTER_STORAGE"
"""Environment: a file of more settings, which say where Dagster keeps its history (deploy/dagster.yaml);
without it, in files of the home."""
_UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
log = logging.getLogger(__name__)

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*CRAWLED),
    description="From what the raw store and the inbox hold to the snapshot",
)
crawl_sources = dg.define_asset_job(
    "crawl_sources",
    selection=dg.AssetSelection.assets(*CRAWLED),
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
    """A run a source, so that none can stop another."""
    keep_partitions(context.instance)
    moment = context.scheduled_execution_time
    for source in sources_of(default_home()):
        yield dg.RunRequest(run_key=f"{moment:%Y-%m-%d}-{source.source_id}", partition_key=source.source_id)


class ByHost(QueuedRunCoordinator):
    """Dagster's queue, where each run of a source gets its host's tag, whoever asked for it (a schedule, a
    backfill, a click): the limit in ``dagster.yml`` keeps runs of one host apart by it."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        run = context.dagster_run
        if source_id := run.tags.get(PARTITION_NAME_TAG):
            hosts = {source.source_id: source.host for source in load_registry(registry_of(default_home()))}
            if host := hosts.get(source_id):
                self._instance.add_run_tags(run.run_id, {HOST_TAG: host})
        return super().submit_run(context)


class Watched(DefaultRunLauncher):
    """Dagster's launcher, which can also say whether a run still has a process: it has none where the server
    that started it does not know it, or is gone itself (the machine was switched off, the container killed).
    Run monitoring then ends the run. A run of the command line has no such server; nothing is said of it."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        launcher: Any = self
        client = launcher._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        try:
            known = deserialize_value(client.get_current_runs(), GetCurrentRunsResult).current_runs
        except DagsterUserCodeUnreachableError as error:
            if "UNAVAILABLE" not in str(error):  # it is there and slow
                return CheckRunHealthResult(WorkerStatus.RUNNING)
            return CheckRunHealthResult(WorkerStatus.FAILED, "the server that started it is gone")
        if run.run_id in known:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "its process is gone")


@dg.schedule(
    cron_schedule="0 1 * 1-4 1",
    job=crawl_sources,
    execution_timezone="Asia/Shanghai",
    description="Mondays from January to April, when the reports are published",
)
def weekly_in_season(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Crawl every source."""
    yield from requests_for_all(context)


@dg.schedule(
    cron_schedule="0 1 1 5-12 *",
    job=crawl_sources,
    execution_timezone="Asia/Shanghai",
    description="The first of the month from May to December",
)
def monthly_off_season(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Crawl every source."""
    yield from requests_for_all(context)


@dg.sensor(
    target=crawl_sources,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps the partitions of crawl_source equal to the source registry; starts no run",
)
def registry(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Read the registry and make the partitions alike."""
    return dg.SkipReason(keep_partitions(context.instance))


@dg.sensor(
    job=everything,
    minimum_interval_seconds=120,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Takes what was crawled to the snapshot once no crawl is under way",
)
def crawled(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when crawls have looked at pages since the last run that succeeded, and have been quiet
    since the last look here."""
    mark = crawl_mark(default_home().raw)
    if not mark:
        return dg.SkipReason("nothing was ever crawled here")
    runs = context.instance.get_runs(dg.RunsFilter(statuses=list(_UNDER_WAY)))
    waiting = sum(run.job_name == crawl_sources.name or HOST_TAG in run.tags for run in runs)
    if waiting or _has_changed(context, mark):
        return dg.SkipReason(f"crawls may still be under way ({waiting} runs)")
    return _until_one_succeeds(context, mark)


@dg.sensor(
    job=everything,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Files dropped into the home's inbox/",
)
def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when what lies in the inbox is not what the last run that succeeded took, and has not
    changed since the last look here: a file that is still being written is left to grow."""
    folder = default_home().inbox
    files = (
        sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
        if folder.is_dir()
        else []
    )
    if not files:
        return dg.SkipReason(f"{folder} is empty")
    digest = hashlib.sha256()
    for path in files:
        about = path.stat()
        digest.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    key = digest.hexdigest()[:24]
    if _has_changed(context, key):
        return dg.SkipReason("the inbox has changed since the last look; files may still be coming")
    return _until_one_succeeds(context, key)


def _has_changed(context: dg.SensorEvaluationContext, now: str) -> bool:
    """Whether this is not what the last look saw, which it is for the next."""
    changed = context.cursor != now
    if changed:
        context.update_cursor(now)
    return changed


def _until_one_succeeds(context: dg.SensorEvaluationContext, wanted: str) -> dg.RunRequest | dg.SkipReason:
    """A run for what is wanted where none has succeeded and none is under way; after three a person must
    look."""
    runs = context.instance.get_runs(dg.RunsFilter(job_name=everything.name, tags={INPUT_TAG: wanted}))
    if any(run.status == dg.DagsterRunStatus.SUCCESS for run in runs):
        return dg.SkipReason("nothing new since the last run that succeeded")
    if any(run.status in _UNDER_WAY for run in runs):
        return dg.SkipReason("a run for it is under way")
    if len(runs) >= MAX_TRIES:
        return dg.SkipReason(
            f"{len(runs)} runs for it have failed: see {runs[0].run_id}, then start `everything` by hand"
        )
    return dg.RunRequest(run_key=f"{wanted}-{len(runs)}", tags={INPUT_TAG: wanted})


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=f"Logs a run that failed and tells the address in {WEBHOOK}, where one is set",
)
def failed_run(context: dg.RunFailureSensorContext) -> None:
    """Tell of a run that failed."""
    text = (
        f"{context.dagster_run.job_name} {context.dagster_run.run_id} failed: {context.failure_event.message}"
    )
    log.error(text)
    if address := os.environ.get(WEBHOOK):
        import httpx

        httpx.post(address, json={"text": text}, timeout=10.0).raise_for_status()


def dagster_home(home: Home) -> str:
    """The folder where Dagster keeps the home's run history. Its settings follow ``dagster.yml`` and the file
    that ``YANGGUANG_DAGSTER_STORAGE`` names, unless a person has changed them there."""
    folder = home.root / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    storage = os.environ.get(STORAGE)
    parts = [_CONFIG, Path(storage)] if storage else [_CONFIG]
    wanted = marked("".join(part.read_text(encoding="utf-8") for part in parts))
    there = config.read_text(encoding="utf-8") if config.is_file() else ""
    body, mark, _ = there.partition(_AS_WRITTEN)
    if not mark and body.startswith(_HEAD):  # written before settings were marked
        config.replace(config.with_suffix(".yaml.old"))
        there = body = ""
    if there != wanted and there == marked(body):
        write_whole(config, wanted)
    return str(folder)


def marked(text: str) -> str:
    """Settings with a last line that tells whether a person has changed them since."""
    return f"{text}{_AS_WRITTEN}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n" if text else ""


def materialize(
    home: Home, *, say: Callable[[str], None], master: str = "", spark_builds: bool = False
) -> bool:
    """Materialize every asset, crawl to snapshot. Gives whether all went well; what failed is named through
    ``say``. ``master`` names a Spark master that reads (empty: this machine), and builds
    too where ``spark_builds``.

    The caller holds the home's lock (``run_lock``).
    """
    os.environ["DAGSTER_HOME"] = dagster_home(home)
    for line in heal_history(Path(os.environ["DAGSTER_HOME"])):
        say(line)
    os.environ[SWITCH] = "1"
    # dbt's progress is for Dagster's log, not for standard output, which carries data alone
    quiet = contextlib.redirect_stdout(io.StringIO())
    with dg.DagsterInstance.get() as instance, quiet:
        result = dg.materialize(
            [*ASSETS, *CHECKS],
            instance=instance,
            resources={
                "home": BuildingHome(root=str(home.root), held=True, master=master, spark_builds=spark_builds)
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
        if not result.success:
            for event in result.all_events:
                if event.is_step_failure:
                    data = event.step_failure_data
                    cause = data.error.cause or data.error if data.error else None
                    say(f"{event.step_key}: {cause.message.strip() if cause else 'failed'}")
        for evaluation in result.get_asset_check_evaluations():
            if not evaluation.passed:
                shown = [f"{name}: {value.value}" for name, value in evaluation.metadata.items()]
                more = f"; {len(shown) - 3} more" if len(shown) > 3 else ""
                where = evaluation.check_name
                if where == TESTS:
                    where = f"{'.'.join(evaluation.asset_key.path)}, {TESTS}"
                say(f"to be looked at: {where} ({'; '.join(shown[:3])}{more})")
        finished = any(
            event.is_step_materialization and event.asset_key and event.asset_key.path[-1] == "snapshot"
            for event in result.all_events
        )
        if result.success and not finished:
            say("the models did not give every table, so nothing was published")
    return bool(result.success) and finished


_ROOT = str(default_home().root)

defs = dg.Definitions(
    assets=[*CRAWLED, *ASSETS],
    asset_checks=CHECKS,
    jobs=[everything, crawl_sources],
    schedules=[weekly_in_season, monthly_off_season],
    sensors=[registry, crawled, inbox, failed_run],
    resources={"home": BuildingHome(root=_ROOT), "crawling": HomeResource(root=_ROOT)},
    executor=dg.in_process_executor,
)

if __name__ == "__main__":  # `make dev` asks where the home's instance is, which the command line uses too
    print(dagster_home(default_home()))
