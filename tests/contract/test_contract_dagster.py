"""What Dagster loads through workspace.yaml: asset keys, schedules, sensor, checks."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._daemon.monitoring.run_monitoring import monitor_started_run
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import GetCurrentRunsResult
from dagster._serdes import serialize_value

from pipeline.assets import ALL_YEAR, IN_SEASON
from pipeline.crawl import completeness
from pipeline.crawl.completeness import RULES
from pipeline.definitions import HOST_TAG, dagster_home, defs, failed_run, inbox, marked
from pipeline.home import Home

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


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


@pytest.mark.parametrize(
    ("server", "status"),
    [
        ("gone", dg.DagsterRunStatus.FAILURE),
        ("knows it", dg.DagsterRunStatus.STARTED),
        ("knows others", dg.DagsterRunStatus.FAILURE),
        ("none", dg.DagsterRunStatus.STARTED),
    ],
)
def test_a_run_whose_process_is_gone_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str, status: dg.DagsterRunStatus
) -> None:
    """A machine that was switched off left its runs under way for ever: the crawls' sensor waited for them."""
    info = json.dumps({"host": "localhost", "socket": str(tmp_path / "no-socket")})
    tags = {} if server == "none" else {GRPC_INFO_TAG: info}
    with dg.DagsterInstance.from_config(dagster_home(Home(tmp_path))) as instance:
        run = instance.add_run(
            dg.DagsterRun(job_name="crawl_sources", status=dg.DagsterRunStatus.STARTED, tags=tags)
        )
        if server.startswith("knows"):
            known = GetCurrentRunsResult(
                current_runs=[run.run_id if server == "knows it" else "other"], serializable_error_info=None
            )
            monkeypatch.setattr(DagsterGrpcClient, "get_current_runs", lambda _: serialize_value(known))
        record = instance.get_run_record_by_id(run.run_id)
        assert record is not None
        monitor_started_run(instance, None, record, logging.getLogger("monitoring"))
        assert instance.get_run_by_id(run.run_id).status == status


def test_settings_follow_the_code_until_a_person_changes_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    config = Path(dagster_home(home)) / "dagster.yaml"
    written = config.read_text(encoding="utf-8")
    body = written.partition("# as written")[0]
    older = body.replace("max_concurrent_runs: 6", "max_concurrent_runs: 3")
    assert older != body
    config.write_text(marked(older), encoding="utf-8")
    dagster_home(home)
    assert config.read_text(encoding="utf-8") == written
    config.write_text(older, encoding="utf-8")  # as written before settings were marked
    dagster_home(home)
    assert config.read_text(encoding="utf-8") == written
    assert config.with_suffix(".yaml.old").read_text(encoding="utf-8") == older
    changed = written.replace("max_concurrent_runs: 6", "max_concurrent_runs: 9")
    config.write_text(changed, encoding="utf-8")
    dagster_home(home)
    assert config.read_text(encoding="utf-8") == changed


def test_settings_say_where_the_history_is_kept_where_the_environment_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(dagster_home(Home(tmp_path))) / "dagster.yaml"
    assert "postgres" not in config.read_text(encoding="utf-8")
    monkeypatch.setenv("YANGGUANG_DAGSTER_STORAGE", str(DEPLOY / "dagster.yaml"))
    dagster_home(Home(tmp_path))
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    assert set(settings["storage"]) == {"postgres"}
    assert settings["run_monitoring"]["enabled"]
    monkeypatch.delenv("YANGGUANG_DAGSTER_STORAGE")
    dagster_home(Home(tmp_path))
    assert "postgres" not in config.read_text(encoding="utf-8")


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.SensorEvaluationContext]:
    """A home with a file in its inbox, and what the inbox's sensor is asked with."""
    monkeypatch.setenv("YANGGUANG_HOME", str(tmp_path))
    (tmp_path / "inbox").mkdir()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        assert isinstance(inbox(context), dg.SkipReason)
        (tmp_path / "inbox" / "a.txt").write_text("报告", encoding="utf-8")
        yield context


def _ended(context: dg.SensorEvaluationContext, asked: object, status: dg.DagsterRunStatus) -> None:
    """A run that was asked for has ended so."""
    assert isinstance(asked, dg.RunRequest)
    context.instance.add_run(dg.DagsterRun(job_name="everything", status=status, tags=dict(asked.tags)))


def test_a_file_that_still_grows_is_left_to_grow(dropped: dg.SensorEvaluationContext, tmp_path: Path) -> None:
    assert isinstance(inbox(dropped), dg.SkipReason)
    (tmp_path / "inbox" / "a.txt").write_text("报告还在写", encoding="utf-8")
    assert isinstance(inbox(dropped), dg.SkipReason)
    assert isinstance(inbox(dropped), dg.RunRequest)


def test_what_lies_in_the_inbox_is_asked_for_until_a_run_succeeds(
    dropped: dg.SensorEvaluationContext,
) -> None:
    inbox(dropped)
    first = inbox(dropped)
    _ended(dropped, first, dg.DagsterRunStatus.FAILURE)
    second = inbox(dropped)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key != second.run_key
    _ended(dropped, second, dg.DagsterRunStatus.SUCCESS)
    assert isinstance(inbox(dropped), dg.SkipReason)


def test_what_fails_three_times_waits_for_a_person(dropped: dg.SensorEvaluationContext) -> None:
    inbox(dropped)
    for _ in range(3):
        _ended(dropped, inbox(dropped), dg.DagsterRunStatus.FAILURE)
    waits = inbox(dropped)
    assert isinstance(waits, dg.SkipReason)
    assert "3 runs" in str(waits.skip_message)


def test_a_run_that_fails_is_told_to_the_address_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bytes] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    @dg.op
    def breaks() -> None:
        raise ValueError("the disk is full")

    @dg.job
    def broken() -> None:
        breaks()

    with HTTPServer(("127.0.0.1", 0), Listener) as server, dg.DagsterInstance.ephemeral() as instance:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("YANGGUANG_WEBHOOK", f"http://127.0.0.1:{server.server_port}/")
        result = broken.execute_in_process(instance=instance, raise_on_error=False)
        failed_run(
            dg.build_run_status_sensor_context(
                "failed_run", result.get_run_failure_event(), instance, result.dagster_run
            ).for_run_failure()
        )
        server.shutdown()
    assert [json.loads(body)["text"].split()[0] for body in told] == ["broken"]


PARSES = """
import pathlib, sys, time
from pipeline.load import models
def parse(arguments, building, target, manifest):
    target.mkdir(parents=True)
    (target / "manifest.json").write_text("{}")
    time.sleep(1)
    (target / "partial_parse.msgpack").write_bytes(b"parsed")
models._invoke = parse
print(models.parsed(pathlib.Path(sys.argv[1])))
"""


def test_two_processes_may_want_the_manifest_at_once(tmp_path: Path) -> None:
    asking = [
        subprocess.Popen([sys.executable, "-c", PARSES, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate()[0] for process in asking]
    assert [process.returncode for process in asking] == [0, 0]
    (left,) = tmp_path.iterdir()
    assert told == [f"{left}\n", f"{left}\n"]
    assert (left / "manifest.json").read_text() == "{}"
    assert (left / "partial_parse.msgpack").read_bytes() == b"parsed"
