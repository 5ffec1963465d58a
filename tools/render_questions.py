"""Prints under each question what its SQL gives on a warehouse.

    python tools/render_questions.py data/demo/warehouse/yangguang.duckdb

Rewrites the part between the output marks of every page, and the index in README.md. Opens the warehouse
read-only.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.site.questions import BEGIN, END, HERE, Question, cell_text, questions

SHOWN = 12


def as_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as a Markdown table, the first ``SHOWN`` of them, and how many there are."""
    if not rows:
        return "No rows.\n"
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell_text(v).replace("|", "\\|") for v in row) + " |" for row in rows[:SHOWN]]
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
