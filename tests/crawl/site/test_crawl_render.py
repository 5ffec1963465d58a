"""Pages that a script builds, through a real Chromium where one is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.policy import Policy
from pipeline.crawl.registry import Source
from pipeline.crawl.render import find_chromium
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore


@pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")
def test_rows_that_come_by_script_are_found_under_the_same_manners(
    portal: Any, raw: Path, source_at: Callable[..., Source]
) -> None:
    title = "某局2022年政府信息公开工作年度报告"
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
    portal.put("/rows", f'<ul><li><a href="/nb/a.html">{title}</a></li></ul><img src="/pic.png">')
    portal.put_report("/nb/a.html", title)
    policy = Policy(total_seconds=30, attempts=1)
    result = crawl(
        raw, [source_at(portal.url("/nb/"))], delay=0.1, allow_private=True, render=True, policy=policy
    )
    assert result.counts == {"ok": 2}
    assert sorted(portal.paths()) == ["/app.js", "/nb/", "/nb/a.html", "/rows"]
    portal.assert_polite(0.1)
    with RawStore(raw) as store:
        page = next(receipt for receipt in store.receipts() if receipt.url == portal.url("/nb/"))
        assert page.detail == "rendered by Chromium"
        assert title.encode() in store.get(page.sha256 or "")
