"""Toward the country: what each step after reading takes at sizes that nobody can read in an evening.

Usage: python -m bench.scale --documents 20000 100000 [--home DIR] [--steps plan core models publish snapshot again]

Draws receipts and readings (not the bytes) of so many documents into a home of its own, removed at the end (or
DIR, which is kept): reports of bench.panel_corpus, and beyond the first 10,000 the same figures as reports of
departments of the same places. Then takes the steps of a run: ``plan`` (units and keys, nothing to read),
``core``, ``models`` (dbt, with its tests), ``publish``, ``snapshot`` (none before it), ``again`` (a snapshot with
one before it, of which every hundredth figure differed), ``nothing`` (whether all is up to date). Prints CPU
seconds (user + system, of this process and its children), seconds, the largest resident set, and the bytes of
what the step left; of several sizes also by how much each grew for each time that the documents doubled.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.panel import Watched
from bench.panel_corpus import draw
from pipeline.crawl import RawStore, Receipt
from pipeline.current import is_up_to_date
from pipeline.home import Home
from pipeline.load.models import BUILD, run_models
from pipeline.load.snapshot import write_snapshot
from pipeline.load.sums import LATEST, latest
from pipeline.reading.batches import Batch, Entry, Tables, file_of, merge, written
from pipeline.reading.kept import Kept
from pipeline.reading.plan import Plan
from pipeline.reading.schema import SCHEMAS
from pipeline.stages import build_environment, load_stage, publish_stage

BASE = 10_000
STEPS = ("plan", "core", "models", "publish", "snapshot", "again", "nothing")


class Took(NamedTuple):
    """What a step took: CPU seconds, seconds, megabytes of memory, megabytes of disk that it left."""

    cpu: float
    seconds: float
    memory: float
    disk: float


def fill(home: Home, documents: int) -> None:
    """Draw so many receipts and readings into an empty home."""
    with RawStore(home.raw) as store, Kept(home) as kept:
        receipts: dict[str, Receipt] = {}

        def results() -> object:
            for receipt, rows in draw(min(documents, BASE)):
                receipts[str(receipt.sha256)] = receipt
                yield str(receipt.sha256), rows

        for _ in kept.write(results()):
            pass
        for group in ([kept.batch(name) for name in names] for names in kept.to_merge()):
            kept.replace(group, merge(kept.folder, group))
        base = [kept.batch(name) for name in kept.batches()]
        with store.transaction():
            for receipt in receipts.values():
                store.add_receipt(receipt)
        left, copy = documents - len(receipts), 1
        while left > 0:
            for batch in base[: max(1, math.ceil(left / len(receipts) * len(base)))]:
                if left <= 0:
                    break
                made, names = copied(kept.folder, batch, copy)
                kept.register(made)
                with store.transaction():
                    for before, now in names.items():
                        store.add_receipt(departments(receipts[before], now, copy))
                left -= len(names)
            copy += 1


def departments(receipt: Receipt, sha: str, copy: int) -> Receipt:
    """The receipt of the same report of another body of the place."""
    url = f"{receipt.url}?d={copy}"
    values = {**vars_of(receipt), "url": url, "final_url": url, "sha256": sha, "receipt_id": ""}
    return Receipt(**values)


def vars_of(receipt: Receipt) -> dict[str, object]:
    return {name: getattr(receipt, name) for name in receipt.__dataclass_fields__}


def copied(folder: Path, batch: Batch, copy: int) -> tuple[Batch, dict[str, str]]:
    """A batch with the same figures as reports of departments; and its documents' new hashes by the old ones."""
    names = {e.sha256: hashlib.sha256(f"{e.sha256} {copy}".encode()).hexdigest() for e in batch.entries}
    reports = {f"{old[:16]}-1": f"{new[:16]}-1" for old, new in names.items()}
    tables: Tables = {name: pq.read_table(folder / file_of(batch.name, name)) for name in SCHEMAS}
    tables["document"] = renamed(tables["document"], "sha256", names)
    for name in SCHEMAS:
        if name != "document":
            tables[name] = renamed(tables[name], "report_id", reports)
            own = f"{name}_id"
            if name != "report" and own in SCHEMAS[name].names:
                tails = pc.utf8_slice_codeunits(tables[name][own], 18)
                heads = tables[name]["report_id"]
                tables[name] = put(tables[name], own, pc.binary_join_element_wise(heads, tails, ""))
    report = renamed(tables["report"], "document_id", names)
    suffix = f"第{copy}局"
    for column in ("issuer", "body_id"):
        report = put(report, column, pc.binary_join_element_wise(report[column], suffix, ""))
    for column in ("level", "body_kind"):
        report = put(report, column, pa.array(["department"] * len(report), pa.string()))
    tables["report"] = report
    entries = [Entry(names[e.sha256], names[e.sha256], e.status, e.digest) for e in batch.entries]
    return written(folder, tables, entries), names


