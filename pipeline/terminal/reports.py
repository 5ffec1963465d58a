"""Reports as ``yangguang extract`` gives them: one JSON object each, or lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.codebook import load_codebook
from pipeline.report import Finding, Observation, Report, Statement
from pipeline.terminal.tables import grid, text_of
from pipeline.terminal.written import plain

_MARKS = {
    "blank": "(空)",
    "dash": "—",
    "not_applicable": "/",
    "ambiguous": "?",
    "unreadable": "(无法识别)",
    "table_missing": "(无表)",
    "text_zero": "0 (无)",
    "reported": "",
}


def observation_json(o: Observation) -> dict[str, Any]:
    """One observation as ``extract --format jsonl`` prints it."""
    return {
        "indicator": o.indicator,
        "applicant": o.applicant,
        "value": plain(o.value),
        "raw": o.raw,
        "unit": o.unit,
        "approx": o.approx,
        "state": o.state,
        "resolved": plain(o.resolved),
        "resolution": o.resolution,
        "method": o.method,
        "locator": o.locator,
        "label": o.label,
        "rule": o.rule,
        "proof": o.proof,
        "candidates": [plain(c) for c in o.candidates],
    }


def finding_json(f: Finding) -> dict[str, Any]:
    """One finding as ``extract --format jsonl`` prints it."""
    return {
        "rule": f.rule,
        "severity": f.severity,
        "left": plain(f.left),
        "right": plain(f.right),
        "cells": [list(c) for c in f.cells],
        "message": f.message,
    }


def statement_json(s: Statement) -> dict[str, Any]:
    """One counted number of the prose as ``extract --format jsonl`` prints it."""
    return {
        "value": plain(s.value),
        "unit": s.unit,
        "raw": s.raw,
        "locator": s.locator,
        "status": s.status,
        "indicator": s.indicator,
        "reason": s.reason or None,
    }


def report_json(r: Report) -> dict[str, Any]:
    """A report as one JSON object."""
    return {
        "report_id": r.report_id,
        "document_sha256": r.document_sha256,
        "source_url": r.source_url,
        "title": r.title,
        "issuer": r.issuer,
        "level": r.level,
        "division_code": r.division_code,
        "year": r.year,
        "template": r.template,
        "scope": r.scope,
        "published_on": r.published_on,
        "body_id": r.body_id,
        "body_kind": r.body_kind,
        "division_name": r.division_name,
        "division_candidates": list(r.division_candidates),
        "place": r.place,
        "evidence": {"issuer": r.issuer_evidence, "year": r.year_evidence, "scope": r.scope_evidence},
        "observations": [observation_json(o) for o in r.observations],
        "findings": [finding_json(f) for f in r.findings],
        "statements": [statement_json(s) for s in r.statements],
    }


def _shown(o: Observation) -> str:
    if o.value is not None and o.state == "reported":
        return ("约" if o.approx else "") + text_of(o.value)
    if o.state == "ambiguous" and o.candidates:
        return "? " + "|".join(text_of(c) for c in o.candidates)
    return _MARKS[o.state]


def report_lines(r: Report, every: bool = False) -> Iterator[str]:
    """A report for a person: its head, its figures by table, its findings."""
    codebook = load_codebook()
    yield f"{r.report_id}  {r.title or '(无标题 / no title)'}"
    place = f"{r.division_code or '------'} {r.division_name or ''}".strip()
    if r.division_candidates:
        place += f" (候选 / candidates: {', '.join(r.division_candidates)})"
    yield f"  机关 issuer    {r.issuer or '?'}  [{r.level}]  {place}"
    yield f"  年度 year      {r.year or '?'}   表式 form {r.template or '?'}   口径 scope {r.scope}   发布 published {r.published_on or '?'}"
    yield f"  依据 evidence  {r.year_evidence}; {r.issuer_evidence}; {r.scope_evidence}"
    yield ""
    applicants = {a.applicant: a.label_zh for a in codebook.applicants}
    by_row: dict[str, dict[str | None, Observation]] = {}
    plain_rows: list[Observation] = []
    for o in r.observations:
        if o.method != "text" and o.applicant is not None:
            by_row.setdefault(o.indicator, {})[o.applicant] = o
        else:
            plain_rows.append(o)
    if plain_rows:
        rows = []
        for o in plain_rows:
            indicator = codebook.indicator(r.template, o.indicator)
            label = indicator.label_zh if indicator else o.label
            who = (
                f" [{applicants.get(o.applicant, o.applicant)}]"
                if o.applicant and o.applicant != "total"
                else ""
            )
            best = (
                "" if o.resolved == o.value else ("=" + text_of(o.resolved) if o.resolved is not None else "")
            )
            rows.append((label + who, _shown(o), best, o.unit, o.method, o.resolution or o.state, o.locator))
        yield from (
            f"  {line}"
            for line in grid(
                ("指标 figure", "值 value", "定 best", "单位", "来源", "如何 how", "位置 place"), rows, 46
            )
        )
        yield ""
    if by_row:
        names = [
            "申请 applications",
            *(applicants[a.applicant] for a in sorted(codebook.applicants, key=lambda a: a.position)),
        ]
        order = [a.applicant for a in sorted(codebook.applicants, key=lambda a: a.position)]
        rows2: list[tuple[str, ...]] = []
        for indicator_id, cells in by_row.items():
            indicator = codebook.indicator(r.template, indicator_id)
            marks = []
            for a in order:
                found = cells.get(a)
                text = "" if found is None else _shown(found)
                if found is not None and found.value is None and found.resolved is not None:
                    text += f"={text_of(found.resolved)}"
                marks.append(text)
            rows2.append((indicator.label_zh if indicator else indicator_id, *marks))
        yield from (f"  {line}" for line in grid(names, rows2, 40))
        yield ""
    unsure = [s for s in r.statements if s.status in ("doubtful", "unclaimed")]
    if unsure:
        yield "  正文中未能归位的数 numbers of the prose that nothing placed for sure"
        for s in unsure:
            yield f"    {s.status:9} {text_of(s.value)} {s.unit}: {s.raw}  ({s.locator}{'; ' + s.reason if s.reason else ''})"
        yield ""
    if r.findings:
        yield "  核对 findings"
        for f in r.findings:
            yield f"    {f.severity:5} {f.rule}: {f.message}"
    else:
        yield "  核对 findings: 无 / none"
    yield ""
