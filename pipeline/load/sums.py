"""Which snapshot is the latest, and whether its files are what was written: the sums that lie in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pipeline.durable import write_whole
from pipeline.handover.release import version_of
from pipeline.home import Home
from pipeline.load.published import Digest, digest_of

LATEST = "latest"
SUMS = "SHA256SUMS"
UNEXPECTED = "unexpected_file"
log = logging.getLogger(__name__)


def is_whole(home: Home, facts: dict[str, str], digest: Digest = digest_of) -> bool:
    """Whether the snapshot of a warehouse built from ``facts`` is there as it was written; ``latest`` is made to
    name it. A file in it that is not ours changes nothing."""
    version = version_of(facts)
    if not (home.snapshots / version / SUMS).is_file():
        return False
    wrong = [line for line in wrong_sums(home.snapshots / version, digest) if UNEXPECTED not in line]
    if wrong:
        log.warning("snapshot %s: %s: all is built again", version, wrong[0])
        return False
    if latest(home) != version:
        log.warning("%s named %r: made to name %s", LATEST, latest(home), version)
        write_whole(home.snapshots / LATEST, version + "\n")
    return True


def latest(home: Home) -> str:
    """The version that ``latest`` names; empty where it names none."""
    return named_in(home.snapshots / LATEST)


def named_in(file: Path) -> str:
    """The version that a file like ``latest`` names; empty where it names none."""
    try:
        with file.open(encoding="utf-8") as text:
            return text.read(200).strip()
    except (OSError, UnicodeDecodeError):
        return ""


def wrong_sums(folder: Path, digest: Digest = digest_of) -> Iterator[str]:
    """One line a file of a snapshot that is missing, is not as written, or is not of it."""
    named: set[str] = set()
    for line in (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines():
        wanted, _, name = line.partition("  ")
        named.add(name)
        path = folder / name
        if not path.is_file():
            yield f"snapshot file {name}: missing"
        elif digest(path) != wanted:
            yield f"snapshot file {name}: hash_mismatch"
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != SUMS):
        if path.relative_to(folder).as_posix() not in named:
            yield f"snapshot file {path.relative_to(folder).as_posix()}: {UNEXPECTED}"
