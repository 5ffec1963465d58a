"""OFD (GB/T 33190-2016), the national fixed-layout format: a ZIP package whose entry is ``OFD.xml``."""

from __future__ import annotations

from pipeline.clean.format import ZIP, Format, Sign

OFD = Format(
    "ofd",
    "pipeline.clean.ofd.reader",
    "file",
    "application/ofd",
    {".ofd": "application/ofd"},
    (Sign(ZIP, member="OFD.xml"),),
)
