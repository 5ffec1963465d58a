"""What understanding gives: ``Report`` with its observations and findings.

The types stand beside ``document.py`` because three stages share them: ``extract`` makes reports,
``reconcile`` adds resolutions and findings, ``load`` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pipeline.chinese.numbers import Figure as Figure

State = Literal[
    "reported", "text_zero", "blank", "dash", "not_applicable", "ambiguous", "unreadable", "table_missing"
]
Resolution = Literal["as_printed", "proved_by_sums", "proved_by_text", "derived_total", "decided_by_person"]
Method = Literal["table", "text", "ocr"]
Severity = Literal["error", "warn", "info"]
STATES: tuple[State, ...] = (
    "reported",
    "text_zero",
    "blank",
    "dash",
    "not_applicable",
    "ambiguous",
    "unreadable",
    "table_missing",
)


class Observation(NamedTuple):
    """One cell or one statement.

    ``value`` is the number printed, in ``unit``; None where none is printed. ``resolved`` is the best figure
    and ``resolution`` why it may be trusted; None where nothing proves one. ``proof`` says in one line how;
    ``candidates`` are the figures that stay possible where the state is ``ambiguous``.
    ``indicator`` is a codebook id or ``local.<hash>`` with its ``label``.
    """

    indicator: str
    applicant: str | None
    value: Figure | None
    raw: str
    unit: str
    approx: bool
    state: State
    resolved: Figure | None
    resolution: Resolution | None
    method: Method
    locator: str
    label: str = ""
    rule: str = ""
    proof: str = ""
    candidates: tuple[Figure, ...] = ()


class Finding(NamedTuple):
    """One check that did not hold. ``cells`` are (indicator, applicant) pairs; ``message`` is Chinese /
    English."""

    rule: str
    severity: Severity
    left: Figure | None
    right: Figure | None
    cells: tuple[tuple[str, str | None], ...]
    message: str


StatementStatus = Literal["claimed", "doubtful", "foreign", "unclaimed"]


class Statement(NamedTuple):
    """One counted number, or one nil, of a report's prose and what became of it:
    ``claimed`` where an observation stands on it, ``doubtful`` where an ambiguous one does, ``foreign`` where
    it is another body's, time's or matter's (``reason``), ``unclaimed`` where nothing placed it. ``value`` is
    in the printed ``unit``; ``raw`` is the clause as printed."""

    value: Figure
    unit: str
    raw: str
    locator: str
    status: StatementStatus
    indicator: str | None
    reason: str


class Token(NamedTuple):
    """One printed number of a row whose cells lost their places: its value, text and place in the file."""

    value: Figure
    raw: str
    locator: str
    state: State = "reported"
    approx: bool = False


class Unplaced(NamedTuple):
    """A row that shows fewer numbers than it has cells, with nothing in the file to say which cells they
    fill.

    ``slots`` are the row's cells in the form's order as (indicator, applicant); the numbers keep their order.
    ``raw`` is the row as printed. ``reconcile`` places them where the sums or the text leave exactly one way.
    """

    slots: tuple[tuple[str, str | None], ...]
    tokens: tuple[Token, ...]
    raw: str
    locator: str
    method: Method
    label: str


@dataclass(frozen=True, slots=True)
class Report:
    """One body's report for one year, as one document holds it.

    ``report_id`` is the document's first 16 hex digits, a dash, and the report's number in the document.
    ``place`` names where in the document it stands; ``*_evidence`` are one line each. ``extracted`` is the
    report before its sums were looked at, kept where several readings of a cell are left: a neighbouring year
    may decide them.
    """

    report_id: str
    document_sha256: str
    ordinal: int
    source_url: str | None
    title: str | None
    issuer: str | None
    body_id: str | None
    body_kind: str
    level: str
    division_code: str | None
    division_name: str | None
    division_candidates: tuple[str, ...]
    issuer_evidence: str
    year: int | None
    year_evidence: str
    template: str | None
    scope: str
    scope_evidence: str
    published_on: str | None
    place: str
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    sections: tuple[tuple[str, str], ...] = field(default=())
    statements: tuple[Statement, ...] = ()
    extracted: Report | None = field(default=None, compare=False, repr=False)
