"""A release to hand to an archive: the snapshot and the panel in every format, packed, with a record's
metadata."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.codebook import load_codebook
from pipeline.handover.deposit import write_deposit
from pipeline.handover.panel import FORMATS, Written, write_panel
from pipeline.handover.release import release_of
from pipeline.home import Home
from pipeline.load.query import asking
from pipeline.load.snapshot import write_snapshot


def deposit(home: Home, target: Path) -> Written:
    """Write the deposit of the published warehouse as a folder of ``target``; gives it, and what the formats do
    not hold as it is. Raises OSError, NotHeld, WrongQuery."""
    codebook = load_codebook()
    with asking(home) as con:
        release = release_of(con)
    final = target / f"{release.version}-deposit"
    aside, loose = (target / f".{final.name}.{end}" for end in ("part", "loose"))
    for folder in (aside, loose):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        with asking(home) as con:
            panels = [write_panel(con, codebook, loose, form) for form in FORMATS]
        snapshot = write_snapshot(home, loose)
        write_deposit(aside, release, codebook, snapshot, [p.folder for p in panels])
    finally:
        shutil.rmtree(loose, ignore_errors=True)
    shutil.rmtree(final, ignore_errors=True)
    os.replace(aside, final)
    return Written(final, tuple(line for p in panels for line in p.told))
