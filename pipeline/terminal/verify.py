"""``yangguang verify``: whether what is stored is what was stored."""

from __future__ import annotations

import click

from pipeline.terminal.say import failed, reading_home, say, wrong


@click.command()
def verify() -> None:
    """Re-hash the raw store and check the warehouse against its snapshot; check people's decisions."""
    from pipeline.load.decisions import NAME
    from pipeline.load.verify import verify_home

    problems: list[str] = []
    for line in verify_home(reading_home(), say):
        problems.append(line)
        say(line)
    told = f"{len(problems)} problems found"
    if problems and all(line.startswith(f"{NAME}:") for line in problems):
        wrong(told)  # a file that people write
    if problems:
        failed(told)
    say("all is well")
