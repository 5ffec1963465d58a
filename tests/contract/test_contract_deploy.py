"""What deploy/ holds: that it parses, names what is there, and names no index and no password."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
MORE = DEPLOY / "dagster.yaml"


def steps(word: str) -> list[str]:
    """What follows the word in each of the Dockerfile's steps that begin with it."""
    return re.findall(rf"^{word}\s+(.+)$", DOCKERFILE, re.MULTILINE)


def test_what_the_image_copies_is_there_and_is_let_into_the_build() -> None:
    copied = [path for step in steps("COPY") for path in step.split()[:-1]]
    assert {"pipeline", "sql", "workspace.yaml"} <= set(copied)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    for path in copied:
        assert (PROJECT / path).exists(), path
        assert f"!{path.split('/')[0]}" in ignored, path


def test_the_image_is_of_the_lock_and_runs_as_nobody_special() -> None:
    (installed,) = [step for step in steps("RUN") if "-r " in step]
    assert "--require-hashes -r deploy/requirements.lock" in installed
    assert steps("USER") == ["yangguang"]
    assert DOCKERFILE.rindex("USER yangguang") < DOCKERFILE.index("VOLUME")


def test_no_index_stands_in_it() -> None:
    for path in DEPLOY.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"--(extra-)?index|--find-links|PIP_INDEX|pypi|https?://(?!127\.0\.0\.1)", text
        ), path.name


@pytest.mark.parametrize(
    ("lock", "own"),
    [
        (DEPLOY / "requirements.lock", "dagster-postgres"),
        (PROJECT / "pipeline" / "cluster" / "requirements.lock", "pyspark"),
    ],
    ids=["deploy", "cluster"],
)
def test_the_locks_agree(lock: Path, own: str) -> None:
    def pins(path: Path) -> dict[str, str]:
        return dict(
            re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*])?==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        )

    main, other = pins(PROJECT / "requirements.lock"), pins(lock)
    assert {name: main[name] for name in main.keys() & other.keys()} == {
        name: other[name] for name in main.keys() & other.keys()
    }
    assert {"dagster", own, "duckdb", "setuptools"} <= other.keys()
    assert own not in main
    assert "pytest" not in other
    assert not re.search(r"index|find-links|://", lock.read_text(encoding="utf-8"))


def test_page_and_daemon_share_home_history_and_names() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "webserver", "daemon"}
    ours = [services["webserver"], services["daemon"]]
    for service in ours:
        assert service["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
        assert service["volumes"] == ["home:/data"]
        assert service["depends_on"] == {"postgres": {"condition": "service_healthy"}}
        assert service["environment"] == ours[0]["environment"]
        assert "DAGSTER_HOME=$$(python -m pipeline.definitions)" in service["command"][-1]
    named = ours[0]["environment"]
    asked = set(re.findall(r"env: (\w+)", MORE.read_text(encoding="utf-8")))
    assert asked == {"YANGGUANG_POSTGRES_HOST", "YANGGUANG_POSTGRES_PASSWORD"} <= set(named)
    assert named["YANGGUANG_DAGSTER_STORAGE"] == "/app/deploy/dagster.yaml"
    assert set(COMPOSE["volumes"]) == {"home", "history"}


def test_the_page_is_shown_to_this_machine_alone_and_no_password_is_written_down() -> None:
    assert COMPOSE["services"]["webserver"]["ports"] == ["127.0.0.1:3000:3000"]
    assert not [
        name for name, service in COMPOSE["services"].items() if name != "webserver" and "ports" in service
    ]
    passwords = [
        value
        for service in COMPOSE["services"].values()
        for name, value in service["environment"].items()
        if "PASSWORD" in name
    ]
    assert len(passwords) == 3
    assert all(value.startswith("${YANGGUANG_POSTGRES_PASSWORD:?") for value in passwords)
