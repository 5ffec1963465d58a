"""``yangguang extract``: files to reports on standard output."""

from __future__ import annotations

import click

from pipeline.terminal.say import give, say, wrong


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE ...")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def extract(files: tuple[str, ...], form: str) -> None:
    """Read FILEs and print the reports found in them; touches no warehouse."""
    from pipeline.reading.pool import start_early

    start_early()
    from pipeline.crawl import UserError
    from pipeline.reading.files import Unreadable, read_files
    from pipeline.terminal.reports import report_json, report_lines
    from pipeline.terminal.written import json_line

    try:
        for name, status, detail, reports in read_files(files):
            if status != "ok" or not reports:
                what = status if status != "ok" else "no report found"
                say(f"{name}: {what}{': ' + detail if detail else ''}")
            for report in reports:
                give([json_line(report_json(report))] if form == "jsonl" else report_lines(report))
    except (Unreadable, UserError) as error:
        wrong(str(error))
