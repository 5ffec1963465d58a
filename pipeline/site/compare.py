"""Comparisons: a measure by year and level, places ranked where there are cases enough, and maps of tiles.

A share stands with Wilson's interval of 95 per cent; places with fewer cases than the minimum stand in a list
of their own, without a rank. Reconsideration and litigation are two measures and are never added.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from statistics import median
from typing import Any, NamedTuple

import duckdb

from pipeline.site.atlas import Atlas
from pipeline.site.series import read_key
from pipeline.site.streams import rows_of
from pipeline.site.words import HERE, Word, plain, shown, word

Z = 1.959964
"""The normal quantile of a two-sided interval of 95 per cent."""
LISTED = 400
"""Places that a ranking's page lists; its CSV has all."""
STEPS = 5
"""Shades of a map."""
LEVELS = ("province", "prefecture", "county")


class Compared(NamedTuple):
    """A comparison of ``compared.csv``: the measure whose figure is linked, the measure below the line (empty:
    the measure's own denominator), ``per`` how many (0: a count, no share), and the least cases for a rank."""

    key: str
    zh: str
    en: str
    measure_id: str
    base: str
    per: int
    minimum: int

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"compare/{self.key}.html"


class Standing(NamedTuple):
    """A place in a ranking: ``value`` as compared, its interval, cases over base, marks, link."""

    code: str
    name: str
    value: float
    low: float | None
    high: float | None
    cases: float
    base: float | None
    signs: str
    said: str
    href: str
    report_id: str


class Ranking(NamedTuple):
    """Places of one level in one year: ranked ones from the highest, and those with too few cases."""

    compared: Compared
    year: int
    level: Word
    page: str
    ranked: list[tuple[int, Standing]]
    small: list[Standing]

    @property
    def middle(self) -> float | None:
        """The median of those ranked."""
        return median([s.value for _, s in self.ranked]) if self.ranked else None


class Tile(NamedTuple):
    """A square of a map: where it stands, its name, figure, shade (1 to ``STEPS``, 0: none) and link."""

    row: int
    column: int
    name: str
    text: str
    shade: int
    href: str
    said: str


