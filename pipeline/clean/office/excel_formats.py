"""How an .xlsx file shows its numbers: decimals, percent, thousands.

The values come from calamine, which drops number formats; here the formats that change what a reader sees
are looked up in the package, and the sheets' true extent is measured before anything is unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.clean.package import Package, children, local, open_package, value

MAIN = "xl/workbook.xml"
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_ROW_OR_COL = re.compile(rb"<(?:\w+:)?(row|col)\s([^<>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_LAST_COL = 16_384
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class NumberFormat(NamedTuple):
    """``decimals`` shown, with thousands parted by commas or not, as a percentage or not."""

    decimals: int
    thousands: bool
    percent: bool

    def show(self, number: float) -> str:
        """The number as a cell of this format prints it."""
        shown = number * 100 if self.percent else number
        text = f"{shown:,.{self.decimals}f}" if self.thousands else f"{shown:.{self.decimals}f}"
        if not set(text) - set("-0.,"):
            text = text.lstrip("-")
        return f"{text}%" if self.percent else text


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet's extent (1-based last row and column that hold a cell) and its cells' number formats by
    0-based (row, column), where these change what is shown; ``hidden_rows`` and ``hidden_cols`` are
    0-based."""

    last_row: int
    last_col: int
    formats: Mapping[tuple[int, int], NumberFormat]
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()


def sheet_facts(data: bytes) -> dict[str, SheetFacts]:
    """The facts of every sheet of an .xlsx file by the sheet's name; ``Refused`` for a bad file."""
    package = open_package(data, MAIN)
    targets = package.targets()
    styles = _styles(package)
    found = {}
    for sheet in children(package.xml(package.main), "sheets"):
        part = targets.get(value(sheet, "id") or "")
        if local(sheet) == "sheet" and part in package.names and part is not None:
            found[value(sheet, "name") or ""] = _facts(package.part(part), styles)
    return found


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 is ``A``, 27 is ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_format(code: str) -> NumberFormat | None:
    """A number format that fixes decimals, or None for one that shows the number as it is (``General``,
    text, dates)."""
    plain = _QUOTED.sub("", code.split(";")[0]).strip()
    if not re.fullmatch(r"[#0,.?% ]*[#0][#0,.?% ]*", plain) or plain.rstrip("% ").endswith(","):
        return None
    _, _, after = plain.partition(".")
    return NumberFormat(sum(after.count(sign) for sign in "0#?"), "," in plain, "%" in plain)


def _styles(package: Package) -> dict[int, NumberFormat]:
    name = package.main.rpartition("/")[0] + "/styles.xml"
    if name not in package.names:
        return {}
    root = package.xml(name)
    codes = dict(_BUILT_IN)
    for element in children(root, "numFmts"):
        number = value(element, "numFmtId") or ""
        if number.isdigit():
            codes[int(number)] = value(element, "formatCode") or ""
    found = {}
    for index, style in enumerate(children(root, "cellXfs")):
        number = value(style, "numFmtId") or "0"
        shown = parse_format(codes.get(int(number), "")) if number.isdigit() else None
        if shown is not None:
            found[index] = shown
    return found


def _facts(xml: bytes, styles: Mapping[int, NumberFormat]) -> SheetFacts:
    last_row = last_col = 0
    formats = {}
    for match in _CELL.finditer(xml):
        attributes = match[1]
        place = _PLACE.search(attributes)
        if place is None:
            continue
        row, col = int(place[2]), column_number(place[1].decode())
        last_row, last_col = max(last_row, row), max(last_col, col)
        style = _STYLE.search(attributes)
        if style is not None:
            shown = styles.get(int(style[1]))
            if shown is not None:
                formats[(row - 1, col - 1)] = shown
    rows: set[int] = set()
    cols: set[int] = set()
    for match in _ROW_OR_COL.finditer(xml):
        kind, attributes = match[1], match[2]
        if _HIDDEN.search(attributes) is None:
            continue
        places = {name: int(number) for name, number in _NUMBER.findall(attributes)}
        if kind == b"row" and b"r" in places:
            rows.add(places[b"r"] - 1)
        elif kind == b"col" and b"min" in places:
            cols.update(range(places[b"min"] - 1, min(places.get(b"max", places[b"min"]), _LAST_COL)))
    return SheetFacts(last_row, last_col, formats, frozenset(rows), frozenset(cols))
