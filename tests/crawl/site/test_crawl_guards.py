"""Pages that stand before a page: shells, waiting rooms, fences, challenges, and cookies that are wanted back."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from pipeline.crawl.receipt import Receipt


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (
            "<html><head><script src='/app.js'></script></head><body><div id='app'></div></body></html>",
            "script_shell",
        ),
        (
            "<html><title>请稍候</title><body><p>正在检测您的浏览器，请稍候…</p><script>go()</script></body></html>",
            "waiting_room",
        ),
        ("<html><body><h1>访问被拦截</h1><p>您的请求存在风险</p></body></html>", "fence"),
        (
            "<html><title>提示信息</title><body><h1>您访问的页面不存在或已被删除</h1><a href='/'>首页</a></body></html>",
            "soft_404",
        ),
        ("   \n ", "empty_page"),
    ],
)
def test_a_page_that_is_no_page_has_its_status(
    portal: Any, take: Callable[..., Receipt], body: str, status: str
) -> None:
    portal.put("/a.html", body)
    receipt = take()
    assert receipt.status == status
    assert receipt.sha256, "what came is kept as evidence"


def _wants_its_cookie(shown: str, refusal: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """A server that shows a page only to whom brings back the cookie that it gives at first."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        known = "seen=1" in (handler.headers.get("Cookie") or "")
        handler.send_response(200 if known else refusal)
        if not known:
            handler.send_header("Set-Cookie", "seen=1; Path=/")
            handler.send_header("Location", "/a.html")
        data = shown.encode() if known else b"<script>document.cookie</script>"
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return act


@pytest.mark.parametrize("refusal", [302, 521])
def test_a_server_that_wants_its_cookie_back_gets_it(
    portal: Any, take: Callable[..., Receipt], refusal: int
) -> None:
    portal.put_report("/b.html", "某局2021年政府信息公开工作年度报告")
    portal.put("/a.html", act=_wants_its_cookie(portal.pages["", "/b.html"].body.decode(), refusal))
    assert take().status == "ok"


@pytest.mark.parametrize("code", [202, 412, 521])
def test_a_challenge_is_a_status_of_its_own(portal: Any, take: Callable[..., Receipt], code: int) -> None:
    portal.put("/a.html", "<script>run()</script>", code)
    receipt = take()
    assert (receipt.status, receipt.http_status) == ("challenge", code)
    assert "script" in receipt.detail


def test_a_redirect_to_itself_with_a_cookie_that_is_not_enough_is_a_challenge(
    portal: Any, take: Callable[..., Receipt]
) -> None:
    portal.put("/a.html", b"", 302, Location="/a.html", Set_Cookie="seen=1; Path=/")
    assert take().status == "challenge"
    assert portal.paths() == ["/a.html", "/a.html"]


def test_render_without_chromium_says_so(
    portal: Any, take: Callable[..., Receipt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.crawl.crawler.find_chromium", lambda: None)
    portal.put("/a.html", "<html><body><div id='app'></div><script>load()</script></body></html>")
    assert take(render=True).status == "needs_render"
