"""``yangguang explain``: where a figure comes from: file, place, raw text, how it was resolved, which
checks it failed; of a figure of the panel, the cells that it is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pipeline.terminal.say import give, reading_home, wrong
from pipeline.terminal.tables import grid, text_of

if TYPE_CHECKING:
    import duckdb

    from pipeline.home import Home

_HEAD = """
SELECT r.title, r.issuer, r.level, r.division_code, r.division_name, r.year, r.template, r.scope, r.place, r.is_current,
    r.superseded_by, r.issuer_evidence, r.year_evidence, r.scope_evidence, d.source_url, d.sha256, d.reader, d.encoding,
    d.encoding_step, d.fetched_at, d.status
FROM core.report r JOIN core.document d USING (document_id) WHERE r.report_id = ?
"""
_CELLS = """
SELECT indicator, applicant, value, raw, unit, state, resolved, resolution, method, locator, label, rule, proof,
    candidates, approx
FROM core.observation WHERE report_id = ? ORDER BY observation_id
"""
_FINDINGS = """
SELECT rule, severity, "left", "right", cells, message FROM core.finding WHERE report_id = ? ORDER BY finding_id
"""
_MEASURE = """
SELECT r.measure_id, r.label_zh, r.label_en, r.unit, r.expression, r.comparability, r.why_zh, r.why, m.value, m.state,
    coalesce(m.alternative, 0) AS alternative
FROM ref.measure r LEFT JOIN mart.measure m ON m.measure_id = r.measure_id AND m.report_id = ?
WHERE r.template = ? AND r.measure_id = ?
"""
_TERMS = """
SELECT part, indicator, applicant, coefficient FROM ref.measure_term
WHERE measure_id = ? AND template = ? AND alternative = ? ORDER BY part DESC, indicator, applicant
"""
_ENDING = re.compile(
    r"_(?:numerator|denominator|change_rate|change|yearly_growth|peers|rank|percentile|comparability|state)$"
)


Slot = tuple[str, str]
"""A figure of a report: its indicator and its applicant's column."""


class UnknownReport(Exception):
    """No report, or no figure in it, by that name."""


class Cell(NamedTuple):
    """A row of ``core.observation``."""

    indicator: str
    applicant: str | None
    value: Any
    raw: str
    unit: str
    state: str
    resolved: Any
    resolution: str | None
    method: str
    locator: str
    label: str
    rule: str | None
    proof: str | None
    candidates: str | None
    approx: bool

    @property
    def name(self) -> str:
        return self.indicator + (f" [{self.applicant}]" if self.applicant else "")


class Failed(NamedTuple):
    """A row of ``core.finding``."""

    rule: str
    severity: str
    left: Any
    right: Any
    cells: str
    message: str

    def touches(self, slots: set[tuple[str, str | None]]) -> bool:
        return any((name, applicant) in slots for name, applicant in json.loads(self.cells))


class Measured(NamedTuple):
    """A measure of the panel as one report gives it."""

    measure_id: str
    label_zh: str
    label_en: str
    unit: str | None
    expression: str | None
    comparability: str
    why_zh: str | None
    why: str | None
    value: Any
    state: str | None
    alternative: int


@click.command()
@click.argument("report_id")
@click.argument("indicator", required=False)
def explain(report_id: str, indicator: str | None) -> None:
    """Show where a report's figures come from: file, place in it, raw text, how resolved, checks passed or
    failed.

    INDICATOR is an id of the codebook or its beginning (application.received), or a column of the panel, a
    rate too (applications_received, disclosure_rate).
    """
    from pipeline.load.query import WrongQuery

    try:
        give(explain_lines(reading_home(), report_id, indicator))
    except (UnknownReport, WrongQuery) as error:
        wrong(str(error))


def _shown(value: Any) -> str:
    return "—" if value is None else text_of(value)


