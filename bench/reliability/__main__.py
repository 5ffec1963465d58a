"""Kills, faults, flips, readers, two at once and hostile files against real homes.

Usage: python -m bench.reliability PART [--seed N] [--count N] [--stage NAME ...] [--folder DIR]

Prints a Markdown table; exits 1 where anything was lost or half-published, and names it. Ended early (Ctrl-C,
SIGTERM), it prints what it has. Needs a C compiler.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.reliability import faults, flips, hostile, kills, readers, together
from bench.reliability.kills import Kills
from bench.reliability.warm import Warm

COUNTS = {"kills": 239, "faults": 120, "flips": 300, "readers": 1000, "together": 1, "hostile": 400}
"""How many of each part, where none is named."""
SWAPS = 100
HEALS = 3
"""Of each kind of file that a flip damages, so many are healed."""


def gathered(part: str, seed: int, results: Iterator[Any]) -> list[Any]:
    """All results, each told on standard error as it comes."""
    found: list[Any] = []
    start = time.monotonic()
    try:
        for result in results:
            found.append(result)
            name, what, *_ = result
            wrong = "; ".join(result.wrong) or "well"
            print(f"{part} {len(found)}, seed {seed}: {name}, {what}: {wrong}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("ended early", file=sys.stderr)
    print(f"\n{len(found)} {part}, seed {seed}, {time.monotonic() - start:.0f} s\n")
    return found


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # `timeout` sends it twice
    raise KeyboardInterrupt


def _some(stages: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [stage for stage in stages if not names or stage.name in names]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reliability", description=__doc__)
    parser.add_argument("part", choices=list(COUNTS), help="what is tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="how many tries")
    parser.add_argument("--stage", action="append", default=[], help="kills and faults: only this stage")
    parser.add_argument("--folder", type=Path, help="where the homes lie (default: a temporary folder)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    part, seed, count = asked.part, asked.seed, asked.count or COUNTS[asked.part]
    with tempfile.TemporaryDirectory(prefix="yangguang-reliability-") as own, Warm() as warm:
        tries = Kills(warm, asked.folder or Path(own))
        if part == "kills":
            stages = _some(kills.STAGES, asked.stage)
            results = gathered(part, seed, kills.run_kills(tries, seed, count, stages))
            lines, wrong = kills.table(results), [r for r in results if r.wrong]
        elif part == "faults":
            stages = _some(faults.STAGES, asked.stage)
            results = gathered(part, seed, faults.run_faults(tries, seed, count, stages))
            lines, wrong = faults.table(results), [r for r in results if r.wrong]
        elif part == "flips":
            results = gathered(part, seed, flips.run_flips(tries, seed, count, HEALS))
            lines, wrong = flips.table(results), [r for r in results if r.wrong]
        elif part == "readers":
            found = readers.run_readers(tries, SWAPS, count)
            lines, wrong = readers.table(found), list(found.wrong)
        elif part == "together":
            with Warm() as other:
                results = gathered(part, seed, together.run_together(tries, other, count))
            lines, wrong = together.table(results), [r for r in results if r.wrong]
        else:
            results = gathered(part, seed, hostile.run_hostile(tries, seed, count))
            lines, wrong = hostile.table(results), [r for r in results if r.wrong]
    print("\n".join(lines))
    for result in wrong:
        print(f"{part}, seed {seed}: {result}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
