"""``yangguang diff``: every figure that differs between two snapshots, with the reason."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.terminal.output import chosen, output_options, write_answer
from pipeline.terminal.say import failed, reading_home, say, wrong


@click.command()
@click.argument("before")
@click.argument("now", required=False)
@click.option("--summary", is_flag=True, help="How many figures, by reason and measure, instead of each.")
@output_options
def diff(before: str, now: str | None, summary: bool, form: str | None, output: Path | None) -> None:
    """Figures that differ between snapshot BEFORE and snapshot NOW, all of them, with the reason.

    A snapshot is a folder or a version of the home; NOW is the latest where none is named.
    """
    import duckdb

    from pipeline.load.difference import NoSnapshot, differing, snapshot_at
    from pipeline.load.difference import summary as summed
    from pipeline.load.sums import latest

    wanted = chosen(form, output)
    home = reading_home()
    try:
        old, new = snapshot_at(before, home), snapshot_at(now or latest(home), home)
    except NoSnapshot as error:
        wrong(str(error))
    try:
        found = differing(old, new)
    except NoSnapshot as error:
        failed(str(error))
    with duckdb.connect() as con:
        con.register("found", (summed(found) if summary else found).to_arrow())
        write_answer(con.execute("FROM found"), wanted, home)
    say(
        f"{found.height} figure{'s' * (found.height != 1)} differ{'s' * (found.height == 1)} from {old.name} to {new.name}"
    )