def explain_lines(home: Home, report_id: str, wanted: str | None) -> Iterator[str]:
    """Lines for a person; without ``wanted`` all figures are listed. Raises UnknownReport."""
    from pipeline.load.query import asking

    with asking(home) as con:
        cursor = con.execute(_HEAD, [report_id])
        row = cursor.fetchone()
        if row is None:
            raise UnknownReport(
                f'no report {report_id}: `yangguang sql "select report_id, title from core.report"` lists them'
            )
        head = dict(zip([d[0] for d in cursor.description or []], row, strict=True))
        cells = [Cell(*c) for c in con.execute(_CELLS, [report_id]).fetchall()]
        findings = [Failed(*f) for f in con.execute(_FINDINGS, [report_id]).fetchall()]
        chosen, panel = cells, list[str]()
        if wanted is not None:
            chosen = [c for c in cells if c.indicator == wanted or c.indicator.startswith(f"{wanted}.")]
            if not chosen:
                chosen, panel = _of_measure(con, report_id, head["template"], wanted, cells)
        versions = _versions(con, report_id)
        statements = _statements(con, report_id, None if wanted is None else {c.indicator for c in chosen})
    yield from _head_lines(report_id, head)
    yield from versions
    yield ""
    if wanted is None:
        rows = [
            (c.name, _shown(c.value), c.state, _shown(c.resolved), c.resolution or "—", c.raw, c.locator)
            for c in cells
        ]
        yield from grid(("figure", "value", "state", "resolved", "resolution", "raw", "place"), rows, 52)
    else:
        yield from panel
        standing = _standing(cells)
        for cell in chosen:
            yield from _cell_lines(cell, findings, head["template"], standing[_slot(cell)])
    slots = {(c.indicator, c.applicant) for c in chosen}
    failing = [f for f in findings if wanted is None or f.touches(slots)]
    yield ""
    yield f"未通过的核对 checks that failed: {len(failing)}"
    for f in failing:
        yield f"  {f.severity:5} {f.rule}: {f.message} [{_shown(f.left)} : {_shown(f.right)}]"
    yield from statements


def _head_lines(report_id: str, head: dict[str, Any]) -> Iterator[str]:
    place = f"{head['division_code'] or '------'} {head['division_name'] or ''}".rstrip()
    yield f"报告 report     {report_id}  {head['title'] or '(no title)'}"
    yield f"机关 issuer     {head['issuer'] or '?'} [{head['level']}] {place} — {head['issuer_evidence']}"
    yield f"年度 year       {head['year'] or '?'} — {head['year_evidence']}"
    yield f"口径 scope      {head['scope']} — {head['scope_evidence']}"
    yield f"表式 form       {head['template']}"
    yield f"文件 file       {head['source_url']}  (sha256 {head['sha256']})"
    yield (
        f"读法 reading    {head['reader']}, {head['encoding'] or '—'} ({head['encoding_step'] or '—'}), "
        f"status {head['status']}, "
        f"{'fetched' if '://' in head['source_url'] else 'file of'} {head['fetched_at']}; {head['place']}"
    )
    if not head["is_current"]:
        yield f"现行 current    no: {head['superseded_by']} is the current version"


def _preference(c: Cell) -> int:
    """As ``int_repeated_figure`` chooses: a resolved figure of a table, else of the text; exact before
    about."""
    return 4 * (c.resolved is None) + 2 * (c.method == "text") + (c.resolved is not None and c.approx)


def _standing(cells: Sequence[Cell]) -> dict[Slot, list[Cell]]:
    """The cells of each figure, the one that the panel prefers first; no applicant's column is the
    total's."""
    standing: dict[Slot, list[Cell]] = {}
    for cell in sorted(cells, key=_preference):  # of equals the earlier one
        standing.setdefault(_slot(cell), []).append(cell)
    return standing


def _slot(c: Cell) -> Slot:
    return c.indicator, c.applicant or "total"


def _entry(c: Cell, standing: Sequence[Cell]) -> str:
    first = standing[0]
    equals = [o for o in standing if _preference(o) == _preference(first)]
    if len({o.resolved for o in equals}) > 1:
        return "they differ, so neither enters the panel"
    return "this one enters the panel" if c is first else "the other enters the panel"


def _of_measure(
    con: duckdb.DuckDBPyConnection, report_id: str, template: str | None, wanted: str, cells: Sequence[Cell]
) -> tuple[list[Cell], list[str]]:
    """The cells that a column of the panel is made of in this report, and lines on the column itself."""
    known = {str(row[0]) for row in con.execute("SELECT DISTINCT measure_id FROM ref.measure").fetchall()}
    name = wanted
    while name not in known and _ENDING.search(name):
        name = _ENDING.sub("", name)
    row = con.execute(_MEASURE, [report_id, template, name]).fetchone()
    if row is None:
        from pipeline.chinese.resemblance import most_alike

        near = [name for name, _ in most_alike(wanted, sorted(known | {c.indicator for c in cells}), 60.0, 3)]
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownReport(f"report {report_id} has no figure {wanted}{hint}")
    measure = Measured(*row)
    reason = " / ".join(part for part in (measure.why_zh, measure.why) if part)
    terms = con.execute(_TERMS, [name, template, measure.alternative]).fetchall()
    by_slot = {slot: standing[0] for slot, standing in _standing(cells).items()}
    lines = [
        f"{measure.measure_id}  {measure.label_zh} / {measure.label_en}",
        f"  数值 value      {_shown(measure.value)} {measure.unit or ''}".rstrip()
        + (f"  state {measure.state}" if measure.state else "  (not in mart.measure for this report)"),
        f"  算法 made of    {measure.expression or 'nothing: this form has no such figure'}",
        f"  可比 comparable {measure.comparability}" + (f": {reason}" if reason else ""),
    ]
    chosen: dict[tuple[str, str | None], Cell] = {}
    for part, indicator, applicant, coefficient in terms:
        cell = by_slot.get((indicator, applicant or "total"))
        sign = "" if coefficient == 1 else f"{_shown(coefficient)} × "
        name_of = indicator + (f" [{applicant}]" if applicant else "")
        figure = "not in this report" if cell is None else f"{_shown(cell.resolved)} ({cell.state})"
        lines.append(f"  {'分子' if part == 'numerator' else '分母'} {part:11} {sign}{name_of}: {figure}")
        if cell is not None:
            chosen[indicator, applicant] = cell
    return list(chosen.values()), [*lines, ""]


