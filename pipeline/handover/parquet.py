"""Parquet whose columns say what they are: Chinese label, English definition and unit stand in the metadata of
each field.

A column stands in the file alone and never in a folder's name too, so that every reader gets it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
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
    schema = _described(reader.schema, fields)
    rows = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(
                pa.RecordBatch.from_arrays(batch.columns, schema=schema), row_group_size=ROW_GROUP
            )
    return rows


def write_parquet_by(
    answer: duckdb.DuckDBPyConnection, fields: Sequence[Field], column: str, path_of: Callable[[Any], Path]
) -> dict[Path, int]:
    """Write a query's answer, whose rows are in the order of ``column``, a file for each of its values; gives the rows
    of each file. A file's bytes hang on its own rows alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    reader = answer.to_arrow_reader(ROW_GROUP)
    schema = _described(reader.schema, fields)
    found: dict[Path, int] = {}
    for value, batches in groupby(_runs(reader, column), key=itemgetter(0)):
        path = path_of(value)
        found[path] = 0
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            waiting: list[pa.RecordBatch] = []
            for _, batch in batches:
                waiting.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                while sum(b.num_rows for b in waiting) >= ROW_GROUP:
                    held = pa.Table.from_batches(waiting)
                    writer.write_table(held.slice(0, ROW_GROUP).combine_chunks(), row_group_size=ROW_GROUP)
                    waiting = held.slice(ROW_GROUP).to_batches()
                found[path] += batch.num_rows
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting).combine_chunks(), row_group_size=ROW_GROUP)
    return found


def _runs(reader: Any, column: str) -> Iterator[tuple[Any, Any]]:
    """Batches cut where the value of ``column`` changes, each with that value."""
    import pyarrow.compute as pc

    for batch in reader:
        lengths = pc.run_end_encode(batch[column]).run_ends.to_pylist()
        start = 0
        for end in lengths:
            yield batch[column][start].as_py(), batch.slice(start, end - start)
            start = end


def _described(schema: Any, fields: Sequence[Field]) -> Any:
    """The schema with what the codebook says of each column."""
    import pyarrow as pa

    return pa.schema(f.with_metadata(_metadata(own) or None) for f, own in zip(schema, fields, strict=True))


def _metadata(field: Field) -> dict[str, str]:
    told = {"label_zh": field.label_zh, "label_en": field.label_en, "unit": field.unit}
    return {key: value for key, value in told.items() if value}
