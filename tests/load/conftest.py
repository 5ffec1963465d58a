"""A small home, read, loaded and modelled once for the session; each test works on a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.load.models import run_models
from pipeline.places import load_registry
from pipeline.reading.kept import Kept
from pipeline.reading.schema import rows_of
from pipeline.reading.whole import read_whole
from pipeline.stages import load_stage, publish_stage, snapshot_stage, take_in_stage
from tools.demo import division_lines, iter_bodies, iter_pages

REPORTS = 6


def _read(home: Home, inbox: Path) -> None:
    """The first reports of the demo, taken in and read in this process."""
    places = division_lines(iter_bodies(2))
    lines = [",".join(places[0]._fields), *(",".join(str(v) for v in line) for line in places)]
    home.make()
    (home.root / "divisions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    inbox.mkdir()
    for n, (_, data, _) in zip(range(REPORTS), iter_pages(bodies=2), strict=False):
        (inbox / f"{n}.html").write_bytes(data)
    take_in_stage(home, [str(inbox)])
    registry = load_registry(home.divisions)
    with RawStore(home.raw) as store, Kept(home) as kept:
        found = []
        for receipt in store.documents_to_read():
            data = store.get(str(receipt.sha256))
            found.append((str(receipt.sha256), rows_of(*read_whole(data, registry=registry))))
        list(kept.write(found))


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a core and no model yet."""
    home = Home(tmp_path_factory.mktemp("stages") / "core")
    _read(home, home.root.parent / "in")
    load_stage(home)
    return home


@pytest.fixture(scope="session")
def part(core: Home) -> Home:
    """A home with some models."""
    home = _copied(core, core.root.parent, "part")
    run_models(home.building, home.warehouse / "dbt", ["run", "-s", "+timeliness"])
    return home


@pytest.fixture(scope="session")
def whole(part: Home) -> Home:
    """A home that is ready to publish."""
    home = _copied(part, part.root.parent, "whole")
    run_models(home.building, home.warehouse / "dbt")
    return home


@pytest.fixture(scope="session")
def out(whole: Home) -> Home:
    """A home that is published and has its snapshot."""
    home = _copied(whole, whole.root.parent, "out")
    publish_stage(home)
    snapshot_stage(home)
    return home


def _copied(home: Home, folder: Path, name: str) -> Home:
    shutil.copytree(home.root, folder / name)
    return Home(folder / name)


@pytest.fixture
def home_at(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Home]:
    """A copy of the home after a step (core, part, whole, out), to be spoilt."""
    return lambda step: _copied(request.getfixturevalue(step), tmp_path, step)
