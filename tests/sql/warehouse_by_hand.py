"""A warehouse made by hand: the tables of core and ref as the codebook lists them, in one DuckDB file.

``Warehouse`` fills them: ref from the codebook, core row by row. ``build`` runs the dbt project over the
file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import tables_of
from pipeline.home import Home
from pipeline.load.ddl import create_table
from pipeline.load.models import BUILD, run_models
from pipeline.load.reference import reference_rows
from pipeline.places import load_registry

Cell = tuple[str, str | None]
Row = Mapping[str, Any]


def load_reference(con: duckdb.DuckDBPyConnection, codebook: Codebook) -> None:
    """Fill ref.* from the codebook; places are left to the test."""
    for table, rows in reference_rows(codebook, load_registry()).items():
        if not table.startswith("division"):
            con.executemany(f"insert into ref.{table} values ({', '.join('?' * len(rows[0]))})", rows)


class Warehouse:
    """One DuckDB file under construction."""

    def __init__(self, folder: Path) -> None:
        self.path = Home(folder).building
        self.path.parent.mkdir()
        self.con = duckdb.connect(str(self.path))
        for schema in ("core", "ref", "meta"):
            self.con.execute(f"create schema {schema}")
        codebook = load_codebook()
        for schema in ("core", "ref"):
            for table in tables_of(codebook, schema):
                self.con.execute(create_table(codebook, schema, table))
        load_reference(self.con, codebook)
        self.reports = 0

    def insert(self, table: str, **values: Any) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        self.con.execute(
            f"insert into {table} ({names}) values ({', '.join('?' * len(values))})", list(values.values())
        )

    def report(
        self,
        body: str,
        year: int | None,
        template: str | None,
        figures: Mapping[Cell, int | Decimal | str | None] | None = None,
        *,
        text: Mapping[Cell, int | Decimal] | None = None,
        observations: Sequence[Row] = (),
        findings: Sequence[Row] = (),
        sections: Sequence[str] = (),
        **fields: Any,
    ) -> str:
        """Add a report and give its id.

        ``figures`` are table cells: a number is printed and resolved; a state's name (``blank`` ...) stands
        for a cell without one. ``text`` are figures that sentences state. ``observations`` are whole rows
        beside them. ``fields`` overrule what the report's row holds.
        """
        self.reports += 1
        document_id = f"{self.reports:016x}" + "0" * 48
        report_id = fields.pop("report_id", document_id[:16] + "-1")
        self.insert(
            "core.document",
            document_id=document_id,
            sha256=document_id,
            source_url=f"https://a.example/{self.reports}",
            media_type="text/html",
            bytes=1000,
            fetched_at=datetime(2026, 1, 1),
            status="ok",
            reports=1,
        )
        row: dict[str, Any] = {
            "report_id": report_id,
            "document_id": document_id,
            "ordinal": 1,
            "title": f"{body}{year}年报告",
            "issuer": body,
            "body_id": body,
            "body_kind": "government",
            "level": "county",
            "division_code": "990101",
            "division_name": body,
            "year": year,
            "template": template,
            "scope": "whole_area",
            "published_on": date(year + 1, 3, 1) if year else None,
            "place": "",
            "is_current": True,
        }
        self.insert("core.report", **{**row, **fields})
        rows: list[Row] = []
        for (indicator, applicant), figure in (figures or {}).items():
            rows.append({"indicator": indicator, "applicant": applicant, **_cell(figure)})
        for (indicator, applicant), number in (text or {}).items():
            rows.append({"indicator": indicator, "applicant": applicant, **_cell(number), "method": "text"})
        rows += observations
        for number_, extra in enumerate(rows, start=1):
            self.insert(
                "core.observation",
                **{
                    "observation_id": f"{report_id}:{number_}",
                    "report_id": report_id,
                    "year": year,
                    "method": "table",
                    "locator": f"/table[1]/tr[{number_}]",
                    "label": "",
                    "rule": "",
                    "proof": "",
                    "candidates": "",
                    "unit": "件",
                    "approx": False,
                    **extra,
                },
            )
        for number_, extra in enumerate(findings, start=1):
            self.insert(
                "core.finding",
                **{
                    "finding_id": f"{report_id}/{number_}",
                    "report_id": report_id,
                    "rule": "v19.app.flow",
                    "severity": "error",
                    "cells": "[]",
                    "message": "",
                    **extra,
                },
            )
        for number_, body_text in enumerate(sections, start=1):
            self.insert(
                "core.section",
                report_id=report_id,
                section=number_,
                heading=f"第{number_}节",
                body_text=body_text,
            )
        return str(report_id)

    def division(
        self, code: str, name: str, level: str, parent: str = "", first: int = 2008, last: int | None = None
    ) -> None:
        self.insert(
            "ref.division",
            division_code=code,
            name=name,
            full_name=name,
            level=level,
            kind="",
            parent_code=parent,
            valid_from=first,
            valid_to=last,
        )


def _cell(figure: int | Decimal | str | None) -> dict[str, Any]:
    if isinstance(figure, str):
        return {"value": None, "raw": "", "state": figure, "resolved": None, "resolution": None}
    return {
        "value": figure,
        "raw": str(figure),
        "state": "reported",
        "resolved": figure,
        "resolution": "as_printed",
    }


def build(warehouse: Warehouse, *arguments: str) -> duckdb.DuckDBPyConnection:
    """Close the file, build models and tests over it, open it. Fails with what dbt says."""
    warehouse.con.close()
    ran = run_models(warehouse.path, warehouse.path.parent / "dbt", arguments or BUILD)
    assert [f"{node.name}: {node.status}: {node.message}" for node in ran if not node.is_well] == []
    return duckdb.connect(str(warehouse.path))


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def total(
    values: Mapping[str, int], applicant: str | None = "total"
) -> dict[Cell, int | Decimal | str | None]:
    """Figures of the application table's total column, by the part of the id after ``application.``."""
    return {(f"application.{name}", applicant): number for name, number in values.items()}
