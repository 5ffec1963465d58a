"""What a crawl tells while it runs and when it has ended. Drawing it is the caller's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

UNCHANGED = "unchanged"
"""The count of pages that were looked at again and had not changed (304, or the same bytes)."""


class CrawlState(NamedTuple):
    """A crawl at one moment. ``hosts`` are those with pages due, ``due`` the pages, ``eta_seconds`` how long
    the host with most of them takes at the pause between requests (more pages may still be found)."""

    hosts: int
    due: int
    fetched: int
    unchanged: int
    failed: int
    eta_seconds: float


class Progress(Protocol):
    """Is told the state after every page, in the thread that runs the crawl."""

    def update(self, state: CrawlState) -> None:
        """Shows the state; must be quick."""


class Planned(NamedTuple):
    """A page that a dry run would have fetched."""

    source_id: str
    url: str
    kind: str
    rule: str
    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """What a crawl did.

    ``counts`` is pages by status (``ok`` for new or changed ones, ``unchanged``, else what went wrong),
    ``by_source`` the same for each source, in the registry's order. ``deferred`` are hosts left for a later
    run and why, ``busy`` sources that another process is crawling, ``left`` the pages still due,
    ``planned`` what a dry run would have fetched.
    """

    counts: Mapping[str, int]
    by_source: Mapping[str, Mapping[str, int]]
    deferred: tuple[tuple[str, str], ...] = ()
    busy: tuple[str, ...] = ()
    left: int = 0
    planned: tuple[Planned, ...] = ()
    requests: int = 0
    failures: tuple[str, ...] = field(default=())

    @property
    def fetched(self) -> int:
        """Pages that were new or had changed."""
        return self.counts.get("ok", 0)

    @property
    def unchanged(self) -> int:
        """Pages that had not changed."""
        return self.counts.get(UNCHANGED, 0)

    @property
    def failed(self) -> int:
        """Pages with any other status."""
        return sum(count for status, count in self.counts.items() if status not in ("ok", UNCHANGED))
