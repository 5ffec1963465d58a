"""``yangguang decide``: a person's decision on a cell that nothing else decides, kept in the home's
decisions.csv."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.terminal.say import failed, reading_home, say, wrong

if TYPE_CHECKING:
    from pipeline.home import Home
    from pipeline.load.decisions import Place

_CELLS = """
SELECT d.sha256, r.ordinal, o.indicator, o.applicant, o.locator, coalesce(o.raw, ''), o.state, o.value, o.resolved,
    o.resolution, coalesce(o.candidates, ''), r.is_current
FROM core.observation o JOIN core.report r USING (report_id) JOIN core.document d USING (document_id)
WHERE o.report_id = ? AND o.indicator = ? AND (? IS NULL OR o.applicant = ?) ORDER BY o.observation_id
"""


class Cell(NamedTuple):
    """A cell as the warehouse holds it."""

    sha256: str
    ordinal: int
    indicator: str
    applicant: str | None
    locator: str
    raw: str
    state: str
    value: Decimal | None
    resolved: Decimal | None
    resolution: str | None
    candidates: str
    is_current: bool

    @property
    def place(self) -> Place:
        from pipeline.load.decisions import Place

        return Place(self.sha256, self.ordinal, self.indicator, self.applicant, self.locator)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("report_id")
@click.argument("indicator")
@click.argument("words", nargs=-1, metavar="[APPLICANT] VALUE")
@click.option("--because", default="", help="Why: what the page shows.")
@click.option("--by", required=True, help="Who decides.")
@click.option("--at", "locator", help="Where the cell stands, of several: its locator.")
@click.option("--undo", is_flag=True, help="Take the decision back; no VALUE then.")
def decide(
    report_id: str,
    indicator: str,
    words: tuple[str, ...],
    because: str,
    by: str,
    locator: str | None,
    undo: bool,
) -> None:
    """Decide a cell that is ambiguous or unreadable: VALUE is what the page shows, in the indicator's unit.

    What is printed never changes; the cell's resolution is then decided_by_person. `yangguang undecided` lists
    what waits, `yangguang run` brings decisions into the warehouse.
    """
    from pipeline.home import demo_home
    from pipeline.load.decisions import Decision, DecisionsError, add_decision, load_decisions, standing
    from pipeline.stages import Busy, run_lock

    if not by.strip():
        wrong("--by: name who decides")
    if not undo and not because.strip():
        wrong("--because: say why")
    if len(words) > 2 - undo or (not undo and not words):
        wrong("give REPORT_ID INDICATOR [APPLICANT] VALUE, or REPORT_ID INDICATOR [APPLICANT] --undo")
    applicant = words[0] if undo and words else words[0] if len(words) == 2 else None
    value = None if undo else _figure(words[-1], indicator)
    home = reading_home()
    try:
        held = {d.place: d for d in standing(load_decisions(home)) if d.value is not None}
        cell = _cell(home, report_id, indicator, applicant, locator, set(held) if undo else None)
        if not undo:
            _refuse(cell)
        with run_lock(home):
            add_decision(home, Decision(cell.place, cell.raw, value, by, date.today(), because))
    except DecisionsError as error:
        wrong(str(error))
    except Busy as error:
        failed(str(error))
    except OSError as error:
        failed(f"{error.filename or home.root}: {error.strerror or error}")
    if value is not None and cell.candidates and str(value) not in cell.candidates.split("|"):
        say(
            f"{value} is none of the figures that the sums leave possible: {cell.candidates.replace('|', ', ')}"
        )
    verb = "demo" if home.root == demo_home().root else "run"
    say(f"{'taken back' if undo else 'decided'}; `yangguang {verb}` brings it into the warehouse")


def _figure(text: str, indicator: str) -> Decimal:
    """The figure, as the indicator takes it; ends the command where it takes no such figure."""
    from pipeline.codebook import load_codebook

    try:
        value = Decimal(text)
    except InvalidOperation:
        wrong(f"{text}: no figure")
    known = load_codebook().any_form.get(indicator)
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18 or value != round(value, 6):
        wrong(f"{text}: no figure that the warehouse holds (18 digits before the point, 6 behind)")
    if known and not known.decimal and value != value.to_integral_value():
        wrong(f"{text}: {indicator} is counted in whole numbers")
    if known and not known.signed and value < 0:
        wrong(f"{text}: {indicator} is never negative")
    return value


def _cell(
    home: Home,
    report_id: str,
    indicator: str,
    applicant: str | None,
    locator: str | None,
    decided: set[Place] | None,
) -> Cell:
    """The one cell that is meant, ``decided`` being those whose decision may be taken back (None: an open one
    is sought). Ends the command where there is none, or several."""
    from pipeline.load.query import WrongQuery, asking

    try:
        with asking(home) as con:
            rows = con.execute(_CELLS, [report_id, indicator, applicant, applicant]).fetchall()
            there = con.execute("SELECT 1 FROM core.report WHERE report_id = ?", [report_id]).fetchone()
    except WrongQuery as error:
        wrong(str(error))
    if not there:
        wrong(f"no report {report_id}")
    cells = [cell for cell in (Cell(*row) for row in rows) if locator in (None, cell.locator)]
    named = f"{indicator}{f' [{applicant}]' if applicant else ''}"
    if not cells:
        wrong(f"report {report_id} shows no cell {named}{f' at {locator}' if locator else ''}")
    if decided is not None:
        cells = [c for c in cells if c.place in decided]
        if not cells:
            wrong(f"nobody decided {named} of report {report_id}")
    open_cells = [c for c in cells if is_open(c)]
    if len(open_cells) > 1:
        listed = "\n".join(f"  {c.applicant or '—'} --at {c.locator!r}: {c.state}" for c in open_cells)
        wrong(f"{named} names several cells; name the applicant or the place:\n{listed}")
    return (open_cells or cells)[0]


def is_open(cell: Cell) -> bool:
    """Whether a person may decide it."""
    return cell.state in ("ambiguous", "unreadable") and (
        cell.resolved is None or cell.resolution == "decided_by_person"
    )


def _refuse(cell: Cell) -> None:
    """Ends the command where nobody may decide the cell."""
    if cell.value is not None and cell.resolved is not None:
        wrong(f"the page prints {cell.value.normalize():f} there: a printed value is never decided over")
    if not is_open(cell):
        said = (
            f"{cell.resolution} as {cell.resolved.normalize():f}" if cell.resolved is not None else cell.state
        )
        wrong(f"the cell is {said}: only cells that are ambiguous or unreadable are decided")
    if not cell.is_current:
        wrong("the report is not current: decide the current version's cell")
