"""Kills, faults, flips, readers and hostile files against real homes.

Usage: python -m bench.reliability [kills] [--seed N] [--count N] [--stage NAME ...] [--folder DIR]

Prints Markdown tables; exits 1 where anything was lost or half-published, and names it. Needs a C compiler.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.reliability import kills
from bench.reliability.warm import Warm

COUNTS = {"kills": 230}
"""How many of each part, where none is named."""


def told(part: str, seed: int, result: object, wrong: tuple[str, ...]) -> bool:
    """Says on standard error what was wrong with one try; gives whether anything was."""
    for line in wrong:
        print(f"{part}, seed {seed}: {result}: {line}", file=sys.stderr)
    return bool(wrong)


def run_kills(folder: Path, seed: int, count: int, stages: list[str]) -> bool:
    chosen = [stage for stage in kills.STAGES if not stages or stage.name in stages]
    results = []
    with Warm() as warm:
        for result in kills.run_kills(warm, folder, seed, count, chosen):
            results.append(result)
            told("kills", seed, f"{result.stage} at {result.operation}", result.wrong)
    print(f"\n{len(results)} kills, seed {seed}\n")
    print("\n".join(kills.table(results)))
    return not any(result.wrong for result in results)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reliability", description=__doc__)
    parser.add_argument("part", choices=list(COUNTS), help="what is tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="how many tries")
    parser.add_argument("--stage", action="append", default=[], help="kills: only this stage")
    parser.add_argument("--folder", type=Path, help="where the homes lie (default: a temporary folder)")
    asked = parser.parse_args()
    count = asked.count or COUNTS[asked.part]
    with tempfile.TemporaryDirectory(prefix="yangguang-reliability-") as own:
        folder = asked.folder or Path(own)
        well = run_kills(folder, asked.seed, count, asked.stage)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
