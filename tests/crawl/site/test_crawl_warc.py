"""A crawl out to WARC and in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.intake import take_in
from pipeline.crawl.policy import Policy
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore
from pipeline.crawl.warc import write_warc


@pytest.mark.parametrize("name", ["out.warc", "out.warc.gz"])
def test_what_goes_out_comes_in_again(
    portal: Any, raw: Path, tmp_path: Path, quick: Policy, source_at: Callable[..., Source], name: str
) -> None:
    title = "某局2022年政府信息公开工作年度报告"
    portal.put_list("/nb/", [("a.html", title), ("gone.html", "某局2021年政府信息公开工作年度报告")])
    portal.put_report(
        "/nb/a.html", title, '<a href="b.pdf">附件.pdf</a>', X_Name="年报".encode().decode("latin-1")
    )
    portal.put("/nb/b.pdf", bytes(range(256)) * 50, Content_Type="application/pdf")
    crawl(raw, [source_at(portal.url("/nb/"))], delay=0, allow_private=True, policy=quick)
    with RawStore(raw) as store:
        assert write_warc(store, tmp_path / name) == 4
        assert write_warc(store, tmp_path / f"again-{name}") == 4
        out = {
            (r.url, r.sha256, r.fetched_at, r.media_type, r.http_status, r.status) for r in store.receipts()
        }
    assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()
    with RawStore(tmp_path / "other") as store:
        result = take_in(store, [tmp_path / name], allowed_hosts={"127.0.0.1"})
        assert (result.taken, result.failed) == (3, 1)
        back = {
            (r.url, r.sha256, r.fetched_at, r.media_type, r.http_status, r.status) for r in store.receipts()
        }
        assert take_in(store, [tmp_path / name]).refused == 4
    assert back == out
