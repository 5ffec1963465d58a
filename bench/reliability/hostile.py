"""Three hundred hostile files, made by a generator: nested, quadratic, lying, bombs, links, pipes, escapes in names.

Each is read by itself in a process with the limits of a worker; then all of them are taken in by a real run,
beside sound reports, which must give what they give without them. Nothing may leave the folder that is named.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from bench.reliability import homes
from bench.reliability.hostile_files import Files, excel, html, texts, word
from bench.reliability.hostile_packed import archives, ofd, pdf, pictures, warc
from bench.reliability.kills import HERE, Kills
from bench.reliability.warm import Ended
from pipeline.clean.guard import OCR_MEMORY_BYTES
from pipeline.reading.pool import CPU_S

SECRET = "8.7.6.5 a line that stands outside of the folder that is named"
"""In a file beside the folder: it must show up nowhere in the home."""

FAMILIES: Mapping[str, Callable[[random.Random], Files]] = {
    "HTML": html,
    "Word": word,
    "Excel": excel,
    "PDF": pdf,
    "OFD": ofd,
    "archives": archives,
    "WARC": warc,
    "pictures": pictures,
    "text": texts,
}


class Taken(NamedTuple):
    """What became of a file: its status (or how the process ended), seconds of processor time, MiB beyond those of an
    empty file, and what was wrong."""

    family: str
    name: str
    status: str
    cpu: float
    memory: int
    wrong: tuple[str, ...] = ()


def drawn(seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """(family, file name, bytes): ``count`` files over all families, in turn."""
    dice = random.Random(seed)
    waiting = {family: make(dice) for family, make in FAMILIES.items()}
    left = count
    while waiting and left:
        for family in list(waiting):
            found = next(waiting[family], None)
            if found is None:
                del waiting[family]
            elif left:
                left -= 1
                yield family, *found


def write(folder: Path, seed: int, count: int) -> list[tuple[str, str]]:
    """Write them as files; gives (family, name) of each."""
    folder.mkdir(parents=True)
    found = []
    for n, (family, name, data) in enumerate(drawn(seed, count)):
        name = f"{n:03d}-{name}"
        (folder / name).write_bytes(data)
        os.utime(folder / name, (homes.OLD, homes.OLD))
        found.append((family, name))
    return found


def set_traps(folder: Path) -> int:
    """What is no regular file below the folder, and names that a terminal would obey; gives how many."""
    outside = folder.parent / "outside.txt"
    outside.write_text(SECRET)
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe.html")
    for name, to in (
        ("zero.html", "/dev/zero"),
        ("out.txt", str(outside)),
        ("up", ".."),
        ("self", "self"),
        ("sub/again", "../sub"),
        ("gone.html", "nowhere"),
        ("proc.txt", "/proc/self/environ"),
        ("full.txt", "/dev/full"),
    ):
        (folder / name).symlink_to(to)
    server = socket.socket(socket.AF_UNIX)
    with closing(server), suppress(OSError):  # too long a path
        server.bind(str(folder / "socket.html"))
    for name in (
        "\x1b[2J\x1b]0;owned\x07.html",
        "a\nb.html",
        "‮lmth.exe",
        "=cmd|' calc'!A0.txt",
        "-rf.txt",
        "x" * 250,
    ):
        (folder / name).write_bytes(b"<p>" + SECRET[:7].encode() + b"</p>")
    with (folder / "sparse.pdf").open("wb") as stream:
        stream.truncate(3 << 30)
    (folder / "dated.txt").write_bytes(b"text")
    os.utime(folder / "dated.txt", (1 << 39, 1 << 39))
    return 17


def read_alone(root: Path, path: str) -> str:
    """Read a file with a worker's limits; gives its status."""
    import hashlib

    from pipeline.reading.schema import SCHEMAS
    from pipeline.reading.work import Job, Source, read_rows

    resource.setrlimit(resource.RLIMIT_AS, (OCR_MEMORY_BYTES, OCR_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(CPU_S), int(CPU_S)))
    key = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    try:
        rows = read_rows(Job(Source(key, Path(path).name, Path(path).name, path=path)))
    except MemoryError:
        return "memory"
    return str(rows["document"][0][SCHEMAS["document"].names.index("status")])


