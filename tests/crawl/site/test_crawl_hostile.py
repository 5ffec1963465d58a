"""Servers that misbehave: every misbehaviour is a status on a receipt, and nothing stops the crawl."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.policy import Policy
from pipeline.crawl.progress import CrawlResult
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore

TITLE = "某局2022年政府信息公开工作年度报告"


def test_robots_is_kept_and_its_delay_wins(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put(
        "/robots.txt", "User-agent: *\nDisallow: /nb/no\nCrawl-delay: 0.2\n", Content_Type="text/plain"
    )
    portal.put_list("/nb/", [("no1.html", TITLE), ("yes.html", "某局2021年政府信息公开工作年度报告")])
    portal.put_report("/nb/yes.html", TITLE)
    result = crawl(raw, [source_at(portal.url("/nb/"))], delay=0.01, allow_private=True, policy=quick)
    assert result.counts == {"ok": 2, "robots_denied": 1}
    assert portal.paths(robots=True) == ["/robots.txt", "/nb/", "/nb/yes.html"]
    began = [seen.began for seen in portal.requests]
    assert began[2] - began[1] >= 0.2


def test_robots_of_our_own_name_wins_over_the_general(portal: Any, take: Callable[..., Receipt]) -> None:
    portal.put("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: yangguang\nAllow: /\n")
    portal.put_report("/a.html", TITLE)
    assert take().status == "ok"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (404, "ok"),
        (403, "ok"),
        (500, "robots_unreachable"),
        (503, "robots_unreachable"),
        (429, "robots_unreachable"),
    ],
)
def test_a_robots_file_that_cannot_be_had(
    portal: Any, take: Callable[..., Receipt], code: int, status: str
) -> None:
    portal.put("/robots.txt", "?", code)
    portal.put_report("/a.html", TITLE)
    assert take().status == status
    assert portal.paths().count("/a.html") == (1 if status == "ok" else 0)


def test_a_robots_file_is_followed_through_redirects(portal: Any, take: Callable[..., Receipt]) -> None:
    portal.put("/robots.txt", "", 301, Location="/r2.txt")
    portal.put("/r2.txt", "User-agent: *\nDisallow: /")
    portal.put_report("/a.html", TITLE)
    assert take().status == "robots_denied"


def test_429_and_503_are_asked_again_after_the_time_they_name(
    portal: Any, take: Callable[..., Receipt]
) -> None:
    tries: list[float] = []

    def busy_twice(host: str, path: str) -> Any:
        if path != "/a.html":
            return None
        tries.append(time.monotonic())
        answer = portal.page(f"<h1>{TITLE}</h1>" + "本年度报告" * 100)
        if len(tries) < 3:
            answer.status = 429 if len(tries) == 1 else 503
            answer.headers["Retry-After"] = "1"
        return answer

    portal.otherwise = busy_twice
    assert take().status == "ok"
    assert len(tries) == 3
    assert all(after - before >= 1.0 for before, after in itertools.pairwise(tries))


def test_a_host_that_asks_for_too_long_a_pause_is_left_for_a_later_run(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put("/a.html", "", 429, Retry_After="3600")
    source = source_at(portal.url("/a.html"), "article")
    for _ in range(2):
        result = crawl(raw, [source], delay=0.01, allow_private=True, policy=quick)
        assert [host for host, _ in result.deferred] == ["127.0.0.1"]
        assert (result.left, dict(result.counts)) == (1, {})
    assert portal.paths() == ["/a.html"], "the pause is remembered from run to run"


def test_no_host_is_left_alone_for_longer_than_a_day_whatever_it_asks(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put("/a.html", "", 429, Retry_After=str(365 * 86_400))
    source = source_at(portal.url("/a.html"), "article")
    result = crawl(raw, [source], delay=0.01, allow_private=True, policy=quick)
    ((host, why),) = result.deferred
    assert host == "127.0.0.1"
    assert "86400 s" in why
    assert "asked for 31536000 s" in why
    ((_, again),) = crawl(raw, [source], delay=0.01, allow_private=True, policy=quick).deferred
    assert 0 < float(again.partition(" for ")[2].split()[0]) <= 86_400


def test_redirects_are_followed_by_hand(portal: Any, take: Callable[..., Receipt]) -> None:
    portal.put("/a.html", "", 301, Location="/b.html")
    portal.put("/b.html", "", 302, Location=portal.url("/c.html", "127.0.0.2"))
    portal.put_report("/c.html", TITLE)
    receipt = take(allowed_hosts=["127.0.0.2"])
    assert (receipt.status, receipt.final_url) == ("ok", portal.url("/c.html", "127.0.0.2"))
    assert receipt.redirects == (portal.url("/b.html"), portal.url("/c.html", "127.0.0.2"))
    assert [seen.path for seen in portal.requests if seen.host == "127.0.0.2"] == ["/robots.txt", "/c.html"]
    portal.assert_polite(0.01)


@pytest.mark.parametrize(
    ("location", "status"),
    [
        ("/a.html", "redirect_loop"),
        ("/loop/1", "redirect_loop"),
        ("ftp://a.gov.cn/x", "bad_redirect"),
        ("file:///etc/passwd", "bad_redirect"),
        ("http://www.a.gov.cn.example.com/", "refused_host"),
        ("http://169.254.169.254/latest/meta-data/", "refused_host"),
        ("http://[::1", "bad_redirect"),
        ("http://" + "a" * 3000, "bad_redirect"),
    ],
)
def test_a_redirect_that_leads_nowhere_good(
    portal: Any, take: Callable[..., Receipt], location: str, status: str
) -> None:
    portal.put("/a.html", "", 302, Location=location)
    for n in range(1, 20):
        portal.put(f"/loop/{n}", "", 302, Location=f"/loop/{n + 1}")
    assert take().status == status
    assert len(portal.paths()) <= 7


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fe80::1",
        "0.0.0.0",
        "::ffff:127.0.0.1",
        "100.100.100.200",
    ],
)
def test_a_name_that_leads_to_a_private_address_is_refused(
    portal: Any, take: Callable[..., Receipt], address: str
) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", address] if host == "www.a.gov.cn" else []

    receipt = take(f"http://www.a.gov.cn:{portal.port}/a.html", resolver=resolver, allow_private=False)
    assert receipt.status == "refused_address"
    assert portal.requests == []


def test_a_loopback_source_is_refused_unless_allowed(portal: Any, take: Callable[..., Receipt]) -> None:
    portal.put_report("/a.html", TITLE)
    assert take(allow_private=False).status == "refused_address"
    assert portal.requests == []


def test_a_redirect_to_a_private_name_is_refused(portal: Any, take: Callable[..., Receipt]) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return {"127.0.0.1": ["127.0.0.1"]}.get(host, [])

    portal.put("/a.html", "", 302, Location=f"http://inner.gov.cn:{portal.port}/secret")
    assert take(resolver=resolver).status == "no_such_host"
    assert portal.paths() == ["/a.html"]


def raw_answer(
    data: bytes, *, pause: float = 0.0, pieces: int = 1
) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        size = max(1, len(data) // pieces)
        try:
            for start in range(0, len(data), size):
                handler.wfile.write(data[start : start + size])
                handler.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass
        handler.close_connection = True

    return act


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (raw_answer(HEAD + b"Content-Length: 5000\r\n\r\n<p>cut"), "truncated"),
        (raw_answer(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"), "truncated"),
        (raw_answer(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 999)[:-12]), "truncated"),
        (raw_answer(HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"not packed at all"), "truncated"),
        (raw_answer(HEAD + b"Content-Encoding: br\r\n\r\n" + b"xx"), "unknown_encoding"),
        (raw_answer(HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + b"xx"), "unknown_encoding"),
        (raw_answer(HEAD + b"Content-Length: 400000000\r\n\r\n"), "too_large"),
        (raw_answer(HEAD + b"\r\n" + b"a" * 500_000), "too_large"),
        (
            raw_answer(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(50_000_000))),
            "too_large",
        ),
        (raw_answer(HEAD + b"\r\n" + b"a" * 100, pause=0.3, pieces=100), "timeout"),
        (raw_answer(b"\x00\x01 no http at all\r\n\r\n"), "broken_response"),
        (raw_answer(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000), "broken_response"),
        (raw_answer(b""), "broken_connection"),
        (raw_answer(HEAD + b"Content-Length: 0\r\n\r\n"), "empty_page"),
    ],
    ids=[
        "cut",
        "cut-chunks",
        "cut-gzip",
        "no-gzip",
        "brotli",
        "twice-packed",
        "announced",
        "endless",
        "bomb",
        "drip",
        "no-http",
        "long-header",
        "hang-up",
        "empty",
    ],
)
def test_a_body_that_misbehaves(
    portal: Any, take: Callable[..., Receipt], quick: Policy, answer: Any, status: str
) -> None:
    portal.put("/a.html", act=answer)
    receipt = take()
    assert receipt.status == status
    assert (receipt.sha256 is None) == (status != "empty_page")
    again = quick.attempts if status in ("truncated", "timeout", "broken_connection") else 1
    assert len(portal.paths()) == again


def test_packed_bodies_are_unpacked(portal: Any, raw: Path, take: Callable[..., Receipt]) -> None:
    import zlib

    page = f"<h1>{TITLE}</h1>{'本年度报告。' * 200}".encode()
    for name, packing, data in (
        ("/a.html", "gzip", gzip.compress(page)),
        ("/b.html", "deflate", zlib.compress(page)),
        ("/c.html", "deflate", zlib.compress(page)[2:-4]),
    ):
        portal.put(name, data, Content_Encoding=packing)
        receipt = take(name)
        assert receipt.status == "ok"
        with RawStore(raw) as store:
            assert store.get(receipt.sha256 or "") == page


def test_headers_of_any_bytes_are_written_down(portal: Any, raw: Path, take: Callable[..., Receipt]) -> None:
    page = f"<h1>{TITLE}</h1>{'本年度报告。' * 200}".encode()
    portal.put(
        "/a.html",
        act=raw_answer(
            HEAD
            + "X-Title: 年报".encode("gb18030")
            + b'\xff\xfe\r\nContent-Disposition: attachment; filename="'
            + "年报.html".encode("gb18030")
            + b'"\r\nContent-Length: '
            + str(len(page)).encode()
            + b"\r\n\r\n"
            + page
        ),
    )
    receipt = take()
    assert receipt.status == "ok"
    assert receipt.file_name == "年报.html"
    assert receipt.headers["x-title"].encode("latin-1") == "年报".encode("gb18030") + b"\xff\xfe"


def test_nobody_listens(raw: Path, take: Callable[..., Receipt]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert take(f"http://127.0.0.1:{port}/a.html").status == "connect_failed"


def test_a_host_that_falls_silent_is_left_for_a_later_run(
    portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    portal.put_list(
        "/nb/", [(f"{year}.html", f"某局{year}年政府信息公开工作年度报告") for year in range(2012, 2022)]
    )
    for year in range(2012, 2022):
        portal.put(f"/nb/{year}.html", act=raw_answer(b""))
    source = source_at(portal.url("/nb/"))
    result: CrawlResult = crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    assert result.counts == {"broken_connection": 3, "ok": 1}
    assert result.left == 7
    for year in range(2012, 2022):
        portal.put_report(f"/nb/{year}.html", f"某局{year}年政府信息公开工作年度报告")
    assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).counts == {"ok": 7}
