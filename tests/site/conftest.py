"""The demo's site, written once for the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.home import Home
from tests.spine.conftest import yangguang


@pytest.fixture(scope="session")
def site(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's site, as ``yangguang site`` writes it."""
    folder = tmp_path_factory.mktemp("site") / "atlas"
    yangguang(demo.root.parent, "site", str(folder))
    return folder
