"""Archives for tests: zip files with names in other encodings, tar files, a stored .rar, bombs."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Sequence

Files = Sequence[tuple[str, bytes]]


def zipped(files: Files, encoding: str | None = None) -> bytes:
    """A zip file; with ``encoding`` its names are stored in it without the UTF-8 mark."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files):
            archive.writestr(f"{number:03d}" if encoding else name, data)
    raw = target.getvalue()
    if encoding is None:
        return raw
    for number, (name, _) in enumerate(files):
        raw = _renamed(raw, f"{number:03d}".encode(), name.encode(encoding))
    return raw


def _renamed(raw: bytes, old: bytes, new: bytes) -> bytes:
    """The zip file with a member's name put in by hand, lengths and offsets mended."""
    grown = len(new) - len(old)
    start = raw.index(old)
    local = start - 30
    end = raw.rindex(b"PK\x05\x06")
    directory = struct.unpack_from("<I", raw, end + 16)[0]
    head = (
        raw[:local] + _with_length(raw[local:start], 26, len(new)) + new + raw[start + len(old) : directory]
    )
    entries, position = b"", directory
    while position < end:
        name_length, extra, comment = struct.unpack_from("<HHH", raw, position + 28)
        stop = position + 46 + name_length + extra + comment
        entry, name = raw[position : position + 46], raw[position + 46 : position + 46 + name_length]
        offset = struct.unpack_from("<I", entry, 42)[0]
        if offset > local:
            entry = entry[:42] + struct.pack("<I", offset + grown)
        if name == old:
            entry, name = _with_length(entry, 28, len(new)), new
        entries += entry + name + raw[position + 46 + name_length : stop]
        position = stop
    tail = raw[end : end + 12] + struct.pack("<II", len(entries), directory + grown) + raw[end + 20 :]
    return head + entries + tail


def _with_length(record: bytes, place: int, length: int) -> bytes:
    return record[:place] + struct.pack("<H", length) + record[place + 2 :]


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    """A tar file, packed as ``mode`` says."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def stored_rar(files: Files) -> bytes:
    """A .rar file (format 4) whose members are stored without packing; names in ASCII."""

    def block(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + data

    raw = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, data in files:
        body = struct.pack(
            "<IIBIIBBHI",
            len(data),
            len(data),
            3,
            zlib.crc32(data),
            0x5A21_0000,
            20,
            0x30,
            len(name),
            0o100644,
        )
        raw += block(0x74, 0x8000, body + name.encode("ascii"), data)
    return raw + block(0x7B, 0x4000, b"")
