"""How a crawl behaves: limits and manners, all in one value."""

from __future__ import annotations

import os
from dataclasses import dataclass

CONTACT = os.environ.get("YANGGUANG_CONTACT", "").replace("\n", " ").strip() or "see the project's README"
"""An address or page at which a site's keeper reaches who runs this crawler; whoever crawls for real sets
it."""
USER_AGENT = f"yangguang/0.1 (crawler of yearly disclosure reports; contact: {CONTACT})"


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits and manners of a crawl. Times in seconds, sizes in bytes.

    ``delay``: least pause between the end of a request to a host and the next. ``max_pause``: a host that
    asks for a longer pause (Retry-After, Crawl-delay) is left for a later run, but no longer than
    ``max_demand``, whatever it asks. ``attempts``: requests for
    one page at most. ``max_list_pages``: list and site pages a source may lead to in a round; ``max_pages``:
    pages of every kind. A source that goes over has the finding ``source_limit``. ``max_depth``:
    steps from the source's address to a page, further pages of one list not counted. ``broken_host_after``:
    so many pages in a row without an answer, and the host is left for a later run.
    """

    delay: float = 2.0
    allow_private: bool = False
    user_agent: str = USER_AGENT
    max_bytes: int = 64 << 20
    max_parse_bytes: int = 8 << 20
    connect_seconds: float = 20.0
    total_seconds: float = 120.0
    max_redirects: int = 5
    attempts: int = 4
    backoff_initial: float = 1.0
    backoff_max: float = 60.0
    max_pause: float = 600.0
    max_demand: float = 86_400.0
    robots_keep_seconds: float = 86_400.0
    requests_at_once: int = 128
    max_list_pages: int = 120
    max_pages: int = 10_000
    max_depth: int = 4
    broken_host_after: int = 3
