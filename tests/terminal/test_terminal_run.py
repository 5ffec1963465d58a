"""``yangguang run`` says what was done with the warehouse, and what is wrong before anything is done."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from pipeline import current
from pipeline.load import published
from pipeline.terminal.main import main


def _run(home: Path, *inputs: str) -> Result:
    return CliRunner().invoke(main, ["run", *inputs], env={"YANGGUANG_HOME": str(home)})


@pytest.mark.parametrize(
    ("builds", "said"),
    [(["1", "1"], "is as it was before"), (["1", "2"], "after the warehouse was published")],
)
def test_a_failed_run_says_whether_it_had_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builds: list[str], said: str
) -> None:
    failing = SimpleNamespace(materialize=lambda home, **_: False)  # in place of all of Dagster
    monkeypatch.setitem(sys.modules, "pipeline.definitions", failing)
    found = iter(builds)
    monkeypatch.setattr(published, "published", lambda home: next(found))
    monkeypatch.setattr(current, "is_up_to_date", lambda home: False)
    done = _run(tmp_path)
    assert done.exit_code == 1
    assert said in done.stderr


def test_wrong_usage_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = _run(tmp_path, str(tmp_path / "\x1b[2Jabsent"))
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "\\x1b[2Jabsent: no such file or folder" in missing.stderr
    monkeypatch.setenv("YANGGUANG_WORKERS", "0")
    assert _run(tmp_path).exit_code == 2
    assert not (tmp_path / "warehouse" / "yangguang.duckdb").exists()
