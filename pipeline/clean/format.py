"""What a reader registers of its format: once, in its own folder's ``formats.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

Role = Literal["page", "file", "picture", "archive"]
"""``page``: an article, which may name files. ``file``: one that an article may carry or name. ``picture``:
one that it may show. ``archive``: one whose members are files of their own."""

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Sign(NamedTuple):
    """One way to tell a format by its bytes; all that is given must hold.

    ``start``: its first bytes, after a byte order mark and white space. ``member``: a file that it holds,
    where it is a ZIP package. ``holds``: asked last, with all bytes.
    """

    start: bytes = b""
    member: str = ""
    holds: Callable[[bytes], bool] | None = None


class Format(NamedTuple):
    """A file format: its name, the module whose ``read`` gives its Document (archives have none: they are
    opened by ``packed.archive``), its media type, the endings of its files with the media type that each
    stands for, and the signs of which one is enough."""

    name: str
    reader: str
    role: Role
    media_type: str
    endings: Mapping[str, str]
    signs: tuple[Sign, ...]


def text_head(data: bytes) -> bytes | None:
    """The beginning of a file of text, without the zeros of UTF-16; None where it is no text."""
    head = data[:65536]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.replace(b"\x00", b"")
    zeros = head[:4096].count(b"\x00")
    return None if zeros * 20 > len(head[:4096]) else head
