"""Bytes to checked observations against lxml's bare parse of the same page: paired, one core, medians.

Usage: python -m bench.reading [--pages N] [--rounds R]   (``make bench``)

Pages of three shapes: plain ones of the demo generator (some 12 KB), the same with word processor's markup
(60 to 110 KB), and pages of sentences (the tests' own paragraphs, 2,000 characters of prose a page, in a site's
frame). Each round times, page by page and in turn, our whole way, our steps, and ``lxml.html`` alone, which moves
less with the machine's load than any reader of tables; other pages are read before, so that labels are known as
in a long run, and the first round, where each page is new, is also told apart. PDF: the demo's figures drawn with
reportlab, against pdfplumber's extract_tables. Prints a table; judges nothing.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import lxml.html

from pipeline.clean import read_document
from pipeline.extract import extract_reports
from pipeline.reading.whole import read_whole
from pipeline.reconcile import reconcile
from tools.demo import iter_pages

PARAGRAPHS = Path(__file__).resolve().parents[1] / "tests" / "extract" / "prose" / "paragraphs.csv"
PROSE = 2_000
"""Characters of prose of a page."""


def sample_pages(count: int, seed: int = 3, *, noise: bool = True) -> list[bytes]:
    """HTML pages of all forms, in the generator's order; with ``noise`` as an editor leaves them."""
    found = []
    for _, data, truth in iter_pages(bodies=count, seed=seed, editor_noise=noise):
        if truth.shape == "html" and truth.tables:
            found.append(data)
        if len(found) == count:
            break
    return found


def prose_pages(count: int, first: int = 0) -> list[bytes]:
    """Pages of ``PROSE`` characters of the tests' own paragraphs each, in a site's frame."""
    with PARAGRAPHS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    found = []
    at = first * 7
    for n in range(first, first + count):
        held: list[str] = []
        while sum(map(len, held)) < PROSE:
            held.append(texts[at % len(texts)])
            at += 1
        title = f"雾江县2016年政府信息公开工作年度报告({n})"
        menu = "".join(f'<li><a href="/c{k}/">栏目{k}</a></li>' for k in range(60))
        lines = "".join(f"<p style='text-indent:2em'>{t}</p>" for t in held)
        found.append(
            f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><ul>{menu}</ul>"
            f"<div class='article'><h1>{title}</h1>{lines}</div></body></html>".encode()
        )
    return found


def timed(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def html(shape: str, pages: list[bytes], others: list[bytes], rounds: int) -> None:
    for other in others:
        read_whole(other)
    lxml.html.document_fromstring(pages[0])
    spent: dict[str, list[float]] = {}
    ratios: list[float] = []
    for _ in range(rounds):
        for page in pages:
            once = {"whole way": timed(lambda page=page: read_whole(page))}
            once["lxml.html alone"] = timed(lambda page=page: lxml.html.document_fromstring(page))
            once["clean"] = timed(lambda page=page: read_document(page))
            document = read_document(page)
            once["extract"] = timed(lambda document=document: extract_reports(document))
            extracted = extract_reports(document)
            once["reconcile"] = timed(lambda extracted=extracted: [reconcile(r) for r in extracted])
            for name, value in once.items():
                spent.setdefault(name, []).append(value)
            ratios.append(once["whole way"] / once["lxml.html alone"])
    size = statistics.median(len(p) for p in pages) / 1024
    print(f"HTML, {shape}: {len(pages)} pages of {size:.0f} KB (median), {rounds} rounds, CPU ms a page")
    for name, values in spent.items():
        print(f"  {name:26} median {statistics.median(values):7.2f}   min {min(values):7.2f}")
    print(f"  whole way / lxml, pair by pair: median {statistics.median(ratios):.1f}   min {min(ratios):.1f}")
    print(f"  the same where each page is new: median {statistics.median(ratios[: len(pages)]):.1f}")


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
    plain = {"noise": False}
    html(
        "plain",
        sample_pages(options.pages, **plain),
        sample_pages(2 * options.pages, seed=4, **plain),
        options.rounds,
    )
    pages = sample_pages(options.pages)
    html("word processor's", pages, sample_pages(2 * options.pages, seed=4), options.rounds)
    html("sentences", prose_pages(options.pages), prose_pages(2 * options.pages, 500), options.rounds)
    pdf(pages, max(1, options.rounds // 2))


if __name__ == "__main__":
    main()
