"""What is still to be fetched, kept in the raw store's database so that a killed crawl goes on.

A crawl of a source is a round: it begins with the source's address due and ends when nothing of it is due.
A page is due, then done; that it is done, its receipt and the pages it led to are committed together.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.crawl.addresses import BadAddress, normalise_url
from pipeline.crawl.hosts import host_of
from pipeline.crawl.registry import Source
from pipeline.crawl.store import RawStore, open_database

GIVE_UP_SECONDS = 7 * 86_400.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS crawl_round (
    source_id TEXT NOT NULL, round INTEGER NOT NULL, started_at REAL NOT NULL, finished_at REAL,
    PRIMARY KEY (source_id, round)
);
CREATE TABLE IF NOT EXISTS crawl_page (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL, round INTEGER NOT NULL,
    kind TEXT NOT NULL, depth INTEGER NOT NULL, rule TEXT NOT NULL, referrer TEXT,
    title TEXT NOT NULL, year INTEGER, due INTEGER NOT NULL, status TEXT,
    UNIQUE (source_id, url)
);
CREATE INDEX IF NOT EXISTS crawl_page_due ON crawl_page (host, depth, seq) WHERE due = 1;
CREATE INDEX IF NOT EXISTS crawl_page_round ON crawl_page (source_id, round, due);
CREATE TABLE IF NOT EXISTS crawl_visit (
    url TEXT PRIMARY KEY, visited_at REAL NOT NULL, status TEXT NOT NULL, receipt_id TEXT,
    sha256 TEXT, media_type TEXT NOT NULL, final_url TEXT NOT NULL, etag TEXT, last_modified TEXT
);
CREATE INDEX IF NOT EXISTS crawl_visit_answered ON crawl_visit (final_url);
CREATE TABLE IF NOT EXISTS crawl_wait (host TEXT PRIMARY KEY, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS crawl_find (
    source_id TEXT NOT NULL, round INTEGER NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, year INTEGER,
    rule TEXT NOT NULL, PRIMARY KEY (source_id, round, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crawl_article (source_id TEXT PRIMARY KEY, issuer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS crawl_robots (
    origin TEXT PRIMARY KEY, read_at REAL NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL
);
"""


_DUE = """SELECT p.source_id, url, host, p.round, kind, depth, rule, referrer, title, year, started_at
    FROM crawl_page p JOIN crawl_round USING (source_id, round)
    WHERE due = 1 AND source_id IN (SELECT source_id FROM run_source)"""


class Step(NamedTuple):
    """A page that another one led to.

    ``kind``: ``site``, ``list``, ``report``, ``candidate`` (a report if its own title says so) or
    ``attachment``; ``named`` is an address that a person gave. ``rule`` names the rule of ``discover.py``
    that found it.
    """

    url: str
    kind: str
    rule: str
    title: str = ""
    year: int | None = None
    deeper: bool = True


class Page(NamedTuple):
    """A page of the frontier, due in ``round`` of its source, ``depth`` steps from the source's address."""

    source_id: str
    url: str
    host: str
    round: int
    kind: str
    depth: int
    rule: str
    referrer: str | None
    title: str
    year: int | None
    started_at: float


class Visit(NamedTuple):
    """The last look at an address: when (seconds since 1970), what came, and what a server needs to answer
    that nothing changed. ``status`` and the object are those of the last receipt."""

    url: str
    visited_at: float
    status: str
    receipt_id: str | None
    sha256: str | None
    media_type: str
    final_url: str
    etag: str | None
    last_modified: str | None


