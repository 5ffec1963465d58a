"""One page over HTTP: redirects by hand, limits, retries, manners. Everything that can happen is a status."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import stamina

from pipeline.crawl.addresses import BadAddress, RefusedAddress, Resolver, normalise_url
from pipeline.crawl.answers import (
    TLS_HINT,
    Reply,
    file_name_of,
    headers_of,
    location_of,
    reply_of_error,
    retry_after_seconds,
)
from pipeline.crawl.fetched import Fetched
from pipeline.crawl.hosts import host_of, is_allowed_host
from pipeline.crawl.manners import HostResting, Turns
from pipeline.crawl.media import media_type_of, media_type_of_name
from pipeline.crawl.policy import Policy
from pipeline.crawl.robots import MAX_ROBOTS_BYTES, RobotsAnswer, Verdict
from pipeline.crawl.store import RawStore
from pipeline.crawl.transport import BodyBroken, BodyTooLarge, Client, UnknownEncoding, Unpacker

FORM_MARK = "#form="
"""``url#form=a=1&b=2`` is asked for by POST with that form; a fragment is never sent, so it can carry it."""

UNANSWERED = frozenset({"no_such_host", "connect_failed", "timeout", "broken_connection"})
"""Statuses of a host that gives no answer at all."""

_NOBODY_THERE = UNANSWERED | {"refused_address", "tls_failed"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 521, 522, 523, 524})

# stamina reports each retry through whatever logging it finds, which may be standard output; a crawl's
# retries
# show in its receipts.
stamina.instrumentation.set_on_retry_hooks(())


_CHALLENGES = frozenset({202, 412, 521})
"""What the usual guards of governments' sites answer until a browser has run their script."""
_CHALLENGED = "the server answered {}, as guards of such sites do until a browser has run their script"


_WHY = {
    "robots_denied": "the host's robots.txt forbids it",
    "robots_unreachable": "the host's robots.txt could not be asked for",
    "tls_failed": f"the host's certificate or its TLS is not trusted; {TLS_HINT}",
    "challenge": "the host shows its robots.txt only to a browser that has run a script",
}


class RobotsRules(Protocol):
    """Whoever says what may be fetched: ``Robots``."""

    async def verdict(self, url: str) -> Verdict:
        """Whether the address may be fetched."""