def renamed(table: pa.Table, column: str, names: dict[str, str]) -> pa.Table:
    """The table with a column's values replaced by their new ones."""
    coded = table[column].combine_chunks().dictionary_encode()
    values = pa.array([names[v] for v in coded.dictionary.to_pylist()], pa.string())
    return put(table, column, values.take(coded.indices))


def put(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), column, values)


def size_of(path: Path) -> float:
    """Megabytes of a file or of what lies in a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) / 1e6


def plan(home: Home) -> None:
    """Units and keys of a run with nothing to read."""
    with RawStore(home.raw) as store, Kept(home) as kept, Plan(store, kept, home.warehouse / ".plan") as made:
        made.forget_stale()
        if made.alone():
            raise SystemExit("something is to be read in a drawn home")


def make_before(home: Home) -> None:
    """Turn the snapshot into one of before, of which every hundredth figure differed."""
    version = latest(home)
    before = home.snapshots / "0.0-before"
    shutil.rmtree(before, ignore_errors=True)
    (home.snapshots / version).rename(before)
    (home.snapshots / LATEST).write_text(f"{before.name}\n")
    for file in [before / "mart" / "measure.parquet", *(before / "core" / "observation").glob("*.parquet")]:
        column, key = ("value", "measure_id") if file.stem == "measure" else ("resolved", "indicator")
        other = file.with_name("other")
        duckdb.execute(
            f"COPY (SELECT * REPLACE (CASE WHEN hash(report_id, {key}) % 100 = 0 THEN {column} + 1 ELSE {column} END "
            f"AS {column}) FROM '{file}') TO '{other}' (FORMAT parquet, COMPRESSION zstd)"
        )
        other.replace(file)


def steps(home: Home, wanted: list[str]) -> dict[str, Took]:
    """Takes the steps in order; gives and prints what each took."""
    ways: dict[str, tuple[Callable[[], object], Path]] = {
        "plan": (lambda: plan(home), home.read),
        "core": (lambda: load_stage(home), home.building),
        "models": (
            lambda: run_models(home.building, home.warehouse / "dbt", BUILD, build_environment()),
            home.building,
        ),
        "publish": (lambda: publish_stage(home), home.database),
        "snapshot": (lambda: write_snapshot(home), home.snapshots),
        "again": (lambda: write_snapshot(home), home.snapshots),
        "nothing": (lambda: is_up_to_date(home) and is_up_to_date(home), home.raw),
    }
    found: dict[str, Took] = {}
    for name in wanted:
        if name == "again":
            make_before(home)
        call, left = ways[name]
        with Watched(os.getpid()) as watched:
            call()
        found[name] = Took(watched.cpu, watched.seconds, watched.peak / 1024, size_of(left))
        took = found[name]
        print(
            f"  {name:<9} {took.cpu:9.1f} s CPU {took.seconds:9.1f} s {took.memory:8,.0f} MB {took.disk:9,.0f} MB on disk",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--home", type=Path)
    wanted = parser.parse_args()
    before: tuple[int, dict[str, Took]] | None = None
    for documents in wanted.documents:
        place = wanted.home / str(documents) if wanted.home else Path(tempfile.mkdtemp(prefix="scale-"))
        try:
            home = Home(place).make()
            with Watched(os.getpid()) as watched:
                with Kept(home) as kept:
                    there = kept.count() or home.database.is_file()
                if not there:
                    fill(home, documents)
            print(
                f"{documents:,} documents; drawn in {watched.cpu:,.0f} s CPU, {size_of(place):,.0f} MB",
                flush=True,
            )
            found = steps(home, list(wanted.steps))
            if before:
                doublings = math.log2(documents / before[0])
                for name, now in found.items():
                    grown = [
                        2 ** (math.log2(max(a, 1e-3) / max(b, 1e-3)) / doublings)
                        for a, b in zip(now, before[1][name], strict=True)
                    ]
                    print(
                        f"  {name:<9} for each doubling: CPU x{grown[0]:.2f}, memory x{grown[2]:.2f}, disk x{grown[3]:.2f}"
                    )
            before = documents, found
        finally:
            if not wanted.home:
                shutil.rmtree(place)


if __name__ == "__main__":
    main()
