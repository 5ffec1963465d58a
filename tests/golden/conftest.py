"""``pytest tests/golden --accept`` rewrites the golden files from what is read now; read the diff before committing."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden files from what is read now")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten (the option is unknown where this folder was not named on the command line)."""
    return bool(request.config.getoption("--accept", default=False))
