"""Whether what is stored is what was stored: raw objects and receipts, kept readings, the published
warehouse, its snapshot. Damage is a line, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.crawl import RawStore
from pipeline.current import forget_looks
from pipeline.home import Home
from pipeline.load.decisions import DecisionsError, load_decisions
from pipeline.load.published import damage, published
from pipeline.load.snapshot import built_version
from pipeline.load.sums import LATEST, SUMS, latest, wrong_sums
from pipeline.load.warehouse import opened
from pipeline.reading.kept import Kept

Check = Callable[[Home], Iterator[str]]


def verify_home(home: Home, say: Callable[[str], None]) -> Iterator[str]:
    """One line a problem; nothing where all is well. ``say`` gets what is being checked. Where there is a problem,
    the next run trusts nothing that was looked at before."""
    for name, check in CHECKS:
        say(name)
        for line in _told(name, check, home):
            forget_looks(home)
            yield line


def _told(name: str, check: Check, home: Home) -> Iterator[str]:
    try:
        yield from check(home)
    except Exception as error:  # whatever damage does to SQLite, Parquet, DuckDB or JSON is a line
        yield f"{name}: cannot be checked: {type(error).__name__}: {_one_line(error)}"


def _decisions(home: Home) -> Iterator[str]:
    try:
        load_decisions(home)
    except DecisionsError as error:
        yield from str(error).splitlines()


def _raw_store(home: Home) -> Iterator[str]:
    with RawStore(home.raw) as store:
        for number, url in store.damaged_receipts():
            yield f"receipt {number} of {url}: its facts are not those that were written, or one before it is gone"
        sources = store.sources()
        for sha, problem in store.verify():
            came_from = f", from {sources[sha]}" if sha in sources else ""
            yield f"raw object {sha}: {problem}{came_from}"


def _kept(home: Home) -> Iterator[str]:
    with Kept(home) as kept:
        for names in kept.damaged().values():
            yield from (f"kept reading {name}: not there, or not what was written" for name in names)


def _published(home: Home) -> Iterator[str]:
    if wal := sorted(home.warehouse.glob(f"{home.database.name}.wal*")):
        yield f"beside the published warehouse lies {wal[0].name}: another program wrote into it"
    if wrong := damage(home):
        yield wrong
        return
    with opened(home.database, read_only=True) as con:
        facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
    if published(home)["facts"] != facts:
        yield f"{home.receipt.name}: its facts are not those of the published warehouse"


def _snapshot(home: Home) -> Iterator[str]:
    if not home.database.is_file():
        return  # said above
    with opened(home.database, read_only=True) as con:
        version = built_version(con)
        folder = home.snapshots / version
        if latest(home) != version:
            yield f"{LATEST} names {latest(home) or 'nothing'}, {version} is published"
        if not (folder / SUMS).is_file():
            yield f"no snapshot {version} of the published warehouse"
            return
        wrong = list(wrong_sums(folder))
        yield from wrong
        if wrong:
            return
        tables = con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core','ref','mart') ORDER BY ALL"
        ).fetchall()
        for schema, table in tables:
            pattern = _parquet(folder, schema, table)
            if pattern is None:
                yield f"{schema}.{table}: not in the snapshot"
                continue
            union = f"read_parquet('{pattern}', hive_partitioning = false)"
            differing = con.execute(
                f"SELECT count(*) FROM ((SELECT * FROM {schema}.{table} EXCEPT ALL SELECT * FROM {union}) UNION ALL "
                f"(SELECT * FROM {union} EXCEPT ALL SELECT * FROM {schema}.{table}))"
            ).fetchone()
            if differing and differing[0]:
                yield f"{schema}.{table}: {differing[0]} rows differ from the snapshot"


def _parquet(folder: Path, schema: str, table: str) -> str | None:
    single = folder / schema / f"{table}.parquet"
    if single.is_file():
        return str(single).replace("'", "''")
    parts = folder / schema / table
    return str(parts / "*.parquet").replace("'", "''") if any(parts.glob("*.parquet")) else None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


CHECKS: tuple[tuple[str, Check], ...] = (
    ("decisions", _decisions),
    ("raw store", _raw_store),
    ("kept readings", _kept),
    ("published warehouse", _published),
    ("snapshot", _snapshot),
)
