"""Spark against the local pool: the same documents read by both, warm, in turn.

Usage: .venv-spark/bin/python -m bench.cluster [--documents 5000] [--rounds 2] [--master local[2]]

Pages are the demo generator's. Each engine first reads 300 of them, so that processes are there and codebook
and places in memory; then both read all of them, in turn. CPU is user and system time of all processes below
this one. Every result of Spark is compared with the pool's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

from bench.corpus_run import family, write_pages
from pipeline.cluster.reading import cluster
from pipeline.cluster.session import master_of
from pipeline.crawl import RawStore, take_in
from pipeline.home import Home
from pipeline.reading.batches import Batch
from pipeline.reading.chunks import Pool, Wanted, read_all
from pipeline.reading.pool import reading_pool, worker_count
from pipeline.reading.work import Job, Source

WARM = 300


def wanted_of(home: Home, pages: Path) -> list[Wanted]:
    """The pages, taken into the home's raw store, as units to read."""
    with RawStore(home.raw) as store:
        take_in(store, [pages])
        return [
            Wanted(r.sha256, Job(Source(r.sha256, r.url, r.url, r.media_type, str(store.path(r.sha256)))))
            for r in store.documents_to_read()
            if r.sha256
        ]


class Cpu(threading.Thread):
    """User and system time of this process and all below it, sampled, since those that end are not all waited
    for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._seen: dict[int, float] = {}

    def run(self) -> None:
        while True:
            self._seen.update({process.pid: process.cpu for process in family(os.getpid())})
            time.sleep(0.2)

    def seconds(self) -> float:
        """All so far."""
        return sum(list(self._seen.values()))


def read(reader: Pool, wanted: list[Wanted], folder: Path) -> dict[str, str]:
    """Read all into ``folder``; gives a digest of what each document gave."""
    folder.mkdir()
    found = read_all(reader, folder, wanted, len(wanted), worker_count(len(wanted)))
    held = {e.sha256: e.digest for batch in found if isinstance(batch, Batch) for e in batch.entries}
    shutil.rmtree(folder)
    return held


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--master", default=f"local[{worker_count(1 << 30)}]")
    asked = parser.parse_args()
    master = master_of(asked.master)
    cpu = Cpu()
    cpu.start()
    with tempfile.TemporaryDirectory() as folder:
        home, aside = Home(Path(folder) / "home").make(), Path(folder) / "read"
        size = write_pages(Path(folder) / "pages", asked.documents)
        wanted = wanted_of(home, Path(folder) / "pages")
        print(f"{len(wanted)} documents, {size / 1e6:.0f} MB, {master}", flush=True)
        start = time.monotonic()
        with reading_pool(len(wanted), "pipeline.reading.chunks") as pool:
            read(pool, wanted[:WARM], aside)
            print(f"pool: {time.monotonic() - start:.1f} s to begin and warm", flush=True)
            start = time.monotonic()
            with cluster(home, master)(len(wanted)) as spark:
                read(spark, wanted[:WARM], aside)
                print(f"spark: {time.monotonic() - start:.1f} s to begin and warm", flush=True)
                for _ in range(asked.rounds):
                    seen = []
                    for name, reader in (("pool", pool), ("spark", spark)):
                        read(reader, wanted[:WARM], aside)  # Spark ends workers that were idle for a minute
                        start, used = time.monotonic(), cpu.seconds()
                        seen.append(read(reader, wanted, aside))
                        took, used = time.monotonic() - start, cpu.seconds() - used
                        print(
                            f"{name}: {took:.1f} s, {used:.1f} s of CPU, {len(wanted) / took:.0f} documents/s",
                            flush=True,
                        )
                    same = seen[0] == seen[1] and len(seen[0]) == len(wanted)
                    print("same rows" if same else "DIFFERENT ROWS", flush=True)


if __name__ == "__main__":
    main()
