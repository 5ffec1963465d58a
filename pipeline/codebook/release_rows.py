"""Rows that go with what is handed over: the values that a column may hold, and what every user must
mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from pipeline.codebook.rows import Id, Note, Text


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a column that holds few: of every column of that ``name``, or of ``schema.table.column``
    alone. ``code`` stands for it where a format labels numbers (Stata)."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+\.[a-z_]+)?$")]
    value: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    code: Annotated[int, Field(ge=0, le=9_999)]
    label_zh: Text
    label_en: Text


@dataclass(frozen=True, slots=True)
class Caveat:
    """What to mind whichever figures one uses, in Chinese and English."""

    caveat_id: Id
    text_zh: Text
    text_en: Text


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where facts come from that are not ours: who made them, under which licence, and what they are used
    for."""

    name: Text
    version: Note
    by: Note
    licence: Text
    url: Note
    used_zh: Text
    used_en: Text


def _words(value: object) -> object:
    return tuple(p for p in value.split(" ") if p) if isinstance(value, str) else value


Names = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+$")], ...], BeforeValidator(_words)
]
TableId = Annotated[str, StringConstraints(pattern=r"^(core|ref|mart)\.[a-z_]+$")]


@dataclass(frozen=True, slots=True)
class Key:
    """What tells the rows of a table apart (``refers_to`` empty: its primary key), or columns that name a row
    of another table."""

    table: TableId
    columns: Names
    refers_to: Literal[""] | TableId
    refers_columns: Names
