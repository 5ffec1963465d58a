"""Receipts of addresses that were not asked for: a host wants to be left alone, or a source leads too far.

Only an address of which nothing is known yet has one: others have a row that says what was seen last. What
the address gives in the end takes its place.
"""

from __future__ import annotations

from pipeline.crawl.frontier import Page, Step
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.store import RawStore

DEFERRED = "deferred"
OVER_LIMIT = "over_limit"


def deferred_page(page: Page, why: str, stated: str) -> Receipt:
    """Of a page that waits for a later run; ``stated`` is the time, as receipts state it."""
    return _receipt(
        page.url, DEFERRED, why or "not asked for yet", stated, page.source_id, page.rule, page.referrer
    )


def left_step(page: Page, step: Step, stated: str) -> Receipt:
    """Of a step that is not followed, since its source has led to as many pages as a crawl takes."""
    why = "its source leads to more pages than a crawl takes"
    return _receipt(step.url, OVER_LIMIT, why, stated, page.source_id, step.rule, page.url)


def add_if_unknown(store: RawStore, receipt: Receipt) -> None:
    """Writes the receipt down where its address has none."""
    if not store.knows(receipt.url):
        store.add_receipt(receipt)


def _receipt(
    url: str, status: str, why: str, stated: str, source_id: str, rule: str, referrer: str | None
) -> Receipt:
    address = url if "#form=" in url else url.partition("#")[0]
    return Receipt(
        url=address,
        final_url=address,
        fetched_at=stated,
        status=status,
        detail=why,
        rule=rule,
        referrer=referrer,
        source_id=source_id,
    )
