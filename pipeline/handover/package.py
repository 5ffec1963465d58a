"""The data package (Frictionless) that lies beside tables: each with its columns, types, units, allowed values
and keys, its files with their bytes and hashes, and the package's licence, sources and coverage.

Tables in CSV are checked by ``frictionless validate`` cell by cell. Parquet is declared as files (hash and
bytes are checked): frictionless reads it through pandas, which makes of a whole number that is missing one
that is no whole number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.codebook import Codebook
from pipeline.handover.release import AUTHORS, KEYWORDS, LICENCE, LICENCE_URL, Release, citation
from pipeline.handover.tables import Field, Kind

if TYPE_CHECKING:
    import duckdb

_TYPES: Mapping[Kind, str] = {
    "text": "string",
    "texts": "array",
    "whole": "integer",
    "exact": "number",
    "double": "number",
    "truth": "boolean",
    "day": "date",
    "moment": "datetime",
    "other": "string",
}
MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}


class Place(NamedTuple):
    """A province that reports are of: its code and name."""

    code: str
    name: str


def places_of(con: duckdb.DuckDBPyConnection) -> tuple[Place, ...]:
    """The provinces that current reports are of, by code; a name is the newest."""
    rows = con.execute(
        "SELECT r.code, arg_max(d.name, d.valid_from) FROM (SELECT DISTINCT substr(division_code, 1, 2) || '0000' AS code "
        "FROM core.report WHERE is_current AND division_code IS NOT NULL) r "
        "LEFT JOIN ref.division d ON d.division_code = r.code GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return tuple(Place(code, name or code) for code, name in rows)


def resource(
    codebook: Codebook,
    folder: Path,
    paths: Sequence[Path],
    fields: Sequence[Field],
    *,
    of: str,
    rows: int,
    name: str = "",
    description: str = "",
) -> dict[str, Any]:
    """What the package says of one table (``of``: schema.table, empty where it is none of the warehouse's),
    written in ``paths`` of ``folder``. Under a ``name`` of its own it names no rows of other tables."""
    form = paths[0].suffix.removeprefix(".")
    parts = [_file(path, folder) for path in paths]
    found: dict[str, Any] = {
        "name": name or of.replace(".", "_"),
        "type": "table" if form == "csv" else "file",
        "path": parts[0]["path"] if len(parts) == 1 else [part["path"] for part in parts],
        "format": form,
        "mediatype": MEDIA[form],
        "encoding": "utf-8",
        "description": description,
        "rowCount": rows,
    }
    if form == "csv":
        found["encoding"] = "utf-8-sig"
    if len(parts) == 1:
        found |= {key: parts[0][key] for key in ("bytes", "hash")}
    else:
        found["parts"] = parts
    return {**found, "schema": schema(codebook, fields, of, alone=bool(name), listed=form != "csv")}


def schema(
    codebook: Codebook, fields: Sequence[Field], of: str, *, alone: bool, listed: bool
) -> dict[str, Any]:
    """The table's schema: fields with type, Chinese title, English description, unit and allowed values; its
    keys. ``alone``: without those of other tables; ``listed``: a list is one, not a text of its parts."""
    own = codebook.primary_key(of)
    found: dict[str, Any] = {
        "fields": [_field(f, required=f.name in own, listed=listed) for f in fields],
        "missingValues": [""],
    }
    if own:
        found["primaryKey"] = list(own)
    foreign = [k for k in codebook.keys if k.table == of and k.refers_to and not alone]
    if foreign:
        found["foreignKeys"] = [
            {
                "fields": list(k.columns),
                "reference": {
                    "resource": "" if k.refers_to == of else k.refers_to.replace(".", "_"),
                    "fields": list(k.refers_columns),
                },
            }
            for k in foreign
        ]
    return found


def _field(field: Field, *, required: bool, listed: bool) -> dict[str, Any]:
    kind = "string" if field.kind == "texts" and not listed else _TYPES[field.kind]
    found: dict[str, Any] = {"name": field.name, "type": kind, "description": field.label_en}
    if field.label_zh:
        found["title"] = field.label_zh
    if field.unit:
        found["unit"] = field.unit
    limits: dict[str, Any] = {"required": True} if required else {}
    if field.values:
        limits["enum"] = [v.value for v in field.values]
        found["categories"] = [
            {"value": v.value, "label": f"{v.label_zh} / {v.label_en}"} for v in field.values
        ]
    return {**found, "constraints": limits} if limits else found


def _file(path: Path, folder: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def package(
    codebook: Codebook,
    release: Release,
    places: Sequence[Place],
    resources: Sequence[dict[str, Any]],
    **more: Any,
) -> dict[str, Any]:
    """The package's descriptor; ``more`` are properties of our own."""
    found: dict[str, Any] = {
        "profile": "data-package",
        "name": "yangguang",
        "title": release.title,
        "description": " ".join(part for part in (release.notice, DESCRIPTION_ZH, DESCRIPTION_EN) if part),
        "version": release.version,
        "keywords": list(KEYWORDS),
        "licenses": [{"name": LICENCE, "path": LICENCE_URL, "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": AUTHORS, "role": "author"}],
        "sources": sources(codebook),
        "citation": citation(release),
        "temporal": temporal(release),
        "spatial": {"country": "CN", "provinces": [place._asdict() for place in places]},
        "yangguang": {key: release.facts[key] for key in sorted(release.facts)},
        **more,
        "resources": list(resources),
    }
    if release.day:
        found["created"] = f"{release.day.isoformat()}T00:00:00Z"
    return found


DESCRIPTION_ZH = (
    "中国各级行政机关依《政府信息公开条例》每年公布的政府信息公开工作年度报告中的数字："
    "每个数字照印、或有证明、或注明存疑，并可追溯到文件中的位置。"
)
DESCRIPTION_EN = (
    "Figures of the yearly reports that Chinese government bodies publish on requests for information: each as "
    "printed, or proved, or openly ambiguous, and traceable to its place in the file."
)


def sources(codebook: Codebook) -> list[dict[str, str]]:
    """Where the facts come from, as a package names it."""
    found = []
    for a in codebook.attributions:
        title = " ".join(part for part in (a.name, a.version) if part)
        own = {"title": f"{title} ({a.licence}{f', {a.by}' if a.by else ''}): {a.used_en}"}
        found.append({**own, "path": a.url} if a.url else own)
    return found


def temporal(release: Release) -> dict[str, str]:
    """The years that the reports are about, as days; empty where there is no report."""
    if release.first_year is None:
        return {}
    return {"start": f"{release.first_year}-01-01", "end": f"{release.last_year}-12-31"}


def json_page(value: Any) -> str:
    """JSON for a file: the keys in the order in which they were put."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def files_of(resources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every file of a package's resources, with bytes and hash, and the resource that it is of."""
    found = []
    for r in resources:
        parts = r.get("parts") or [{key: r[key] for key in ("path", "bytes", "hash")}]
        found += [{**part, "resource": r["name"], "mediatype": r["mediatype"]} for part in parts]
    return found
