"""``pytest tests/golden --accept`` rewrites the golden files from what is read now; read the diff before
committing."""

from __future__ import annotations

import pytest


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept"))
