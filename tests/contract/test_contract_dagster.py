"""What Dagster loads through workspace.yaml: asset keys, schedules, sensor, checks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipeline.assets import ALL_YEAR, IN_SEASON
from pipeline.crawl import completeness
from pipeline.crawl.completeness import RULES
from pipeline.definitions import HOST_TAG, dagster_home, defs, inbox, unhurried_history
from pipeline.home import Home

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dagster")]


def test_asset_keys() -> None:
    keys = {k.to_user_string() for k in defs.resolve_asset_graph().get_all_asset_keys()}
    stages = {"crawl_source", "crawl", "clean", "extract", "warehouse", "snapshot"}
    core = {f"core/{t}" for t in ("document", "report", "observation", "finding", "section")}
    marts = {
        f"mart/{t}"
        for t in (
            "measure",
            "city_year",
            "application",
            "outcome",
            "dispute",
            "coverage",
            "quality",
            "chain_break",
        )
    }
    assert stages | core | marts <= keys


def test_stages_follow_each_other() -> None:
    graph = defs.resolve_asset_graph()

    def parents(*key: str) -> set[str]:
        return {k.to_user_string() for k in graph.get(dg.AssetKey(list(key))).parent_keys}

    assert parents("crawl") == {"crawl_source"}
    assert parents("clean") == {"crawl"}
    assert parents("extract") == {"clean"}
    assert parents("core", "report") == {"extract"}
    assert parents("snapshot") == {"warehouse"}
    assert "mart/city_year" in parents("warehouse")


def test_schedules_follow_the_season() -> None:
    schedules = {
        s.name: s.cron_schedule for s in defs.schedules or () if isinstance(s, dg.ScheduleDefinition)
    }
    assert schedules == {"weekly_in_season": "0 1 * 1-4 1", "monthly_off_season": "0 1 1 5-12 *"}


def test_the_crawl_is_partitioned_by_source_and_the_rest_is_not() -> None:
    graph = defs.resolve_asset_graph()
    partitioned = {
        key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).is_partitioned
    }
    assert partitioned == {"crawl_source"}
    assert graph.get(dg.AssetKey("crawl_source")).pools == {"crawl"}
    everything = {
        key.to_user_string() for key in defs.resolve_job_def("everything").asset_layer.executable_asset_keys
    }
    assert "crawl_source" not in everything
    assert {"crawl", "snapshot", "mart/city_year"} <= everything


def test_assets_stand_in_groups_that_say_what_they_are() -> None:
    graph = defs.resolve_asset_graph()
    assert {graph.get(key).group_name for key in graph.get_all_asset_keys()} == {
        "stages",
        "core",
        "ref",
        "staging",
        "intermediate",
        "mart",
    }


def test_freshness_follows_the_season() -> None:
    graph = defs.resolve_asset_graph()
    policies = {name: graph.get(dg.AssetKey(name)).freshness_policy for name in ("crawl", "snapshot")}
    assert policies == {"crawl": IN_SEASON, "snapshot": ALL_YEAR}


def test_every_rule_of_completeness_is_a_check() -> None:
    checks = {
        key.name
        for key in defs.resolve_asset_graph().asset_check_keys
        if key.asset_key == dg.AssetKey("crawl")
    }
    assert checks == set(RULES)
    source = (Path(completeness.__file__)).read_text(encoding="utf-8")
    assert set(re.findall(r'add\(\s*"(\w+)"', source)) == set(RULES)


def test_dagsters_own_settings_are_of_its_schema(tmp_path: Path) -> None:
    assert dagster_home(Home(tmp_path)) == str(tmp_path / "dagster")
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        assert not instance.telemetry_enabled
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert [limit["key"] for limit in queue.tag_concurrency_limits] == [HOST_TAG]
        assert instance.get_concurrency_config().pool_config.default_pool_limit == 4


def test_the_history_is_not_written_out_at_each_event(tmp_path: Path) -> None:
    with unhurried_history(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        for _ in range(2):
            instance.add_dynamic_partitions("source", ["a"])
        assert (tmp_path / "history" / "runs" / "index.db-wal").is_file()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert instance.get_dynamic_partitions("source") == ["a"]
    assert not (tmp_path / "history" / "runs" / "index.db-wal").exists()


def test_sensor_asks_once_for_what_lies_in_the_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YANGGUANG_HOME", str(tmp_path))
    (tmp_path / "inbox").mkdir()
    context = dg.build_sensor_context()
    assert isinstance(inbox(context), dg.SkipReason)
    (tmp_path / "inbox" / "a.txt").write_text("报告", encoding="utf-8")
    assert isinstance(inbox(context), dg.RunRequest)
    assert isinstance(inbox(context), dg.SkipReason)


def test_two_processes_may_want_the_manifest_at_once(tmp_path: Path) -> None:
    wanted = (
        "import json, pathlib, sys; from pipeline.load.models import parsed; "
        "found = parsed(pathlib.Path(sys.argv[1])) / 'manifest.json'; print(len(json.loads(found.read_bytes())['nodes']))"
    )
    asking = [
        subprocess.Popen([sys.executable, "-c", wanted, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate()[0] for process in asking]
    assert [process.returncode for process in asking] == [0, 0]
    assert told[0] == told[1] != "0\n"
    (left,) = tmp_path.iterdir()
    assert (left / "partial_parse.msgpack").is_file()
