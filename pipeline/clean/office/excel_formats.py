"""How an .xlsx file shows its cells: number formats, struck and raised text, errors, formulas without result.

The values come from calamine, which drops all these; here what changes what a reader sees is looked up in the
package, and the sheets' true extent is measured before anything is unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from lxml import etree

from pipeline.clean.package import Package, child, children, is_on, local, open_package, parse, value
from pipeline.clean.page.note_marks import in_brackets
from pipeline.document import UNREAD

MAIN = "xl/workbook.xml"
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_ROW_OR_COL = re.compile(rb"<(?:\w+:)?(row|col)\s([^<>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_LAST_COL = 16_384
_WHOLE_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^<>/])>(.*?)</(?:\w+:)?c>", re.S)
_TYPE = re.compile(rb'\bt="(\w+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]+)<")
_PREFIX = re.compile(rb"(</?)\w+:")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_NO_ZEROS = re.compile(rb'<(?:\w+:)?sheetView\s[^<>]*\bshowZeros="(?:0|false)"')
_ACCOUNTS = '_(* #,##0{0}_);_(* \\(#,##0{0}\\);_(* "-"{1}_);_(@_)'
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((37, 38), "#,##0 ;(#,##0)"),
    **dict.fromkeys((39, 40), "#,##0.00 ;(#,##0.00)"),
    **dict.fromkeys((41, 42), _ACCOUNTS.format("", "")),
    **dict.fromkeys((43, 44), _ACCOUNTS.format(".00", "??")),
}
_PIECE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|General|.', re.S)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_CURRENCIES = "¥￥$€£"


class Section(NamedTuple):
    """One section of a number format: what stands before and after the number, its ``decimals`` (None: as
    many as it has; -1: the number is not printed at all), thousands parted by commas or not, as a percentage
    or not, and the numbers that it is for (an operator and a bound), where it says so."""

    before: str
    after: str
    decimals: int | None
    thousands: bool = False
    percent: bool = False
    operator: str = ""
    bound: float = 0.0

    def show(self, number: float) -> str:
        """The number as this section prints it."""
        if self.decimals == -1:
            return self.before
        shown = number * 100 if self.percent else number
        if self.decimals is None:
            text = format(Decimal(format(shown, ".15g")), "f")
        else:
            text = f"{shown:,.{self.decimals}f}" if self.thousands else f"{shown:.{self.decimals}f}"
        if not set(text) - set("-0.,"):
            text = text.lstrip("-")
        return f"{self.before}{text}{'%' if self.percent else ''}{self.after}".strip()


class NumberFormat(NamedTuple):
    """A number format: its sections for positive numbers, negative ones and zero, as many as it has."""

    sections: tuple[Section, ...]

    def show(self, number: float) -> str:
        """The number as a cell of this format prints it: nothing or a dash, it may be."""
        if any(section.operator for section in self.sections):
            for section in self.sections:
                if not section.operator or _COMPARE[section.operator](number, section.bound):
                    return section.show(number)
            return "#"
        positive, *more = self.sections
        if number < 0 and more:
            text = more[0].show(-number)
            return f"-{text[1:-1]}" if text.startswith("(") and text.endswith(")") else text
        if number == 0 and len(more) > 1:
            return more[1].show(number)
        return positive.show(number)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet's extent (1-based last row and column that hold a cell) and its cells' number formats by
    0-based (row, column), where these change what is shown; ``instead`` is what a cell shows whose value says
    something else; ``hidden_rows`` and ``hidden_cols`` are 0-based; ``zeros`` is false where the sheet shows
    none."""

    last_row: int
    last_col: int
    formats: Mapping[tuple[int, int], NumberFormat]
    instead: Mapping[tuple[int, int], str]
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    zeros: bool = True


