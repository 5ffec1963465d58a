"""Where an answer goes and in which format: standard output or a file, whose ending says the format."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TextIO, TypeVar

import click

from pipeline.terminal.export import not_the_homes_own
from pipeline.terminal.say import failed, say, wrong

if TYPE_CHECKING:
    import duckdb

    from pipeline.home import Home

Command = TypeVar("Command", bound=Callable[..., Any])
ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx", ".dta": "dta"}
IN_FILES = ("xlsx", "dta")
"""Formats that no stream takes."""
SHOWN_ROWS = 1_000
"""More rows than a person looks at on a terminal; the other formats give all."""


class Output(NamedTuple):
    """The format, and the file that is written; None where standard output is."""

    form: str
    path: Path | None


def output_options(command: Command) -> Command:
    """Adds ``--format`` and ``--output`` to a command, as ``form`` and ``output``."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "jsonl", "parquet", "xlsx", "dta"]),
        help="Default: what the file's ending says; table on standard output.",
    )
    output = click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to a file (.csv, .jsonl, .parquet, .xlsx, .dta) instead of standard output.",
    )
    return form(output(command))


def chosen(form: str | None, path: Path | None) -> Output:
    """The format that is asked for; ends the command where the file's ending says another, or none at all."""
    if path is None:
        if form in IN_FILES:
            wrong(f"--format {form} writes a file: name it with --output")
        if form == "parquet" and sys.stdout.isatty():
            wrong("--format parquet writes bytes: name a file with --output, or redirect standard output")
        return Output(form or "table", None)
    ending = ENDINGS.get(path.suffix.lower())
    if form is None and ending is None:
        wrong(f"{path}: its ending names no format; end it in {', '.join(ENDINGS)}, or say --format")
    if form and ending and form != ending:
        wrong(f"{path}: its ending says {ending}, --format {form}")
    return Output(form or str(ending), path)


def write_answer(answer: duckdb.DuckDBPyConnection, output: Output, home: Home) -> None:
    """Write an answer where it shall go; a file appears when all is written. Ends the command where the file
    cannot be written, or its format cannot hold the answer."""
    from pipeline.handover.tables import NotHeld

    try:
        if output.path is None:
            _stream(answer, output.form, sys.stdout.buffer)
            return
        with _aside(output.path, home) as aside:
            if output.form in IN_FILES:
                _file(answer, output.form, aside)
            else:
                with aside.open("wb") as stream:
                    _stream(answer, output.form, stream)
    except NotHeld as error:
        wrong(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        failed(f"{output.path or 'standard output'}: {error.strerror or error}")


@contextmanager
def _aside(path: Path, home: Home) -> Iterator[Path]:
    """A file beside the one that is named, which takes its place at the end; never among those that the home
    keeps itself."""
    not_the_homes_own(home, path)
    target = path.resolve()
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.open("wb").close()  # whatever keeps a file from being written there says so now
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _file(answer: duckdb.DuckDBPyConnection, form: str, path: Path) -> None:
    from pipeline.codebook import load_codebook
    from pipeline.handover.stata import write_stata
    from pipeline.handover.tables import Table, fields_of, rows_of
    from pipeline.handover.workbook import write_workbook

    codebook = load_codebook()
    table = Table("answer", fields_of(answer, codebook), rows_of(answer))
    now = datetime.now(UTC)
    told = (
        write_workbook([table], path, made=now)
        if form == "xlsx"
        else write_stata(table, path, names=codebook.stata_names, made=now)
    )
    for line in told:
        say(line)


def _stream(answer: duckdb.DuckDBPyConnection, form: str, out: BinaryIO) -> None:
    if form == "parquet":
        from pipeline.codebook import load_codebook
        from pipeline.handover.parquet import write_parquet
        from pipeline.handover.tables import fields_of

        write_parquet(answer, fields_of(answer, load_codebook()), out)
        return
    text = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
    try:
        _text(answer, [d[0] for d in answer.description or []], form, text)
    finally:
        text.detach()


def _text(answer: duckdb.DuckDBPyConnection, names: list[str], form: str, out: TextIO) -> None:
    from pipeline.handover.tables import rows_of
    from pipeline.terminal.tables import draw, grid
    from pipeline.terminal.written import write_csv, write_jsonl

    if form == "csv":
        write_csv(names, rows_of(answer), out)
    elif form == "jsonl":
        write_jsonl(names, rows_of(answer), out)
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
