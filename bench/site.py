"""The atlas over many drawn places: time, memory and size of writing it, and of writing it again.

Usage: python -m bench.site --places 3000 [--years 10] [--from SNAPSHOT] [--keep DIR]
       python -m bench.site --charts

Takes one place of the demo's snapshot (``--from``; default: the demo home's latest) and draws it as many times,
under codes of the registry and invented names, into a snapshot of its own that says it is invented. Then writes
its site twice into a folder that is removed, or into DIR, which is kept
and whose snapshot is taken again. Prints seconds, CPU seconds, the largest
resident set (MB), files and bytes. Judges nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import duckdb

from bench.panel import step
from pipeline.home import demo_home
from pipeline.load.sums import latest
from pipeline.site import Written, write_site
from pipeline.site.charts import Frame, Point, line_chart

PLACE, NAME = "990200", "霜原市"
"""The demo's place that is drawn: a prefecture with departments' and texts' figures in every year."""
_REPORTS = ("report_id", "previous_report_id", "original_report_id", "other_report_id", "superseded_by")
_PARTS = ("observation_id", "finding_id", "statement_id", "other_observation_id")
_NAMES = ("division_name", "issuer", "title", "full_name", "original_issuer", "report_key", "body_id")
_NAMES_TOO = ("original_body_id", "division_code", "province_code", "name")


def expression(column: str) -> str:
    """A column of a drawn copy: ids are the copy's own, the place's code and name are replaced."""
    if column in _REPORTS:
        return f"left(md5({column} || k.n), 16) || '-1'"
    if column in _PARTS:
        return f"left(md5(split_part({column}, ':', 1) || k.n), 16) || '-1:' || split_part({column}, ':', 2)"
    if column in ("document_id", "sha256"):
        return f"md5({column} || k.n) || md5(k.n || {column})"
    if column == "province_code":
        return "left(k.code, 2)"
    if column in (*_NAMES, *_NAMES_TOO):
        return f"replace(replace({column}, '{PLACE}', k.code), '{NAME}', k.name)"
    return f'"{column}"'


def draw(source: Path, target: Path, places: int, years: int) -> None:
    """Write a snapshot of ``places`` copies of the demo's place, ``years`` years each, into ``target``."""
    package = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    con = duckdb.connect()
    con.execute(f"CREATE TABLE division AS FROM '{source}/ref/division.parquet'")
    con.execute(
        "CREATE TABLE k AS SELECT row_number() OVER (ORDER BY division_code) AS n, division_code AS code, "
        "'虚构' || row_number() OVER (ORDER BY division_code) || '市' AS name FROM (SELECT DISTINCT division_code "
        f"FROM division WHERE level IN ('prefecture', 'county') AND division_code NOT LIKE '99%') LIMIT {places}"
    )
    reports = f"(SELECT * FROM '{source}/core/report.parquet' WHERE division_code = '{PLACE}')"
    con.execute(
        f"CREATE TABLE kept AS SELECT report_id, document_id FROM {reports} "
        f"WHERE year > (SELECT max(year) FROM {reports}) - {years}"
    )
    for resource in package["resources"]:
        schema, _, table = resource["name"].partition("_")
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        listed = ", ".join(f"'{source / p}'" for p in paths)
        rows = f"read_parquet([{listed}], hive_partitioning = false)"
        columns = [c for c, *_ in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()]
        out = target / schema / f"{table}.parquet"
        out.parent.mkdir(parents=True, exist_ok=True)
        chosen = ", ".join(f'{expression(c)} AS "{c}"' for c in columns)
        if "report_id" in columns:
            query = f"SELECT {chosen} FROM {rows} AS t, k WHERE t.report_id IN (SELECT report_id FROM kept)"
        elif "document_id" in columns:
            query = (
                f"SELECT {chosen} FROM {rows} AS t, k WHERE t.document_id IN (SELECT document_id FROM kept)"
            )
        elif table == "division":
            query = (
                "SELECT * REPLACE (coalesce(k.name, d.name) AS name, coalesce(k.name, d.full_name) AS full_name) "
                "FROM division d LEFT JOIN k ON k.code = d.division_code"
            )
        elif "division_code" in columns:
            query = f"SELECT {chosen} FROM {rows} AS t, k WHERE t.division_code = '{PLACE}' LIMIT {places * 2_000}"
        else:
            query = f"SELECT * FROM {rows}"
        con.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")
        resource["path"] = f"{schema}/{table}.parquet"
    package["yangguang"]["invented"] = "yes"
    (target / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    counted = con.execute("SELECT (SELECT count(*) FROM k), (SELECT count(*) FROM kept)").fetchone()
    assert counted
    print(f"{counted[0]} places, {counted[0] * counted[1]} reports drawn", flush=True)


def charts(times: int = 50) -> None:
    """CPU milliseconds of one line chart of two series over 13 years: our SVG text, and Altair by vl-convert,
    which no lock holds (``pip install altair vl-convert-python``)."""
    import altair as alt
    import vl_convert

    points = [Point(2013 + n, float(n * n), "", "printed", False, False, True, "") for n in range(13)]
    frame = Frame(2013, 2025, frozenset((2016,)), ((2019, "式"),))
    rows = [{"year": p.year, "value": p.value, "series": s} for p in points for s in "ab"]
    chart = alt.Chart(alt.Data(values=rows)).mark_line(point=True)
    spec = chart.encode(x="year:O", y="value:Q", strokeDash="series:N").to_json()
    vl_convert.vegalite_to_svg(spec)  # its engine starts once
    for name, draw_one in (
        ("ours", lambda: line_chart(frame, [points, points], "x")),
        ("Altair", lambda: vl_convert.vegalite_to_svg(spec)),
    ):
        start = time.process_time()
        size = [len(draw_one()) for _ in range(times)][-1]
        print(f"{name:<8} {(time.process_time() - start) / times * 1000:6.2f} ms CPU, {size} signs")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=3_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--from", dest="source", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument(
        "--charts", action="store_true", help="one chart as ours and as Altair's, in milliseconds"
    )
    wanted = parser.parse_args()
    if wanted.charts:
        charts()
        return
    home = demo_home()
    source = wanted.source or home.snapshots / latest(home)
    with tempfile.TemporaryDirectory() as aside:
        folder = wanted.keep or Path(aside)
        snapshot, site = folder / "snapshot", folder / "site"
        if not (snapshot / "datapackage.json").is_file():
            step("drawn", lambda: draw(source, snapshot, wanted.places, wanted.years))
        done: list[Written] = []
        for name in ("written", "again"):
            step(name, lambda: done.append(write_site(snapshot, site)))
            told = done[-1]
            print(
                f"    {told.files} files, {told.bytes / 1e6:,.0f} MB, {told.written} of them written now",
                flush=True,
            )


if __name__ == "__main__":
    main()
