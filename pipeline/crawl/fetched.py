"""What asking for one address gave, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.crawl.frontier import Page
from pipeline.crawl.receipt import Receipt, receipt_id_of

_Body = bytes | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking for one address gave.

    ``status`` is ``ok``, ``not_modified`` or what went wrong; the object is kept where ``sha256`` is set.
    ``requests`` counts those sent for it, robots.txt not counted. ``body`` is set where it was not to be
    kept.
    """

    url: str
    final_url: str
    status: str
    detail: str = ""
    http_status: int | None = None
    redirects: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""
    sha256: str | None = None
    body: _Body = None
    bytes: int | None = None
    file_name: str | None = None
    insecure_tls: bool = False
    requests: int = 0


def receipt_of(fetched: Fetched, page: Page, address: str, stated: str) -> Receipt:
    """The receipt of what ``address``, which ``page`` of the frontier names, gave at the time ``stated``."""
    receipt = Receipt(
        url=address,
        final_url=fetched.final_url,
        redirects=fetched.redirects,
        fetched_at=stated,
        http_status=fetched.http_status,
        status=fetched.status,
        detail=fetched.detail,
        headers=fetched.headers,
        media_type=fetched.media_type,
        sha256=fetched.sha256,
        bytes=fetched.bytes,
        rule=page.rule,
        referrer=page.referrer,
        source_id=page.source_id,
        file_name=fetched.file_name,
        insecure_tls=fetched.insecure_tls,
    )
    return replace(receipt, receipt_id=receipt_id_of(receipt))


def fetched_of(receipt: Receipt) -> Fetched:
    """What a receipt tells of a fetch."""
    return Fetched(
        url=receipt.url,
        final_url=receipt.final_url,
        status=receipt.status,
        detail=receipt.detail,
        http_status=receipt.http_status,
        redirects=receipt.redirects,
        headers=receipt.headers,
        media_type=receipt.media_type,
        sha256=receipt.sha256,
        bytes=receipt.bytes,
        file_name=receipt.file_name,
        insecure_tls=receipt.insecure_tls,
    )
