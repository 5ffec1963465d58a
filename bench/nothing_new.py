"""A run with nothing new, at several sizes: what it costs to see that all is up to date.

Usage: python -m bench.nothing_new [--documents 10000 100000] [--runs 3]

Draws into an empty home so many receipts and entries of the index of kept readings, a published file and a
snapshot of the size that so many reports take (empty bytes, with true hashes), and asks `yangguang run` several
times. Prints CPU seconds (user + system) of each run's process. The first may find things out; what counts is
the second and later.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from pipeline.crawl import RawStore, Receipt
from pipeline.current import facts_of, is_up_to_date
from pipeline.handover.release import version_of
from pipeline.home import Home
from pipeline.load.published import digest_of
from pipeline.reading.kept import Kept

PUBLISHED_BYTES, SNAPSHOT_BYTES = 15_000, 3_000
"""A report's share of the published file and of the snapshot (bench.panel, 100,000 reports)."""


def draw(home: Home, documents: int) -> None:
    """An up-to-date home of so many documents."""
    home.make()
    shas = [hashlib.sha256(f"drawn {n}".encode()).hexdigest() for n in range(documents)]
    with RawStore(home.raw) as store, store.transaction():
        for n, sha in enumerate(shas):
            url = f"http://www.p{n % 31}.example/xxgk/nb/{n // 400}/t{n}.html"
            store.add_receipt(
                Receipt(
                    url=url,
                    final_url=url,
                    fetched_at=f"2026-06-{n % 28 + 1:02d}T00:00:00Z",
                    http_status=200,
                    headers={"Content-Type": "text/html", "Last-Modified": "Mon, 01 Jun 2026 00:00:00 GMT"},
                    media_type="text/html",
                    sha256=sha,
                    bytes=30_000,
                    rule="list",
                    referrer=url.rpartition("/")[0],
                    source_id=f"p{n % 31}",
                )
            )
    with Kept(home) as kept:
        index = kept.folder / "index.sqlite"
    with closing(sqlite3.connect(index)) as db, db:
        db.executemany("INSERT INTO entry VALUES (?, 'drawn', ?, 'ok', '')", ((sha, sha) for sha in shas))
    with RawStore(home.raw) as store:
        facts = facts_of(home, store)
    with home.database.open("wb") as stream:
        stream.truncate(documents * PUBLISHED_BYTES)
    receipt = {"facts": facts, "bytes": home.database.stat().st_size, "sha256": digest_of(home.database)}
    home.receipt.write_text(json.dumps(receipt), encoding="utf-8")
    folder = home.snapshots / version_of(facts)
    folder.mkdir(parents=True)
    with (folder / "all.parquet").open("wb") as stream:
        stream.truncate(documents * SNAPSHOT_BYTES)
    (folder / "SHA256SUMS").write_text(f"{digest_of(folder / 'all.parquet')}  all.parquet\n")
    (home.snapshots / "latest").write_text(folder.name + "\n")
    if not is_up_to_date(home):
        raise SystemExit("the drawn home is not up to date")


def run(home: Home) -> tuple[float, str]:
    """CPU seconds of one `yangguang run`, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-m", "pipeline.terminal.main", "run"],
        env={**os.environ, "YANGGUANG_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    for documents in wanted.documents:
        with tempfile.TemporaryDirectory() as aside:
            home = Home(Path(aside))
            draw(home, documents)
            found = [run(home) for _ in range(wanted.runs)]
        if not all("nothing new" in told for _, told in found):
            raise SystemExit(found[-1][1])
        print(
            f"{documents:>9,} documents  " + "  ".join(f"{cpu:5.2f}" for cpu, _ in found) + " s CPU",
            flush=True,
        )


if __name__ == "__main__":
    main()
