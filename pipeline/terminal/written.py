"""Values written out for programs: JSON lines and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TextIO

from pipeline.handover.csv_file import guarded
from pipeline.terminal.say import HIDDEN, visible
from pipeline.terminal.tables import text_of


def plain(value: Any) -> Any:
    """A value as JSON takes it: whole decimals as integers, others as numbers in plain notation."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else _Exact(value)
    return value


class _Exact(float):
    """A decimal that is written with its own digits, never as a rounded float."""

    def __new__(cls, value: Decimal) -> _Exact:
        made = super().__new__(cls, value)
        made.digits = format(value.normalize(), "f")
        return made

    digits: str


def json_line(value: Any) -> str:
    """One line of JSON; control characters stand as escapes, which say the same."""

    # json writes float subclasses through float.__repr__; exact decimals are put in as marked strings and
    # unquoted
    def mark(v: Any) -> Any:
        if isinstance(v, _Exact):
            return f"\ue002{v.digits}\ue003"
        if isinstance(v, dict):
            return {k: mark(x) for k, x in v.items()}
        return [mark(x) for x in v] if isinstance(v, list) else v

    text = json.dumps(mark(value), ensure_ascii=False).replace('"\ue002', "").replace('\ue003"', "")
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_of(value: Any) -> Any:
    """A value of a query's result as JSON takes it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(k): json_of(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_of(v) for v in value]
    return plain(value) if isinstance(value, Decimal) else str(value)


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Rows as CSV; cells of text are guarded, and on a terminal control characters are shown."""
    shown = visible if out.isatty() else str
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([shown(guarded(v)) if isinstance(v, str) else text_of(v) for v in row] for row in rows)


def write_jsonl(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    for row in rows:
        out.write(json_line({n: json_of(v) for n, v in zip(names, row, strict=True)}) + "\n")
