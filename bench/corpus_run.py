"""Corpora of two sizes through ``yangguang run``: pages a second, and memory that must not grow with the
corpus.

Usage: python -m bench.corpus_run [--sizes 1000 10000]

Each corpus is the demo generator's, written to a temporary folder and run in an empty home, in a process of
its own. Memory is the largest resident set of that process, of any worker, and of dbt, sampled every 0.2 s
from /proc.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.demo import iter_pages


def write_pages(folder: Path, count: int) -> int:
    """The first ``count`` pages of a corpus large enough; gives their bytes."""
    size = 0
    for n, (name, data, _) in enumerate(iter_pages(bodies=count // 12 + 8, seed=11)):
        if n == count:
            break
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        size += len(data)
    return size


def family(pid: int) -> list[tuple[int, str]]:
    """(pid, command) of a process and all below it."""
    found: list[tuple[int, str]] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            found.append(
                (one, Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            )
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(c) for c in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
    return found


def resident(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(count: int) -> dict[str, float]:
    """One corpus through ``yangguang run``: seconds, pages a second, peak megabytes by kind of process."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, home = Path(folder) / "corpus", Path(folder) / "home"
        size = write_pages(corpus, count)
        environment = {**os.environ, "YANGGUANG_HOME": str(home)}
        start = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.terminal.main", "run", str(corpus)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        peak: dict[str, int] = {}
        while process.poll() is None:
            for pid, command in family(process.pid):
                kind = "dbt" if "dbt" in command else "main" if pid == process.pid else "worker"
                peak[kind] = max(peak.get(kind, 0), resident(pid))
            time.sleep(0.2)
        seconds = time.monotonic() - start
        told = process.stderr.read() if process.stderr else ""
        if process.returncode:
            raise SystemExit(told)
        again = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "pipeline.terminal.main", "run"],
            env=environment,
            capture_output=True,
            check=True,
        )
        return {
            "pages": count,
            "MB": size / 1e6,
            "seconds": seconds,
            "pages_s": count / seconds,
            "again_s": time.monotonic() - again,
            **{f"{k}_MB": v / 1024 for k, v in sorted(peak.items())},
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    for size in parser.parse_args().sizes:
        print("  ".join(f"{k} {v:,.1f}" for k, v in run(size).items()), flush=True)


if __name__ == "__main__":
    main()
