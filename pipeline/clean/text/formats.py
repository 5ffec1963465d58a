"""Plain text: whatever text is of no other format."""

from __future__ import annotations

from pipeline.clean.format import Format, Sign, text_head

TEXT = Format(
    "text",
    "pipeline.clean.text.reader",
    "page",
    "text/plain",
    {".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv"},
    (Sign(holds=lambda data: text_head(data) is not None),),
)
