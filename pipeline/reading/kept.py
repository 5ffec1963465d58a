"""What reading gave, kept between runs: batch files of Parquet and an index, one folder a fingerprint.

A document is read again when the fingerprint of what reading hangs on has changed (``fingerprint``). A
batch is written aside, renamed, and then indexed with the hashes of its files; a kill loses at most the
batches that were being read, and what no longer is what was written is found (``damaged``) and read again.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

from pipeline.clean.read import digest_of
from pipeline.reading.batches import (
    STATUS,
    Batch,
    Entry,
    file_of,
    name_of,
    without,
    without_documents,
    write_batch,
)
from pipeline.reading.index import Index
from pipeline.reading.schema import SCHEMAS, Rows
from pipeline.reading.trouble import DAMAGED, TROUBLE

BATCH = 256
SMALL = 2_048
"""Batches of fewer documents are merged with others, once there are ``MANY`` of them."""
MANY = 32


class Kept(Index):
    """The batches of one fingerprint in one home."""

    def entries(self) -> dict[str, tuple[str, str]]:
        """Of every document kept: the unit that it was read in (what was read together) and its status."""
        return {
            row[0]: (row[1], row[2]) for row in self._db.execute("SELECT sha256, unit, status FROM entry")
        }

    def forget(self, shas: Iterable[str]) -> None:
        """Drop the units that hold these documents, which are read again. Their batches are written again without
        them; of one that cannot be, all is dropped."""
        units: dict[str, set[str]] = {}
        for sha in shas:
            for batch, unit in self._db.execute("SELECT batch, unit FROM entry WHERE sha256 = ?", (sha,)):
                units.setdefault(batch, set()).add(unit)
        for batch, own in sorted(units.items()):
            try:
                left = without(self.folder, self.batch(batch), own)
            except (OSError, ValueError, KeyError):
                left = None
            self._replace([batch], left)

    def add_failure(self, sha: str, status: str) -> list[str]:
        """Write down that reading a document failed on this run; gives the statuses of all runs so far."""
        with self._db:
            self._db.execute("INSERT INTO failure VALUES (?, ?)", (sha, status))
        rows = self._db.execute("SELECT status FROM failure WHERE sha256 = ? ORDER BY rowid", (sha,))
        return [row[0] for row in rows]

    def named(self, sha: str) -> str | None:
        """What a page names (``units``), as it was noted; None where it was not."""
        row = self._db.execute("SELECT files FROM named WHERE sha256 = ?", (sha,)).fetchone()
        return str(row[0]) if row else None

    def add_named(self, sha: str, files: str) -> None:
        """Notes what a page names, until ``keep_named``."""
        self._db.execute("INSERT OR REPLACE INTO named VALUES (?, ?)", (sha, files))

    def keep_named(self) -> None:
        """Writes down what was noted."""
        self._db.commit()

    def write(self, results: Iterable[tuple[str, Rows]]) -> Iterator[Rows]:
        """Write what each unit gave as it comes, in batches; gives each result on once it is durable. What
        failed lies in a batch of its own, since it may be read again."""
        waiting: list[tuple[str, Rows]] = []
        failed: list[tuple[str, Rows]] = []
        for result in results:
            (failed if is_troubled(result[1]) else waiting).append(result)
            if len(waiting) >= BATCH:
                yield from self._write_batch(waiting)
                waiting = []
        for rest in (waiting, failed):
            if rest:
                yield from self._write_batch(rest)

    def _write_batch(self, results: Sequence[tuple[str, Rows]]) -> list[Rows]:
        self.register(write_batch(self.folder, results))
        return [rows for _, rows in results]

    def register(self, batch: Batch) -> None:
        """Let a batch that lies in the folder count. A document that another unit took before stays there: the
        batch is written again without it."""
        taken = {
            entry.sha256
            for entry in batch.entries
            if (
                found := self._db.execute(
                    "SELECT batch FROM entry WHERE sha256 = ?", (entry.sha256,)
                ).fetchone()
            )
            and found[0] != batch.name
        }
        left = without_documents(self.folder, batch, taken) if taken else batch
        self._replace([], left)
        if left is None or left.name != batch.name:
            self._remove([batch.name])

    def replace(self, batches: Collection[Batch], merged: Batch) -> None:
        """Let one batch count in place of those that it was merged from."""
        self._replace([batch.name for batch in batches], merged)

    def _replace(self, names: Sequence[str], batch: Batch | None) -> None:
        """One batch, or none, in place of others: in the index first, then in the folder."""
        gone = [name for name in names if batch is None or name != batch.name]
        with self._db:
            for name in names:
                self._db.execute("DELETE FROM entry WHERE batch = ?", (name,))
                self._db.execute("DELETE FROM file WHERE batch = ?", (name,))
            if batch:
                self._db.executemany(
                    "INSERT OR REPLACE INTO file VALUES (?, ?, ?)",
                    [(batch.name, name, sha) for name, sha in batch.files],
                )
                self._db.executemany(
                    "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)",
                    [(e.sha256, batch.name, e.unit, e.status, e.digest) for e in batch.entries],
                )
        self._remove(gone)

    def _remove(self, batches: Iterable[str]) -> None:
        for batch in batches:
            for table in SCHEMAS:
                with suppress(FileNotFoundError):
                    (self.folder / file_of(batch, table)).unlink()

    def sweep(self) -> None:
        """Remove files that no batch of the index has: a killed reading left them."""
        known = {row[0] for row in self._db.execute("SELECT name FROM file")}
        for path in self.folder.iterdir():
            if path.suffix in (".parquet", ".part") and path.name not in known:
                path.unlink()

    def batch(self, name: str) -> Batch:
        """A batch as the index has it."""
        files = self._db.execute("SELECT name, sha256 FROM file WHERE batch = ? ORDER BY name", (name,))
        entries = self._db.execute(
            "SELECT sha256, unit, status, digest FROM entry WHERE batch = ? ORDER BY sha256", (name,)
        )
        return Batch(name, tuple(files), tuple(Entry(*row) for row in entries))

    def to_merge(self) -> list[list[str]]:
        """Names of small batches in groups, each to be merged into one; none where there are few. What may be read
        again stays by itself."""
        rows = self._db.execute(
            "SELECT batch, count(*) AS n FROM entry GROUP BY batch HAVING n < ? AND NOT max(status IN "
            f"({', '.join('?' * (len(TROUBLE) + 1))})) ORDER BY n, batch",
            (SMALL, *sorted(TROUBLE), DAMAGED),
        ).fetchall()
        if len(rows) < MANY:
            return []
        groups: list[list[str]] = []
        documents = SMALL
        for name, count in rows:
            if documents >= SMALL:
                groups.append([])
                documents = 0
            groups[-1].append(name)
            documents += count
        return [group for group in groups if len(group) > 1]

    def damaged(self) -> dict[str, tuple[str, ...]]:
        """The batches of which a file is not there or is not what was written, with the names of such files; and
        those that the index does not know as they were written: their names are a hash over their entries."""
        found: dict[str, tuple[str, ...]] = {}
        files = Counter(row[0] for row in self._db.execute("SELECT batch FROM file"))
        rows = self._db.execute("SELECT batch, sha256, unit FROM entry ORDER BY batch, sha256, unit")
        for batch, held in groupby(rows, key=lambda row: str(row[0])):
            if name_of((sha, unit) for _, sha, unit in held) != batch or files[batch] != len(SCHEMAS):
                found[batch] = (f"{batch} in the index",)
        rows = self._db.execute(
            "SELECT batch, name, sha256 FROM file WHERE batch IN (SELECT batch FROM entry) ORDER BY name"
        )
        for batch, name, sha in rows:
            path = self.folder / name
            if not path.is_file() or digest_of(path.read_bytes()) != sha:
                found[batch] = (*found.get(batch, ()), name)
        return dict(sorted(found.items()))

    def drop(self, batches: Iterable[str]) -> int:
        """Forget whole batches, whose documents are read again; gives how many documents these are."""
        with self._db:
            dropped = [self._db.execute("DELETE FROM entry WHERE batch = ?", (b,)).rowcount for b in batches]
        return sum(dropped)

    def batches(self) -> list[str]:
        """Names of the batches that the index knows, sorted."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT batch FROM entry ORDER BY batch")]

    def held(self) -> dict[str, tuple[str, str]]:
        """Of every document kept: the batch that holds it, and a digest of what reading gave, in which any
        difference shows."""
        return {
            row[0]: (row[1], row[2])
            for row in self._db.execute("SELECT sha256, batch, digest FROM entry ORDER BY sha256")
        }

    def files(self, table: str, batches: Iterable[str] | None = None) -> list[str]:
        """The Parquet files of one table: of the batches named, else of all."""
        names = self.batches() if batches is None else sorted(batches)
        return [str(self.folder / file_of(name, table)) for name in names]

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM entry").fetchone()[0])

    def drop_older(self) -> None:
        """Remove what older fingerprints left."""
        for folder in self.root.iterdir():
            if folder.is_dir() and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)


def is_troubled(rows: Rows) -> bool:
    """Whether what a unit gave may be read again."""
    return any(row[STATUS] in (*TROUBLE, DAMAGED) for row in rows["document"])
