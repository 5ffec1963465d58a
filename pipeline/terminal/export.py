"""``yangguang export``: a snapshot, its panel in another format, or what was fetched, into a folder or file of
one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.terminal.say import failed, give, reading_home, say, wrong

if TYPE_CHECKING:
    from pipeline.home import Home


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "xlsx", "dta"]),
    default="parquet",
    show_default=True,
    help="parquet: the whole snapshot. The others: the panel, the long table and what explains them, for "
    "spreadsheets, Excel or Stata.",
)
@click.option(
    "--deposit",
    is_flag=True,
    help="A folder as Zenodo takes it: the record's metadata, the snapshot and the panel in every format.",
)
@click.option(
    "--warc",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was fetched as a WARC file instead.",
)
def export(directory: Path | None, form: str, deposit: bool, warc: Path | None) -> None:
    """Write a snapshot of the published warehouse into DIRECTORY, with its licence and how to cite it."""
    if not warc and not directory:
        wrong("name the directory to write to")
    try:
        if warc:
            from pipeline.crawl import RawStore
            from pipeline.crawl.warc import write_warc
            from pipeline.home import default_home

            with RawStore(default_home().raw) as store:
                say(f"{write_warc(store, warc)} records written to {warc}")
        elif directory:
            home = reading_home()
            not_the_homes_own(home, directory)
            give([str(_write(home, directory, "deposit" if deposit else form))])
    except OSError as error:
        failed(f"{warc or directory}: {error.strerror or error}")


def not_the_homes_own(home: Home, target: Path) -> None:
    """Ends the command where ``target`` lies among the files that the home keeps itself."""
    place = target.resolve()
    if any(place.is_relative_to(folder.resolve()) for folder in (home.raw, home.warehouse)):
        wrong(f"{target}: the home keeps its own files there; name another place")


def _write(home: Home, directory: Path, form: str) -> Path:
    from pipeline.codebook import load_codebook
    from pipeline.handover.panel import FORMATS, write_panel
    from pipeline.handover.tables import NotHeld
    from pipeline.load.deposit import deposit
    from pipeline.load.query import WrongQuery, asking
    from pipeline.load.snapshot import write_snapshot

    if form == "parquet":
        return write_snapshot(home, directory)
    try:
        if form == "deposit":
            written = deposit(home, directory)
        else:
            with asking(home) as con:
                written = write_panel(con, load_codebook(), directory, next(f for f in FORMATS if f == form))
    except (NotHeld, WrongQuery) as error:
        failed(str(error))
    for line in written.told:
        say(line)
    return written.folder