class _Again(Exception):
    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Fetcher:
    """Fetches pages into ``store``, one request at a time per host.

    ``allowed_hosts`` beside those under gov.cn; ``insecure_hosts`` may show any certificate. ``resolver``
    looks names up.
    """

    def __init__(
        self,
        store: RawStore,
        turns: Turns,
        policy: Policy,
        resolver: Resolver,
        *,
        allowed_hosts: Collection[str],
        insecure_hosts: Collection[str] = (),
    ) -> None:
        self._store = store
        self._turns = turns
        self._policy = policy
        self._resolver = resolver
        self._allowed_hosts = allowed_hosts
        self._insecure_hosts = insecure_hosts
        self._cookies = httpx.Cookies()
        self._client = Client(policy, resolver, self._cookies)
        self._insecure_client: Client | None = None
        self._bad_tls: set[str] = set()
        self._slots = asyncio.Semaphore(policy.requests_at_once)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()
        if self._insecure_client is not None:
            await self._insecure_client.close()

    async def fetch(
        self,
        url: str,
        robots: RobotsRules,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        keep: bool = True,
        looked_at: Callable[[str], Fetched | None] = lambda _: None,
    ) -> Fetched:
        """Fetches one address and keeps what it gives (with ``keep`` false: gives its ``body``); never raises
        for what a server does.

        With ``etag`` or ``last_modified`` of an object that is still kept, an unchanged page gives
        ``not_modified``. What ``looked_at`` gives of an address that a redirect leads to is not asked for
        again. Raises ``HostResting`` where the host asks for a longer pause than a run waits.
        """
        conditions = {
            name: value
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
            if value
        }
        here, seen, requests = url, [url], 0
        insecure = False
        while True:
            refusal = self._refusal(here)
            pause = self._policy.delay
            if refusal is None:
                verdict = await robots.verdict(here)
                pause = max(pause, verdict.crawl_delay)
                if verdict.status != "ok":
                    refusal = Reply(verdict.status, _WHY.get(verdict.status, _WHY["robots_unreachable"]))
            if refusal is not None:
                return self._fetched(url, seen, refusal, requests, insecure)
            reply, sent = await self._ask_again(here, conditions, pause, self._policy.max_bytes, keep=keep)
            requests += sent
            insecure = insecure or reply.insecure_tls
            if reply.status != "redirect":
                return self._fetched(url, seen, reply, requests, insecure)
            problem, here = self._next_hop(here, seen, reply)
            if problem is not None:
                return self._fetched(url, seen, problem, requests, insecure)
            seen.append(here)
            if (look := looked_at(here)) is not None:
                redirects = (*seen[1:], *look.redirects)
                return replace(look, url=url, redirects=redirects, requests=requests)

    def cookies_of(self, url: str) -> list[tuple[str, str]]:
        """Names and values of the cookies that a request for ``url`` would bring back."""
        request = httpx.Request("GET", url)
        self._cookies.set_cookie_header(request)
        pairs = (pair.partition("=") for pair in request.headers.get("cookie", "").split("; ") if pair)
        return [(name, value) for name, _, value in pairs]

    def take_cookies(self, url: str, header: str) -> None:
        """Keeps what a browser would bring back to the host of ``url`` (a ``Cookie`` header), for all of that
        host's pages in this crawl."""
        known = dict(self.cookies_of(url))
        for name, mark, value in (pair.strip().partition("=") for pair in header.split(";")):
            if mark and known.get(name) != value:
                self._cookies.set(name, value, domain=host_of(url), path="/")

    async def fetch_robots(self, url: str) -> RobotsAnswer:
        """Asks for a robots.txt; what its redirects lead to counts where the crawler may go there."""
        here, seen = url, [url]
        while True:
            if self._refusal(here) is not None:
                return RobotsAnswer("unreachable")
            reply, _ = await self._ask_again(here, {}, self._policy.delay, MAX_ROBOTS_BYTES * 8, keep=False)
            if reply.status == "redirect":
                problem, here = self._next_hop(here, seen, reply)
                if problem is not None:
                    return RobotsAnswer("unavailable" if problem.status != "bad_redirect" else "unreachable")
                seen.append(here)
                continue
            if reply.status == "ok" and reply.body is not None:
                return RobotsAnswer("read", reply.body)
            code = reply.http_status
            if code is not None and 400 <= code < 500 and code != 429:
                return RobotsAnswer("unavailable")
            if reply.status == "too_large":
                return RobotsAnswer("unavailable")
            known = reply.status in _NOBODY_THERE or reply.status == "challenge"
            return RobotsAnswer("unreachable", cause=reply.status if known else "")

    def _refusal(self, url: str) -> Reply | None:
        host = host_of(url)
        if urlsplit(url).scheme not in ("http", "https"):
            return Reply("refused_scheme", "only http and https are fetched")
        if not is_allowed_host(host, self._allowed_hosts):
            return Reply("refused_host", f"{host} is neither under gov.cn nor in the registry")
        return None

    def _next_hop(self, here: str, seen: list[str], reply: Reply) -> tuple[Reply | None, str]:
        try:
            target = normalise_url(reply.location, here)
        except BadAddress as error:
            return replace(reply, status="bad_redirect", detail=str(error)), here
        sets_cookie = target == here and "set-cookie" in reply.headers
        if sets_cookie and seen.count(here) > 1:  # one that only wants its cookie back was asked once more
            return replace(
                reply, status="challenge", detail=_CHALLENGED.format("with a redirect to itself")
            ), here
        if target in seen and not sets_cookie:
            return replace(reply, status="redirect_loop", detail=f"{here} leads back to {target}"), here
        if len(seen) > self._policy.max_redirects:
            detail = f"more than {self._policy.max_redirects} redirects"
            return replace(reply, status="redirect_loop", detail=detail), here
        return None, target

    def _fetched(self, url: str, seen: list[str], reply: Reply, requests: int, insecure: bool) -> Fetched:
        name = file_name_of(reply.headers, seen[-1])
        media_type = media_type_of(reply.headers.get("content-type"), seen[-1]) if reply.headers else ""
        if media_type == "application/octet-stream" and name:
            media_type = media_type_of_name(name)
        return Fetched(
            url=url,
            final_url=seen[-1],
            status=reply.status,
            detail=reply.detail,
            http_status=reply.http_status,
            redirects=tuple(seen[1:]),
            headers=reply.headers,
            media_type=media_type,
            sha256=reply.sha256,
            body=reply.body,
            bytes=reply.size,
            file_name=name,
            insecure_tls=insecure,
            requests=requests,
        )

    async def _ask_again(
        self, url: str, conditions: Mapping[str, str], pause: float, max_bytes: int, *, keep: bool = True
    ) -> tuple[Reply, int]:
        """Asks, and asks again with growing pauses where that may help; gives the last reply and the count
        of requests. Raises ``HostResting``."""
        policy, requests = self._policy, 0
        try:
            async for attempt in stamina.retry_context(
                on=_wait_before_next,
                attempts=policy.attempts,
                timeout=None,
                wait_initial=policy.backoff_initial,
                wait_max=policy.backoff_max,
                wait_jitter=policy.backoff_initial,
            ):
                with attempt:
                    reply = await self._ask(url, conditions, pause, max_bytes, keep=keep)
                    requests += 1
                    if (asked := reply.retry_after) is not None:
                        rest = min(asked, policy.max_demand)
                        self._turns.rest(host_of(url), rest)
                        if rest > policy.max_pause:
                            raise HostResting(host_of(url), rest, asked if asked > rest else None)
                    if reply.again:
                        raise _Again(reply)
                    return reply, requests
        except _Again as given_up:
            return given_up.reply, requests
        raise AssertionError("the retries ended without a reply")

    async def _ask(
        self, url: str, conditions: Mapping[str, str], pause: float, max_bytes: int, *, keep: bool
    ) -> Reply:
        """Sends one request when it is our turn."""
        host = host_of(url)
        insecure = host in self._bad_tls
        async with self._turns.turn(host, pause, self._policy.total_seconds + 30), self._slots:
            reply = await self._send(url, conditions, max_bytes, insecure=insecure, keep=keep)
        if reply.status == "tls_failed" and not insecure and host in self._insecure_hosts:
            self._bad_tls.add(host)
            return await self._ask(url, conditions, pause, max_bytes, keep=keep)
        return reply

    async def _send(
        self, url: str, conditions: Mapping[str, str], max_bytes: int, *, insecure: bool, keep: bool
    ) -> Reply:
        client = self._client
        if insecure:
            self._insecure_client = self._insecure_client or Client(
                self._policy, self._resolver, self._cookies, insecure=True
            )
            client = self._insecure_client
        address, _, form = url.partition(FORM_MARK)
        content = form.encode("ascii", "ignore") if form else None
        headers = (
            dict(conditions)
            if content is None
            else {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        )
        try:
            async with (
                asyncio.timeout(self._policy.total_seconds),
                client.stream(address.partition("#")[0], headers, content) as response,
            ):
                reply = await self._receive(response, max_bytes, keep=keep)
        except RefusedAddress as error:
            reply = Reply("refused_address", str(error))
        except BodyTooLarge as error:
            reply = Reply("too_large", str(error), 200)
        except UnknownEncoding as error:
            reply = Reply("unknown_encoding", str(error), 200)
        except BodyBroken as error:
            reply = Reply("truncated", str(error), 200, again=True)
        except TimeoutError:
            reply = Reply("timeout", f"no whole answer in {self._policy.total_seconds:g} s", again=True)
        except httpx.HTTPError as error:
            reply = reply_of_error(error)
        except (httpx.InvalidURL, UnicodeError) as error:
            reply = Reply("bad_address", str(error))
        return replace(reply, insecure_tls=insecure)

    async def _receive(self, response: httpx.Response, max_bytes: int, *, keep: bool) -> Reply:
        code, headers = response.status_code, headers_of(response)
        if code in _REDIRECTS and headers.get("location"):
            return Reply("redirect", http_status=code, headers=headers, location=location_of(response))
        if code == 304:
            return Reply("not_modified", http_status=code, headers=headers)
        if code != 200:
            wait = retry_after_seconds(headers.get("retry-after")) if code in (429, 503) else None
            if code in _CHALLENGES:
                shown = None if keep else await _body(response, headers, max_bytes)
                again = "set-cookie" in headers
                return Reply("challenge", _CHALLENGED.format(code), code, headers, body=shown, again=again)
            return Reply(
                f"http_{code}",
                f"the server answered {code}",
                code,
                headers,
                again=code in _AGAIN,
                retry_after=wait,
            )
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > max_bytes:
            return Reply(
                "too_large", f"{length} bytes are announced, {max_bytes} are the limit", code, headers
            )
        if not keep:
            shown = await _body(response, headers, max_bytes)
            return Reply("ok", http_status=code, headers=headers, body=shown)
        unpacker = Unpacker(headers.get("content-encoding", ""), max_bytes)
        with self._store.open_writer() as writer:
            async for sent in response.aiter_raw():
                for piece in unpacker.unpack(sent):
                    writer.write(piece)
            unpacker.finish()
            sha, size = await asyncio.to_thread(writer.keep)
        return Reply("ok", http_status=code, headers=headers, sha256=sha, size=size)


async def _body(response: httpx.Response, headers: Mapping[str, str], max_bytes: int) -> bytes:
    unpacker = Unpacker(headers.get("content-encoding", ""), max_bytes)
    pieces = [piece async for sent in response.aiter_raw() for piece in unpacker.unpack(sent)]
    unpacker.finish()
    return b"".join(pieces)


def _wait_before_next(error: Exception) -> bool | float:
    """stamina's question: again, and after how many seconds where the server named them?"""
    if not isinstance(error, _Again):
        return False
    return True if error.reply.retry_after is None else error.reply.retry_after
