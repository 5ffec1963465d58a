"""Opens archives (.zip, .tar, .tar.gz, .gz; .rar and .7z where a tool is there) within limits.

``contents`` gives every member with its bytes or with the status that says why it has none; ``members``
gives only those that could be unpacked. Archives inside archives are opened too, to a depth. Nothing is
ever written where a member's name points to.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from pipeline.clean.packed.formats import GZIP, RAR, SEVEN_ZIP, TAR, ZIP
from pipeline.clean.packed.unrar import UnrarError, unpacked
from pipeline.clean.refused import Refused
from pipeline.clean.sniff import sniff

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: members, bytes of one member and of all together (unpacked), unpacked
    bytes for one packed byte, archives within archives."""

    members: int = 2_000
    member_bytes: int = 256 * 2**20
    total_bytes: int = GIB
    ratio: float = 200.0
    depth: int = 2


class Member(NamedTuple):
    """A file in an archive. ``name`` is its path there, the paths of nested archives joined by ``!``;
    ``status`` is ``ok``, or why ``data`` is empty: ``encrypted``, ``truncated``, ``too_large``,
    ``too_deep``, ``needs_unrar``, ``unknown_format``."""

    name: str
    data: bytes
    status: str = "ok"
    detail: str = ""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Budget:
    """What is left of the limits over an archive and all archives in it."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits = limits
        self.members = limits.members
        self.bytes = min(limits.total_bytes, max(2**20, int(limits.ratio * packed)))

    def count(self) -> None:
        self.members -= 1
        if self.members < 0:
            raise Refused("too_large", f"The archive has more than {self.limits.members} members.")

    def read(self, stream: _Readable) -> bytes:
        """A member's bytes, read piece by piece so that no header has to be believed."""
        allowed = min(self.limits.member_bytes, self.bytes)
        parts: list[bytes] = []
        size = 0
        while True:
            part = stream.read(min(2**20, allowed - size + 1))
            if not part:
                break
            size += len(part)
            if size > allowed:
                raise Refused("too_large", f"A member unpacks to more than {allowed} bytes.")
            parts.append(part)
        self.bytes -= size
        return b"".join(parts)


def members(data: bytes, limits: Limits | None = None) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file that can be unpacked; see ``contents`` for those that cannot."""
    for member in contents(data, limits):
        if member.status == "ok":
            yield member.name, member.data


def contents(data: bytes, limits: Limits | None = None) -> Iterator[Member]:
    """Every file in an archive, in its order; never raises for bad bytes.

    When a limit is reached the last member given says so, and nothing follows. Names without the UTF-8
    mark are tried as UTF-8, then as GB18030. Folders, links and the files that systems leave beside
    (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``) are passed over.
    """
    yield from _contents(data, "", _Budget(limits or Limits(), len(data)), 0)


def _contents(data: bytes, within: str, budget: _Budget, depth: int) -> Iterator[Member]:
    name = within.rstrip("!") or "archive"
    if depth > budget.limits.depth:
        yield Member(name, b"", "too_deep", f"Archives are nested more than {budget.limits.depth} deep.")
        return
    try:
        for inner, content in _opened(data, budget):
            if isinstance(content, Refused):
                yield Member(within + inner, b"", content.status, content.detail)
            elif (format := sniff(content)) and format.role == "archive":
                yield from _contents(content, f"{within}{inner}!", budget, depth + 1)
            else:
                yield Member(within + inner, content)
    except Refused as refusal:
        yield Member(name, b"", refusal.status, refusal.detail)


def _opened(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | Refused]]:
    format = sniff(data)
    if format == ZIP:
        return _zip(data, budget)
    if format == GZIP:
        return _gzip(data, budget)
    if format == TAR:
        return _tar(io.BytesIO(data), budget)
    if format in (RAR, SEVEN_ZIP):
        return _by_tool(data, "rar" if format == RAR else "7z", budget)
    raise Refused("unknown_format", "The file is no archive of a known kind.")


def _is_left_over(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    )


def decoded_name(info: zipfile.ZipInfo) -> str:
    """A member's name: zip files without the UTF-8 mark hold the bytes of the maker's own encoding."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename


