"""Which faults stand in which report: fixed for the shipped eight bodies, drawn for all others."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from pipeline.codebook import Family, load_codebook
from tools.demo.bodies import Body

BLANK_ZEROS: Final = "blank_zeros"
BLANK_TOTALS: Final = "blank_totals"
WRONG_TOTAL: Final = "wrong_total"
MISSING_YEAR: Final = "missing_year"
TEXT_AGAINST_TABLE: Final = "text_against_table"
CARRY_BREAK: Final = "carry_break"
STOCK_BREAK: Final = "stock_break"
COPIED_TABLE: Final = "copied_table"
LATE: Final = "late_publication"
REVISED: Final = "revised"
DROPPED_BLANKS: Final = "dropped_blanks"
DASH: Final = "dash_cells"
SLASH: Final = "slash_cells"
BLANK_TABLE: Final = "blank_table"
UNIT_IN_CELL: Final = "unit_in_cell"
YUAN: Final = "yuan_in_10k_column"
IMAGES: Final = "tables_as_images"
OLD_FORM: Final = "old_form"
ZERO_TEXT: Final = "nil_in_words"
DECOY: Final = "decoy_table"

FAULTS: Final = (
    BLANK_ZEROS, BLANK_TOTALS, WRONG_TOTAL, MISSING_YEAR, TEXT_AGAINST_TABLE, CARRY_BREAK, STOCK_BREAK,
    COPIED_TABLE, LATE, REVISED, DROPPED_BLANKS, DASH, SLASH, BLANK_TABLE, UNIT_IN_CELL, YUAN, IMAGES, OLD_FORM,
    ZERO_TEXT, DECOY,
)  # fmt: skip

_SHIPPED: Mapping[int, Mapping[int, tuple[str, ...]]] = {
    0: {2016: (TEXT_AGAINST_TABLE,), 2019: (UNIT_IN_CELL,), 2022: (REVISED,), 2023: (YUAN,),
        2024: (TEXT_AGAINST_TABLE,)},
    1: {2014: (LATE,), 2018: (WRONG_TOTAL,), 2020: (BLANK_TOTALS,), 2022: (DECOY,), 2023: (CARRY_BREAK,), 2025: (STOCK_BREAK,)},
    2: {2015: (BLANK_ZEROS,), 2017: (MISSING_YEAR,), 2021: (BLANK_ZEROS,), 2024: (LATE,)},
    3: {2014: (DASH,), 2016: (MISSING_YEAR,), 2019: (DASH,)},
    4: {2018: (TEXT_AGAINST_TABLE,), 2020: (DROPPED_BLANKS,), 2021: (WRONG_TOTAL,), 2024: (COPIED_TABLE,)},
    5: {2015: (WRONG_TOTAL,), 2019: (MISSING_YEAR,), 2022: (CARRY_BREAK,), 2023: (IMAGES,),
        2025: (DROPPED_BLANKS,)},
    6: {2014: (BLANK_ZEROS,), 2020: (SLASH,), 2021: (SLASH, UNIT_IN_CELL), 2022: (LATE,), 2025: (BLANK_ZEROS,)},
    7: {2014: (BLANK_ZEROS,), 2015: (ZERO_TEXT,), 2018: (BLANK_TABLE,), 2020: (BLANK_TABLE,), 2021: (SLASH,),
        2022: (OLD_FORM,), 2023: (BLANK_TABLE,), 2024: (SLASH,)},
}  # fmt: skip

_BY_FAMILY: Mapping[Family, tuple[str, ...]] = {
    "narrative": (LATE, MISSING_YEAR),
    "statistics": (LATE, MISSING_YEAR, BLANK_ZEROS, WRONG_TOTAL, TEXT_AGAINST_TABLE, REVISED, DASH, IMAGES),
    "sections": (LATE, MISSING_YEAR, BLANK_ZEROS, WRONG_TOTAL, TEXT_AGAINST_TABLE, REVISED, DASH, SLASH, IMAGES,
                 BLANK_TOTALS, DROPPED_BLANKS, UNIT_IN_CELL, YUAN),
}  # fmt: skip
_WITH_STOCKS = (CARRY_BREAK, STOCK_BREAK, COPIED_TABLE, DECOY)
"""Faults of forms that state what is in force at the year's end."""
_SHARE_FAULTY = 0.16


def form_of(year: int, faults: tuple[str, ...] = ()) -> str:
    """The form in force for a report year; ``old_form`` keeps the one before."""
    codebook = load_codebook()
    form = codebook.form_in_force(year)
    if OLD_FORM in faults:
        ordered = codebook.forms_of("narrative", "statistics", "sections")
        return ordered[ordered.index(form) - 1]
    return form


def has(template: str, indicator: str) -> bool:
    """Whether the form has that figure."""
    return (template, indicator) in load_codebook().by_form


def states_stocks(template: str) -> bool:
    """Whether the form says how many documents are in force."""
    return has(template, "proactive.normative_documents.in_force")


def _faults_of(template: str) -> tuple[str, ...]:
    common = _BY_FAMILY[load_codebook().family_of(template)]
    return (*common, *_WITH_STOCKS) if states_stocks(template) else common


def plan_of(index: int, body: Body, years: range, seed: int) -> dict[int, tuple[str, ...]]:
    """Year -> faults of the body's report. A break or a copy is only planned after an undisturbed year of its
    form."""
    live = [y for y in years if body.first_year <= y <= body.last_year]
    if index in _SHIPPED:
        drawn = {y: _SHIPPED[index].get(y, ()) for y in live}
    else:
        rng = Random(f"{seed}|{index}|plan")
        drawn = {
            y: (rng.choice(_faults_of(form_of(y))),) if rng.random() < _SHARE_FAULTY else () for y in live
        }
    for year in live:
        if not {CARRY_BREAK, STOCK_BREAK, COPIED_TABLE}.intersection(drawn[year]):
            continue
        before_same_form = year - 1 in drawn and states_stocks(form_of(year - 1, drawn[year - 1]))
        if not before_same_form or (COPIED_TABLE in drawn[year] and body.size == 0):
            drawn[year] = ()
        elif index not in _SHIPPED:
            drawn[year - 1] = ()
    return drawn
