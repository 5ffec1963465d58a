"""What a reader gave against what a page shows, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.report import Report
from tests.drawn.layouts.sheet import Shown
from tools.demo.truth import Key


class Verdict(NamedTuple):
    """Descriptions of cells by fault: ``silent`` wrong and nothing says so, ``lost`` not read at all,
    ``open`` read as open or flagged though the page decides it."""

    silent: list[str]
    lost: list[str]
    open: list[str]


def judge(shown: Mapping[Key, Shown], report: Report) -> Verdict:
    """Every cell of the page, and every figure that the reader gave for a cell that the page does not
    show."""
    verdict = Verdict([], [], [])
    table = {(o.indicator, o.applicant): o for o in report.observations if o.method != "text"}
    flagged = {cell for f in report.findings if f.severity in ("error", "warn") for cell in f.cells}
    for key, cell in shown.items():
        seen = table.get(key)
        if seen is None:
            verdict.lost.append(f"{key} printed={cell.printed}")
            continue
        told = f"{key} printed={cell.printed} {cell.state} true={cell.true} read={seen.value} {seen.state} " \
               f"resolved={seen.resolved} raw={seen.raw!r}"  # fmt: skip
        proved = seen.value is None and seen.resolved == cell.true and seen.resolution is not None
        owned = seen.state in ("ambiguous", "unreadable") or key in flagged or proved
        if cell.printed is not None:
            right = seen.value == cell.printed and seen.state == cell.state and seen.resolved == cell.printed
        elif seen.value is not None:
            right = seen.value == cell.true and seen.resolution in ("proved_by_sums", "proved_by_text")
        else:
            right = seen.state == cell.state and seen.resolved in (None, cell.true)
        if not right:
            (verdict.open if owned else verdict.silent).append(told)
    for key, seen in table.items():
        if key not in shown and seen.value is not None and not key[0].startswith("local."):
            verdict.silent.append(f"{key} is not on the page, read={seen.value} raw={seen.raw!r}")
    return verdict
