"""A file for each year: its bytes hang on its own rows alone, however the answer came."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.handover import parquet
from pipeline.handover.parquet import write_parquet, write_parquet_by
from pipeline.handover.tables import Field

FIELDS = (Field("year", "whole"), Field("name", "text", "名", "a name"))
ROWS = (
    "SELECT CAST(y AS INTEGER) AS year, 'n' || n AS name FROM range({0}, 2024) t(y), range(y % 3 * 40) s(n)"
)


def test_each_file_is_as_if_it_had_been_asked_for_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 50)
    con = duckdb.connect()
    made: list[dict[str, bytes]] = []
    for first in (2018, 2020):
        folder = tmp_path / str(first)
        folder.mkdir()
        rows = f"({ROWS.format(first)} UNION ALL SELECT NULL, 'x')"
        answer = con.execute(f"SELECT * FROM {rows} ORDER BY year NULLS LAST, name")
        counts = write_parquet_by(
            answer, FIELDS, "year", lambda year, folder=folder: folder / f"{year}.parquet"
        )
        assert counts == {folder / f"{y}.parquet": y % 3 * 40 for y in range(first, 2024) if y % 3} | {
            folder / "None.parquet": 1
        }
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[1].items() <= made[0].items()
    write_parquet(
        con.execute(f"SELECT * FROM ({ROWS.format(2018)}) WHERE year = 2021 ORDER BY name"),
        FIELDS,
        tmp_path / "one",
    )
    assert (tmp_path / "one").read_bytes() == made[0]["2021.parquet"]
    field = pq.read_schema(tmp_path / "2018" / "2021.parquet").field("name")
    assert field.metadata[b"label_zh"].decode() == "名"


def test_no_rows_are_no_files(tmp_path: Path) -> None:
    answer = duckdb.connect().execute(f"SELECT * FROM ({ROWS.format(2018)}) WHERE false")
    assert write_parquet_by(answer, FIELDS, "year", lambda year: tmp_path / str(year)) == {}
