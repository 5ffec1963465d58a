"""What workspace.yaml loads: assets, checks, jobs, schedules, the drop folder's sensor."""

import hashlib

import dagster as dg

from pipeline.assets import ASSETS, CHECKS, HomeResource, dbt_resource
from pipeline.load.home import default_home

everything = dg.define_asset_job("everything", selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)

season = dg.ScheduleDefinition(
    name="weekly_in_season", job=everything, cron_schedule="0 3 * 1-4 1", execution_timezone="Asia/Shanghai",
    description="Mondays from January to April, when the reports are published",
)
off_season = dg.ScheduleDefinition(
    name="monthly_off_season", job=everything, cron_schedule="0 3 1 5-12 *", execution_timezone="Asia/Shanghai",
    description="The first of the month from May to December",
)


@dg.sensor(job=everything, minimum_interval_seconds=60, description="Files dropped into the home's inbox/")
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


defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[everything],
    schedules=[season, off_season],
    sensors=[inbox],
    resources={"home": HomeResource(root=str(default_home().root)), "dbt": dbt_resource()},
)
