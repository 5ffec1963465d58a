"""The same rows from Spark as from this machine: run with ``-m spark`` and YANGGUANG_SPARK_PYTHON naming an
interpreter that has pyspark (``make test-spark``)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from pipeline.crawl import RawStore, take_in
from pipeline.home import Home
from pipeline.load.decisions import add_decision
from pipeline.load.snapshot import latest
from pipeline.reading.kept import Kept
from pipeline.reading.pool import reading_pool
from pipeline.reading.read_all import read_new
from pipeline.stages import read_stage
from tests.cluster.reads import dying
from tests.cluster.test_cluster_core import decision_for
from tests.drawn.files import report_files
from tests.spine.conftest import yangguang
from tools.demo import iter_pages

PYTHON = os.environ.get("YANGGUANG_SPARK_PYTHON", "")
PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real"
UNCLAIMED = "通过手机广播播报31000批次蔬菜抽检情况。"
EXECUTOR = "CoarseGrainedExecutorBackend"
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not PYTHON, reason="YANGGUANG_SPARK_PYTHON names no interpreter with pyspark"),
]


def _on_spark(home: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PYTHON, "-m", *command],
        cwd=PROJECT,
        env={**os.environ, "YANGGUANG_HOME": str(home), "DAGSTER_HOME": "", "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ended_well(process: subprocess.Popen[str]) -> str:
    out, told = process.communicate()
    assert process.returncode == 0, told[-4000:]
    return out


def _as_taken_in(home: Home, place: Path) -> Home:
    """A home that holds what another has taken in, and nothing that was read."""
    shutil.copytree(home.raw, place / "raw")
    for file in home.root.iterdir():
        if file.is_file():
            shutil.copy2(file, place)
    return Home(place).make()


def _columns(warehouse: Path) -> list[tuple[object, ...]]:
    """Of every column of a warehouse table, name, type, whether it may be null, and comment."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        asked = "schema_name, table_name, column_name, data_type, is_nullable, comment"
        return con.execute(f"SELECT {asked} FROM duckdb_columns() WHERE NOT internal ORDER BY ALL").fetchall()


def _differing(one: Path, other: Path, *schemas: str) -> list[str]:
    """The tables of those schemas of a warehouse whose rows are not those of another's."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{one}' AS a (READ_ONLY); ATTACH '{other}' AS b (READ_ONLY)")
        listed = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'a' AND "
        tables = [
            name for (name,) in con.execute(f"{listed} schema_name IN {(*schemas, '')} ORDER BY 1").fetchall()
        ]
        assert len(tables) >= 7
        return [
            table
            for table in tables
            if con.execute(
                f"(FROM a.{table} EXCEPT ALL FROM b.{table}) UNION ALL (FROM b.{table} EXCEPT ALL FROM a.{table}) LIMIT 1"
            ).fetchall()
        ]


def _sums(home: Home) -> str:
    return (home.snapshots / latest(home) / "SHA256SUMS").read_text()


def _read(home: Home) -> dict[str, str]:
    """Of every document that was read a digest of all its rows."""
    with Kept(home) as kept:
        assert not kept.damaged()
        return {sha: digest for sha, (_, digest) in kept.held().items()}


def _fuller(demo: Home, place: Path) -> Home:
    """A copy of the demo with a page more, of which a sentence is claimed by nothing, and a person's decision; built
    here."""
    home = Home(place)
    shutil.copytree(demo.root, place, ignore=shutil.ignore_patterns("snapshot", "dagster", "atlas"))
    _, page, _ = next(iter(iter_pages(bodies=2)))
    more = place.parent / "more.html"
    more.write_text(page.decode().replace("。</p>", f"。{UNCLAIMED}</p>", 1), encoding="utf-8")
    add_decision(home, decision_for(demo))
    yangguang(place, "run", str(more))
    return home


def test_spark_publishes_what_this_machine_publishes(demo: Home, tmp_path: Path) -> None:
    here = _fuller(demo, tmp_path / "here")
    with duckdb.connect(str(here.database), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM mart.unread").fetchall() == [(1,)]
        assert con.execute("SELECT status FROM core.decision").fetchall() == [("applied",)]
    place = tmp_path / "家 里"
    home = _as_taken_in(here, place)
    command = ("run", "--engine", "spark", "--build", "spark", "--master", "local[2]")
    out = _ended_well(_on_spark(place, "pipeline.terminal.main", *command))
    assert out == ""
    assert _read(home) == _read(here)
    assert _columns(home.database) == _columns(here.database)
    assert _differing(here.database, home.database, "core", "ref", "mart", "meta") == []
    assert _sums(home) == _sums(here)
    assert not home.on_spark.exists()


def test_an_executor_killed_while_it_judges_changes_nothing(demo: Home, tmp_path: Path) -> None:
    home = _as_taken_in(demo, tmp_path / "home")
    shutil.rmtree(home.read)
    shutil.copytree(demo.read, home.read)
    _ended_well(_on_spark(home.root, "tests.cluster.builds", str(home.root), "local-cluster[2,1,1024]"))
    assert (home.root / "killed").is_file()
    assert _differing(demo.database, home.building, "core") == []


def test_an_executor_killed_at_work_changes_nothing(demo: Home, tmp_path: Path) -> None:
    home = _as_taken_in(demo, tmp_path)
    process = _on_spark(tmp_path, "tests.cluster.reads", str(tmp_path), "local-cluster[2,1,1024]")
    killed = 0
    while process.poll() is None and not killed:
        time.sleep(0.1)
        at_work = [pid for pid, command in _below(process.pid) if EXECUTOR in command and _reads(pid)]
        if at_work:
            os.kill(at_work[0], signal.SIGKILL)
            killed = at_work[0]
    _ended_well(process)
    assert killed
    assert _read(home) == _read(demo)


def _below(pid: int) -> list[tuple[int, str]]:
    """(pid, command) of a process and all below it."""
    found: list[tuple[int, str]] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            found.append((one, Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")))
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _reads(executor: int) -> bool:
    """Whether an executor has a child that has been reading for a while."""
    children = [pid for pid, command in _below(executor) if "forkserver" in command]
    return len(children) > 1 and _cpu_seconds(children[-1]) > 1


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_hostile_files_get_the_status_that_they_get_here(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(20):
        (folder / f"{n}.html").write_bytes(report_files.html(report_files.report("v2021", n)))
    for name in ("spin", "eaten", "crash", "eat"):
        (folder / f"{name}.txt").write_text(f"{name}: not read")
    homes = [Home(tmp_path / name).make() for name in ("here", "there")]
    for home in homes:
        with RawStore(home.raw) as store:
            take_in(store, [folder])
    with RawStore(homes[0].raw) as store:
        here = read_new(homes[0], store, readers=dying(reading_pool))
    _ended_well(_on_spark(tmp_path, "tests.cluster.reads", str(homes[1].root), "local[2]", "--dying"))
    assert here.statuses == {"ok": 20, "timeout": 1, "memory": 2, "crashed": 1}
    assert _read(homes[0]) == _read(homes[1])


@pytest.mark.skipif(not REAL.is_dir(), reason="no real reports beside the project")
def test_real_reports_are_read_alike(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name).make() for name in ("here", "there")]
    for home in homes:
        with RawStore(home.raw) as store:
            take_in(store, [REAL])
    read_stage(homes[0], tick=None)
    _ended_well(_on_spark(tmp_path, "tests.cluster.reads", str(homes[1].root), "local[2]"))
    assert len(_read(homes[0])) > 20
    assert _read(homes[0]) == _read(homes[1])
