"""The charts of a place's page, as ``panels.csv`` lists them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from pipeline.site.charts import Frame, Point, bar_chart, line_chart
from pipeline.site.series import Break, Row
from pipeline.site.words import HERE, word


class Panel(NamedTuple):
    """A chart with its heading and legend (pattern or dash, Chinese, English)."""

    panel: str
    chart: str
    zh: str
    en: str
    legend: list[tuple[int, str, str]]
    svg: Markup


class _Drawing(NamedTuple):
    """A chart as ``panels.csv`` has it; ``law_year``: from it on another law counts these cases."""

    chart: str
    zh: str
    en: str
    law_year: int | None
    measures: list[str]


@lru_cache(maxsize=1)
def _panels() -> dict[str, _Drawing]:
    found: dict[str, _Drawing] = {}
    with (HERE / "panels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            law = int(row["law_year"]) if row["law_year"] else None
            entry = found.setdefault(row["panel"], _Drawing(row["chart"], row["zh"], row["en"], law, []))
            entry.measures.append(row["measure_id"])
    return found


def panels_of(
    axis: Sequence[int], reports: dict[int, Any], by_id: dict[str, Row], breaks: Sequence[Break]
) -> list[Panel]:
    """The charts for which there is a measure; ``reports`` are the years' reports, ``axis`` all years."""
    gaps = frozenset(y for y in axis if y not in reports)
    plain_breaks = tuple(
        (b.year, "".join(w.sign for w in b.words if w.key != "gap"))
        for b in breaks
        if any(w.key != "gap" for w in b.words)
    )
    drawn = []
    for name, (chart, zh, en, law_year, measures) in _panels().items():
        rows = [by_id[m] for m in measures if m in by_id]
        if not rows:
            continue
        signs = dict(plain_breaks)
        if law_year and axis[0] < law_year <= axis[-1]:
            signs[law_year] = signs.get(law_year, "") + word("break", "law").sign
        frame = Frame(axis[0], axis[-1], gaps, tuple(sorted(signs.items())))
        label = f"{zh} {en}, {axis[0]}–{axis[-1]}"
        legend = [(measures.index(r.measure_id), r.label_zh, r.label_en) for r in rows]
        if chart == "bars":
            svg = _bars(frame, [by_id.get(m) for m in measures], label, reports)
        else:
            svg = line_chart(frame, [_points(r, law_year) for r in rows], label, share=chart == "share")
        drawn.append(Panel(name, chart, zh, en, legend, svg))
    return drawn


def _points(row: Row, law_year: int | None) -> list[Point]:
    return [
        Point(
            c.year,
            float(c.value) if c.value is not None and c.grade.key != "none" else None,
            f"{c.year}: {row.label_zh} {c.text}，{c.said}",
            c.read.key,
            c.grade.key == "approx",
            c.small_n,
            c.row.break_kind is None and c.year != law_year,
            c.href,
        )
        for c in row.cells
        if c is not None
    ]


def _bars(frame: Frame, rows: Sequence[Row | None], label: str, reports: dict[int, Any]) -> Markup:
    bars = []
    for n, year in enumerate(range(frame.first, frame.last + 1)):
        cells = [row.cells[n] if row else None for row in rows]
        parts = [
            float(c.value) if c and c.value is not None and c.grade.key != "none" else None for c in cells
        ]
        told = "，".join(
            f"{row.label_zh} {c.text}" for row, c in zip(rows, cells, strict=True) if row and c and c.text
        )
        doubtful = any(c is not None and c.read.key == "doubtful" for c in cells)
        report = reports.get(year)
        href = next((c.href for c in cells if c), "") if report else ""
        bars.append((year, parts, f"{year}: {told}", href, doubtful))
    return bar_chart(frame, bars, label)
