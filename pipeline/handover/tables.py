"""A table to hand over: rows of a query with what the codebook says of each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipeline.codebook import Codebook, Value
from pipeline.codebook.columns import explain

if TYPE_CHECKING:
    import duckdb

Kind = Literal["text", "texts", "whole", "exact", "double", "truth", "day", "moment", "other"]
"""What a column holds: text, a list of texts, whole numbers, exact decimals, floating numbers, true or false,
days, moments (UTC); other is written as text."""
_KINDS: dict[str, Kind] = {
    "VARCHAR": "text",
    "VARCHAR[]": "texts",
    "BOOLEAN": "truth",
    "DATE": "day",
    "TIMESTAMP": "moment",
    "DOUBLE": "double",
    "FLOAT": "double",
    **dict.fromkeys(
        (
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "HUGEINT",
        ),
        "whole",
    ),
}
_CHUNK = 10_000


class NotHeld(ValueError):
    """A format cannot hold what it is given; the message says what and what to do instead."""


class Field(NamedTuple):
    """A column: its name, what it holds, its meaning in Chinese and English, its unit, and the values it may
    hold where they are few."""

    name: str
    kind: Kind
    label_zh: str = ""
    label_en: str = ""
    unit: str = ""
    values: tuple[Value, ...] = ()


class Table(NamedTuple):
    """Rows that are read once, under their columns. ``name`` is the file's or the sheet's; the first ``key``
    columns say which row it is and stay in sight."""

    name: str
    fields: tuple[Field, ...]
    rows: Iterator[tuple[Any, ...]]
    key: int = 0


def fields_of(
    answer: duckdb.DuckDBPyConnection, codebook: Codebook, schema: str = "mart", table: str = ""
) -> tuple[Field, ...]:
    """The columns of a query's answer. Where ``table`` is not told, a name counts that means the same in every
    table, or that is a measure's."""
    found = []
    for name, kind, *_ in answer.description or []:
        meaning = explain(codebook, schema, table, name)
        found.append(
            Field(
                name,
                _kind(str(kind)),
                meaning.label_zh if meaning else "",
                meaning.definition_en if meaning else "",
                meaning.unit if meaning else "",
                codebook.values_of(f"{schema}.{table}", name) if meaning else (),
            )
        )
    return tuple(found)


def _kind(duckdb_type: str) -> Kind:
    return "exact" if duckdb_type.startswith("DECIMAL") else _KINDS.get(duckdb_type, "other")


def table_of(
    con: duckdb.DuckDBPyConnection, codebook: Codebook, name: str, of: str, order: str, *, key: int = 0
) -> Table:
    """The table ``of`` the warehouse (``schema.table``) in an order; rows are fetched as they are read."""
    schema, _, table = of.partition(".")
    answer = con.cursor().execute(f"SELECT * FROM {of} ORDER BY {order}")
    return Table(name, fields_of(answer, codebook, schema, table), rows_of(answer), key)


def rows_of(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """An answer's rows as they come."""
    while chunk := answer.fetchmany(_CHUNK):
        yield from chunk


def plain_text(value: Any) -> str:
    """A value of text or of a list as one line of text: a list's parts with ``; `` between them."""
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def text_field(name: str, label_zh: str, label_en: str) -> Field:
    """A column of text that no table of the warehouse has."""
    return Field(name, "text", label_zh, label_en)


def text_table(name: str, fields: Sequence[tuple[str, str, str]], rows: Sequence[Sequence[Any]]) -> Table:
    """A table of texts: columns as (name, Chinese, English)."""
    return Table(name, tuple(text_field(*f) for f in fields), iter(tuple(row) for row in rows))
