"""From true figures to what is printed: the cells of the form, with the planned faults planted in them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from pipeline.codebook import load_codebook
from pipeline.demo import plan as kinds
from pipeline.demo.bodies import Body
from pipeline.demo.figures import Figures
from pipeline.demo.truth import Fault, Key, TruthCell
from pipeline.report import Figure, State

_WRONG = {
    "v2014": ("application.replied", None),
    "v2019": ("application.concluded", "total"),
    "v2021": ("application.concluded", "total"),
}
_DASHED = {
    "v2014": ("response.online_interviews", "response.online_interviews.principal"),
    "v2019": ("proactive.coercion.decisions",),
    "v2021": ("proactive.coercion.decisions",),
}
_COLUMN_TOTALS_NEEDED = ("application.received", "application.carried_in", "application.carried_forward")


class Printed:
    """The cells of one report as they will be printed, by key, in the form's order."""

    def __init__(self, template: str, figures: Figures) -> None:
        self.template = template
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
    return [k for k, v in printed.true.items() if v == 0 and k[0].startswith(tables)]


def _blank_zeros(printed: Printed) -> None:
    """Zero leaves stand blank; totals and the rows of received and carried applications are printed."""
    prefixes = ("application.outcome", "reconsideration", "litigation") if printed.template != "v2014" else (
        "application.outcome.refused.", "response.")  # fmt: skip
    keys = [k for k in _zeros(printed, prefixes) if k[1] != "total" and not k[0].endswith(".total")]
    for key in keys:
        printed.put(key, "", None, "blank")
    if keys:
        printed.note(kinds.BLANK_ZEROS, keys[0])


def _blank_totals(printed: Printed) -> None:
    for key in [k for k in printed.true if k[1] == "total" and k[0] not in _COLUMN_TOTALS_NEEDED]:
        printed.put(key, "", None, "blank")
    printed.note(kinds.BLANK_TOTALS, ("application.concluded", "total"))


def _wrong_total(printed: Printed, rng: Random) -> None:
    key = _WRONG[printed.template]
    wrong = int(printed.true[key]) + rng.randint(2, 9)
    printed.put(key, str(wrong), wrong, "reported")
    printed.note(kinds.WRONG_TOTAL, key, str(wrong))


def _dash(printed: Printed, rng: Random) -> None:
    mark = rng.choice(("-", "—", "－"))
    for name in _DASHED[printed.template]:
        printed.put((name, None), mark, None, "dash")
        printed.unknown((name, None))
        printed.note(kinds.DASH, (name, None), mark)


def _slash(printed: Printed, body: Body) -> None:
    """A body that makes no rules marks that row as not applying; one that never had an application, table 3
    too."""
    prefix = ("proactive.regulations", "application") if body.size == 0 else ("proactive.regulations",)
    keys = [k for k in printed.true if k[0].startswith(prefix)]
    for key in keys:
        printed.put(key, "/", None, "not_applicable")
    printed.note(kinds.SLASH, keys[0], "/")


def _blank_table(printed: Printed) -> None:
    for key in [k for k in printed.true if k[0].startswith(("application", "reconsideration", "litigation"))]:
        printed.put(key, "", None, "blank")
    printed.note(kinds.BLANK_TABLE, ("application.received", None))


def _zero_text(printed: Printed) -> None:
    for key in _zeros(printed, ("application", "reconsideration", "litigation", "complaint", "fee")):
        printed.put(key, "无", 0, "text_zero")
    printed.note(kinds.ZERO_TEXT, ("application.received", None), "无")


def _unit_in_cell(printed: Printed) -> None:
    book = load_codebook()
    for key, value in list(printed.true.items()):
        if not key[0].startswith("proactive.") or printed.states[key][1] != "reported":
            continue
        unit = book.by_form[(printed.template, key[0])].unit
        text = figure_text(value) + unit
        if key[0].endswith("items_change") and isinstance(value, int):
            text = f"减少{-value}{unit}" if value < 0 else f"增加{value}{unit}" if value else "无变化"
            if not value:
                printed.put(key, text, 0, "text_zero")
                continue
        printed.put(key, text, value, "reported")
    key = next(k for k in printed.true if k[0].endswith(".decisions"))
    printed.note(kinds.UNIT_IN_CELL, key, printed.texts[key])


def _yuan(printed: Printed, rng: Random) -> None:
    name = (
        "proactive.procurement.amount_10k_yuan"
        if printed.template == "v2019"
        else "proactive.admin_fee.amount_10k_yuan"
    )
    amount = Decimal(rng.randint(120, 90000)) / 10
    text = f"{int(amount * 10000)}元"
    printed.true[(name, None)] = amount
    if printed.template == "v2019" and not printed.true[("proactive.procurement.items", None)]:
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
    keys = _zeros(printed, ("application", "reconsideration", "litigation"))
    for key in keys:
        printed.put(key, "", None, "blank")
    rows = {k[0] for k in keys if k[0].startswith("application")}
    printed.lose_place(k for k in printed.true if k[0] in rows)
    if any(not k[0].startswith("application") for k in keys):
        printed.lose_place(k for k in printed.true if k[0].startswith(("reconsideration", "litigation")))
    printed.note(kinds.DROPPED_BLANKS, keys[0] if keys else ("", None))


def withdrawn_version(printed: Printed, rng: Random) -> tuple[Key, Figure]:
    """The cell that the first version of a revised report had wrong, and what it printed there."""
    key = ("meeting.sessions" if printed.template == "v2014" else "proactive.penalty.decisions", None)
    return key, int(printed.true[key]) + rng.randint(5, 60)
