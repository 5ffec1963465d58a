"""Document -> reports: which form, whose, which year; cells and sentences -> observations."""

from pipeline.extract.reports import extract_reports

__all__ = ["extract_reports"]
