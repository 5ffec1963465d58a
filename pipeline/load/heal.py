"""What is damaged is made again from what is sound. Kept readings are forgotten, so that their documents
are read again; a damaged raw object is put aside, so that it can be fetched or taken in again; the
published warehouse and its snapshot are built again by the run that follows, which sees by itself that they
are not what was published."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.crawl import RawStore
from pipeline.home import Home
from pipeline.reading.kept import Kept


def heal_kept(home: Home) -> Iterator[str]:
    """Forget the kept readings that are not what was written; a line says so where there were any."""
    with Kept(home) as kept:
        if damaged := kept.damaged():
            documents = kept.drop(damaged)
            yield f"kept readings: {', '.join(n for names in damaged.values() for n in names)}: {documents} documents are read again"


def heal_store(home: Home) -> Iterator[str]:
    """Put damaged raw objects aside (``raw/damaged/``) and let the crawl ask for them again; a line for
    each one that is damaged or missing, with where it came from."""
    with RawStore(home.raw) as store:
        sources = {r.sha256: r.url for r in store.receipts() if r.sha256}
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