def sheet_facts(data: bytes) -> dict[str, SheetFacts]:
    """The facts of every sheet of an .xlsx file by the sheet's name; ``Refused`` for a bad file."""
    package = open_package(data, MAIN)
    targets = package.targets()
    styles, strings = _styles(package), _strings(package)
    found = {}
    for sheet in children(package.xml(package.main), "sheets"):
        part = targets.get(value(sheet, "id") or "")
        if local(sheet) == "sheet" and part in package.names and part is not None:
            found[value(sheet, "name") or ""] = _facts(package.part(part), styles, strings)
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
    """A number format that decides how a number is printed, or None for one that shows it as it is
    (``General``, text, dates)."""
    parts = _split(code)
    sections = [_section(part) for part in parts[:3]]
    if not parts or any(section is None for section in sections) or code.strip() in ("General", "@", ""):
        return None
    return NumberFormat(tuple(section for section in sections if section is not None))


def _split(code: str) -> list[str]:
    """The sections of a format: parted by semicolons that are not quoted."""
    parts = [""]
    for piece in _PIECE.findall(code):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _section(code: str) -> Section | None:
    """One section; None where it shows a date or something else that is no number."""
    before = digits = after = ""
    operator, bound, general = "", 0.0, False
    for piece in _PIECE.findall(code):
        if condition := _CONDITION.fullmatch(piece):
            operator, bound = condition[1], float(condition[2])
        elif piece == "General":
            general = True
        elif piece[0] in "_*[":
            continue
        elif piece in "#0?,.%":
            if after.strip() and piece not in "%":
                return None  # digits on both sides of words
            digits += piece
        elif piece[0] == "@" or (piece.isascii() and piece.isalpha()):
            return None
        else:
            text = piece[1:-1] if piece[0] == '"' else piece[-1]
            text = text.strip(_CURRENCIES)
            if digits or general:
                after += text
            else:
                before += text
    if general:
        return Section(before, after, None, operator=operator, bound=bound)
    if not set(digits) & set("#0?"):
        return Section((before + after).strip(), "", -1, operator=operator, bound=bound)
    if digits.strip("% ").endswith(","):
        return None  # printed in thousands
    _, _, decimals = digits.partition(".")
    places = sum(decimals.count(sign) for sign in "0#?")
    if set(digits) <= {"?", ",", "%"} and "-" in before and not places:
        return Section(before.strip(), "", -1, operator=operator, bound=bound)
    return Section(before, after, places, "," in digits, "%" in digits, operator, bound)


class _Styles(NamedTuple):
    """What the cell formats of a workbook say, by their number: number formats; those in which nothing is
    seen (struck out, or white on white)."""

    formats: Mapping[int, NumberFormat]
    unseen: frozenset[int]


def _styles(package: Package) -> _Styles:
    name = package.main.rpartition("/")[0] + "/styles.xml"
    if name not in package.names:
        return _Styles({}, frozenset())
    root = package.xml(name)
    codes = dict(_BUILT_IN)
    for element in children(root, "numFmts"):
        number = value(element, "numFmtId") or ""
        if number.isdigit():
            codes[int(number)] = value(element, "formatCode") or ""
    unseen_fonts = {n: _unseen(font) for n, font in enumerate(children(root, "fonts"))}
    filled = {n for n, fill in enumerate(children(root, "fills")) if _is_filled(fill)}
    formats, unseen = {}, set()
    for index, style in enumerate(children(root, "cellXfs")):
        number = value(style, "numFmtId") or "0"
        shown = parse_format(codes.get(int(number), "")) if number.isdigit() else None
        if shown is not None:
            formats[index] = shown
        font, fill = value(style, "fontId") or "0", value(style, "fillId") or "0"
        why = unseen_fonts.get(int(font), "") if font.isdigit() else ""
        if why == "struck" or (why == "white" and not (fill.isdigit() and int(fill) in filled)):
            unseen.add(index)
    return _Styles(formats, frozenset(unseen))


