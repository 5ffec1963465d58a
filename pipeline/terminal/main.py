"""The command line: one file a verb. Heavy imports stand inside the verbs that need them."""

from __future__ import annotations

import errno
import sqlite3
import traceback

import click

from pipeline.terminal.cite import cite
from pipeline.terminal.city import city
from pipeline.terminal.crawl import crawl, sources
from pipeline.terminal.decide import decide
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
from pipeline.terminal.undecided import undecided
from pipeline.terminal.verify import verify

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE})


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="yangguang")
def main() -> None:
    """阳光 Yangguang: yearly reports of Chinese government bodies on information requests, as a warehouse."""


for verb in (
    run,
    demo,
    extract,
    sql,
    explain,
    city,
    export,
    cite,
    diff,
    verify,
    heal,
    crawl,
    sources,
    site,
    decide,
    undecided,
):
    main.add_command(verb)


def disk_trouble(error: BaseException) -> str:
    """What is wrong with the disk, where that is all that is wrong; else empty."""
    if isinstance(error, OSError) and error.errno in _DISK:
        return f"{error.strerror} ({error.filename})" if error.filename else str(error.strerror)
    if isinstance(error, sqlite3.OperationalError) and any(
        word in str(error) for word in ("disk", "unable to open")
    ):
        return str(error)
    return ""


def start() -> None:
    """The command line as installed: what nobody foresaw is named in a line, and its traceback kept."""
    try:
        main()
    except Exception as error:
        from pipeline.codebook import CodebookError
        from pipeline.crawl.errors import DamagedReceipt
        from pipeline.home import default_home
        from pipeline.logs import keep_traceback

        if isinstance(error, CodebookError):
            wrong(f"the codebook has faults:\n{error}")
        if isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error):
            failed(
                f"a database of {default_home().root} is damaged ({error}): `yangguang verify` tells which; receipts "
                "(raw/crawl.sqlite) can only be restored from a copy"
            )
        if isinstance(error, DamagedReceipt):
            failed(str(error))
        if trouble := disk_trouble(error):
            failed(
                f"{default_home().root}: {trouble}; what is published is sound, run again once this is mended"
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
