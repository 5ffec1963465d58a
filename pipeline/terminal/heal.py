"""``yangguang heal``: what ``verify`` finds damaged and can be made again is made again."""

from __future__ import annotations

import click

from pipeline.terminal.run import run_all
from pipeline.terminal.say import failed, say


@click.command()
def heal() -> None:
    """Make again what is damaged and can be made from what is sound, and name what has to be fetched
    again."""
    from pipeline.current import forget_looks
    from pipeline.home import default_home
    from pipeline.load.heal import heal_kept, heal_store
    from pipeline.stages import Busy, read_stage, run_lock

    home = default_home()
    try:
        with run_lock(home):
            forget_looks(home)
            for line in (*heal_store(home), *heal_kept(home)):
                say(line)
            read_stage(home, tick=None)
    except Busy as error:
        failed(str(error))
    run_all(home, ())
