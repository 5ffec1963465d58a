"""Real HTTP servers on loopback addresses, which write down every request and when it began and ended."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.crawl.policy import Policy
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore

REPORT_TEXT = "一、总体情况。本机关按照要求编制本报告，列出数据的统计期限。" * 30


@dataclass
class Request:
    host: str
    path: str
    method: str
    began: float
    headers: dict[str, str]
    body: bytes
    ended: float = float("inf")


@dataclass
class Answer:
    """``body`` with ``status``; ``act`` takes the connection over instead."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    etag: bool = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is expected here."""


class Portal:
    """A server that answers on every loopback address at one port."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], Answer] = {}
        self.otherwise: Callable[[str, str], Answer | None] = lambda host, path: None
        self.requests: list[Request] = []
        self.work_seconds = 0.0
        self._lock = threading.Lock()
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                portal._answer(self, b"")

            def do_POST(self) -> None:
                portal._answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = _Server(("0.0.0.0", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(
        self,
        path: str,
        body: str | bytes = b"",
        status: int = 200,
        *,
        host: str = "",
        etag: bool = True,
        act: Callable[[BaseHTTPRequestHandler], None] | None = None,
        **headers: str,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Type", "text/html; charset=utf-8")
        self.pages[host, path] = Answer(data, status, named, act, etag)

    @staticmethod
    def page(body: str) -> Answer:
        return Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def put_list(self, path: str, rows: list[tuple[str, str]], more: str = "", **options: Any) -> None:
        items = "".join(
            f'<li><a href="{href}" title="{title}">{title}</a><span>2024-01-20</span></li>'
            for href, title in rows
        )
        self.put(
            path,
            f"<html><head><title>政府信息公开年报</title></head><body><ul>{items}</ul>{more}</body></html>",
            **options,
        )

    def put_report(self, path: str, title: str, more: str = "", **options: Any) -> None:
        self.put(
            path,
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f'<div id="zoom"><p>{path} {REPORT_TEXT}</p>{more}</div></body></html>',
            **options,
        )

    def paths(self, *, robots: bool = False) -> list[str]:
        return [seen.path for seen in self.requests if robots or seen.path != "/robots.txt"]

    def assert_polite(self, delay: float) -> None:
        """Never two requests at once to a host, never one sooner than the pause after the last."""
        by_host: dict[str, list[Request]] = {}
        for seen in sorted(self.requests, key=lambda seen: seen.began):
            by_host.setdefault(seen.host, []).append(seen)
        for host, requests in by_host.items():
            for before, after in itertools.pairwise(requests):
                assert after.began >= before.ended, (host, before.path, after.path)
                # The server sees a request begin a little after the client's clock let it go.
                assert after.began - before.began >= delay, (host, before.path, after.path)

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        began = time.monotonic()
        host = handler.headers.get("Host", "").rsplit(":", 1)[0]
        path = handler.path
        seen = Request(
            host,
            path,
            handler.command,
            began,
            {name.lower(): value for name, value in handler.headers.items()},
            body,
        )
        with self._lock:
            self.requests.append(seen)
        answer = self.pages.get((host, path)) or self.pages.get(("", path)) or self.otherwise(host, path)
        answer = answer or Answer(b"no such page", 404)
        if self.work_seconds:
            time.sleep(self.work_seconds)
        try:
            if answer.act is not None:
                answer.act(handler)
            else:
                self._send(handler, answer)
        finally:
            seen.ended = time.monotonic()

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        headers = dict(answer.headers)
        data, status = answer.body, answer.status
        if answer.etag and status == 200:
            headers["ETag"] = f'"{hashlib.sha1(data).hexdigest()}"'
            if handler.headers.get("If-None-Match") == headers["ETag"]:
                data, status = b"", 304
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 304:
            handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal()
    yield server
    server.close()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.fixture
def quick() -> Policy:
    """Short waits for tests; the pause between requests is the test's to give."""
    return Policy(
        connect_seconds=1.0,
        total_seconds=1.5,
        attempts=3,
        backoff_initial=0.02,
        backoff_max=0.1,
        max_bytes=300_000,
        max_pause=2.0,
    )


@pytest.fixture
def source_at() -> Callable[..., Source]:
    """Makes a registry row for an address."""

    def make(url: str, kind: str = "list", source_id: str = "", tls: str = "strict") -> Source:
        parts = urlsplit(url)
        name = source_id or f"s{hashlib.sha1(f'{parts.hostname}{parts.path}'.encode()).hexdigest()[:8]}"
        return Source(name, "110000", "某局", "department", url, kind, tls=tls)

    return make


@pytest.fixture
def take(portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]) -> Callable[..., Receipt]:
    """Crawls one path as an article and gives its receipt."""

    def one(
        path: str = "/a.html", *, host: str = "127.0.0.1", tls: str = "strict", **options: Any
    ) -> Receipt:
        options.setdefault("allow_private", True)
        options.setdefault("policy", quick)
        url = path if "://" in path else portal.url(path, host)
        crawl(raw, [source_at(url, "article", tls=tls)], delay=0.01, **options)
        with RawStore(raw) as store:
            (found,) = [receipt for receipt in store.receipts() if receipt.url == url]
            assert list(store.incoming.iterdir()) == []
            return found

    return one
