"""Word-processor files and workbooks, of today and older."""

from __future__ import annotations

import re

from pipeline.clean.format import OLE, ZIP, Format, Sign

OLDER = "pipeline.clean.office.libreoffice"
"""The reader of files that LibreOffice has to convert first."""

_SHEETS = b"urn:schemas-microsoft-com:office:spreadsheet"
_WORKBOOK = re.compile(rb"<(?:\w+:)?Workbook\b")


def is_sheet_xml(data: bytes) -> bool:
    """Whether a file is the XML that Excel 2003 writes, by its root and namespace."""
    head = data[:8192].replace(b"\0", b"")
    return _SHEETS in head and _WORKBOOK.search(head) is not None


def _is_word_xml(data: bytes) -> bool:
    head = data[:8192].replace(b"\0", b"")
    return b"<w:wordDocument" in head or b"<pkg:package" in head


def _is_workbook(data: bytes) -> bool:
    """Whether an OLE file is one of Excel's and not of Word's with a sheet in it, by the names of the streams
    in its directory."""
    word, pool = _has_stream(data, "WordDocument"), _has_stream(data, "ObjectPool")
    book = _has_stream(data, "Workbook") or _has_stream(data, "Book")
    return book and not (word and pool)


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


def _is_opendocument_text(data: bytes) -> bool:
    """Whether a package's first member is the name of its kind, as the standard asks, and says text."""
    return data.startswith(ZIP) and data[30:38] == b"mimetype" and b"opendocument.text" in data[:128]


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"

DOCX = Format(
    "docx",
    "pipeline.clean.office.word",
    "file",
    _DOCX,
    {".docx": _DOCX},
    (Sign(ZIP, member="word/document.xml"),),
)
XLSX = Format(
    "xlsx",
    "pipeline.clean.office.excel",
    "file",
    _XLSX,
    {".xlsx": _XLSX},
    (Sign(ZIP, member="xl/workbook.xml"), Sign(ZIP, member="xl/workbook.bin")),
)
XLS = Format(
    "xls",
    "pipeline.clean.office.excel",
    "file",
    "application/vnd.ms-excel",
    dict.fromkeys((".xls", ".et"), "application/vnd.ms-excel"),
    (Sign(OLE, holds=_is_workbook), Sign(holds=is_sheet_xml)),
)
DOC = Format(
    "doc",
    OLDER,
    "file",
    "application/msword",
    {".doc": "application/msword", ".wps": "application/vnd.ms-works"},
    (Sign(OLE), Sign(holds=_is_word_xml)),
)
RTF = Format("rtf", OLDER, "file", "application/rtf", {".rtf": "application/rtf"}, (Sign(b"{\\rtf"),))
ODT = Format("odt", OLDER, "file", _ODT, {".odt": _ODT}, (Sign(holds=_is_opendocument_text),))
