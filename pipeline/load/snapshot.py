"""A snapshot: every table as Parquet, a Frictionless data package, the codebook, what changed, and checksums.

The same warehouse gives the same bytes: rows are sorted, no clock is asked, and the version is the day of the
newest input, the package's version and a hash of inputs and code (docs/decisions/0011-release.md).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.codebook import Codebook, load_codebook
from pipeline.durable import sync, write_whole
from pipeline.handover.catalogue import dcat, schema_org
from pipeline.handover.package import json_page, package, places_of, resource
from pipeline.handover.parquet import write_parquet, write_parquet_by
from pipeline.handover.release import citation_cff, licence_page, read_me, release_of, version_of
from pipeline.handover.tables import fields_of
from pipeline.home import Home
from pipeline.load.codebook_page import codebook_page
from pipeline.load.difference import NoSnapshot, differing
from pipeline.load.published import digest_of
from pipeline.load.sums import LATEST, SUMS, latest, wrong_sums
from pipeline.load.warehouse import opened

SCHEMAS = ("core", "ref", "mart")
FILES = {
    "core/": "报告、单元格、核对 / reports, cells, checks",
    "mart/": "面板与各分析表 / the panel and the other marts",
    "ref/": "编码手册与区划 / the codebook and the divisions",
    "datapackage.json": "各表的列、类型、单位、取值、主外键、哈希 / columns, types, units, values, keys, hashes",
    "codebook.md": "编码手册 / the codebook",
    "CHANGES.md": "与前一版相比变动的数 / figures that differ from the version before",
    "schema.org.jsonld": "目录用 / for catalogues (schema.org)",
    "dcat.jsonld": "目录用 / for catalogues (DCAT)",
    "SHA256SUMS": "各文件的哈希 / hashes of the files",
}
"""What a snapshot's README says of its files."""
LISTED = 5_000
"""Rows of CHANGES.md, at most; it says how many it leaves out."""
SORTED = 3_000_000
"""Rows that are sorted at once, where a year has no more."""
log = logging.getLogger(__name__)


def built_version(con: duckdb.DuckDBPyConnection) -> str:
    """The version of the snapshot of a warehouse."""
    return version_of(dict(con.execute("SELECT key, value FROM meta.build").fetchall()))


def write_snapshot(home: Home, target: Path | None = None) -> Path:
    """Write the published warehouse's snapshot to ``target`` (default: the home's snapshot folder) and give
    its folder.

    Written aside, made durable and renamed. One of this version that is there already stays where it holds
    the same bytes; else it is replaced.
    """
    folder = target or home.snapshots
    with opened(home.database, read_only=True) as con:
        version = built_version(con)
        final, aside = folder / version, folder / f".{version}.part"
        # what a killed run left; in another's folder only what is surely ours
        for left in (aside, *(home.snapshots.glob(".*-*.part*") if target is None else ())):
            shutil.rmtree(left, ignore_errors=True)
        aside.mkdir(parents=True)
        tables = _tables(con)
        resources = [_export(con, schema, table, aside) for schema, table in tables]
        before = _previous(home, version)
        _write_beside(con, aside, resources, before)
        (aside / "CHANGES.md").write_text(_changes(before, aside, version), encoding="utf-8")
    _write_sums(aside)
    if (
        (final / SUMS).is_file()
        and (final / SUMS).read_bytes() == (aside / SUMS).read_bytes()
        and not any(wrong_sums(final))
    ):
        shutil.rmtree(aside)
    else:
        _put_in_place(aside, final)
    if target is None:
        write_whole(home.snapshots / LATEST, version + "\n")
    return final


def _put_in_place(aside: Path, final: Path) -> None:
    for path in [*aside.rglob("*"), aside]:
        sync(path)
    if final.exists():
        log.warning("snapshot %s did not hold what it should: written again", final.name)
        shutil.rmtree(final)
    os.replace(aside, final)
    sync(final.parent)


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = con.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core', 'ref', 'mart') "
        "AND table_type = 'BASE TABLE' ORDER BY ALL"
    ).fetchall()
    return [(s, t) for s, t in rows]


def _export(con: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path) -> dict[str, Any]:
    """Write one table; gives what the data package says of it."""
    name, codebook = f"{schema}.{table}", load_codebook()
    order = order_of(codebook, name)
    (folder / schema).mkdir(exist_ok=True)
    if name == "core.observation":
        # a file a year, beside each other: a folder named by the year would give readers that column twice
        parts = folder / schema / table
        parts.mkdir()
        written: dict[Path, int] = {}
        for those in _years_together(con, name):
            answer = con.execute(f"SELECT * FROM {name} WHERE {those} ORDER BY year NULLS LAST, {order}")
            fields = fields_of(answer, codebook, schema, table)
            written |= write_parquet_by(
                answer, fields, "year", lambda year: parts / f"{'unknown' if year is None else year}.parquet"
            )
        paths, rows = list(written), sum(written.values())
        if not written:
            paths = [parts / "unknown.parquet"]
            answer = con.execute(f"SELECT * FROM {name} LIMIT 0")
            fields = fields_of(answer, codebook, schema, table)
            write_parquet(answer, fields, paths[0])
    else:
        answer = con.execute(f"SELECT * FROM {name} ORDER BY {order}")
        fields = fields_of(answer, codebook, schema, table)
        paths = [folder / schema / f"{table}.parquet"]
        rows = write_parquet(answer, fields, paths[0])
    comment = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [schema, table]
    ).fetchone()
    return resource(
        codebook, folder, paths, fields, of=name, rows=rows, description=(comment[0] if comment else "") or ""
    )


