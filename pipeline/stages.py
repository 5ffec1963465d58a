"""What each stage does in a home: the functions that the Dagster assets and the command line both call."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.crawl import IntakeResult, RawStore, take_in
from pipeline.crawl.completeness import SourceFinding, SourceRow, check_sources, sources_table
from pipeline.crawl.errors import DamagedReceipt
from pipeline.crawl.packing import pack
from pipeline.crawl.progress import CrawlResult
from pipeline.crawl.registry import REGISTRY, Source, choose_sources, load_registry, registry_hosts
from pipeline.crawl.run import crawl
from pipeline.current import Busy as Busy
from pipeline.current import facts_of as facts_of
from pipeline.current import is_up_to_date as is_up_to_date
from pipeline.current import models_fingerprint as models_fingerprint
from pipeline.current import run_lock as run_lock
from pipeline.home import Home
from pipeline.load.core import Judge, judge_here
from pipeline.load.gate import has_core
from pipeline.load.heal import heal_kept
from pipeline.load.models import Node
from pipeline.load.publish import publish
from pipeline.load.snapshot import write_snapshot
from pipeline.load.warehouse import build_core, cores, memory_budget, opened
from pipeline.progress import Tick
from pipeline.reading.archives import unpack
from pipeline.reading.kept import Kept
from pipeline.reading.read_all import ReadCounts, read_new

OWN_REGISTRY = "sources.csv"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What taking in did."""

    taken: int
    known: int
    failed: int
    refused: int
    unpacked: int
    problems: tuple[str, ...]

    def metadata(self) -> dict[str, int]:
        return {
            "taken": self.taken,
            "known": self.known,
            "failed": self.failed,
            "refused": self.refused,
            "unpacked": self.unpacked,
        }


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl did, how its sources stand now, and which checks they do not pass."""

    result: CrawlResult
    rows: tuple[SourceRow, ...] = ()
    findings: tuple[SourceFinding, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """A line for each page that failed, each host left for later, each source that another crawls."""
        return (
            *self.result.failures,
            *(f"left for a later run: {host}: {why}" for host, why in self.result.deferred),
            *(f"another process is crawling {source}" for source in self.result.busy),
        )

    @property
    def error(self) -> str:
        """Why a source gave nothing: its own address gave no page, or another process is at it; else
        empty."""
        failed = [f.message for f in self.findings if f.rule == "source_failed"]
        return "another process is crawling it" if self.result.busy else "; ".join(failed)

    def metadata(self) -> dict[str, Any]:
        """Pages by status (``pages_ok`` are new or changed), requests, pages still due, reports by year."""
        years: Counter[str] = Counter()
        for row in self.rows:
            years.update({str(year or "unknown"): n for year, n in row.reports_by_year.items()})
        return {
            **{f"pages_{status}": count for status, count in self.result.counts.items()},
            "requests": self.result.requests,
            "pages_left": self.result.left,
            "reports_by_year": dict(years),
            "problems": "\n".join(self.problems[:20]),
        }


def registry_of(home: Home) -> Path:
    """The home's own source registry (``sources.csv``) where it has one, else the project's."""
    own = home.root / OWN_REGISTRY
    return own if own.is_file() else REGISTRY


def sources_of(home: Home) -> tuple[Source, ...]:
    """The sources of the home's registry that are not retired. Raises RegistryError."""
    return choose_sources(load_registry(registry_of(home)))


def crawl_stage(
    home: Home,
    source_ids: Sequence[str] = (),
    *,
    registry: Path | None = None,
    dry_run: bool = False,
    **options: Any,
) -> Crawled:
    """Crawl sources of the home's registry (none named: all that are not retired) into the raw store.

    ``options`` are those of ``crawl``. What the registry allows of its hosts holds whichever sources are
    chosen, so that a source leads to the same pages alone as among others. Raises RegistryError for an
    unknown id.
    """
    known = load_registry(registry or registry_of(home))
    chosen = choose_sources(known, source_ids)
    result = crawl(
        home.make().raw,
        chosen,
        dry_run=dry_run,
        allowed_hosts=registry_hosts(known),
        insecure_hosts={source.host for source in known if source.insecure_tls},
        **options,
    )
    log.info("crawled %d sources: %s", len(chosen), dict(result.counts))
    if dry_run:
        return Crawled(result)
    barren = barren_documents(home)
    rows, findings = sources_table(home.raw, chosen, barren), check_sources(home.raw, chosen, barren)
    crawled = Crawled(result, tuple(rows), tuple(findings))
    for problem in crawled.problems:
        log.warning("%s", problem)
    return crawled


def source_findings(home: Home) -> list[SourceFinding]:
    """What is wrong with the sources of the home's registry: the completeness checks."""
    return check_sources(home.raw, sources_of(home), barren_documents(home))


def barren_documents(home: Home) -> frozenset[str]:
    """The SHA-256 of documents that were read and held no report, as the published warehouse has them: none
    where there is no warehouse, or where somebody keeps it from being read."""
    if not home.database.is_file():
        return frozenset()
    try:
        rows = _rows(home, "SELECT sha256 FROM core.document WHERE status IN ('ok', 'empty') AND reports = 0")
    except duckdb.Error as error:
        log.warning("what was read is not known to the table of sources: %s", error)
        return frozenset()
    return frozenset(str(sha) for (sha,) in rows if sha)


