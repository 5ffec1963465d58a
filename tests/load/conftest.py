"""A small home at each step, made once for the session (``homes``); each test works on a copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.home import Home
from tests.load import homes


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a core and no model yet."""
    return homes.core_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that is ready to publish."""
    return homes.whole_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that is published and has its snapshot; read, never changed."""
    return homes.out_home(tmp_path_factory.getbasetemp())


@pytest.fixture
def home_at(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Callable[[str], Home]:
    """A copy of the home after a step (core, part, whole, out), to be spoilt."""
    made = {
        "core": homes.core_home,
        "part": homes.part_home,
        "whole": homes.whole_home,
        "out": homes.out_home,
    }
    return lambda step: homes.copied(made[step](tmp_path_factory.getbasetemp()), tmp_path, step)
