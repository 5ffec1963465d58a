"""Which of several cells of one figure ``explain`` says to enter the panel: as the marts choose."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.terminal.explain import Cell, _entry, _standing


def cell(locator: str, resolved: int | None, method: str = "table", **more: Any) -> Cell:
    row = dict.fromkeys(Cell._fields, "") | {"applicant": None, "approx": False}
    return Cell(
        **{**row, "indicator": "a", "locator": locator, "resolved": resolved, "method": method, **more}
    )


@pytest.mark.parametrize(
    ("cells", "entries"),
    [
        ([cell("1", 2, "text"), cell("2", 3)], ["the other enters the panel", "this one enters the panel"]),
        ([cell("1", 2), cell("2", 2)], ["this one enters the panel", "the other enters the panel"]),
        (
            [cell("1", None), cell("2", 2, "text")],
            ["the other enters the panel", "this one enters the panel"],
        ),
        ([cell("1", 2, applicant="total"), cell("2", 3)], ["they differ, so neither enters the panel"] * 2),
        (
            [cell("1", 200, "text", approx=True), cell("2", 203, "text")],
            ["the other enters the panel", "this one enters the panel"],
        ),
    ],
)
def test_the_cell_that_enters_the_panel(cells: list[Cell], entries: list[str]) -> None:
    (standing,) = _standing(cells).values()
    assert [_entry(c, standing) for c in cells] == entries
