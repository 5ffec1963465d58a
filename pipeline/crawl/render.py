"""Pages that a script builds, through Chromium where it is installed, under the crawler's own manners.

The browser reaches the network through a proxy of ours alone, and the proxy fetches with the crawler's
fetcher: each request waits for its turn at the host, asks robots.txt, goes to allowed hosts and public
addresses only and has its limits. The browser is shown every page as ``http://``; the proxy puts the page's
real scheme back, so no certificate has to be forged. Pictures, styles and fonts are not fetched.

A server's challenge is a page like others: an ordinary browser, under the crawler's own name, runs its
script and asks again with the cookie that the script set. The crawl keeps that cookie for the host's other
pages. Where the server still does not show the page, it stays a challenge.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from pipeline.crawl.addresses import BadAddress, normalise_url
from pipeline.crawl.fetch import FORM_MARK, Fetcher, RobotsRules
from pipeline.crawl.fetched import Fetched
from pipeline.crawl.hosts import host_of
from pipeline.crawl.manners import HostResting
from pipeline.crawl.policy import Policy
from pipeline.crawl.robots import Robots, Verdict, robots_address
from pipeline.crawl.store import RawStore

MAX_REQUESTS = 40
"""Scripts and data that one page may ask for."""

MAX_LOOKS = 3
"""How often the browser gets the page itself: a script that asks for ever learns nothing by it."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WANTED = frozenset({"document", "script", "empty", "iframe", "frame", ""})
_MAX_HEAD = 1 << 15
_MAX_FORM = 1 << 16


