"""Whether what is stored is what was stored: raw objects against their hashes, the warehouse against its
snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.load.snapshot import KEYS, version_of
from pipeline.load.warehouse import opened


def verify_home(home: Home, say: Callable[[str], None]) -> Iterator[str]:
    """One line a problem; nothing where all is well. ``say`` gets what is being checked."""
    say(f"raw store {home.raw}")
    with RawStore(home.raw) as store:
        for sha, problem in store.verify():
            yield f"raw object {sha}: {problem}"
    with opened(home.database, read_only=True) as con:
        version = version_of(con)
        folder = home.snapshots / version
        say(f"snapshot {folder.name}")
        if not (folder / "SHA256SUMS").is_file():
            yield f"no snapshot {version} of the published warehouse"
            return
        yield from _sums(folder)
        tables = con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core','ref','mart') ORDER BY ALL"
        ).fetchall()
        for schema, table in tables:
            pattern = _parquet(folder, schema, table)
            if pattern is None:
                yield f"{schema}.{table}: not in the snapshot"
                continue
            order = KEYS.get(f"{schema}.{table}", "ALL")
            union = f"read_parquet('{pattern}', hive_partitioning = false)"
            differing = con.execute(
                f"SELECT count(*) FROM ((SELECT * FROM {schema}.{table} EXCEPT ALL SELECT * FROM {union}) UNION ALL "
                f"(SELECT * FROM {union} EXCEPT ALL SELECT * FROM {schema}.{table}))"
            ).fetchone()
            if differing and differing[0]:
                yield f"{schema}.{table}: {differing[0]} rows differ from the snapshot (ordered by {order})"


def _parquet(folder: Path, schema: str, table: str) -> str | None:
    single = folder / schema / f"{table}.parquet"
    if single.is_file():
        return str(single).replace("'", "''")
    parts = folder / schema / table
    return str(parts / "*" / "*.parquet").replace("'", "''") if parts.is_dir() else None


def _sums(folder: Path) -> Iterator[str]:
    named: set[str] = set()
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        named.add(name)
        path = folder / name
        if not path.is_file():
            yield f"snapshot file {name}: missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"snapshot file {name}: hash_mismatch"
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"):
        if path.relative_to(folder).as_posix() not in named:
            yield f"snapshot file {path.relative_to(folder).as_posix()}: unexpected_file"
