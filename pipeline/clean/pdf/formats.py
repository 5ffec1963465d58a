"""PDF files; some begin with a few bytes of something else."""

from __future__ import annotations

from pipeline.clean.format import Format, Sign

PDF = Format(
    "pdf",
    "pipeline.clean.pdf.reader",
    "file",
    "application/pdf",
    {".pdf": "application/pdf"},
    (Sign(holds=lambda data: b"%PDF-" in data[:1024]),),
)
