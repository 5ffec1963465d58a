"""The whole site, from a snapshot's folder into a folder of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from markupsafe import Markup

from pipeline.site import questions
from pipeline.site.atlas import Atlas, load_atlas
from pipeline.site.comparable import comparable_page
from pipeline.site.compare import LISTED, Standing, comparison_page, iter_comparisons, map_pages, ranking_csv
from pipeline.site.folder import SiteFolder
from pipeline.site.pages import Pages
from pipeline.site.places import Place, iter_places, place_csv, side_entry
from pipeline.site.quality import iter_coverage, quality_page
from pipeline.site.questions import answer_csv, answers, is_number, walks_home
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
        _comparisons(atlas, con, pages, site)
        asked = _questions(con, pages, site)
        provinces = []
        for covered in iter_coverage(atlas, con):
            provinces.append((covered.page, covered.province.name))
            text = pages.render("coverage.html", root="../", here="quality.html", c=covered)
            site.put(covered.page, text)
        quality = quality_page(con)
        site.put(
            "quality.html",
            pages.render("quality.html", here="quality.html", provinces=provinces, asked=asked, **quality),
        )
        grades = comparable_page(atlas, con)
        site.put("comparable.html", pages.render("comparable.html", here="comparable.html", **grades))
        site.put("sql.html", pages.render("sql.html", here="sql.html", tables=told.tables))
        for name, text in shards(atlas):
            site.put(name, text)
        site.put("marks.html", pages.render("marks.html", here="marks.html"))
        site.put("places.html", pages.render("places.html", here="places.html", **places_page(atlas)))
        site.put("index.html", pages.render("start.html", here="index.html", **start_page(atlas, con)))
    return Written(folder, told.version, site.files, site.bytes, site.written)


def _places(atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> None:
    for group, places in groupby(
        _each_place(atlas, con, pages, site), key=lambda p: p.division.division_code[:4]
    ):
        told = [side_entry(p) for p in places if p.rows]
        if told:
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            site.put(f"side/{group}.js", f"atlas_places({text});\n")


def _each_place(
    atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder
) -> Iterator[Place]:
    for place in iter_places(atlas, con):
        broken = {b.year: "；".join(w.zh for w in b.words) for b in place.breaks}
        signs = {b.year: "".join(w.sign for w in b.words) for b in place.breaks}
        given: dict[str, Any] = {"p": place, "broken": broken, "broken_signs": signs}
        site.put(place.page, pages.render("place.html", root=place.root, **given))
        if place.rows or place.others:
            site.put(str(Path(place.page).with_name(place.csv_name)), place_csv(place))
        yield place


def _reports(atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> None:
    known = set(atlas.places)
    for report in iter_reports(atlas, con):
        code = report.head.division_code
        given: dict[str, Any] = {
            "r": report,
            "h": report.head,
            "place": _place_page(code) if code in known else "",
        }
        site.put(report.page, pages.render("report.html", root=report.root, **given))


def _comparisons(atlas: Atlas, con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> None:
    listed = []
    for one, rankings in iter_comparisons(atlas, con):
        listed.append((one, rankings))
        for ranking in rankings:
            csv_name = f"{ranking.year}-{ranking.level.key}.csv"
            small: list[tuple[None, Standing]] = [(None, s) for s in ranking.small[:LISTED]]
            given: dict[str, Any] = {
                "c": one,
                "r": ranking,
                "small": small,
                "most": LISTED,
                "csv_name": csv_name,
            }
            site.put(ranking.page, pages.render("ranking.html", root="../../", here="compare.html", **given))
            site.put(str(Path(ranking.page).with_name(csv_name)), ranking_csv(ranking))
        if rankings:
            maps = dict(map_pages(atlas, one, rankings))
            overview = comparison_page(atlas, one, rankings, maps)
            site.put(one.page, pages.render("comparison.html", root="../", here="compare.html", **overview))
            for page, given in maps.items():
                site.put(page, pages.render("map.html", root="../../", here="compare.html", **given))
    site.put("compare.html", pages.render("compare.html", here="compare.html", comparisons=listed))
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(code, atlas.divisions[code].full_name or code)
        for code in atlas.places
        if code in atlas.divisions and any(h.is_current for h in atlas.by_place.get(code, ()))
    )
    site.put("two.html", pages.render("two.html", here="compare.html", options=options))


def _questions(con: duckdb.DuckDBPyConnection, pages: Pages, site: SiteFolder) -> dict[int, str]:
    """Write the questions' pages; gives their addresses by number."""
    found = list(answers(con))
    for answer in found:
        csv_name = f"{answer.question.path.stem}.csv"
        numbers = [is_number(answer.rows, n) for n in range(len(answer.names))]
        given: dict[str, Any] = {
            "a": answer,
            "most": questions.LISTED,
            "csv_name": csv_name,
            "numbers": numbers,
            "homes": walks_home(con, answer, "../"),
        }
        site.put(answer.page, pages.render("question.html", root="../", here="questions.html", **given))
        if answer.rows:
            site.put(f"questions/{csv_name}", answer_csv(answer))
    site.put("questions.html", pages.render("questions.html", here="questions.html", answers=found))
    return {a.question.number: a.page for a in found}


def _place_page(code: str | None) -> str:
    from pipeline.site.links import place_page

    return place_page(code) if code else ""
