"""Reader of older word-processor files (.doc, .wps, .rtf, .odt) through LibreOffice, where it is installed.

LibreOffice turns them into .docx in one batched call; ``word`` reads the result. Macros and links to other
files stay unused. It runs with limits on processor time, memory and what it writes, and without the
network: in a network of its own where the machine allows one (``unshare``), and in any case through a proxy
that nobody keeps. Without LibreOffice a file gets the status ``needs_libreoffice``.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.clean.formats import may_be
from pipeline.clean.office import word
from pipeline.clean.office.formats import DOC, DOCX, ODT, RTF
from pipeline.document import Document

READER = "office"
START_TIMEOUT_S = 60.0
FILE_TIMEOUT_S = 30.0
MAX_BYTES = 100_000_000
MAX_UNPACKED = 400_000_000
NEEDED = "LibreOffice is not installed; on Debian: apt install libreoffice-writer-nogui."

_PROGRAMS = ("soffice", "libreoffice", "loffice")
_SECURITY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop>
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""
_NOWHERE = {f"{name}_proxy": "http://127.0.0.1:9" for name in ("http", "https", "ftp", "all")}
_LIMITED = '{ ulimit -t "$1"; ulimit -v "$2"; ulimit -f "$3"; } 2>/dev/null; shift 3; exec "$@"'
MAX_MEMORY_KB = 6_000_000
MAX_WRITTEN_BLOCKS = 2 * MAX_UNPACKED // 512


class Converted(NamedTuple):
    """A .docx file's bytes, or why there are none: ``needs_libreoffice``, ``encrypted``, ``too_large``,
    ``broken_word``, ``timeout``."""

    data: bytes
    status: str = "ok"
    detail: str = ""


def program() -> str | None:
    """LibreOffice's program on this machine, or None."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def read(data: bytes, *, sha256: str, media_type: str = DOC.media_type) -> Document:
    """An older word-processor file's bytes as a ``Document``, by way of LibreOffice; never raises for bad
    bytes. For many files convert them with ``convert_batch`` first: each call starts LibreOffice anew."""
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        path = Path(place, "file" + ending_of(data))
        path.write_bytes(data)
        ((_, converted),) = convert_batch([path])
    return read_converted(converted, sha256=sha256, media_type=media_type)


def read_converted(converted: Converted, *, sha256: str, media_type: str = DOC.media_type) -> Document:
    """What ``convert_batch`` gave for a file as a ``Document``; ``sha256`` is the original file's."""
    if converted.status != "ok":
        return Document(sha256, media_type, READER, (), status=converted.status, detail=converted.detail)
    return replace(word.read(converted.data, sha256=sha256, media_type=media_type), reader=READER)


def convert_batch(paths: Sequence[Path]) -> Iterator[tuple[Path, Converted]]:
    """Converts files to .docx with one call of LibreOffice and gives each path with what became of it, in
    order. A file that LibreOffice left out (it may have died on another) is tried once more alone."""
    soffice = program()
    sound: list[Path] = []
    refused: dict[Path, Converted] = {}
    for path in paths:
        reason = _refusal(path) if soffice else Converted(b"", "needs_libreoffice", NEEDED)
        if reason is not None:
            refused[path] = reason
        else:
            sound.append(path)
    done: Mapping[Path, Converted] = _converted(soffice, sound) if soffice and sound else {}
    for path in paths:
        result = refused.get(path) or done[path]
        if soffice and len(sound) > 1 and path in done and result.status != "ok":
            result = _converted(soffice, [path])[path]
        yield path, result


def _refusal(path: Path) -> Converted | None:
    """Why a file need not be handed to LibreOffice at all."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return Converted(b"", "too_large", f"The file has more than {MAX_BYTES} bytes.")
        data = path.read_bytes()
    except OSError as error:
        return Converted(b"", "broken_word", f"The file cannot be read: {error.strerror}.")
    if not data.strip(b"\0"):
        return Converted(b"", "empty", "The file holds nothing.")
    if data[:2] == b"PK" and _unpacked(data) > MAX_UNPACKED:
        return Converted(b"", "too_large", f"The file unpacks to more than {MAX_UNPACKED} bytes.")
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Converted(b"", "encrypted", "The file is locked with a password.")
    # the header of a Word file usually stands in the first sector; bit 8 of its flags says encrypted
    if data[512:514] == b"\xec\xa5" and int.from_bytes(data[522:524], "little") & 0x0100:
        return Converted(b"", "encrypted", "The file is locked with a password.")
    return None


def _unpacked(data: bytes) -> int:
    """Bytes that a package's parts say they unpack to; more than any limit where its directory cannot be
    read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return MAX_UNPACKED + 1


def ending_of(data: bytes) -> str:
    """The ending under which LibreOffice knows a file that begins so."""
    return next(iter(next((f for f in (RTF, ODT) if may_be(data[:512], (f,))), DOC).endings))


def _converted(soffice: str, paths: Sequence[Path]) -> dict[Path, Converted]:
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        profile, source, target = (Path(place, name) for name in ("profile", "in", "out"))
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SECURITY)
        source.mkdir()
        target.mkdir()
        names: dict[Path, str] = {}
        for number, path in enumerate(paths):
            names[path] = f"{number:06d}"
            ending = path.suffix.lower()
            known = any(ending in format.endings for format in (DOC, RTF, ODT, DOCX))
            shutil.copyfile(path, source / f"{names[path]}{ending if known else '.doc'}")
        command = [
            soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--invisible", "--norestore",
            "--nolockcheck", "--nodefault", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(target),
            *sorted(str(path) for path in source.iterdir()),
        ]  # fmt: skip
        problem = _run(command, place, START_TIMEOUT_S + FILE_TIMEOUT_S * len(paths))
        found = {}
        for path, name in names.items():
            made = target / f"{name}.docx"
            if made.exists() and made.stat().st_size:
                found[path] = Converted(made.read_bytes())
            else:
                status = "timeout" if problem == "timeout" else "broken_word"
                found[path] = Converted(b"", status, f"LibreOffice could not convert the file ({problem}).")
        return found


@lru_cache(maxsize=1)
def _alone() -> tuple[str, ...]:
    """What sets a program into a network of its own, without any way out; empty where the machine has
    none."""
    for way in (("unshare", "--net"), ("unshare", "--user", "--map-root-user", "--net")):
        if shutil.which(way[0]) and subprocess.run([*way, "true"], capture_output=True).returncode == 0:
            return way
    return ()


def _run(command: Sequence[str], home: str, timeout_s: float) -> str:
    """Runs LibreOffice in a session of its own; ``timeout``, or what it complained of last."""
    limits = (str(round(timeout_s)), str(MAX_MEMORY_KB), str(MAX_WRITTEN_BLOCKS))
    process = subprocess.Popen(
        [*_alone(), "sh", "-c", _LIMITED, "sh", *limits, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **_NOWHERE, "HOME": home, "SAL_USE_VCLPLUGIN": "svp"},
        start_new_session=True,
    )
    try:
        _, complaint = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return "timeout"
    text = complaint.decode("utf-8", "replace").strip().splitlines()
    return text[-1][:200] if text else f"exit code {process.returncode}"
