"""Media types by file name: one list of our own, so that no machine's settings change a result."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

HTML = "text/html"
UNKNOWN = "application/octet-stream"

_BY_SUFFIX = {
    **dict.fromkeys((".html", ".htm", ".shtml", ".jhtml", ".xhtml", ".jsp", ".aspx", ".asp", ".php"), HTML),
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".json": "application/json",
    ".xml": "application/xml",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".pdf": "application/pdf",
    ".rtf": "application/rtf",
    ".ofd": "application/ofd",
    ".doc": "application/msword",
    ".wps": "application/vnd.ms-works",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".et": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".rar": "application/vnd.rar",
    ".7z": "application/x-7z-compressed",
    ".gz": "application/gzip",
    ".warc": "application/warc",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
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
