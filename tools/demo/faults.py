"""From true figures to what is printed: the cells of the form, with the planned faults planted in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random

from pipeline.codebook import Family, Indicator, load_codebook
from pipeline.report import Figure, State
from tools.demo import plan as kinds
from tools.demo.bodies import Body
from tools.demo.figures import Figures
from tools.demo.truth import Fault, Key, TruthCell

_WRONG: Mapping[Family, Key] = {
    "statistics": ("application.replied", None),
    "sections": ("application.concluded", "total"),
}
_DASHED: Mapping[Family, tuple[str, ...]] = {
    "statistics": ("response.online_interviews", "response.online_interviews.principal"),
    "sections": ("proactive.coercion.decisions",),
}
_DISPUTES_AND_APPLICATIONS: tuple[str, ...] = ("application", "review")
_COLUMN_TOTALS_NEEDED = ("application.received", "application.carried_in", "application.carried_forward")


class Printed:
    """The cells of one report as they will be printed, by key, in the form's order."""

    def __init__(self, template: str, figures: Figures) -> None:
        codebook = load_codebook()
        self.template, self.family = template, codebook.family_of(template)
        self.rows = {k[0]: row for k in figures if (row := codebook.indicator(template, k[0]))}
        self.true = dict(figures)
        self.texts: dict[Key, str] = {key: figure_text(value) for key, value in figures.items()}
        self.states: dict[Key, tuple[Figure | None, State]] = {
            key: (value, "reported") for key, value in figures.items()
        }
        self.faults: list[Fault] = []

    def put(self, key: Key, text: str, printed: Figure | None, state: State) -> None:
        self.texts[key] = text
        self.states[key] = (printed, state)

    def note(self, kind: str, key: Key = ("", None), mark: str = "") -> None:
        self.faults.append(Fault(kind, key[0], key[1], mark))

    def unknown(self, key: Key) -> None:
        """Nobody knows the true figure of this cell."""
        self.true.pop(key)

    def lose_place(self, keys: Iterable[Key]) -> None:
        """The file keeps these numbers but loses which cell each belongs to."""
        for key in keys:
            if key in self.states:
                self.states[key] = (None, "ambiguous")

    def cells(self, shown: Iterable[Key]) -> tuple[TruthCell, ...]:
        """The truth of the cells that the page shows, in page order."""
        return tuple(
            TruthCell(key[0], key[1], *self.states[key], self.true.get(key))
            for key in shown
            if key in self.states
        )


def figure_text(value: Figure) -> str:
    """A figure as the form prints it: digits, a minus sign, a decimal point."""
    return str(value) if isinstance(value, int) else format(value, "f")


def _zeros(printed: Printed, tables: tuple[str, ...]) -> list[Key]:
    return [k for k, v in printed.true.items() if v == 0 and printed.rows[k[0]].table in tables]


def _is_part(printed: Printed, row: Indicator) -> bool:
    """Whether zeros of the row may stand blank: a result of applications or disputes, no total."""
    if printed.family == "statistics":
        return row.table == "response" or row.parent == "application.outcome.refused"
    return row.table == "review" or (row.table == "application" and bool(row.parent))


def _blank_zeros(printed: Printed) -> None:
    """Zero leaves stand blank; totals and the rows of received and carried applications are printed."""
    keys = [
        key
        for key, value in printed.true.items()
        if value == 0
        and _is_part(printed, row := printed.rows[key[0]])
        and key[1] != "total"
        and row.quantity != "total"
    ]
    for key in keys:
        printed.put(key, "", None, "blank")
    if keys:
        printed.note(kinds.BLANK_ZEROS, keys[0])


def _blank_totals(printed: Printed) -> None:
    for key in [k for k in printed.true if k[1] == "total" and k[0] not in _COLUMN_TOTALS_NEEDED]:
        printed.put(key, "", None, "blank")
    printed.note(kinds.BLANK_TOTALS, ("application.concluded", "total"))


def _wrong_total(printed: Printed, rng: Random) -> None:
    key = _WRONG[printed.family]
    wrong = int(printed.true[key]) + rng.randint(2, 9)
    printed.put(key, str(wrong), wrong, "reported")
    printed.note(kinds.WRONG_TOTAL, key, str(wrong))


def _dash(printed: Printed, rng: Random) -> None:
    mark = rng.choice(("-", "—", "－"))
    for name in _DASHED[printed.family]:
        printed.put((name, None), mark, None, "dash")
        printed.unknown((name, None))
        printed.note(kinds.DASH, (name, None), mark)


