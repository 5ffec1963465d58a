"""Runs of the command line as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = [sys.executable, "-m", "pipeline.terminal.main"]


def yangguang(home: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, in that home."""
    environment = {**os.environ, "YANGGUANG_HOME": str(home), "DAGSTER_HOME": ""}
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert not check or done.returncode == 0, done.stderr[-3000:]
    return done
