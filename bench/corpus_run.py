"""Corpora of two sizes through ``yangguang run``: pages a second, and memory that must not grow with the
corpus.

Usage: python -m bench.corpus_run [--sizes 1000 10000]

Each corpus is the demo generator's, written to a temporary folder and run in an empty home, in a process of
its own. Memory is the largest resident set of that process, of any worker, and of dbt, sampled every 0.1 s
from /proc. Reading lasts from the start of the workers' server to the end of the last worker; `working` is the
share of that time, over all workers, in which one runs or waits for a core or the disk (not for something to
do), `read_s` its seconds, `worker_cpu` and `main_cpu` the CPU seconds of workers and of the main process in it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from pipeline.reading.pool import worker_count
from tools.demo import iter_pages

_TICKS = os.sysconf("SC_CLK_TCK")


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


class Process(NamedTuple):
    """A process below the run: what it is, and its state and CPU seconds as the kernel tells them."""

    pid: int
    kind: str
    state: str
    cpu: float


def family(pid: int) -> list[Process]:
    """A process and all below it: ``main``, ``server`` (what workers are forked from), ``worker``, ``dbt``,
    ``other``."""
    found: list[Process] = []
    waiting = [(pid, "main", "")]
    while waiting:
        one, kind, above = waiting.pop()
        try:
            command = Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            after = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            if one != pid:
                kind = "dbt" if "dbt" in command else "server" if "forkserver" in command else "other"
                kind = "worker" if above in ("server", "worker") else kind
            found.append(Process(one, kind, after[0], (int(after[11]) + int(after[12])) / _TICKS))
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [(int(c), "", kind) for c in (task / "children").read_text().split()]
        except (OSError, ValueError, IndexError):
            continue
    return found


class Reading:
    """What the workers did, sample by sample."""

    def __init__(self) -> None:
        self.start = self.end = self.main = 0.0
        self.samples = self.working = 0
        self._cpu: dict[int, float] = {}
        self._main_before = 0.0

    def see(self, seen: list[Process], now: float) -> None:
        """Takes a sample."""
        workers = [p for p in seen if p.kind == "worker"]
        main = max((p.cpu for p in seen if p.kind == "main"), default=0.0)
        if not self.start:
            if not any(p.kind == "server" for p in seen):
                return
            self.start, self._main_before = now, main
        if workers:
            self.end, self.main = now, main - self._main_before
        self.samples += 1 if workers or not self.end else 0
        self.working += sum(p.state in "RD" for p in workers)
        self._cpu.update({p.pid: p.cpu for p in workers})

    def told(self, count: int, workers: int) -> dict[str, float]:
        seconds = max(self.end - self.start, 0.001)
        return {
            "read_s": seconds,
            "read_pages_s": count / seconds,
            "working_%": 100 * self.working / max(1, self.samples * workers),
            "worker_cpu": sum(self._cpu.values()),
            "main_cpu": self.main,
        }


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
        reading = Reading()
        while process.poll() is None:
            seen = family(process.pid)
            reading.see(seen, time.monotonic())
            for one in seen:
                peak[one.kind] = max(peak.get(one.kind, 0), resident(one.pid))
            time.sleep(0.1)
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
            **reading.told(count, worker_count(count)),
            **{f"{k}_MB": v / 1024 for k, v in sorted(peak.items())},
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    for size in parser.parse_args().sizes:
        print("  ".join(f"{k} {v:,.1f}" for k, v in run(size).items()), flush=True)


if __name__ == "__main__":
    main()
