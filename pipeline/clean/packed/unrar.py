"""Unpacks .rar and .7z files with whichever tool the machine has, into a folder that is deleted after."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

TIMEOUT_S = 120.0
NEEDED = {
    "rar": "No tool for .rar files is installed; on Debian: apt install libarchive-tools (or unrar, unar).",
    "7z": "No tool for .7z files is installed; on Debian: apt install libarchive-tools (or 7zip).",
}
_TOOLS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "rar": {
        "bsdtar": ("-x", "-f", "{archive}", "-C", "{folder}"),
        "unrar": ("x", "-o+", "-p-", "-idq", "{archive}", "{folder}/"),
        "unar": ("-q", "-p", "", "-o", "{folder}", "{archive}"),
    },
    "7z": {
        "bsdtar": ("-x", "-f", "{archive}", "-C", "{folder}"),
        "7zz": ("x", "-y", "-p", "-o{folder}", "{archive}"),
        "7z": ("x", "-y", "-p", "-o{folder}", "{archive}"),
    },
}


class UnrarError(Exception):
    """Why nothing (more) came out; ``status`` as in ``archive.Member``."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def tool_for(kind: str) -> str | None:
    """The first tool on this machine that unpacks ``rar`` or ``7z`` files."""
    return next((name for name in _TOOLS[kind] if shutil.which(name)), None)


def unpacked(data: bytes, kind: str, allowed_bytes: int) -> Iterator[tuple[str, Path]]:
    """Name and path of every file in the archive, the files being gone once the iterator is done.

    The tool runs in a folder of its own, for ``TIMEOUT_S`` at most, and is stopped when it has written
    more than ``allowed_bytes``. Links are passed over.
    """
    tool = tool_for(kind)
    if tool is None:
        raise UnrarError("needs_unrar", NEEDED[kind])
    with tempfile.TemporaryDirectory(prefix="unpack-") as place:
        archive, folder = Path(place, f"archive.{kind}"), Path(place, "out")
        archive.write_bytes(data)
        folder.mkdir()
        words = [part.format(archive=archive, folder=folder) for part in _TOOLS[kind][tool]]
        complaint = _run([tool, *words], folder, allowed_bytes)
        found = False
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                found = True
                yield path.relative_to(folder).as_posix(), path
        if complaint and ("assword" in complaint or "ncrypt" in complaint):
            raise UnrarError("encrypted", "The archive asks for a password.")
        if complaint or not found:
            raise UnrarError("truncated", f"{tool} could not unpack all: {complaint[-200:] or 'it is empty'}")


def _run(command: Sequence[str], folder: Path, allowed_bytes: int) -> str:
    """Runs the tool; its complaint where it failed, else an empty text."""
    limit = max(1, allowed_bytes)
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while True:
            try:
                _, complaint = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if _written(folder) > limit:
                    raise UnrarError(
                        "too_large", f"The archive unpacks to more than {limit} bytes."
                    ) from None
                if time.monotonic() > deadline:
                    raise UnrarError("timeout", f"Unpacking took longer than {TIMEOUT_S:g} s.") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if _written(folder) > limit or process.returncode == -25:
        raise UnrarError("too_large", f"The archive unpacks to more than {limit} bytes.")
    text = complaint.decode("utf-8", "replace").strip()
    return (text or f"exit code {process.returncode}") if process.returncode else ""


def _written(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
