"""``yangguang diff``: every figure that differs between two snapshots, with the reason."""

from __future__ import annotations

import sys

import click

from pipeline.terminal.say import failed, reading_home, say, wrong
from pipeline.terminal.written import format_option


@click.command()
@click.argument("before")
@click.argument("now", required=False)
@format_option
def diff(before: str, now: str | None, form: str) -> None:
    """Figures that differ between snapshot BEFORE and snapshot NOW, all of them, with the reason.

    A snapshot is a folder or a version of the home; NOW is the latest where none is named.
    """
    from pipeline.load.difference import NoSnapshot, differing, snapshot_at
    from pipeline.load.snapshot import latest
    from pipeline.terminal.tables import draw, grid
    from pipeline.terminal.written import write_csv, write_jsonl

    if form == "parquet" and sys.stdout.isatty():
        wrong("--format parquet writes bytes: redirect standard output")
    home = reading_home()
    try:
        old, new = snapshot_at(before, home), snapshot_at(now or latest(home), home)
    except NoSnapshot as error:
        wrong(str(error))
    try:
        found = differing(old, new)
    except NoSnapshot as error:
        failed(str(error))
    if form == "parquet":
        found.write_parquet(sys.stdout.buffer)
    elif form == "csv":
        write_csv(found.columns, found.iter_rows(), sys.stdout)
    elif form == "jsonl":
        write_jsonl(found.columns, found.iter_rows(), sys.stdout)
    elif sys.stdout.isatty():
        draw(found.columns, found.rows())
    else:
        sys.stdout.writelines(line + "\n" for line in grid(found.columns, found.rows()))
    say(f"{found.height} figure{'s' * (found.height != 1)} differ from {old.name} to {new.name}")
