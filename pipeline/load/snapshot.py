"""A snapshot: every table as Parquet, a Frictionless data package, the codebook, what changed, and checksums.

The same warehouse gives the same bytes: rows are sorted, no clock is asked, and the version is the package's
version with a hash of inputs and code.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.codebook import load_codebook
from pipeline.durable import sync, write_whole
from pipeline.handover.parquet import write_parquet
from pipeline.handover.release import version_of
from pipeline.handover.tables import fields_of
from pipeline.home import Home
from pipeline.load.codebook_page import codebook_page
from pipeline.load.difference import NoSnapshot, differing
from pipeline.load.publish import digest_of
from pipeline.load.warehouse import opened

SCHEMAS = ("core", "ref", "mart")
KEYS = {
    "core.document": "document_id",
    "core.report": "report_id",
    "core.observation": "observation_id",
    "core.finding": "finding_id",
    "core.statement": "statement_id",
    "core.section": "report_id, section",
}
_TYPES = {
    "VARCHAR": "string",
    "VARCHAR[]": "array",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
LATEST = "latest"
SUMS = "SHA256SUMS"
UNEXPECTED = "unexpected_file"
LISTED = 5_000
"""Rows of CHANGES.md, at most; it says how many it leaves out."""
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
        for left in (aside, *(home.snapshots.glob(".*-*.part") if target is None else ())):
            shutil.rmtree(left, ignore_errors=True)
        aside.mkdir(parents=True)
        tables = _tables(con)
        resources = [_export(con, schema, table, aside) for schema, table in tables]
        facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
        before = _previous(home, version)
        _write_package(aside, version, resources, facts, before)
        (aside / "codebook.md").write_text(codebook_page(load_codebook()), encoding="utf-8")
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


def is_whole(home: Home, facts: dict[str, str]) -> bool:
    """Whether the snapshot of a warehouse built from ``facts`` is there as it was written; ``latest`` is made to
    name it. A file in it that is not ours changes nothing."""
    version = version_of(facts)
    if not (home.snapshots / version / SUMS).is_file():
        return False
    if wrong := [line for line in wrong_sums(home.snapshots / version) if UNEXPECTED not in line]:
        log.warning("snapshot %s: %s: all is built again", version, wrong[0])
        return False
    if latest(home) != version:
        log.warning("%s named %r: made to name %s", LATEST, latest(home), version)
        write_whole(home.snapshots / LATEST, version + "\n")
    return True


def latest(home: Home) -> str:
    """The version that ``latest`` names; empty where it names none."""
    try:
        return (home.snapshots / LATEST).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def wrong_sums(folder: Path) -> Iterator[str]:
    """One line a file of a snapshot that is missing, is not as written, or is not of it."""
    named: set[str] = set()
    for line in (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        named.add(name)
        path = folder / name
        if not path.is_file():
            yield f"snapshot file {name}: missing"
        elif digest_of(path) != digest:
            yield f"snapshot file {name}: hash_mismatch"
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != SUMS):
        if path.relative_to(folder).as_posix() not in named:
            yield f"snapshot file {path.relative_to(folder).as_posix()}: {UNEXPECTED}"


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = con.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('core', 'ref', 'mart') "
        "AND table_type = 'BASE TABLE' ORDER BY ALL"
    ).fetchall()
    return [(s, t) for s, t in rows]


def _export(con: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path) -> dict[str, Any]:
    name = f"{schema}.{table}"
    order = KEYS.get(name, "ALL")
    (folder / schema).mkdir(exist_ok=True)
    columns = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "ORDER BY column_index",
        [schema, table],
    ).fetchall()
    if name == "core.observation":
        # a file a year, beside each other: a folder named by the year would give readers that column twice
        (folder / schema / table).mkdir()
        years = con.execute(f"SELECT DISTINCT year FROM {name} ORDER BY year NULLS LAST").fetchall()
        paths = []
        for (year,) in years:
            part = folder / schema / table / f"{'unknown' if year is None else int(year)}.parquet"
            where = "year IS NULL" if year is None else f"year = {int(year)}"
            _copy(con, f"SELECT * FROM {name} WHERE {where} ORDER BY {order}", part, schema, table)
            paths.append(part.relative_to(folder).as_posix())
        path: str | list[str] = paths
    else:
        out = folder / schema / f"{table}.parquet"
        _copy(con, f"SELECT * FROM {name} ORDER BY {order}", out, schema, table)
        path = out.relative_to(folder).as_posix()
    comment = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [schema, table]
    ).fetchone()
    return {
        "name": f"{schema}_{table}",
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": (comment[0] if comment else None) or "",
        "schema": {
            "fields": [
                {
                    "name": c,
                    "type": _TYPES.get(t, "number" if t.startswith("DECIMAL") else "string"),
                    "description": d or "",
                }
                for c, t, d in columns
            ]
        },
    }


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path, schema: str, table: str) -> None:
    answer = con.execute(query)
    write_parquet(answer, fields_of(answer, load_codebook(), schema, table), path)


def _write_package(
    folder: Path, version: str, resources: list[dict[str, Any]], facts: dict[str, str], before: Path | None
) -> None:
    package = {
        "profile": "data-package",
        "name": "yangguang",
        "title": "政府信息公开工作年度报告 / Yearly reports on information requests",
        "version": version,
        "licenses": [{"name": "CC-BY-4.0"}],
        "sources": [
            {"title": "各级行政机关政府信息公开工作年度报告 / yearly reports of Chinese government bodies"}
        ],
        "yangguang": {k: facts[k] for k in sorted(facts)},
        "compared_with": before.name if before else None,
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(
        json.dumps(package, ensure_ascii=False, indent=1, sort_keys=False) + "\n", encoding="utf-8"
    )


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
    lines += [f"前一版 / before: `{before.name}`. {found.height} figures differ.", ""]
    if found.height:
        lines += [
            "| division | issuer | year | measure | before | now | why |",
            "|---|---|---|---|---|---|---|",
        ]
    for row in found.head(LISTED).iter_rows(named=True):
        report = (
            f": {row['report_before']} -> {row['report_now']}" if row["why"].startswith("another") else ""
        )
        lines.append(
            f"| {row['division_code'] or ''} | {row['issuer'] or ''} | {row['year'] or ''} | {row['measure_id']} "
            f"| {_shown(row['before'])} | {_shown(row['now'])} | {row['why']}{report} |"
        )
    if found.height > LISTED:
        lines.append(
            f"\n其余 {found.height - LISTED} 项见 / the other rows: `yangguang diff {before.name} {version}`"
        )
    return "\n".join([*lines, ""])


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else format(value.normalize(), "f")
