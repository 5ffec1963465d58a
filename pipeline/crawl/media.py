"""Media types by file name: those of the formats that are read and a few more, so that no machine's settings
change a result."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipeline.clean.formats import MEDIA_TYPES

UNKNOWN = "application/octet-stream"

_BY_SUFFIX = {
    **MEDIA_TYPES,
    ".json": "application/json",
    ".xml": "application/xml",
    ".warc": "application/warc",
}


def media_type_of_name(name: str) -> str:
    """Gives the media type that a file name's ending stands for; ``application/octet-stream`` if unknown."""
    return _BY_SUFFIX.get(PurePosixPath(name.lower()).suffix, UNKNOWN)


def media_type_of(content_type: str | None, url: str) -> str:
    """Gives the media type of a response: the header's, without parameters, else by the address's ending.

    A server that labels an attachment ``application/octet-stream`` or ``text/plain`` says nothing; there the
    ending decides where it is known.
    """
    declared = (content_type or "").split(";")[0].strip().lower()
    by_name = media_type_of_name(unquote(urlsplit(url).path))
    if "/" not in declared or (declared in (UNKNOWN, "text/plain") and by_name != UNKNOWN):
        return by_name if by_name != UNKNOWN or "/" not in declared else declared
    return declared
