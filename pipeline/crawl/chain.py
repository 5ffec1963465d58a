"""Receipts hang together: each holds a hash over what it says and over the hash of the one before, so that one
that was changed, and one that is gone, shows."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pipeline.crawl.receipt import COLUMNS

_ROWS = f"SELECT seq, chain, {', '.join(COLUMNS)} FROM receipt ORDER BY seq"


def link(before: str, values: Sequence[Any]) -> str:
    """The hash of a receipt, from that of the one before and its columns in the order of ``COLUMNS``: 32 hex
    digits."""
    said = json.dumps([before, *values], ensure_ascii=True, default=repr)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def last_link(db: sqlite3.Connection) -> str:
    """The hash of the last receipt; empty where there is none."""
    row = db.execute("SELECT chain FROM receipt ORDER BY seq DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def join_up(db: sqlite3.Connection) -> None:
    """Give every receipt its hash anew: of a store from before there were any, and after some were taken out."""
    before = ""
    for seq, _, *values in db.execute(_ROWS).fetchall():
        before = link(before, values)
        db.execute("UPDATE receipt SET chain = ? WHERE seq = ?", (before, seq))


def broken(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """The receipts, by number and address, that do not say what they were written with, or before which one is
    gone."""
    before = ""
    for seq, chain, *values in db.execute(_ROWS):
        if chain != link(before, values):
            yield seq, str(values[COLUMNS.index("url")])
        before = str(chain)


def take_out(db: sqlite3.Connection, numbers: Collection[int]) -> None:
    """Remove receipts, and join up what is left."""
    db.executemany("DELETE FROM receipt WHERE seq = ?", [(n,) for n in numbers])
    join_up(db)
