"""A codebook of its own for a test: a copy of the project's files that the test may change."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.codebook.reader import FOLDER

Rows = list[dict[str, str]]


class Files:
    """A folder with the codebook's CSV files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in FOLDER.glob("*.csv"):
            shutil.copy(path, folder)

    def rows(self, name: str) -> Rows:
        with (self.folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def write(self, name: str, rows: Rows) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def change(self, name: str, change: Callable[[Rows], object]) -> None:
        rows = self.rows(name)
        change(rows)
        self.write(name, rows)
