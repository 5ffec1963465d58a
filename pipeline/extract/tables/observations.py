"""What a table's rows say, put together cell by cell: observations, rows left to the sums, local figures and
findings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Set
from decimal import Decimal
from typing import NamedTuple

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbers import Reading, below_zero, parse_cell
from pipeline.chinese.units import in_unit, is_money, tidy, unit_of
from pipeline.codebook import Indicator
from pipeline.extract.tables.cells import Entry, Local, Open, Shown, Slot, token_of
from pipeline.extract.tables.rows import BESIDE, Form, Item, one_line
from pipeline.finding import finding
from pipeline.report import Figure, Finding, Method, Observation, State, Unplaced

_CUT = re.compile(r"\d[ \t\n\u3000\xa0]+\d")


class TableReading(NamedTuple):
    """What one table says. ``placed`` maps each slot to its observation; ``known`` says whether the codebook
    knows the label of any row. ``about``: the form's tables whose labels it bears; ``shown``: whether
    anything but known labels is printed in it; ``nameless``: figures without any label; ``why``: what may be
    the reason where nothing was placed: ``empty``, ``labels``, ``heads`` or ``grid``."""

    placed: dict[Slot, Observation]
    unplaced: list[Unplaced]
    local: list[Observation]
    findings: list[Finding]
    known: bool
    about: frozenset[str] = frozenset()
    shown: bool = False
    nameless: bool = False
    why: str = "labels"

    def cells(self) -> set[Slot]:
        """The cells that the table gives, placed or not."""
        return set(self.placed) | {slot for row in self.unplaced for slot in row.slots}


def together(
    entries: Iterable[Entry], form: Form, method: Method, meant: Mapping[str, str], known: bool
) -> TableReading:
    """The entries of one table as what it says. ``meant``: labels read as other than printed. A second,
    different figure for a cell makes it ambiguous."""
    indicators = form.words.indicators(form.template)
    placed: dict[Slot, Observation] = {}
    unplaced: list[Unplaced] = []
    local: list[Observation] = []
    findings: list[Finding] = []
    doubted: list[Slot] = []
    at = 0
    for entry in entries:
        if isinstance(entry, Shown):
            slot, item, label, unit = entry
            indicator = indicators.get(slot[0])
            if indicator is None:
                continue
            seen = observe(indicator, slot[1], item, label, method, unit)
            if seen.value is not None and not item.text.isdigit() and _CUT.search(item.text):
                findings.append(_number_cut(slot, seen, item))
            held = placed.get(slot)
            if held is None or held.state == "blank":
                placed[slot] = seen
            elif seen.state != "blank" and (held.value, held.state) != (seen.value, seen.state):
                placed[slot] = clash(slot, held, seen, findings, inside=True)
        elif isinstance(entry, Open):
            placed.setdefault(entry.slot, _open(entry, indicators.get(entry.slot[0]), method))
        elif isinstance(entry, Unplaced):
            unplaced.append(entry._replace(method=method))
        elif isinstance(entry, Local):
            local += [] if entry.item.is_blank else [_local(entry, method)]
        else:
            at = at if doubted else len(findings)
            doubted += entry.slots
    if doubted:
        message = "表头列序与合计不符，按格式原有列序读取 / the head's order contradicts the sums; the form's own order is read"
        findings.insert(at, finding("table.head_order", message, tuple(doubted)))
    _drop_headings_of_parts(placed, form.words.headings_of_parts)
    if meant:
        _as_printed(placed, unplaced, findings, meant)
    return TableReading(placed, unplaced, local, findings, known)


def observe(
    indicator: Indicator, applicant: str | None, item: Item, label: str, method: Method, header_unit: str = ""
) -> Observation:
    """One cell as an observation: value in the indicator's unit, raw text, state; resolved as printed. A cell
    read from pixels keeps the figures that its ink may show, best first; ink of which no figure was read is
    ``unreadable``."""
    reading = item.reading
    value: Figure | None = reading.value
    state: State = reading.state
    if state == "unreadable" and indicator.signed and (below := below_zero(item.text)) is not None:
        value, state = below, "reported"
    if value is not None and (reading.unit or indicator.decimal):
        value, state = _figure(indicator, reading, header_unit)
    candidates: tuple[Figure, ...] = ()
    if method == "ocr" and item.readings:
        others = [_figure(indicator, parse_cell(text), header_unit)[0] for text in item.readings]
        candidates = tuple(dict.fromkeys(v for v in (value, *others) if v is not None))
        state = "unreadable" if value is None and (state == "blank" or candidates) else state
    trust = "as_printed" if value is not None else None
    unit: str = indicator.unit
    if "|" in unit:
        unit = unit_of(reading.unit or header_unit, unit)
    row = (indicator.indicator_id, applicant, value, item.text, unit, reading.approx, state, value)
    more = (trust, method, item.locator, one_line(label), "", reading.note, candidates)
    return tuple.__new__(Observation, row + more)  # half the time of the class itself


def clash(
    slot: Slot, held: Observation, other: Observation, findings: list[Finding], inside: bool
) -> Observation:
    """A cell of two figures, in one table (``inside``) or in two: ambiguous, with a finding."""
    values = (*held.candidates, held.value, *(() if inside else other.candidates), other.value)
    message = (
        f"同一指标在表中出现两个不同的数 / the table gives this cell two figures ({other.locator})"
        if inside
        else f"两张表对同一指标给出不同的数 / two tables give this cell different figures ({held.locator}; {other.locator})"
    )
    findings.append(finding("table.cell_twice", message, (slot,), held.value, other.value))
    return held._replace(
        value=None,
        state="ambiguous",
        resolved=None,
        resolution=None,
        raw=f"{held.raw} / {other.raw}",
        candidates=tuple(v for v in dict.fromkeys(values) if v is not None),
    )


def _number_cut(slot: Slot, seen: Observation, item: Item) -> Finding:
    text = " ".join(item.text.split())
    message = f"单元格内数字被断开: {text} / white space stands inside the cell's number"
    return finding("cell.number_cut", message, (slot,), seen.value)


def _open(entry: Open, indicator: Indicator | None, method: Method) -> Observation:
    (indicator_id, applicant), items, label = entry
    tokens = [token_of(i) for i in items]
    raw, unit = " ".join(t.raw for t in tokens), indicator.unit if indicator else ""
    candidates = tuple(dict.fromkeys(t.value for t in tokens))
    place = tokens[0].locator
    return Observation(
        *(indicator_id, applicant, None, raw, unit, False, "ambiguous", None, None, method, place, label),
        candidates=candidates,
    )


def _local(entry: Local, method: Method) -> Observation:
    """One figure with its labels as printed, id ``local.<hash of the labels>``."""
    label = one_line(entry.label)
    digest = hashlib.sha256(normalise_label(label).encode()).hexdigest()[:8]
    item, reading = entry.item, entry.item.reading
    trust = "as_printed" if reading.value is not None else None
    head = (f"local.{digest}", None, reading.value, item.text, reading.unit, reading.approx, reading.state)
    return Observation._make((*head, reading.value, trust, method, item.locator, label, "", "", ()))


def _drop_headings_of_parts(placed: dict[Slot, Observation], headings: Mapping[str, Set[str]]) -> None:
    """(六)其他处理 with nothing beside it is the heading of its three parts, no cell."""
    blank = [
        slot for slot, seen in placed.items() if slot[0] in headings and slot[1] and seen.state == "blank"
    ]
    for name in {slot[0] for slot in blank}:
        own = [slot for slot in placed if slot[0] == name and slot[1]]
        parts = any(slot[0] in headings[name] for slot in placed)
        if parts and all(slot in blank for slot in own):
            for slot in own:
                del placed[slot]


def _as_printed(
    placed: dict[Slot, Observation],
    unplaced: list[Unplaced],
    findings: list[Finding],
    meant: Mapping[str, str],
) -> None:
    """Cells whose labels were read as other than printed keep the printed ones, and a finding names them."""
    printed = {one_line(read): one_line(text) for text, read in meant.items()}
    slots: list[Slot] = []
    for slot, seen in placed.items():
        parts = seen.label.split(BESIDE)
        if any(part in printed for part in parts):
            slots.append(slot)
            placed[slot] = seen._replace(label=BESIDE.join(printed.get(part, part) for part in parts))
    slots += [s for u in unplaced if one_line(u.label) in printed for s in u.slots]
    if slots:
        pairs = "; ".join(f"{text} → {read}" for read, text in printed.items())
        message = f"标签疑有错字，按表中所缺的标签读取 / labels read as those that the table lacks: {pairs}"
        findings.append(finding("table.label_misprint", message, tuple(slots)))


def _figure(indicator: Indicator, reading: Reading, header_unit: str) -> tuple[Figure | None, State]:
    """A reading's figure in the indicator's unit, and its state."""
    value: Figure | None = reading.value
    if value is None:
        return None, reading.state
    if indicator.decimal:
        unit = reading.unit or header_unit
        if reading.note == "万" and not reading.unit:  # money in 万 is money in 万元
            value, unit = tidy(Decimal(value) / 10_000), "万元"
        value = in_unit(value, unit, indicator.unit)
    if reading.unit == "%" or (is_money(reading.unit) and not indicator.decimal):
        return None, "unreadable"
    return value, reading.state
