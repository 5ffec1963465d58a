"""What Dagster loads through workspace.yaml: asset keys, schedules, sensor, checks."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipeline.definitions import defs, inbox

pytestmark = pytest.mark.xdist_group("dagster")


def test_asset_keys() -> None:
    keys = {k.to_user_string() for k in defs.resolve_asset_graph().get_all_asset_keys()}
    stages = {"crawl", "clean", "extract", "warehouse", "snapshot"}
    core = {f"core/{t}" for t in ("document", "report", "observation", "finding", "section")}
    marts = {f"mart/{t}" for t in ("measure", "city_year", "application", "outcome", "dispute", "coverage", "quality", "chain_break")}
    assert stages | core | marts <= keys


def test_stages_follow_each_other() -> None:
    graph = defs.resolve_asset_graph()

    def parents(*key: str) -> set[str]:
        return {k.to_user_string() for k in graph.get(dg.AssetKey(list(key))).parent_keys}

    assert parents("clean") == {"crawl"}
    assert parents("extract") == {"clean"}
    assert parents("core", "report") == {"extract"}
    assert parents("snapshot") == {"warehouse"}
    assert "mart/city_year" in parents("warehouse")


def test_schedules_follow_the_season() -> None:
    schedules = {s.name: s.cron_schedule for s in defs.resolve_all_job_defs() and defs.schedules or []}
    assert schedules == {"weekly_in_season": "0 3 * 1-4 1", "monthly_off_season": "0 3 1 5-12 *"}


def test_sensor_asks_once_for_what_lies_in_the_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YANGGUANG_HOME", str(tmp_path))
    (tmp_path / "inbox").mkdir()
    context = dg.build_sensor_context()
    assert isinstance(inbox(context), dg.SkipReason)
    (tmp_path / "inbox" / "a.txt").write_text("报告", encoding="utf-8")
    assert isinstance(inbox(context), dg.RunRequest)
    assert isinstance(inbox(context), dg.SkipReason)
