"""The SQL models over a build: dbt in this process, on a project that was parsed once for all homes.

Parsing takes dbt several seconds and hangs on nothing that differs between homes: all build a file of the
same name, which is what dbt calls the database. So what dbt found is kept in ``sql/target``, by the content
of the project and the versions of dbt; a build starts from it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pipeline.home import PROJECT, Home

SQL = PROJECT / "sql"
BUILD = ("build", "--exclude-resource-type", "unit_test")
_PARSED = ("manifest.json", "partial_parse.msgpack")
_SUM = "sha256"
log = logging.getLogger(__name__)


class DbtFailed(RuntimeError):
    """dbt could not do what was asked; the message is dbt's."""


class Node(NamedTuple):
    """What became of a model or test: ``status`` is dbt's (success, pass, warn, fail, error, skipped),
    ``message`` is on one line."""

    name: str
    kind: str
    status: str
    message: str
    seconds: float
    failures: int
    blocking: bool

    @property
    def is_well(self) -> bool:
        return self.status in ("success", "pass", "warn", "no-op")


def sql_files() -> list[Path]:
    """What the SQL project consists of."""
    folders = ("models", "macros", "tests")
    found = [path for name in folders for path in (SQL / name).rglob("*") if path.is_file()]
    return sorted([*found, SQL / "dbt_project.yml"])


@lru_cache(maxsize=1)
def _project_key() -> str:
    """The content of the SQL project, its profile, and who parsed it: 16 hex digits."""
    digest = hashlib.sha256("\0".join(version(name) for name in ("dbt-core", "dbt-duckdb")).encode())
    for path in (*sql_files(), SQL / "profiles.yml"):
        digest.update(f"{path.relative_to(SQL)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def parsed(folder: Path = SQL / "target") -> Path:
    """The folder with dbt's ``manifest.json`` and ``partial_parse.msgpack`` of ``sql/`` as it is, parsed
    where ``folder`` holds none. Two processes may ask at once: each parses aside, and the first puts it in
    place."""
    place = folder / f"parsed-{_project_key()}"
    if not _is_as_parsed(place):
        shutil.rmtree(place, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="parse-", dir=folder) as own:
            _invoke(["parse"], Home(Path(own)).building, Path(own) / "found", None)
            (Path(own) / "found" / _SUM).write_text(_sum(Path(own) / "found"))
            with suppress(OSError):  # another process was first
                os.rename(Path(own) / "found", place)
        for other in folder.glob("parsed-*"):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)
    return place


@lru_cache(maxsize=1)
def tests_by_model() -> dict[str, tuple[str, ...]]:
    """The names of the tests that hang on each model, as dbt found them."""
    nodes = json.loads((parsed() / "manifest.json").read_bytes())["nodes"]
    found: dict[str, list[str]] = {}
    for node in nodes.values():
        if node["resource_type"] == "test" and (on := node.get("attached_node")):
            found.setdefault(nodes[on]["name"], []).append(node["name"])
    return {model: tuple(sorted(tests)) for model, tests in found.items()}


def _is_as_parsed(place: Path) -> bool:
    try:
        return (place / _SUM).read_text() == _sum(place)
    except (OSError, ValueError):
        return False


def _sum(place: Path) -> str:
    return hashlib.sha256(b"".join((place / name).read_bytes() for name in _PARSED)).hexdigest()


def run_models(
    building: Path,
    target: Path,
    arguments: Sequence[str] = BUILD,
    environment: Mapping[str, str] | None = None,
) -> list[Node]:
    """dbt over the file ``building``; logs and what was compiled go to ``target``. What became of each node.
    Raises DbtFailed where dbt does not get as far as to run nodes."""
    os.environ.update(environment or {})
    try:
        result = _invoke(arguments, building, target, manifest())
    finally:
        _let_go()
    return [_node(found) for found in result]


def run_models_on_spark(building: Path, target: Path) -> list[Node]:
    """As ``run_models``, by the Spark session of this process and on its tables. It parses anew: what a contract
    calls a type is told by the engine."""
    return [_node(found) for found in _invoke((*BUILD, "--target", "spark"), building, target, None)]


def manifest() -> Any:
    """The project as dbt has it when it builds in DuckDB."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    packed = (parsed() / "partial_parse.msgpack").read_bytes()
    found: Any = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    found.build_flat_graph()
    return found


def _invoke(arguments: Sequence[str], building: Path, target: Path, manifest: Any) -> Any:
    from dbt.cli.main import dbtRunner

    os.environ["YANGGUANG_BUILD"] = str(building)
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    folders = ("--project-dir", SQL, "--profiles-dir", SQL, "--target-path", target, "--log-path", target)
    unread = ["--no-write-json"] if manifest else []  # a manifest and results in JSON: a second a run
    words = ["--quiet", "--log-level-file", "info", *unread, *arguments, *(str(word) for word in folders)]
    done = dbtRunner(manifest=manifest).invoke(words)
    if done.result is None:
        raise DbtFailed(f"dbt {arguments[0]}: {done.exception}")
    return done.result


def _let_go() -> None:
    """Close the file, which dbt would keep open as long as this process runs."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manager: Any = DuckDBConnectionManager
    manager.close_all_connections()


def _node(found: Any) -> Node:
    node = found.node
    return Node(
        name=node.name,
        kind=str(node.resource_type),
        status=str(found.status),
        message=" ".join(str(found.message or "").split()),
        seconds=float(found.execution_time),
        failures=int(found.failures or 0),
        blocking=str(getattr(node.config, "severity", "")).lower() == "error",
    )
