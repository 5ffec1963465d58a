"""The site's words in both languages, and how figures are shown."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Word(NamedTuple):
    """A term of the site: its sign (may be empty), Chinese and English, and what it means."""

    key: str
    sign: str
    zh: str
    en: str
    note_zh: str = ""
    note_en: str = ""


Words = Mapping[str, Mapping[str, Word]]
"""Kind (state, scope, break ...) -> key -> word."""


@lru_cache(maxsize=1)
def load_words() -> dict[str, dict[str, Word]]:
    """Every word of ``words.csv`` by kind and key."""
    found: dict[str, dict[str, Word]] = {}
    with (HERE / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = row.pop("kind")
            found.setdefault(kind, {})[row["key"]] = Word(**row)
    return found


@lru_cache(maxsize=4_096)
def word(kind: str, key: str | None) -> Word:
    """The word for a code of the warehouse; a code that has none stands for itself, so that nothing is lost."""
    found = load_words()[kind].get(key or "")
    return found or Word(key or "", "", key or "—", "")


def shown(value: Decimal | float | int | None, unit: str | None = None) -> str:
    """A figure as people read it: thousands set apart, shares as per cent, no empty decimals."""
    if value is None:
        return "—"
    if unit == "ratio":
        return f"{float(value) * 100:.1f}%"
    if value == int(value):
        return f"{int(value):,}"
    text = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,.6f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal | float | int | str | None) -> str:
    """A value for a CSV: its own digits, no signs between them; empty for null."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
