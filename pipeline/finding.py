"""What a check found, as a row of ``core.finding``: how grave it is stands in the codebook, never in code."""

from __future__ import annotations

from pipeline.codebook import load_codebook
from pipeline.report import Figure, Finding


def finding(
    rule: str,
    message: str,
    cells: tuple[tuple[str, str | None], ...] = (),
    left: Figure | None = None,
    right: Figure | None = None,
) -> Finding:
    """A finding of the severity that the row of ``rule`` in rules.csv or findings.csv states. KeyError where
    neither has it: a finding without a row says nothing to who reads it."""
    return Finding(rule, load_codebook().severity_of(rule), left, right, cells, message)
