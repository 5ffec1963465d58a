"""Materializes every asset of a home through Dagster, in this process."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.load.home import Home
from pipeline.progress import SWITCH

_CONFIG = Path(__file__).with_name("dagster.yml")
_OLD_CONFIG = "telemetry:\n  enabled: false\n"


def dagster_home(home: Home) -> str:
    """The folder where Dagster keeps the home's run history; telemetry is off."""
    folder = home.root / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    if not config.is_file() or config.read_text(encoding="utf-8") == _OLD_CONFIG:
        shutil.copyfile(_CONFIG, config)
    return str(folder)


def materialize(home: Home, *, say: Callable[[str], None]) -> bool:
    """Materialize every asset, crawl to snapshot. Gives whether all went well; what failed is named through ``say``.

    The caller holds the home's lock (``run_lock``).
    """
    os.environ["DAGSTER_HOME"] = dagster_home(home)
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    os.environ[SWITCH] = "1"
    import dagster as dg

    from pipeline.assets import ASSETS, CHECKS, BuildingHome, dbt_resource

    # dbt's progress is for Dagster's log, not for standard output, which carries data alone
    with dg.DagsterInstance.get() as instance, contextlib.redirect_stdout(io.StringIO()):
        result = dg.materialize(
            [*ASSETS, *CHECKS],
            instance=instance,
            resources={"home": BuildingHome(root=str(home.root), held=True), "dbt": dbt_resource()},
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
                say(f"check {evaluation.check_name} did not pass ({'; '.join(shown[:3])}{more})")
        finished = any(
            event.is_step_materialization and event.asset_key and event.asset_key.path[-1] == "snapshot"
            for event in result.all_events
        )
        if result.success and not finished:
            say("the models did not give every table, so nothing was published")
    return bool(result.success) and finished
