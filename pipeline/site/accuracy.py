"""How right reading is, as ``docs/accuracy.md`` has it: its tables, so that a figure is measured and told
once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup, escape

from pipeline.home import PROJECT

PAGE = PROJECT / "docs" / "accuracy.md"
_STRONG = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`")


class Measured(NamedTuple):
    """A section of the page that holds a table: its heading, the table's heads and rows."""

    heading: str
    heads: list[str]
    rows: list[list[Markup]]


def accuracy(page: Path = PAGE) -> list[Measured]:
    """The sections with a table, in their order; none where the docs are not beside the package."""
    if not page.is_file():
        return []
    found = []
    for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.M)[1:]:
        heading, _, text = section.partition("\n")
        lines = [_cells(line) for line in text.splitlines() if line.startswith("|")]
        if len(lines) > 2:
            rows = [[_plain(c) for c in line] for line in lines[2:]]
            found.append(Measured(heading.strip(), lines[0], rows))
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _plain(text: str) -> Markup:
    return Markup(
        _STRONG.sub(lambda m: f"<b>{m[1]}</b>" if m[1] else f"<code>{m[2]}</code>", str(escape(text)))
    )
