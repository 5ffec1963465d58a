"""What reading gave, kept between runs: batch files of Parquet and an index, one folder a fingerprint.

A document is read again when the fingerprint of what reading hangs on has changed (``fingerprint``). A
batch is written aside, renamed, and then indexed with the hashes of its files; a kill loses at most one
batch, and what no longer is what was written is found (``damaged``) and read again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow.parquet as pq

from pipeline.clean.read import digest_of
from pipeline.reading.index import Index
from pipeline.reading.schema import SCHEMAS, Rows, table_of
from pipeline.reading.trouble import DAMAGED, TROUBLE

BATCH = 256
SHA256, STATUS = (SCHEMAS["document"].names.index(name) for name in ("sha256", "status"))
"""Where they stand in a document's row."""


class Kept(Index):
    """The batches of one fingerprint in one home."""

    def entries(self) -> dict[str, tuple[str, str]]:
        """Of every document kept: the unit that it was read in (what was read together) and its status."""
        return {
            row[0]: (row[1], row[2]) for row in self._db.execute("SELECT sha256, unit, status FROM entry")
        }

    def forget(self, shas: Iterable[str]) -> None:
        """Drop the batches that hold these documents: what they held is read again."""
        with self._db:
            self._db.executemany(
                "DELETE FROM entry WHERE batch = (SELECT batch FROM entry WHERE sha256 = ?)",
                [(sha,) for sha in shas],
            )

    def add_failure(self, sha: str, status: str) -> list[str]:
        """Write down that reading a document failed on this run; gives the statuses of all runs so far."""
        with self._db:
            self._db.execute("INSERT INTO failure VALUES (?, ?)", (sha, status))
        rows = self._db.execute("SELECT status FROM failure WHERE sha256 = ? ORDER BY rowid", (sha,))
        return [row[0] for row in rows]

    def write(self, results: Iterable[tuple[str, Rows]]) -> Iterator[Rows]:
        """Write what each unit gave as it comes, in batches; gives each result on once it is durable. What
        failed lies in a batch of its own, since it may be read again."""
        waiting: list[tuple[str, Rows]] = []
        failed: list[tuple[str, Rows]] = []
        for result in results:
            troubled = any(row[STATUS] in (*TROUBLE, DAMAGED) for row in result[1]["document"])
            (failed if troubled else waiting).append(result)
            if len(waiting) >= BATCH:
                yield from self._write_batch(waiting)
                waiting = []
        for rest in (waiting, failed):
            if rest:
                yield from self._write_batch(rest)

    def _write_batch(self, batch: list[tuple[str, Rows]]) -> list[Rows]:
        entries = sorted(
            (row[SHA256], unit, row[STATUS], digest)
            for unit, rows in batch
            for digest in [_digest(rows)]
            for row in rows["document"]
        )
        name = _name((sha, unit) for sha, unit, *_ in entries)
        files = []
        for table in SCHEMAS:
            target = self.folder / f"{name}.{table}.parquet"
            aside = target.with_suffix(".part")
            pq.write_table(
                table_of(table, (row for _, rows in batch for row in rows[table])), aside, compression="zstd"
            )
            files.append((name, target.name, digest_of(aside.read_bytes())))
            aside.replace(target)
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", files)
            self._db.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)",
                [(sha, name, *rest) for sha, *rest in entries],
            )
        return [rows for _, rows in batch]

    def damaged(self) -> dict[str, tuple[str, ...]]:
        """The batches of which a file is not there or is not what was written, with the names of such files; and
        those that the index does not know as they were written: their names are a hash over their entries."""
        found: dict[str, tuple[str, ...]] = {}
        entries: dict[str, list[tuple[str, str]]] = {}
        for batch, *entry in self._db.execute("SELECT batch, sha256, unit FROM entry ORDER BY sha256, unit"):
            entries.setdefault(batch, []).append((entry[0], entry[1]))
        files = Counter(row[0] for row in self._db.execute("SELECT batch FROM file"))
        for batch, held in sorted(entries.items()):
            if _name(held) != batch or files[batch] != len(SCHEMAS):
                found[batch] = (f"{batch} in the index",)
        rows = self._db.execute(
            "SELECT batch, name, sha256 FROM file WHERE batch IN (SELECT batch FROM entry) ORDER BY name"
        )
        for batch, name, sha in rows:
            path = self.folder / name
            if not path.is_file() or digest_of(path.read_bytes()) != sha:
                found[batch] = (*found.get(batch, ()), name)
        return found

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
        return [str(self.folder / f"{name}.{table}.parquet") for name in names]

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM entry").fetchone()[0])

    def drop_older(self) -> None:
        """Remove what older fingerprints left."""
        for folder in self.root.iterdir():
            if folder.is_dir() and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)


def _name(entries: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256("".join(sha + unit for sha, unit in entries).encode()).hexdigest()[:16]


def _digest(rows: Rows) -> str:
    return hashlib.sha256(repr(sorted(rows.items())).encode("utf-8", errors="surrogatepass")).hexdigest()[:16]
