"""Prints under each question what its SQL gives on a warehouse.

    python tools/render_questions.py data/demo/warehouse/yangguang.duckdb

Rewrites the part between the output marks of every page, and the index in README.md. Opens the warehouse
read-only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parents[1] / "docs" / "questions"
BEGIN, END = "<!-- output -->", "<!-- /output -->"
SHOWN = 12
_PAGE = re.compile(
    r"\A---\nnumber: (?P<number>\d+)\ntables: (?P<tables>[^\n]+)\n---\n\n# (?P<english>[^\n]+)\n\n(?P<chinese>[^\n]+)\n\n"
    r"```sql\n(?P<sql>.+?)\n```\n\n## On the demo corpus\n\n"
    + BEGIN
    + r"\n(?P<output>.*?)"
    + END
    + r"\n\n## Caveats\n\n(?P<caveats>- .+)\Z",
    re.DOTALL,
)


class Question(NamedTuple):
    """One page: its file, number, the question in both languages, and its SQL."""

    path: Path
    number: int
    english: str
    chinese: str
    sql: str
    caveats: str


def read_question(path: Path) -> Question:
    """Parse a page. Raises ValueError naming the file where it is not laid out as the others."""
    match = _PAGE.match(path.read_text(encoding="utf-8"))
    if not match:
        raise ValueError(f"{path.name}: not laid out as a question page")
    return Question(
        path, int(match["number"]), match["english"], match["chinese"], match["sql"], match["caveats"].strip()
    )


def questions() -> list[Question]:
    """Every page, by number."""
    return sorted((read_question(p) for p in HERE.glob("[0-9]*.md")), key=lambda q: q.number)


def cell_text(value: Any) -> str:
    """A value as a table's cell: whole numbers without decimals, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, (Decimal, float)):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text or "0"
    return str(value).replace("|", "\\|")


def as_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as a Markdown table, the first ``SHOWN`` of them, and how many there are."""
    if not rows:
        return "No rows.\n"
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell_text(v) for v in row) + " |" for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"\n{SHOWN} of {len(rows)} rows.")
    return "\n".join(lines) + "\n"


def render(warehouse: Path) -> int:
    """Run every page's SQL on the warehouse and write its output; gives the number of pages."""
    import duckdb

    con = duckdb.connect(str(warehouse), read_only=True)
    pages = questions()
    for page in pages:
        cursor = con.execute(page.sql)
        table = as_table([d[0] for d in cursor.description or []], cursor.fetchall())
        text = page.path.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        _, _, tail = rest.partition(END)
        page.path.write_text(f"{head}{BEGIN}\n{table}{END}{tail}", encoding="utf-8")
    (HERE / "README.md").write_text(index_text(pages), encoding="utf-8")
    return len(pages)


def index_text(pages: Sequence[Question]) -> str:
    """The folder's index."""
    lines = [
        "# Questions",
        "",
        "Each page asks one question, answers it in SQL over the published warehouse, and says what to beware of.",
        "Run one with `yangguang sql`. The outputs come from the demo corpus: its places are invented.",
        "",
    ]
    lines += [f"{q.number}. [{q.english}]({q.path.name}) {q.chinese}" for q in pages]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("usage: python tools/render_questions.py WAREHOUSE.duckdb", file=sys.stderr)
        raise SystemExit(2)
    print(f"{render(Path(sys.argv[1]))} questions answered")
