"""Is a source still giving what it gave? What breaks must never be silent."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.crawl.addresses import bare_address
from pipeline.crawl.left import OVER_LIMIT
from pipeline.crawl.registry import Source
from pipeline.crawl.taken import utc_text

RULES = {
    "source_failed": "The source's own address gives a page",
    "source_no_reports": "A source that had reports still has some",
    "source_never_had_reports": "Every source has shown a report",
    "source_fewer_reports": "No source shows fewer reports than the time before",
    "source_year_missing": "No year is missing between two that have a report",
    "source_unfinished": "Every source's last crawl has ended",
    "source_pages_failed": "Every report and every further list page could be fetched",
    "source_no_report_read": "Every address that a list calls a report held one when it was read",
    "source_same_answer": "No two addresses of reports give the same page",
    "source_limit": "No source leads to more pages than a crawl takes",
}
"""What each rule of ``check_sources`` asks for."""


class SourceRow(NamedTuple):
    """One source as it stands. ``last_seen``: UTC time of the end of its last whole crawl, empty if none.
    ``reports`` and ``reports_by_year`` count that crawl's (year null where no title or date names it);
    ``last_error`` is the newest failure of the source's pages in its last crawl, ``status: address``;
    ``findings`` are the rules of ``check_sources`` that it breaks; ``waiting`` the addresses that were left,
    ``address: why``."""

    source_id: str
    issuer: str
    url: str
    last_seen: str
    reports: int
    reports_by_year: Mapping[int | None, int]
    last_error: str
    findings: tuple[str, ...]
    waiting: tuple[str, ...] = ()


class SourceFinding(NamedTuple):
    """One check that a source does not pass; ``severity`` is ``error`` or ``warn``, ``message`` is Chinese
    and English."""

    source_id: str
    rule: str
    severity: str
    message: str


class _Round(NamedTuple):
    number: int
    finished_at: float | None
    reports: Mapping[str, int | None]
    errors: tuple[tuple[str, str, str], ...]
    same: tuple[str, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    barren: tuple[str, ...] = ()


def sources_table(home_raw: Path, sources: Iterable[Source], barren: Collection[str] = ()) -> list[SourceRow]:
    """Gives the state of the sources in the raw store at ``home_raw``, in their order. ``barren``: the SHA-256
    of documents in which reading found no report; their addresses count as none."""
    rows = []
    with closing(_open(home_raw)) as db:
        for source in sources:
            rounds = _rounds(db, source, barren)
            whole = [round_ for round_ in rounds if round_.finished_at is not None]
            last = whole[-1] if whole else None
            by_year: dict[int | None, int] = {}
            for year in last.reports.values() if last else ():
                by_year[year] = by_year.get(year, 0) + 1
            errors = [error for error in rounds[-1].errors if error[1] != "limit"] if rounds else []
            rows.append(
                SourceRow(
                    source.source_id,
                    source.issuer,
                    source.url,
                    utc_text(last.finished_at) if last and last.finished_at else "",
                    len(last.reports) if last else 0,
                    dict(sorted(by_year.items(), key=lambda item: item[0] or 0)),
                    f"{errors[-1][1]}: {errors[-1][0]}" if errors else "",
                    tuple(finding.rule for finding in _check(source, rounds)),
                    tuple(f"{url}: {why}" for url, why in rounds[-1].waiting) if rounds else (),
                )
            )
    return rows


def check_sources(
    home_raw: Path, sources: Iterable[Source], barren: Collection[str] = ()
) -> list[SourceFinding]:
    """Gives what is wrong with the sources; a retired one is not checked, one never crawled has no finding.
    ``barren`` as in ``sources_table``.

    Rules: ``source_failed`` (the source's own address gave no page), ``source_no_reports`` (none in its last
    crawl, though an earlier one had some), ``source_never_had_reports``, ``source_fewer_reports`` (fewer than
    in the crawl before), ``source_year_missing`` (no report of a year between two that have one),
    ``source_unfinished`` (pages are still due from a host that gave no answer or asked to wait),
    ``source_pages_failed`` (reports or further list pages that could not be fetched),
    ``source_no_report_read`` (addresses that a list calls reports held none when they were read),
    ``source_same_answer`` (the addresses of reports of several years give one and the same page, which
    counts as none), ``source_limit`` (it leads to more pages than a crawl takes, so some were left).
    """
    with closing(_open(home_raw)) as db:
        return [
            finding
            for source in sources
            if not source.retired
            for finding in _check(source, _rounds(db, source, barren))
        ]


def crawl_mark(home_raw: Path) -> str:
    """Gives a text that changes whenever a crawl has looked at an address; empty where none ever did."""
    with closing(_open(home_raw)) as db:
        count, last = db.execute("SELECT count(*), max(visited_at) FROM crawl_visit").fetchone()
    return f"{count}-{last:.3f}" if count else ""


def _check(source: Source, rounds: list[_Round]) -> list[SourceFinding]:
    found: list[SourceFinding] = []

    def add(rule: str, severity: str, message: str) -> None:
        found.append(SourceFinding(source.source_id, rule, severity, message))

    if not rounds:
        return found
    failed = [error for error in rounds[-1].errors if error[1] != "limit"]
    seed = [error for error in failed if error[2] == "registry"]
    others = [error for error in failed if error[2] != "registry"]
    if len(failed) < len(rounds[-1].errors):
        add("source_limit", "warn", "网页过多，没有全部采集 / it leads to more pages than a crawl takes")
    if seed:
        add(
            "source_failed", "error", f"来源网址取不到：{seed[0][1]} / its address gave no page: {seed[0][1]}"
        )
    if others:
        add(
            "source_pages_failed",
            "warn",
            f"有{len(others)}个网页取不到 / {len(others)} of its pages failed, first {others[0][1]}: {others[0][0]}",
        )
    if empty := rounds[-1].barren:
        add(
            "source_no_report_read",
            "error",
            f"{len(empty)}个年报网址里没有读到报告 / {len(empty)} addresses of reports held none when they were read: "
            f"first {empty[0]}",
        )
    if same := rounds[-1].same:
        add(
            "source_same_answer",
            "error",
            f"{len(same)}个年报网址给出同一网页,不算报告 / {len(same)} addresses of reports of several years give the "
            f"same page, which is none: first {same[0]}",
        )
    if rounds[-1].finished_at is None:
        waiting = [why for _, why in rounds[-1].waiting if why != OVER_LIMIT]
        why = f": {waiting[0]}" if waiting else ""
        add(
            "source_unfinished",
            "warn",
            f"上次采集没有完成，{len(waiting)}个网页待采 / its last crawl has not ended, {len(waiting)} of its pages wait{why}",
        )
    whole = [round_ for round_ in rounds if round_.finished_at is not None]
    if not whole:
        return found
    last, before = whole[-1], whole[:-1]
    most = max((len(round_.reports) for round_ in before), default=0)
    if not last.reports and most:
        add(
            "source_no_reports",
            "error",
            f"列表以前有{most}份报告，现在一份也没有 / the list had {most} reports and now has none",
        )
    elif not last.reports and not seed:
        add("source_never_had_reports", "warn", "从未找到报告 / no report was ever found there")
    elif before and len(last.reports) < len(before[-1].reports):
        add(
            "source_fewer_reports",
            "warn",
            f"报告由{len(before[-1].reports)}份减为{len(last.reports)}份 / "
            f"{len(before[-1].reports)} reports before, {len(last.reports)} now",
        )
    years = sorted({year for year in last.reports.values() if year is not None})
    missing = [str(year) for year in range(years[0], years[-1]) if year not in years] if years else []
    if missing:
        add(
            "source_year_missing", "warn", f"缺{'、'.join(missing)}年报告 / no report of {', '.join(missing)}"
        )
    return found


def _rounds(db: sqlite3.Connection, source: Source, barren: Collection[str]) -> list[_Round]:
    rounds = []
    for number, finished_at in db.execute(
        "SELECT round, finished_at FROM crawl_round WHERE source_id = ? ORDER BY round", (source.source_id,)
    ):
        reports = dict(
            db.execute(
                "SELECT url, year FROM crawl_find WHERE source_id = ? AND round = ? ORDER BY url",
                (source.source_id, number),
            ).fetchall()
        )
        looks = db.execute(
            "SELECT url, sha256, final_url FROM crawl_find JOIN crawl_visit USING (url) WHERE source_id = ? AND round = ?",
            (source.source_id, number),
        ).fetchall()
        answers = {url: sha for url, sha, _ in looks}
        final = {url: last for url, _, last in looks}
        years: dict[str, set[int | None]] = {}
        for url, sha in answers.items():
            years.setdefault(sha, set()).add(reports[url])
        alike = {sha for sha, found in years.items() if sha and len(found - {None}) > 1}
        errors = tuple(
            db.execute(
                "SELECT url, status, rule FROM crawl_page WHERE source_id = ? AND round = ? AND due = 0 "
                "AND status NOT IN ('ok', ?) ORDER BY seq",
                (source.source_id, number, OVER_LIMIT),
            ).fetchall()
        )
        waiting = db.execute(
            "SELECT url, CASE WHEN due THEN coalesce(why, 'not asked for yet') ELSE status END "
            "FROM crawl_page LEFT JOIN crawl_wait USING (host) "
            "WHERE source_id = ? AND round = ? AND (due = 1 OR status = ?) ORDER BY seq",
            (source.source_id, number, OVER_LIMIT),
        ).fetchall()
        same = tuple(url for url in reports if answers.get(url) in alike)
        reports = {url: year for url, year in reports.items() if url not in same}
        reports = _without_twins(reports, answers, final)
        empty = tuple(
            url
            for url in reports
            if answers.get(url) in barren and _attached(db, source, number, url) <= set(barren)
        )
        reports = {url: year for url, year in reports.items() if url not in empty}
        rounds.append(_Round(number, finished_at, reports, errors, same, tuple(waiting), empty))
    return rounds


def _attached(db: sqlite3.Connection, source: Source, number: int, url: str) -> set[str | None]:
    """What the files gave that a page of a report led to."""
    rows = db.execute(
        "SELECT sha256 FROM crawl_page LEFT JOIN crawl_visit USING (url) "
        "WHERE source_id = ? AND round = ? AND referrer = ? AND kind = 'attachment'",
        (source.source_id, number, url),
    )
    return {sha for (sha,) in rows}


def _without_twins(
    reports: Mapping[str, int | None], answers: Mapping[str, str | None], final: Mapping[str, str]
) -> dict[str, int | None]:
    """One address a report: those that are sent on to one page are one; and those that differ in http, https,
    www. or the port alone, where they give the same bytes."""
    kept: dict[str, int | None] = {}
    seen: set[tuple[str, str]] = set()
    for url, year in reports.items():
        marks = {(final.get(url, url), ""), (bare_address(url), answers.get(url) or url)}
        if marks.isdisjoint(seen):
            kept[url] = year
        seen |= marks
    return kept


def _open(home_raw: Path) -> Any:
    """The crawl's database, read-only; an empty one where nothing was ever crawled."""
    path = Path(home_raw) / "crawl.sqlite"
    if path.is_file():
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=60)
        db.execute("CREATE TEMP TABLE IF NOT EXISTS crawl_wait (host TEXT, why TEXT)")
        if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'crawl_wait'").fetchone():
            db.execute("DROP TABLE temp.crawl_wait")
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'crawl_find'").fetchone():
            return db
        db.close()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE crawl_round (source_id, round, started_at, finished_at)")
    db.execute("CREATE TABLE crawl_visit (url, sha256, visited_at)")
    db.execute("CREATE TABLE crawl_find (source_id, round, url, title, year, rule)")
    db.execute(
        "CREATE TABLE crawl_page (seq, source_id, url, host, round, kind, referrer, status, rule, due)"
    )
    db.execute("CREATE TABLE crawl_wait (host, why)")
    return db
