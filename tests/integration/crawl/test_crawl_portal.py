"""The demo's portal: every file of a folder comes through HTTP as it lies there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pipeline.crawl.crawler import crawl
from pipeline.crawl.policy import Policy
from pipeline.crawl.portal import serve_folder
from pipeline.crawl.registry import Source
from pipeline.crawl.store import RawStore


def test_a_folder_comes_whole_through_the_portal(
    tmp_path: Path, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    folder = tmp_path / "folder"
    (folder / "县").mkdir(parents=True)
    files = {f"县/某局{n} (一).html": f"<p>报告 {n}</p>".encode() for n in range(43)} | {
        "a.pdf": b"%PDF-", "表.xlsx": b"PK", "b.txt": "年报".encode(), "c.doc": b"\xd0\xcf"}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / ".hidden").write_text("no")
    with serve_folder(folder, titles={"a.pdf": "某市2021年政府信息公开工作年度报告"}) as url:
        source = source_at(url)
        result = crawl(raw, [source], delay=0, allow_private=True, policy=quick)
        assert result.counts == {"ok": len(files) + 3}
        assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).counts == {
            "unchanged": len(files) + 3}
    with RawStore(raw) as store:
        kept = {store.get(receipt.sha256 or "") for receipt in store.receipts() if receipt.rule == "title_link"}
        assert kept == set(files.values())
        media = {receipt.file_name: receipt.media_type for receipt in store.receipts()}
        assert media["表.xlsx"].endswith("spreadsheetml.sheet")


def test_a_crawl_from_within_an_event_loop(
    tmp_path: Path, raw: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("x")

    async def caller() -> int:
        with serve_folder(tmp_path / "folder") as url:
            return crawl(raw, [source_at(url)], delay=0, allow_private=True, policy=quick).fetched

    assert asyncio.run(caller()) == 2
