"""Every harmonised measure on every form, against an oracle that reads the codebook's formula in Python."""

from __future__ import annotations

import random
from decimal import Decimal

import duckdb
import pytest
from warehouse_by_hand import Cell, Warehouse, build

from pipeline.codebook import Codebook, Linear, load_codebook

FORMS = {"v2008": 2010, "v2014": 2016, "v2019": 2020, "v2021": 2023}
Figures = dict[Cell, Decimal]


def drawn(codebook: Codebook, template: str, seed: int) -> Figures:
    """A number for every cell of the form; totals need not add up, since no measure may lean on that."""
    draw = random.Random(f"{template}{seed}")
    figures: Figures = {}
    for indicator in codebook.indicators:
        if indicator.template != template:
            continue
        columns = [a.applicant for a in codebook.applicants] if indicator.dimension == "applicant" else [None]
        for column in columns:
            figures[indicator.indicator_id, column] = Decimal(draw.randint(1, 900)) / (
                100 if indicator.decimal else 1
            )
    return figures


def summed(linear: Linear, figures: Figures) -> Decimal:
    """The sum by hand: an applicant that the formula does not name is the total where the form has
    columns."""
    return sum(
        (
            t.coefficient
            * figures.get(
                (t.ref.indicator, t.ref.applicant or "total"),
                figures.get((t.ref.indicator, None), Decimal("NaN")),
            )
            for t in linear.terms
        ),
        start=Decimal(0),
    )


@pytest.fixture(scope="module")
def drawn_warehouse(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[duckdb.DuckDBPyConnection, dict[str, Figures]]:
    warehouse = Warehouse(tmp_path_factory.mktemp("drawn"))
    truth: dict[str, Figures] = {}
    for template, year in FORMS.items():
        figures = drawn(load_codebook(), template, 1)
        truth[template] = figures
        warehouse.report("甲县", year, template, dict(figures))
    return build(warehouse, "run"), truth


@pytest.mark.parametrize("template", FORMS)
def test_every_measure_of_the_form(
    drawn_warehouse: tuple[duckdb.DuckDBPyConnection, dict[str, Figures]], template: str
) -> None:
    con, truth = drawn_warehouse
    found = {
        row[0]: row[1:]
        for row in con.execute(
            "select measure_id, value, numerator, denominator, state, comparability from mart.measure where template = ?",
            [template],
        ).fetchall()
    }
    expected: dict[str, tuple[object, ...]] = {}
    for measure in load_codebook().measures:
        if measure.template != template:
            continue
        if measure.quotient is None:
            expected[measure.measure_id] = (None, None, None, "not_in_form", measure.comparability)
            continue
        top = summed(measure.quotient.numerator, truth[template])
        if top.is_nan():  # prose may state it in a later form's words; the form itself has no such figure
            expected[measure.measure_id] = (None, None, None, "not_in_form", measure.comparability)
            continue
        if measure.quotient.denominator is None:
            expected[measure.measure_id] = (top, None, None, "reported", measure.comparability)
            continue
        below = summed(measure.quotient.denominator, truth[template])
        expected[measure.measure_id] = (round(top / below, 6), top, below, "reported", measure.comparability)
    assert found == expected


def test_panel_has_every_measure_and_leaves_out_what_is_not_comparable(
    drawn_warehouse: tuple[duckdb.DuckDBPyConnection, dict[str, Figures]],
) -> None:
    con, truth = drawn_warehouse
    columns = {row[0] for row in con.execute("describe mart.city_year").fetchall()}
    assert {m.measure_id for m in load_codebook().measures} <= columns
    row = con.execute(
        "select normative_documents_in_force, procurement_amount_10k_yuan from mart.city_year where year = 2020"
    ).fetchone()
    assert row == (None, truth["v2019"]["proactive.procurement.amount_10k_yuan", None])
    kinds = dict(con.execute("select column_name, column_type from (describe mart.city_year)").fetchall())
    assert kinds["applications_received"] == "BIGINT"
    assert kinds["procurement_amount_10k_yuan"] == "DECIMAL(24,6)"
    assert kinds["disclosure_rate"] == "DOUBLE"


def test_applicants_get_the_same_formula(
    drawn_warehouse: tuple[duckdb.DuckDBPyConnection, dict[str, Figures]],
) -> None:
    con, truth = drawn_warehouse
    codebook = load_codebook()
    refused = next(m for m in codebook.measures if (m.measure_id, m.template) == ("outcome_refused", "v2021"))
    assert refused.quotient is not None
    expected = {
        a.applicant: sum(
            truth["v2021"][t.ref.indicator, a.applicant] for t in refused.quotient.numerator.terms
        )
        for a in codebook.applicants
    }
    assert (
        dict(
            con.execute("select applicant, outcome_refused from mart.applicant where year = 2023").fetchall()
        )
        == expected
    )
    assert con.execute(
        "select count(*) from mart.applicant where template in ('v2008', 'v2014')"
    ).fetchone() == (0,)