def _unseen(font: etree._Element) -> str:
    """Why text of a font is not seen: ``struck``, ``white`` (on no ground), else empty."""
    if is_on(child(font, "strike")):
        return "struck"
    color = child(font, "color")
    white = (value(color, "rgb") or "")[-6:].upper() == "FFFFFF" or value(color, "theme") == "0"
    return "white" if color is not None and white else ""


def _is_filled(fill: etree._Element) -> bool:
    pattern = child(fill, "patternFill")
    if pattern is None:
        return len(fill) > 0
    ground = child(pattern, "fgColor")
    white = (value(ground, "rgb") or "")[-6:].upper() == "FFFFFF" or value(ground, "theme") == "0"
    return value(pattern, "patternType") not in (None, "none") and not white


def _strings(package: Package) -> dict[int, str]:
    """The shared strings of which a part is struck out or raised, as they are seen."""
    name = package.main.rpartition("/")[0] + "/sharedStrings.xml"
    if name not in package.names:
        return {}
    data = package.part(name)
    if b"strike" not in data and b"vertAlign" not in data:
        return {}
    found = {}
    for number, item in enumerate(parse(data, name)):
        runs = [run for run in item if local(run) == "r"]
        texts = [_run_text(run) for run in runs]
        if runs and "".join(texts) != "".join(
            "".join(t.text or "" for t in run if local(t) == "t") for run in runs
        ):
            found[number] = "".join(texts)
    return found


def _run_text(run: etree._Element) -> str:
    look = child(run, "rPr")
    text = "".join(part.text or "" for part in run if local(part) == "t")
    if is_on(child(look, "strike")):
        return ""
    return in_brackets(text) if value(child(look, "vertAlign")) == "superscript" else text


def _facts(xml: bytes, styles: _Styles, strings: Mapping[int, str]) -> SheetFacts:
    last_row = last_col = 0
    formats = {}
    instead: dict[tuple[int, int], str] = {}
    for match in _CELL.finditer(xml):
        attributes = match[1]
        place = _PLACE.search(attributes)
        if place is None:
            continue
        row, col = int(place[2]), column_number(place[1].decode())
        last_row, last_col = max(last_row, row), max(last_col, col)
        style = _STYLE.search(attributes)
        if style is not None:
            number = int(style[1])
            if number in styles.formats:
                formats[(row - 1, col - 1)] = styles.formats[number]
            if number in styles.unseen:
                instead[(row - 1, col - 1)] = ""
    if strings or any(sign in xml for sign in (b"<f", b":f", b't="e"', b"strike", b"vertAlign")):
        for at, text in _told_otherwise(xml, strings):
            instead.setdefault(at, text)
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
    zeros = _NO_ZEROS.search(xml) is None
    return SheetFacts(last_row, last_col, formats, instead, frozenset(rows), frozenset(cols), zeros)


def _told_otherwise(xml: bytes, strings: Mapping[int, str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of which the value does not say what is seen: errors and formulas without a stored result,
    which stand there unread, and texts of which a part is struck out or raised."""
    for match in _WHOLE_CELL.finditer(xml):
        attributes, content = match[1], match[2]
        place = _PLACE.search(attributes)
        if place is None:
            continue
        at = (int(place[2]) - 1, column_number(place[1].decode()) - 1)
        kind = _TYPE.search(attributes)
        stored = _VALUE.search(content)
        if (kind is not None and kind[1] == b"e") or (
            _FORMULA.search(content) and stored is None and (kind is None or kind[1] != b"str")
        ):
            yield at, UNREAD
        elif kind is not None and kind[1] == b"s" and stored is not None and stored[1].isdigit():
            number = int(stored[1])
            yield from [(at, strings[number])] if number in strings else []
        elif b"strike" in content or b"vertAlign" in content:
            bare = parse(b"<is>" + _PREFIX.sub(rb"\1", content) + b"</is>", "a cell")
            yield at, "".join(_run_text(run) for run in bare.iter() if local(run) == "r")