@lru_cache(maxsize=1)
def compared() -> tuple[Compared, ...]:
    """Every comparison, in the order of its file."""
    with (HERE / "compared.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Compared(r["key"], r["zh"], r["en"], r["measure_id"], r["base"], int(r["per"]), int(r["minimum"]))
            for r in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def grid() -> dict[str, tuple[str, int, int]]:
    """Where each province stands on the map: its short name, row and column."""
    with (HERE / "tiles.csv").open(encoding="utf-8", newline="") as file:
        return {r["code"]: (r["name"], int(r["row"]), int(r["column"])) for r in csv.DictReader(file)}


def wilson(cases: float, base: float) -> tuple[float, float] | None:
    """Wilson's interval of 95 per cent for a share of ``cases`` in ``base``; None where that is no share."""
    if base <= 0 or not 0 <= cases <= base:
        return None
    share, square = cases / base, Z * Z
    middle = share + square / (2 * base)
    half = Z * math.sqrt(share * (1 - share) / base + square / (4 * base * base))
    return max(0.0, (middle - half) / (1 + square / base)), min(1.0, (middle + half) / (1 + square / base))


_FIGURES = """
SELECT c.year, c.level, c.division_code, c.division_name, m.value, m.numerator, m.denominator, b.value AS base,
    m.comparability, b.comparability AS base_grade, m.state, m.method, m.approx, m.alternative, m.contested,
    b.contested AS base_contested, m.report_id, m.template
FROM mart.city_year c
JOIN mart.measure m ON m.report_id = c.report_id AND m.measure_id = $measure
LEFT JOIN mart.measure b ON b.report_id = c.report_id AND b.measure_id = $base AND b.comparability <> 'none'
WHERE m.value IS NOT NULL AND m.comparability <> 'none'
ORDER BY c.year, c.level, c.division_code
"""


def rankings(atlas: Atlas, con: duckdb.DuckDBPyConnection, one: Compared) -> list[Ranking]:
    """A comparison's rankings, by year and level: one pass."""
    found = []
    rows = rows_of(con, _FIGURES, {"measure": one.measure_id, "base": one.base})
    for (year, level), group in groupby(rows, key=lambda r: (r.year, r.level)):
        ranked: list[Standing] = []
        small: list[Standing] = []
        for row in group:
            standing = _standing(atlas, one, row)
            if standing is not None:
                enough = one.per == 0 or (standing.base or 0) >= one.minimum
                (ranked if enough else small).append(standing)
        if ranked or small:
            ranked.sort(key=lambda s: (-s.value, s.code))
            page = f"compare/{one.key}/{year}-{level}.html"
            found.append(Ranking(one, year, word("level", level), page, _ranked(ranked), small))
    return found


def _ranked(standings: Sequence[Standing]) -> list[tuple[int, Standing]]:
    """Equal figures share a rank."""
    found: list[tuple[int, Standing]] = []
    for n, standing in enumerate(standings, start=1):
        is_equal = bool(found) and found[-1][1].value == standing.value
        found.append((found[-1][0] if is_equal else n, standing))
    return found


def _standing(atlas: Atlas, one: Compared, row: Any) -> Standing | None:
    cases = float(row.value if one.base or one.per == 0 else row.numerator or 0)
    below = row.base if one.base else row.denominator
    if one.per and not below:
        return None
    base = float(below) if one.per else None
    value = cases if base is None else cases / base
    interval = wilson(cases, base) if base is not None else None
    grades = {row.comparability, row.base_grade if one.base else row.comparability}
    read = word("read", read_key(row.value, row.state, row.method))
    grade = word("grade", "approx" if "approx" in grades else "exact")
    failing = word("also", "contested")
    return Standing(
        row.division_code,
        row.division_name or row.division_code,
        value,
        interval[0] if interval else None,
        interval[1] if interval else None,
        cases,
        base,
        ("" if read.key == "printed" else read.sign)
        + grade.sign
        + ("≈" if row.approx else "")
        + (failing.sign if row.contested or row.base_contested else ""),
        "，".join([read.zh, grade.zh, *([failing.zh] if row.contested or row.base_contested else [])]),
        atlas.figure_link(row.report_id, one.measure_id, row.template, row.alternative),
        row.report_id,
    )


def value_text(one: Compared, value: float | None) -> str:
    """A compared figure as people read it: a share in per cent, a rate per thousand, a count."""
    if value is None:
        return "—"
    if one.per == 1:
        return shown(value, "ratio")
    return f"{value * one.per:,.1f}" if one.per else shown(value)


def ranking_csv(ranking: Ranking) -> str:
    """Every place of a ranking, with its interval; places without a rank last. UTF-8 with a mark."""
    out = io.StringIO()
    out.write("\ufeff")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(
        [
            "rank",
            "division_code",
            "division_name",
            "year",
            "level",
            "cases_measure_id",
            "base_measure_id",
            "cases",
            "base",
            "share",
            "wilson_low",
            "wilson_high",
            "marks",
            "report_id",
        ]
    )
    for rank, s in [*ranking.ranked, *((None, s) for s in ranking.small)]:
        figures = [plain(n) for n in (s.cases, s.base, s.value, s.low, s.high)]
        about = [
            s.code,
            s.name,
            ranking.year,
            ranking.level.key,
            ranking.compared.measure_id,
            ranking.compared.base,
        ]
        lines.writerow(["" if rank is None else rank, *about, *figures, s.signs, s.report_id])
    return out.getvalue()


def province_tiles(atlas: Atlas, one: Compared, ranking: Ranking, maps: Collection[str]) -> list[Tile]:
    """A map of provinces: the median of a level's places within each, in one year."""
    within: dict[str, list[float]] = {}
    for _, standing in ranking.ranked:
        above = atlas.above(standing.code)
        top = above[0].division_code if above else standing.code
        within.setdefault(top, []).append(standing.value)
    figures = {code: median(values) for code, values in within.items()}
    shades = _shades(figures)
    last = max(row for _, row, _ in grid().values()) if set(figures) & set(grid()) else 0
    own = sorted(set(figures) - set(grid()))
    places = dict(grid()) if set(figures) & set(grid()) else {}
    places |= {
        code: (atlas.divisions[code].name if code in atlas.divisions else code, last + 1, n)
        for n, code in enumerate(own, start=1)
    }
    return [
        Tile(
            row,
            column,
            name,
            value_text(one, figures.get(code)),
            shades.get(code, 0),
            page if (page := f"compare/{one.key}/map-{code}.html") in maps else "",
            f"{len(within.get(code, ()))} 地 places",
        )
        for code, (name, row, column) in sorted(places.items(), key=lambda p: p[1][1:])
    ]


def place_tiles(
    atlas: Atlas,
    one: Compared,
    province: str,
    standings: Sequence[tuple[int | None, Standing]],
    wide: int = 6,
) -> list[Tile]:
    """A map of the places of one level within a province, in the order of their codes."""
    own = {
        s.code: (rank, s)
        for rank, s in standings
        if s.code == province or province in {d.division_code for d in atlas.above(s.code)}
    }
    shades = _shades({code: s.value for code, (rank, s) in own.items() if rank is not None})
    tiles = []
    for n, (code, (rank, s)) in enumerate(sorted(own.items())):
        said = f"{shown(s.cases)} / {shown(s.base)}" if s.base is not None else ""
        small = "" if rank is not None else word("also", "small_n").sign
        text = value_text(one, s.value) + s.signs + small
        tiles.append(Tile(n // wide + 1, n % wide + 1, s.name, text, shades.get(code, 0), s.href, said))
    return tiles


def _shades(figures: dict[str, float]) -> dict[str, int]:
    """Shades by fifths of the order; equal figures share one."""
    order = sorted(set(figures.values()))
    return {
        code: 1 + min(STEPS - 1, order.index(value) * STEPS // max(1, len(order)))
        for code, value in figures.items()
    }


def iter_comparisons(
    atlas: Atlas, con: duckdb.DuckDBPyConnection
) -> Iterator[tuple[Compared, list[Ranking]]]:
    """Every comparison with its rankings."""
    for one in compared():
        yield one, rankings(atlas, con, one)


def comparison_page(
    atlas: Atlas, one: Compared, rankings: Sequence[Ranking], maps: Collection[str]
) -> dict[str, Any]:
    """What ``comparison.html`` shows: medians by year and level, and the map of the level most are ranked of;
    ``maps`` are the pages that a province can lead to."""
    levels = [word("level", key) for key in LEVELS if any(r.level.key == key for r in rankings)]
    at = {(r.year, r.level.key): r for r in rankings}
    by_year = [
        (year, [at.get((year, level.key)) for level in levels])
        for year in sorted({r.year for r in rankings}, reverse=True)
    ]
    mapped = max(rankings, key=lambda r: (bool(r.ranked), r.year, len(r.ranked)))
    tiles = province_tiles(atlas, one, mapped, maps) if mapped.ranked else []
    return {"c": one, "levels": levels, "by_year": by_year, "mapped": mapped, "tiles": tiles}


def map_pages(
    atlas: Atlas, one: Compared, rankings: Sequence[Ranking]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A page for each province: maps of its places, the latest year of each level."""
    latest = {r.level.key: r for r in rankings}
    provinces = sorted(
        {
            above[0].division_code if (above := atlas.above(s.code)) else s.code
            for r in latest.values()
            for s in [*(s for _, s in r.ranked), *r.small]
        }
    )
    for code in provinces:
        maps = []
        for key in LEVELS:
            if key in latest:
                r = latest[key]
                tiles = place_tiles(atlas, one, code, [*r.ranked, *((None, s) for s in r.small)])
                if tiles:
                    maps.append((r, tiles))
        province = atlas.divisions.get(code)
        if maps and province:
            yield f"compare/{one.key}/map-{code}.html", {"c": one, "province": province, "maps": maps}