def take_in_stage(
    home: Home, inputs: Sequence[str], *, delay: float = 2.0, allow_private: bool = False
) -> FileCounts:
    """Take in what is named and what lies in the inbox. Raises InputError for a path that cannot be read."""
    wanted: list[str | Path] = list(inputs)
    if home.has_mail():
        wanted.append(home.inbox)
    with RawStore(home.raw) as store:
        result = (
            take_in(store, wanted, delay=delay, allow_private=allow_private) if wanted else IntakeResult()
        )
        new = unpack(store) if result.taken else 0
    log.info(
        "taken in: %d new, %d known, %d failed, %d refused, %d unpacked",
        result.taken,
        result.known,
        result.failed,
        result.refused,
        new,
    )
    return FileCounts(result.taken, result.known, result.failed, result.refused, new, result.problems)


def read_stage(home: Home, *, tick: Tick | None, master: str = "") -> ReadCounts:
    """Read what is new in the raw store: in processes of this machine, or on Spark where a ``master`` is
    named."""
    readers = None
    if master:
        from pipeline.cluster.reading import cluster

        readers = cluster(home, master)
    with RawStore(home.raw) as store:
        if moved := pack(store):
            log.info("%d raw objects moved into packs", moved)
        return read_new(home, store, tick=tick, readers=readers)


def load_stage(home: Home, *, master: str = "") -> dict[str, int]:
    """Build ``core`` and ``ref`` aside, from kept readings that are what was written: what is not is read
    again. Bodies are judged on Spark where a ``master`` is named. Gives rows by table. Raises DamagedReceipt."""
    if healed := list(heal_kept(home)):
        for line in healed:
            log.warning("%s", line)
        read_stage(home, tick=None)
    with RawStore(home.raw) as store:
        if damaged := store.damaged_receipts():
            urls = ", ".join(url for _, url in damaged[:5])
            raise DamagedReceipt(
                f"{len(damaged)} receipts are not what was written ({urls}): `yangguang heal`"
            )
        facts = facts_of(home, store)
        judge: Judge = judge_here
        if master:
            from pipeline.cluster.core import judging

            judge = judging(home, master)
        counts = build_core(home, store.documents_to_read(), facts, judge)
    log.info("built core of build %s: %s", facts["build"], counts)
    with Kept(home) as kept:
        kept.drop_older()
    return counts


def being_built(home: Home) -> bool:
    """Whether a core waits for its models."""
    if not home.building.is_file():
        return False
    with opened(home.building) as con:
        return has_core(con)


def tables_built(home: Home) -> set[str]:
    """The tables and views of the core that waits for its models: ``schema.name``."""
    with opened(home.building) as con:
        rows = con.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        ).fetchall()
    return {str(name) for (name,) in rows}


def build_environment() -> dict[str, str]:
    """What the SQL models are told through the environment: what they may take."""
    return {"YANGGUANG_BUILD_MEMORY": memory_budget(), "YANGGUANG_BUILD_THREADS": str(cores())}


def models_on_spark(home: Home, master: str) -> list[Node]:
    """The SQL models built on Spark and taken into the build; what became of each node."""
    from pipeline.cluster.models import build_models

    return build_models(home, master)


def publish_stage(home: Home) -> None:
    """Publish the finished build. Raises NotWhole where it may not be."""
    publish(home)


def snapshot_stage(home: Home) -> Path:
    """Write the snapshot of the published warehouse. What is looked at here need not be by the next run."""
    folder = write_snapshot(home)
    is_up_to_date(home)
    return folder


# -- small questions to the published warehouse
# -----------------------------------------------------------------------


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with opened(home.database, read_only=True) as con:
        return con.execute(query).fetchall()


def model_counts(home: Home) -> dict[str, int]:
    """Rows of the main tables."""
    names = ("core.document", "core.report", "core.observation", "core.finding", "mart.city_year")
    return {
        name.replace(".", "_"): int(str(_rows(home, f"SELECT count(*) FROM {name}")[0][0])) for name in names
    }


def preview(home: Home, table: str, rows: int = 5) -> str:
    """The first rows and columns of a table as Markdown."""
    with opened(home.database, read_only=True) as con:
        cursor = con.execute(f"SELECT * FROM {table} ORDER BY ALL LIMIT {int(rows)}")
        names = [d[0] for d in cursor.description or []][:10]
        lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
        lines += [
            "| " + " | ".join("" if v is None else str(v) for v in row[:10]) + " |"
            for row in cursor.fetchall()
        ]
    return "\n".join(lines)


def unread_documents(home: Home) -> list[tuple[str, int]]:
    """(status, documents) of those that are not ok."""
    rows = _rows(
        home, "SELECT status, count(*) FROM core.document WHERE status <> 'ok' GROUP BY 1 ORDER BY 1"
    )
    return [(str(s), int(str(n))) for s, n in rows]


def fallen_decisions(home: Home) -> list[str]:
    """A line for each decision of a person that no longer holds, with why."""
    rows = _rows(
        home,
        "SELECT status, coalesce(report_id, substr(document_sha256, 1, 16)), indicator, applicant, locator, decided_by "
        "FROM core.decision WHERE status NOT IN ('applied', 'undone') ORDER BY ALL",
    )
    return [f"{status}: {where} {i} {a or ''} at {at}, by {by}" for status, where, i, a, at, by in rows]


def error_findings(home: Home) -> list[tuple[str, int]]:
    """(rule, findings) of severity error in current reports."""
    rows = _rows(
        home,
        "SELECT f.rule, count(*) FROM core.finding f JOIN core.report r USING (report_id) "
        "WHERE f.severity = 'error' AND r.is_current GROUP BY 1 ORDER BY 1",
    )
    return [(str(r), int(str(n))) for r, n in rows]