def _slash(printed: Printed, body: Body) -> None:
    """A body that makes no rules marks that row as not applying; one that never had an application, table 3
    too."""
    keys = [
        key
        for key in printed.true
        if (row := printed.rows[key[0]]).matter == "proactive.regulations"
        or (body.size == 0 and row.table == "application")
    ]
    for key in keys:
        printed.put(key, "/", None, "not_applicable")
    printed.note(kinds.SLASH, keys[0], "/")


def _blank_table(printed: Printed) -> None:
    for key in [k for k in printed.true if printed.rows[k[0]].table in _DISPUTES_AND_APPLICATIONS]:
        printed.put(key, "", None, "blank")
    printed.note(kinds.BLANK_TABLE, ("application.received", None))


def _zero_text(printed: Printed) -> None:
    for key in _zeros(printed, (*_DISPUTES_AND_APPLICATIONS, "complaint", "fee")):
        printed.put(key, "无", 0, "text_zero")
    printed.note(kinds.ZERO_TEXT, ("application.received", None), "无")


def _unit_in_cell(printed: Printed) -> None:
    for key, value in list(printed.true.items()):
        row = printed.rows[key[0]]
        if row.table != "proactive" or printed.states[key][1] != "reported":
            continue
        unit = row.unit
        text = figure_text(value) + unit
        if row.signed and isinstance(value, int):
            text = f"减少{-value}{unit}" if value < 0 else f"增加{value}{unit}" if value else "无变化"
            if not value:
                printed.put(key, text, 0, "text_zero")
                continue
        printed.put(key, text, value, "reported")
    key = next(k for k in printed.true if printed.rows[k[0]].quantity == "decisions")
    printed.note(kinds.UNIT_IN_CELL, key, printed.texts[key])


def _yuan(printed: Printed, rng: Random) -> None:
    bought = "proactive.procurement.amount_10k_yuan"
    name = bought if bought in printed.rows else "proactive.admin_fee.amount_10k_yuan"
    amount = Decimal(rng.randint(120, 90000)) / 10
    text = f"{int(amount * 10000)}元"
    printed.true[(name, None)] = amount
    if name == bought and not printed.true[("proactive.procurement.items", None)]:
        printed.true[("proactive.procurement.items", None)] = 3
        printed.put(("proactive.procurement.items", None), "3", 3, "reported")
    printed.put((name, None), text, amount, "reported")
    printed.note(kinds.YUAN, (name, None), text)


def print_cells(template: str, figures: Figures, body: Body, faults: tuple[str, ...], rng: Random) -> Printed:
    """The report's cells with those faults planted that are about cells."""
    printed = Printed(template, figures)
    for fault in faults:
        if fault == kinds.BLANK_ZEROS:
            _blank_zeros(printed)
        elif fault == kinds.DROPPED_BLANKS:
            _drop_zeros(printed)
        elif fault == kinds.BLANK_TOTALS:
            _blank_totals(printed)
        elif fault == kinds.WRONG_TOTAL:
            _wrong_total(printed, rng)
        elif fault == kinds.DASH:
            _dash(printed, rng)
        elif fault == kinds.SLASH:
            _slash(printed, body)
        elif fault == kinds.BLANK_TABLE:
            _blank_table(printed)
        elif fault == kinds.ZERO_TEXT:
            _zero_text(printed)
        elif fault == kinds.UNIT_IN_CELL:
            _unit_in_cell(printed)
        elif fault == kinds.YUAN:
            _yuan(printed, rng)
    return printed


def _drop_zeros(printed: Printed) -> None:
    """Every zero of tables 3 and 4 stands blank, and the text file drops the blanks: rows lose their
    places."""
    keys = _zeros(printed, _DISPUTES_AND_APPLICATIONS)
    for key in keys:
        printed.put(key, "", None, "blank")
    rows = {k[0] for k in keys if printed.rows[k[0]].table == "application"}
    printed.lose_place(k for k in printed.true if k[0] in rows)
    if any(printed.rows[k[0]].table == "review" for k in keys):
        printed.lose_place(k for k in printed.true if printed.rows[k[0]].table == "review")
    printed.note(kinds.DROPPED_BLANKS, keys[0] if keys else ("", None))


def withdrawn_version(printed: Printed, rng: Random) -> tuple[Key, Figure]:
    """The cell that the first version of a revised report had wrong, and what it printed there."""
    key = ("meeting.sessions" if printed.family == "statistics" else "proactive.penalty.decisions", None)
    return key, int(printed.true[key]) + rng.randint(5, 60)
