"""The command line, as ../shared/interface.md promises it. Heavy imports stand inside the commands that need
them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from pipeline.home import Home

FORMATS = click.Choice(["table", "csv", "jsonl", "parquet"])


def _say(text: str) -> None:
    click.echo(text, err=True)


def _wrong(message: str) -> NoReturn:
    """A user's error: a clear message and exit code 2."""
    _say(f"yangguang: {message}")
    raise SystemExit(2)


def _failed(message: str) -> NoReturn:
    _say(f"yangguang: {message}")
    raise SystemExit(1)


def _home() -> Home:
    from pipeline.home import default_home

    return default_home()


def _reading_home() -> Home:
    """The home whose warehouse reading commands take: the default one, else the demo's, saying so."""
    from pipeline.home import demo_home

    home = _home()
    if home.database.is_file():
        return home
    demo = demo_home()
    if demo.database.is_file():
        _say(f"yangguang: {home.root} holds no warehouse yet; this is the demo's, with invented bodies")
        return demo
    _wrong(f"{home.root} holds no warehouse yet: run `yangguang run FILE ...` or `yangguang demo` first")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="yangguang")
def main() -> None:
    """阳光 Yangguang: yearly reports of Chinese government bodies on information requests, as a warehouse."""


@main.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT ...]")
@click.option(
    "--delay",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Least seconds between requests to a host.",
)
@click.option("--allow-private", is_flag=True, help="Allow loopback and private addresses.")
def run(inputs: tuple[str, ...], delay: float, allow_private: bool) -> None:
    """Take in INPUT (files, folders, WARC archives, URLs) and materialize every asset, crawl to snapshot."""
    _run(_home(), inputs, delay=delay, allow_private=allow_private)


def _run(home: Home, inputs: tuple[str, ...], *, delay: float = 2.0, allow_private: bool = False) -> None:
    from pipeline.crawl import UserError
    from pipeline.stages import Busy, is_up_to_date, model_counts, run_lock, take_in_stage, unread_documents

    try:
        with run_lock(home):
            counts = take_in_stage(home, inputs, delay=delay, allow_private=allow_private)
            for problem in counts.problems:
                _say(f"  {problem}")
            if inputs:
                _say(
                    f"taken in: {counts.taken} new, {counts.known} known, {counts.failed} failed, {counts.refused} refused"
                )
            if is_up_to_date(home):
                _say("nothing new: the warehouse and its snapshot are up to date")
                return
            from pipeline.definitions import materialize

            if not materialize(home, say=_say):
                _failed("the run failed; the published warehouse is as it was before")
            made = model_counts(home)
            bad = unread_documents(home)
    except UserError as error:
        _wrong(str(error))
    except Busy as error:
        _failed(str(error))
    _say(
        f"{made['core_document']} documents, {made['core_report']} reports, {made['core_observation']} observations, "
        f"{made['core_finding']} findings, {made['mart_city_year']} rows in mart.city_year"
    )
    if bad:
        _say(
            f"{sum(n for _, n in bad)} documents could not be read whole: "
            + ", ".join(f"{n} {s}" for s, n in bad)
        )
        _say(
            "  see: yangguang sql \"select source_url, status, detail from core.document where status <> 'ok'\""
        )
    _say(f"warehouse: {_near(home.database)}")
    _say(f"snapshot:  {_near(home.snapshots)}")


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@main.command()
def demo() -> None:
    """The whole way on the corpus that the project ships, in a home of its own; all its bodies are
    invented."""
    from pipeline.home import demo_home
    from pipeline.terminal.demo import prepare_demo

    home = demo_home()
    prepare_demo(home, run=lambda inputs: _run(home, inputs), say=_say)
    _say("")
    _say("The demo's province, bodies and figures are invented. Ask it, for example:")
    _say(
        '  .venv/bin/yangguang sql "select division_name, year, applications_received, disclosure_rate from mart.city_year"'
    )
    _say('  .venv/bin/yangguang sql "select * from mart.chain_break"')
    _say("  .venv/bin/yangguang city 雾江市")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE ...")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def extract(files: tuple[str, ...], form: str) -> None:
    """Read FILEs and print the reports found in them; touches no warehouse."""
    from pipeline.reading.files import Unreadable, read_files
    from pipeline.terminal.show import report_lines, write_jsonl

    try:
        for name, status, detail, reports in read_files(files):
            if status != "ok" or not reports:
                _say(
                    f"{name}: {status if status != 'ok' else 'no report found'}{': ' + detail if detail else ''}"
                )
            if form == "jsonl":
                write_jsonl(reports, sys.stdout)
            else:
                for report in reports:
                    click.echo("\n".join(report_lines(report)))
    except Unreadable as error:
        _wrong(str(error))


