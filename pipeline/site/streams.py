"""Rows of one query, handed out group by group: one pass over a table, however many pages it feeds."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import duckdb

AT_ONCE = 4_096
"""Rows fetched in one go."""


def rows_of(
    con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
) -> Iterator[Any]:
    """Rows of a query as named tuples, fetched some thousands at a time on a cursor of their own."""
    cursor = con.cursor().execute(query, parameters)
    kind = namedtuple("Row", [d[0] for d in cursor.description or []], rename=True)  # type: ignore[misc]
    while rows := cursor.fetchmany(AT_ONCE):
        yield from map(kind._make, rows)


class Grouped:
    """Rows of a query that is sorted by its first column, asked for by ascending keys.

    A key that is passed over loses its rows; one that has none gives an empty list.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
    ) -> None:
        self._rows = rows_of(con, query, parameters)
        self._next = next(self._rows, None)

    def of(self, key: str) -> list[Any]:
        """All rows whose first column is ``key``."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._rows, None)
        found = []
        while self._next is not None and self._next[0] == key:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found
