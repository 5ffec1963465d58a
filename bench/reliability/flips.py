"""Flipped bits and cut files, over every file of a published home.

``verify`` must name the damage, or nothing may rest on it: then the home gives the rows that it gave, and a run
finds nothing to do or makes the same again. What can be made again, ``heal`` makes again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.reliability.homes import copied
from bench.reliability.kills import HERE, Kills

KINDS = (
    ("published file", "warehouse/yangguang.duckdb"),
    ("published.json", "warehouse/published.json"),
    ("latest", "warehouse/snapshot/latest"),
    ("snapshot", "warehouse/snapshot/"),
    ("index of kept readings", "index.sqlite"),
    ("kept readings", "warehouse/read/"),
    ("raw objects", "raw/objects/"),
    ("receipts and frontier", "raw/crawl.sqlite"),
    ("Dagster's history", "dagster/"),
    ("logs, locks, dbt's notes", ""),
)
"""What a file of a home is, by what its path holds; the first that fits."""
LOST = {"raw objects", "receipts and frontier"}
"""What cannot be made again from the rest of the home: it is named with its source."""


class Flipped(NamedTuple):
    """What became of one flip: what ``verify`` said (how many lines), whether ``heal`` was tried, and what was
    wrong."""

    kind: str
    place: str
    named: bool
    healed: bool
    wrong: tuple[str, ...]
    seconds: float
    memory: int


def kind_of(name: str) -> str:
    """What a file of a home is."""
    return next(kind for kind, part in KINDS if part in name)


def spoil(root: Path, name: str, at: str, bit: str) -> str:
    """Flip a bit of a file, or, where ``bit`` is -1, cut the file there; gives what was done."""
    path = root / name
    path.chmod(0o644)
    place = int(at)
    if int(bit) < 0:
        with path.open("r+b") as stream:
            stream.truncate(place)
        return f"{name} cut to {place} bytes"
    with path.open("r+b") as stream:
        stream.seek(place)
        (byte,) = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte ^ (1 << int(bit))]))
    return f"bit {bit} of byte {place} of {name}"


def run_flips(kills: Kills, seed: int, count: int, heals: int) -> Iterator[Flipped]:
    """``count`` flips, as many of each kind of file; of each kind the first ``heals`` that were named are
    healed, those that were not are run on."""
    dice = random.Random(seed)
    home = kills.home("ran")
    rows = kills.warm.ask(home, f"{HERE}:rows")
    by_kind: dict[str, list[str]] = {}
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.stat().st_size:
            name = path.relative_to(home).as_posix()
            by_kind.setdefault(kind_of(name), []).append(name)
    for names in by_kind.values():
        left = heals
        for _ in range(max(1, round(count / len(by_kind)))):
            name = dice.choice(names)
            bit = -1 if dice.random() < 0.2 else dice.randrange(8)
            result = flip(kills, home, rows, name, place(home / name, dice), bit, heal=left > 0)
            left -= result.healed
            yield result


def place(path: Path, dice: random.Random) -> int:
    """A byte that most likely means something: databases have long stretches of zeros that nothing reads."""
    data = path.read_bytes()
    return next((at for at in (dice.randrange(len(data)) for _ in range(50)) if data[at]), 0)


def flip(kills: Kills, home: Path, rows: Any, name: str, at: int, bit: int, *, heal: bool) -> Flipped:
    """One flip: look, heal or run on, and compare."""
    warm, kind = kills.warm, kind_of(name)
    work = copied(home, kills.folder / "work")
    done = spoil(work, name, str(at), str(bit))
    wrong = []
    said = warm(work, "verify")
    named = said.code == 1 and "problems found" in said.said
    if said.code not in (0, 1) or (said.code == 1 and not named) or "Traceback" in said.said:
        wrong.append(f"verify ended with {said.code}: {said.said[-300:]}")
    worst = said
    if named and heal and kind not in LOST:
        worst = warm(work, "heal")
        wrong += _after(kills, work, rows, worst.code, worst.said)
    elif not named:  # nothing rests on it
        worst = warm(work, "run")
        wrong += _after(kills, work, rows, worst.code, worst.said)
    tried = named and heal and kind not in LOST
    return Flipped(kind, done, named, tried, tuple(wrong), worst.seconds, max(worst.memory, said.memory))


def _after(kills: Kills, work: Path, rows: Any, code: int, said: str) -> Iterator[str]:
    if code:
        yield f"heal or run ended with {code}: {said[-400:]}"
        return
    found = kills.warm(work, call=f"{HERE}:rows")
    if found.code or json.loads(found.given) != rows:
        yield "the rows are not those of before"
    yield from (f"still: {line}" for line in kills.warm.ask(work, f"{HERE}:problems"))


def table(results: Sequence[Flipped]) -> list[str]:
    """The results as Markdown."""
    lines = [
        "| file | flips and cuts | `verify` names it | nothing rests on it | healed, rows as before | wrong | worst s | worst MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in dict.fromkeys(r.kind for r in results):
        own = [r for r in results if r.kind == kind]
        healed = "cannot be made again" if kind in LOST else f"{sum(r.healed for r in own)}"
        lines.append(
            f"| {kind} | {len(own)} | {sum(r.named for r in own)} | {sum(not r.named for r in own)} | {healed} "
            f"| {sum(bool(r.wrong) for r in own)} | {max(r.seconds for r in own):.1f} | {max(r.memory for r in own)} |"
        )
    return lines
