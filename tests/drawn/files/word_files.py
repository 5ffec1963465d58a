"""Word files for tests, made with python-docx."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import docx.shared
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.drawn.files.drawn_tables import DrawnTable


def add_table(document: WordDocument, table: DrawnTable) -> None:
    """Adds the table with its merged cells."""
    made = document.add_table(table.n_rows, table.n_cols, style="Table Grid")
    for cell in table.cells:
        first = made.cell(cell.row, cell.col)
        if cell.rowspan > 1 or cell.colspan > 1:
            first = first.merge(made.cell(cell.row + cell.rowspan - 1, cell.col + cell.colspan - 1))
        first.text = cell.text


def document(parts: Sequence[str | DrawnTable]) -> bytes:
    """A file of paragraphs and tables in the given order."""
    made = docx.Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
        else:
            add_table(made, part)
    return saved(made)


def of_pictures(pictures: Sequence[bytes]) -> bytes:
    """A file of nothing but pictures, each in a paragraph of its own."""
    made = docx.Document()
    for picture in pictures:
        made.add_picture(io.BytesIO(picture), width=docx.shared.Cm(15))
    return saved(made)


def from_body(xml: str) -> bytes:
    """A file whose body holds this WordprocessingML (prefixes ``w``, ``r``, ``mc``, ``v``, ``wp``, ``wps``
    and ``a`` are declared)."""
    made = docx.Document()
    spaces = (
        nsdecls("w", "r", "a", "wp")
        + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        + ' xmlns:v="urn:schemas-microsoft-com:vml"'
        + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    body = made.element.body
    for element in reversed(list(parse_xml(f"<w:body {spaces}>{xml}</w:body>"))):
        body.insert(0, element)
    return saved(made)


def saved(made: WordDocument) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
