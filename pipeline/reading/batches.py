"""A batch: what reading gave of some documents, a Parquet file a table, with the hashes that the index keeps.

Whoever reads writes the files; only the index, which the main process keeps, makes them count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.clean.read import digest_of
from pipeline.reading.schema import SCHEMAS, Rows, table_of

SHA256, STATUS = (SCHEMAS["document"].names.index(name) for name in ("sha256", "status"))
"""Where they stand in a document's row."""
Tables = dict[str, pa.Table]


class Entry(NamedTuple):
    """A document of a batch: the unit that it was read in (what was read together), its status, and a digest of
    what reading gave, in which any difference shows."""

    sha256: str
    unit: str
    status: str
    digest: str


class Batch(NamedTuple):
    """A batch as it lies in its folder: its name, a hash over its entries; its files with the sha256 of each."""

    name: str
    files: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]


def write_batch(folder: Path, results: Sequence[tuple[str, Rows]]) -> Batch:
    """Write what units gave, each under its key, as a batch in ``folder``: aside, then renamed."""
    entries = [
        Entry(row[SHA256], unit, row[STATUS], digest)
        for unit, rows in results
        for digest in [_digest(rows)]
        for row in rows["document"]
    ]
    tables = {name: table_of(name, (row for _, rows in results for row in rows[name])) for name in SCHEMAS}
    return written(folder, tables, entries)


def merge(folder: Path, batches: Sequence[Batch]) -> Batch:
    """Write several batches as one; they stay where they are."""
    tables = {name: pa.concat_tables([_table(folder, batch, name) for batch in batches]) for name in SCHEMAS}
    return written(folder, tables, [entry for batch in batches for entry in batch.entries])


def without(folder: Path, batch: Batch, units: Collection[str]) -> Batch | None:
    """Write a batch again without what these units gave; None where nothing is left."""
    left = [entry for entry in batch.entries if entry.unit not in units]
    if not left:
        return None
    gone = pa.array([entry.sha256 for entry in batch.entries if entry.unit in units], pa.string())
    tables = {name: _table(folder, batch, name) for name in SCHEMAS}
    tables["document"] = _except(tables["document"], "sha256", gone)
    held = tables["report"]
    reports = held.filter(pc.is_in(held["document_id"], gone))["report_id"].combine_chunks()
    for name in SCHEMAS:
        if name != "document":
            tables[name] = _except(tables[name], "report_id", reports)
    return written(folder, tables, left)


def without_documents(folder: Path, batch: Batch, documents: Collection[str]) -> Batch | None:
    """Write a batch again without the rows of these documents, whose reports stay with the unit that took them;
    None where nothing is left."""
    left = [entry for entry in batch.entries if entry.sha256 not in documents]
    if not left:
        return None
    tables = {name: _table(folder, batch, name) for name in SCHEMAS}
    tables["document"] = _except(tables["document"], "sha256", pa.array(sorted(documents), pa.string()))
    return written(folder, tables, left)


def name_of(entries: Iterable[tuple[str, str]]) -> str:
    """The name of a batch, from its documents and their units in the order of the documents: 16 hex digits."""
    digest = hashlib.sha256()
    for sha, unit in entries:
        digest.update((sha + unit).encode())
    return digest.hexdigest()[:16]


def file_of(batch: str, table: str) -> str:
    """The name of the file that holds a table of a batch."""
    return f"{batch}.{table}.parquet"


def written(folder: Path, tables: Tables, entries: Iterable[Entry]) -> Batch:
    """Write the tables of documents as a batch in ``folder``: aside, then renamed."""
    ordered = sorted(entries)
    name = name_of((entry.sha256, entry.unit) for entry in ordered)
    files = []
    for table, rows in tables.items():
        target = folder / file_of(name, table)
        aside = target.with_suffix(".part")
        pq.write_table(rows, aside, compression="zstd")
        files.append((target.name, digest_of(aside.read_bytes())))
        aside.replace(target)
    return Batch(name, tuple(files), tuple(ordered))


def _table(folder: Path, batch: Batch, name: str) -> pa.Table:
    """A table of a batch, if its file is what was written. Raises ValueError where it is not."""
    file = file_of(batch.name, name)
    content = (folder / file).read_bytes()
    if digest_of(content) != dict(batch.files)[file]:
        raise ValueError(f"{file} is not what was written")
    return pq.read_table(pa.BufferReader(content), schema=SCHEMAS[name], use_threads=False)


def _except(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table[column], values)))


def _digest(rows: Rows) -> str:
    return hashlib.sha256(repr(sorted(rows.items())).encode("utf-8", errors="surrogatepass")).hexdigest()[:16]
