"""What is damaged is made again from what is sound. Kept readings are forgotten, so that their documents
are read again; a damaged raw object is put aside, so that it can be fetched or taken in again; the
published warehouse and its snapshot are built again by the run that follows, which sees by itself that they
are not what was published."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.crawl import RawStore
from pipeline.crawl.packing import take_up
from pipeline.home import Home
from pipeline.reading.kept import Kept


def heal_kept(home: Home) -> Iterator[str]:
    """Forget the kept readings that are not what was written; a line says so where there were any."""
    with Kept(home) as kept:
        if damaged := kept.damaged():
            documents = kept.drop(damaged)
            yield f"kept readings: {', '.join(n for names in damaged.values() for n in names)}: {documents} documents are read again"


def heal_history(folder: Path) -> Iterator[str]:
    """Put Dagster's history aside (``damaged/``) where a database of it is damaged: no result rests on it, and
    with it no run would start; a line says so."""
    databases = [
        folder / name for name in ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
    ]
    if damaged := [path for path in databases if path.is_file() and not _is_sound(path)]:
        aside = folder / "damaged"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for name in ("history", "schedules"):
            (folder / name).rename(aside / name)
        yield f"Dagster's history is damaged ({damaged[0].name}): put aside as {aside}, a new one is begun"


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as db:
            return bool(db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError:  # held by another process, which finds out itself
        return True
    except sqlite3.DatabaseError:
        return False


def heal_store(home: Home) -> Iterator[str]:
    """Put damaged raw objects aside (``raw/damaged/``) and let the crawl ask for them again; a line for
    each one that is damaged or missing, with where it came from."""
    with RawStore(home.raw) as store:
        for url in store.drop_damaged_receipts():
            yield f"receipt of {url}: damaged, taken out; crawl that address again or take the file in again, then run"
        if found := take_up(store):
            yield f"raw/packs: {found} packs that the index did not know: taken up"
        sources = store.sources()
        problems = list(store.verify())
        aside = {name for name, problem in problems if problem in ("hash_mismatch", "unexpected_file")}
        store.put_aside(aside)
        for name, problem in problems:
            done = "put aside in raw/damaged" if name in aside else "left as it is"
            if name not in sources:
                yield f"raw/objects: {name}: {problem}; {done}"
            elif problem == "size_mismatch":
                yield f"raw object {name}, from {sources[name]}: its receipt states another length; {done}"
            else:
                store.ask_again(name)
                again = "crawl that address again or take the file in again, then run"
                yield f"raw object {name}, from {sources[name]}: {problem}{f', {done}' * (name in aside)}; {again}"
