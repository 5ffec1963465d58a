"""The codebook's tables as DuckDB's: ``core`` and ``ref``."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.codebook import Codebook
from pipeline.codebook.columns import columns_of

SQL_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "figure": "DECIMAL(24,6)",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "binary": "BLOB",
}


def create_table(codebook: Codebook, schema: str, table: str) -> str:
    """The statement that makes the empty table."""
    columns = ", ".join(f'"{c.column}" {SQL_TYPES[c.type]}' for c in columns_of(codebook, schema, table))
    return f"CREATE TABLE {schema}.{table} ({columns})"
