"""A file layer with faults: what ``faulty.c`` does to a process, and how it is compiled and loaded.

It stands between the process and the C library (``LD_PRELOAD``), so Python, DuckDB, SQLite and Arrow are all
behind it, and nothing of it is in what users install. It needs a C compiler (Debian: ``gcc``).
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from enum import IntFlag
from pathlib import Path
from typing import Literal, NamedTuple

SOURCE = Path(__file__).with_name("faulty.c")
HOWS = ("off", "count", "kill", "torn", "fail", "short")


class Op(IntFlag):
    """What a process does to files: each is one operation that is counted."""

    OPEN = 1
    WRITE = 2
    SYNC = 4
    RENAME = 8
    REMOVE = 16
    MAKE = 32
    RESIZE = 64
    READ = 128


CHANGES = Op(127)
"""All that may change a file or a folder: not reading."""


class Fault(NamedTuple):
    """What happens at the ``at``-th operation (from 1) on files below the home whose path holds ``part``.

    ``kill``: SIGKILL before it; ``torn``: of a write the first half is done, then SIGKILL; ``fail``: it gives
    ``error`` (an errno); ``short``: a write does half of what was asked and says so; ``count``: nothing, each
    is a line of the trace. ``stays``: so do all that follow.
    """

    how: Literal["count", "kill", "torn", "fail", "short"]
    at: int = 0
    ops: int = int(CHANGES)
    part: str = ""
    error: int = 0
    stays: bool = False


def compiler() -> str | None:
    """The C compiler, where the machine has one."""
    return shutil.which("cc") or shutil.which("gcc")


def compiled() -> Path:
    """The layer as a shared library, compiled once for each text of its source."""
    name = f"yangguang-faulty-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}-{os.getuid()}.so"
    place = Path(tempfile.gettempdir()) / name
    if not place.is_file():
        program = compiler()
        if program is None:
            raise RuntimeError("the file layer with faults needs a C compiler (Debian: gcc)")
        aside = place.with_suffix(f".{os.getpid()}")
        words = [program, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(aside), str(SOURCE), "-ldl"]
        subprocess.run(words, check=True)
        aside.replace(place)
    return place


def arm(home: Path, fault: Fault, trace: int = -1) -> None:
    """Let the fault happen in this process, which was started with the layer; ``trace`` is a file descriptor."""
    ctypes.CDLL(None).faulty_arm(
        f"{home}/".encode(),
        fault.part.encode(),
        ctypes.c_int(fault.ops),
        HOWS.index(fault.how),
        ctypes.c_long(fault.at),
        fault.error,
        int(fault.stays),
        trace,
    )


def disarm() -> None:
    """No fault any more."""
    ctypes.CDLL(None).faulty_arm(b"/", b"", 0, 0, ctypes.c_long(0), 0, 0, -1)
