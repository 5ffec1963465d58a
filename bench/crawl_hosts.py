"""Measures the crawler on simulated hosts: throughput beside what politeness allows, and memory over time.

    python bench/crawl_hosts.py --hosts 1000 --pages 20 --delay 2

A server of this script's own answers on loopback addresses, one per host, in a process of its own; the crawl
runs in this one. Each host has one list page and ``pages - 1`` reports of about 8 KB. The bound that
politeness sets is ``(pages + 1) x delay``, robots.txt counted, however many hosts there are.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.crawl.progress import CrawlState
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl

REPORT = "<p>一、总体情况。本机关按照要求编制本年度报告，列出数据的统计期限。</p>" * 70


def host_name(number: int) -> str:
    """The loopback address that stands for host ``number``."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250 + 1}.{number % 250 + 1}"


def serve(ready: Any, pages: int) -> None:
    """Answers for ever; sends the port through ``ready`` first."""
    rows = "".join(
        f'<li><a href="r{n}.html">某局{2005 + n}年政府信息公开工作年度报告</a></li>' for n in range(1, pages)
    )
    listing = f"<html><title>政府信息公开年报</title><ul>{rows}</ul></html>".encode()

    def body_of(host: str, path: str) -> bytes | None:
        if path == "/nb/":
            return listing
        if path.startswith("/nb/r"):
            title = f"{host}号局{2005 + int(path[5:-5])}年政府信息公开工作年度报告"
            return f"<html><title>{title}</title><h1>{title}</h1><div id=zoom>{REPORT}</div></html>".encode()
        return None

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                host = head.lower().partition("\nhost:")[2].split("\r")[0].strip()
                body = body_of(host, path)
                status = "200 OK" if body is not None else "404 Not Found"
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
                    f"Content-Length: {len(body or b'')}\r\n\r\n".encode()
                    + (body or b"")
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=2000)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def resident_megabytes() -> float:
    """This process's resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Watch:
    """Samples memory and throughput at each tenth of the pages."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._began = time.monotonic()
        self.samples: list[tuple[int, float, float]] = []

    def update(self, state: CrawlState) -> None:
        """Takes a sample when the next tenth is done."""
        done = state.fetched + state.unchanged + state.failed
        if done >= self._pages * (len(self.samples) + 1) // 10:
            self.samples.append((done, time.monotonic() - self._began, resident_megabytes()))


def measure(raw: Path, hosts: int, pages: int, delay: float, port: int) -> None:
    """Crawls twice and prints a table row for each tenth of each crawl."""
    sources = [
        Source(f"host{n}", "", f"{n}号局", "unknown", f"http://{host_name(n)}:{port}/nb/", "list")
        for n in range(hosts)
    ]
    print(f"{hosts} hosts x {pages} pages, delay {delay:g} s; before: {resident_megabytes():.0f} MB resident")
    for label, requests in (("first crawl", pages + 1), ("second crawl", pages)):
        watch = Watch(hosts * pages)
        began, before = time.monotonic(), os.times()
        result = crawl(raw, sources, delay=delay, allow_private=True, progress=watch)
        seconds, after = time.monotonic() - began, os.times()
        print(f"\n{label}: {dict(result.counts)}")
        print(f"{'pages':>8} {'seconds':>8} {'pages/s':>8} {'MB':>6}")
        for done, at, memory in watch.samples:
            print(f"{done:>8} {at:>8.1f} {done / at:>8.0f} {memory:>6.0f}")
        bound = (requests - 1) * delay
        print(
            f"took {seconds:.1f} s, politeness alone {bound:.1f} s; processor {after.user - before.user:.0f} s "
            f"user, {after.system - before.system:.0f} s system; {hosts * pages / seconds:.0f} pages/s"
        )


def main() -> None:
    """Reads the arguments, starts the server, measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--delay", type=float, default=2.0, help="seconds between requests to a host")
    chosen = parser.parse_args()
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(send, chosen.pages), daemon=True
    )
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="yangguang-bench-") as folder:
            measure(Path(folder) / "raw", chosen.hosts, chosen.pages, chosen.delay, receive.recv())
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
