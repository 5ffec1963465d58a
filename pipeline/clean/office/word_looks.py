"""How Word shows a run of text: hidden, struck out, raised or white, by its own properties, its styles and
theirs.

Properties are those of ECMA-376 part 1, 17.3.2; a style takes what it does not say from the one that it is
based on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from pipeline.clean.package import child, is_on, local, value

_MAX_BASES = 12
"""Styles that are based on each other."""
_NO_GROUND = frozenset({"auto", "FFFFFF", "ffffff", "none", "nil", ""})
_SILENT = frozenset(
    {
        "TC",
        "XE",
        "SET",
        "ASK",
        "TOC",
        "INDEX",
        "HYPERLINK",
        "PAGE",
        "NUMPAGES",
        "ADVANCE",
        "RD",
        "PRIVATE",
        "FORMCHECKBOX",
    }
)
_PICTURE_FONTS = ("wingdings", "webdings", "marlett", "dingbats", "bookshelf symbol")


class Look(NamedTuple):
    """What properties say of how text is shown; None where they do not say it."""

    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None
    white: bool | None = None

    def over(self, other: Look) -> Look:
        """What these say, and of what they do not, what ``other`` says."""
        return Look(*(mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True)))


PLAIN = Look()


class Styles(NamedTuple):
    """The looks of the styles of a document that change how text is shown, by their ids; those of tables that
    have a ground of their own; the look of all text."""

    looks: Mapping[str, Look]
    grounds: frozenset[str]
    all_text: Look


def read_styles(root: etree._Element | None) -> Styles:
    """The styles of a document, from the root of its part of styles."""
    if root is None:
        return Styles({}, frozenset(), PLAIN)
    own: dict[str, Look] = {}
    bases: dict[str, str] = {}
    grounds: set[str] = set()
    for style in root.iterchildren("{*}style"):
        key = value(style, "styleId") or ""
        own[key] = look_of(style.find("{*}rPr"))
        bases[key] = value(style.find("{*}basedOn")) or ""
        if value(style, "type") == "table" and any(map(has_ground, style.iter("{*}shd"))):
            grounds.add(key)
    whole: dict[str, Look] = {}
    for key in own:
        look, base = own[key], bases[key]
        for _ in range(_MAX_BASES):
            if base not in own:
                break
            look, base = look.over(own[base]), bases[base]
        if look != PLAIN:
            whole[key] = look
    grounds |= {key for key, base in bases.items() if base in grounds}
    return Styles(whole, frozenset(grounds), look_of(child(root, "docDefaults", "rPrDefault", "rPr")))


def look_of(properties: etree._Element | None) -> Look:
    """What run properties themselves say."""
    if properties is None or not len(properties):
        return PLAIN
    hidden = struck = raised = white = None
    for part in properties:
        name = local(part)
        if name == "vanish":
            hidden = is_on(part)
        elif name in ("strike", "dstrike"):
            struck = bool(struck) or is_on(part)
        elif name == "vertAlign":
            raised = value(part) == "superscript"
        elif name == "color":
            white = (value(part) or "").upper() == "FFFFFF" or value(part, "themeColor") in (
                "background1",
                "light1",
            )
        elif name == "shd" and has_ground(part):
            white = False
    return Look(hidden, struck, raised, white)


def has_ground(shading: etree._Element | None) -> bool:
    """Whether shading gives a ground that is not white."""
    if shading is None:
        return False
    return (value(shading, "fill") or "") not in _NO_GROUND or value(shading, "themeFill") is not None


def sign_of(element: etree._Element) -> str | None:
    """The character of a ``sym`` element; None for a sign of a font of pictures, which stands there
    unread."""
    code = value(element, "char") or ""
    number = int(code, 16) if code and all(c in "0123456789abcdefABCDEF" for c in code) else 0
    font = (value(element, "font") or "").lower()
    if 0xF020 <= number <= 0xF07E and not font.startswith(_PICTURE_FONTS):
        number -= 0xF000  # a font of signs keeps Latin letters and digits there
    return chr(number) if 32 < number < 0xE000 and not font.startswith(_PICTURE_FONTS) else None


class Field(NamedTuple):
    """A field that is being read: its instruction so far, its form data, and whether its result has begun."""

    instruction: str = ""
    form: etree._Element | None = None
    result: bool = False


def shown_without_result(field: Field) -> str | None:
    """What a field prints that keeps no result: a quotation, a chosen or given value; empty for fields that
    print nothing in a cell, None for what only Word itself can tell."""
    word, _, rest = field.instruction.strip().partition(" ")
    word = word.upper()
    if word == "QUOTE":
        return rest.strip().strip('"“”')
    if word == "FORMDROPDOWN":
        choices = child(field.form, "ddList")
        entries = (
            [value(part) or "" for part in choices if local(part) == "listEntry"]
            if choices is not None
            else []
        )
        chosen = value(child(choices, "result")) or value(child(choices, "default")) or "0"
        return entries[int(chosen)] if chosen.isdigit() and int(chosen) < len(entries) else None
    if word == "FORMTEXT":
        return value(child(field.form, "textInput", "default")) or ""
    if word in _SILENT or not word:
        return ""
    return None
