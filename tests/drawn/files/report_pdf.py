"""A report's Document printed as a PDF: the same text and tables in another format."""

from __future__ import annotations

from pipeline.document import Document, Paragraph, Table
from tests.drawn.files import pdf_files
from tests.drawn.files.drawn_tables import DrawnCell, DrawnTable


def as_drawn(table: Table) -> DrawnTable:
    """A table of a Document as the builders print it; the first column twice as wide as the others."""
    cells = tuple(
        DrawnCell(c.row, c.col, c.rowspan, c.colspan, c.text.replace("\n", "")) for c in table.cells
    )
    widths = tuple(2.0 if n == 0 else 1.0 for n in range(table.n_cols))
    return DrawnTable(table.n_rows, table.n_cols, cells, 1, widths)


def report_pdf(document: Document) -> bytes:
    """The document as a PDF with ruled tables, each a table of its own after its heading."""
    story: list[object] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            story.append(pdf_files.text(block.text))
        elif isinstance(block, Table) and block.layout == "grid":
            story.append(pdf_files.ruled(as_drawn(block)))
    return pdf_files.document(story, page=(595, 2000))  # rows that span many do not break over pages here
