"""Every table and column of the warehouse has its label and definition in the codebook's columns.csv."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipeline.codebook import Codebook, load_codebook
from pipeline.codebook.columns import columns_of, explain, tables_of

MARTS = Path(__file__).resolve().parents[2] / "sql" / "models" / "mart"


def explained(codebook: Codebook, schema: str, table: str, column: str) -> bool:
    found = explain(codebook, schema, table, column)
    return bool(found and found.label_zh and found.definition_en and (found.type or not column))


def columns_of_the_warehouse(codebook: Codebook) -> list[tuple[str, str, str]]:
    found = []
    for schema in ("core", "ref"):
        for table in tables_of(codebook, schema):
            found.append((schema, table, ""))
            found += [(schema, table, c.column) for c in columns_of(codebook, schema, table)]
    for file in ("mart.yml", "city_year.yml"):
        for model in yaml.safe_load((MARTS / file).read_text(encoding="utf-8"))["models"]:
            found.append(("mart", model["name"], ""))
            found += [("mart", model["name"], c["name"]) for c in model["columns"]]
    return found


def test_every_table_and_column_is_explained() -> None:
    codebook = load_codebook()
    found = columns_of_the_warehouse(codebook)
    assert len(found) > 400
    assert [c for c in found if not explained(codebook, *c)] == []


def test_no_row_explains_what_is_not_there() -> None:
    codebook = load_codebook()
    there = set(columns_of_the_warehouse(codebook))
    names = {c for _, _, c in there}
    rows = [c for c in codebook.columns if c.schema not in ("*", "meta")]
    assert [c for c in rows if (c.schema, c.table, c.column) not in there] == []
    shared = [c.column for c in codebook.columns if c.schema == "*" and not c.column.startswith("*")]
    assert [c for c in shared if c not in names] == []


def test_every_mart_is_under_contract() -> None:
    models = {
        m["name"]
        for f in ("mart.yml", "city_year.yml")
        for m in yaml.safe_load((MARTS / f).read_text(encoding="utf-8"))["models"]
        if m["config"]["contract"]["enforced"]
    }
    assert models == {p.stem for p in MARTS.glob("*.sql")}
