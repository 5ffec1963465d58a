"""A corpus of the generator as rows of core: what it printed, what is right, what it planted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from warehouse_by_hand import Warehouse

from pipeline.codebook import Linear, load_codebook
from tools.demo import ReportTruth, division_lines, iter_bodies, iter_pages

KINDS = {"department": "department", "township": "township"}


def body_id(truth: ReportTruth) -> str:
    return f"{truth.division_code}:{truth.body}"


def load(warehouse: Warehouse, reports: dict[str, ReportTruth]) -> None:
    """The truth as core rows: what is printed as the value, what is right as the figure to trust."""
    ids = {name: f"{n:016x}-1" for n, name in enumerate(sorted(reports), start=1)}
    observed: list[tuple[Any, ...]] = []
    for name, truth in reports.items():
        government = truth.level in ("province", "prefecture", "county")
        warehouse.report(
            truth.body,
            truth.year,
            truth.template,
            report_id=ids[name],
            body_id=body_id(truth),
            body_kind="government" if government else KINDS[truth.level],
            level=truth.level,
            scope=truth.scope,
            division_code=truth.division_code,
            division_name=truth.place,
            published_on=date.fromisoformat(truth.published_on),
            is_current=truth.superseded_by is None,
            superseded_by=ids[truth.superseded_by] if truth.superseded_by else None,
        )
        for n, cell in enumerate((*truth.cells, *truth.statements)):
            figure = None if cell.state in ("ambiguous", "dash", "not_applicable") else cell.true
            observed.append(
                (
                    f"{ids[name]}:{n:04d}",
                    ids[name],
                    truth.year,
                    cell.indicator,
                    cell.applicant,
                    amount(cell.printed),
                    cell.state,
                    amount(figure),
                    "table" if n < len(truth.cells) else "text",
                )
            )
    names = [
        "observation_id",
        "report_id",
        "year",
        "indicator",
        "applicant",
        "value",
        "state",
        "resolved",
        "method",
    ]
    table = pa.table(
        {name: list(column) for name, column in zip(names, zip(*observed, strict=True), strict=True)}
    )
    warehouse.con.register("drawn", table)
    warehouse.con.execute(
        f"insert into core.observation ({', '.join(names)}, approx, resolution) select *, false,"
        " case when resolved is null then null when resolved = value then 'as_printed' else 'proved_by_sums' end from drawn"
    )
    warehouse.con.unregister("drawn")


def amount(figure: Any) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def current(reports: dict[str, ReportTruth]) -> Iterator[ReportTruth]:
    return (r for r in reports.values() if r.superseded_by is None)


def true_measures(truth: ReportTruth) -> dict[str, Decimal | None]:
    """Every count of the panel by the codebook's formula; None where a term is unknown or no form has it."""
    figures: dict[tuple[str, str], Decimal | None] = {}
    for cell in (*truth.statements, *truth.cells):
        known = None if cell.state in ("ambiguous", "dash", "not_applicable") else cell.true
        key = (cell.indicator, cell.applicant or "total")
        if known is not None or key not in figures:
            figures[key] = amount(known)

    def value(linear: Linear) -> Decimal | None:
        terms = [
            (t.coefficient, figures.get((t.ref.indicator, t.ref.applicant or "total"))) for t in linear.terms
        ]
        if any(f is None for _, f in terms):
            return None
        return sum((c * f for c, f in terms if f is not None), start=Decimal(0))

    found: dict[str, Decimal | None] = {}
    for m in load_codebook().measures:
        if m.template == truth.template and m.kind != "ratio":
            sums = (*((m.quotient.numerator,) if m.quotient else ()), *m.fallbacks)
            values = [v for v in map(value, sums) if v is not None]
            found[m.measure_id] = values[0] if values and m.comparability != "none" else None
    return found


def planted(reports: dict[str, ReportTruth], *kinds: str) -> set[tuple[str, int]]:
    return {(t.body, t.year) for t in current(reports) for f in t.faults if f.kind in kinds}


def drawn_warehouse(
    folder: Path, bodies: int, years: range, seed: int
) -> tuple[Warehouse, dict[str, ReportTruth]]:
    """A warehouse in ``folder`` with the corpus's truth, its places and its one merger; and the truth by file
    name."""
    reports = {name: truth for name, _, truth in iter_pages(bodies=bodies, years=years, seed=seed)}
    warehouse = Warehouse(folder)
    for line in division_lines(iter_bodies(bodies)):
        if line.level != "township":
            warehouse.division(
                line.code6,
                line.name,
                line.level,
                line.parent_code,
                line.valid_from,
                int(line.valid_to) if line.valid_to else None,
            )
    warehouse.insert(
        "ref.division_event",
        event_id="1",
        event_date=date(2020, 1, 1),
        kind="merged",
        from_code="990121",
        to_code="990102",
        extent="whole",
        source="invented",
        note="",
    )
    load(warehouse, reports)
    return warehouse, reports
