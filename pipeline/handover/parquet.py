"""Parquet whose columns say what they are: Chinese label, English definition and unit stand in the metadata of
each field.

A column stands in the file alone and never in a folder's name too, so that every reader gets it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.handover.tables import Field

if TYPE_CHECKING:
    import duckdb

ROW_GROUP = 122_880
"""Rows of a group: what readers take at once, and skip at once."""


def write_parquet(answer: duckdb.DuckDBPyConnection, fields: Sequence[Field], out: Path | BinaryIO) -> int:
    """Write a query's answer, in its order; gives the number of rows. DuckDB writes no file itself, whoever
    asks."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    reader = answer.to_arrow_reader(ROW_GROUP)
    described = [
        f.with_metadata(_metadata(own) or None) for f, own in zip(reader.schema, fields, strict=True)
    ]
    schema: Any = pa.schema(described)
    rows = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(
                pa.RecordBatch.from_arrays(batch.columns, schema=schema), row_group_size=ROW_GROUP
            )
    return rows


def _metadata(field: Field) -> dict[str, str]:
    told = {"label_zh": field.label_zh, "label_en": field.label_en, "unit": field.unit}
    return {key: value for key, value in told.items() if value}
