"""What one table says, cell by cell: figures that found their place, rows that did not, and what stays
local."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from pipeline.chinese.numbers import Reading, parse_cell
from pipeline.codebook import Indicator, normalise_label
from pipeline.extract.tables.rows import Item, Row, is_unit
from pipeline.extract.tables.vocabulary import Vocabulary
from pipeline.report import Figure, Finding, Method, Observation, State, Token, Unplaced

Slot = tuple[str, str | None]
_MAX_LOCAL = 2000
_CUT = re.compile(r"\d[ \t\n\u3000\xa0]+\d")
_MONEY = ("元", "万元")
_BESIDE = " | "
_YUAN = {"元": 1, "百元": 100, "千元": 1000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}


def labels_of(row_label: str, column_label: str) -> str:
    """The labels of a cell's row and column as printed, on one line: ``结转下年度继续办理 | 自然人``."""
    return _BESIDE.join(part for part in (one_line(row_label), one_line(column_label)) if part)


@dataclass
class TableReading:
    """What one table says. ``placed`` maps each slot to its observation; ``known_rows`` counts the rows whose
    label the codebook knows."""

    placed: dict[Slot, Observation] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    local: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known_rows: int = 0


class Claims:
    """Fills a ``TableReading``. ``method`` is that of the table, ``template`` the report's form."""

    def __init__(self, words: Vocabulary, template: str | None, method: Method) -> None:
        self.indicators = words.indicators(template)
        self.method = method
        self.out = TableReading()

    def claim(self, slot: Slot, item: Item, label: str, header_unit: str = "") -> None:
        """The cell ``slot`` shows ``item``. A second, different figure for it makes it ambiguous."""
        indicator = self.indicators.get(slot[0])
        if indicator is None:
            return
        observation = observe(indicator, slot[1], item, label, self.method, header_unit)
        if observation.value is not None and not item.text.isdigit() and _CUT.search(item.text):
            self.out.findings.append(
                Finding(
                    "cell.number_cut",
                    "warn",
                    observation.value,
                    None,
                    (slot,),
                    f"单元格内数字被断开: {' '.join(item.text.split())} / white space stands inside the cell's number",
                )
            )
        self._place(slot, observation)

    def claim_as(self, slot: Slot, model: Observation, value: Figure, text: str, locator: str) -> None:
        """The cell ``slot`` shows a plain number and nothing else, just as ``model`` does elsewhere."""
        unit, approx, state, _, trust, method, _, *more = model[4:]
        self._place(
            slot,
            tuple.__new__(
                Observation,
                (*model[:2], value, text, unit, approx, state, value, trust, method, locator, *more),
            ),
        )

    def _place(self, slot: Slot, observation: Observation) -> None:
        held = self.out.placed.get(slot)
        if held is None or held.state == "blank":
            self.out.placed[slot] = observation
        elif (held.value, held.state) != (
            observation.value,
            observation.state,
        ) and observation.state != "blank":
            self._clash(slot, held, observation)

    def open(self, slot: Slot, items: Row, label: str) -> None:
        """The cell's figure is one of ``items``, and nothing says which, or whether it is the cell's at
        all."""
        indicator = self.indicators.get(slot[0])
        tokens = [_token(i) for i in items]
        self.out.placed.setdefault(
            slot,
            Observation(
                slot[0],
                slot[1],
                None,
                " ".join(t.raw for t in tokens),
                indicator.unit if indicator else "",
                False,
                "ambiguous",
                None,
                None,
                self.method,
                tokens[0].locator,
                label,
                candidates=tuple(dict.fromkeys(t.value for t in tokens)),
            ),
        )

    def blank(self, slot: Slot, place: Item, label: str) -> None:
        self.claim(slot, place.blanked(), label)

    def drop(self, slot: Slot) -> None:
        """Take back what was claimed for a cell."""
        del self.out.placed[slot]

    def hand_on(self, name: str, filled: Row, slots: tuple[Slot | None, ...]) -> None:
        """A row with fewer figures than cells: left to the sums, or local where some of its columns are."""
        known = tuple(s for s in slots if s is not None)
        if any(
            v.reading.state in ("unreadable", "blank") for v in filled
        ):  # ink or a picture that was not read: no figure
            for slot in known:
                self.open(slot, filled, name)
            return
        if len(known) != len(slots):
            self.local_values(name, filled)
            return
        raw = " ".join(" ".join(v.text.split()) for v in filled)
        self.out.unplaced.append(
            Unplaced(known, tuple(_token(v) for v in filled), raw, filled[0].locator, self.method, name)
        )

    def local_row(self, row: Row) -> None:
        """A row that the codebook does not know: its figures under its own label."""
        labels = [i for i in row if i.is_label and not is_unit(i.text)]
        if labels:
            name = " ".join(" ".join(i.text.split()) for i in labels)
            self.local_values(name, [i for i in row if i.own and i.is_value and not i.is_blank])

    def local_values(self, name: str, values: Row) -> None:
        for n, value in enumerate(values, start=1):
            self.local(name, str(n) if len(values) > 1 else "", value)

    def local(self, row_label: str, column_label: str, value: Item) -> None:
        """One figure with its labels as printed, id ``local.<hash of the labels>``."""
        if len(self.out.local) >= _MAX_LOCAL or value.is_blank:
            return
        label = labels_of(row_label, column_label)
        digest = hashlib.sha256(normalise_label(label).encode()).hexdigest()[:8]
        reading = value.reading
        self.out.local.append(
            Observation(
                f"local.{digest}",
                None,
                reading.value,
                value.text,
                reading.unit,
                reading.approx,
                reading.state,
                reading.value,
                "as_printed" if reading.value is not None else None,
                self.method,
                value.locator,
                label,
            )
        )

    def doubt(self, slots: tuple[Slot, ...]) -> None:
        """The head's order contradicts the sums: these cells are read in the form's own order, and the
        finding says so."""
        message = "表头列序与合计不符，按格式原有列序读取 / the head's order contradicts the sums; the form's own order is read"
        for n, finding in enumerate(self.out.findings):
            if finding.rule == "table.head_order":
                self.out.findings[n] = finding._replace(cells=(*finding.cells, *slots))
                return
        self.out.findings.append(Finding("table.head_order", "warn", None, None, slots, message))

    def misprinted(self, meant: Mapping[str, str]) -> None:
        """The cells whose labels were read as other than printed (``meant``: printed -> read) keep the
        printed ones, and a finding names them."""
        if not meant:
            return
        printed = {one_line(read): one_line(text) for text, read in meant.items()}
        slots = [
            slot
            for slot, o in self.out.placed.items()
            if any(part in printed for part in o.label.split(_BESIDE))
        ]
        for slot in slots:
            parts = self.out.placed[slot].label.split(_BESIDE)
            self.out.placed[slot] = self.out.placed[slot]._replace(
                label=_BESIDE.join(printed.get(part, part) for part in parts)
            )
        slots += [s for u in self.out.unplaced if one_line(u.label) in printed for s in u.slots]
        if slots:
            pairs = "; ".join(f"{text} → {read}" for read, text in printed.items())
            self.out.findings.append(
                Finding(
                    "table.label_misprint",
                    "warn",
                    None,
                    None,
                    tuple(slots),
                    f"标签疑有错字，按表中所缺的标签读取 / labels read as those that the table lacks: {pairs}",
                )
            )

    def _clash(self, slot: Slot, held: Observation, other: Observation) -> None:
        both = tuple(v for v in dict.fromkeys((*held.candidates, held.value, other.value)) if v is not None)
        self.out.placed[slot] = held._replace(
            value=None,
            state="ambiguous",
            resolved=None,
            resolution=None,
            raw=f"{held.raw} / {other.raw}",
            candidates=both,
        )
        self.out.findings.append(
            Finding(
                "table.cell_twice",
                "error",
                held.value,
                other.value,
                (slot,),
                f"同一指标在表中出现两个不同的数 / the table gives this cell two figures ({other.locator})",
            )
        )


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """A label without its line breaks and doubled spaces."""
    return " ".join(text.split())