def find_chromium() -> str | None:
    """Gives the path of an installed Chromium, or null."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Renderer:
    """Renders pages in a Chromium of their own, thrown away afterwards.

    Chromium keeps its sandbox: where the crawler runs as root, the browser runs as ``nobody``.
    """

    def __init__(
        self, chromium: str, store: RawStore, fetcher: Fetcher, robots: Robots, policy: Policy
    ) -> None:
        self._chromium = chromium
        self._store = store
        self._fetcher = fetcher
        self._robots = robots
        self._policy = policy

    async def render(self, fetched: Fetched) -> Fetched:
        """Gives ``fetched`` with the rendered page as its object, or with ``render_failed``; a ``challenge``
        that is not passed stays one."""
        if fetched.status == "challenge":
            return await self._pass(fetched)
        if fetched.sha256 is None:
            return fetched
        data = await asyncio.to_thread(self._store.get, fetched.sha256)
        page, _ = await self._show(fetched.final_url, self._robots, fetched, data)
        if not page or not page.strip():
            return replace(fetched, status="render_failed", detail="Chromium gave no page")
        return await self._kept(fetched, page, "rendered by Chromium")

    async def _pass(self, fetched: Fetched) -> Fetched:
        """Lets Chromium run a challenge's script; that of the host's robots.txt first, where it has one."""
        if fetched.http_status is None:
            address = robots_address(fetched.final_url)
            await self._show(address, _RobotsAlone(address))
            self._robots.forget(address)
            again = await self._fetcher.fetch(fetched.url, self._robots)
            if again.status != "challenge" or again.http_status is None:
                return again
            fetched = again
        page, last = await self._show(fetched.final_url, self._robots)
        if last is None or last.status != "ok":
            return replace(fetched, detail=f"{fetched.detail}; Chromium under our name did not pass it")
        if last.media_type != "text/html":
            return await self._fetcher.fetch(fetched.url, self._robots)
        if not page or not page.strip():
            return replace(fetched, status="render_failed", detail="Chromium gave no page")
        return await self._kept(last, page, "rendered by Chromium, which passed the server's challenge")

    async def _kept(self, fetched: Fetched, page: bytes, detail: str) -> Fetched:
        sha = await asyncio.to_thread(self._store.put, page)
        return replace(
            fetched,
            status="ok",
            detail=detail,
            sha256=sha,
            body=None,
            bytes=len(page),
            media_type="text/html",
        )

    async def _show(
        self, url: str, robots: RobotsRules, first: Fetched | None = None, data: bytes = b""
    ) -> tuple[bytes | None, Fetched | None]:
        """Gives the page at ``url`` as Chromium has it in the end, and what the server answered last when it
        was asked for it; ``data`` is the first answer where ``first`` says that it was fetched already."""
        answers = _Answers(url, self._fetcher, robots, first, data)
        with tempfile.TemporaryDirectory(prefix="yangguang-render-", ignore_cleanup_errors=True) as profile:
            async with _proxy(answers) as port:
                page = await self._dump(url, port, profile)
        return page, answers.last

    async def _dump(self, url: str, port: int, profile: str) -> bytes | None:
        user = "nobody" if os.geteuid() == 0 else None
        if user is not None:
            shutil.chown(profile, user)
        seconds = self._policy.total_seconds + MAX_REQUESTS * (self._policy.delay + 1)
        process = await asyncio.create_subprocess_exec(
            self._chromium,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,DnsOverHttps",
            "--blink-settings=imagesEnabled=false",
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
            f"--proxy-server=http://127.0.0.1:{port}",
            "--proxy-bypass-list=<-loopback>",
            f"--user-data-dir={profile}",
            f"--user-agent={self._policy.user_agent}",
            "--virtual-time-budget=10000",
            "--dump-dom",
            _with_scheme(url, "http"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            user=user,
            env={"HOME": profile, "PATH": os.environ.get("PATH", "")},
            start_new_session=True,
        )
        try:
            page, _ = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            return None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await process.wait()
        return page if len(page) <= self._policy.max_bytes else None


class _Answers:
    """What the browser gets when it asks, of one page that is shown."""

    def __init__(
        self, url: str, fetcher: Fetcher, robots: RobotsRules, first: Fetched | None, data: bytes
    ) -> None:
        self._url = url
        self._fetcher = fetcher
        self._robots = robots
        self._first = first
        self._data = data
        self._asked = 0
        self._looks = 0
        self.last: Fetched | None = None

    async def answer(self, request: str, cookies: str) -> bytes:
        """The answer to one request, as it is sent. Raises ``HostResting`` where the browser is not to have
        it, and ``BadAddress``."""
        same_host = host_of(request) == host_of(self._url)
        url = _with_scheme(request, urlsplit(self._url).scheme) if same_host else request
        if cookies:
            self._fetcher.take_cookies(url, cookies)
        is_page = normalise_url(url) == normalise_url(self._url) and FORM_MARK not in url
        if is_page and self._first is not None:
            first, self._first = self._first, None
            return self._sent(url, 200, first.headers.get("content-type", "text/html"), self._data)
        self._asked += 1
        self._looks += int(is_page)
        if self._asked > MAX_REQUESTS or self._looks > MAX_LOOKS:
            raise HostResting(host_of(url), 0)
        got = await self._fetcher.fetch(url, self._robots, keep=False)
        if is_page:
            self.last = got
        if got.body is None:
            raise HostResting(host_of(url), 0)
        return self._sent(url, got.http_status or 200, got.headers.get("content-type", ""), got.body)

    def _sent(self, url: str, code: int, media_type: str, body: bytes) -> bytes:
        cookies = (f"Set-Cookie: {name}={value}; Path=/" for name, value in self._fetcher.cookies_of(url))
        head = (
            f"HTTP/1.1 {code} Answered",
            f"Content-Type: {media_type}",
            f"Content-Length: {len(body)}",
            *cookies,
            "Connection: close",
        )
        return "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body


class _RobotsAlone:
    """Allows a host's robots.txt, which nobody has to allow, and nothing else."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def verdict(self, url: str) -> Verdict:
        return Verdict("ok" if url == self._address else "robots_denied")


@asynccontextmanager
async def _proxy(answers: _Answers) -> AsyncIterator[int]:
    """A proxy on a loopback port, which it gives, through which the browser gets ``answers`` alone."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read_request(reader)
            if request is None:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            writer.write(await answers.answer(*request))
            await writer.drain()
        except (HostResting, BadAddress):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=_MAX_HEAD)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str] | None:
    """Gives the address that the browser asks for, a form with ``#form=``, and its cookies; null where it is
    not to have it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, _, rest = head.partition(" ")
    url = rest.partition(" ")[0]
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
    }
    if fields.get("sec-fetch-dest", "") not in _WANTED or not url.startswith("http://"):
        return None
    cookies = fields.get("cookie", "")
    if method == "GET":
        return url, cookies
    length = fields.get("content-length", "")
    if method != "POST" or "urlencoded" not in fields.get("content-type", "") or not length.isdigit():
        return None
    if int(length) > _MAX_FORM:
        return None
    form = (await reader.readexactly(int(length))).decode("ascii", "replace")
    return url + FORM_MARK + re.sub(r"[^\x21-\x7e]", "", form), cookies


def _with_scheme(url: str, scheme: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=scheme))
