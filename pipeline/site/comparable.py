"""What may be compared: each measure in each form, with its grade and the reason."""

from __future__ import annotations

from typing import Any, NamedTuple

import duckdb

from pipeline.site.atlas import Atlas, Measure
from pipeline.site.streams import rows_of
from pipeline.site.words import Word, word

_GRADES = """
SELECT measure_id, template, comparability, expression, why, {zh} AS why_zh, rule_cited FROM ref.measure
"""
_FORMS = "SELECT template, name_zh, name_en, valid_from, valid_to, source FROM ref.form ORDER BY valid_from"


class Graded(NamedTuple):
    """A measure in one form: its grade, what it is made of, and why in both languages."""

    grade: Word
    made_of: str
    why_zh: str
    why_en: str
    cited: str


class Compares(NamedTuple):
    """A measure and its grade in each form, in the order of the forms."""

    measure: Measure
    forms: list[Graded | None]


def comparable_page(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What ``comparable.html`` shows."""
    columns = {r[0] for r in rows_of(con, "SELECT column_name FROM (DESCRIBE ref.measure)")}
    query = _GRADES.format(zh="why_zh" if "why_zh" in columns else "NULL")
    at = {(r.measure_id, r.template): r for r in rows_of(con, query)}
    forms = list(rows_of(con, _FORMS))
    return {
        "forms": forms,
        "measures": [
            Compares(m, [_graded(at.get((m.measure_id, f.template))) for f in forms])
            for m in atlas.measures.values()
        ],
    }


def _graded(row: Any) -> Graded | None:
    if row is None:
        return None
    said = [("" if text in (None, "-") else text) for text in (row.why_zh, row.why, row.rule_cited)]
    return Graded(word("grade", row.comparability), row.expression or "", *said)
