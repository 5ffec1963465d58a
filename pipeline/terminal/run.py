"""``yangguang run``: from what is named and what the home holds to the snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.terminal.crawl import least_pause, private_too
from pipeline.terminal.say import failed, say, wrong

if TYPE_CHECKING:
    from pipeline.home import Home


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT ...]")
@least_pause
@private_too
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Who reads: processes of this machine, or Spark.",
)
@click.option(
    "--build",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Who builds the warehouse from what was read: DuckDB on this machine, or Spark too, which takes minutes at "
    "any size and is for more than one machine holds (with --engine spark).",
)
@click.option("--master", metavar="URL", help="Spark's master [default: YANGGUANG_MASTER, else local[*]].")
def run(
    inputs: tuple[str, ...], delay: float, allow_private: bool, engine: str, build: str, master: str | None
) -> None:
    """Take in INPUT (files, folders, WARC archives, URLs) and materialize every asset, crawl to snapshot."""
    from pipeline.crawl.errors import UserError
    from pipeline.home import default_home

    if master and engine != "spark":
        wrong("--master is for --engine spark")
    if build == "spark" and engine != "spark":
        wrong("--build spark is for --engine spark")
    if engine == "spark":
        from pipeline.cluster.session import master_of

        try:
            master = master_of(master, builds=build == "spark")
        except UserError as error:
            wrong(str(error))
    run_all(
        default_home(),
        inputs,
        delay=delay,
        allow_private=allow_private,
        master=master or "",
        spark_builds=build == "spark",
    )


def run_all(
    home: Home,
    inputs: tuple[str, ...],
    *,
    delay: float = 2.0,
    allow_private: bool = False,
    master: str = "",
    spark_builds: bool = False,
) -> None:
    """One whole run in a home, read on Spark where a ``master`` is named, and built there too where
    ``spark_builds``; says what it did, and ends the command where it failed."""
    from pipeline.crawl.errors import UserError
    from pipeline.current import Busy, is_up_to_date, run_lock
    from pipeline.load.published import published
    from pipeline.logs import keep_log
    from pipeline.reading.pool import worker_count

    try:
        worker_count(1)  # said before anything is done where it is wrong
        with run_lock(home):
            keep_log(home)
            if inputs or home.has_mail():
                _take_in(home, inputs, delay=delay, allow_private=allow_private)
            if is_up_to_date(home):
                say("nothing new: the warehouse and its snapshot are up to date")
                return
            from pipeline.definitions import materialize
            from pipeline.stages import fallen_decisions, model_counts, unread_documents

            before = published(home)
            if not materialize(home, say=say, master=master, spark_builds=spark_builds):
                if published(home) == before:
                    failed("the run failed; the published warehouse is as it was before")
                failed("the run failed after the warehouse was published; run again for what is missing")
            made = model_counts(home)
            bad = unread_documents(home)
            fallen = fallen_decisions(home)
    except UserError as error:
        wrong(str(error))
    except Busy as error:
        failed(str(error))
    say(
        f"{made['core_document']} documents, {made['core_report']} reports, {made['core_observation']} observations, "
        f"{made['core_finding']} findings, {made['mart_city_year']} rows in mart.city_year"
    )
    if bad:
        statuses = ", ".join(f"{n} {status}" for status, n in bad)
        say(f"{sum(n for _, n in bad)} documents could not be read whole: {statuses}")
        say(
            "  see: yangguang sql \"select source_url, status, detail from core.document where status <> 'ok'\""
        )
    for line in fallen:
        say(f"a person's decision fell away: {line}")
    say(f"warehouse: {_near(home.database)}")
    say(f"snapshot:  {_near(home.snapshots)}")


def _take_in(home: Home, inputs: tuple[str, ...], *, delay: float, allow_private: bool) -> None:
    from pipeline.stages import take_in_stage

    counts = take_in_stage(home, inputs, delay=delay, allow_private=allow_private)
    for problem in counts.problems:
        say(f"  {problem}")
    if inputs:
        say(
            f"taken in: {counts.taken} new, {counts.known} known, {counts.failed} failed, {counts.refused} refused"
        )


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
