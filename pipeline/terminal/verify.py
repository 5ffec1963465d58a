"""``yangguang verify``: whether what is stored is what was stored."""

from __future__ import annotations

import click

from pipeline.terminal.say import failed, reading_home, say


@click.command()
def verify() -> None:
    """Re-hash the raw store and check the warehouse against its snapshot."""
    from pipeline.load.verify import verify_home

    problems = 0
    for line in verify_home(reading_home(), say):
        problems += 1
        say(line)
    if problems:
        failed(f"{problems} problems found")
    say("all is well")
