"""What a file is, by its first bytes; its name and the server's word are hints that the bytes overrule."""

from __future__ import annotations

import io
import re
import zipfile

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "bmp"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"RIFF", "webp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
)
_TAG = re.compile(rb"<(?:!doctype|html|head|body|table|div|p|span|meta|title|h[1-6]|br|center|font)\b", re.I)
_WORD_XML = re.compile(rb"<w:wordDocument\b|<pkg:package\b")
_SHEETS = b"urn:schemas-microsoft-com:office:spreadsheet"
_WORKBOOK = re.compile(rb"<(?:\w+:)?Workbook\b")
_MESSAGE = re.compile(
    rb"(?:From|MIME-Version|Date|Subject|Content-Type|Content-Location|Snapshot-Content-Location)\s*:", re.I
)
_RELATED = re.compile(rb"content-type\s*:\s*(?:multipart/(?:related|alternative)|text/html)", re.I)
MEDIA = {
    "pdf": "application/pdf",
    "html": "text/html",
    "text": "text/plain",
    "picture": "image/*",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "archive": "application/zip",
    "rtf": "application/rtf",
    "odt": "application/vnd.oasis.opendocument.text",
    "mhtml": "multipart/related",
}


def sniff(data: bytes, media_type: str | None = None) -> str:
    """The kind of a file: html, text, pdf, docx, doc, odt, xlsx, xls, picture, archive, rtf, mhtml, or
    unknown."""
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _MAGIC:
        if not start.startswith(magic):
            continue
        if kind == "zip":
            return _zip_kind(data)
        if kind == "ole":
            return _ole_kind(data)
        if kind == "webp":
            return "picture" if start[8:12] == b"WEBP" else "unknown"
        if kind == "bmp":
            return (
                "picture"
                if len(data) > 54 and start[14:15] in (b"\x28", b"\x0c", b"\x6c", b"\x7c")
                else "text"
            )
        return kind
    if _MESSAGE.match(start) and _RELATED.search(data[:8192]):
        return "mhtml"
    if data[257:262] == b"ustar":
        return "archive"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    head = data[:65536]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")
    elif b"\x00" in head[:4096] and head[:4096].count(b"\x00") * 20 > len(head[:4096]):
        return "unknown"
    if is_sheet_xml(head):
        return "xls"
    if _WORD_XML.search(head[:8192]):
        return "doc"
    return "html" if _TAG.search(head) else "text"


def is_sheet_xml(data: bytes) -> bool:
    """Whether a file is the XML that Excel 2003 writes, by its root and namespace."""
    head = data[:8192].replace(b"\0", b"")
    return _SHEETS in head and _WORKBOOK.search(head) is not None


def _zip_kind(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        if b"word/document.xml" in data[:65536]:
            return "docx"
        return "xlsx" if b"xl/workbook.xml" in data[:65536] else "archive"
    if "mimetype" in names and "content.xml" in names:
        return "odt" if b"opendocument.text" in data[:128] else "unknown"
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    return "archive"


def _ole_kind(data: bytes) -> str:
    """Word or Excel, by the names of the streams in the file's directory."""
    word, pool = _has_stream(data, "WordDocument"), _has_stream(data, "ObjectPool")
    book = _has_stream(data, "Workbook") or _has_stream(data, "Book")
    return "xls" if book and not (word and pool) else "doc"


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a directory entry (128 bytes, aligned; the name in 64, then its length in bytes) has this
    name."""
    wanted = (name + "\0").encode("utf-16-le")
    length = len(wanted).to_bytes(2, "little")
    at = data.find(wanted)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == length:
            return True
        at = data.find(wanted, at + 2)
    return False
