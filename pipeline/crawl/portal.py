"""A small portal on loopback that shows a site held in memory: for the demo and for trying things out."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

LOOPBACK = tuple(f"127.0.0.{last}" for last in range(1, 9))
"""Where a wanted port is tried, in this order; systems other than Linux may know the first alone."""


class Place(NamedTuple):
    """Where a portal listens."""

    address: str
    port: int


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no matter to a demo."""


@contextmanager
def serve_site(site: Mapping[str, tuple[str, bytes]], *, port: int = 0) -> Iterator[Place]:
    """Shows ``site`` (path -> media type and bytes) over HTTP; gives where.

    ``port`` is taken on the first loopback address where it is free, so that an address with a name in it
    stays the same whatever else runs; 0, or a port that is free nowhere, takes a free one. Pages carry an
    ``ETag``, so an unchanged one costs a 304.
    """
    tags = {path: f'"{hashlib.sha256(body).hexdigest()[:32]}"' for path, (_, body) in site.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two would wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path not in site:
                self.send_error(404)
                return
            media_type, body = site[path]
            unchanged = self.headers.get("If-None-Match") == tags[path]
            self.send_response(304 if unchanged else 200)
            self.send_header("Content-Type", media_type)
            self.send_header("ETag", tags[path])
            if not unchanged:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: standard output carries data alone."""

    server = _listen(Handler, port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield Place(str(server.server_address[0]), int(server.server_address[1]))
    finally:
        server.shutdown()
        server.server_close()


def _listen(handler: type[BaseHTTPRequestHandler], port: int) -> _Server:
    for address in LOOPBACK if port else ():
        try:
            return _Server((address, port), handler)
        except OSError:
            continue
    return _Server((LOOPBACK[0], 0), handler)
