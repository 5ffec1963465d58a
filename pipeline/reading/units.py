"""What is read together: an article with the files that belong to it, from the receipts of the raw store.

Of crawled pages the receipts say so (``rule`` and ``referrer``); of local files and members of archives the page
names files that lie beside it. What a page names is noted in the index of kept readings, so that it is looked at
once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipeline.reading.named_files import (
    MAX_LINKED,
    MAX_PICTURES,
    Attachment,
    Named,
    folder_of,
    named_files,
    own_name,
    pair_named,
)

if TYPE_CHECKING:
    from pipeline.crawl import RawStore
    from pipeline.reading.kept import Kept

MEMBER = "archive_member"
_CRAWLED = f"""
WITH page AS (
    SELECT url, sha256 FROM doc WHERE rule NOT IN ('attachment', 'picture', '{MEMBER}')
    UNION SELECT final_url, sha256 FROM doc WHERE rule NOT IN ('attachment', 'picture', '{MEMBER}')
), linked AS (
    SELECT p.sha256 AS article, r.* FROM doc r JOIN page p ON p.url = r.referrer
    WHERE r.rule IN ('attachment', 'picture') AND r.referrer <> ''
), found AS (
    SELECT article, n, 0 AS k, sha256, linked_name(file_name, url) AS name, rule = 'picture' AS shown FROM linked
    UNION ALL
    SELECT l.article, l.n, m.n, m.sha256, own_name(m.url), 0 FROM linked l JOIN doc m ON m.referrer = l.url
    WHERE m.rule = '{MEMBER}'
)
INSERT INTO part SELECT article, row_number() OVER (ORDER BY article, n, k), sha256, name, shown FROM found
"""
_TOGETHER = f"""
SELECT folder_of(url) AS folder, n, url, sha256 FROM doc WHERE rule IN ('local_file', '{MEMBER}') ORDER BY folder, n
"""
_PARTS = """
SELECT p.article, p.sha256, p.name, p.shown, p.sha256 IN (SELECT article FROM part) FROM part p ORDER BY p.article, p.place
"""


class Part(NamedTuple):
    """A file of a unit: its hash, the name that the article knows it by, and whether the article shows it as
    a picture."""

    sha256: str
    name: str
    shown: bool


def scratch_functions(db: sqlite3.Connection) -> None:
    """What the statements of ``fill_units`` call."""
    db.create_function("own_name", 1, own_name, deterministic=True)
    db.create_function("folder_of", 1, folder_of, deterministic=True)
    db.create_function(
        "linked_name", 2, lambda name, url: name or own_name(url.split("?")[0]), deterministic=True
    )


def fill_units(db: sqlite3.Connection, store: RawStore, kept: Kept) -> None:
    """Fill ``unit`` and ``member`` of a scratch database (``plan``) from its ``doc``."""
    db.execute("BEGIN")
    db.execute(
        "CREATE INDEX doc_by_referrer ON doc (referrer) WHERE rule IN ('attachment', 'picture', 'archive_member')"
    )
    db.execute(_CRAWLED)
    last = db.execute("SELECT coalesce(max(place), 0) FROM part").fetchone()[0]
    for _, rows in groupby(db.execute(_TOGETHER), key=lambda row: str(row[0])):
        held = {str(n): (str(url), str(sha)) for _, n, url, sha in rows}
        for page, files in _paired(store, kept, held).items():
            for file in files:
                last += 1
                url, sha = held[file.key]
                db.execute(
                    "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
                    (held[page][1], last, sha, own_name(url), file.shown),
                )
    db.execute("CREATE INDEX part_by_article ON part (article, place)")
    for article, parts in _units(db):
        facts = "\n".join(f"{p.sha256} {p.name} {p.shown}" for p in parts)
        key = hashlib.sha256(f"{article}\n{facts}".encode()).hexdigest()[:32]
        db.execute("INSERT INTO unit VALUES (?, ?)", (article, key))
        db.executemany(
            "INSERT INTO member VALUES (?, ?, ?, ?, ?)", [(article, n, *part) for n, part in enumerate(parts)]
        )
    db.execute("COMMIT")
    kept.keep_named()


def _paired(
    store: RawStore, kept: Kept, held: dict[str, tuple[str, str]]
) -> dict[str, tuple[Attachment, ...]]:
    """Which files of a folder belong to which page; ``held`` gives path and hash of each."""

    def named_of(key: str) -> Named:
        return _named(store, kept, held[key][1])

    return pair_named({key: path for key, (path, _) in held.items()}, named_of)


def _units(db: sqlite3.Connection) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Articles with the files that belong to them. A file that is an article itself belongs to none; an article
    that links too many is a list."""
    for article, rows in groupby(db.execute(_PARTS), key=lambda row: str(row[0])):
        own = {p.sha256: p for p in _taken(article, rows) if p}
        parts = tuple(sorted(own.values(), key=lambda p: (p.name, p.sha256)))
        if parts and sum(not p.shown for p in parts) <= MAX_LINKED:
            yield article, parts


def _taken(article: str, rows: Iterable[tuple[str, str, str, int, int]]) -> Iterator[Part]:
    seen: set[str] = set()
    pictures = 0
    for _, sha, name, shown, is_article in rows:
        if sha == article or sha in seen or (shown and pictures >= MAX_PICTURES):
            continue
        seen.add(sha)
        pictures += bool(shown)
        if not is_article:
            yield Part(sha, name, bool(shown))


def _named(store: RawStore, kept: Kept, sha: str) -> Named:
    """The files that a page names, looked at once."""
    held = kept.named(sha)
    if held is not None:
        linked, shown = json.loads(held)
        return Named(frozenset(linked), frozenset(shown))
    if not store.has(sha):
        return Named(frozenset(), frozenset())  # its reading tells that it is not there
    found = named_files(store.get(sha))
    kept.add_named(sha, json.dumps([sorted(found.linked), sorted(found.shown)], ensure_ascii=False))
    return found
