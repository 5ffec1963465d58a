"""Excel files for tests, made with openpyxl and xlwt."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import xlwt
from openpyxl.utils import get_column_letter

from tests.drawn.files.drawn_tables import DrawnTable

Sheet = tuple[str, Sequence[tuple[int, int, str | DrawnTable]]]
"""A sheet's name and its parts: 0-based row and column where each begins, and a text or a table."""


def _value(text: str) -> str | int:
    return int(text) if text.isdigit() and str(int(text)) == text else text


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook in the newer format; a one-cell text is merged over four columns."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, parts in sheets:
        sheet = book.create_sheet(name)
        for top, left, part in parts:
            if isinstance(part, str):
                sheet.cell(top + 1, left + 1, part)
                sheet.merge_cells(
                    f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(left + 4)}{top + 1}"
                )
                continue
            for cell in part.cells:
                row, col = top + cell.row + 1, left + cell.col + 1
                sheet.cell(row, col, _value(cell.text) if cell.text else None)
                if cell.rowspan > 1 or cell.colspan > 1:
                    sheet.merge_cells(
                        start_row=row,
                        start_column=col,
                        end_row=row + cell.rowspan - 1,
                        end_column=col + cell.colspan - 1,
                    )
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(sheets: Sequence[Sheet]) -> bytes:
    """A workbook in the older format."""
    book = xlwt.Workbook()
    for name, parts in sheets:
        sheet = book.add_sheet(name)
        for top, left, part in parts:
            if isinstance(part, str):
                sheet.write_merge(top, top, left, left + 3, part)
                continue
            for cell in part.cells:
                row, col = top + cell.row, left + cell.col
                if cell.rowspan > 1 or cell.colspan > 1:
                    sheet.write_merge(
                        row, row + cell.rowspan - 1, col, col + cell.colspan - 1, _value(cell.text)
                    )
                elif cell.text:
                    sheet.write(row, col, _value(cell.text))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
