"""The XML that Excel 2003 and web systems write as .xls (SpreadsheetML): each sheet's texts, merged ranges
and what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from pipeline.clean.office.excel_formats import NumberFormat, parse_format
from pipeline.clean.package import child, children, local, parse, value
from pipeline.clean.refused import Refused

_NAMED_FORMATS = {"Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%"}

Range = tuple[tuple[int, int], tuple[int, int]]
"""The 0-based first and last (row, column) of merged cells."""


class XmlSheet(NamedTuple):
    """A visible sheet: its rows of texts, merged ranges, and 0-based hidden rows and columns."""

    name: str
    rows: list[list[str]]
    merged: list[Range]
    hidden_rows: frozenset[int]
    hidden_cols: frozenset[int]


def sheets(data: bytes, most: int) -> Iterator[XmlSheet]:
    """The visible sheets; ``Refused`` for bad XML or a sheet of more than ``most`` rows times
    columns."""
    root = parse(data, "workbook")
    formats = {
        value(style, "ID") or "": shown
        for style in children(root, "Styles")
        if (shown := _format(value(child(style, "NumberFormat"), "Format"))) is not None
    }
    for sheet in root:
        hidden = child(sheet, "WorksheetOptions", "Visible")
        if local(sheet) == "Worksheet" and (hidden is None or (hidden.text or "").strip() == "SheetVisible"):
            yield _sheet(sheet, formats, most)


def _format(name: str | None) -> NumberFormat | None:
    return parse_format(_NAMED_FORMATS.get(name, name)) if name else None


def _sheet(sheet: etree._Element, formats: Mapping[str, NumberFormat], most: int) -> XmlSheet:
    name = value(sheet, "Name") or ""
    texts: dict[tuple[int, int], str] = {}
    merged: list[Range] = []
    hidden_rows: set[int] = set()
    hidden_cols: set[int] = set()
    row = col = 0
    for element in children(sheet, "Table"):
        if local(element) == "Column":
            col = _number(element, "Index", col + 1) - 1
            last = col + _number(element, "Span", 0)
            _bounded(name, 1, last + 1, most)
            if value(element, "Hidden") == "1":
                hidden_cols.update(range(col, last + 1))
            col = last + 1
        elif local(element) == "Row":
            row = _number(element, "Index", row + 1) - 1
            last = row + _number(element, "Span", 0)
            _bounded(name, last + 1, 1, most)
            if value(element, "Hidden") == "1":
                hidden_rows.update(range(row, last + 1))
            at = 0
            for cell in (c for c in element if local(c) == "Cell"):
                at = _number(cell, "Index", at + 1) - 1
                across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
                _bounded(name, row + down + 1, at + across + 1, most)
                texts[(row, at)] = _text(cell, formats)
                if across or down:
                    merged.append(((row, at), (row + down, at + across)))
                at += across + 1
            row = last + 1
    height = max((end[0] for _, end in merged), default=-1)
    width = max((end[1] for _, end in merged), default=-1)
    height, width = max([height, *(r for r, _ in texts)]) + 1, max([width, *(c for _, c in texts)]) + 1
    _bounded(name, height, width, most)
    rows = [[texts.get((r, c), "") for c in range(width)] for r in range(height)]
    return XmlSheet(name, rows, merged, frozenset(hidden_rows), frozenset(hidden_cols))


def _bounded(name: str, rows: int, cols: int, most: int) -> None:
    if rows * cols > most:
        raise Refused("too_large", f"The sheet {name} spans {rows} rows, {cols} columns.")


def _number(element: etree._Element, name: str, otherwise: int) -> int:
    text = value(element, name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _text(cell: etree._Element, formats: Mapping[str, NumberFormat]) -> str:
    data = child(cell, "Data")
    if data is None:
        return ""
    text = "".join(str(part) for part in data.itertext())
    shown = formats.get(value(cell, "StyleID") or "")
    if value(data, "Type") == "Number" and shown is not None:
        try:
            return shown.show(float(text))
        except ValueError:
            return text.strip()
    if value(data, "Type") == "Number" and re.fullmatch(r"-?\d+\.0+", text.strip()):
        return text.strip().partition(".")[0]
    return text.replace("\r\n", "\n").strip()
