"""``yangguang cite``: how to cite what is published."""

from __future__ import annotations

import click

from pipeline.terminal.say import give, reading_home, wrong


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "bibtex", "cff"]), default="text", show_default=True
)
def cite(form: str) -> None:
    """How to cite the published snapshot."""
    from pipeline.handover.release import bibtex, citation, citation_cff, release_of
    from pipeline.load.query import WrongQuery, asking

    said = {"text": citation, "bibtex": bibtex, "cff": citation_cff}[form]
    try:
        with asking(reading_home()) as con:
            give(said(release_of(con)).splitlines())
    except WrongQuery as error:
        wrong(str(error))
