"""The numbers that Word prints before list paragraphs and that stand in no run of text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

from pipeline.chinese.numbers import DIGIT_SIGNS
from pipeline.clean.package import Package, child, local, value

_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: format, text with ``%1``-like places, first number."""

    number_format: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts a document's list paragraphs in their order.

    ``levels`` maps a list's id to its levels, ``styles`` a paragraph style's id to its (list, level);
    lists of one abstract definition (``family``) count on together, as Word does.
    """

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    family: dict[str, str] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, properties: etree._Element | None) -> str:
        """The number printed before a paragraph with these properties (``w:pPr``), else empty; counts
        the paragraph."""
        found = self._list_of(properties)
        if found is None:
            return ""
        list_id, depth = found
        levels = self.levels.get(list_id, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts[self.family[list_id]]
        restart = self.restarts.get((list_id, depth))
        if restart is not None and (list_id, depth) not in self.begun:
            counts[depth] = restart
        else:
            counts[depth] = counts.get(depth, level.start - 1) + 1
        self.begun.add((list_id, depth))
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.number_format in ("bullet", "none"):
            return "" if level.number_format == "bullet" else level.text.replace("%1", "")
        text = level.text
        for place in range(depth + 1):
            shown = levels.get(place, level)
            number = counts.get(place, shown.start)
            text = text.replace(f"%{place + 1}", numeral(number, shown.number_format))
        return text

    def _list_of(self, properties: etree._Element | None) -> tuple[str, int] | None:
        own = child(properties, "numPr")
        style = self.styles.get(value(child(properties, "pStyle")) or "")
        if own is None:
            return style
        list_id = value(child(own, "numId"))
        depth = value(child(own, "ilvl"))
        if list_id is None and style is not None:
            list_id = style[0]
        if list_id is None or list_id == "0":
            return None
        default = style[1] if style is not None else 0
        return list_id, int(depth) if depth is not None and depth.isdigit() else default


def read_numbering(package: Package, styles: etree._Element | None = None) -> Numbering:
    """The lists that a package defines; empty where it defines none."""
    numbering = Numbering()
    folder = package.main.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    if f"{prefix}numbering.xml" in package.names:
        _read_lists(package.xml(f"{prefix}numbering.xml"), numbering)
        if styles is not None:
            _read_styles(styles, numbering)
    return numbering


def _level(element: etree._Element) -> tuple[int, Level]:
    start = value(child(element, "start")) or "1"
    level = Level(
        value(child(element, "numFmt")) or "decimal",
        value(child(element, "lvlText")) or "",
        int(start) if start.isdigit() else 1,
    )
    depth = value(element, "ilvl") or "0"
    return int(depth) if depth.isdigit() else 0, level


def _read_lists(root: etree._Element, numbering: Numbering) -> None:
    abstract: dict[str, dict[int, Level]] = {}
    for element in root:
        if local(element) == "abstractNum":
            levels = dict(_level(inner) for inner in element if local(inner) == "lvl")
            abstract[value(element, "abstractNumId") or ""] = levels
        elif local(element) == "num":
            list_id = value(element, "numId") or ""
            family = value(child(element, "abstractNumId")) or ""
            levels = dict(abstract.get(family, {}))
            for change in element:
                if local(change) != "lvlOverride":
                    continue
                depth = int(value(change, "ilvl") or 0)
                inner = child(change, "lvl")
                if inner is not None:
                    levels[depth] = _level(inner)[1]
                start = value(child(change, "startOverride"))
                if start is not None and start.isdigit():
                    numbering.restarts[(list_id, depth)] = int(start)
            numbering.levels[list_id] = levels
            numbering.family[list_id] = family


def _read_styles(root: etree._Element, numbering: Numbering) -> None:
    based_on: dict[str, str] = {}
    for style in root.iterchildren("{*}style"):
        if local(style) != "style":
            continue
        name = value(style, "styleId") or ""
        parent = value(child(style, "basedOn"))
        if parent:
            based_on[name] = parent
        number = child(style, "pPr", "numPr")
        list_id = value(child(number, "numId"))
        if list_id and list_id != "0":
            numbering.styles[name] = (list_id, int(value(child(number, "ilvl")) or 0))
    for name in based_on:
        ancestor, steps = name, 0
        while ancestor not in numbering.styles and ancestor in based_on and steps < 20:
            ancestor, steps = based_on[ancestor], steps + 1
        if ancestor in numbering.styles:
            numbering.styles.setdefault(name, numbering.styles[ancestor])


def numeral(number: int, number_format: str) -> str:
    """A number as a list prints it in one of Word's number formats; decimal for those not known."""
    if number < 0 or number > 9999:
        return str(number)
    if number_format in ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting",
                         "taiwaneseCountingThousand", "japaneseCounting", "koreanCounting"):  # fmt: skip
        return _counting(number, DIGIT_SIGNS, "十百千", "零" if number_format.startswith("chinese") else "〇")
    if number_format in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return _counting(number, _LEGAL, "拾佰仟", "零", full=True)
    if number_format in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(DIGIT_SIGNS[int(digit)] for digit in str(number))
    if number_format == "ideographTraditional" and 1 <= number <= 10:
        return _STEMS[number - 1]
    if number_format == "ideographZodiac" and 1 <= number <= 12:
        return _BRANCHES[number - 1]
    if number_format in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if number_format == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    if number_format == "decimalZero":
        return f"{number:02d}"
    if number_format in ("lowerLetter", "upperLetter") and number:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if number_format == "lowerLetter" else letter.upper()
    if number_format in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.lower() if number_format == "lowerRoman" else roman
    return str(number)


def _counting(number: int, digits: str, units: str, zero: str, *, full: bool = False) -> str:
    if number == 0:
        return zero
    text = ""
    gap = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            gap = gap or bool(text)
            continue
        if gap:
            text += zero
            gap = False
        if power == 1 and digit == 1 and not text and not full:
            text += units[0]
        else:
            text += digits[digit] + (units[power - 1] if power else "")
    return text


def _roman(number: int) -> str:
    pairs = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]  # fmt: skip
    text = ""
    for amount, sign in pairs:
        while number >= amount:
            text += sign
            number -= amount
    return text or "0"
