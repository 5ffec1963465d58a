"""Writes the contract of mart.city_year, whose columns are the codebook's measures: run it when measures
change.

    python tools/write_contract.py

The file it writes is committed; ``tests/sql`` fails where it no longer says what the codebook says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.codebook import Codebook, load_codebook

CONTRACT = Path(__file__).resolve().parents[1] / "sql" / "models" / "mart" / "city_year.yml"
IDENTITY = (
    ("division_code", "string"),
    ("division_name", "string"),
    ("year", "integer"),
    ("level", "string"),
    ("body_id", "string"),
    ("issuer", "string"),
    ("scope", "string"),
    ("template", "string"),
    ("report_id", "string"),
)
FIGURE = "decimal(24,6)"
MONEY_UNITS = ("万元", "元")


def city_year_columns(codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Name and type of every column of mart.city_year, in the codebook's order of measures.

    Counts are ``bigint``; money and ratios ``decimal(24,6)``; a ratio has its numerator and denominator
    beside it.
    """
    yield from IDENTITY
    seen: set[str] = set()
    for measure in codebook.measures:
        if measure.measure_id in seen:
            continue
        seen.add(measure.measure_id)
        if measure.kind == "ratio":
            for suffix in ("", "_numerator", "_denominator"):
                yield measure.measure_id + suffix, FIGURE
        else:
            yield measure.measure_id, FIGURE if measure.unit in MONEY_UNITS else "bigint"


def contract_text(codebook: Codebook) -> str:
    """The YAML of the contract."""
    head = [
        "# Written by tools/write_contract.py from the codebook's measures; do not edit.",
        "models:",
        "  - name: city_year",
        "    config: {contract: {enforced: true}}",
        "    data_tests:",
        "      - one_row_per: {arguments: {columns: [division_code, year]}}",
        "    columns:",
    ]
    tests = {"division_code": "not_null", "year": "not_null", "report_id": "not_null, unique"}
    lines = [
        f'      - {{name: {name}, data_type: "{kind}"'
        + (f", data_tests: [{tests[name]}]" if name in tests else "")
        + "}"
        for name, kind in city_year_columns(codebook)
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    CONTRACT.write_text(contract_text(load_codebook()), encoding="utf-8")
