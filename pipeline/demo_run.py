"""``yangguang demo``: writes the shipped corpus and takes it the whole way, in a home of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline.demo import write_corpus
from pipeline.load.home import Home


def prepare_demo(home: Home, *, run: Callable[[tuple[str, ...]], None], say: Callable[[str], None]) -> None:
    """Write the corpus aside, bring its invented places into the home, and run."""
    home.make()
    with tempfile.TemporaryDirectory() as aside:
        corpus = Path(aside) / "corpus"
        truth = write_corpus(corpus)
        for name in ("divisions.csv", "division_events.csv", "truth.json"):
            shutil.copyfile(Path(aside) / name, home.root / name)
        say(f"the demo corpus: {len(truth.reports)} reports of invented bodies, 2013 to 2025")
        run((str(corpus),))
