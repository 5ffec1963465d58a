"""Reader of Excel files (.xlsx, .xls, and .xls that are XML): a sheet's blocks of rows as tables with their
merged cells.

Knows the format and nothing of what the tables say. Statuses other than ``ok``: ``encrypted``,
``truncated``, ``broken_excel``, ``too_large``, ``empty``.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pipeline.clean.format import OLE
from pipeline.clean.office import excel_biff, excel_xml
from pipeline.clean.office.excel_formats import NumberFormat, SheetFacts, column_letters, sheet_facts
from pipeline.clean.office.formats import XLSX, is_sheet_xml
from pipeline.clean.refused import Refused
from pipeline.document import Block, Cell, Document, Paragraph, Table

READER = "excel"
MAX_BYTES = 64_000_000
MAX_SLOTS = 4_000_000
"""Rows times columns of a sheet's used area."""


def read(data: bytes, *, sha256: str, media_type: str = XLSX.media_type) -> Document:
    """An Excel file's bytes as a ``Document``; never raises for bad bytes.

    Every visible sheet gives its blocks in order: rows between empty rows are one table (``caption`` is
    the sheet's name); rows above a table that hold one cell only, and full-width merged rows below it,
    are paragraphs. Numbers are printed as .xlsx cells show them; of .xls files only the value is known.
    Locators are like ``Sheet1!C5``.
    """
    try:
        blocks = tuple(_blocks(data))
    except Refused as refusal:
        status = "broken_excel" if refusal.status == "broken_package" else refusal.status
        return Document(sha256, media_type, READER, (), status=status, detail=refusal.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail="All sheets are empty.")
    return Document(sha256, media_type, READER, blocks)


def _blocks(data: bytes) -> Iterator[Block]:
    import python_calamine as calamine

    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"The file has {len(data)} bytes; the limit is {MAX_BYTES}.")
    if is_sheet_xml(data):
        for found in excel_xml.sheets(data, MAX_SLOTS):
            yield from _Area(*found).blocks()
        return
    facts: Mapping[str, SheetFacts] = {}
    if data[:2] == b"PK":
        facts = sheet_facts(data)
        for name, extent in facts.items():
            if extent.last_row * extent.last_col > MAX_SLOTS:
                raise Refused(
                    "too_large", f"The sheet {name} spans {extent.last_row} rows, {extent.last_col} columns."
                )
    elif data[:8] == OLE:
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused("encrypted", "The workbook is locked with a password.")
        facts = excel_biff.sheet_facts(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        for name in sheets:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_width * sheet.total_height > MAX_SLOTS:
                raise Refused("too_large", f"The sheet {name} spans more than {MAX_SLOTS} cells.")
            rows = sheet.to_python(skip_empty_area=False)
            known = facts.get(name)
            hidden = (known.hidden_rows, known.hidden_cols) if known else (frozenset[int](), frozenset[int]())
            stored = _unprinted(rows, texts := _shown(rows, known))
            area = _Area(name, texts, sheet.merged_cell_ranges or [], *hidden, stored)
            yield from area.blocks()
    except calamine.PasswordError:
        raise Refused("encrypted", "The workbook is locked with a password.") from None
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError) as error:
        raise Refused("broken_excel", f"calamine cannot read the workbook: {error}") from None
    except (OSError, ValueError, OverflowError) as error:
        raise Refused("broken_excel", f"The workbook cannot be read: {error}") from None


def _shown(rows: Sequence[Sequence[Any]], facts: SheetFacts | None) -> list[list[str]]:
    if facts is None:
        return [[printed(value) for value in values] for values in rows]
    shown = [
        [printed(value, facts.formats.get((row, col))) for col, value in enumerate(values)]
        for row, values in enumerate(rows)
    ]
    if not facts.zeros:
        for texts, values in zip(shown, rows, strict=True):
            for col, value in enumerate(values):
                if isinstance(value, int | float) and not isinstance(value, bool) and value == 0:
                    texts[col] = ""
    for (row, col), text in sorted(facts.instead.items()):
        if (
            text and (row + 1) * (col + 1) <= MAX_SLOTS
        ):  # calamine leaves out what has no value at a sheet's end
            shown += [[] for _ in range(row + 1 - len(shown))]
            shown[row] += [""] * (col + 1 - len(shown[row]))
        if row < len(shown) and col < len(shown[row]):
            shown[row][col] = text
    return shown


def _unprinted(rows: Sequence[Sequence[Any]], texts: list[list[str]]) -> dict[tuple[int, int], str]:
    """The numbers that cells hold and do not print, or print as a dash, by their places; such a cell is part
    of its table: its text becomes a blank."""
    found: dict[tuple[int, int], str] = {}
    for row, values in enumerate(rows):
        for col, value in enumerate(values):
            text = texts[row][col]
            if isinstance(value, int | float) and not isinstance(value, bool) and text in ("", "-", "—", "–"):
                found[(row, col)] = printed(value)
                texts[row][col] = text or " "
    return found


