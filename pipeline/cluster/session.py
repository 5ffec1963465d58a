"""A Spark session: on which master, and what it needs that may not be there."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.crawl.errors import UserError

MASTER = "YANGGUANG_MASTER"
"""Environment: the master where the command line names none."""
_NEEDED = (("--engine spark", "pyspark", "pyspark"), ("--build spark", "dbt-spark", "dbt.adapters.spark"))
_MEMORY = "4g"
"""What Java may take at most where it works on this machine alone."""
_HERE = "127.0.0.1"
_LOG = Path(__file__).with_name("log4j2.properties")


def master_of(named: str | None, *, builds: bool = False) -> str:
    """The master's URL: as named, else as the environment has it, else all cores of this machine. Raises
    UserError where pyspark, Java or, for who ``builds`` there too, dbt-spark is not there, and for what is no
    master."""
    for option, package, module in _NEEDED[: 2 if builds else 1]:
        if not _has(module):
            raise UserError(
                f"{option} needs {package}, which this environment does not have: `make spark`, then "
                ".venv-spark/bin/yangguang (docs/cluster.md)"
            )
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and Path(home, "bin", "java").is_file())):
        raise UserError("--engine spark needs Java 17 (openjdk-17-jre-headless): no `java`, no JAVA_HOME")
    master = named or os.environ.get(MASTER) or "local[*]"
    if not re.match(r"local|spark://|k8s://|yarn$", master):
        raise UserError(f"{master!r} is no master: local[N], spark://HOST:PORT, k8s://URL or yarn")
    return master


def _has(module: str) -> bool:
    """Whether a module can be imported, or a package of that name holds it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def url_of(path: Path | str) -> str:
    """How Spark spells a place of the file system that all nodes see. Not a URI: it takes signs as they stand."""
    return f"file://{Path(path).absolute()}"


class ClusterFailed(RuntimeError):
    """The cluster is not there, or gave up; what was read before is kept."""


def cause_in(text: str) -> str:
    """Of what Spark says of a failure, the line that names it: what a Python worker's traceback ends with, else
    what Java threw, else the first line."""
    lines = [line.removeprefix(": ") for line in text.splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"(\w+\.)*[A-Z]\w+: ", line)]
    return (raised or lines)[-1 if raised else 0][:500]


@contextmanager
def failures_told() -> Iterator[None]:
    """Gives what Spark raises as ClusterFailed, in a line."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise ClusterFailed(cause_in(str(error))) from error


@contextmanager
def session(master: str, more: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A Spark session on that master with ``more`` settings, ended with the ``with`` block. On this machine it
    listens on loopback alone; elsewhere addresses, memory and the executors' Python are the cluster's own settings. Raises
    ClusterFailed where there is none to be had."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # it must be there and is not used
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOG.as_uri()}",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        **(more or {}),
    }
    if master.startswith("local"):
        settings["spark.driver.memory"] = _MEMORY
    if master.startswith("local") or f"//{_HERE}:" in master:
        os.environ.setdefault("SPARK_LOCAL_IP", _HERE)
        settings |= {
            "spark.driver.bindAddress": _HERE,
            "spark.driver.host": _HERE,
            "spark.ui.enabled": "false",
        }
    builder = SparkSession.builder.master(master).appName("yangguang")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise ClusterFailed(f"no Spark session on {master}: {cause_in(str(error))}") from error
    try:
        yield spark
    finally:
        spark.stop()
