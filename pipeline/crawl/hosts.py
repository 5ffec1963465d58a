"""Which hosts may be fetched, or accepted from an archive.

Whole government sites are copied under rented domains with words and figures changed, so a host counts by
its name alone: under gov.cn, or named in the source registry.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Gives an address's host in lower case without a final dot; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().rstrip(".")


def is_allowed_host(host: str, named: Collection[str]) -> bool:
    """Tells whether ``host`` (as ``host_of`` gives it) lies under gov.cn or is one of ``named``."""
    return host.endswith(".gov.cn") or host == "gov.cn" or host in named