@main.command()
@click.argument("query")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True),
    help="Write to a file instead of standard output.",
)
def sql(query: str, form: str, output: str | None) -> None:
    """Run SQL over the published warehouse, read-only."""
    import duckdb

    from pipeline.load.query import run_query
    from pipeline.terminal.show import write_rows

    home = _reading_home()
    try:
        if form == "parquet":
            _write_parquet(home, query, output)
            return
        names, rows = run_query(home, query)
    except duckdb.Error as error:
        _wrong(str(error))
    if output:
        with open(output, "w", encoding="utf-8", newline="") as stream:
            write_rows(names, rows, form, stream)
    else:
        write_rows(names, rows, form, sys.stdout)


def _write_parquet(home: Home, query: str, output: str | None) -> None:
    from pipeline.load.query import query_parquet

    if output is None and sys.stdout.isatty():
        _wrong("--format parquet writes bytes: name a file with --output, or redirect standard output")
    data = query_parquet(home, query)
    if output:
        Path(output).write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


@main.command()
@click.argument("report_id")
@click.argument("indicator", required=False)
def explain(report_id: str, indicator: str | None) -> None:
    """Show where a report's figures come from: file, place in it, raw text, how resolved, checks passed or
    failed."""
    from pipeline.terminal.explain import UnknownReport, explain_lines

    try:
        click.echo("\n".join(explain_lines(_reading_home(), report_id, indicator)))
    except UnknownReport as error:
        _wrong(str(error))


@main.command()
@click.argument("directory", type=click.Path(file_okay=False), required=False)
@click.option(
    "--warc", type=click.Path(dir_okay=False), help="Write what was fetched as a WARC file instead."
)
def export(directory: str | None, warc: str | None) -> None:
    """Write a snapshot of the published warehouse into DIRECTORY."""
    if warc:
        from pipeline.crawl import RawStore
        from pipeline.crawl.warc import write_warc

        with RawStore(_home().raw) as store:
            _say(f"{write_warc(store, Path(warc))} records written to {warc}")
        return
    if not directory:
        _wrong("name the directory to write to")
    from pipeline.load.snapshot import write_snapshot

    try:
        folder = write_snapshot(_reading_home(), Path(directory))
    except OSError as error:
        _wrong(f"{directory}: {error.strerror or error}")
    click.echo(str(folder))


@main.command()
def verify() -> None:
    """Re-hash the raw store and check the warehouse against its snapshot."""
    from pipeline.load.verify import verify_home

    home = _reading_home()
    problems = 0
    for line in verify_home(home, _say):
        problems += 1
        _say(line)
    if problems:
        _failed(f"{problems} problems found")
    _say("all is well")


@main.command()
@click.option(
    "--registry",
    type=click.Path(exists=True, dir_okay=False),
    help="A source registry (CSV) instead of the home's or the project's.",
)
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; may be given several times."
)
@click.option(
    "--delay",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Least seconds between requests to a host.",
)
@click.option("--allow-private", is_flag=True, help="Allow loopback and private addresses.")
@click.option("--dry-run", is_flag=True, help="List what would be fetched; fetch no report.")
@click.option(
    "--render", is_flag=True, help="Fetch script-only pages through Chromium where it is installed."
)
def crawl(
    registry: str | None,
    sources: tuple[str, ...],
    delay: float,
    allow_private: bool,
    dry_run: bool,
    render: bool,
) -> None:
    """Fetch what the source registry names, politely and resumably; `yangguang run` then takes what was
    crawled."""
    from pipeline.crawl import UserError
    from pipeline.terminal.crawl import crawl_sources

    try:
        ok = crawl_sources(
            _home(),
            registry=registry,
            sources=sources,
            delay=delay,
            allow_private=allow_private,
            dry_run=dry_run,
            render=render,
            say=_say,
        )
    except UserError as error:
        _wrong(str(error))
    if not ok:
        _failed("some sources failed; see `yangguang sources`")


@main.command()
def sources() -> None:
    """What is known of each source: last seen, reports by year, last error."""
    from pipeline.terminal.crawl import source_lines

    click.echo("\n".join(source_lines(_home())))


@main.command()
@click.argument("name_or_code")
def city(name_or_code: str) -> None:
    """One place's profile: series, breaks, findings, peers, sources."""
    from pipeline.terminal.city import UnknownPlace, city_lines

    try:
        click.echo("\n".join(city_lines(_reading_home(), name_or_code)))
    except UnknownPlace as error:
        _wrong(str(error))


if __name__ == "__main__":
    main()
