"""What an .xls file (BIFF8 in an OLE container) hides or does not hold: rows and columns of no height,
errors, formulas without a stored result. calamine gives the values and drops all these.

Names of records are those of [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from pipeline.clean.format import OLE
from pipeline.clean.office.excel_formats import SheetFacts
from pipeline.document import UNREAD

MAX_RECORDS = 2_000_000
_BOUND_SHEET, _BOF, _EOF, _ROW, _COL_INFO = 0x0085, 0x0809, 0x000A, 0x0208, 0x007D
_FORMULA, _BOOL_ERR, _FILE_PASS, _WINDOW = 0x0006, 0x0205, 0x002F, 0x023E
_STRING_TOKEN = 0x17
_FREE = 0xFFFFFFFA
"""Sectors from here on mean the end, or none."""


def sheet_facts(data: bytes) -> Mapping[str, SheetFacts]:
    """The facts of every sheet by its name; none where the container or its records are not understood."""
    try:
        return dict(_sheets(_workbook(data)))
    except (struct.error, IndexError, UnicodeDecodeError, ValueError):
        return {}


def _workbook(data: bytes) -> bytes:
    """The stream ``Workbook`` of an OLE container ([MS-CFB]); empty where there is none."""
    if data[:8] != OLE:
        return b""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    size = 1 << shift
    first_dir, cutoff, first_mini = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    if size not in (512, 4096):
        return b""

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    tables = list(struct.unpack_from("<109I", data, 76))
    following = struct.unpack_from("<I", data, 68)[0]
    while following < _FREE and len(tables) < len(data) // size + 109:
        more = struct.unpack(f"<{size // 4}I", sector(following))
        tables += more[:-1]
        following = more[-1]
    fat: list[int] = []
    for number in tables:
        if number < _FREE and len(part := sector(number)) == size:
            fat += struct.unpack(f"<{size // 4}I", part)

    def chain(number: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links) + 1):
            if number >= len(links):
                return
            yield number
            number = links[number]

    folder = b"".join(map(sector, chain(first_dir, fat)))
    root = struct.unpack_from("<I", folder, 116)[0]
    for at in range(0, len(folder) - 127, 128):
        length = struct.unpack_from("<H", folder, at + 64)[0]
        if folder[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") not in ("Workbook", "Book"):
            continue
        start, total = struct.unpack_from("<II", folder, at + 116)
        if total >= cutoff:
            return b"".join(map(sector, chain(start, fat)))[:total]
        mini = b"".join(map(sector, chain(root, fat)))
        links = b"".join(map(sector, chain(first_mini, fat)))
        small = list(struct.unpack(f"<{len(links) // 4}I", links))
        step = 1 << mini_shift
        return b"".join(mini[n * step : (n + 1) * step] for n in chain(start, small))[:total]
    return b""


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    for _ in range(MAX_RECORDS):
        if at + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, SheetFacts]]:
    for kind, body in _records(stream, 0):
        if kind in (_EOF, _FILE_PASS):
            return
        if kind == _BOUND_SHEET:
            (start,) = struct.unpack_from("<I", body, 0)
            count, wide = body[6], body[7] & 1
            raw = body[8 : 8 + count * (1 + wide)]
            yield raw.decode("utf-16-le" if wide else "latin-1"), _facts(stream, start)


def _facts(stream: bytes, start: int) -> SheetFacts:
    instead: dict[tuple[int, int], str] = {}
    rows: set[int] = set()
    cols: set[int] = set()
    zeros = True
    for kind, body in _records(stream, start):
        if kind == _EOF:
            break
        if kind == _ROW and struct.unpack_from("<I", body, 12)[0] & 0x20:
            rows.add(struct.unpack_from("<H", body, 0)[0])
        elif kind == _COL_INFO and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body, 0)
            cols.update(range(first, min(last, 255) + 1))
        elif kind == _WINDOW:
            zeros = bool(struct.unpack_from("<H", body, 0)[0] & 0x10)
        elif kind == _BOOL_ERR and body[7]:
            instead[struct.unpack_from("<HH", body, 0)] = UNREAD
        elif kind == _FORMULA and body[12:14] == b"\xff\xff":
            empty = body[6] == 3 and _STRING_TOKEN not in body[22:]
            if body[6] == 2 or empty:
                instead[struct.unpack_from("<HH", body, 0)] = UNREAD
    return SheetFacts(0, 0, {}, instead, frozenset(rows), frozenset(cols), zeros)
