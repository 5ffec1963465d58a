"""The shipped corpus: yearly reports of an invented province, drawn with their truth."""

from tools.demo.bodies import Body, division_lines, divisions_csv, iter_bodies
from tools.demo.corpus import DEMO_YEARS, iter_pages, missing_reports, write_corpus
from tools.demo.portal import body_slugs, portal_pages, portal_path, portal_sources
from tools.demo.truth import Fault, ReportTruth, Truth, TruthCell

__all__ = [
    "DEMO_YEARS", "Body", "Fault", "ReportTruth", "Truth", "TruthCell", "body_slugs", "division_lines",
    "divisions_csv", "iter_bodies", "iter_pages", "missing_reports", "portal_pages", "portal_path", "portal_sources",
    "write_corpus",
]  # fmt: skip
