"""Every table and column of the warehouse has its label and definition in the codebook's columns.csv."""

from __future__ import annotations

from pathlib import Path

import yaml
from warehouse_by_hand import TABLES

from pipeline.codebook import Codebook, load_codebook

MARTS = Path(__file__).resolve().parents[2] / "sql" / "models" / "mart"


def explained(codebook: Codebook, schema: str, table: str, column: str) -> bool:
    """Own row, else a shared name, else a measure's id, else a measure's id with a shared ending."""
    notes = {(c.schema, c.table, c.column) for c in codebook.columns if c.label_zh and c.definition_en}
    if (schema, table, column) in notes or (column and ("*", "*", column) in notes):
        return True
    for measure_id in {m.measure_id for m in codebook.measures}:
        if column == measure_id:
            return True
        if column.startswith(measure_id + "_") and ("*", "*", "*" + column[len(measure_id) :]) in notes:
            return True
    return False


def columns_of_the_warehouse() -> list[tuple[str, str, str]]:
    found = []
    for name, columns in TABLES.items():
        schema, table = name.split(".")
        found.append((schema, table, ""))
        found += [(schema, table, c.split()[0].strip('"')) for c in columns.replace("(24,6)", "").split(",")]
    for file in ("mart.yml", "city_year.yml"):
        for model in yaml.safe_load((MARTS / file).read_text(encoding="utf-8"))["models"]:
            found.append(("mart", model["name"], ""))
            found += [("mart", model["name"], c["name"]) for c in model["columns"]]
    return found


def test_every_table_and_column_is_explained() -> None:
    codebook = load_codebook()
    found = columns_of_the_warehouse()
    assert len(found) > 400
    assert [c for c in found if not explained(codebook, *c)] == []


def test_no_row_explains_what_is_not_there() -> None:
    codebook = load_codebook()
    there = set(columns_of_the_warehouse())
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
