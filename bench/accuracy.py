"""Confusion report by kind: drawn reports printed as every kind of page and file, read back, compared cell by
cell.

Usage: python -m bench.accuracy [--seed S] [--layouts N] [--files N] [--slow N] [--pages N] [--only TEXT]
[--show K]. A new seed each time, unless one is given. A cell is
right    its figure is resolved as printed; or none is printed, and none or the true one is resolved;
missing  the reading has no observation of it;
flagged  the reading is wrong or open, and a state or finding says so;
silent   the reading is wrong and nothing says so (a figure for a cell that the file does not show counts
here). ``open`` marks kinds that do not decide every cell.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.accuracy_kinds import Case, cases
from pipeline.places import load_registry
from pipeline.reading.whole import read_whole
from pipeline.report import Observation, Report
from tests.drawn.layouts.sheet import Shown
from tools.demo import iter_bodies, iter_pages
from tools.demo.bodies import divisions_csv
from tools.demo.truth import Key

VERDICTS = ("right", "missing", "flagged", "silent")


def verdict_of(cell: Shown, seen: Observation | None, flagged: bool) -> str:
    """How one cell was read."""
    if seen is None:
        return "missing"
    owned = flagged or seen.state in ("ambiguous", "unreadable")
    if cell.printed is not None:
        if seen.resolved == cell.printed:
            return "right"
        return "flagged" if owned or seen.resolved is None else "silent"
    if seen.value is not None:
        proved = seen.value == cell.true and seen.resolution in ("proved_by_sums", "proved_by_text")
        return "right" if proved else "flagged" if owned else "silent"
    if seen.resolved is not None:
        return "right" if seen.resolved == cell.true else "flagged" if owned else "silent"
    return "right" if seen.state == cell.state or "ambiguous" in (seen.state, cell.state) else "silent"


def judge(shown: Mapping[Key, Shown], reports: Sequence[Report], name: str) -> tuple[Counter[str], list[str]]:
    """Cells by verdict, and a line for each that is not right. More or fewer than one report: all cells are
    missing."""
    tally: Counter[str] = Counter()
    if len(reports) != 1:
        tally["missing"] += len(shown)
        return tally, [f"missing {name}: {len(reports)} reports {[r.title for r in reports]}"]
    report = reports[0]
    table = {
        (o.indicator, o.applicant): o
        for o in report.observations
        if o.method != "text" and o.state != "table_missing" and not o.indicator.startswith("local.")
    }
    flagged = {cell for f in report.findings if f.severity in ("error", "warn") for cell in f.cells}
    lines: list[str] = []
    for slot, cell in shown.items():
        seen = table.get(slot)
        verdict = verdict_of(cell, seen, slot in flagged)
        tally[verdict] += 1
        if verdict != "right":
            read = f"read={seen.value} {seen.state} resolved={seen.resolved} raw={seen.raw!r}" if seen else ""
            lines.append(
                f"{verdict} {name} {slot} printed={cell.printed} {cell.state} true={cell.true} {read}"
            )
    for slot in table.keys() - shown.keys():
        seen = table[slot]
        if seen.value is not None and seen.resolved is not None and slot not in flagged:
            tally["silent"] += 1
            lines.append(
                f"silent {name} {slot} is not shown, read={seen.value} raw={seen.raw!r} {seen.locator}"
            )
    return tally, lines


def demo_cases(bodies: int, seed: int) -> Iterator[Case]:
    """The demo generator's pages, with its faults."""
    extra = Path("bench/out") / "divisions.csv"
    extra.parent.mkdir(exist_ok=True)
    extra.write_text(divisions_csv(iter_bodies(bodies)), encoding="utf-8")
    registry = load_registry(extra)
    for _, data, truth in iter_pages(bodies=bodies, seed=seed):
        shown = {(c.indicator, c.applicant): Shown(c.printed, c.state, c.true) for c in truth.cells}
        _, reports = read_whole(data, registry=registry)
        yield Case(
            f"demo: {truth.template} {truth.shape}",
            truth.file_name,
            shown,
            list(reports),
            truth.shape != "html",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--layouts", type=int, default=2, help="reports of every layout and form")
    parser.add_argument("--files", type=int, default=3, help="reports of every format and form")
    parser.add_argument(
        "--slow", type=int, default=1, help="reports of every kind that needs OCR or LibreOffice"
    )
    parser.add_argument(
        "--bodies", type=int, default=6, help="bodies of the demo generator, a page each for every year"
    )
    parser.add_argument("--only", default="", help="only kinds whose name holds this")
    parser.add_argument("--show", type=int, default=20, help="cells that are not right, shown for each kind")
    options = parser.parse_args()
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    faults: dict[str, list[str]] = defaultdict(list)
    undecided: set[str] = set()
    seconds: Counter[str] = Counter()
    print(f"seed {options.seed}", flush=True)
    sources = [
        cases(
            options.seed, layouts=options.layouts, files=options.files, slow=options.slow, only=options.only
        )
    ]
    if options.only in "demo: ":
        sources.append(demo_cases(options.bodies, options.seed))
    began = time.monotonic()
    for source in sources:
        for case in source:
            tally, lines = judge(case.shown, case.reports, case.name)
            by_kind[case.kind] += tally
            by_kind[case.kind]["reports"] += 1
            faults[case.kind] += lines
            if case.open_allowed:
                undecided.add(case.kind)
            seconds[case.kind] += time.monotonic() - began  # drawing and reading together
            began = time.monotonic()
    print(f"{'kind':44}{'reports':>8}" + "".join(f"{n:>9}" for n in VERDICTS) + f"{'% right':>9}{'s':>7}")
    whole: Counter[str] = Counter()
    for kind in sorted(by_kind, key=lambda k: (k in undecided, k)):
        row = by_kind[kind]
        if kind not in undecided:
            whole += row
        print(_line(kind + (" (open)" if kind in undecided else ""), row, seconds[kind]))
    print(_line("all that the file decides", whole, sum(seconds.values())))
    print(f"silent in all: {sum(row['silent'] for row in by_kind.values())}")
    for kind, lines in sorted(faults.items()):
        lines.sort(key=lambda line: VERDICTS[::-1].index(line.split(" ", 1)[0]))
        shown = [line for line in lines if kind not in undecided or line.startswith("silent")]
        for line in shown[: options.show]:
            print("  ", line)


def _line(name: str, row: Counter[str], seconds: float) -> str:
    cells = sum(row[v] for v in VERDICTS)
    share = 100 * row["right"] / cells if cells else 0.0
    return (
        f"{name:44}{row['reports']:8}"
        + "".join(f"{row[v]:9}" for v in VERDICTS)
        + f"{share:9.2f}{seconds:7.1f}"
    )


if __name__ == "__main__":
    main()
