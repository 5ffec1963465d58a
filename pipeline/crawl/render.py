"""Pages that a script builds, through Chromium where it is installed, under the crawler's own manners.

The browser reaches the network through a proxy of ours alone, and the proxy fetches with the crawler's
fetcher: each request waits for its turn at the host, asks robots.txt, goes to allowed hosts and public
addresses only and has its limits. The browser is shown every page as ``http://``; the proxy puts the page's
real scheme back, so no certificate has to be forged. Pictures, styles and fonts are not fetched.
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
from pipeline.crawl.fetch import FORM_MARK, Fetched, Fetcher
from pipeline.crawl.hosts import host_of
from pipeline.crawl.manners import HostResting
from pipeline.crawl.policy import Policy
from pipeline.crawl.robots import Robots
from pipeline.crawl.store import RawStore

MAX_REQUESTS = 40
"""Scripts and data that one page may ask for."""

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
        """Gives ``fetched`` with the rendered page as its object, or with ``render_failed``."""
        if fetched.sha256 is None:
            return fetched
        data = await asyncio.to_thread(self._store.get, fetched.sha256)
        with tempfile.TemporaryDirectory(prefix="yangguang-render-", ignore_cleanup_errors=True) as profile:
            async with self._proxy(fetched, data) as port:
                page = await self._dump(fetched.final_url, port, profile)
        if not page or not page.strip():
            return replace(fetched, status="render_failed", detail="Chromium gave no page")
        sha = await asyncio.to_thread(self._store.put, page)
        return replace(
            fetched,
            status="ok",
            detail="rendered by Chromium",
            sha256=sha,
            bytes=len(page),
            media_type="text/html",
        )

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

    @asynccontextmanager
    async def _proxy(self, fetched: Fetched, data: bytes) -> AsyncIterator[int]:
        asked = 0

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal asked
            try:
                request = await _read_request(reader)
                if request is None:
                    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                url = (
                    _with_scheme(request, urlsplit(fetched.final_url).scheme)
                    if (host_of(request) == host_of(fetched.final_url))
                    else request
                )
                media_type, body = fetched.headers.get("content-type", "text/html"), data
                if normalise_url(url) != normalise_url(fetched.final_url) or FORM_MARK in url:
                    asked += 1
                    if asked > MAX_REQUESTS:
                        raise HostResting(host_of(url), 0)
                    got = await self._fetcher.fetch(url, self._robots, keep=False)
                    media_type, body = got.headers.get("content-type", ""), got.body or b""
                    if got.status != "ok":
                        raise HostResting(host_of(url), 0)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
                writer.write(head.encode("latin-1", "replace") + b"Connection: close\r\n\r\n" + body)
                await writer.drain()
            except (HostResting, BadAddress):
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                return
            finally:
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=_MAX_HEAD)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()


async def _read_request(reader: asyncio.StreamReader) -> str | None:
    """Gives the address that the browser asks for, a form with ``#form=``; null where it is not to have
    it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, _, rest = head.partition(" ")
    url = rest.partition(" ")[0]
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
    }
    if fields.get("sec-fetch-dest", "") not in _WANTED or not url.startswith("http://"):
        return None
    if method == "GET":
        return url
    length = fields.get("content-length", "")
    if method != "POST" or "urlencoded" not in fields.get("content-type", "") or not length.isdigit():
        return None
    if int(length) > _MAX_FORM:
        return None
    form = (await reader.readexactly(int(length))).decode("ascii", "replace")
    return url + FORM_MARK + re.sub(r"[^\x21-\x7e]", "", form)


def _with_scheme(url: str, scheme: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=scheme))
