"""How parts, rows and items are numbered: 一、 (一) 1. ① 第一部分 第三条. Every such regex is here.

The fragments are regex text without groups and without anchors, to be set into patterns; they match compared
text and a page's own characters alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.chinese.numbers import chinese_number
from pipeline.chinese.text import compared

NUMERALS = "一二三四五六七八九十"
"""What chapters are counted with, as the inside of a regex class."""
NUMERAL = f"[{NUMERALS}]{{1,3}}"
CHAPTER = rf"{NUMERAL}、"
"""一、 and nothing that may be a slip of it."""
CHAPTER_LOOSE = rf"{NUMERAL}[、.．,，]"
"""一、 and the stops that are set for it."""
BRACKETED = rf"[(（](?:{NUMERAL}|\d{{1,2}})[)）]"
HALF_BRACKETED = rf"(?:{NUMERAL}|\d{{1,2}})[)）]"
ARABIC = r"\d{1,2}\s?[、.．](?!\d)"
CIRCLED = "[\u2460-\u249b\u2776-\u277f]"
"""① ⑴ ⒈ ❶, which NFKC would make numbers of."""
PART = rf"第{NUMERAL}(?:部分|章|节)"
ARTICLE = rf"第{NUMERAL}条"
ITEM = rf"(?:{BRACKETED}|{CHAPTER}|{ARABIC}|{CIRCLED})"
"""What a row of a form or an item of a list begins with."""
LOST = r"[(（]?[)）、.]"
"""A number whose sign was lost: () or 、 alone."""
BULLET = r"[-·*•—]"
LIST_ITEM = rf"(?:{ITEM}|{HALF_BRACKETED}|{NUMERAL}[.．]|{BULLET})"
"""The same, and what lists in sentences begin with besides."""

_ITEM_FIRST = re.compile(rf"\s*{ITEM}")
_CHAPTER_FIRST = re.compile(rf"(?:{CHAPTER_LOOSE}|{PART})")
_CIRCLED_FIRST = re.compile(rf"^\s*{CIRCLED}")
_NUMBERED = re.compile(rf"^(?:第?{CHAPTER_LOOSE}(?!\d)|{BRACKETED}|\d{{1,2}}[、.．](?!\d)|[①-⑩]|其中[:：]?)+")
_NUMBER = re.compile(rf"\s*[(（]?(\d{{1,2}}|{NUMERAL})\s*[.．、)）]")
_SECTION = re.compile(rf"^\s*([{NUMERALS}]{{1,2}})\s*[、.．,，]\s*(\S.{{0,44}})$")
_TWO_SENTENCES = re.compile(r"[。;；]\s*\S")


def is_numbered(text: str) -> bool:
    """Whether a label begins with a number of its own: ``(三)不予公开``, ``1.属于国家秘密``."""
    return _ITEM_FIRST.match(text) is not None


def number_of(text: str) -> int | None:
    """The number that a label begins with: ``(三)不予公开`` -> 3; None where it has none."""
    found = _NUMBER.match(compared(text))
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else chinese_number(found[1])


def without_number(text: str) -> str:
    """A label in compared form, without white space, freed of its numbers and of 其中."""
    flat = "".join(compared(_CIRCLED_FIRST.sub("", text)).split()).lstrip("-—－*·.、 ")
    while (shorter := _NUMBERED.sub("", flat)) != flat:
        flat = shorter
    return flat


@lru_cache(maxsize=4096)
def _section(text: str) -> tuple[int, str] | None:
    match = _SECTION.match(text)
    if match is None or _TWO_SENTENCES.search(match[2]):
        return None
    number = chinese_number(match[1])
    return (number, match[2].rstrip("。:：").strip()) if number else None


def section_of(text: str) -> tuple[int, str] | None:
    """(number, heading) where a paragraph is a main heading such as ``三、收到和处理…情况``."""
    return _section(text) if len(text) <= 60 else None
