"""``yangguang undecided``: cells that wait for a person, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pipeline.terminal.output import chosen, output_options, write_answer
from pipeline.terminal.say import give, reading_home, say, wrong

_OPEN = """
FROM core.observation o JOIN core.report r USING (report_id) JOIN core.document d USING (document_id)
WHERE r.is_current AND o.state IN ('ambiguous', 'unreadable') AND o.resolved IS NULL
"""
_LIST = f"""
SELECT o.report_id, r.issuer, r.year, o.indicator, o.applicant, o.state, o.candidates, o.raw, o.locator,
    d.source_url, list_contains(?, o.observation_id) AS decided
{_OPEN} ORDER BY r.division_code, r.issuer, r.year, o.report_id, o.observation_id
"""
_CELLS = f"""
SELECT o.observation_id, o.indicator, o.applicant, o.state, o.candidates, o.raw, o.locator, o.label, o.method,
    d.source_url, d.sha256, r.ordinal
{_OPEN} AND o.report_id = ? ORDER BY o.observation_id
"""
_ROW = """
SELECT coalesce(applicant, '—'), coalesce(CAST(resolved AS VARCHAR), '?'), state FROM core.observation
WHERE report_id = ? AND indicator = ? AND method <> 'text' ORDER BY observation_id
"""
_SAID = "SELECT raw, locator FROM core.statement WHERE report_id = ? AND indicator = ? ORDER BY statement_id"


@click.command()
@click.argument("report_id", required=False)
@output_options
def undecided(report_id: str | None, form: str | None, output: Path | None) -> None:
    """Cells of current reports that are ambiguous or unreadable and that nothing decides.

    With REPORT_ID: each of its cells with the row or sentence around it, its candidates, and the command that
    decides it. What was decided since the last run is marked.
    """
    from pipeline.load.decisions import DecisionsError, load_decisions, standing
    from pipeline.load.query import WrongQuery, asking

    wanted = chosen(form, output)
    home = reading_home()
    try:
        decided = {d.place for d in standing(load_decisions(home)) if d.value is not None}
        with asking(home) as con:
            if report_id is not None:
                if not con.execute("SELECT 1 FROM core.report WHERE report_id = ?", [report_id]).fetchone():
                    wrong(f"no report {report_id}")
                give(_blocks(con, report_id, decided))
                return
            places = con.execute(
                f"SELECT o.observation_id, d.sha256, r.ordinal, o.indicator, o.applicant, o.locator {_OPEN}"
            ).fetchall()
            since = [str(row[0]) for row in places if tuple(row[1:]) in decided]
            write_answer(con.execute(_LIST, [since]), wanted, home)
            say(f"{len(places)} cells wait, {len(since)} of them were decided since the last run")
    except DecisionsError as error:
        wrong(str(error))
    except WrongQuery as error:
        wrong(str(error))


def _blocks(con: Any, report_id: str, decided: set[Any]) -> Iterator[str]:
    rows = con.execute(_CELLS, [report_id]).fetchall()
    yield f"报告 report {report_id}: {len(rows)} 格待定 / cells wait"
    for _, indicator, applicant, state, candidates, raw, locator, label, method, url, sha, ordinal in rows:
        named = f"{indicator}{f' [{applicant}]' if applicant else ''}"
        done = (
            "  已判定，待运行 / decided, waits for a run"
            if (sha, ordinal, indicator, applicant, locator) in decided
            else ""
        )
        yield ""
        yield f"{named}  {label}{done}"
        yield f"  状态 state      {state}; 可能 candidates {(candidates or '—').replace('|', ', ')}"
        yield f"  原文 raw        {raw!r}"
        yield f"  位置 place      {locator}  ({method})  {url}"
        cells = con.execute(_ROW, [report_id, indicator]).fetchall()
        yield "  同行 row        " + ", ".join(
            f"{who} {_short(value)} ({what})" for who, value, what in cells
        )
        for text, where in con.execute(_SAID, [report_id, indicator]).fetchall():
            yield f"  正文 sentence   {text!r}  ({where})"
        chosen_words = f"{indicator} {applicant} " if applicant else f"{indicator} "
        yield f"  判定 decide     yangguang decide {report_id} {chosen_words}VALUE --because TEXT --by NAME"


def _short(value: str) -> str:
    return value.rstrip("0").rstrip(".") if "." in value else value
