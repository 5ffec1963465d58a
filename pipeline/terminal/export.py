"""``yangguang export``: a snapshot, or what was fetched, into a folder or file of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.terminal.say import failed, give, reading_home, say, wrong


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--warc",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was fetched as a WARC file instead.",
)
def export(directory: Path | None, warc: Path | None) -> None:
    """Write a snapshot of the published warehouse into DIRECTORY."""
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
            from pipeline.load.snapshot import write_snapshot

            give([str(write_snapshot(reading_home(), directory))])
    except OSError as error:
        failed(f"{warc or directory}: {error.strerror or error}")
