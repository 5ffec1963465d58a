"""What workspace.yaml loads: assets, checks, jobs, schedules, and the sensors that watch registry, crawls and
drop folder; and the one run of all assets that the command line asks for."""

import contextlib
import hashlib
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
from sqlalchemy import Engine, event

from pipeline.assets import ASSETS, CHECKS, CRAWLED, BuildingHome, HomeResource
from pipeline.home import Home, default_home
from pipeline.jobs import crawl_sources, everything, keep_partitions
from pipeline.progress import SWITCH
from pipeline.sensors import crawled, failed_run, inbox, registry
from pipeline.stages import sources_of

HOST_TAG = "yangguang/host"
_CONFIG = Path(__file__).with_name("dagster.yml")
_HEAD = "# What Dagster's home is given"
_AS_WRITTEN = "# as written, sha256: "


def requests_for_all(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """A run a source, so that none can stop another; the host's tag keeps runs of one host apart."""
    keep_partitions(context.instance)
    moment = context.scheduled_execution_time
    for source in sources_of(default_home()):
        yield dg.RunRequest(
            run_key=f"{moment:%Y-%m-%d}-{source.source_id}",
            partition_key=source.source_id,
            tags={HOST_TAG: source.host},
        )


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


def dagster_home(home: Home) -> str:
    """The folder where Dagster keeps the home's run history. Its settings follow ``dagster.yml``, unless a
    person has changed them there."""
    folder = home.root / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    wanted = marked(_CONFIG.read_text(encoding="utf-8"))
    there = config.read_text(encoding="utf-8") if config.is_file() else ""
    body, mark, _ = there.partition(_AS_WRITTEN)
    if not mark and body.startswith(_HEAD):  # written before settings were marked
        config.replace(config.with_suffix(".yaml.old"))
        there = body = ""
    if there != wanted and there == marked(body):
        config.write_text(wanted, encoding="utf-8")
    return str(folder)


@contextlib.contextmanager
def unhurried_history() -> Iterator[None]:
    """Dagster's history commits a thousand times a run, on a connection of its own each time: the disk
    would be waited for each time too. A connection held to each file, and SQLite's NORMAL, leave that to
    the end: a crash of the machine may lose the run's last events, never the history."""
    held: dict[str, sqlite3.Connection] = {}

    def opened(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        ((_, _, path), *_) = connection.execute("PRAGMA database_list")
        if path and path not in held:
            held[path] = sqlite3.connect(path, check_same_thread=False)
        if path:
            held[path].execute("SELECT count(*) FROM sqlite_master").fetchall()

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in held.values():
            connection.close()


def marked(text: str) -> str:
    """Settings with a last line that tells whether a person has changed them since."""
    return f"{text}{_AS_WRITTEN}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n" if text else ""


def materialize(home: Home, *, say: Callable[[str], None]) -> bool:
    """Materialize every asset, crawl to snapshot. Gives whether all went well; what failed is named through
    ``say``.

    The caller holds the home's lock (``run_lock``).
    """
    os.environ["DAGSTER_HOME"] = dagster_home(home)
    os.environ[SWITCH] = "1"
    # dbt's progress is for Dagster's log, not for standard output, which carries data alone
    quiet = contextlib.redirect_stdout(io.StringIO())
    with unhurried_history(), dg.DagsterInstance.get() as instance, quiet:
        result = dg.materialize(
            [*ASSETS, *CHECKS],
            instance=instance,
            resources={"home": BuildingHome(root=str(home.root), held=True)},
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
                say(f"to be looked at: {evaluation.check_name} ({'; '.join(shown[:3])}{more})")
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
