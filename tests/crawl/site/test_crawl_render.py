"""Pages that a script builds, through a real Chromium where one is installed."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.policy import Policy
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import Source
from pipeline.crawl.render import MAX_LOOKS, find_chromium
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")
PATIENT = Policy(total_seconds=30, attempts=1)
TITLE = "某局2022年政府信息公开工作年度报告"
CHALLENGE = (
    "<html><body><script>document.cookie = 'pass=' + (6 * 7) + '; path=/'; location.reload()"
    "</script></body></html>"
)


def guarded(
    shown: str | bytes, code: int, *, media_type: str = "text/html; charset=utf-8"
) -> Callable[[BaseHTTPRequestHandler], None]:
    """A server that shows something only to whom brings the cookie that its script computes."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        passed = "pass=42" in (handler.headers.get("Cookie") or "")
        found = shown.encode() if isinstance(shown, str) else shown
        data = found if passed else CHALLENGE.encode()
        handler.send_response(200 if passed else code)
        handler.send_header("Content-Type", media_type if passed else "text/html")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return act


def report(portal: Any, text: str = "") -> str:
    portal.put_report("/shown.html", TITLE, text)
    return portal.pages["", "/shown.html"].body.decode()


@pytest.mark.parametrize("code", [202, 200])
def test_a_challenge_is_passed_by_an_ordinary_browser_under_our_own_name(
    portal: Any, raw: Path, take: Callable[..., Receipt], code: int
) -> None:
    portal.put("/a.html", act=guarded(report(portal), code))
    receipt = take(render=True, policy=PATIENT)
    assert (receipt.status, receipt.http_status, receipt.media_type) == ("ok", 200, "text/html")
    assert "rendered by Chromium" in receipt.detail
    assert ("challenge" in receipt.detail) == (code != 200)
    with RawStore(raw) as store:
        assert TITLE.encode() in store.get(receipt.sha256 or "")
    agents = {seen.headers["user-agent"] for seen in portal.requests}
    assert agents == {PATIENT.user_agent}
    portal.assert_polite(0.01)


def test_a_challenge_that_the_browser_does_not_pass_stays_one(
    portal: Any, take: Callable[..., Receipt]
) -> None:
    portal.put("/a.html", CHALLENGE, 412)
    receipt = take(render=True, policy=PATIENT)
    assert (receipt.status, receipt.http_status, receipt.sha256) == ("challenge", 412, None)
    assert "did not pass" in receipt.detail
    assert portal.paths().count("/a.html") <= 1 + MAX_LOOKS, (
        "a page that reloads for ever is not asked for ever"
    )


def test_a_hosts_cookie_serves_its_other_pages_and_files_and_no_other_host(
    portal: Any, raw: Path, source_at: Callable[..., Source]
) -> None:
    files = b"%PDF-1.4 " + bytes(range(256)) * 8
    portal.put("/nb/b.pdf", act=guarded(files, 412, media_type="application/pdf"))
    portal.put_list("/nb/", [("a.html", TITLE)])
    rows = portal.pages["", "/nb/"].body.decode()
    portal.put("/nb/", act=guarded(rows, 412))
    portal.put("/nb/a.html", act=guarded(report(portal, '<a href="b.pdf">附件.pdf</a>'), 412))
    portal.put("/other/", rows, host="127.0.0.3")
    sources = [source_at(portal.url("/nb/")), source_at(portal.url("/other/", "127.0.0.3"))]
    crawl(raw, sources, delay=0.05, allow_private=True, render=True, policy=PATIENT)
    with RawStore(raw) as store:
        kept = {
            r.url.removeprefix(portal.url("/")): r
            for r in store.receipts()
            if r.url.startswith(portal.url("/"))
        }
        assert {url: receipt.status for url, receipt in kept.items()} == {
            "nb/": "ok",
            "nb/a.html": "ok",
            "nb/b.pdf": "ok",
        }
        assert store.get(kept["nb/b.pdf"].sha256 or "") == files
    assert "rendered" in kept["nb/"].detail
    assert kept["nb/a.html"].detail == "", "the cookie is brought back; no browser is needed again"
    assert portal.paths().count("/nb/a.html") == 1
    assert not [seen for seen in portal.requests if seen.host == "127.0.0.3" and "cookie" in seen.headers]
    portal.assert_polite(0.05)


def test_a_file_behind_a_challenge_is_kept_as_it_was_sent(
    portal: Any, raw: Path, take: Callable[..., Receipt]
) -> None:
    files = b"%PDF-1.4 " + bytes(range(256)) * 8
    portal.put("/a.pdf", act=guarded(files, 521, media_type="application/pdf"))
    receipt = take("/a.pdf", render=True, policy=PATIENT)
    assert (receipt.status, receipt.media_type) == ("ok", "application/pdf")
    with RawStore(raw) as store:
        assert store.get(receipt.sha256 or "") == files


def test_a_host_that_guards_its_robots_file_too_is_asked_for_it_first(
    portal: Any, take: Callable[..., Receipt]
) -> None:
    rules = "User-agent: *\nDisallow: /no/\n"
    portal.put("/robots.txt", act=guarded(rules, 521, media_type="text/plain"))
    portal.put("/a.html", act=guarded(report(portal), 521))
    portal.put("/no/a.html", act=guarded(report(portal), 521))
    assert take().status == "challenge"
    assert take("/no/a.html", render=True, policy=PATIENT).status == "robots_denied"
    assert "/no/a.html" not in portal.paths()


def test_rows_that_come_by_script_are_found_under_the_same_manners(
    portal: Any, raw: Path, source_at: Callable[..., Source]
) -> None:
    portal.put("/robots.txt", "User-agent: *\nDisallow: /no/\n")
    portal.put(
        "/nb/",
        "<html><body><div id='app'></div><script src='/app.js'></script><script src='/no/x.js'></script>"
        "<script src='http://127.0.0.9:1/evil.js'></script></body></html>",
    )
    portal.put(
        "/app.js",
        "fetch('/rows').then(r => r.text()).then(t => {document.getElementById('app').innerHTML = t})",
        Content_Type="text/javascript",
    )
    portal.put("/rows", f'<ul><li><a href="/nb/a.html">{TITLE}</a></li></ul><img src="/pic.png">')
    portal.put_report("/nb/a.html", TITLE)
    result = crawl(
        raw, [source_at(portal.url("/nb/"))], delay=0.1, allow_private=True, render=True, policy=PATIENT
    )
    assert result.counts == {"ok": 2}
    assert sorted(portal.paths()) == ["/app.js", "/nb/", "/nb/a.html", "/rows"]
    portal.assert_polite(0.1)
    with RawStore(raw) as store:
        page = next(receipt for receipt in store.receipts() if receipt.url == portal.url("/nb/"))
        assert page.detail == "rendered by Chromium"
        assert TITLE.encode() in store.get(page.sha256 or "")
