"""The raw store: objects whole or absent, receipts once, problems found."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.errors import DamagedReceipt
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.store import RawStore


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


def page(url: str = "http://a.gov.cn/1", when: str = "2024-01-02T03:04:05Z", **more: Any) -> Receipt:
    return Receipt(url=url, final_url=url, fetched_at=when, **more)


def test_bytes_come_back_and_lie_under_their_hash(store: RawStore) -> None:
    sha = store.put(b"report")
    assert sha == hashlib.sha256(b"report").hexdigest()
    assert store.path(sha) == store.root / "objects" / sha[:2] / sha
    assert store.get(sha) == b"report"
    assert store.has(sha)
    assert not store.has("0" * 64)
    assert list(store.incoming.iterdir()) == []


def test_a_path_is_made_from_a_hash_only(store: RawStore) -> None:
    for bad in ("../../etc/passwd", "A" * 64, "", "g" * 64):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(bad)


def test_a_stream_that_breaks_leaves_nothing(store: RawStore) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.put_stream(broken())
    assert list(store.objects.rglob("*")) == []
    assert list(store.incoming.iterdir()) == []


def test_the_same_receipt_is_written_once(store: RawStore) -> None:
    sha = store.put(b"x")
    receipt = page(sha256=sha, bytes=1, headers={"etag": "é"}, redirects=("http://b.gov.cn/",))
    assert store.add_receipt(receipt)
    before = store.fingerprint()
    assert not store.add_receipt(receipt)
    assert store.fingerprint() == before
    (kept,) = store.receipts()
    assert kept.headers == {"etag": "é"}
    assert kept.redirects == ("http://b.gov.cn/",)
    assert kept.insecure_tls is False
    assert store.add_receipt(page(when="2025-01-01T00:00:00Z", sha256=sha, bytes=1))
    assert store.fingerprint() != before


def test_a_changed_page_keeps_both_versions_and_a_mended_failure_goes(store: RawStore) -> None:
    old, new = store.put(b"old"), store.put(b"new")
    for receipt in (
        page(when="2024-01-01T00:00:00Z", sha256=old, bytes=3),
        page(when="2024-02-01T00:00:00Z", sha256=new, bytes=3),
        page(when="2024-03-01T00:00:00Z", sha256=new, bytes=3),
        page("http://b.gov.cn/", status="http_404"),
        page("http://c.gov.cn/", status="http_503"),
        page("http://c.gov.cn/", when="2024-02-01T00:00:00Z", sha256=new, bytes=3),
    ):
        store.add_receipt(receipt)
    seen = [(r.url, r.fetched_at[:7], r.status) for r in store.latest_by_document()]
    assert seen == [
        ("http://a.gov.cn/1", "2024-01", "ok"),
        ("http://a.gov.cn/1", "2024-03", "ok"),
        ("http://b.gov.cn/", "2024-01", "http_404"),
        ("http://c.gov.cn/", "2024-02", "ok"),
    ]


def test_receipts_come_in_the_same_order_whoever_came_first(tmp_path: Path) -> None:
    receipts = [page(f"http://a.gov.cn/{n}", status="http_404") for n in (3, 1, 2)]
    orders = []
    for name, batch in (("one", receipts), ("two", receipts[::-1])):
        store = RawStore(tmp_path / name)
        for receipt in batch:
            store.add_receipt(receipt)
        orders.append(list(store.receipts()))
    assert orders[0] == orders[1]


def test_a_recheck_changes_nothing_downstream(store: RawStore) -> None:
    store.add_receipt(page(status="http_404"))
    (kept,) = store.receipts()
    before = store.fingerprint()
    store.add_recheck(kept.receipt_id, "2025-05-05T00:00:00Z", 304, "")
    assert store.fingerprint() == before


def test_verify_names_every_kind_of_damage(store: RawStore) -> None:
    good, torn, gone, short = (store.put(text) for text in (b"good", b"torn", b"gone", b"short"))
    for sha, size in ((good, 4), (torn, 4), (gone, 4), (short, 99)):
        store.add_receipt(page(f"http://a.gov.cn/{sha}", sha256=sha, bytes=size))
    assert list(store.verify()) == [(short, "size_mismatch")]
    store.path(torn).write_bytes(b"to")
    store.path(gone).unlink()
    (store.objects / "notes.txt").write_text("?")
    assert set(store.verify()) == {
        (short, "size_mismatch"),
        (torn, "hash_mismatch"),
        (gone, "missing"),
        ("notes.txt", "unexpected_file"),
    }
    store.put(b"torn")
    assert (torn, "hash_mismatch") not in set(store.verify())


def test_a_transaction_that_fails_leaves_no_receipt(store: RawStore) -> None:
    def fail() -> None:
        with store.transaction():
            store.add_receipt(page())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(store.receipts()) == []


def test_threads_and_a_second_opening_share_one_store(store: RawStore) -> None:
    other = RawStore(store.root)

    def work(which: RawStore, start: int) -> None:
        for n in range(start, start + 20):
            which.add_receipt(page(f"http://a.gov.cn/{n}", status="http_404"))

    threads = [
        threading.Thread(target=work, args=(which, start))
        for which, start in ((store, 0), (store, 20), (other, 40))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.receipts())) == 60


def test_a_receipt_that_was_changed_or_is_gone_shows(store: RawStore) -> None:
    for n in range(5):
        store.add_receipt(page(f"http://a.gov.cn/{n}", media_type="text/html"))
    assert store.damaged_receipts() == []
    with store.transaction() as db:
        db.execute("UPDATE receipt SET media_type = 'text/plain' WHERE seq = 2")
        db.execute("DELETE FROM receipt WHERE seq = 4")
    assert store.damaged_receipts() == [(2, "http://a.gov.cn/1"), (5, "http://a.gov.cn/4")]
    assert store.drop_damaged_receipts() == ["http://a.gov.cn/1", "http://a.gov.cn/4"]
    assert store.damaged_receipts() == []
    store.add_receipt(page("http://a.gov.cn/1"))
    assert store.damaged_receipts() == []
    assert [r.url[-1] for r in store.receipts()] == ["0", "1", "2"]


def test_a_receipt_that_cannot_be_read_is_named(store: RawStore) -> None:
    store.add_receipt(page(headers={"etag": "x"}))
    with store.transaction() as db:
        db.execute("UPDATE receipt SET headers = '{\"etag'")
    with pytest.raises(DamagedReceipt, match=r"http://a\.gov\.cn/1"):
        list(store.receipts())
    assert store.drop_damaged_receipts() == ["http://a.gov.cn/1"]


def test_receipts_of_a_store_from_before_are_joined_up(store: RawStore) -> None:
    for n in range(3):
        store.add_receipt(page(f"http://a.gov.cn/{n}"))
    with store.transaction() as db:
        db.execute("ALTER TABLE receipt DROP COLUMN chain")
    store.close()
    with RawStore(store.root) as again:
        assert again.damaged_receipts() == []
        again.add_receipt(page("http://a.gov.cn/9"))
        assert again.damaged_receipts() == []
        with again.transaction() as db:
            db.execute("UPDATE receipt SET detail = 'x' WHERE seq = 1")
        assert [number for number, _ in again.damaged_receipts()] == [1]
