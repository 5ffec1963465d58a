"""Questions to the published warehouse: read-only, one statement at a time, shut off from files and network.

Whoever takes SQL from outside asks through ``asking`` and ``ask``: the command line for every format, and
what serves pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.home import Home
from pipeline.load.warehouse import opened

_EXPLAIN = re.compile(r"\s*explain(?:\s+analyze)?\s*(?:\([^)]*\))?", re.I)
_TABLES = re.compile(r"(?:show\s+(?:all\s+)?tables|describe|desc|show)", re.I)
_DESCRIBE = re.compile(r"(?:describe|desc|show)\s+(?:table\s+)?([\w\".]+)", re.I)
_TABLE_LIST = """
SELECT schema_name || '.' || table_name AS "table", estimated_size AS "rows", column_count AS "columns", comment
FROM duckdb_tables() WHERE schema_name IN ('core', 'ref', 'mart', 'meta') ORDER BY ALL
"""
_COLUMN_LIST = """
SELECT schema_name || '.' || table_name AS "table", column_name AS "column", data_type AS "type", comment
FROM duckdb_columns() WHERE schema_name IN ('core', 'ref', 'mart', 'meta')
AND lower(?) IN (lower(table_name), lower(schema_name || '.' || table_name)) ORDER BY schema_name, table_name, column_index
"""


class WrongQuery(ValueError):
    """The query cannot be answered; the message says why, for a person."""


@contextmanager
def asking(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can read the warehouse and nothing else, whatever it is told. Tables may be named
    without their schema, the marts' first. Raises WrongQuery where the file is no warehouse."""
    try:
        with opened(home.database, read_only=True) as con:
            con.execute("SET search_path = 'mart,core,ref,meta'")
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
            yield con
    except (duckdb.IOException, duckdb.SerializationException) as error:
        raise WrongQuery(f"{home.database} cannot be read as a warehouse: {_first_line(error)}") from error


def ask(con: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """Answer one question; the rows are fetched from what is given. Raises WrongQuery for what is no single
    question, and for a wrong one.

    ``show tables`` lists the tables by their full names, and ``describe TABLE`` a table's columns, with the
    codebook's comments.
    """
    try:
        statements = con.extract_statements(query)
        if not statements:
            raise WrongQuery("the query is empty")
        if len(statements) > 1:
            raise WrongQuery(
                "one statement at a time is answered (PIVOT needs its values: ON year IN (2023, 2024))"
            )
        _check(con, statements[0])
        plain = query.strip().rstrip(";").rstrip()
        if _TABLES.fullmatch(plain):
            return con.execute(_TABLE_LIST)
        named = _DESCRIBE.fullmatch(plain)
        if named:
            name = named[1].replace('"', "")
            found = con.execute(f"SELECT count(*) FROM ({_COLUMN_LIST})", [name]).fetchone()
            if found and found[0]:
                return con.execute(_COLUMN_LIST, [name])
        return con.execute(statements[0])
    except duckdb.Error as error:
        raise WrongQuery(_reason(error)) from error


def _check(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    kind = statement.type
    if kind == duckdb.StatementType.EXPLAIN:
        inner = con.extract_statements(_EXPLAIN.sub("", statement.query, count=1))
        kind = inner[0].type if len(inner) == 1 else kind
    if kind != duckdb.StatementType.SELECT:
        raise WrongQuery(
            "only questions are answered (SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN); "
            f"this is {str(kind).rpartition('.')[2]}"
        )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _reason(error: duckdb.Error) -> str:
    """DuckDB's message, with what helps where a table or column is unknown, or something is shut off."""
    text = str(error).rstrip()
    if isinstance(error, duckdb.PermissionException):
        return f"a query reads the warehouse alone, no files and no network ({_first_line(error)})"
    if isinstance(error, duckdb.CatalogException):
        text += '\n`yangguang sql "show tables"` lists the tables'
    elif isinstance(error, duckdb.BinderException):
        text += '\n`yangguang sql "describe mart.city_year"` lists a table\'s columns'
    return text
