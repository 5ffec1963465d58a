"""The whole way from bytes to checked observations, with no file, clock or network: ``read_reports``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean import is_archive, read_document
from pipeline.document import Document
from pipeline.extract import extract_reports
from pipeline.extract.reports import report_titles
from pipeline.places import Registry
from pipeline.reconcile import reconcile
from pipeline.report import Report


def read_whole(
    data: bytes, *, media_type: str | None = None, source_url: str | None = None, registry: Registry | None = None
) -> tuple[Document, tuple[Report, ...]]:
    """Read one file that is no archive: the document (with its status) and its checked reports. A file that can be read and
    holds none has the status ``not_a_report``."""
    document = read_document(data, media_type=media_type)
    reports = extract_reports(document, source_url=source_url, registry=registry)
    return judged(document, reports), tuple(reconcile(report) for report in reports)


def judged(document: Document, reports: Sequence[Report]) -> Document:
    """The document, with the status ``not_a_report`` where it was read well and holds none."""
    if reports or document.status != "ok" or document.reader == "archive":
        return document
    titles = len(report_titles(document))
    what = f"a list of {titles} titles of reports" if titles > 1 else "a title alone" if titles else "no title and no figure"
    return replace(document, status="not_a_report", detail=f"The file holds no report: it shows {what}.")


def read_reports(data: bytes, *, media_type: str | None = None, source_url: str | None = None) -> list[Report]:
    """The reports in a file, or in the files of an archive. A file that holds none, or cannot be read, gives an empty list."""
    if is_archive(data):
        from pipeline.clean.archive import members

        found: list[Report] = []
        for name, inner in members(data):
            url = f"{source_url}!{name}" if source_url else None
            found += read_reports(inner, source_url=url)
        return found
    return list(read_whole(data, media_type=media_type, source_url=source_url)[1])
