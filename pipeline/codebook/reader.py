"""The one reader of the codebook: CSV rows in, checked frozen rows out.

Every label, unit, definition, formula and sentence pattern of the project stands in this folder's CSV files
and nowhere else. ``YANGGUANG_CODEBOOK`` may name another folder with the same files.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, TypeAdapter, ValidationError

from pipeline.codebook.release_rows import Attribution, Caveat, Key, Value
from pipeline.codebook.rows import (
    Applicant,
    Column,
    FindingKind,
    Form,
    Group,
    Indicator,
    Measure,
    Rule,
    Section,
    check_measure,
    check_rule,
)
from pipeline.codebook.sentence_rows import Decision, Genre, Word

FOLDER = Path(__file__).parent
CODEBOOK_VARIABLE = "YANGGUANG_CODEBOOK"
TABLES: Mapping[str, Any] = {
    "forms.csv": Form,
    "applicants.csv": Applicant,
    "indicators.csv": Indicator,
    "groups.csv": Group,
    "sections.csv": Section,
    "genres.csv": Genre,
    "rules.csv": Annotated[Rule, AfterValidator(check_rule)],
    "findings.csv": FindingKind,
    "measures.csv": Annotated[Measure, AfterValidator(check_measure)],
    "lexicon.csv": Word,
    "decisions.csv": Decision,
    "columns.csv": Column,
    "values.csv": Value,
    "caveats.csv": Caveat,
    "attributions.csv": Attribution,
    "keys.csv": Key,
}
"""Each file and what its rows are, in the order of reading: a file may name what stands in those above it."""

Row = TypeVar("Row")


class CodebookError(ValueError):
    """Rows of the codebook are wrong; the message names file, line, what stands there and what is
    allowed."""


def codebook_folder() -> Path:
    """Where the codebook lies: this folder, or the one that ``YANGGUANG_CODEBOOK`` names."""
    named = os.environ.get(CODEBOOK_VARIABLE)
    return _path(named) if named else FOLDER


_path = lru_cache(maxsize=4)(Path)  # asked for so often in reading that a path made anew each time is felt


def codebook_version(folder: Path | None = None) -> str:
    """A hash over every CSV of the codebook, once a process: 12 hex digits."""
    return _version(folder or codebook_folder())


@lru_cache(maxsize=4)
def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in sorted(TABLES):
        digest.update(name.encode() + b"\0" + _bytes(folder, name) + b"\0")
    return digest.hexdigest()[:12]


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise CodebookError(f"{name}: no such file in {folder}") from None


@lru_cache(maxsize=len(TABLES))
def _adapter(name: str) -> TypeAdapter[list[Any]]:
    rows: Any = GenericAlias(list, (TABLES[name],))
    return TypeAdapter(rows)


def read_table(folder: Path, name: str, context: Mapping[str, Set[str]]) -> tuple[Any, ...]:
    """The rows of one file. ``context`` gives the names that other files define, by what they name. Raises
    CodebookError with a line for every fault."""
    stream = io.StringIO(_bytes(folder, name).decode("utf-8"), newline="")
    reader = csv.DictReader(stream)
    row_type = TABLES[name]
    wanted = [f.name for f in fields(getattr(row_type, "__origin__", row_type))]
    if list(reader.fieldnames or ()) != wanted:
        shown = ", ".join(reader.fieldnames or ())
        raise CodebookError(f"{name}:1: columns {shown}; allowed: {', '.join(wanted)}")
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    for row in reader:
        if None in row or None in row.values():
            raise CodebookError(f"{name}:{reader.line_num}: wrong number of fields, allowed: {len(wanted)}")
        rows.append(row)
        lines.append(reader.line_num)
    try:
        return tuple(_adapter(name).validate_python(rows, context=context))
    except ValidationError as error:
        raise CodebookError("\n".join(_faults(name, lines, error))) from None


def _faults(name: str, lines: Sequence[int], error: ValidationError) -> Iterable[str]:
    for fault in error.errors(include_url=False):
        at, *inside = fault["loc"]
        column = next((str(part) for part in inside if isinstance(part, str)), "")
        shown = f"{column} {fault['input']!r}: " if column else ""
        yield f"{name}:{lines[int(at)]}: {shown}{fault['msg'].removeprefix('Value error, ')}"


def unique(name: str, keys: Iterable[object]) -> None:
    """Raises CodebookError where a key of that file stands twice."""
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise CodebookError(f"{name}: {key} stands twice, allowed: once")
        seen.add(key)
