"""The tables of the warehouse as the codebook describes them: columns in order, with type, label and
definition.

DDL, Arrow schemas, dbt's YAML, asset specs and comments are made from these: a new column of an observation
is one row of columns.csv.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.codebook.codebook import Codebook
from pipeline.codebook.rows import Column, ColumnType, Measure

MONEY = ("万元", "元")


def tables_of(codebook: Codebook, schema: str) -> tuple[str, ...]:
    """The tables of ``core`` or ``ref`` that columns.csv lists column by column, in its order."""
    return tuple(dict.fromkeys(c.table for c in codebook.columns if c.schema == schema and c.made_by))


def columns_of(codebook: Codebook, schema: str, table: str) -> tuple[Column, ...]:
    """The columns of one of those tables, in order; what is left to a name's shared meaning is filled in."""
    own = (c for c in codebook.columns if c.schema == schema and c.table == table and c.column)
    return tuple(_filled(codebook, c) for c in own)


def _filled(codebook: Codebook, own: Column) -> Column:
    shared = codebook.notes.get(("*", "*", own.column))
    if shared is None:
        return own
    return replace(
        own,
        type=own.type or shared.type,
        label_zh=own.label_zh or shared.label_zh,
        definition_en=own.definition_en or shared.definition_en,
        unit=own.unit or (shared.unit if not own.label_zh else ""),
    )


def explain(codebook: Codebook, schema: str, table: str, column: str) -> Column | None:
    """What a column of any table is (a table, where ``column`` is empty): by its own row, else by its name's
    shared meaning, else by its measure, else by its measure and a shared ending (``*_share``). None where
    nothing says it."""
    own = codebook.notes.get((schema, table, column))
    if own or not column:
        return own and _filled(codebook, own)
    named = Column("*", table, column, "", "models", "", "", "")
    if shared := codebook.notes.get(("*", "*", column)):
        return replace(shared, table=table)
    if measure := codebook.newest_measure.get(column):
        return replace(
            named,
            type=type_of(measure),
            label_zh=measure.label_zh,
            definition_en=measure.label_en,
            unit=measure.unit,
        )
    parts = column.split("_")
    for cut in range(len(parts) - 1, 0, -1):
        measure = codebook.newest_measure.get("_".join(parts[:cut]))
        ending = codebook.notes.get(("*", "*", "*_" + "_".join(parts[cut:])))
        if measure and ending:
            return replace(
                named,
                type=ending.type,
                label_zh=f"{measure.label_zh}: {ending.label_zh}",
                definition_en=f"{measure.label_en}: {ending.definition_en}",
                unit=ending.unit,
            )
    return None


def type_of(measure: Measure) -> ColumnType:
    """Counts are whole; rates are doubles; money is exact."""
    if measure.kind == "ratio":
        return "double"
    return "figure" if measure.unit in MONEY else "bigint"


def comment_of(column: Column) -> str:
    """Chinese label, unit and definition in one line."""
    unit = f"单位: {column.unit}" if column.unit else ""
    return " | ".join(part for part in (column.label_zh, unit, column.definition_en) if part)
