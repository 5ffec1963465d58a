"""Tables read by the plan of one that is alike say what they say when read by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.clean import read_document
from pipeline.document import Table
from pipeline.extract.tables import plans
from pipeline.extract.tables.claims import TableReading
from pipeline.extract.tables.plans import PlannedReader
from pipeline.extract.tables.rows import Row
from pipeline.extract.tables.table import TableReader
from pipeline.extract.tables.vocabulary import vocabulary
from tests.drawn.layouts.builders import LAYOUTS
from tests.drawn.layouts.sheet import Sheet


def _tables(layout: str, form: str, seed: int) -> list[Table]:
    document = read_document(LAYOUTS[layout].build(Sheet(form, seed)))
    return [block for block in document.blocks if isinstance(block, Table)]


def _read(kind: type[TableReader], tables: Sequence[Table], form: str) -> list[TableReading]:
    reader = kind(vocabulary(), form, 2022)
    return [reader.read(table) for table in tables]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_plan_reads_what_the_rules_read(layout: str) -> None:
    form = LAYOUTS[layout].templates[0]
    for seed in (1, 2, 3):
        tables = _tables(layout, form, seed)
        assert _read(PlannedReader, tables, form) == _read(TableReader, tables, form)


def test_alike_tables_are_read_by_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_PLANS", {})  # else a full store may be emptied between the tables
    tables = _tables("as_the_form", "v2021", 1)
    _read(PlannedReader, tables, "v2021")

    def by_rules(*_: object) -> None:
        raise AssertionError("read by the rules again")

    monkeypatch.setattr(PlannedReader, "_recorded", by_rules)
    larger = [_larger(table) for table in tables]
    readings = _read(PlannedReader, larger, "v2021")
    assert readings == _read(TableReader, larger, "v2021")
    assert sum(len(reading.placed) for reading in readings) > 150


def _larger(table: Table) -> Table:
    """A table with each number ten thousand times as large, which is never a year."""
    cells = (c._replace(text=str(10_000 * int(c.text))) if c.text.isdigit() else c for c in table.cells)
    return replace(table, cells=tuple(cells), locator="larger " + table.locator)


def test_a_rule_that_looks_at_a_number_ends_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_PLANS", {})

    class Looking(PlannedReader):
        def _is_head(self, row: Row) -> bool:
            return super()._is_head(row) or any((item.reading.value or 0) > 10**9 for item in row)

    tables = _tables("as_the_form", "v2021", 4)
    assert _read(Looking, tables, "v2021") == _read(TableReader, tables, "v2021")
    kept = plans._PLANS
    assert not [
        key for key in kept if any("结果维持" in str(part) for part in key)
    ]  # its row of figures was looked at
