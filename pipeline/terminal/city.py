"""One place's profile for a terminal: its series, breaks, findings, peers and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pipeline.terminal.say import give, reading_home, wrong
from pipeline.terminal.tables import grid

if TYPE_CHECKING:
    import duckdb

    from pipeline.home import Home

MORE = ("normative_documents_in_force", "proactive_total")
"""Rows of the terminal's series behind those that the atlas shows first."""


@click.command()
@click.argument("name_or_code")
def city(name_or_code: str) -> None:
    """One place's profile: series, breaks, findings, peers, sources."""
    from pipeline.load.query import WrongQuery

    try:
        give(city_lines(reading_home(), name_or_code))
    except (UnknownPlace, WrongQuery) as error:
        wrong(str(error))


class UnknownPlace(Exception):
    """No place by that name or code, or several; the message says which."""


def _find(con: duckdb.DuckDBPyConnection, wanted: str) -> tuple[str, str]:
    rows = con.execute(
        "SELECT DISTINCT division_code, max(division_name) FROM core.report WHERE division_code = ? OR division_name = ? "
        "GROUP BY 1 ORDER BY 1",
        [wanted, wanted],
    ).fetchall()
    if not rows:
        rows = con.execute(
            "SELECT division_code, max(division_name) FROM core.report WHERE starts_with(division_name, ?) GROUP BY 1 ORDER BY 1",
            [wanted],
        ).fetchall()
    if not rows:
        known = con.execute(
            "SELECT count(*) FROM ref.division WHERE division_code = ? OR name = ?", [wanted, wanted]
        ).fetchone()
        why = "no report of it is in the warehouse" if known and known[0] else "no such place is known"
        raise UnknownPlace(f"{wanted}: {why}")
    if len(rows) > 1:
        listed = ", ".join(f"{name} {code}" for code, name in rows)
        raise UnknownPlace(f"{wanted} names several places: {listed}; give the code")
    return str(rows[0][0]), str(rows[0][1])


def city_lines(home: Home, wanted: str) -> Iterator[str]:
    """Lines for a person. ``wanted`` is a name or a six-digit code. Raises UnknownPlace."""
    from pipeline.codebook import load_codebook
    from pipeline.load.query import asking

    labels = {m.measure_id: m.label_zh for m in load_codebook().measures}
    with asking(home) as con:
        code, name = _find(con, wanted)
        yield f"{name}  {code}"
        yield ""
        yield from _series(con, code, labels)
        yield from _section(
            con,
            "机关 bodies that report here",
            "SELECT arg_max(issuer, year) AS issuer, arg_max(body_kind, year) AS kind, count(DISTINCT year) AS years, min(year) AS first, max(year) AS last "
            "FROM core.report WHERE division_code = ? AND is_current "
            "GROUP BY coalesce(body_id, issuer, report_id) ORDER BY kind, first, issuer",
            code,
        )
        yield from _section(
            con,
            "断链 breaks in the chain",
            "SELECT year, issuer, chain, measure_id, expected, found FROM mart.chain_break WHERE division_code = ? ORDER BY ALL",
            code,
        )
        yield from _section(
            con,
            "核对 findings (errors and warnings of current reports)",
            "SELECT r.year, r.issuer, f.severity, f.rule, count(*) AS n FROM core.finding f JOIN core.report r USING (report_id) "
            "WHERE r.division_code = ? AND r.is_current AND f.severity IN ('error', 'warn') GROUP BY ALL ORDER BY ALL",
            code,
        )
        yield from _section(
            con,
            "同级 peers: rank by applications among places of the same level, province and year",
            "SELECT c.year, c.applications_received AS received, "
            "1 + count(p.applications_received) FILTER (p.applications_received > c.applications_received) AS rank, "
            "count(p.applications_received) AS peers FROM mart.city_year c JOIN mart.city_year p ON p.year = c.year "
            "AND p.level = c.level AND substr(p.division_code, 1, 2) = substr(c.division_code, 1, 2) "
            "WHERE c.division_code = ? AND c.applications_received IS NOT NULL GROUP BY ALL ORDER BY 1",
            code,
        )
        yield from _section(
            con,
            "来源 sources",
            "SELECT r.year, r.issuer, r.template, r.scope, r.published_on, r.is_current AS current, r.report_id, r.source_url "
            "FROM core.report r WHERE r.division_code = ? ORDER BY r.year, r.issuer, r.report_id",
            code,
        )


def _series(con: duckdb.DuckDBPyConnection, code: str, labels: dict[str, str]) -> Iterator[str]:
    from pipeline.site.series import FIRST_ROWS

    cursor = con.execute("SELECT * FROM mart.city_year WHERE division_code = ? ORDER BY year", [code])
    names = [d[0] for d in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        yield "本级政府没有报告 / no report of its government is in the warehouse"
        yield ""
        return
    yield f"系列 series: {', '.join(dict.fromkeys(str(r.get('issuer')) for r in rows))}"
    table: list[tuple[Any, ...]] = [
        ("表式 form", *(r.get("template") for r in rows)),
        ("口径 scope", *(r.get("scope") for r in rows)),
        ("机关 kind", *(r.get("body_kind") for r in rows)),
    ]
    for measure in (*FIRST_ROWS, *MORE):
        if measure in names and any(r[measure] is not None for r in rows):
            table.append((labels.get(measure, measure), *(_marked(r, measure) for r in rows)))
    yield from (f"  {line}" for line in grid(("", *(str(r["year"]) for r in rows)), table, 26))
    yield "  ≈ 口径近似或约数 roughly comparable, or a rounded number; * 仅见正文 in the text alone; ? 未读出 shown and not read"
    yield "  表式改变处的数不可直接相比 / figures on two sides of a change of form are not directly comparable"
    yield ""


def _marked(row: dict[str, Any], measure: str) -> Any:
    """A figure with what is to be minded of it."""
    noted = {note.partition(": ")[2] for note in row.get("caveats") or () if note.startswith(f"{measure}: ")}
    value = row[measure]
    if value is None:
        return "?" if "misread" in noted else None
    before, after = "≈" if "approx" in noted else "", "*" if "text_only" in noted else ""
    return f"{before}{value}{after}" if before or after else value


def _section(con: duckdb.DuckDBPyConnection, title: str, query: str, code: str) -> Iterator[str]:
    cursor = con.execute(query, [code])
    names = [d[0] for d in cursor.description or []]
    rows = cursor.fetchall()
    yield f"{title}: {len(rows) or '无 / none'}"
    if rows:
        yield from (f"  {line}" for line in grid(names, rows, 52))
    yield ""
