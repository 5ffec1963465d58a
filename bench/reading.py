"""Bytes to checked observations against ``pandas.read_html`` alone on the same pages: paired, one core,
medians.

Usage: python -m bench.reading [--pages N] [--rounds R]   (``make bench``)

Pages are the demo generator's with word processor's markup (60 to 110 KB). Each round times, page by page and
in turn, our whole way, the parser alone (the floor), our steps, and pandas.read_html; other pages are read
before, so that labels are known as in a long run, and the first round, where each page is new, is also told
apart. PDF: the demo's figures drawn with reportlab, against pdfplumber's extract_tables. Prints a table;
judges nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from io import BytesIO, StringIO

from selectolax.lexbor import LexborHTMLParser

from pipeline.clean import read_document
from pipeline.document import Document
from pipeline.extract import extract_reports
from pipeline.reading.whole import read_whole
from pipeline.reconcile import reconcile
from pipeline.report import Report
from tools.demo import iter_pages


def sample_pages(count: int, seed: int = 3) -> list[bytes]:
    """Editor's HTML pages of all forms, in the generator's order."""
    found = []
    for _, data, truth in iter_pages(bodies=count, seed=seed, editor_noise=True):
        if truth.shape == "html" and truth.tables:
            found.append(data)
        if len(found) == count:
            break
    return found


def timed(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def html(pages: list[bytes], rounds: int) -> None:
    import pandas

    texts = [
        p.decode("utf-8", errors="ignore") if b"utf-8" in p[:2000] else p.decode("gb18030") for p in pages
    ]
    calls: dict[str, list[Callable[[], object]]] = {
        "whole way": [lambda p=p: read_whole(p) for p in pages],
        "parser alone (lexbor)": [lambda t=t: LexborHTMLParser(t) for t in texts],
        "clean": [lambda p=p: read_document(p) for p in pages],
        "extract": [lambda p=p: extract_reports(documents[p]) for p in pages],
        "reconcile": [lambda p=p: [reconcile(r) for r in extracted[p]] for p in pages],
        "pandas.read_html alone": [lambda t=t: pandas.read_html(StringIO(t)) for t in texts],
    }
    for other in sample_pages(2 * len(pages), seed=4):
        read_whole(other)
    pandas.read_html(StringIO(texts[0]))
    documents: dict[bytes, Document] = {}
    extracted: dict[bytes, tuple[Report, ...]] = {}
    spent: dict[str, list[float]] = {name: [] for name in calls}
    ratios: list[float] = []
    for _ in range(rounds):
        for n, page in enumerate(pages):
            once = {"whole way": timed(calls["whole way"][n])}
            documents[page] = read_document(page)
            extracted[page] = extract_reports(documents[page])
            once |= {name: timed(group[n]) for name, group in calls.items() if name not in once}
            for name, value in once.items():
                spent[name].append(value)
            ratios.append(once["whole way"] / once["pandas.read_html alone"])
    size = statistics.median(len(p) for p in pages) / 1024
    print(f"HTML: {len(pages)} pages of {size:.0f} KB (median), {rounds} rounds, CPU ms a page")
    for name, values in spent.items():
        print(
            f"  {name:26} median {statistics.median(values):7.2f}   min {min(values):7.2f}   max {max(values):7.2f}"
        )
    print(
        f"  whole way / pandas, pair by pair: median {statistics.median(ratios):.2f}   min {min(ratios):.2f}   max {max(ratios):.2f}"
    )
    print(f"  the same where each page is new: median {statistics.median(ratios[: len(pages)]):.2f}")


def pdf(pages: list[bytes], rounds: int) -> None:
    import pdfplumber

    from tests.drawn.files.report_pdf import report_pdf

    files = [report_pdf(read_document(page)) for page in pages[:8]]

    def plumb(data: bytes) -> None:
        with pdfplumber.open(BytesIO(data)) as document:
            for page in document.pages:
                page.extract_tables()

    ratios, ours, theirs = [], [], []
    for _ in range(rounds):
        for data in files:
            a = timed(lambda data=data: read_whole(data))
            b = timed(lambda data=data: plumb(data))
            ours.append(a)
            theirs.append(b)
            ratios.append(a / b)
    print(f"PDF: {len(files)} files, {rounds} rounds, CPU ms a file")
    print(f"  {'whole way':26} median {statistics.median(ours):7.1f}")
    print(f"  {'pdfplumber extract_tables':26} median {statistics.median(theirs):7.1f}")
    print(
        f"  whole way / pdfplumber, pair by pair: median {statistics.median(ratios):.2f}   max {max(ratios):.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{platform.machine()}, Python {platform.python_version()}, one core")
    pages = sample_pages(options.pages)
    html(pages, options.rounds)
    pdf(pages, max(1, options.rounds // 2))


if __name__ == "__main__":
    main()
