"""What reading gave, kept between runs: batch files of Parquet and an index, one folder a fingerprint.

The fingerprint covers the code of the reading stages, the codebook and the home's own places, so that a document is read again
exactly when one of them has changed. A batch is written aside, renamed, and then indexed; a kill loses at most one batch.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.load.home import Home
from pipeline.load.schema import SCHEMAS, Rows, table_of

BATCH = 256
_STAGES = ("codebook", "places", "clean", "extract", "reconcile")


@lru_cache(maxsize=8)
def reading_fingerprint(divisions: Path | None = None) -> str:
    """A hash over all that decides what reading gives: 16 hex digits."""
    package = Path(__file__).resolve().parents[1]
    files = [package / name for name in ("document.py", "report.py", "reading.py", "load/schema.py")]
    for stage in _STAGES:
        files += sorted(p for p in (package / stage).rglob("*") if p.suffix in (".py", ".csv"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    if divisions is not None:
        digest.update(divisions.read_bytes())
    return digest.hexdigest()[:16]


class Kept:
    """The batches of one fingerprint in one home."""

    def __init__(self, home: Home) -> None:
        self.fingerprint = reading_fingerprint(home.divisions)
        self.root = home.read
        self.folder = home.read / self.fingerprint
        self.folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.folder / "index.sqlite", timeout=60)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS document (sha256 TEXT PRIMARY KEY, batch TEXT NOT NULL)")
        self._db.commit()

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def missing(self, shas: Iterable[str]) -> list[str]:
        """Those not yet read, each once, in the order given."""
        known = {row[0] for row in self._db.execute("SELECT sha256 FROM document")}
        found: list[str] = []
        for sha in shas:
            if sha not in known:
                known.add(sha)
                found.append(sha)
        return found

    def write(self, results: Iterable[Rows]) -> Iterator[Rows]:
        """Write results as they come, in batches; gives each result on once it is durable."""
        waiting: list[Rows] = []
        for rows in results:
            waiting.append(rows)
            if len(waiting) >= BATCH:
                yield from self._write_batch(waiting)
                waiting = []
        if waiting:
            yield from self._write_batch(waiting)

    def _write_batch(self, batch: list[Rows]) -> list[Rows]:
        shas = sorted(row[0] for rows in batch for row in rows["document"])
        name = hashlib.sha256("".join(shas).encode()).hexdigest()[:16]
        for table in SCHEMAS:
            target = self.folder / f"{name}.{table}.parquet"
            aside = target.with_suffix(".part")
            pq.write_table(table_of(table, (row for rows in batch for row in rows[table])), aside, compression="zstd")
            aside.replace(target)
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", [(sha, name) for sha in shas])
        return batch

    def batches(self) -> list[str]:
        """Names of the batches that the index knows, sorted."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT batch FROM document ORDER BY batch")]

    def files(self, table: str) -> list[str]:
        """The Parquet files of one table."""
        return [str(self.folder / f"{name}.{table}.parquet") for name in self.batches()]

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM document").fetchone()[0])

    def drop_older(self) -> None:
        """Remove what older fingerprints left."""
        for folder in self.root.iterdir():
            if folder.is_dir() and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)
