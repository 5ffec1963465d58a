"""What people decided of cells that nothing else decides: rows of the home's ``decisions.csv``
(docs/decisions/0012-decisions-of-people.md).

The file only grows: of one cell the last row counts, be it a decision or its undoing. Each row is sealed by a
hash over its fields, so that damage and edits by hand show.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from pipeline.crawl.errors import UserError
from pipeline.durable import write_whole
from pipeline.home import Home

NAME = "decisions.csv"
DECIDED, UNDONE = "decided", "undone"
_SEAL = 16


class DecisionsError(UserError):
    """Rows of decisions.csv are not what was written; a line for each: file, line, what is wrong."""


class Place(NamedTuple):
    """A cell: the document, the report's number in it, the figure, where it stands."""

    document_sha256: str
    ordinal: int
    indicator: str
    applicant: str | None
    locator: str


class Decision(NamedTuple):
    """One row. ``raw`` is the cell's text when it was decided, ``value`` the figure in the indicator's unit (None
    where the row undoes one)."""

    place: Place
    raw: str
    value: Decimal | None
    by: str
    day: date
    because: str

    @property
    def action(self) -> str:
        return UNDONE if self.value is None else DECIDED


COLUMNS = (
    *("document_sha256", "ordinal", "indicator", "applicant", "locator", "raw"),
    *("action", "value", "by", "day", "because", "seal"),
)


def one_line(text: str) -> str:
    """A cell's text as the file keeps it: without breaks of lines."""
    return " ".join(text.split())


def load_decisions(home: Home) -> tuple[Decision, ...]:
    """Every row of the home's file, in order; none where there is no file. Raises DecisionsError."""
    path = home.root / NAME
    if not path.is_file():
        return ()
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionsError(f"{NAME}:1: cannot be read: {error}") from error
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise DecisionsError(f"{NAME}:1: the columns are not {', '.join(COLUMNS)}")
    found: list[Decision] = []
    faults: list[str] = []
    for number, row in enumerate(rows[1:], start=2):  # no field holds a break: a row is a line
        try:
            found.append(_decision(row))
        except ValueError as error:
            faults.append(f"{NAME}:{number}: {error}")
    if faults:
        raise DecisionsError("\n".join(faults))
    return tuple(found)


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The last row of each cell, in the order of the cells' first rows."""
    return tuple({d.place: d for d in decisions}.values())


def decisions_hash(home: Home) -> str:
    """A hash over the file: 16 hex digits; empty where there is none."""
    path = home.root / NAME
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def add_decision(home: Home, decision: Decision) -> None:
    """Add a row to the home's file, made durable. Raises DecisionsError where the file is not sound."""
    rows = [*load_decisions(home), decision]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((*(fields := _fields(d)), _seal(fields)) for d in rows)
    write_whole(home.root / NAME, text.getvalue())


def _fields(d: Decision) -> tuple[str, ...]:
    p = d.place
    value = "" if d.value is None else format(d.value.normalize(), "f")
    cell = (p.document_sha256, str(p.ordinal), p.indicator, p.applicant or "", p.locator, one_line(d.raw))
    return (*cell, d.action, value, one_line(d.by), d.day.isoformat(), one_line(d.because))


def _seal(fields: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()[:_SEAL]


def _decision(row: list[str]) -> Decision:
    """A row read back. Raises ValueError saying what is wrong."""
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(row)} fields, {len(COLUMNS)} are due")
    *fields, seal = row
    if _seal(fields) != seal:
        raise ValueError(
            "the row is not as it was written (its seal differs): undo it and decide again by `yangguang decide`"
        )
    sha, ordinal, indicator, applicant, locator, raw, action, value, by, day, because = fields
    try:
        amount = Decimal(value) if action == DECIDED else None
        place = Place(sha, int(ordinal), indicator, applicant or None, locator)
        return Decision(place, raw, amount, by, date.fromisoformat(day), because)
    except (ValueError, InvalidOperation) as error:
        raise ValueError(f"{value!r}, {day!r}: no figure or no day") from error
