"""``yangguang sql``: a question to the published warehouse, for a person or as data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import click

from pipeline.terminal.say import failed, reading_home, say, wrong
from pipeline.terminal.written import format_option

if TYPE_CHECKING:
    import duckdb

    from pipeline.home import Home

SHOWN_ROWS = 1_000
"""More rows than a person looks at on a terminal; the other formats give all."""
_CHUNK = 10_000


@click.command()
@click.argument("query")
@format_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file instead of standard output.",
)
def sql(query: str, form: str, output: Path | None) -> None:
    """Ask the published warehouse with SQL, read-only.

    "show tables" lists the tables, "describe mart.city_year" the columns of one.
    """
    from pipeline.load.query import WrongQuery, ask, asking

    if form == "parquet" and output is None and sys.stdout.isatty():
        wrong("--format parquet writes bytes: name a file with --output, or redirect standard output")
    home = reading_home()
    try:
        with asking(home) as con:
            answer = ask(con, query)
            with _opened(output, home) as out:
                _write(answer, form, out)
    except WrongQuery as error:
        wrong(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        failed(f"{output or 'standard output'}: {error.strerror or error}")


@contextmanager
def _opened(output: Path | None, home: Home) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears when all is written; never one that the home keeps itself."""
    if output is None:
        yield sys.stdout.buffer
        return
    target = output.resolve()
    if any(target.is_relative_to(folder.resolve()) for folder in (home.raw, home.warehouse)):
        wrong(f"{output}: the home keeps its own files there; name another place")
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _write(answer: duckdb.DuckDBPyConnection, form: str, out: BinaryIO) -> None:
    import io

    if form == "parquet":
        _write_parquet(answer, out)
        return
    names = [d[0] for d in answer.description or []]
    text = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
    try:
        _write_text(answer, names, form, text)
    finally:
        text.detach()


def _write_text(answer: duckdb.DuckDBPyConnection, names: list[str], form: str, out: TextIO) -> None:
    from pipeline.terminal.tables import draw, grid
    from pipeline.terminal.written import write_csv, write_jsonl

    if form == "csv":
        write_csv(names, _rows(answer), out)
    elif form == "jsonl":
        write_jsonl(names, _rows(answer), out)
    elif out.isatty():
        rows = answer.fetchmany(SHOWN_ROWS)
        more = bool(answer.fetchmany(1))
        draw(names, rows)
        say(f"the first {len(rows)} rows; --format csv gives all" if more else _count(len(rows)))
    else:
        rows = answer.fetchall()
        out.writelines(line + "\n" for line in grid(names, rows, 80))
        say(_count(len(rows)))


def _count(rows: int) -> str:
    return f"{rows} row{'s' * (rows != 1)}"


def _rows(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while chunk := answer.fetchmany(_CHUNK):
        yield from chunk


def _write_parquet(answer: duckdb.DuckDBPyConnection, out: BinaryIO) -> None:
    """The Arrow result through pyarrow: DuckDB itself writes no file, whoever asks."""
    import pyarrow.parquet as pq

    reader = answer.to_arrow_reader(_CHUNK)
    with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
