"""Where the five real documents lie on a founder's machine; tests that need them skip by name elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "seeds"
needs_seeds = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/seeds is not on this machine")
