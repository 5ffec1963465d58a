"""An account of every table: what stands under a section of the form, or bears its labels, is read or told.

``table.missing`` where nothing stands under a heading that announces a table, ``table.unread`` where
something does and was not understood: which table, where, why not, with a state for each cell expected of
it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from pipeline.chinese.labels import normalise_label
from pipeline.document import Image, Paragraph, Table
from pipeline.extract.pieces import Section
from pipeline.extract.tables.cells import Slot
from pipeline.extract.tables.observations import TableReading
from pipeline.extract.tables.vocabulary import Cell, Vocabulary
from pipeline.finding import finding
from pipeline.report import Finding, Method, Observation, State

_HEADING = 4
"""Signs up to which a paragraph under a heading says nothing."""
_WHY = {
    "empty": "格内没有文字 / no text stands in its cells",
    "labels": "标签无法识别 / its labels are unknown",
    "heads": "表头无法识别 / its column heads were not found",
    "grid": "行列无法对应 / its rows and columns do not fit",
}


class Account(NamedTuple):
    """What is told: states of cells, findings, the places of local figures that nothing makes sure."""

    observations: list[Observation]
    findings: list[Finding]
    doubted: set[str]


class _Stand(NamedTuple):
    """What stands for one table of the form: the heading over it, the tables with what they say, the
    place."""

    heading: str
    tables: list[tuple[Table, TableReading]]
    locator: str


def account(
    parts: Sequence[Section],
    read: Sequence[tuple[Table, TableReading]],
    template: str,
    held: Collection[Slot],
    words: Vocabulary,
) -> Account:
    """Observations (``table_missing``, ``unreadable``) and findings for the cells that a report's form has,
    that its tables should give and that ``held`` lacks. ``read``: each table with what it says."""
    told = Account([], [], set())
    readings = {id(table): reading for table, reading in read}
    taken = set(held)
    headed: set[str] = set()
    for part in parts:
        section = words.codebook.section_by_heading.get(normalise_label(part.heading))
        if section is None:
            continue
        tables = [(b, readings[id(b)]) for b in part.blocks if isinstance(b, Table) and id(b) in readings]
        if tables:
            headed.add(section.table)
            there = {id(table) for table, _ in tables}
            own = [pair for pair in read if section.table in pair[1].about and id(pair[0]) not in there]
            stand = _Stand(part.heading, tables + own, tables[0][0].locator)
            _tell_unread(section.table, stand, template, taken, words, told)
        elif not any(isinstance(b, Paragraph) and len(b.text) > _HEADING for b in part.blocks):
            expected = [c for c in words.form_cells(template, section.table) if _is_main(c, section.expected)]
            missing = [c for c in expected if c[0] not in taken]
            taken.update(slot for slot, _ in missing)
            told.observations.extend(_states(missing, "table_missing", "table", part.locator, part.heading))
            if missing:
                picture = " (a picture does)" if any(isinstance(b, Image) for b in part.blocks) else ""
                message = f"“{part.heading}”之下没有表格 / no table stands under this heading{picture}"
                told.findings.append(finding("table.missing", message, tuple(slot for slot, _ in missing)))
    for name in dict.fromkeys(name for _, reading in read for name in sorted(reading.about)):
        own = [(t, r) for t, r in read if name in r.about]
        if name not in headed:
            stand = _Stand("", own, own[0][0].locator)
            _tell_unread(name, stand, template, taken, words, told)
    return told


def _tell_unread(
    name: str, stand: _Stand, template: str, taken: set[Slot], words: Vocabulary, told: Account
) -> None:
    """Tell of the form's table ``name`` where less than half of its rows (of a scan: cells) are given and
    figures stand there that are no cell's, or where a table under its heading gives nothing. Local figures
    that were recognised from pixels in such a table are sure of nothing: ``doubted`` takes their places."""
    cells = words.form_cells(template, name)
    missing = [cell for cell in cells if cell[0] not in taken]
    if cells and not missing:
        return
    given = {indicator for indicator, _ in taken}
    rows = [indicator in given for indicator in dict.fromkeys(slot[0] for slot, _ in cells)]
    silent = [(t, r) for t, r in stand.tables if not r.cells() and r.shown]
    loose = any(r.local or r.nameless for _, r in stand.tables)
    scanned = any(t.method == "ocr" for t, _ in stand.tables)
    few = 2 * sum(rows) < len(rows) or (scanned and 2 * len(missing) > len(cells))
    lost = cells and missing and (silent or (loose and few))
    if not lost and not (silent and scanned and not cells):
        return
    table, reading = (silent or stand.tables)[0]
    taken.update(slot for slot, _ in missing)
    told.observations.extend(_states(missing, "unreadable", table.method, table.locator, stand.heading))
    told.doubted.update(o.locator for _, r in stand.tables for o in r.local if o.method == "ocr")
    title = f"“{stand.heading}”之下的表格" if stand.heading else "一张表格"
    message = (
        f"{title}未能读出: {_WHY[reading.why]} ({table.locator}; {len(missing)} of {len(cells)} cells unread)"
    )
    told.findings.append(finding("table.unread", message, tuple(slot for slot, _ in missing)))


def _is_main(cell: Cell, expected: Iterable[str]) -> bool:
    (indicator, applicant), _ = cell
    return indicator in expected and applicant in (None, "total")


def _states(cells: Iterable[Cell], state: State, method: str, locator: str, label: str) -> list[Observation]:
    kind: Method = "ocr" if method == "ocr" else "table"
    return [
        Observation(*slot, None, "", i.unit, False, state, None, None, kind, locator, label)
        for slot, i in cells
    ]
