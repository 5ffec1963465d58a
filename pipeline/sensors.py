"""Sensors: they keep the partitions equal to the registry, take what was crawled or dropped to the
snapshot, and tell of runs that failed."""

import hashlib
import logging
import os

import dagster as dg

from pipeline.crawl.completeness import crawl_mark
from pipeline.home import default_home
from pipeline.jobs import crawl_sources, everything, keep_partitions

INPUT_TAG = "yangguang/input"
"""On a run: what it was asked for, so that it is asked for again until one succeeded."""
MAX_TRIES = 3
WEBHOOK = "YANGGUANG_WEBHOOK"
"""Environment: an address that is told of runs that failed, as JSON ``{"text": ...}``."""
_UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
log = logging.getLogger(__name__)


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
    waiting = context.instance.get_runs_count(
        dg.RunsFilter(job_name=crawl_sources.name, statuses=list(_UNDER_WAY))
    )
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
