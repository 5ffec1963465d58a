"""A new column of a table is one row of columns.csv: everything that lists columns follows it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pytest
import yaml
from codebook_files import Files

from pipeline.codebook import load_codebook
from pipeline.codebook.columns import columns_of, comment_of, explain
from pipeline.load.ddl import create_table
from pipeline.load.warehouse import comment_tables
from pipeline.reading.schema import schemas_of

ROW = {
    "schema": "core",
    "table": "observation",
    "column": "certainty",
    "type": "figure",
    "made_by": "reading",
    "label_zh": "把握",
    "definition_en": "How sure the reading is",
    "unit": "",
}


def writer() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "tools" / "write_contract.py"
    spec = importlib.util.spec_from_file_location("write_contract", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_new_column_of_an_observation_is_one_row(files: Files) -> None:
    files.change("columns.csv", lambda rows: rows.append(ROW))
    codebook = load_codebook(files.folder)
    con = duckdb.connect()
    con.execute("CREATE SCHEMA core; CREATE SCHEMA ref; CREATE SCHEMA mart")
    con.execute(create_table(codebook, "core", "observation"))
    comment_tables(con, codebook)
    column = con.execute(
        "SELECT data_type, comment FROM duckdb_columns() WHERE table_name = 'observation' AND column_name = 'certainty'"
    ).fetchone()
    assert column == ("DECIMAL(24,6)", "把握 | How sure the reading is")
    assert schemas_of(codebook)["observation"].field("certainty").type == pa.decimal128(24, 6)
    sources = yaml.safe_load(writer().sources_text(codebook))["sources"]
    table = next(t for t in sources[0]["tables"] if t["name"] == "observation")
    assert table["columns"][-1] == {
        "name": "certainty",
        "data_type": "decimal(24,6)",
        "description": "把握 | How sure the reading is",
    }


@pytest.mark.slow
def test_a_new_column_is_told_to_dagster(files: Files) -> None:
    from pipeline.assets import table_specs

    files.change("columns.csv", lambda rows: rows.append(ROW))
    codebook = load_codebook(files.folder)
    spec = next(s for s in table_specs(codebook) if s.key.path == ["core", "observation"])
    told = {c.name: c for c in spec.metadata["dagster/column_schema"].columns}
    assert (told["certainty"].type, told["certainty"].description) == (
        "figure",
        "把握 | How sure the reading is",
    )


def test_a_column_of_loading_is_no_part_of_what_reading_keeps(files: Files) -> None:
    files.change("columns.csv", lambda rows: rows.append({**ROW, "made_by": "load"}))
    codebook = load_codebook(files.folder)
    assert "certainty" not in schemas_of(codebook)["observation"].names
    assert '"certainty" DECIMAL(24,6)' in create_table(codebook, "core", "observation")


def test_what_a_table_leaves_empty_is_its_names_shared_meaning() -> None:
    codebook = load_codebook()
    own = next(c for c in columns_of(codebook, "core", "finding") if c.column == "report_id")
    shared = codebook.notes["*", "*", "report_id"]
    assert (own.type, own.label_zh, own.definition_en) == (shared.type, shared.label_zh, shared.definition_en)


def test_columns_of_measures_are_explained_by_their_measure_and_ending() -> None:
    codebook = load_codebook()
    rate = explain(codebook, "mart", "city_year", "disclosure_rate_numerator")
    count = explain(codebook, "mart", "application", "applications_received")
    assert rate is not None
    assert count is not None
    assert rate.type == "figure"
    assert rate.label_zh.endswith(": 分子")
    assert count.type == "bigint"
    assert comment_of(count) == "新收申请数 | 单位: 件 | Applications newly received in the year"
    assert explain(codebook, "mart", "application", "no_such_column") is None
