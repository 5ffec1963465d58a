"""SIGKILL at twenty random moments: nothing lost, nothing torn, at most one request repeated a kill."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.policy import Policy
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore

KILLS = 20
DELAY = 0.03

# Imports once, then forks a crawling process for each line that it reads.
CRAWLS = """
import json, os, sys
from pathlib import Path
from pipeline.crawl.run import crawl
from pipeline.crawl.registry import Source
raw, delay, rows = json.loads(sys.argv[1])
sources = [Source(*row) for row in rows]
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        crawl(Path(raw), sources, delay=delay, allow_private=True)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


def fill(portal: Any) -> int:
    rows = [(f"r{n}.html", f"某镇20{n:02}年政府信息公开工作年度报告") for n in range(8, 26)]
    portal.put_list("/nb/", rows[:9], '<a href="index_1.html">下一页</a>')
    portal.put_list("/nb/index_1.html", rows[9:])
    for number, (name, title) in enumerate(rows):
        files = [f"f{number}-{part}.pdf" for part in range(4)]
        portal.put_report(f"/nb/{name}", title, "".join(f'<a href="{file}">附件.pdf</a>' for file in files))
        for file in files:
            portal.put(f"/nb/{file}", f"%PDF-{file}".encode() * 5000, Content_Type="application/pdf")
    return 2 + 5 * len(rows)


def objects(raw: Path) -> set[str]:
    with RawStore(raw) as store:
        assert list(store.verify()) == []
        return {path.name for path in store.objects.rglob("*") if path.is_file()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_crawl_that_is_killed_goes_on(
    portal: Any, raw: Path, tmp_path: Path, quick: Policy, source_at: Callable[..., Source]
) -> None:
    pages = fill(portal)
    source = source_at(portal.url("/nb/"))
    undisturbed = crawl(tmp_path / "undisturbed", [source], delay=0, allow_private=True, policy=quick)
    assert undisturbed.counts == {"ok": pages}
    portal.requests.clear()

    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    row = [source.source_id, source.division_code, source.issuer, source.level, source.url, source.kind, ""]
    crawls = subprocess.Popen(
        [sys.executable, "-c", CRAWLS, json.dumps([str(raw), DELAY, [row]])],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert crawls.stdin is not None
    assert crawls.stdout is not None
    kills = 0
    try:
        while True:
            before = len(portal.requests)
            crawls.stdin.write("go\n")
            crawls.stdin.flush()
            child = int(crawls.stdout.readline())
            if kills < KILLS:
                deadline = time.monotonic() + 10
                while len(portal.requests) == before and time.monotonic() < deadline:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 2 * DELAY))
                os.kill(child, signal.SIGKILL)
                kills += 1
            assert crawls.stdout.readline() == "ended\n"
            if kills == KILLS and _is_whole(raw):
                break
    finally:
        crawls.stdin.close()
        crawls.wait(20)

    assert objects(raw) == objects(tmp_path / "undisturbed")
    seen = Counter(portal.paths(robots=True))
    assert set(seen) == {"/robots.txt"} | {path for _, path in portal.pages}
    repeated = sum(seen.values()) - len(seen)
    assert repeated <= KILLS, "at most one repeated request a kill"
    portal.assert_polite(DELAY)
    with RawStore(raw) as store:
        assert Counter(receipt.status for receipt in store.receipts()) == {"ok": pages}


def test_ctrl_c_ends_cleanly(portal: Any, raw: Path, quick: Policy, source_at: Callable[..., Source]) -> None:
    pages = fill(portal)
    source = source_at(portal.url("/nb/"))
    row = [source.source_id, source.division_code, source.issuer, source.level, source.url, source.kind, ""]
    code = CRAWLS.partition("for line")[0] + "crawl(Path(raw), sources, delay=delay, allow_private=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps([str(raw), DELAY, [row]])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while len(portal.requests) < 8 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert out == ""
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert "never retrieved" not in err
    seen = set(portal.paths())
    assert 0 < len(seen) < pages
    result = crawl(raw, [source], delay=0, allow_private=True, policy=quick)
    assert result.left == 0
    assert len(portal.paths()) <= pages + 1, (
        "what was fetched is not fetched again, but for the one in flight"
    )


def _is_whole(raw: Path) -> bool:
    import sqlite3

    database = sqlite3.connect(raw / "crawl.sqlite")
    try:
        return database.execute("SELECT count(*) FROM crawl_round WHERE finished_at IS NULL").fetchone() == (
            0,
        )
    finally:
        database.close()
