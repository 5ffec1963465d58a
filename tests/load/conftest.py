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
from pipeline.stages import load_stage, take_in_stage
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
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Homes after each step: ``core`` (no model yet), ``part`` (some models), ``whole`` (ready to
    publish)."""
    root = tmp_path_factory.mktemp("stages")
    home = Home(root / "core")
    _read(home, root / "in")
    load_stage(home)
    shutil.copytree(home.root, root / "part")
    part, whole = Home(root / "part"), Home(root / "whole")
    run_models(part.building, part.root / "dbt", ["run", "-s", "+timeliness"])
    shutil.copytree(root / "part", root / "whole")
    run_models(whole.building, whole.root / "dbt")
    return {name: root / name for name in ("core", "part", "whole")}


@pytest.fixture
def home_at(stages: dict[str, Path], tmp_path: Path) -> Callable[[str], Home]:
    """A copy of the home after a step, to be spoilt."""

    def copied(step: str) -> Home:
        shutil.copytree(stages[step], tmp_path / step)
        return Home(tmp_path / step)

    return copied
