"""What a file is, by its bytes: its name and the server's word are hints that the bytes overrule."""

from __future__ import annotations

import io
import zipfile

from pipeline.clean.format import Format
from pipeline.clean.formats import FORMATS


def sniff(data: bytes) -> Format | None:
    """The format of a file; None where it is of none that is read, or holds nothing."""
    if is_empty(data):
        return None
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    names: frozenset[str] | None = None
    for format in FORMATS:
        for sign in format.signs:
            if not start.startswith(sign.start):
                continue
            if sign.member:
                names = _names(data) if names is None else names
                if sign.member not in names:
                    continue
            if sign.holds is None or sign.holds(data):
                return format
    return None


def is_empty(data: bytes) -> bool:
    """Whether a file holds nothing but zeros and white space."""
    return not data.strip(b"\x00 \t\r\n")


def _names(data: bytes) -> frozenset[str]:
    """The names in a ZIP package; of one that is not whole, those of the formats that its beginning shows."""
    try:
        return frozenset(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        members = {sign.member for format in FORMATS for sign in format.signs if sign.member}
        return frozenset(name for name in members if name.encode() in data[:65536])
