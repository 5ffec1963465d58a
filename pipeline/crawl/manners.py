"""Turns at a host: one request at a time and a pause between, held across threads, tasks and processes.

The book of turns is a small SQLite file in the raw store that every crawler of one home shares. It holds no
data worth keeping, so it is not synced to disk. A turn taken by a process that was killed is given back as
soon as somebody finds that process gone.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS host (
    host TEXT PRIMARY KEY, owner TEXT, held_until REAL NOT NULL DEFAULT 0,
    ready_at REAL NOT NULL DEFAULT 0, pause REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS source_claim (source_id TEXT PRIMARY KEY, owner TEXT NOT NULL);
"""


class HostResting(Exception):
    """The host is to be left alone for ``seconds``, longer than a run waits; it may have ``asked`` for more
    than is granted."""

    def __init__(self, host: str, seconds: float, asked: float | None = None) -> None:
        more = f"; it asked for {asked:.0f} s, which is more than is granted" if asked else ""
        super().__init__(f"{host} is to be left alone for {seconds:.0f} s{more}")
        self.host = host
        self.seconds = seconds


class Turns:
    """Hands out turns at hosts and claims on sources, shared through the file at ``path``.

    ``max_wait`` (seconds): where a turn is further off than that, ``HostResting`` is raised instead.
    """

    def __init__(self, path: Path, *, max_wait: float = 600.0) -> None:
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        for statement in filter(str.strip, _SCHEMA.split(";")):
            self._db.execute(statement)
        # Two crawls of one process share its id; the object's own number tells them apart.
        self._owner = f"{_process_id()}#{id(self):x}-{time.monotonic_ns():x}"
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._max_wait = max_wait
        with _LIVE_LOCK:
            _LIVE_OWNERS.add(self._owner)

    def close(self) -> None:
        """Gives back every turn and claim and closes the book."""
        self._db.execute("UPDATE host SET owner = NULL, held_until = 0 WHERE owner = ?", (self._owner,))
        self._db.execute("DELETE FROM source_claim WHERE owner = ?", (self._owner,))
        self._db.close()
        with _LIVE_LOCK:
            _LIVE_OWNERS.discard(self._owner)

    @asynccontextmanager
    async def turn(self, host: str, pause: float, hold: float) -> AsyncIterator[None]:
        """Waits for a turn at ``host`` and holds it for the body.

        The next turn at that host, whoever takes it, comes ``pause`` seconds after the body's end at the
        earliest. ``hold`` (seconds) bounds how long the body may take before others, who cannot see whether
        this process lives, may pass. Raises ``HostResting``.
        """
        async with self._locks[host]:
            while (wait := self._take(host, pause, hold)) > 0:
                if wait > self._max_wait:
                    raise HostResting(host, wait)
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                ready_at = time.time() + pause
                self._db.execute(
                    """UPDATE host SET owner = NULL, held_until = 0,
                         pause = CASE WHEN ? > ready_at THEN ? ELSE pause END, ready_at = max(ready_at, ?)
                       WHERE host = ? AND owner = ?""",
                    (ready_at, pause, ready_at, host, self._owner),
                )

    def rest(self, host: str, seconds: float) -> None:
        """Lets nobody have a turn at ``host`` for the next ``seconds``."""
        ready_at = time.time() + seconds
        self._db.execute(
            """INSERT INTO host (host, ready_at, pause) VALUES (?, ?, ?)
               ON CONFLICT (host) DO UPDATE SET
                 pause = CASE WHEN excluded.ready_at > ready_at THEN excluded.pause ELSE pause END,
                 ready_at = max(ready_at, excluded.ready_at)""",
            (host, ready_at, seconds),
        )

    def claim_sources(self, source_ids: Iterable[str]) -> frozenset[str]:
        """Claims those of the sources that no living crawler has claimed, until ``close``; gives them."""
        claimed = set()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for source_id in source_ids:
                row = self._db.execute(
                    "SELECT owner FROM source_claim WHERE source_id = ?", (source_id,)
                ).fetchone()
                if row is None or row[0] == self._owner or _is_gone(row[0]):
                    self._db.execute(
                        "INSERT OR REPLACE INTO source_claim VALUES (?, ?)", (source_id, self._owner)
                    )
                    claimed.add(source_id)
        finally:
            self._db.execute("COMMIT")
        return frozenset(claimed)

    def _take(self, host: str, pause: float, hold: float) -> float:
        """Takes the turn and gives 0, or gives how long to wait before asking again."""
        now = time.time()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            row = self._db.execute(
                "SELECT owner, held_until, ready_at, pause FROM host WHERE host = ?", (host,)
            ).fetchone()
            owner, held_until, ready_at, last_pause = row or (None, 0.0, 0.0, 0.0)
            if owner is not None and owner != self._owner:
                if not _is_gone(owner) and now < held_until:
                    return max(0.005, min(0.25, pause / 4))
                # The holder is gone, perhaps with a request just sent: a whole pause from now.
                self._db.execute(
                    "UPDATE host SET owner = NULL, ready_at = max(ready_at, ?), pause = ? WHERE host = ?",
                    (now + pause, pause, host),
                )
                return max(pause, 0.001)
            if ready_at - now > last_pause:
                # The clock was set back: no pause becomes longer than it was meant to be.
                ready_at = now + last_pause
                self._db.execute("UPDATE host SET ready_at = ? WHERE host = ?", (ready_at, host))
            if ready_at > now:
                return float(ready_at - now)
            self._db.execute(
                """INSERT INTO host (host, owner, held_until, ready_at, pause) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (host) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until,
                     ready_at = excluded.ready_at, pause = excluded.pause""",
                (host, self._owner, now + hold, now + pause, pause),
            )
            return 0.0
        finally:
            self._db.execute("COMMIT")


_LIVE_LOCK = threading.Lock()
_LIVE_OWNERS: set[str] = set()


def _process_id() -> str:
    return _describe_process(os.getpid())


@lru_cache(maxsize=8)
def _describe_process(pid: int) -> str:
    return f"{_machine()}/{pid}/{_started(pid)}"


def _is_gone(owner: str) -> bool:
    """Tells whether the owner's process is known to be gone; one of another machine never is."""
    process, _, _ = owner.partition("#")
    machine, pid, started = process.rsplit("/", 2)
    if process == _process_id():
        with _LIVE_LOCK:
            return owner not in _LIVE_OWNERS
    if machine == _machine():
        return _started(int(pid)) != started
    name, _, boot = machine.partition("~")[0].partition("@")
    own_name, _, own_boot = _machine().partition("~")[0].partition("@")
    return name == own_name and boot != own_boot


@lru_cache(maxsize=1)
def _machine() -> str:
    """This machine, its boot and its process namespace: ``name@boot~namespace``."""
    return f"{os.uname().nodename}@{_read('/proc/sys/kernel/random/boot_id')}~{_namespace()}"


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When the process was started, as the kernel counts it; empty where there is no such process."""
    status = _read(f"/proc/{pid}/stat")
    if status:
        fields = status.rpartition(")")[2].split()
        return "" if fields[0] in ("Z", "X") else fields[19]
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "alive"
    return "alive"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
