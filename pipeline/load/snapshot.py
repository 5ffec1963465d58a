"""A snapshot: every table as Parquet, a Frictionless data package, the codebook, what changed, and checksums.

The same warehouse gives the same bytes: rows are sorted, no clock is asked, and the version is the package's
version with a hash of inputs and code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.codebook import load_codebook
from pipeline.home import Home
from pipeline.load.codebook_page import codebook_page
from pipeline.load.warehouse import opened

SCHEMAS = ("core", "ref", "mart")
KEYS = {
    "core.document": "document_id",
    "core.report": "report_id",
    "core.observation": "observation_id",
    "core.finding": "finding_id",
    "core.section": "report_id, section",
}
_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
LATEST = "latest"


def version_of(con: duckdb.DuckDBPyConnection) -> str:
    """The snapshot's version: the package's version and twelve digits of what the warehouse was built
    from."""
    facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
    return f"{facts.get('package_version', '0')}-{facts.get('build', '')[:12]}"


def write_snapshot(home: Home, target: Path | None = None) -> Path:
    """Write the published warehouse's snapshot to ``target`` (default: the home's snapshot folder) and give
    its folder.

    Written aside and renamed; a snapshot that is there already is left alone.
    """
    with opened(home.database, read_only=True) as con:
        version = version_of(con)
        final = (target or home.snapshots) / version
        if (final / "SHA256SUMS").is_file():
            return final
        aside = final.with_name(f".{version}.part")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        tables = _tables(con)
        resources = [_export(con, schema, table, aside) for schema, table in tables]
        facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
        _write_package(aside, version, resources, facts)
        (aside / "codebook.md").write_text(codebook_page(load_codebook()), encoding="utf-8")
        before = _previous(home, version)
        (aside / "CHANGES.md").write_text(_changes(con, before, facts), encoding="utf-8")
    _write_sums(aside)
    shutil.rmtree(final, ignore_errors=True)
    os.replace(aside, final)
    if target is None:
        pointer = home.snapshots / LATEST
        part = pointer.with_suffix(".part")
        part.write_text(version + "\n", encoding="utf-8")
        os.replace(part, pointer)
    return final


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
        years = [
            r[0]
            for r in con.execute(
                "SELECT DISTINCT year FROM core.observation ORDER BY year NULLS LAST"
            ).fetchall()
        ]
        paths = []
        for year in years:
            part = folder / schema / table / f"year={'unknown' if year is None else year}"
            part.mkdir(parents=True)
            where = "year IS NULL" if year is None else f"year = {int(year)}"
            _copy(con, f"SELECT * FROM {name} WHERE {where} ORDER BY {order}", part / "data.parquet")
            paths.append((part / "data.parquet").relative_to(folder).as_posix())
        path: str | list[str] = paths
    else:
        out = folder / schema / f"{table}.parquet"
        _copy(con, f"SELECT * FROM {name} ORDER BY {order}", out)
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


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    con.execute(f"COPY ({query}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def _write_package(
    folder: Path, version: str, resources: list[dict[str, Any]], facts: dict[str, str]
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
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(
        json.dumps(package, ensure_ascii=False, indent=1, sort_keys=False) + "\n", encoding="utf-8"
    )


def _write_sums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(p for p in folder.rglob("*") if p.is_file())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _previous(home: Home, version: str) -> Path | None:
    pointer = home.snapshots / LATEST
    if not pointer.is_file():
        return None
    name = pointer.read_text(encoding="utf-8").strip()
    folder = home.snapshots / name
    return folder if name != version and (folder / "mart" / "measure.parquet").is_file() else None


def _changes(con: duckdb.DuckDBPyConnection, before: Path | None, facts: dict[str, str]) -> str:
    """Figures of ``mart.measure`` that differ from the snapshot before, and why."""
    lines = ["# 变更 / Changes", ""]
    if before is None:
        return "\n".join(
            [*lines, "第一个快照，没有可比的前一版。 / The first snapshot: there is none before it.", ""]
        )
    old = json.loads((before / "datapackage.json").read_text(encoding="utf-8"))["yangguang"]
    code = "the code or the codebook changed" if old.get("reading") != facts.get("reading") else ""
    path = str(before / "mart" / "measure.parquet").replace("'", "''")
    rows = con.execute(
        f"""
        SELECT coalesce(n.division_code, o.division_code), coalesce(n.issuer, o.issuer), coalesce(n.year, o.year),
               coalesce(n.measure_id, o.measure_id), o.value, n.value, o.report_id, n.report_id
        FROM mart.measure n FULL JOIN read_parquet('{path}') o
          ON o.body_id IS NOT DISTINCT FROM n.body_id AND o.scope = n.scope AND o.year IS NOT DISTINCT FROM n.year
             AND o.measure_id = n.measure_id
        WHERE n.value IS DISTINCT FROM o.value
        ORDER BY ALL
        """
    ).fetchall()
    lines += [f"前一版 / before: `{before.name}`. {len(rows)} figures differ.", ""]
    if rows:
        lines += [
            "| division | issuer | year | measure | before | now | why |",
            "|---|---|---|---|---|---|---|",
        ]
    for division, issuer, year, measure, was, now, old_report, new_report in rows[:5000]:
        if old_report is None:
            why = "new report"
        elif new_report is None:
            why = "report no longer there"
        elif old_report != new_report:
            why = f"another version is current: {old_report} -> {new_report}"
        else:
            why = code or "neighbouring data changed"
        lines.append(
            f"| {division or ''} | {issuer or ''} | {year or ''} | {measure} | {_shown(was)} | {_shown(now)} | {why} |"
        )
    return "\n".join([*lines, ""])


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else format(value.normalize(), "f")
