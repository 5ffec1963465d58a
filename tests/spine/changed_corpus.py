"""The demo's reports as rows of the kept batches, to be changed one by one; and a whole warehouse to compare
with."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.crawl import Receipt
from pipeline.demo import division_lines, iter_bodies, iter_pages
from pipeline.demo.bodies import events_csv
from pipeline.home import PROJECT, Home
from pipeline.load.warehouse import build_core, publish
from pipeline.places import load_registry
from pipeline.reading.kept import Kept
from pipeline.reading.schema import DOCUMENT, OBSERVATION, REPORT, SCHEMAS, Rows, rows_of
from pipeline.reading.whole import read_whole

FACTS = {"inputs": "", "receipts": "", "build": "", "codebook": "1"}


@dataclass(frozen=True)
class Page:
    """A document of the corpus: its receipt and what reading it gave."""

    receipt: Receipt
    rows: Rows

    @property
    def sha(self) -> str:
        return str(self.receipt.sha256)


def places(home: Home, bodies: int = 8) -> None:
    """The demo's invented places in a home."""
    home.make()
    lines = division_lines(iter_bodies(bodies))
    text = (
        ",".join(lines[0]._fields) + "\n" + "".join(",".join(str(v) for v in line) + "\n" for line in lines)
    )
    (home.root / "divisions.csv").write_text(text, encoding="utf-8")
    (home.root / "division_events.csv").write_text(events_csv(), encoding="utf-8")


def read_pages(home: Home, bodies: int = 8, seed: int = 1) -> list[Page]:
    """The shipped corpus (or another), read."""
    registry = load_registry(home.divisions)
    found = []
    for name, data, _ in iter_pages(bodies=bodies, seed=seed):
        url = f"http://a.example/{name}"
        document, reports = read_whole(data, source_url=url, registry=registry)
        receipt = Receipt(
            url=url,
            final_url=url,
            fetched_at="2026-06-01T00:00:00Z",
            sha256=document.sha256,
            bytes=len(data),
            file_name=name,
            receipt_id=document.sha256[:32],
        )
        found.append(Page(receipt, rows_of(document, reports)))
    return found


def reread(page: Page, salt: str = "", **report: Any) -> Page:
    """The page with other columns of its report; with ``salt`` as another document at the same address."""
    sha = hashlib.sha256(page.sha.encode() + salt.encode()).hexdigest() if salt else page.sha
    old, new = page.sha[:16], sha[:16]
    rows: Rows = {}
    for table, schema in SCHEMAS.items():
        rows[table] = []
        for row in page.rows[table]:
            values = dict(zip(schema.names, row, strict=True))
            for key in ("sha256", "document_id"):
                if key in values:
                    values[key] = sha
            for key in ("report_id", "observation_id", "finding_id"):
                if key in values:
                    values[key] = values[key].replace(old, new)
            if table == "report":
                values.update(report)
            rows[table].append(tuple(values.values()))
    return Page(replace(page.receipt, sha256=sha, receipt_id=sha[:32]), rows)


def with_figure(page: Page, at: int, figure: int) -> Page:
    """The page with another number in one of its resolved cells."""
    rows = {table: list(found) for table, found in page.rows.items()}
    number = OBSERVATION.names.index("value"), OBSERVATION.names.index("resolved")
    cells = [n for n, row in enumerate(rows["observation"]) if row[number[1]] is not None]
    if cells:
        row = list(rows["observation"][cells[at % len(cells)]])
        for column in number:
            row[column] = Decimal(figure)
        rows["observation"][cells[at % len(cells)]] = tuple(row)
    return Page(page.receipt, rows)


def field(page: Page, name: str) -> Any:
    """A column of the page's first report, None where it has none."""
    return page.rows["report"][0][REPORT.names.index(name)] if page.rows["report"] else None


def keep(home: Home, pages: list[Page]) -> None:
    """Make the home's kept batches hold just what the pages say; what is held as it should be stays in its
    batch."""
    with Kept(home) as kept:
        marks = {page.sha: mark(page) for page in pages}
        known = {sha: unit for sha, (unit, _) in kept.entries().items()}
        stale = [sha for sha, unit in known.items() if sha in marks and marks[sha] != unit]
        kept.forget(stale)
        held = kept.held()
        missing = [page for page in pages if page.sha not in held]
        list(kept.write((marks[page.sha], page.rows) for page in missing))


def mark(page: Page) -> str:
    """What stands for the unit that a page was read in: all of its rows."""
    return hashlib.sha256(repr(page.rows).encode()).hexdigest()[:32]


def build(home: Home, pages: list[Page], target: Path, facts: dict[str, str] = FACTS) -> dict[str, int]:
    """Keep, load, run the models, publish. Gives the loader's counts."""
    keep(home, pages)
    counts = build_core(home, [page.receipt for page in pages], facts)
    models(home, target)
    publish(home)
    return counts


