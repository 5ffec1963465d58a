"""One document a form and shape, each with all that is read from it, as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import read_reports
from pipeline.report import Observation, Report

HERE = Path(__file__).parent
DOCUMENTS = sorted((HERE / "documents").iterdir())


def _plain(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value


def _row(o: Observation) -> list[object]:
    """What a golden file keeps of an observation; a proof only where the figure is not simply as printed."""
    row: list[object] = [
        o.indicator, o.applicant, _plain(o.value), o.raw, o.unit, o.state, _plain(o.resolved), o.resolution, o.method, o.locator,
    ]  # fmt: skip
    if o.indicator.startswith("local."):
        row.append(o.label)
    if o.resolution not in (None, "as_printed") or o.candidates:
        row += [o.proof, [_plain(c) for c in o.candidates]]
    return row


def spelled(reports: list[Report]) -> str:
    """The reports as JSON, one observation and one finding a line."""
    parts = []
    for report in reports:
        head = {
            "title": report.title, "issuer": report.issuer, "level": report.level, "division_code": report.division_code,
            "year": report.year, "year_evidence": report.year_evidence, "template": report.template,
            "scope": report.scope, "published_on": report.published_on,
        }  # fmt: skip
        rows = [json.dumps(_row(o), ensure_ascii=False) for o in report.observations]
        findings = [
            json.dumps(
                [f.rule, f.severity, _plain(f.left), _plain(f.right), f.cells, f.message], ensure_ascii=False
            )
            for f in report.findings
        ]
        parts.append(
            '{"head": ' + json.dumps(head, ensure_ascii=False, indent=1)
            + ',\n"observations": [\n' + ",\n".join(rows) + '\n],\n"findings": [\n' + ",\n".join(findings) + "\n]}"
        )  # fmt: skip
    return "[\n" + ",\n".join(parts) + "\n]\n"


@pytest.mark.parametrize("path", DOCUMENTS, ids=[p.name for p in DOCUMENTS])
def test_document_reads_as_its_golden_file_says(path: Path, accept: bool) -> None:
    text = spelled(read_reports(path.read_bytes()))
    golden = HERE / "expected" / f"{path.name}.json"
    if accept:
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file(), (
        f"no golden file for {path.name}: run pytest tests/golden --accept and read what it wrote"
    )
    assert json.loads(text) == json.loads(golden.read_text(encoding="utf-8"))


def test_every_golden_file_has_its_document() -> None:
    assert {p.name for p in (HERE / "expected").iterdir()} == {f"{p.name}.json" for p in DOCUMENTS}
