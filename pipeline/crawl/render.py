"""Pages that a script builds, through Chromium where it is installed."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.crawl.fetch import Fetched
from pipeline.crawl.hosts import host_of
from pipeline.crawl.manners import Turns
from pipeline.crawl.policy import Policy
from pipeline.crawl.store import RawStore

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell")
_SCRIPT_SECONDS = 10


def find_chromium() -> str | None:
    """Gives the path of an installed Chromium, or null."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Renderer:
    """Renders a page in a Chromium of its own, thrown away afterwards.

    The page was fetched before, so its host is allowed, its robots.txt asked and its machine checked. The
    browser may look up no other host: whatever else the page names stays unanswered. The whole rendering is
    one turn at the host.
    """

    def __init__(self, chromium: str, store: RawStore, turns: Turns, policy: Policy) -> None:
        self._chromium = chromium
        self._store = store
        self._turns = turns
        self._policy = policy

    async def render(self, fetched: Fetched) -> Fetched:
        """Gives ``fetched`` with the rendered page as its object, or with ``render_failed``."""
        host = host_of(fetched.final_url)
        with tempfile.TemporaryDirectory(prefix="yangguang-render-") as profile:
            async with self._turns.turn(host, self._policy.delay, self._policy.total_seconds + 30):
                page = await self._dump(fetched.final_url, host, profile)
        if page is None or not page.strip():
            return replace(fetched, status="render_failed", detail="Chromium gave no page", sha256=None, bytes=None)
        sha = await asyncio.to_thread(self._store.put, page)
        return replace(fetched, status="ok", detail="rendered by Chromium", sha256=sha, bytes=len(page),
                       media_type="text/html")

    async def _dump(self, url: str, host: str, profile: str) -> bytes | None:
        port = urlsplit(url).port
        process = await asyncio.create_subprocess_exec(
            self._chromium, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-sync", "--no-proxy-server", "--blink-settings=imagesEnabled=false",
            f"--user-data-dir={profile}", f"--user-agent={self._policy.user_agent}",
            f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}" + (f":{port}" if port else ""),
            f"--virtual-time-budget={_SCRIPT_SECONDS * 1000}", "--dump-dom", url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        try:
            page, _ = await asyncio.wait_for(process.communicate(), self._policy.total_seconds)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return page if process.returncode == 0 and len(page) <= self._policy.max_bytes else None