def _zip(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | Refused]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise Refused("truncated", f"The zip file is not whole: {error}") from None
    with archive:
        for info in archive.infolist():
            name = decoded_name(info)
            if info.is_dir() or name.endswith("/") or _is_left_over(name):
                continue
            budget.count()
            if info.flag_bits & 0x1:
                yield name, Refused("encrypted", "The member asks for a password.")
                continue
            try:
                with archive.open(info) as stream:
                    content = budget.read(stream)
            except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
                yield name, Refused("truncated", f"The member is damaged: {error}")
                continue
            except (NotImplementedError, RuntimeError) as error:
                yield name, Refused("unknown_format", f"The member cannot be unpacked: {error}")
                continue
            yield name, content


class _Inflating:
    """A gzip stream that gives no more bytes than are allowed; just the ``read`` that a tar file needs."""

    def __init__(self, data: bytes, allowed: int) -> None:
        self.source = memoryview(data)
        self.position = 0
        self.engine = zlib.decompressobj(31)
        self.left = allowed
        self.ready = bytearray()

    def read(self, size: int = -1) -> bytes:
        while not self.engine.eof and (size < 0 or len(self.ready) < size):
            self._inflate()
        count = len(self.ready) if size < 0 else size
        part = bytes(self.ready[:count])
        del self.ready[:count]
        return part

    def _inflate(self) -> None:
        packed = self.engine.unconsumed_tail
        if not packed:
            packed = bytes(self.source[self.position : self.position + 65_536])
            self.position += len(packed)
            if not packed:
                raise EOFError("the stream ends too early")
        part = self.engine.decompress(packed, 2**20)
        self.left -= len(part)
        if self.left < 0:
            raise Refused("too_large", "The archive unpacks to too many bytes.")
        self.ready += part


def _gzip(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | Refused]]:
    # headers and padding of a tar count too, so that a bomb of padding is stopped
    stream = _Inflating(data, budget.bytes + 2**20)
    try:
        start = stream.read(512)
        stream.ready[:0] = start
        if start[257:262] == b"ustar":
            yield from _tar(stream, budget)
            return
        budget.count()
        yield _gzip_name(data), budget.read(stream)
    except (zlib.error, EOFError) as error:
        raise Refused("truncated", f"The gzip file is damaged: {error}") from None


def _gzip_name(data: bytes) -> str:
    """The name that a gzip header keeps, else ``content``."""
    if len(data) > 10 and data[3] & 0x08 and not data[3] & 0x04:
        raw = data[10 : data.find(b"\0", 10)][:255]
        return raw.decode("utf-8", "replace") or "content"
    return "content"


def _tar(stream: _Readable, budget: _Budget) -> Iterator[tuple[str, bytes | Refused]]:
    source: Any = stream  # tarfile asks for no more than ``read`` here
    try:
        with tarfile.open(fileobj=source, mode="r|", errors="surrogateescape") as archive:
            for info in archive:
                budget.count()
                if not info.isfile():
                    continue
                name = _tar_name(info.name)
                content = archive.extractfile(info)
                if content is None or _is_left_over(name):
                    continue
                if info.size > min(budget.limits.member_bytes, budget.bytes):
                    raise Refused("too_large", f"The member {name} unpacks to {info.size} bytes.")
                yield name, budget.read(content)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise Refused("truncated", f"The tar file is not whole: {error}") from None


def _tar_name(name: str) -> str:
    raw = name.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _by_tool(data: bytes, kind: str, budget: _Budget) -> Iterator[tuple[str, bytes | Refused]]:
    try:
        for name, path in unpacked(data, kind, budget.bytes):
            if _is_left_over(name):
                continue
            budget.count()
            with path.open("rb") as stream:
                yield name, budget.read(stream)
    except UnrarError as error:
        raise Refused(error.status, error.detail) from None
