"""Drawn reports as reading would have kept them: the demo generator's figures, spread over the provinces.

Nothing is read: a report's rows are made from what the generator knows of its page, so that a hundred
thousand come in minutes. A place keeps its drawn name and stands in a real province by the first two digits
of its code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pipeline.crawl import RawStore, Receipt
from pipeline.home import Home
from pipeline.reading.kept import Kept
from pipeline.reading.schema import SCHEMAS, Rows
from tools.demo import ReportTruth, iter_pages
from tools.demo.truth import TruthCell

PROVINCES = (
    "11",
    "12",
    "13",
    "14",
    "15",
    "21",
    "22",
    "23",
    "31",
    "32",
    "33",
    "34",
    "35",
    "36",
    "37",
    "41",
    "42",
    "43",
    "44",
    "45",
    "46",
    "50",
    "51",
    "52",
    "53",
    "54",
    "61",
    "62",
    "63",
    "64",
    "65",
)
_PER_BODY = 12
_UNKNOWN = ("ambiguous", "dash", "not_applicable")
_TAGS = re.compile(r"<[^>]+>|&nbsp;")
_HEAD = re.compile(r"(?m)^\s*([一二三四五六]、[^\n]{2,30})$")


def draw(count: int) -> Iterator[tuple[Receipt, Rows]]:
    """Receipt and rows of ``count`` reports, province by province; the same ones whenever it is called."""
    given = 0
    for n, province in enumerate(PROVINCES):
        wanted = (count - given) // (len(PROVINCES) - n)
        pages = iter_pages(bodies=wanted // _PER_BODY + 8, seed=100 + n)
        for _, (name, data, truth) in zip(range(wanted), pages, strict=False):
            yield drawn(province, name, data, truth)
        given += wanted


def drawn(province: str, name: str, data: bytes, truth: ReportTruth) -> tuple[Receipt, Rows]:
    """One report as the raw store's receipt and the rows that reading would give."""
    url = f"http://www.p{province}.example/{name}"
    sha = hashlib.sha256(province.encode() + name.encode() + data).hexdigest()
    code = province + truth.division_code[2:]
    government = truth.level in ("province", "prefecture", "county")
    report_id = f"{sha[:16]}-1"
    rows: Rows = {table: [] for table in SCHEMAS}
    reader = "html" if truth.shape == "html" else "text"
    rows["document"].append(
        (
            sha,
            f"text/{reader}",
            reader,
            truth.encoding,
            "strict",
            "ok",
            "",
            1,
            truth.place,
            f"{code}0001",
            truth.title,
        )
    )
    rows["report"].append(
        (
            report_id,
            sha,
            1,
            truth.title,
            truth.body,
            f"{code}:{truth.body}",
            "government" if government else truth.level,
            truth.level,
            code,
            truth.place,
            None,
            f"title: {truth.place}",
            truth.year,
            f"data period: {truth.year}年1月1日",
            truth.template,
            truth.scope,
            "",
            date.fromisoformat(truth.published_on),
            "#zoom paragraph 1 to #zoom table[5]",
        )
    )
    cells = [(c, "table") for c in truth.cells] + [(c, "text") for c in truth.statements]
    rows["observation"] += [
        _observation(report_id, truth.year, n, c, method) for n, (c, method) in enumerate(cells, start=1)
    ]
    rows["finding"] += [
        (f"{report_id}:f{n:03d}", report_id, "v21.app.flow", "warn", None, None, "[]", f"{f.kind}: {f.mark}")
        for n, f in enumerate(truth.faults, start=1)
    ]
    text = _TAGS.sub("", data.decode(truth.encoding, errors="replace"))
    parts = _HEAD.split(text)[1:]
    for n, (heading, body) in enumerate(zip(parts[::2], parts[1::2], strict=True), start=1):
        prose = "\n".join(line.strip() for line in body.splitlines() if "。" in line)
        rows["section"].append((report_id, n, heading, prose))
    receipt = Receipt(
        url=url,
        final_url=url,
        fetched_at="2026-06-01T00:00:00Z",
        media_type=f"text/{reader}",
        http_status=200,
        sha256=sha,
        bytes=len(data),
        file_name=name.rpartition("/")[2],
        source_id=f"p{province}",
    )
    return receipt, rows


def _observation(report_id: str, year: int, n: int, cell: TruthCell, method: str) -> tuple[object, ...]:
    value = None if cell.printed is None else Decimal(cell.printed)
    figure = None if cell.state in _UNKNOWN or cell.true is None else Decimal(cell.true)
    proved = figure is not None and figure != value
    resolution = None if figure is None else "proved_by_sums" if proved else "as_printed"
    return (
        f"{report_id}:{n:04d}",
        report_id,
        year,
        cell.indicator,
        cell.applicant,
        value,
        "" if value is None else str(value),
        "件",
        False,
        cell.state,
        figure,
        resolution,
        method,
        f"#zoom {method}[5] row {n // 8} cell {n % 8}",
        f"{n // 8}.{cell.indicator.rpartition('.')[2]}",
        "v21.app.flow" if proved else "",
        "v21.app.flow: 4 = ? + 3 + ? + 1" if proved else "",
        None,
    )


def fill(home: Home, count: int) -> int:
    """Draw ``count`` reports into an empty home's kept batches and receipts; gives how many came."""
    home.make()
    found = 0
    with RawStore(home.raw) as store, Kept(home) as kept, store.transaction():
        receipts: list[Receipt] = []

        def results() -> Iterator[tuple[str, Rows]]:
            for receipt, rows in draw(count):
                receipts.append(receipt)
                yield str(receipt.sha256), rows

        for rows in kept.write(results()):
            found += len(rows["report"])
        for receipt in receipts:
            store.add_receipt(receipt)
    return found
