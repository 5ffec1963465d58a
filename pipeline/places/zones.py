"""Zones and new areas that are sure: their organ's name, and which division they run, report for or lie
in."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).resolve().parent / "zones.csv"
_SHORT = ((re.compile(r"高新技术(?:产业)?开发区$"), "高新区"), (re.compile(r"经济技术开发区$"), "经开区"))


class Zone(NamedTuple):
    """A dated fact: ``relation`` is runs (the zone governs the division), reports (its reports cover it,
    beside the division's own government) or lies (it lies in it)."""

    name: str
    organ: str
    division_code: str
    level: str
    relation: str
    valid_from: int
    valid_to: int | None


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[Zone, ...]]:
    rows: dict[str, tuple[Zone, ...]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as f:
        for r in csv.DictReader(f):
            end = int(r["valid_to"]) if r["valid_to"] else None
            zone = Zone(r["name"], r["organ"], r["division_code"], r["level"], r["relation"], int(r["valid_from"]), end)  # fmt: skip
            rows[zone.name] = (*rows.get(zone.name, ()), zone)
    return rows


def zone_named(name: str, year: int | None) -> Zone | None:
    """The zone whose name this is, or is after its place's (青岛西海岸新区), in that year; None for one that the
    table lacks. Without a year, its latest row."""
    for start in range(min(len(name), 12)):
        if rows := _zones().get(name[start:]):
            held = [z for z in rows if year is None or (z.valid_from <= year and (z.valid_to is None or year <= z.valid_to))]  # fmt: skip
            return held[-1] if held else None
    return None


def zone_key(name: str) -> str:
    """A zone's name in the form in which spellings of it are one (高新技术产业开发区, 高新区)."""
    for pattern, short in _SHORT:
        name = pattern.sub(short, name)
    return name
