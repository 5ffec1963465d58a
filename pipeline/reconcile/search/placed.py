"""What the placement of a row says of its cells: printed figures, blanks, or candidates."""

from __future__ import annotations

from collections.abc import Container

from pipeline.codebook import load_codebook
from pipeline.finding import finding
from pipeline.reconcile.repair import split_number
from pipeline.reconcile.search.place import Placement
from pipeline.reconcile.system import TEXT, Shape, Slot
from pipeline.report import Finding, Observation, Resolution

_WHY = {
    "bounded": "搜索超出限度 / the search for its places was cut off at its limit",
    "none": "没有符合勾稽关系的放法 / no placement satisfies the sums",
    "clash": "与其他行列的数不能同时成立 / its sums and those of its columns cannot hold together",
    "twice": "另一行占用同样的格 / another row fills the same cells",
    "": "有多种放法 / its figures can be placed in more than one way",
}


def observed(
    placement: Placement,
    template: str | None,
    shape: Shape,
    present: Container[Slot],
    findings: list[Finding],
) -> list[Observation]:
    """The cells of a placed row. A figure stands in a cell where every way has it there, a blank where none
    has one; else the cell is ambiguous, with its candidates. Cells that are ``present`` already are left out.
    ``findings`` gets a line for a row with open cells, and one for a row put back."""
    row = placement.row
    codebook = load_codebook()
    found: list[Observation] = []
    open_slots: list[Slot] = []
    for slot, survivors, by, nought in zip(
        row.slots, placement.survivors, placement.by, placement.nought, strict=True
    ):
        if slot in present:
            open_slots.append(slot)
            continue
        resolution: Resolution = "proved_by_text" if by == TEXT else "proved_by_sums"
        given = "" if by in ("sums", TEXT) else f", given {by}"
        indicator = codebook.indicator(template, slot[0])
        base = Observation(
            slot[0],
            slot[1],
            None,
            row.raw,
            indicator.unit if indicator else "",
            False,
            "blank",
            None,
            None,
            row.method,
            row.locator,
            row.label,
            "place",
        )
        tokens = [row.tokens[t] for t in sorted(t for t in survivors if t is not None)]
        figures = {t.value for t in tokens}
        if nought:
            proof = f"row “{row.raw}”: its figures add up without this cell in every way to place them{given}"
            found.append(base._replace(raw="", resolved=0, resolution=resolution, proof=proof))
        elif not tokens:
            found.append(base._replace(raw="", rule=""))
        elif None not in survivors and len(figures) == 1:
            t = tokens[0]
            found.append(
                base._replace(
                    value=t.value,
                    raw=t.raw,
                    approx=t.approx,
                    state=t.state,
                    resolved=t.value,
                    resolution=resolution,
                    locator=t.locator,
                    proof=f"row “{row.raw}”: this figure stands here in every way to place it{given}",
                )
            )
        elif figures == {0}:
            found.append(
                base._replace(
                    resolved=0,
                    resolution=resolution,
                    proof=f"row “{row.raw}”: zero wherever it stands{given}",
                )
            )
        else:
            open_slots.append(slot)
            candidates = tuple(sorted(figures | ({0} if None in survivors else set())))
            found.append(
                base._replace(
                    state="ambiguous",
                    candidates=candidates,
                    proof=f"row “{row.raw}” can be placed in more than one way",
                )
            )
    label = row.label or row.raw
    if open_slots:
        findings.append(
            finding("row.unplaced", f"行“{label}”缺少空格: {_WHY[placement.why]}", tuple(open_slots))
        )
        if placement.why == "none" and (joined := split_number(row, shape)):
            findings.append(
                finding(
                    "row.shifted",
                    f"行“{label}”若为“{joined}”则可加总 / the row would add up as “{joined}”",
                    tuple(open_slots),
                )
            )
    elif row.tokens:
        findings.append(
            finding(
                "row.placed",
                f"行“{label}”缺少空格, 按勾稽关系归位 / blank cells were dropped; the sums put “{row.raw}” in place",
                row.slots,
            )
        )
    return found