def _years_together(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
    """Conditions that take a table's years some at a time, so many rows as are sorted in memory with ease: a pass
    over the table costs more than sorting."""
    counts = con.execute(
        f"SELECT year, count(*) FROM {name} GROUP BY year ORDER BY year NULLS LAST"
    ).fetchall()
    known = [(int(year), int(count)) for year, count in counts if year is not None]
    first, rows = 0, 0
    for n, (year, count) in enumerate(known):
        rows += count
        if rows >= SORTED or n + 1 == len(known):
            yield f"year BETWEEN {known[first][0]} AND {year}"
            first, rows = n + 1, 0
    if len(counts) > len(known):
        yield "year IS NULL"


def order_of(codebook: Codebook, name: str) -> str:
    """The order of a table's rows in its files: by its key, else by all columns."""
    return ", ".join(codebook.primary_key(name)) or "ALL"


def _write_beside(
    con: duckdb.DuckDBPyConnection, folder: Path, resources: list[dict[str, Any]], before: Path | None
) -> None:
    """What lies beside the tables: the data package, what catalogues take, licence, citation, codebook."""
    codebook, release, places = load_codebook(), release_of(con), places_of(con)
    compared = before.name if before else None
    pages = {
        "README.md": read_me(release, codebook, FILES),
        "LICENSE.md": licence_page(release, codebook),
        "CITATION.cff": citation_cff(release),
        "codebook.md": codebook_page(codebook),
        "datapackage.json": json_page(package(codebook, release, places, resources, compared_with=compared)),
        "schema.org.jsonld": json_page(schema_org(codebook, release, places, resources)),
        "dcat.jsonld": json_page(dcat(codebook, release, places, resources)),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _write_sums(folder: Path) -> None:
    lines = [
        f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(p for p in folder.rglob("*") if p.is_file())
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _previous(home: Home, version: str) -> Path | None:
    """The snapshot to compare with: the latest before this version; of one that is written again, the same as
    then."""
    name = latest(home)
    if name == version:
        name = str(_package(home.snapshots / version).get("compared_with") or "")
    folder = home.snapshots / name
    return folder if name and (folder / "mart" / "measure.parquet").is_file() else None


def _package(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _changes(before: Path | None, now: Path, version: str) -> str:
    """The page that tells which figures differ from the snapshot before, and why; it says what it leaves
    out."""
    lines = ["# 变更 / Changes", ""]
    if before is None:
        return "\n".join(
            [*lines, "第一个快照，没有可比的前一版。 / The first snapshot: there is none before it.", ""]
        )
    try:
        found = differing(before, now)
    except NoSnapshot as error:
        log.warning("snapshot %s: nothing is compared with it: %s", before.name, error)
        told = f"前一版 {before.name} 无法读取，未作比较。 / Snapshot `{before.name}` cannot be read."
        return "\n".join([*lines, told, ""])
    lines += [
        f"前一版 / before: `{before.name}`. {found.height} figure{'s differ' if found.height != 1 else ' differs'}.",
        "",
    ]
    words = {v.value: f"{v.label_zh} / {v.label_en}" for v in load_codebook().values_of("diff.figure", "why")}
    if found.height:
        reasons = found.group_by("why").len().sort("len", "why", descending=[True, False])
        lines += [f"- {n}: `{why}` {_reason(why, words)}" for why, n in reasons.rows()]
        lines += [
            "",
            "| division | issuer | year | measure | before | now | why |",
            "|---|---|---|---|---|---|---|",
        ]
    for row in found.head(LISTED).iter_rows(named=True):
        another = row["why"] in ("document_changed", "other_version")
        report = f": {row['report_before']} -> {row['report_now']}" if another else ""
        lines.append(
            f"| {row['division_code'] or ''} | {row['issuer'] or ''} | {row['year'] or ''} | {row['measure_id']} "
            f"| {_shown(row['before'])} | {_shown(row['now'])} | {row['why']}{report} |"
        )
    if found.height > LISTED:
        lines.append(
            f"\n其余 {found.height - LISTED} 项见 / the other rows: `yangguang diff {before.name} {version}`"
        )
    return "\n".join([*lines, ""])


def _reason(why: str, words: Mapping[str, str]) -> str:
    """The words of a reason, or of the several that it may have been."""
    return "; ".join(words[part] for part in why.split("+"))


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else format(value.normalize(), "f")