def models(home: Home, target: Path) -> None:
    """dbt over the home's build, in a process of its own, for dbt keeps the file open."""
    sql = str(PROJECT / "sql")
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--project-dir",
            sql,
            "--profiles-dir",
            sql,
            "--target-path",
            str(target),
            "--log-path",
            str(target / "logs"),
            "--no-use-colors",
        ],
        env={**os.environ, "YANGGUANG_BUILD": str(home.building)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def differences(one: Home, other: Home) -> list[str]:
    """One line a table of the published warehouses that has not the same rows in both; meta but for what
    names batches."""
    con = duckdb.connect()
    for name, home in (("a", one), ("b", other)):
        con.execute(f"ATTACH '{home.database}' AS {name} (READ_ONLY)")
    listed = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_catalog = '{}' ORDER BY 1"
    names, others = ([row[0] for row in con.execute(listed.format(name)).fetchall()] for name in ("a", "b"))
    lines = [] if names == others else [f"other tables: {sorted(set(names) ^ set(others))}"]
    for table in sorted({*names} & {*others} - {"meta.batch"}):
        missing, extra = (
            con.execute(f"FROM {x}.{table} EXCEPT ALL FROM {y}.{table}").fetchall()
            for x, y in (("b", "a"), ("a", "b"))
        )
        if missing or extra:
            lines.append(
                f"{table}: {len(missing)} rows missing, {len(extra)} too many: {missing[:1]} {extra[:1]}"
            )
    con.close()
    return lines


Change = Callable[[random.Random, list[Page]], list[Page]]


def _other(pages: list[Page], n: int, page: Page) -> list[Page]:
    return [*pages[:n], page, *pages[n + 1 :]]


def _at(dice: random.Random, pages: list[Page]) -> int:
    return dice.choice([n for n, page in enumerate(pages) if page.rows["report"]])


def other_figure(dice: random.Random, pages: list[Page]) -> list[Page]:
    """A page comes again with another number in a cell: another document at its address."""
    n = _at(dice, pages)
    return _other(
        pages, n, with_figure(reread(pages[n], f"f{dice.random()}"), dice.randrange(500), dice.randrange(90))
    )


def read_otherwise(dice: random.Random, pages: list[Page]) -> list[Page]:
    """The same document is read again, as when an attachment came: another number, the same ids."""
    n = _at(dice, pages)
    return _other(pages, n, with_figure(pages[n], dice.randrange(500), dice.randrange(90)))


def report_gone(dice: random.Random, pages: list[Page]) -> list[Page]:
    n = _at(dice, pages)
    return [*pages[:n], *pages[n + 1 :]]


def report_added(dice: random.Random, pages: list[Page]) -> list[Page]:
    """A body's report for a year of its own choosing, also one that nobody reported for."""
    page = pages[_at(dice, pages)]
    year = dice.randrange(2012, 2029)
    url = f"{page.receipt.url}/{dice.random()}"
    added = reread(page, url, year=year, published_on=date(year + 1, 3, 1))
    return [*pages, Page(replace(added.receipt, url=url), added.rows)]


def other_body(dice: random.Random, pages: list[Page]) -> list[Page]:
    """A report turns out to be another body's, or nobody's, of another place, level and scope."""
    n, m = _at(dice, pages), _at(dice, pages)
    columns = ("body_id", "body_kind", "level", "division_code", "division_name", "issuer", "scope")
    other = {c: field(pages[m], c) for c in columns}
    if dice.random() < 0.3:
        other = {"body_id": None, "division_code": None, "division_name": None, "level": "unknown"}
    if dice.random() < 0.2:
        other["division_code"] = "110101"
    return _other(pages, n, reread(pages[n], f"b{dice.random()}", **other))


def revised(dice: random.Random, pages: list[Page]) -> list[Page]:
    """A corrected version beside a report, published later: the old one is no longer current."""
    page = pages[_at(dice, pages)]
    url = f"{page.receipt.url}?v={dice.random()}"
    later = date.fromordinal(
        (field(page, "published_on") or date(2026, 1, 1)).toordinal() + dice.randrange(-3, 30)
    )
    copy = with_figure(reread(page, url, published_on=later), dice.randrange(500), dice.randrange(90))
    return [*pages, Page(replace(copy.receipt, url=url), copy.rows)]


def fetched_again(dice: random.Random, pages: list[Page]) -> list[Page]:
    """The same bytes with another time and address."""
    n = dice.randrange(len(pages))
    receipt = replace(pages[n].receipt, fetched_at=f"2026-07-{dice.randrange(1, 28):02d}T00:00:00Z")
    if dice.random() < 0.5:
        receipt = replace(receipt, url=receipt.url + "/")
    return _other(pages, n, Page(receipt, pages[n].rows))


def unread(dice: random.Random, pages: list[Page]) -> list[Page]:
    """A document that cannot be read any more."""
    n = _at(dice, pages)
    rows: Rows = {table: [] for table in SCHEMAS}
    document = dict(zip(DOCUMENT.names, pages[n].rows["document"][0], strict=True))
    rows["document"] = [tuple({**document, "status": "crashed", "reports": 0}.values())]
    return _other(pages, n, Page(pages[n].receipt, rows))


CHANGES: tuple[Change, ...] = (
    other_figure,
    read_otherwise,
    report_added,
    report_gone,
    other_body,
    revised,
    fetched_again,
    unread,
)
