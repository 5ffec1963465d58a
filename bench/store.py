"""The raw store and the index of kept readings at many objects: packing, reading, pairing, forgetting, merging.

Usage: python -m bench.store [--objects 20000] [--pairs 50000]

Draws pages of the demo's form into a store of its own and prints CPU seconds (user + system), files and bytes on
disk: loose and packed; 1,000 objects read from either; ``verify``; pages and files of one folder paired; one
document forgotten, and 64 batches of 32 documents merged. Judges nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.panel_corpus import draw
from pipeline.crawl import RawStore, Receipt
from pipeline.crawl.packing import pack
from pipeline.home import Home
from pipeline.reading.batches import merge, write_batch
from pipeline.reading.kept import Kept
from pipeline.reading.plan import Plan
from pipeline.stored import stored_bytes
from tools.demo import iter_pages


def took(name: str, call: Callable[[], object]) -> object:
    """Does it and prints what it took."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {name:<44} {cpu:8.2f} s CPU  {found if isinstance(found, int | str) else ''}", flush=True)
    return found


def on_disk(folder: Path) -> str:
    """Files below a folder, and what they take of the disk."""
    files = [p.stat() for p in folder.rglob("*") if p.is_file()]
    return f"{len(files):,} files, {sum(f.st_blocks for f in files) * 512 / 1e6:,.0f} MB"


def fill(store: RawStore, objects: int) -> list[str]:
    """Pages of the demo, each with a mark of its own, as loose objects that are not synced one by one."""
    pages = [data for _, (_, data, _) in zip(range(500), iter_pages(bodies=60, seed=11), strict=False)]
    shas = []
    with store.transaction():
        for n in range(objects):
            data = pages[n % len(pages)] + b"<!-- %d -->" % n
            sha = hashlib.sha256(data).hexdigest()
            path = store.path(sha)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            url = f"http://www.p{n % 31}.example/{n // 500}/{n}.html"
            store.add_receipt(Receipt(url, url, "2026-01-01T00:00:00Z", sha256=sha, bytes=len(data)))
            shas.append(sha)
    return shas


def packs(place: Path, objects: int) -> None:
    with RawStore(place) as store:
        shas = fill(store, objects)
        print(f"{objects:,} objects; loose: {on_disk(store.objects)}")

        def read() -> int:
            return sum(len(stored_bytes(*store.place(sha))) for sha in shas[:: max(1, objects // 1000)])

        took("1,000 read, loose", read)
        took("verify, loose", lambda: len(list(store.verify())))
        took("packed", lambda: pack(store, loose=0))
        print(f"  packed: {on_disk(store.packs.folder)}; loose left: {on_disk(store.objects)}")
        took("1,000 read, packed", read)
        took("verify, packed", lambda: len(list(store.verify())))
        took("packed again, nothing to do", lambda: pack(store))


def pairs(home: Home, count: int) -> None:
    """So many pages that each name a file of their folder, and these files."""
    with RawStore(home.raw) as store, Kept(home) as kept:
        with store.transaction():
            for n in range(count):
                page = f'<p>{n}</p><a href="{n}.pdf">附件</a>'.encode()
                for name, data in ((f"in/{n}.html", page), (f"in/{n}.pdf", b"%%PDF %d" % n)):
                    sha = hashlib.sha256(data).hexdigest()
                    path = store.path(sha)
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(data)
                    store.add_receipt(
                        Receipt(
                            name, name, "2026-01-01T00:00:00Z", sha256=sha, bytes=len(data), rule="local_file"
                        )
                    )

        def planned() -> int:
            with Plan(store, kept, home.warehouse / ".plan") as plan:
                return plan.with_files()

        print(f"{count:,} pages and {count:,} files in one folder")
        took("paired, each page looked at", planned)
        took("paired again", planned)


def readings(home: Home) -> None:
    with Kept(home) as kept:
        rows = [(str(receipt.sha256), found) for receipt, found in draw(2048)]
        for n in range(0, 2048, 32):
            kept.register(write_batch(kept.folder, rows[n : n + 32]))
        print(f"2,048 readings in 64 batches: {on_disk(kept.folder)}")

        def merged() -> str:
            for group in ([kept.batch(name) for name in names] for names in kept.to_merge()):
                kept.replace(group, merge(kept.folder, group))
            return on_disk(kept.folder)

        took("one forgotten of a batch of 32", lambda: kept.forget([rows[0][0]]))
        took("merged", merged)
        took("one forgotten of a batch of 2,015", lambda: kept.forget([rows[100][0]]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=50_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        packs(Path(aside, "raw"), wanted.objects)
        pairs(Home(Path(aside, "pairs")).make(), wanted.pairs)
        readings(Home(Path(aside, "kept")).make())


if __name__ == "__main__":
    main()