def printed(value: object, number_format: NumberFormat | None = None) -> str:
    """A cell's value as text: whole numbers without ``.0``, dates in ISO form."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if number_format is not None:
            return number_format.show(value)
        if float(value).is_integer() and abs(value) < 1e16:
            return str(int(value))
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Span:
    row: int
    col: int
    rowspan: int
    colspan: int


class _Area:
    """A sheet's texts with the merged cells laid over them; hidden rows and columns are left out, as they are
    in print."""

    def __init__(
        self,
        name: str,
        rows: list[list[str]],
        merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
        hidden_rows: frozenset[int] = frozenset(),
        hidden_cols: frozenset[int] = frozenset(),
        stored: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        self.name = name
        self.stored = stored or {}
        width = max((len(row) for row in rows), default=0)
        self.row_at = [n for n in range(len(rows)) if n not in hidden_rows]
        self.col_at = [n for n in range(width) if n not in hidden_cols]
        self.rows = [
            [rows[row][col] if col < len(rows[row]) else "" for col in self.col_at] for row in self.row_at
        ]
        self.width = len(self.col_at)
        self.owner: dict[tuple[int, int], _Span] = {}
        for (first, start), (last, end) in merged:
            top, low = bisect_left(self.row_at, first), bisect_left(self.row_at, last + 1) - 1
            left, right = bisect_left(self.col_at, start), bisect_left(self.col_at, end + 1) - 1
            if low < top or right < left:
                continue
            self.rows[top][left] = rows[first][start] if start < len(rows[first]) else ""
            if low == top and right == left:
                continue
            span = _Span(top, left, low - top + 1, right - left + 1)
            for row in range(top, low + 1):
                for col in range(left, right + 1):
                    self.owner.setdefault((row, col), span)

    def span(self, row: int, col: int) -> _Span:
        return self.owner.get((row, col)) or _Span(row, col, 1, 1)

    def text(self, span: _Span) -> str:
        """What a cell prints; a blank where it holds a number that it does not print."""
        return self.rows[span.row][span.col]

    def filled(self, row: int, lo: int = 0, hi: int | None = None) -> list[_Span]:
        """The cells with text that cover a row between two columns, from left to right."""
        found: list[_Span] = []
        for col in range(lo, self.width if hi is None else hi):
            span = self.span(row, col)
            if self.text(span) and (not found or found[-1] != span):
                found.append(span)
        return found

    def blocks(self) -> Iterator[Block]:
        yield from self._blocks_in(0, len(self.rows), 0, self.width)

    def _blocks_in(self, top: int, low: int, lo: int, hi: int) -> Iterator[Block]:
        start = None
        for row in range(top, low + 1):
            empty = row == low or not self.filled(row, lo, hi)
            if empty and start is not None:
                yield from self._block(start, row, lo, hi)
                start = None
            elif not empty and start is None:
                start = row

    def _block(self, start: int, end: int, lo: int, hi: int) -> Iterator[Block]:
        filled = {row: self.filled(row, lo, hi) for row in range(start, end)}
        first = start
        while first < end and len(filled[first]) == 1 and filled[first][0].rowspan == 1:
            first += 1
        last = end
        left = min((span.col for row in range(first, last) for span in filled[row]), default=0)
        right = max((s.col + s.colspan for row in range(first, last) for s in filled[row]), default=0)
        while last - 1 > first and self._is_note(filled[last - 1], left, right):
            last -= 1
        for row in range(start, first):
            yield from self._paragraph(filled[row][0])
        if first < last:
            parts = self._side_by_side([filled[row] for row in range(first, last)], left, right)
            if len(parts) > 1:
                for part_left, part_right in parts:
                    yield from self._blocks_in(first, last, part_left, part_right)
            else:
                yield self._table(first, last, left, right)
        for row in range(last, end):
            yield from self._paragraph(filled[row][0])

    def _side_by_side(self, rows: Sequence[Sequence[_Span]], left: int, right: int) -> list[tuple[int, int]]:
        """The columns of tables that stand beside each other: parted by columns without any text, each with
        labels and figures of its own."""
        covered = {
            col for spans in rows for span in spans for col in range(span.col, span.col + span.colspan)
        }
        starts = [
            col for col in range(left, right) if col in covered and (col == left or col - 1 not in covered)
        ]
        parts = list(zip(starts, [*starts[1:], right], strict=True))
        for lo, hi in parts:
            texts = [self.text(span) for spans in rows for span in spans if lo <= span.col < hi]
            figures = sum(1 for text in texts if text.replace(".", "", 1).isdigit())
            labels = sum(1 for text in texts if len(text) >= 4 and not text[0].isdigit())
            if figures < 2 or labels < 2:
                return [(left, right)]
        return parts

    @staticmethod
    def _is_note(spans: Sequence[_Span], left: int, right: int) -> bool:
        return len(spans) == 1 and spans[0].rowspan == 1 and spans[0].colspan >= max(2, right - left)

    def _paragraph(self, span: _Span) -> Iterator[Paragraph]:
        if text := self.text(span).strip():
            yield Paragraph(text, self._locator(span.row, span.col))

    def _locator(self, row: int, col: int, *, stored: bool = False) -> str:
        place = f"{self.name}!{column_letters(self.col_at[col] + 1)}{self.row_at[row] + 1}"
        kept = self.stored.get((self.row_at[row], self.col_at[col])) if stored and self.stored else None
        return place if kept is None else f"{place} (holds {kept}, does not print it)"

    def _table(self, first: int, last: int, left: int, right: int) -> Table:
        spans: list[_Span] = []
        for row in range(first, last):
            for col in range(left, right):
                span = self.span(row, col)
                if span.row == row and span.col == col:
                    spans.append(span)
        starts = sorted({span.col for span in spans})
        position = {col: index for index, col in enumerate(starts)}
        cells = []
        for span in spans:
            width = sum(1 for col in starts if span.col <= col < span.col + span.colspan)
            cells.append(
                Cell(
                    span.row - first,
                    position[span.col],
                    min(span.rowspan, last - span.row),
                    width,
                    self.text(span).strip(),
                    self._locator(span.row, span.col, stored=True),
                )
            )
        locator = f"{self._locator(first, left)}:{self._locator(last - 1, right - 1).partition('!')[2]}"
        return Table(tuple(cells), last - first, len(starts), locator, caption=self.name)