def run_hostile(kills: Kills, seed: int, count: int) -> Iterator[Taken]:
    """Each file alone, then all in a run: what became of each, and what was wrong."""
    warm, folder = kills.warm, kills.folder / "hostile"
    files = write(folder, seed, count)
    empty = folder.parent / "empty.txt"
    empty.write_bytes(b"")
    least = warm(kills.folder, str(empty), call="bench.reliability.hostile:read_alone").memory
    for family, name in files:
        ended = warm(kills.folder, str(folder / name), call="bench.reliability.hostile:read_alone")
        timeout = ended.code == -signal.SIGXCPU  # what the pool, which ends it, calls so
        status = (
            json.loads(ended.given) if ended.code == 0 else "timeout" if timeout else f"exit {ended.code}"
        )
        wrong = () if ended.code == 0 or timeout else (f"exit {ended.code}: {ended.said[-300:]}",)
        yield Taken(family, name, status, ended.cpu, max(0, ended.memory - least), wrong)
    traps = set_traps(folder)
    ended, found = _in_a_run(kills, folder, len(files))
    name = f"000-{len(files)} files and {traps} traps"
    yield Taken("all in one run", name, f"exit {ended.code}", ended.cpu, ended.memory, tuple(found))


def _in_a_run(kills: Kills, folder: Path, count: int) -> tuple[Ended, list[str]]:
    home = homes.fresh(kills.folder / "hostile-home")
    ended = kills.warm(home, "run", str(kills.folder / "in1"), str(folder))
    return ended, list(_wrong_after(kills, home, ended, count))


def _wrong_after(kills: Kills, home: Path, ended: Ended, count: int) -> Iterator[str]:
    warm = kills.warm
    alone = warm.ask(kills.home("one"), f"{HERE}:rows")
    if ended.code or "Traceback" in ended.said or "\x1b" in ended.said or "\x07" in ended.said:
        yield f"the run ended with {ended.code}: {ended.said[-600:]!r}"
        return
    found: dict[str, Any] = warm.ask(home, "bench.reliability.hostile:taken")
    if found["documents"] < count:
        yield f"{found['documents']} documents of {count} files"
    if found["secret"]:
        yield f"a file outside of the folder was read: {found['secret']}"
    if found["sound"] != alone["core.observation"][0]:
        yield f"the sound reports gave {found['sound']} observations, {alone['core.observation'][0]} without the others"
    if again := warm.ask(home, f"{HERE}:problems"):
        yield f"verify: {again}"


def taken(root: Path) -> dict[str, Any]:
    """Of a home: documents, raw objects that hold the secret, and observations of the sound reports."""
    import duckdb

    from pipeline.home import Home

    objects = [p for p in (root / "raw" / "objects").rglob("*") if p.is_file() and p.stat().st_size < 1 << 20]
    with duckdb.connect(str(Home(root).database), read_only=True) as con:
        ((documents,),) = con.execute("SELECT count(*) FROM core.document").fetchall()
        ((sound,),) = con.execute(
            "SELECT count(*) FROM core.observation JOIN core.report USING (report_id) JOIN core.document USING (document_id) "
            "WHERE regexp_matches(source_url, '^[0-9]{3}\\.html$')"
        ).fetchall()
    secret = [p.name for p in objects if SECRET.encode() in p.read_bytes()]
    return {"documents": documents, "sound": str(sound), "secret": secret}


def table(results: Sequence[Taken]) -> list[str]:
    """The results as Markdown."""
    lines = [
        "| family | files | statuses | worst CPU s | of | worst MiB | of |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in dict.fromkeys(r.family for r in results):
        own = [r for r in results if r.family == family]
        statuses = ", ".join(f"{n} {status}" for status, n in Counter(r.status for r in own).most_common())
        slow, big = max(own, key=lambda r: r.cpu), max(own, key=lambda r: r.memory)
        lines.append(
            f"| {family} | {len(own)} | {statuses} | {slow.cpu:.1f} | {slow.name[4:]} | {big.memory} | {big.name[4:]} |"
        )
    return lines