def observe(
    indicator: Indicator, applicant: str | None, item: Item, label: str, method: Method, header_unit: str = ""
) -> Observation:
    """One cell as an observation: value in the indicator's unit, raw text, state; resolved as printed. A cell
    read from pixels keeps the figures that its ink may show, best first; ink of which no figure was read is
    ``unreadable``."""
    reading = item.reading
    value: Figure | None = reading.value
    state: State = reading.state
    if value is not None and (reading.unit or indicator.decimal):
        value, state = _figure(indicator, reading, header_unit)
    candidates: tuple[Figure, ...] = ()
    if method == "ocr" and item.readings:
        others = [_figure(indicator, parse_cell(text), header_unit)[0] for text in item.readings]
        candidates = tuple(dict.fromkeys(v for v in (value, *others) if v is not None))
        state = "unreadable" if value is None and (state == "blank" or candidates) else state
    trust = "as_printed" if value is not None else None
    return tuple.__new__(
        Observation,
        (  # half the time of the class itself
            indicator.indicator_id,
            applicant,
            value,
            item.text,
            indicator.unit,
            reading.approx,
            state,
            value,
            trust,
            method,
            item.locator,
            one_line(label),
            "",
            reading.note,
            candidates,
        ),
    )


def _figure(indicator: Indicator, reading: Reading, header_unit: str) -> tuple[Figure | None, State]:
    """A reading's figure in the indicator's unit, and its state."""
    value: Figure | None = reading.value
    state = reading.state
    if value is not None and indicator.decimal:
        unit = reading.unit or header_unit
        if reading.note == "万" and not reading.unit:  # money in 万 is money in 万元
            value, unit = _tidy(Decimal(value) / 10_000), "万元"
        if unit in _YUAN and indicator.unit in _YUAN and unit != indicator.unit:
            value = _tidy(Decimal(value) * _YUAN[unit] / _YUAN[indicator.unit])
    if value is not None and (reading.unit == "%" or (reading.unit in _MONEY and not indicator.decimal)):
        value, state = None, "unreadable"
    return value, state


def _tidy(amount: Decimal) -> Figure:
    return int(amount) if amount == amount.to_integral_value() else Decimal(format(amount.normalize(), "f"))


def _token(item: Item) -> Token:
    value = item.reading.value
    return Token(
        value if value is not None else 0, item.text, item.locator, item.reading.state, item.reading.approx
    )
