"""robots.txt, as RFC 9309 says: who answers "no such file" allows all, who does not answer allows nothing."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from protego import Protego

from pipeline.crawl.frontier import Frontier

MAX_ROBOTS_BYTES = 500 << 10
"""RFC 9309, 2.5: at least this much of the file is read; the rest is left."""

UNREACHABLE_KEEP_SECONDS = 600.0
"""How long a robots.txt that could not be reached forbids a host before the same run asks again."""


class RobotsAnswer(NamedTuple):
    """What asking for a robots.txt gave: ``read`` with its bytes, ``unavailable`` (4xx) or ``unreachable``
    (5xx, no answer, a redirect that leads where the crawler may not go) with the status that says why."""

    status: str
    body: bytes = b""
    cause: str = ""


class Verdict(NamedTuple):
    """Whether a page may be fetched, and the pause in seconds that the host asks for (0 if none).

    ``status`` is ``ok``, ``robots_denied``, ``robots_unreachable``, or why no machine could be asked at all
    (``refused_address``, ``no_such_host``, ``tls_failed``, ``connect_failed``, ``timeout``, ...), or
    ``challenge`` where the host shows its robots.txt only to a browser that has run a script.
    """

    status: str
    crawl_delay: float = 0.0


class Robots:
    """Verdicts by origin. ``fetch`` gets a robots.txt address and gives the answer; files are kept in the
    frontier for ``keep_seconds``, so that a run that was killed does not ask again; that one could not be
    reached is kept for the run alone."""

    def __init__(
        self,
        frontier: Frontier,
        fetch: Callable[[str], Awaitable[RobotsAnswer]],
        *,
        user_agent: str,
        keep_seconds: float,
    ) -> None:
        self._frontier = frontier
        self._fetch = fetch
        self._agent = user_agent.split("/")[0]
        self._keep_seconds = keep_seconds
        self._rules: dict[str, tuple[float, str, Protego | None]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def verdict(self, url: str) -> Verdict:
        """Tells whether ``url`` may be fetched; asks the host for its robots.txt where none is kept."""
        origin = _origin(url)
        async with self._locks[origin]:
            expires, status, rules = self._rules.get(origin, (0.0, "", None))
            if expires <= time.time():
                expires, status, rules = await self._read(origin)
                self._rules[origin] = (expires, status, rules)
        if status != "ok":
            return Verdict(status)
        if rules is None:
            return Verdict("ok")
        delay = float(rules.crawl_delay(self._agent) or 0.0)
        rate = rules.request_rate(self._agent)
        if rate is not None and rate.requests:
            delay = max(delay, rate.seconds / rate.requests)
        return Verdict("ok" if rules.can_fetch(url, self._agent) else "robots_denied", delay)

    def forget(self, url: str) -> None:
        """Lets the robots.txt of the address's host be asked for again."""
        self._rules.pop(_origin(url), None)

    async def _read(self, origin: str) -> tuple[float, str, Protego | None]:
        kept = self._frontier.robots(origin)
        if kept is None or kept[0] + self._keep_seconds <= time.time():
            answer = await self._fetch(robots_address(origin))
            if answer.status == "unreachable":
                return (time.time() + UNREACHABLE_KEEP_SECONDS, answer.cause or "robots_unreachable", None)
            body = answer.body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").replace("\0", "")
            kept = (time.time(), answer.status, body)
            await asyncio.to_thread(self._frontier.keep_robots, origin, *kept)
        read_at, status, body = kept
        return (read_at + self._keep_seconds, "ok", Protego.parse(body) if status == "read" else None)


def robots_address(url: str) -> str:
    """Where the robots.txt of the address's host lies."""
    return _origin(url) + "/robots.txt"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
