"""The command line: one file a verb. Heavy imports stand inside the verbs that need them."""

from __future__ import annotations

import sqlite3
import traceback

import click

from pipeline.terminal.city import city
from pipeline.terminal.crawl import crawl, sources
from pipeline.terminal.demo import demo
from pipeline.terminal.diff import diff
from pipeline.terminal.explain import explain
from pipeline.terminal.export import export
from pipeline.terminal.extract import extract
from pipeline.terminal.heal import heal
from pipeline.terminal.run import run
from pipeline.terminal.say import failed, wrong
from pipeline.terminal.site import site
from pipeline.terminal.sql import sql
from pipeline.terminal.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="yangguang")
def main() -> None:
    """阳光 Yangguang: yearly reports of Chinese government bodies on information requests, as a warehouse."""


for verb in (run, demo, extract, sql, explain, city, export, diff, verify, heal, crawl, sources, site):
    main.add_command(verb)


def start() -> None:
    """The command line as installed: what nobody foresaw is named in a line, and its traceback kept."""
    try:
        main()
    except Exception as error:
        from pipeline.codebook import CodebookError
        from pipeline.home import default_home
        from pipeline.logs import keep_traceback

        if isinstance(error, CodebookError):
            wrong(f"the codebook has faults:\n{error}")
        if isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error):
            failed(
                f"a database of {default_home().root} is damaged ({error}): `yangguang verify` tells which; receipts "
                "(raw/crawl.sqlite) can only be restored from a copy"
            )
        try:
            home = default_home()
            kept = home.root / keep_traceback(home, "command", traceback.format_exc())
        except OSError:
            traceback.print_exc()
            failed("this should not have happened")
        failed(f"this should not have happened: {type(error).__name__}: {error}\nThe traceback is in {kept}")


if __name__ == "__main__":
    start()
