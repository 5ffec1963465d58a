"""What the generator knows of each page that it writes: the figures printed, the true ones, the faults
planted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from pipeline.report import Figure, State
from tools.demo.bodies import Level, Scope

Key = tuple[str, str | None]
"""An indicator of the codebook and its applicant column, None where it has none."""


class TruthCell(NamedTuple):
    """One cell of a table, or one statement of the prose.

    ``printed`` is the number that stands there in the codebook's unit, None where none can be read at that
    place; ``true`` is the right figure, None where nobody knows it (a dash).
    """

    indicator: str
    applicant: str | None
    printed: Figure | None
    state: State
    true: Figure | None


class Fault(NamedTuple):
    """A planted fault: its kind, the indicator where it is about one, and what stands in the bytes because of
    it."""

    kind: str
    indicator: str
    applicant: str | None
    mark: str


@dataclass(frozen=True, slots=True)
class ReportTruth:
    """All that is true of one file. ``tables`` counts the form's tables in it; ``superseded_by`` names the
    file that replaces it; ``shape`` is ``html`` or the text's table shape (pipes, lines, markdown).
    ``template`` is the form that the body filled, also where pictures stand instead of its tables."""

    file_name: str
    body: str
    place: str
    division_code: str
    level: Level
    scope: Scope
    year: int
    template: str
    title: str
    published_on: str
    encoding: str
    shape: str
    tables: int
    cells: tuple[TruthCell, ...]
    statements: tuple[TruthCell, ...]
    faults: tuple[Fault, ...]
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a corpus. ``missing`` lists body, division code and year of reports that were never
    published."""

    seed: int
    reports: tuple[ReportTruth, ...]
    missing: tuple[tuple[str, str, int], ...]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def report_json(report: ReportTruth) -> str:
    """One report as one line of JSON; cells and statements as lists in the order of ``TruthCell``."""
    row = {name: getattr(report, name) for name in report.__slots__}
    return json.dumps(row, ensure_ascii=False, default=_plain, separators=(",", ":"))


def truth_json(truth: Truth) -> str:
    """The whole truth as JSON, one report a line."""
    head = {"seed": truth.seed, "missing": truth.missing}
    lines: Iterable[str] = (report_json(r) for r in truth.reports)
    start = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{start}, "reports": [\n' + ",\n".join(lines) + "\n]}\n"
