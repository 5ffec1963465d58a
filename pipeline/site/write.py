"""The whole site, from a snapshot's folder into a folder of its own."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipeline.site.atlas import Atlas, load_atlas
from pipeline.site.folder import SiteFolder
from pipeline.site.pages import Pages
from pipeline.site.places import iter_places, place_csv
from pipeline.site.reports import iter_reports
from pipeline.site.search import shards
from pipeline.site.snapshot import opened_snapshot
from pipeline.site.start import places_page, start_page
from pipeline.site.words import HERE

log = logging.getLogger(__name__)
STATIC = HERE / "static"


class Written(NamedTuple):
    """What a writing did: the site's folder, its files and bytes, how many files were written now."""

    folder: Path
    version: str
    files: int
    bytes: int
    written: int


def write_site(snapshot: Path, folder: Path) -> Written:
    """Write the atlas of a snapshot into ``folder``; only what changed is written.

    Raises NotASnapshot, and NotOurs where the folder holds something else.
    """
    with opened_snapshot(snapshot) as (told, con), SiteFolder(folder, told.version) as site:
        atlas = load_atlas(told, con)
        pages = Pages(atlas)
        for path in sorted(STATIC.iterdir()):
            site.put(path.name, path.read_text(encoding="utf-8"))
        _places(atlas, con, pages, site)
        _reports(atlas, con, pages, site)
        for name, text in shards(atlas):
            site.put(name, text)
        site.put("marks.html", pages.render("marks.html", here="marks.html"))
        site.put("places.html", pages.render("places.html", here="places.html", **places_page(atlas)))
        site.put("index.html", pages.render("start.html", here="index.html", **start_page(atlas, con)))
    return Written(folder, told.version, site.files, site.bytes, site.written)


def _places(atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> None:
    for place in iter_places(atlas, con):
        broken = {b.year: "；".join(w.zh for w in b.words) for b in place.breaks}
        signs = {b.year: "".join(w.sign for w in b.words) for b in place.breaks}
        given: dict[str, Any] = {"p": place, "broken": broken, "broken_signs": signs}
        site.put(place.page, pages.render("place.html", root=place.root, **given))
        if place.rows or place.others:
            site.put(str(Path(place.page).with_name(place.csv_name)), place_csv(place))


def _reports(atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> None:
    known = set(atlas.places)
    for report in iter_reports(atlas, con):
        code = report.head.division_code
        given: dict[str, Any] = {
            "r": report,
            "h": report.head,
            "place": _place_page(code) if code in known else "",
            "anchors": {f"#{c.anchor}" for b in report.blocks for ln in b.lines for c in ln.cells if c},
        }
        site.put(report.page, pages.render("report.html", root=report.root, **given))


def _place_page(code: str | None) -> str:
    from pipeline.site.links import place_page

    return place_page(code) if code else ""
