"""What the published file is, as its receipt says, and whether it is that still."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.home import Home

Digest = Callable[[Path], str]


def published(home: Home) -> dict[str, Any]:
    """What ``published.json`` says: facts, bytes, sha256; empty where there is none or it cannot be read."""
    try:
        found = json.loads(home.receipt.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("facts"), dict) else {}


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def damage(home: Home, digest: Digest = digest_of) -> str:
    """What is wrong with the bytes of the published file; empty where it is as it was published."""
    receipt = published(home)
    if not home.database.is_file():
        return "the published warehouse is not there"
    if not receipt:
        return f"{home.receipt.name} is not there or cannot be read"
    if home.database.stat().st_size != receipt.get("bytes"):
        return f"the published warehouse has {home.database.stat().st_size} bytes, {receipt.get('bytes')} were published"
    if digest(home.database) != receipt.get("sha256"):
        return "the published warehouse is not the one that was published: its sha256 differs"
    return ""
