"""Writes what dbt is told of the tables, from the codebook: run it when measures or columns change.

    python tools/write_contract.py

``sources.yml`` and the contract of mart.city_year, whose columns are the codebook's measures, are written
whole. In the other marts' YAML a person names the columns and their tests; types and descriptions are put
beside them. The files are committed; ``tests/sql`` fails where one no longer says what the codebook says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import columns_of, comment_of, explain, tables_of

MODELS = Path(__file__).resolve().parents[1] / "sql" / "models"
SOURCES = MODELS / "staging" / "sources.yml"
CONTRACT = MODELS / "mart" / "city_year.yml"
DBT_TYPES: Mapping[str, str] = {
    "text": "string",
    "texts": "{{ 'array<string>' if target.type == 'spark' else 'varchar[]' }}",
    "integer": "integer",
    "bigint": "bigint",
    "figure": "decimal(24,6)",
    "double": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "binary": "blob",
}
IDENTITY = (
    *(
        "division_code",
        "division_name",
        "year",
        "level",
        "body_id",
        "body_kind",
        "issuer",
        "scope",
        "template",
    ),
    *("report_id", "caveats", "reading", "errors", "break_kind"),
)
_HEAD = "# Written by tools/write_contract.py from the codebook; do not edit."
_JOINS = ", data_tests: [{relationships: {arguments: {to: \"source('ref', 'rule')\", field: rule}}}]"
_TESTS = {("core", "finding", "rule"): _JOINS}
"""What must hold of the sources before any model is built."""
_MODEL = re.compile(r"  - name: (\w+)")
_COLUMN = re.compile(
    r'      - \{name: (?P<name>\w+)(?:, data_type: "[^"]*")?(?:, description: "(?:[^"\\]|\\.)*")?(?P<rest>.*)'
)


def city_year_columns(codebook: Codebook) -> Iterator[str]:
    """The columns of mart.city_year, in the codebook's order of measures; a ratio has its numerator and
    denominator beside it."""
    yield from IDENTITY
    for measure_id, measure in codebook.newest_measure.items():
        yield measure_id
        if measure.kind == "ratio":
            yield f"{measure_id}_numerator"
            yield f"{measure_id}_denominator"


def _described(codebook: Codebook, table: str, column: str) -> str:
    """``data_type: ..., description: ...`` of a mart's column. KeyError where the codebook does not know
    it."""
    found = explain(codebook, "mart", table, column)
    if found is None or not found.type:
        raise KeyError(f"columns.csv says nothing of mart.{table}.{column}: give it a row with a type")
    return f'data_type: "{DBT_TYPES[found.type]}", description: {_quoted(comment_of(found))}'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def contract_text(codebook: Codebook) -> str:
    """The YAML of mart.city_year."""
    own = explain(codebook, "mart", "city_year", "")
    given = ", constraints: [{type: not_null}]"
    more = {"division_code": given, "year": given, "report_id": f"{given}, data_tests: [unique]"}
    lines = [
        _HEAD,
        "models:",
        "  - name: city_year",
        f"    description: {_quoted(comment_of(own) if own else '')}",
        "    config: {contract: {enforced: true}}",
        "    data_tests:",
        "      - one_row_per: {arguments: {columns: [division_code, year]}}",
        "    columns:",
    ]
    for name in city_year_columns(codebook):
        lines.append(
            f"      - {{name: {name}, {_described(codebook, 'city_year', name)}{more.get(name, '')}}}"
        )
    return "\n".join(lines) + "\n"


def sources_text(codebook: Codebook) -> str:
    """The YAML of the sources: what loading wrote, with types and descriptions."""
    lines = [_HEAD, "sources:"]
    for schema in ("core", "ref"):
        lines += [f"  - name: {schema}", f"    schema: {schema}", "    tables:"]
        for table in tables_of(codebook, schema):
            own = explain(codebook, schema, table, "")
            lines += [
                f"      - name: {table}",
                f"        description: {_quoted(comment_of(own) if own else '')}",
                "        columns:",
            ]
            for c in columns_of(codebook, schema, table):
                told = f'data_type: "{DBT_TYPES[c.type]}", description: {_quoted(comment_of(c))}'
                tests = _TESTS.get((schema, table, c.column), "")
                lines.append(f"          - {{name: {c.column}, {told}{tests}}}")
    return "\n".join(lines) + "\n"


def described(codebook: Codebook, text: str) -> str:
    """The YAML of marts with the codebook's types and descriptions beside the columns that stand there."""
    lines: list[str] = []
    model = ""
    for line in text.splitlines():
        if found := _MODEL.fullmatch(line):
            model = found[1]
            own = explain(codebook, "mart", model, "")
            lines += [line, f"    description: {_quoted(comment_of(own) if own else '')}"]
        elif found := _COLUMN.fullmatch(line):
            told = _described(codebook, model, found["name"])
            lines.append(f"      - {{name: {found['name']}, {told}{found['rest']}")
        elif not line.startswith("    description: "):
            lines.append(line)
    return "\n".join(lines) + "\n"


def texts(codebook: Codebook) -> dict[Path, str]:
    """Every generated file and what it has to say."""
    by_hand = [
        p
        for p in sorted((MODELS / "mart").glob("*.yml"))
        if p != CONTRACT and not p.name.startswith("unit_tests")
    ]
    return {
        SOURCES: sources_text(codebook),
        CONTRACT: contract_text(codebook),
        **{p: described(codebook, p.read_text(encoding="utf-8")) for p in by_hand},
    }


if __name__ == "__main__":
    for path, text in texts(load_codebook()).items():
        path.write_text(text, encoding="utf-8")
