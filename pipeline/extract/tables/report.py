"""The tables of one report brought together: one reading, last year's table set aside, double claims made
ambiguous."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.chinese.numbering import section_of
from pipeline.document import Block, Paragraph, Table
from pipeline.extract.tables.cells import Slot
from pipeline.extract.tables.kinds import Above, group_named
from pipeline.extract.tables.observations import TableReading, clash
from pipeline.extract.tables.rows import Form
from pipeline.extract.tables.table import read_table
from pipeline.extract.tables.vocabulary import vocabulary
from pipeline.extract.tables.years import part_of_year, titles_of, year_hint
from pipeline.finding import finding
from pipeline.report import Finding, Observation, Unplaced


class Tables(NamedTuple):
    """The tables of one report, brought together; ``read`` is each of them with what it says."""

    observations: list[Observation]
    unplaced: tuple[Unplaced, ...]
    local: list[Observation]
    findings: list[Finding]
    read: list[tuple[Table, TableReading]]


class _Read(NamedTuple):
    """One table with what it says: the year it is headed with, ``inherited`` from one above it in the same
    section; whether it is of a part of the year; whether it stands before the first heading (a side bar)."""

    reading: TableReading
    year: int | None
    inherited: bool
    part: bool
    outside: bool

    def of_another(self, year: int | None) -> bool:
        return bool(year and self.year and self.year != year and self.reading.known)


def read_tables(blocks: Sequence[Block], template: str | None, year: int | None) -> Tables:
    """Read all tables of a report in order. Where two tables claim the same cell with different figures, the
    one that names the report's year holds; where none does, the cell is ambiguous."""
    tables, readings = _in_order(blocks, Form(vocabulary(), template, year))
    findings = [f for read in readings for f in read.reading.findings]
    own, aside = _set_aside(readings, year)
    placed: dict[Slot, Observation] = {}
    unplaced: list[Unplaced] = []
    for read in own:
        if read.of_another(year) and not read.inherited:
            message = (
                "表前标注的年份与报告年份不一致 / the table is headed with another year than the report's"
            )
            findings.append(finding("table.other_year", message, (), read.year, year))
        for slot, seen in read.reading.placed.items():
            held = placed.get(slot)
            if held is None or (held.state == "blank" and seen.state != "blank"):
                placed[slot] = seen
            elif seen.state != "blank" and (held.value, held.state) != (seen.value, seen.state):
                placed[slot] = clash(slot, held, seen, findings, inside=False)
        filled = {s for u in unplaced for s in u.slots}
        unplaced += [u for u in read.reading.unplaced if not filled.issuperset(u.slots)]
    local = [o for read in own for o in read.reading.local] + aside
    waiting = {slot for row in unplaced for slot in row.slots}
    observations = [o for s, o in placed.items() if s not in waiting]
    both = list(zip(tables, (read.reading for read in readings), strict=True))
    return Tables(observations, tuple(unplaced), local, findings, both)


def _in_order(blocks: Sequence[Block], form: Form) -> tuple[list[Table], list[_Read]]:
    above = Above()
    tables: list[Table] = []
    readings: list[_Read] = []
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
            titles = titles_of(before, block)
            named = year_hint(titles)
            headed = named or headed
            reading, above = read_table(block, form, above)
            inherited = named is None and headed is not None
            tables.append(block)
            readings.append(_Read(reading, headed, inherited, part_of_year(titles), not begun))
            before = []
    return tables, [r._replace(outside=r.outside and begun) for r in readings]


def _set_aside(readings: Sequence[_Read], year: int | None) -> tuple[list[_Read], list[Observation]]:
    """(the report's own tables, local figures of the others): another year's where tables of the report's
    own year, or without a year, give the same cells; a side bar's whose cells the report's own tables all
    give; those of a part of the year most of whose cells other tables give for the whole of it."""
    own: list[_Read] = []
    others: list[_Read] = []
    for read in readings:
        aside = read.of_another(year)
        if aside and (read.inherited or all(r.year != year for r in readings)):
            same = (r for r in readings if r is not read and r.year in (None, year) and r.reading.known)
            aside = _most(read, _cells(same))
        (others if aside else own).append(read)
    if bars := [r for r in own if r.outside and r.reading.placed]:
        inside = _cells(r for r in own if not r.outside)
        bars = [r for r in bars if inside.issuperset(r.reading.cells())]
        own = [r for r in own if not any(r is bar for bar in bars)]
    if halves := [r for r in own if r.part]:
        whole = _cells(r for r in own if not r.part)
        halves = [r for r in halves if _most(r, whole)]
        own = [r for r in own if not any(r is half for half in halves)]
    local = [o for r in bars for o in _as_local(r.reading, "aside")]
    local += [o for r in halves for o in _as_local(r.reading, "part_year")]
    local += [
        o._replace(label=f"{r.year}年 {o.label}")
        for r in others
        for o in _as_local(r.reading, f"year_{r.year}")
    ]
    return own, local


def _cells(readings: Iterable[_Read]) -> set[Slot]:
    return {cell for read in readings for cell in read.reading.cells()}


def _most(read: _Read, cells: set[Slot]) -> bool:
    """Whether most of a table's cells are among ``cells``."""
    own = read.reading.cells()
    return 2 * len(own & cells) > len(own)


def _as_local(reading: TableReading, why: str) -> list[Observation]:
    """A table's figures as local ones, for it is not the report's own."""
    placed = [o._replace(indicator=f"local.{why}.{o.indicator}") for o in reading.placed.values()]
    return [o for o in placed if o.value is not None]
