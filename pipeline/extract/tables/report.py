"""The tables of one report brought together: one reading, last year's table set aside, double claims made
ambiguous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.chinese.numbering import section_of
from pipeline.document import Block, Paragraph, Table
from pipeline.extract.tables.cells import Slot
from pipeline.extract.tables.kinds import Above, group_named
from pipeline.extract.tables.observations import TableReading, clash
from pipeline.extract.tables.rows import Form
from pipeline.extract.tables.table import read_table
from pipeline.extract.tables.vocabulary import vocabulary
from pipeline.extract.tables.years import part_of_year, year_hint
from pipeline.finding import finding
from pipeline.report import Finding, Observation, Unplaced


@dataclass
class Tables:
    """The tables of one report, brought together."""

    observations: list[Observation]
    unplaced: tuple[Unplaced, ...]
    local: list[Observation]
    findings: list[Finding]


def read_tables(blocks: Sequence[Block], template: str | None, year: int | None) -> Tables:
    """Read all tables of a report in order. Where two tables claim the same cell with different figures, the
    one that names the report's year holds; where none does, the cell is ambiguous."""
    form, above = Form(vocabulary(), template, year), Above()
    readings: list[tuple[TableReading, int | None]] = []
    outside: list[TableReading] = []  # tables before the first heading, and the headings yet to come
    inherited: list[TableReading] = []  # tables below one that is headed with a year, in the same section
    parts: list[TableReading] = []  # tables of a part of the year
    begun = False
    headed: int | None = None
    before: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            if section_of(block.text) is not None:
                begun, headed = True, None
            if group := group_named(block.text, form):
                above = above._replace(group=group)
            before.append(block.text)
        elif isinstance(block, Table):
            named = year_hint(before, block)
            headed = named or headed
            reading, above = read_table(block, form, above)
            readings.append((reading, headed))
            if named is None and headed:
                inherited.append(readings[-1][0])
            if part_of_year(before, block):
                parts.append(readings[-1][0])
            if not begun:
                outside.append(readings[-1][0])
            before = []
    findings = [f for reading, _ in readings for f in reading.findings]
    readings, others = _apart(readings, year, inherited)
    aside = _repeated_inside(outside, [reading for reading, _ in readings]) if begun else []
    readings = [pair for pair in readings if not any(pair[0] is reading for reading in aside)]
    halves = _given_again(parts, [reading for reading, _ in readings])
    readings = [pair for pair in readings if not any(pair[0] is reading for reading in halves)]
    placed: dict[Slot, Observation] = {}
    local: list[Observation] = []
    unplaced: list[Unplaced] = []
    for reading, hint in readings:
        if (
            hint
            and year
            and hint != year
            and reading.known
            and not any(reading is other for other in inherited)
        ):
            findings.append(
                finding(
                    "table.other_year",
                    "表前标注的年份与报告年份不一致 / the table is headed with another year than the report's",
                    (),
                    hint,
                    year,
                )
            )
        for slot, observation in reading.placed.items():
            held = placed.get(slot)
            if held is None or (held.state == "blank" and observation.state != "blank"):
                placed[slot] = observation
            elif (held.value, held.state) != (
                observation.value,
                observation.state,
            ) and observation.state != "blank":
                placed[slot] = clash(slot, held, observation, findings, inside=False)
        filled = {s for u in unplaced for s in u.slots}
        unplaced += [u for u in reading.unplaced if not filled.issuperset(u.slots)]
        local += reading.local
    for reading in aside:
        local += [
            o._replace(indicator=f"local.aside.{o.indicator}")
            for o in reading.placed.values()
            if o.value is not None
        ]
    for reading in halves:
        local += [
            o._replace(indicator=f"local.part_year.{o.indicator}")
            for o in reading.placed.values()
            if o.value is not None
        ]
    for reading, hint in others:
        local += [
            o._replace(indicator=f"local.year_{hint}.{o.indicator}", label=f"{hint}年 {o.label}")
            for o in reading.placed.values()
            if o.value is not None
        ]
    waiting = {slot for row in unplaced for slot in row.slots}
    return Tables([o for s, o in placed.items() if s not in waiting], tuple(unplaced), local, findings)


def _apart(
    readings: list[tuple[TableReading, int | None]], year: int | None, inherited: Sequence[TableReading]
) -> tuple[list[tuple[TableReading, int | None]], list[tuple[TableReading, int]]]:
    """(the report's own tables, those headed with another year). A table headed with another year is set
    aside only where tables of the report's own year, or without a year, give the same cells."""
    kept: list[tuple[TableReading, int | None]] = []
    others: list[tuple[TableReading, int]] = []
    for reading, hint in readings:
        if not (year and hint and hint != year and reading.known):
            kept.append((reading, hint))
            continue
        cells = reading.cells()
        own = {
            cell
            for r, h in readings
            if r is not reading and (h is None or h == year) and r.known
            for cell in r.cells()
        }
        alone = any(reading is other for other in inherited)  # it has no year of its own
        if (not alone and any(h == year for _, h in readings)) or len(cells & own) * 2 > len(cells):
            others.append((reading, hint))
        else:
            kept.append((reading, hint))
    return kept, others


def _repeated_inside(outside: Sequence[TableReading], readings: Sequence[TableReading]) -> list[TableReading]:
    """The tables before the first heading (a page's side bar) all of whose cells the report's own tables give
    too."""
    own: set[Slot] = set()
    for reading in readings:
        if not any(reading is other for other in outside):
            own |= reading.cells()
    return [reading for reading in outside if reading.placed and own.issuperset(reading.cells())]


def _given_again(parts: Sequence[TableReading], readings: Sequence[TableReading]) -> list[TableReading]:
    """The tables of a part of the year most of whose cells other tables give for the whole of it."""
    own = {cell for r in readings if not any(r is part for part in parts) for cell in r.cells()}
    return [part for part in parts if 2 * len(part.cells() & own) > len(part.cells())]
