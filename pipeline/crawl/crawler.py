"""The crawl: a task per host takes that host's due pages one after another, different hosts side by side."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.chinese.titles import is_report_title, year_of_title
from pipeline.crawl.addresses import Resolver, SystemResolver
from pipeline.crawl.discover import Reading, read_page
from pipeline.crawl.fetch import UNANSWERED, Fetcher
from pipeline.crawl.fetched import Fetched, fetched_of, receipt_of
from pipeline.crawl.frontier import Frontier, Page, Visit
from pipeline.crawl.hosts import host_of
from pipeline.crawl.left import OVER_LIMIT, add_if_unknown, deferred_page, left_step
from pipeline.crawl.manners import HostResting, Turns
from pipeline.crawl.policy import Policy
from pipeline.crawl.progress import UNCHANGED, CrawlResult, CrawlState, Planned, Progress
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import Source
from pipeline.crawl.render import Renderer, find_chromium
from pipeline.crawl.robots import Robots
from pipeline.crawl.steps import PAGING_RULES, choose_steps
from pipeline.crawl.store import RawStore
from pipeline.crawl.taken import utc_text

log = logging.getLogger(__name__)
_SHELLS = frozenset({"script_shell", "waiting_room"})


class Crawler:
    """One run over some sources; see ``crawl``."""

    def __init__(
        self,
        store: RawStore,
        home_raw: Path,
        policy: Policy,
        hosts: Collection[str],
        sources: Sequence[Source],
        *,
        progress: Progress | None = None,
        insecure_hosts: Collection[str] = (),
        dry_run: bool = False,
        render: bool = False,
        year: int | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._hosts = hosts
        self._insecure_hosts = frozenset(insecure_hosts)
        self._sources = sources
        self._progress = progress
        self._dry_run = dry_run
        self._frontier = Frontier(store)
        self._turns = Turns(home_raw / "turns.sqlite", max_wait=policy.max_pause)
        self._system_resolver = SystemResolver() if resolver is None else None
        self._resolver: Resolver = resolver or self._system_resolver or SystemResolver()
        self._chromium = find_chromium() if render else None
        self._render = render
        self._year = year
        self._counts: Counter[str] = Counter()
        self._by_source: dict[str, Counter[str]] = {}
        self._due: Counter[str] = Counter()
        self._deferred: dict[str, str] = {}
        self._met: set[str] = set()
        self._planned: list[Planned] = []
        self._failures: list[str] = []
        self._requests = 0
        self._silent: Counter[str] = Counter()
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._errors: list[BaseException] = []
        self._commit_lock = asyncio.Lock()
        self._waiting: list[tuple[Callable[[], None], asyncio.Future[None]]] = []

    async def run(self) -> CrawlResult:
        """Crawls until nothing is due, or all that is due has to wait for a later run."""
        claimed = self._turns.claim_sources(source.source_id for source in self._sources)
        mine = [source for source in self._sources if source.source_id in claimed]
        self._by_source = {source.source_id: Counter() for source in mine}
        self._fetcher = Fetcher(
            self._store,
            self._turns,
            self._policy,
            self._resolver,
            allowed_hosts=self._hosts,
            insecure_hosts=self._insecure_hosts | {source.host for source in mine if source.insecure_tls},
        )
        self._robots = Robots(
            self._frontier,
            self._fetcher.fetch_robots,
            user_agent=self._policy.user_agent,
            keep_seconds=self._policy.robots_keep_seconds,
        )
        self._renderer = (
            Renderer(self._chromium, self._store, self._fetcher, self._robots, self._policy)
            if self._chromium
            else None
        )
        try:
            self._frontier.begin(mine, time.time())
            for host, count in self._frontier.due_hosts():
                self._due[host] = count
                self._start_worker(host)
            while self._workers:
                await asyncio.wait(list(self._workers.values()), return_when=asyncio.FIRST_COMPLETED)
            if self._errors:
                raise self._errors[0]
            self._write_deferred()
            self._frontier.finish_rounds(time.time())
            left = sum(count for _, count in self._frontier.due_hosts())
        finally:
            for task in list(self._workers.values()):
                task.cancel()
            await asyncio.gather(*self._workers.values(), return_exceptions=True)
            await self._fetcher.close()
            self._turns.close()
            self._frontier.close()
            if self._system_resolver is not None:
                self._system_resolver.close()
        return CrawlResult(
            counts=dict(sorted(self._counts.items())),
            by_source={source: dict(sorted(counts.items())) for source, counts in self._by_source.items()},
            deferred=tuple(sorted(self._deferred.items())),
            busy=tuple(source.source_id for source in self._sources if source.source_id not in claimed),
            left=left,
            planned=tuple(self._planned),
            requests=self._requests,
            failures=tuple(self._failures),
        )

    def _write_deferred(self) -> None:
        """Names the addresses that wait for a later run: none is left out of what was fetched in silence."""
        if self._dry_run:
            return
        stated = utc_text(self._clock())
        with self._store.transaction():
            self._frontier.keep_waits(self._met, self._deferred)
            for page in self._frontier.due_pages():
                why = self._deferred.get(page.host, "")
                add_if_unknown(self._store, deferred_page(page, why, stated))

    def _start_worker(self, host: str) -> None:
        if host not in self._workers and host not in self._deferred:
            self._met.add(host)
            self._workers[host] = asyncio.create_task(self._work(host), name=f"crawl {host}")

    async def _work(self, host: str) -> None:
        """Takes the host's due pages until there are none. Between the last look for one and leaving the
        list of workers nothing is awaited, so a page that is added meanwhile finds a worker."""
        try:
            while (page := self._frontier.next_page(host)) is not None:
                await self._take_page(page)
                if self._silent[host] >= self._policy.broken_host_after:
                    self._deferred[host] = "gives no answer"
                    break
        except HostResting as resting:
            log.info("%s is left for a later run: %s", host, resting)
            self._deferred[host] = str(resting)
        except Exception as error:  # the disk is full, the database is gone: the run ends and says so
            log.exception("the crawl of %s ends", host)
            self._errors.append(error)
        finally:
            self._workers.pop(host, None)
            if self._errors:
                for task in self._workers.values():
                    task.cancel()

    async def _take_page(self, page: Page) -> None:
        if self._dry_run and page.kind in ("report", "candidate", "attachment"):
            self._planned.append(
                Planned(page.source_id, page.url, page.kind, page.rule, page.title, page.year)
            )
            await self._commit(lambda: self._frontier.finish(page, "planned", (), None))
            self._count(page, "planned")
            return
        address = page.url if "#form=" in page.url else page.url.partition("#")[0]
        look = self._frontier.looked_at(address, page.started_at)
        if look is not None:
            # Another source, or an address that is sent on to this one, led here in this round: its look is ours too.
            reading = await self._read(page, look.sha256, look.media_type, look.final_url)
            await self._finish(page, look.status, f"seen at {look.url}", reading, None, None, None)
            return
        visit = self._frontier.visit(address)
        known = (
            visit
            if visit and visit.status == "ok" and visit.sha256 and self._store.has(visit.sha256)
            else None
        )
        try:
            fetched = await self._fetcher.fetch(
                address,
                self._robots,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
                looked_at=lambda target: self._look(target, page.started_at),
            )
        except HostResting as resting:
            if resting.host == page.host:
                raise
            fetched = Fetched(address, address, "host_resting", str(resting))
        await self._keep(page, address, visit, fetched)

    def _look(self, target: str, since: float) -> Fetched | None:
        """What this round saw at an address already."""
        visit = self._frontier.looked_at(target, since)
        receipt = self._store.receipt(visit.receipt_id) if visit and visit.receipt_id else None
        return fetched_of(receipt) if receipt else None

    async def _keep(self, page: Page, address: str, visit: Visit | None, fetched: Fetched) -> None:
        self._requests += fetched.requests
        host = host_of(address)
        self._silent[host] = self._silent[host] + 1 if fetched.status in UNANSWERED else 0
        now, stated = time.time(), utc_text(self._clock())
        if fetched.status == "not_modified" and visit is not None:
            reading = await self._read(page, visit.sha256, visit.media_type, visit.final_url)
            seen = visit._replace(visited_at=now)
            await self._finish(page, visit.status, "", reading, None, seen, (stated, 304, "not modified"))
            return
        reading = await self._read(page, fetched.sha256, fetched.media_type, fetched.final_url)
        validators = fetched.headers
        if self._render and (
            fetched.status == "challenge" or (reading is not None and self._wants_rendering(page, reading))
        ):
            fetched, reading = await self._rendered(page, fetched, reading)
            validators = {}  # a shell that did not change says nothing of what its script shows
        if reading is not None and reading.status != "ok":
            fetched = replace(fetched, status=reading.status, detail=reading.detail)
        receipt = receipt_of(fetched, page, address, stated)
        same = visit is not None and (visit.sha256, visit.status, visit.final_url) == (
            receipt.sha256,
            receipt.status,
            receipt.final_url,
        )
        seen = Visit(
            address,
            now,
            fetched.status,
            visit.receipt_id if same and visit else receipt.receipt_id,
            fetched.sha256,
            fetched.media_type,
            fetched.final_url,
            validators.get("etag"),
            validators.get("last-modified"),
        )
        recheck = (receipt.fetched_at, fetched.http_status, "the same again") if same else None
        await self._finish(
            page, fetched.status, fetched.detail, reading, None if same else receipt, seen, recheck
        )

    def _wants_rendering(self, page: Page, reading: Reading) -> bool:
        """A shell wants it, and a list whose rows seem to come by script."""
        return reading.status in _SHELLS or (
            reading.status == "ok"
            and page.kind == "list"
            and page.rule not in PAGING_RULES
            and not reading.steps
            and self._renderer is not None
        )

    async def _rendered(
        self, page: Page, fetched: Fetched, reading: Reading | None
    ) -> tuple[Fetched, Reading | None]:
        if self._renderer is None:
            more = "; no Chromium is installed to render it"
            if reading is None:
                return replace(fetched, detail=fetched.detail + more), None
            return fetched, reading._replace(status="needs_render", detail=reading.detail + more)
        rendered = await self._renderer.render(fetched)
        again = await self._read(page, rendered.sha256, rendered.media_type, rendered.final_url)
        return rendered, again or reading

    async def _read(self, page: Page, sha: str | None, media_type: str, final_url: str) -> Reading | None:
        """Reads what a kept page leads to; null where there is nothing to read."""
        if sha is None or page.kind == "attachment":
            return None
        if self._store.length(sha) > self._policy.max_parse_bytes:
            return None
        _, mark, fragment = page.url.partition("#")
        url = final_url + mark + fragment if mark and not fragment.startswith("form=") else final_url
        return await asyncio.to_thread(lambda: read_page(self._store.get(sha), url, page.kind, media_type))

    async def _finish(
        self,
        page: Page,
        status: str,
        detail: str,
        reading: Reading | None,
        receipt: Receipt | None,
        visit: Visit | None,
        recheck: tuple[str, int | None, str] | None,
    ) -> None:
        """Commits all that one page gave, then makes sure its steps' hosts have a worker."""
        chosen = choose_steps(page, reading, self._frontier, self._policy, self._hosts, self._year)
        steps = chosen.followed

        def write() -> None:
            if receipt is not None:
                self._store.add_receipt(receipt)
            if recheck is not None and visit is not None and visit.receipt_id is not None:
                self._store.add_recheck(visit.receipt_id, *recheck)
            if status == "ok" and _is_find(page, reading):
                title = page.title or (reading.title if reading else "")
                self._frontier.add_find(page, page.url, title, page.year or year_of_title(title), page.rule)
            self._frontier.finish(
                page, "limit" if chosen.limited and status == "ok" else status, steps, visit
            )
            self._frontier.leave(page, chosen.left, OVER_LIMIT)
            self._frontier.keep_finds(page, chosen.of_other_years)
            for step in chosen.left:
                add_if_unknown(self._store, left_step(page, step, utc_text(self._clock())))

        await self._commit(write)
        for step in steps:
            self._due[host_of(step.url)] += 1
        unchanged = receipt is None
        self._count(page, UNCHANGED if unchanged and status == "ok" else status)
        if status != "ok":
            self._failures.append(f"{page.url}: {status} {detail}".rstrip())
        for step in steps:
            self._start_worker(host_of(step.url))

    async def _commit(self, write: Callable[[], None]) -> None:
        """Runs ``write`` in a transaction with those that other workers wait for; returns once it is durable.

        One sync serves all that came meanwhile, and it is done off the event loop.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, done))
        async with self._commit_lock:
            batch, self._waiting = self._waiting, []
            if batch:
                await asyncio.shield(asyncio.to_thread(self._write_batch, [write for write, _ in batch]))
                for _, future in batch:
                    if not future.done():
                        future.set_result(None)
        await done

    def _write_batch(self, writes: list[Callable[[], None]]) -> None:
        with self._store.transaction():
            for write in writes:
                write()

    def _count(self, page: Page, status: str) -> None:
        self._counts[status] += 1
        self._by_source[page.source_id][status] += 1
        self._due[page.host] -= 1
        if self._due[page.host] <= 0:
            del self._due[page.host]
        if self._progress is not None:
            fetched, unchanged = self._counts["ok"], self._counts[UNCHANGED]
            self._progress.update(
                CrawlState(
                    hosts=len(self._due),
                    due=sum(self._due.values()),
                    fetched=fetched,
                    unchanged=unchanged,
                    failed=self._counts.total() - fetched - unchanged - self._counts["planned"],
                    eta_seconds=max(self._due.values(), default=0) * self._policy.delay,
                )
            )


def _is_find(page: Page, reading: Reading | None) -> bool:
    """A page is a report where a list's title says so and the page is no list itself, or where it shows
    one."""
    if reading is None:
        return page.kind == "report"
    if reading.shows_report:
        return True
    return (page.kind == "report" and not reading.is_list) or (
        page.kind == "candidate" and is_report_title(reading.title)
    )