class Frontier:
    """The frontier of ``store``. Reads go through a connection of their own, so they never wait for a sync;
    writes join a ``store.transaction()`` that is open."""

    def __init__(self, store: RawStore) -> None:
        self._store = store
        with store.transaction() as db:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                db.execute(statement)
        self._db = open_database(store.database)
        self._lock = threading.Lock()
        self._run("CREATE TEMP TABLE run_source (source_id TEXT PRIMARY KEY)")

    def close(self) -> None:
        """Closes the reading connection."""
        with self._lock:
            self._db.close()

    def begin(self, sources: Iterable[Source], now: float) -> None:
        """Takes the sources into this run: each goes on with its open round or begins a new one.

        A round that stays open for ``GIVE_UP_SECONDS``, because a host never answers, is ended and what is
        due of it given up, so that a dead host cannot keep a source's lists from being read again.
        """
        with self._store.transaction() as db:
            for source in sources:
                self._run("INSERT OR IGNORE INTO run_source VALUES (?)", (source.source_id,))
                if source.kind == "article":
                    db.execute(
                        "INSERT OR REPLACE INTO crawl_article VALUES (?, ?)",
                        (source.source_id, source.issuer),
                    )
                row = db.execute(
                    "SELECT round, finished_at, started_at FROM crawl_round WHERE source_id = ? "
                    "ORDER BY round DESC LIMIT 1",
                    (source.source_id,),
                ).fetchone()
                if row is not None and row[1] is None:
                    if row[2] + GIVE_UP_SECONDS > now:
                        continue
                    db.execute(
                        "UPDATE crawl_page SET due = 0, status = 'given_up' WHERE source_id = ? AND due = 1",
                        (source.source_id,),
                    )
                    db.execute(
                        "UPDATE crawl_round SET finished_at = ? WHERE source_id = ? AND round = ?",
                        (now, source.source_id, row[0]),
                    )
                number = 1 if row is None else row[0] + 1
                db.execute("INSERT INTO crawl_round VALUES (?, ?, ?, NULL)", (source.source_id, number, now))
                kind = "report" if source.kind == "article" else source.kind
                self._add(db, source.source_id, number, 0, None, Step(_seed(source.url), kind, "registry"))

    def due_hosts(self) -> list[tuple[str, int]]:
        """Gives the hosts with due pages of this run and how many, by name."""
        return list(
            self._run(
                """SELECT host, count(*) FROM crawl_page WHERE due = 1
               AND source_id IN (SELECT source_id FROM run_source) GROUP BY host ORDER BY host"""
            )
        )

    def next_page(self, host: str) -> Page | None:
        """Gives the due page of this run at ``host`` that is nearest to its source's address."""
        for row in self._run(f"{_DUE} AND host = ? ORDER BY depth, seq LIMIT 1", (host,)):
            return Page(*row)
        return None

    def due_pages(self) -> list[Page]:
        """Gives the due pages of this run."""
        return [Page(*row) for row in self._run(f"{_DUE} ORDER BY seq")]

    def visit(self, url: str) -> Visit | None:
        """Gives the last look at the address, by any source."""
        for row in self._run("SELECT * FROM crawl_visit WHERE url = ?", (url,)):
            return Visit(*row)
        return None

    def looked_at(self, url: str, since: float) -> Visit | None:
        """Gives a look since then at the address, or at one that was sent on to it: http to https, with and
        without www."""
        for row in self._run(
            "SELECT * FROM crawl_visit WHERE url = ? AND visited_at >= ? UNION ALL "
            "SELECT * FROM crawl_visit WHERE final_url = ? AND visited_at >= ? LIMIT 1",
            (url, since, url, since),
        ):
            return Visit(*row)
        return None

    def pages_of(self, page: Page, kinds: Sequence[str]) -> int:
        """Counts the pages of those kinds that the page's source has led to in its round."""
        marks = ",".join("?" * len(kinds))
        ((count,),) = self._run(
            f"SELECT count(*) FROM crawl_page WHERE source_id = ? AND round = ? AND kind IN ({marks})",
            (page.source_id, page.round, *kinds),
        )
        return int(count)

    def knows(self, page: Page, url: str) -> bool:
        """Tells whether the page's source has come to that address in this round already."""
        return bool(
            list(
                self._run(
                    "SELECT 1 FROM crawl_page WHERE source_id = ? AND url = ? AND round = ?",
                    (page.source_id, url, page.round),
                )
            )
        )

    def finish(self, page: Page, status: str, steps: Iterable[Step], visit: Visit | None) -> None:
        """Marks the page done with its status, adds the pages it led to and the look at its address."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE crawl_page SET due = 0, status = ? WHERE source_id = ? AND url = ?",
                (status, page.source_id, page.url),
            )
            if visit is not None:
                db.execute("INSERT OR REPLACE INTO crawl_visit VALUES (?,?,?,?,?,?,?,?,?)", visit)
            for step in steps:
                self._add(db, page.source_id, page.round, page.depth + int(step.deeper), page.url, step)

    def leave(self, page: Page, steps: Iterable[Step], status: str) -> None:
        """Writes down the page's steps that are not followed, with the status that says why."""
        with self._store.transaction() as db:
            for step in steps:
                key = (page.source_id, step.url, page.round)
                known = "SELECT 1 FROM crawl_page WHERE source_id = ? AND url = ? AND round = ?"
                if db.execute(known, key).fetchone():
                    continue  # another page has led to it meanwhile
                self._add(db, page.source_id, page.round, page.depth + 1, page.url, step)
                db.execute(
                    "UPDATE crawl_page SET due = 0, status = ? WHERE source_id = ? AND url = ? AND round = ?",
                    (status, *key),
                )

    def keep_finds(self, page: Page, steps: Iterable[Step]) -> None:
        """Keeps the reports that the round before found at these steps, which this one does not look at."""
        with self._store.transaction() as db:
            for step in steps:
                db.execute(
                    """INSERT OR IGNORE INTO crawl_find SELECT source_id, ?, url, title, year, rule FROM crawl_find
                       WHERE source_id = ? AND round = ? AND url = ?""",
                    (page.round, page.source_id, page.round - 1, step.url),
                )

    def keep_waits(self, met: Iterable[str], why: Mapping[str, str]) -> None:
        """Keeps why hosts are left for a later run, of those that this run ``met``."""
        with self._store.transaction() as db:
            db.executemany("DELETE FROM crawl_wait WHERE host = ?", [(host,) for host in met])
            db.executemany("INSERT OR REPLACE INTO crawl_wait VALUES (?, ?)", list(why.items()))

    def add_find(self, page: Page, url: str, title: str, year: int | None, rule: str) -> None:
        """Writes down that the page's source shows a report: the completeness checks count these."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO crawl_find VALUES (?,?,?,?,?,?)",
                (page.source_id, page.round, url, title, year, rule),
            )

    def finish_rounds(self, now: float) -> None:
        """Ends the rounds of this run's sources that have nothing due any more."""
        with self._store.transaction() as db:
            for (source_id,) in list(self._run("SELECT source_id FROM run_source")):
                db.execute(
                    """UPDATE crawl_round SET finished_at = ? WHERE source_id = ? AND finished_at IS NULL
                       AND NOT EXISTS (SELECT 1 FROM crawl_page p WHERE p.source_id = crawl_round.source_id
                                       AND p.round = crawl_round.round AND p.due = 1)""",
                    (now, source_id),
                )

    def robots(self, origin: str) -> tuple[float, str, str] | None:
        """Gives when an origin's robots.txt was read last, with what status, and its text."""
        for row in self._run("SELECT read_at, status, body FROM crawl_robots WHERE origin = ?", (origin,)):
            return (float(row[0]), str(row[1]), str(row[2]))
        return None

    def keep_robots(self, origin: str, read_at: float, status: str, body: str) -> None:
        """Keeps an origin's robots.txt for later runs."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO crawl_robots VALUES (?,?,?,?)", (origin, read_at, status, body)
            )

    def _add(
        self,
        db: sqlite3.Connection,
        source_id: str,
        number: int,
        depth: int,
        referrer: str | None,
        step: Step,
    ) -> None:
        db.execute(
            """INSERT INTO crawl_page (source_id, url, host, round, kind, depth, rule, referrer, title, year, due)
               VALUES (?,?,?,?,?,?,?,?,?,?,1)
               ON CONFLICT (source_id, url) DO UPDATE SET round = excluded.round, kind = excluded.kind,
                 depth = excluded.depth, rule = excluded.rule, referrer = excluded.referrer,
                 title = excluded.title, year = excluded.year, due = 1, status = NULL
               WHERE crawl_page.round < excluded.round""",
            (
                source_id,
                step.url,
                host_of(step.url),
                number,
                step.kind,
                depth,
                step.rule,
                referrer,
                step.title,
                step.year,
            ),
        )

    def _run(self, statement: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        with self._lock:
            return iter(self._db.execute(statement, parameters).fetchall())


def _seed(url: str) -> str:
    """A source's address keeps its fragment: some portals name the column there alone."""
    try:
        spelled = normalise_url(url)
    except BadAddress:
        return url
    _, mark, fragment = url.partition("#")
    return spelled + mark + fragment
