"""Where a home keeps its things: ``YANGGUANG_HOME`` (default: the project's ``data/``)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

INVENTED = "INVENTED"
"""A home with a file of this name holds invented bodies; snapshots and pages of it say so."""
PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one home. ``root`` holds ``raw/``, ``warehouse/`` and ``inbox/``."""

    root: Path

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def database(self) -> Path:
        """The published warehouse that analysts open."""
        return self.warehouse / "yangguang.duckdb"

    @property
    def receipt(self) -> Path:
        """What the published warehouse was built from, and its sha256."""
        return self.warehouse / "published.json"

    @property
    def building(self) -> Path:
        """The warehouse that a run is building, beside the published one."""
        return self.warehouse / "building.duckdb"

    @property
    def on_spark(self) -> Path:
        """The Parquet that a build on Spark reads and writes, until the build has taken it in."""
        return self.warehouse / "building.spark"

    @property
    def read(self) -> Path:
        """What reading gave, kept between runs."""
        return self.warehouse / "read"

    @property
    def snapshots(self) -> Path:
        return self.warehouse / "snapshot"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    def has_mail(self) -> bool:
        """Whether something lies in the inbox."""
        return self.inbox.is_dir() and any(not p.name.startswith(".") for p in self.inbox.iterdir())

    @property
    def logs(self) -> Path:
        """What runs logged, and workers' tracebacks."""
        return self.root / "logs"

    @property
    def divisions(self) -> Path | None:
        """A CSV of places of this home's own (the demo's invented province), where there is one."""
        path = self.root / "divisions.csv"
        return path if path.is_file() else None

    @property
    def invented(self) -> bool:
        """Whether a note beside the raw store says that all its bodies are invented (the demo's home)."""
        return (self.root / INVENTED).is_file()

    @property
    def division_events(self) -> Path | None:
        path = self.root / "division_events.csv"
        return path if path.is_file() else None

    def make(self) -> Home:
        """Make the folders that are absent."""
        for folder in (self.raw, self.warehouse, self.read, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def default_home() -> Home:
    """The home that the environment names, else the project's ``data/``."""
    named = os.environ.get("YANGGUANG_HOME")
    return Home(Path(named).resolve() if named else PROJECT / "data")


def demo_home() -> Home:
    """The demo's own home below the default one, so that invented bodies never mix with real ones."""
    return Home(default_home().root / "demo")
