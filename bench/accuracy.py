"""Confusion report: drawn pages of the demo generator read back and compared with their truth, cell by cell.

Usage: python bench/accuracy.py [--bodies N] [--seed S] [--show K]. A cell is
right    the printed figure, or (where none is printed) no figure or the true one;
missing  the truth prints a figure and the reading has no observation of it;
flagged  the reading is wrong or open, and a state or finding says so;
silent   the reading is wrong and nothing says so.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from pathlib import Path

from pipeline.demo import ReportTruth, iter_bodies, iter_pages
from pipeline.demo.bodies import divisions_csv
from pipeline.places import Registry, load_registry
from pipeline.reading import read_whole
from pipeline.report import Report


def judge(truth: ReportTruth, report: Report | None, tally: Counter[str], examples: list[str]) -> None:
    """Count the cells of one report into ``tally``; wrong ones are described in ``examples``."""
    if report is None:
        tally["missing"] += len(truth.cells)
        examples.append(f"{truth.file_name}: no report")
        return
    table = {(o.indicator, o.applicant): o for o in report.observations if o.method != "text"}
    flagged = {cell for f in report.findings if f.severity in ("error", "warn") for cell in f.cells}
    for cell in truth.cells:
        slot = (cell.indicator, cell.applicant)
        seen = table.get(slot)
        if seen is None:
            kind = "missing"
        elif cell.printed is not None:
            kind = "right" if seen.value == cell.printed and seen.state == cell.state else (
                "flagged" if seen.state in ("ambiguous", "unreadable") or slot in flagged else "silent"
            )
        elif seen.value is not None and seen.value == cell.true and seen.resolution in ("proved_by_sums", "proved_by_text"):
            kind = "right"  # a dropped blank put back by proof
        elif seen.value is not None or (seen.resolved is not None and cell.true is not None and seen.resolved != cell.true):
            kind = "flagged" if slot in flagged else "silent"
        else:
            kind = "right" if seen.state == cell.state else "state differs"
        tally[kind] += 1
        if kind not in ("right",) and seen is not None:
            examples.append(
                f"{kind} {truth.file_name} {slot} printed={cell.printed} {cell.state} true={cell.true} "
                f"read={seen.value} {seen.state} resolved={seen.resolved} raw={seen.raw!r}"
            )
        elif kind == "missing":
            examples.append(f"missing {truth.file_name} {slot} printed={cell.printed} {cell.state}")


def heads(truth: ReportTruth, report: Report | None) -> list[str]:
    """What of the report's head differs from the truth."""
    if report is None:
        return ["no report"]
    pairs = {
        "year": (truth.year, report.year), "template": (truth.template, report.template),
        "division": (truth.division_code, report.division_code), "level": (truth.level, report.level),
        "scope": (truth.scope, report.scope), "published": (truth.published_on, report.published_on),
    }
    return [f"{name}: {want} read {got}" for name, (want, got) in pairs.items() if want != got]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bodies", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--show", type=int, default=20)
    options = parser.parse_args()
    extra = Path("bench/out") / "divisions.csv"
    extra.parent.mkdir(exist_ok=True)
    extra.write_text(divisions_csv(iter_bodies(options.bodies)), encoding="utf-8")
    registry: Registry = load_registry(extra)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    examples: list[str] = []
    wrong_heads: list[str] = []
    for _, data, truth in iter_pages(bodies=options.bodies, seed=options.seed):
        _, reports = read_whole(data, registry=registry)
        report = reports[0] if len(reports) == 1 else None
        if report is None:
            examples.append(f"{truth.file_name}: {len(reports)} reports {[r.title for r in reports]}")
        judge(truth, report, by_kind[f"{truth.template} {truth.shape}"], examples)
        wrong_heads += [f"{truth.file_name} {h}" for h in heads(truth, report)]
    print(f"seed {options.seed}")
    names = ("right", "missing", "flagged", "state differs", "silent")
    print(f"{'kind':24}" + "".join(f"{n:>15}" for n in names))
    for kind in sorted(by_kind):
        print(f"{kind:24}" + "".join(f"{by_kind[kind][n]:15}" for n in names))
    for line in examples[: options.show]:
        print("  ", line)
    print(f"heads that differ: {len(wrong_heads)}")
    for line in wrong_heads[: options.show]:
        print("  ", line)


if __name__ == "__main__":
    main()
