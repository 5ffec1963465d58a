"""``yangguang sql``: a question to the published warehouse, for a person or as data."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.terminal.output import chosen, output_options, write_answer
from pipeline.terminal.say import reading_home, wrong


@click.command()
@click.argument("query")
@output_options
def sql(query: str, form: str | None, output: Path | None) -> None:
    """Ask the published warehouse with SQL, read-only.

    "show tables" lists the tables, "describe mart.city_year" the columns of one.
    """
    from pipeline.load.query import WrongQuery, ask, asking

    wanted = chosen(form, output)
    home = reading_home()
    try:
        with asking(home) as con:
            write_answer(ask(con, query), wanted, home)
    except WrongQuery as error:
        wrong(str(error))
