"""Where a figure comes from: file, place, raw text, how it was resolved, which checks it failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipeline.codebook import load_codebook
from pipeline.home import Home
from pipeline.load.warehouse import opened
from pipeline.terminal.show import grid


class UnknownReport(Exception):
    """No report, or no indicator in it, by that name."""


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def explain_lines(home: Home, report_id: str, indicator: str | None) -> Iterator[str]:
    """Lines for a person. ``indicator`` may be a whole id or its beginning; without it all figures are
    listed. Raises UnknownReport."""
    with opened(home.database, read_only=True) as con:
        head = con.execute(
            "SELECT r.title, r.issuer, r.division_code, r.division_name, r.year, r.template, r.scope, r.place, r.is_current, "
            "r.superseded_by, r.issuer_evidence, r.year_evidence, r.scope_evidence, d.source_url, d.sha256, d.reader, d.encoding, "
            "d.encoding_step, d.fetched_at, d.status, r.level FROM core.report r JOIN core.document d USING (document_id) "
            "WHERE r.report_id = ?",
            [report_id],
        ).fetchone()
        if head is None:
            raise UnknownReport(
                f'no report {report_id}: `yangguang sql "select report_id, title from core.report"` lists them'
            )
        cells = con.execute(
            "SELECT indicator, applicant, value, raw, unit, state, resolved, resolution, method, locator, label, rule, proof, "
            "candidates, approx FROM core.observation WHERE report_id = ? ORDER BY observation_id",
            [report_id],
        ).fetchall()
        findings = con.execute(
            'SELECT rule, severity, "left", "right", cells, message FROM core.finding WHERE report_id = ? ORDER BY finding_id',
            [report_id],
        ).fetchall()
    wanted = [c for c in cells if indicator is None or c[0] == indicator or c[0].startswith(indicator + ".")]
    if not wanted:
        raise UnknownReport(f"report {report_id} has no figure {indicator}")
    yield f"报告 report     {report_id}  {head[0] or '(no title)'}"
    yield f"机关 issuer     {head[1] or '?'} [{head[20]}] {head[2] or '------'} {head[3] or ''} — {head[10]}"
    yield f"年度 year       {head[4] or '?'} — {head[11]}"
    yield f"口径 scope      {head[6]} — {head[12]}"
    yield f"表式 form       {head[5]}"
    yield f"文件 file       {head[13]}  (sha256 {head[14]})"
    yield f"读法 reading    {head[15]}, {head[16] or '—'} ({head[17] or '—'}), status {head[19]}, fetched {head[18]}; {head[7]}"
    if not head[8]:
        yield f"现行 current    no: {head[9]} is the current version"
    yield ""
    if indicator is None:
        rows = [
            (c[0] + (f" [{c[1]}]" if c[1] else ""), _shown(c[2]), c[5], _shown(c[6]), c[7] or "—", c[3], c[9])
            for c in wanted
        ]
        yield from grid(("figure", "value", "state", "resolved", "resolution", "raw", "place"), rows, 52)
    else:
        for c in wanted:
            yield from _cell_lines(c, findings)
    failing = [f for f in findings if indicator is None or _touches(f[4], {(c[0], c[1]) for c in wanted})]
    yield ""
    yield f"未通过的核对 checks that failed: {len(failing)}"
    for rule, severity, left, right, _, message in failing:
        yield f"  {severity:5} {rule}: {message} [{_shown(left)} : {_shown(right)}]"


def _touches(cells: str, slots: set[tuple[str, str | None]]) -> bool:
    return any((name, applicant) in slots for name, applicant in json.loads(cells))


def _cell_lines(c: tuple[Any, ...], findings: list[tuple[Any, ...]]) -> Iterator[str]:
    codebook = load_codebook()
    indicator = codebook.any_form.get(c[0])
    yield f"{c[0]}{f' [{c[1]}]' if c[1] else ''}  {indicator.label_zh if indicator else c[10]}"
    yield f"  标签 label      {c[10]}"
    yield f"  原文 raw        {c[3]!r}" + ("  (约数 approximate)" if c[14] else "")
    yield f"  位置 place      {c[9]}  ({c[8]})"
    yield f"  印数 value      {_shown(c[2])} {c[4]}  state {c[5]}" + (
        f", candidates {c[13]}" if c[13] else ""
    )
    yield f"  定数 resolved   {_shown(c[6])}  {c[7] or 'nothing proves a figure'}" + (
        f"  by {c[11]}" if c[11] else ""
    )
    if c[12]:
        yield f"  证明 proof      {c[12]}"
    named = [
        r for r in codebook.rules if r.relation and any(ref.indicator == c[0] for ref in r.relation.refs)
    ]
    failed = {f[0] for f in findings if _touches(f[4], {(c[0], c[1])})}
    yield f"  核对 checks     {len(named)} rules name it; failed: {', '.join(sorted(failed)) or 'none'}"
    yield ""
