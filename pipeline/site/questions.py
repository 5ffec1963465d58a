"""The questions of ``docs/questions`` with their answer on a snapshot.

A page of the docs holds a question's words, SQL and caveats, and ``stands_on``: the rows that an answer would
rest on. None of those is "not enough data"; some of those and no answer is "nothing found".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from markupsafe import Markup, escape

from pipeline.home import PROJECT
from pipeline.site.links import figure_anchor, link, measure_anchor, report_page

HERE = PROJECT / "docs" / "questions"
BEGIN, END = "<!-- output -->", "<!-- /output -->"
LISTED = 300
"""Rows of an answer that its page lists; its CSV has all."""
_PAGE = re.compile(
    r"\A---\nnumber: (?P<number>\d+)\ntables: (?P<tables>[^\n]+)\nstands_on: (?P<stands_on>[^\n]+)\n---\n\n"
    r"# (?P<english>[^\n]+)\n\n(?P<chinese>[^\n]+)\n\n```sql\n(?P<sql>.+?)\n```\n\n## On the demo corpus\n\n"
    + BEGIN
    + r"\n(?P<output>.*?)"
    + END
    + r"\n\n## Caveats\n\n(?P<caveats>- .+)\Z",
    re.DOTALL,
)
_REPORTS = """
SELECT issuer, year, any_value(report_id) FROM core.report WHERE is_current AND issuer IS NOT NULL
GROUP BY issuer, year HAVING count(*) = 1
"""
_PANEL = """
SELECT division_name, year, any_value(report_id) FROM mart.city_year GROUP BY division_name, year HAVING count(*) = 1
"""
_CODE = re.compile(r"`([^`]+)`")


class Question(NamedTuple):
    """One page: its file, number, the question in both languages, its SQL, caveats, and the rows (of a table,
    with a condition) that an answer stands on."""

    path: Path
    number: int
    english: str
    chinese: str
    sql: str
    caveats: str
    stands_on: str


class Answer(NamedTuple):
    """A question's answer: names of its columns, its rows, and how many rows it stands on."""

    question: Question
    names: list[str]
    rows: list[tuple[Any, ...]]
    stands_on: int

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"questions/{self.question.path.stem}.html"

    @property
    def outcome(self) -> str:
        """``found``, ``nothing`` (asked of some rows, none answers) or ``not_enough``."""
        return "found" if self.rows else "nothing" if self.stands_on else "not_enough"

    @property
    def caveats(self) -> list[tuple[Markup, Markup]]:
        """What to beware of, Chinese and English, one entry a point: a page has the Chinese in the point's last line."""
        points = (p.strip() for p in re.split(r"^- ", self.question.caveats, flags=re.M) if p.strip())
        told = (p.rpartition("\n") for p in points)
        return [(_marked(chinese), _marked(english)) for english, _, chinese in told]


def _marked(words: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(" ".join(words.split())))))


def read_question(path: Path) -> Question:
    """Parse a page. Raises ValueError naming the file where it is not laid out as the others."""
    match = _PAGE.match(path.read_text(encoding="utf-8"))
    if not match:
        raise ValueError(f"{path.name}: not laid out as a question page")
    english, chinese, sql, caveats, base = match.group("english", "chinese", "sql", "caveats", "stands_on")
    return Question(path, int(match["number"]), english, chinese, sql, caveats.strip(), base)


def questions(folder: Path = HERE) -> list[Question]:
    """Every page, by number; none where the docs are not beside the package."""
    return sorted((read_question(p) for p in folder.glob("[0-9]*.md")), key=lambda q: q.number)


def answered(con: duckdb.DuckDBPyConnection, question: Question) -> Answer:
    """Ask a question."""
    cursor = con.cursor()
    cursor.execute("SET search_path = 'main,mart,core,ref'")
    cursor.execute(question.sql)
    names = [d[0] for d in cursor.description or []]
    rows = cursor.fetchall()
    base = cursor.execute(f"SELECT count(*) FROM {question.stands_on}").fetchone()
    return Answer(question, names, rows, int(base[0]) if base else 0)


def answers(con: duckdb.DuckDBPyConnection) -> Iterator[Answer]:
    """Every question's answer, by number."""
    for question in questions():
        yield answered(con, question)


def walks_home(con: duckdb.DuckDBPyConnection, answer: Answer, root: str) -> list[str]:
    """For each row of an answer that is listed, a link to the report that it speaks of, to the very figure
    where the row names a measure or an indicator; empty where the row names no body and year, or two reports
    fit."""
    column = {name: n for n, name in enumerate(answer.names)}
    who = next((name for name in ("issuer", "division_name") if name in column), "")
    if not who or "year" not in column:
        return [""] * len(answer.rows[:LISTED])
    asked = _REPORTS if who == "issuer" else _PANEL
    reports = {(name, year): report_id for name, year, report_id in con.execute(asked).fetchall()}
    found = []
    for row in answer.rows[:LISTED]:
        report_id = reports.get((row[column[who]], row[column["year"]]))
        anchor = ""
        if "measure_id" in column:
            anchor = measure_anchor(row[column["measure_id"]])
        elif "indicator" in column:
            anchor = figure_anchor(row[column["indicator"]], row[column["applicant"]])
        found.append(root + link(report_page(report_id), anchor) if report_id else "")
    return found


def cell_text(value: Any) -> str:
    """A value as a table's cell: whole numbers without decimals, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, (Decimal, float)):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text or "0"
    return str(value)


def answer_csv(answer: Answer) -> str:
    """All rows of an answer; UTF-8 with a mark. Text that a spreadsheet would take for a formula begins with an
    apostrophe."""
    out = io.StringIO()
    out.write("\ufeff")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(answer.names)
    lines.writerows([[_guarded(v) for v in row] for row in answer.rows])
    return out.getvalue()


def _guarded(value: Any) -> str:
    text = cell_text(value)
    return (
        f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    )


def is_number(rows: Sequence[tuple[Any, ...]], column: int) -> bool:
    """Whether a column of an answer holds figures."""
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(
        isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in values
    )
