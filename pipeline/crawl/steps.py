"""Which of a page's steps are followed: no host that is not allowed, no endless depth, no list that repeats."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pipeline.crawl.addresses import BadAddress, normalise_url
from pipeline.crawl.discover import Reading
from pipeline.crawl.frontier import Frontier, Page, Step
from pipeline.crawl.hosts import host_of, is_allowed_host
from pipeline.crawl.policy import Policy

PAGING_RULES = frozenset(
    {"next_link", "page_link", "create_page", "page_total", "dataproxy_group", "dataproxy_post", "json_page"}
)


class Chosen(NamedTuple):
    """A page's steps: those ``followed``, those ``left`` because the source has led to too many pages
    (``limited``; that many again are named at most), and reports ``of_other_years`` than the one wanted."""

    followed: tuple[Step, ...] = ()
    left: tuple[Step, ...] = ()
    of_other_years: tuple[Step, ...] = ()
    limited: bool = False


def choose_steps(
    page: Page,
    reading: Reading | None,
    frontier: Frontier,
    policy: Policy,
    hosts: Collection[str],
    year: int | None,
) -> Chosen:
    """Chooses among the steps of a page that was read. ``year``: of reports whose year is known, only those
    of this one are followed."""
    if reading is None or not reading.steps:
        return Chosen()
    reports = [step for step in reading.steps if step.kind in ("report", "candidate")]
    barren = page.rule in PAGING_RULES and all(frontier.knows(page, step.url) for step in reports)
    lists = frontier.pages_of(page, ("list", "site"))
    others = frontier.pages_of(page, ("report", "candidate", "attachment"))
    followed: list[Step] = []
    left: list[Step] = []
    of_other_years: list[Step] = []
    limited = False
    for step in reading.steps:
        try:
            allowed = is_allowed_host(host_of(normalise_url(step.url.partition("#")[0])), hosts)
        except BadAddress:
            continue
        if not allowed or (barren and step.rule in PAGING_RULES):
            continue
        if step.deeper and page.depth >= policy.max_depth and step.kind != "attachment":
            continue
        if frontier.knows(page, step.url):
            continue
        if year is not None and step.kind in ("report", "candidate") and step.year not in (None, year):
            of_other_years.append(step)
            continue
        is_list = step.kind in ("list", "site")
        if lists + others >= policy.max_pages or (is_list and lists >= policy.max_list_pages):
            limited = True
            if lists + others + len(left) < 2 * policy.max_pages:
                left.append(step)
            continue
        lists, others = lists + int(is_list), others + int(not is_list)
        followed.append(step)
    return Chosen(tuple(followed), tuple(left), tuple(of_other_years), limited)
