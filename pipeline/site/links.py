"""Where each page lies. Big families of pages are spread over folders, so that none holds tens of thousands."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

TOTAL = "total"
"""The applicant's column that is the sum of the others."""
_SAFE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


def report_page(report_id: str) -> str:
    """The address of a report's page below the site's folder."""
    name = _named(report_id)
    return f"report/{name[:2]}/{name}.html"


def place_page(division_code: str) -> str:
    """The address of a place's page below the site's folder."""
    name = _named(division_code)
    return f"place/{name[:2]}/{name}.html"


def figure_anchor(indicator: str, applicant: str | None, copy: int = 0) -> str:
    """The anchor of a cell on its report's page; no applicant is the total. ``copy`` counts what the report
    says of it besides."""
    name = f"{indicator}:{applicant}" if applicant and applicant != TOTAL else indicator
    return f"{name}~{copy}" if copy else name


def measure_anchor(measure_id: str) -> str:
    """The anchor of a harmonised measure on a report's page."""
    return f"m:{measure_id}"


@lru_cache(maxsize=65_536)
def link(page: str, anchor: str = "") -> str:
    """An address as a link's value."""
    return quote(page) + (f"#{quote(anchor, safe=':~.')}" if anchor else "")


def _named(key: str) -> str:
    """A key as a file's name. Raises ValueError for one that is none (a slash, a dot in front)."""
    if not _SAFE.fullmatch(key):
        raise ValueError(f"{key!r} cannot name a page")
    return key
