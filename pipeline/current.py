"""Whether a home's warehouse is that of what the home holds now; and the lock that a run holds meanwhile.

Looking costs the same whatever the home holds: receipts, the index of kept readings, the published file and the
snapshot are read again only after somebody wrote to them (``looked``). Little is imported for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from pipeline.codebook import codebook_version
from pipeline.crawl.store import Inputs, RawStore
from pipeline.home import Home
from pipeline.load.decisions import decisions_hash, load_decisions
from pipeline.load.models import sql_files
from pipeline.load.published import damage, digest_of, published
from pipeline.load.sums import is_whole
from pipeline.looked import Looked
from pipeline.reading.fingerprint import reading_code, reading_fingerprint
from pipeline.reading.index import Index

MEMORY = "looked.json"
log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Another run is under way in this home."""


@contextmanager
def run_lock(home: Home, *, wait: float = 0.0) -> Iterator[None]:
    """One run at a time in a home. Raises Busy where another holds it for longer than ``wait`` seconds."""
    home.make()
    with (home.warehouse / ".run.lock").open("w") as handle:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise Busy(f"another run is under way in {home.root}") from error
                time.sleep(0.2)
        yield


@lru_cache(maxsize=1)
def models_fingerprint() -> str:
    """A hash over the SQL project and the code that loads, here or on Spark, and hands over: 16 hex digits."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    rooms = (path for room in ("load", "handover", "cluster") for path in (package / room).glob("*.py"))
    files = [*sql_files(), *rooms, package / "stages.py"]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def places_fingerprint(home: Home) -> str:
    """A hash over the places, a home's own too: 16 hex digits."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).resolve().parent / "places").glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for own in (home.divisions, home.division_events):
        digest.update(own.read_bytes() if own else b"")
    return digest.hexdigest()[:16]


def facts_of(home: Home, store: RawStore) -> dict[str, str]:
    """What a warehouse of this home is built from now; ``build`` is a hash over all of it."""
    return _facts(home, store.inputs())


def _facts(home: Home, inputs: Inputs) -> dict[str, str]:
    facts = {
        "package_version": version("yangguang"),
        "codebook": codebook_version(),
        "reading": reading_fingerprint(home),
        "code": reading_code(),
        "places": places_fingerprint(home),
        "models": models_fingerprint(),
        "inputs": inputs.digest,
        "receipts": str(inputs.documents),
        "duckdb": version("duckdb"),
        "own_events": hashlib.sha256(home.division_events.read_bytes()).hexdigest()[:16]
        if home.division_events
        else "",
        "decisions": decisions_hash(home),
    }
    facts["day"] = max([inputs.day, *(d.day.isoformat() for d in load_decisions(home))])
    if home.invented:
        facts["invented"] = "yes"
    whole = "\n".join(f"{k}={v}" for k, v in sorted(facts.items())).encode()
    facts["build"] = hashlib.sha256(whole).hexdigest()[:16]
    return facts


def is_up_to_date(home: Home) -> bool:
    """Whether the published warehouse and its snapshot were built from just what the home holds now, and are
    as they were published. Opens no database: a reader who holds the file changes nothing."""
    with Looked(home.warehouse / MEMORY) as looked:
        with Index(home, looked) as index, RawStore(home.raw) as store:
            if index.to_try_again() or any(map(store.is_sound, index.waiting_for_objects())):
                return False
            told = looked.found(store.database, "inputs", lambda: json.dumps(store.inputs()))
            now = _facts(home, Inputs(*json.loads(told)))
        if published(home).get("facts") != now:
            return False

        def digest(path: Path) -> str:
            return looked.found(path, "sha256", lambda: digest_of(path))

        if wrong := damage(home, digest):
            log.warning("%s: all is built again", wrong)
            return False
        return is_whole(home, now, digest)


def forget_looks(home: Home) -> None:
    """What was looked at is looked at again by the next run that may write."""
    with suppress(OSError):
        (home.warehouse / MEMORY).unlink(missing_ok=True)
