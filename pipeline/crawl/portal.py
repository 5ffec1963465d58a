"""A small government portal on loopback that shows a folder's files: for the demo and for trying things out."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pipeline.crawl.media import HTML, media_type_of_name

ROWS = 20
COLUMN = "/zwgk/zfxxgknb/"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no matter to a demo."""


@contextmanager
def serve_folder(
    folder: Path, *, titles: Mapping[str, str] | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Shows the folder's files as a portal's column of reports for the body; gives the column's address.

    The column lists ``ROWS`` files a page, sorted by path, in the style of the commonest system
    (``index_1.html``, ``createPageHTML``). A file's title is the one that ``titles`` has for its path relative
    to the folder (``/`` between parts), else is made from its name. Hidden files are not shown. Files carry
    their modification time, so an unchanged one costs a 304. ``port`` 0 takes a free one.
    """
    top = folder.resolve()
    names = sorted(path.relative_to(top).as_posix() for path in top.rglob("*")
                   if path.is_file() and not any(part.startswith(".") for part in path.relative_to(top).parts))
    pages = _column_pages(names, titles or {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            name = path.removeprefix(COLUMN + "files/")
            if path in pages:
                self._send(pages[path].encode(), f"{HTML}; charset=utf-8", None)
            elif path != name and name in known:
                file = top / name
                self._send(file.read_bytes(), media_type_of_name(name), formatdate(file.stat().st_mtime, usegmt=True))
            else:
                self.send_error(404)

        def _send(self, body: bytes, media_type: str, modified: str | None) -> None:
            unchanged = modified is not None and self.headers.get("If-Modified-Since") == modified
            self.send_response(304 if unchanged else 200)
            self.send_header("Content-Type", media_type)
            if modified:
                self.send_header("Last-Modified", modified)
            if not unchanged:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: standard output carries data alone."""

    known = frozenset(names)
    server = _Server((host, port), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}{COLUMN}"
    finally:
        server.shutdown()
        server.server_close()


def _column_pages(names: list[str], titles: Mapping[str, str]) -> dict[str, str]:
    count = max(1, -(-len(names) // ROWS))
    pages: dict[str, str] = {}
    for number in range(count):
        rows = "".join(
            f'<li><a href="files/{quote(name)}" title="{html.escape(title)}">{html.escape(title)}</a></li>'
            for name in names[number * ROWS:(number + 1) * ROWS]
            for title in (titles.get(name) or f"{Path(name).stem} 政府信息公开工作年度报告",))
        pages[f"{COLUMN}index_{number}.html" if number else COLUMN] = (
            f"<!DOCTYPE html><html lang=zh><head><title>政府信息公开年报</title></head><body><h1>政府信息公开年报</h1>"
            f'<ul>{rows}</ul><script>createPageHTML({count}, {number}, "index", "html");</script></body></html>')
    return pages
