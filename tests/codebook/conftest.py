"""A codebook of its own for a test."""

from __future__ import annotations

from pathlib import Path

import pytest
from codebook_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder = tmp_path / "codebook"
    folder.mkdir()
    return Files(folder)
