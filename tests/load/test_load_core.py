"""A core of which no model was built yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.home import Home
from pipeline.load.gate import NotWhole
from pipeline.load.publish import publish
from pipeline.load.warehouse import opened
from pipeline.stages import being_built


def test_a_core_alone_is_not_published(home_at: Callable[[str], Home]) -> None:
    home = home_at("core")
    assert being_built(home)
    with opened(home.building, read_only=True) as con:
        assert con.execute("SELECT count(*) > 300 FROM core.observation").fetchall() == [(True,)]
    home.database.write_bytes(b"as before")
    with pytest.raises(NotWhole, match="no model was built"):
        publish(home)
    home.building.unlink()
    assert not being_built(home)
    with pytest.raises(NotWhole, match="nothing is being built"):
        publish(home)
    assert home.database.read_bytes() == b"as before"
