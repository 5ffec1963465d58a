"""A small home, read, loaded and modelled once for the session, for whoever asks (in one xdist group)."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

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


@cache
def core_home(base: Path) -> Home:
    """A home with a core and no model yet."""
    home = Home(base / "stages" / "core")
    _read(home, home.root.parent / "in")
    load_stage(home)
    return home


@cache
def part_home(base: Path) -> Home:
    """A home with some models."""
    core = core_home(base)
    home = copied(core, core.root.parent, "part")
    run_models(home.building, home.warehouse / "dbt", ["run", "-s", "+timeliness"])
    return home


@cache
def whole_home(base: Path) -> Home:
    """A home that is ready to publish."""
    part = part_home(base)
    home = copied(part, part.root.parent, "whole")
    run_models(home.building, home.warehouse / "dbt")
    return home


@cache
def out_home(base: Path) -> Home:
    """A home that is published and has its snapshot."""
    whole = whole_home(base)
    home = copied(whole, whole.root.parent, "out")
    publish_stage(home)
    snapshot_stage(home)
    return home


def copied(home: Home, folder: Path, name: str) -> Home:
    shutil.copytree(home.root, folder / name)
    return Home(folder / name)