def _versions(con: duckdb.DuckDBPyConnection, report_id: str) -> list[str]:
    """What other versions of the report print otherwise, and when each was seen; that its page is gone."""
    there = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'mart' AND table_name = 'revision'"
    ).fetchone()
    if not there:
        return []
    rows = con.execute(
        "SELECT kind, indicator, applicant, value_before, value_now, state_before, state_now, report_before, report_id, "
        "CAST(seen_before AS DATE), CAST(seen_now AS DATE), status FROM mart.revision WHERE ? IN (report_id, report_before) "
        "ORDER BY kind, indicator, applicant, report_before",
        [report_id],
    ).fetchall()
    lines = []
    for kind, indicator, applicant, old, new, was, state, before, now, seen, since, status in rows:
        if kind == "withdrawn":
            lines.append(f"撤下 withdrawn  seen {seen}; {status} since {since}")
        else:
            said = f"{_shown(old)} ({was or 'not shown'}) in {before}, seen {seen}"
            says = f"{_shown(new)} ({state or 'not shown'}) in {now}, seen {since}"
            lines.append(f"修改 revised    {indicator} [{applicant}]: {said}; {says}")
    return lines


def _statements(con: duckdb.DuckDBPyConnection, report_id: str, indicators: set[str] | None) -> list[str]:
    """What the prose says in numbers (of the figures asked for), where the warehouse holds it."""
    there = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'statement'"
    ).fetchone()
    if not there:
        return []
    rows = con.execute(
        "SELECT value, unit, raw, locator, status, indicator, reason FROM core.statement WHERE report_id = ?",
        [report_id],
    ).fetchall()
    named = [row for row in rows if indicators is None or row[5] in indicators]
    names = ("value", "unit", "raw", "place", "status", "figure", "reason")
    lines = ["", f"正文所述 statements of the prose: {len(named)}"]
    return [*lines, *(f"  {line}" for line in grid(names, named, 52))] if named else lines


def _cell_lines(
    c: Cell, findings: Sequence[Failed], template: str | None, standing: Sequence[Cell]
) -> Iterator[str]:
    """One cell; ``standing`` holds all cells of its figure, the one that the panel prefers first."""
    from pipeline.codebook import load_codebook

    codebook = load_codebook()
    indicator = codebook.any_form.get(c.indicator)
    yield f"{c.name}  {indicator.label_zh if indicator else c.label}"
    yield f"  标签 label      {c.label}"
    yield f"  原文 raw        {c.raw!r}" + ("  (约数 approximate)" if c.approx else "")
    yield f"  位置 place      {c.locator}  ({c.method})"
    yield f"  印数 value      {_shown(c.value)} {c.unit}  state {c.state}" + (
        f", candidates {c.candidates}" if c.candidates else ""
    )
    yield f"  定数 resolved   {_shown(c.resolved)}  {c.resolution or 'nothing proves a figure'}" + (
        f"  by {c.rule}" if c.rule else ""
    )
    if c.proof:
        yield f"  证明 proof      {c.proof}"
    if len(standing) > 1:
        other = next(o for o in standing if o is not c)
        said = f"{_shown(other.resolved)} at {other.locator} ({other.method})"
        yield f"  另见 also       {said}; {_entry(c, standing)}"
    named = [
        r
        for r in codebook.rules
        if template in r.templates
        and r.relation
        and any(ref.indicator == c.indicator for ref in r.relation.refs)
    ]
    failed = {f.rule for f in findings if f.touches({(c.indicator, c.applicant)})}
    broken = ", ".join(sorted(failed)) or "none"
    yield f"  核对 checks     rules of this form that hold it to others: {len(named)}; failed: {broken}"
    yield ""
