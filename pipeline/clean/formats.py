"""The formats that are read, one folder a family: what sniffing, attachments and the crawler ask.

A new format is a folder with a ``formats.py`` and a line here. The order matters where signs overlap: what
says most comes first, plain text last.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.clean.format import Format, Role
from pipeline.clean.html.formats import HTML, MHTML
from pipeline.clean.ofd.formats import OFD
from pipeline.clean.office.formats import DOC, DOCX, ODT, OLDER, RTF, XLS, XLSX
from pipeline.clean.packed.formats import GZIP, RAR, SEVEN_ZIP, TAR, ZIP
from pipeline.clean.pdf.formats import PDF
from pipeline.clean.scan.formats import BMP, PICTURE, WEBP
from pipeline.clean.text.formats import TEXT

FORMATS: tuple[Format, ...] = (
    *(PICTURE, WEBP, BMP),
    *(ODT, DOCX, XLSX, OFD),
    *(RAR, SEVEN_ZIP, GZIP, ZIP),
    *(MHTML, TAR, PDF),
    *(XLS, DOC, RTF, HTML, TEXT),
)
ARCHIVES = tuple(format for format in FORMATS if format.role == "archive")
CONVERTED = tuple(format for format in FORMATS if format.reader == OLDER)
"""Formats that LibreOffice converts before they are read."""

MEDIA_TYPES = {ending: media for format in FORMATS for ending, media in format.endings.items()}
"""The media type that an ending stands for."""


def endings(*roles: Role) -> tuple[str, ...]:
    """The endings of the files of some roles."""
    return tuple(ending for format in FORMATS if format.role in roles for ending in format.endings)


def may_be(start: bytes, formats: Iterable[Format]) -> bool:
    """Whether a file of one of these formats may begin so (its first 512 bytes): cheap, to spare the reading
    of whole files."""
    return any(
        start.startswith(sign.start) if sign.start else sign.holds is not None and sign.holds(start)
        for format in formats
        for sign in format.signs
    )
