"""How reports and query results are written out: JSON lines, CSV, Parquet, and tables for a person."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TextIO

from pipeline.codebook import load_codebook
from pipeline.report import Finding, Observation, Report

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


def plain(value: Any) -> Any:
    """A value as JSON takes it: whole decimals as integers, others as numbers in plain notation."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else _Exact(value)
    return value


class _Exact(float):
    """A decimal that is written with its own digits, never as a rounded float."""

    def __new__(cls, value: Decimal) -> _Exact:
        made = super().__new__(cls, value)
        made.digits = format(value.normalize(), "f")
        return made

    digits: str

    def __repr__(self) -> str:
        return self.digits


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


def report_json(r: Report) -> dict[str, Any]:
    """A report as one JSON object (../shared/interface.md)."""
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
    }


def write_jsonl(reports: Iterable[Report], out: TextIO) -> None:
    for report in reports:
        out.write(_dumps(report_json(report)) + "\n")


def _dumps(value: Any) -> str:
    # json writes float subclasses through float.__repr__; exact decimals are put in as marked strings and
    # unquoted
    def mark(v: Any) -> Any:
        if isinstance(v, _Exact):
            return f"\ue002{v.digits}\ue003"
        if isinstance(v, dict):
            return {k: mark(x) for k, x in v.items()}
        if isinstance(v, list):
            return [mark(x) for x in v]
        return v

    return json.dumps(mark(value), ensure_ascii=False).replace('"\ue002', "").replace('\ue003"', "")


# -- tables for a person
# --------------------------------------------------------------------------------------------


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(text: str, room: int) -> str:
    text = " ".join(text.split())
    if width(text) <= room:
        return text + " " * (room - width(text))
    kept = ""
    for c in text:
        if width(kept) + width(c) > room - 1:
            break
        kept += c
    return kept + "…" + " " * (room - 1 - width(kept))


def grid(names: Sequence[str], rows: Sequence[Sequence[Any]], limit: int = 48) -> Iterator[str]:
    """Lines of an aligned table; numbers to the right."""
    texts = [["" if v is None else _text(v) for v in row] for row in rows]
    sizes = [min(limit, max([width(n), *(width(t[i]) for t in texts)])) for i, n in enumerate(names)]
    yield "  ".join(_fit(n, s) for n, s in zip(names, sizes, strict=True)).rstrip()
    yield "  ".join("-" * s for s in sizes)
    for row, text in zip(rows, texts, strict=True):
        cells = [
            " " * (s - width(t)) + t
            if isinstance(v, int | float | Decimal) and not isinstance(v, bool) and width(t) <= s
            else _fit(t, s)
            for v, t, s in zip(row, text, sizes, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _shown(o: Observation) -> str:
    if o.value is not None and o.state == "reported":
        return ("约" if o.approx else "") + _text(o.value)
    if o.state == "ambiguous" and o.candidates:
        return "? " + "|".join(_text(c) for c in o.candidates)
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
                "" if o.resolved == o.value else ("=" + _text(o.resolved) if o.resolved is not None else "")
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
                    text += f"={_text(found.resolved)}"
                marks.append(text)
            rows2.append((indicator.label_zh if indicator else indicator_id, *marks))
        yield from (f"  {line}" for line in grid(names, rows2, 40))
        yield ""
    if r.findings:
        yield "  核对 findings"
        for f in r.findings:
            yield f"    {f.severity:5} {f.rule}: {f.message}"
    else:
        yield "  核对 findings: 无 / none"
    yield ""


def write_rows(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str, out: TextIO) -> None:
    """Query results as table, csv or jsonl."""
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([["" if v is None else _text(v) for v in row] for row in rows])
    elif form == "jsonl":
        for row in rows:
            out.write(_dumps({n: _json(v) for n, v in zip(names, row, strict=True)}) + "\n")
    else:
        for line in grid(names, rows):
            out.write(line + "\n")
        out.write(f"({len(rows)} rows)\n")


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float | list | dict):
        return value
    return plain(value) if isinstance(value, Decimal) else str(value)


def say(text: str) -> None:
    """A line for the person at the terminal; standard output carries data alone."""
    print(text, file=sys.stderr, flush=True)


def text_of(lines: Iterable[str]) -> str:
    """Lines joined for writing."""
    buffer = io.StringIO()
    for line in lines:
        buffer.write(line + "\n")
    return buffer.getvalue()
