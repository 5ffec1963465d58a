"""Homes made once for the session, and the warm process that runs commands in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.reliability.kills import Kills
from bench.reliability.layer import compiler
from bench.reliability.warm import Warm
from tests.load.homes import whole_home


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The process that forks; skips where the machine has no C compiler."""
    if compiler() is None:
        pytest.skip("needs a C compiler (Debian: gcc)")
    with Warm() as warm:
        yield warm


@pytest.fixture(scope="session")
def kills(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Kills:
    """Homes and commands; what is ready to publish is what the tests of load have too."""
    return Kills(
        warm, tmp_path_factory.mktemp("kills"), {"modelled": whole_home(tmp_path_factory.getbasetemp()).root}
    )
