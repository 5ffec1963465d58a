"""Builds a home's core on Spark, as ``run --build spark`` does; run in the cluster's own environment: ``python -m
tests.cluster.builds HOME MASTER``. The executor that gets the first share of bodies is killed at it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from unittest import mock

import pyarrow as pa

from pipeline.cluster.core import judge_share
from pipeline.home import Home
from pipeline.load.decisions import Decision

EXECUTOR = "CoarseGrainedExecutorBackend"


def judge_or_die(rows: pa.Table, *, decisions: Sequence[Decision], code: str, mark: str) -> pa.Table:
    """Judges a share; who makes the file ``mark`` kills its executor instead."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return judge_share(rows, decisions=decisions, code=code)
    os.kill(_executor(), signal.SIGKILL)
    raise SystemExit(1)


def _executor() -> int:
    """The JVM above this process."""
    pid = os.getppid()
    while EXECUTOR not in Path(f"/proc/{pid}/cmdline").read_text():
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        assert pid > 1
    return pid


if __name__ == "__main__":
    from pipeline.cluster import core
    from pipeline.stages import load_stage
    from tests.cluster import builds  # by its name, since executors import what they run

    place, master = sys.argv[1:]
    dying = partial(builds.judge_or_die, mark=f"{place}/killed")
    with mock.patch.object(core, "judge_share", dying):
        print(load_stage(Home(Path(place)), master=master))
