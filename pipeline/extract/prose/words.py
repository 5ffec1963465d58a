"""Text -> tokens: one pass, the longest word of ``codebook/lexicon.csv`` first.

A number is a token with its scale and unit; what no row knows is a token of class ``unknown`` and is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.days import DAY_WITH_MARKS, FULL_YEAR
from pipeline.chinese.numbering import BRACKETED, CHAPTER, NUMERALS
from pipeline.chinese.numbers import DIGIT_SIGNS, DIGITS, parse_figure
from pipeline.chinese.text import squeeze
from pipeline.chinese.units import COUNT_SIGNS
from pipeline.codebook import Codebook
from pipeline.extract.prose.masks import HIDDEN
from pipeline.places import load_registry
from pipeline.places.departments import department_table
from pipeline.report import Figure

_LEVELS = "省市县区州盟旗"
_MARKS = "“”‘’\"'「」『』​‌‍⁠﻿"
_DROP = re.compile(rf"[\s{_MARKS}]+")
_DROPPED = frozenset(c for c in map(chr, range(0x10000)) if c.isspace()) | set(_MARKS)
PUNCTUATION = frozenset(",;:()。!?[]|")
_BEFORE_ITEM = PUNCTUATION | {"第"}
_NEGATIONS = "未没无零免皆"
_CJK = "零〇○一二两三四五六七八九十百千万"
_NUMBER = re.compile(
    r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?)(?P<scale>[余多几]?(?:[百千万亿](?!元))?[余多]?)"
)
_COUNT = re.compile(r"\d+(?![\d.．、):%/\-~至到年月季度全我本共])")
"""A number behind which stands nothing that makes it a time, an item's number or a percentage."""
_WORD_NUMBER = re.compile(rf"(?P<n>[{_CJK}]+)(?P<scale>[余多几]?(?:[万亿](?!元))?[余多]?)")
_YEAR = re.compile(rf"(?<!\d)({FULL_YEAR})(?:年度?|(?=全|我|本|共|度))")
_BARE_YEAR = re.compile(rf"({FULL_YEAR})(?=[一-鿿]{{2}})(?![余多百千万亿元{COUNT_SIGNS}])")
"""A year without its sign at the beginning of a sentence (2012宋店乡...)."""
_FULL = re.compile(
    rf"(?:(?P<a>{FULL_YEAR})年)?(?P<m>1|5)月1日(?:起|开始)?(?:至|到|-|~|—)+(?:(?P<b>{FULL_YEAR})年|同年)?12月31日(?:止|期间|为止)?"
)
_COUNTED_FROM = re.compile(rf"(?:统计|数据|期限|时限)[^。]{{0,24}}?(?P<days>(?:{FULL_YEAR}年)?1月1日.*)")
_MONTHS = re.compile(r"1月?份?[-~至到—]+12月份?(?!\d)")
"""All months of a year."""
_YEAR_END = re.compile(
    r"12月(?:(?:3[01]日|底)止?|(?:(?<=截[至止]12月)|(?<=截[至止]\d{4}年12月))(?:\d{1,2}日|份|中旬|下旬)?(?![\d-])止?)"
)
_PART = re.compile(r"\d{1,2}(?:[-~至到]\d{1,2})?月份?(?:\d{1,2}日)?|\d{1,2}[-~至到]\d{1,2}月|[1-4]季度")
_PERCENT = re.compile(rf"\d+(?:\.\d+)?%|百分之[\d{DIGITS}点.]+")
_ENUMERATION = re.compile(r"\d{1,2}(?:[、．]|[.)](?!\d))")
_ITEM = re.compile(rf"{BRACKETED}|{CHAPTER}")
_ITEM_FIRST = frozenset("(" + NUMERALS)
_STRING = re.compile(rf"[{DIGIT_SIGNS[1:]}两]{{2,}}")
"""Chinese digits in a row (二三件): no number says how many that is."""
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\d)")
"""A time of day: its minutes count nothing."""
_STAMP = re.compile(rf"{DAY_WITH_MARKS}(?:[T|]?{_CLOCK.pattern}|(?!\d))")
"""A day in digits as pages stamp it, its time of day glued to it or not."""
_RANGE = frozenset(".,-~—/[〔#")
_MAX_DIGITS = 8


class Number(NamedTuple):
    """A printed number: ``unit`` and its kind from the lexicon ("" where none follows); ``scaled`` where
    万 stands behind a plain integer of four digits or more."""

    value: Figure
    approx: bool
    unit: str
    kind: str
    scaled: bool


class Token(NamedTuple):
    """A word at ``start`` to ``end`` of the flat text; ``number`` for a counted one, ``year`` for a year."""

    kind: str
    value: str
    start: int
    end: int
    topic: str = ""
    number: Number | None = None
    year: int = 0


class Word(NamedTuple):
    """A row of the lexicon; ``open``: what follows may change its reading (a nought: 为0 of 为0.59)."""

    kind: str
    value: str
    topic: str
    open: bool


Words = Mapping[str, tuple[tuple[int, ...], Mapping[str, Word]]]
"""First two characters, or one where no longer word fits -> (lengths, longest first; surface -> word)."""


@dataclass(frozen=True, eq=False, slots=True)
class Lexicon:
    """One object a codebook; as a key of what is remembered it stands for itself."""

    words: Words
    units: Words
    states: re.Pattern[str]
    """What a text holds that can hold a figure or a nil at all."""


def _index(rows: Sequence[tuple[str, tuple[str, str, str]]]) -> Words:
    """Words by their first two characters, words of one character by that one, and under every pair that
    begins with it."""
    first: dict[str, dict[str, Word]] = {}
    for surface, (kind, value, topic) in rows:
        first.setdefault(surface[:2], {})[surface] = Word(
            kind, value, topic, surface[-1] == "0" or value == "zero"
        )
    for head, held in first.items():
        if len(head) == 2:
            held.update(first.get(head[0], {}))
    return {head: (tuple(sorted({len(w) for w in held}, reverse=True)), held) for head, held in first.items()}


_HELD: dict[int, tuple[Codebook, Lexicon]] = {}


def lexicon_of(codebook: Codebook) -> Lexicon:
    """The lexicon of a codebook, indexed for reading once."""
    if id(codebook) not in _HELD:
        _HELD.clear()
        rows = [(w.surface, (w.kind, w.value, w.topic)) for w in codebook.lexicon]
        words = _index([*_places({r[0] for r in rows}), *(r for r in rows if r[1][0] != "unit")])
        units = _index([r for r in rows if r[1][0] == "unit"])
        _HELD[id(codebook)] = codebook, Lexicon(words, units, _states(units))
    return _HELD[id(codebook)][1]


def _places(known: set[str]) -> list[tuple[str, tuple[str, str, str]]]:
    """Names of places and fields of departments as words that nothing is known of, so that none is read as the words it is made of
    (科尔沁右翼中旗: 科, 中)."""
    names = {n for d in load_registry().divisions for n in (d.name, d.short_name) if len(n) > 2}
    fields = {name for name in department_table().values() if name != "办公室"}
    bureaus = {
        p + name for name in department_table() for p in _LEVELS if p + name[0] in known
    }  # 市民政局: no 市民
    return [(name, ("unknown", name, "")) for name in (names | fields | bureaus) - known if len(name) > 1]


def _states(units: Words) -> re.Pattern[str]:
    """A digit that does not begin a year, a Chinese numeral before a unit, a mark or the end, the sign of a
    denial."""
    ends = re.escape("".join({*PUNCTUATION, *(head[0] for head in units)}))
    return re.compile(
        rf"[\d不{_NEGATIONS}{_CJK}](?:(?<=[{_NEGATIONS}])|(?<=不)(?:[收曾]|存在)"
        rf"|(?<=\d)(?<!\d\d)(?!(?:(?<=1)9|(?<=2)0)\d\d年)|(?<=[{_CJK}])[余多几万亿]{{0,3}}(?:[{ends}]|$))"
    )


def flatten_sentence_text(text: str) -> str:
    """NFKC, no white space, no quotation marks. Same length mapping as ``raw_span`` undoes."""
    return _DROP.sub("", squeeze(text))


@lru_cache(maxsize=256)
def _sources(text: str) -> Sequence[int]:
    """For each flattened character the index in ``text`` that it came from."""
    flat = flatten_sentence_text(text)
    if len(flat) == len(text):
        return range(len(text))
    kept = [i for i, c in enumerate(text) if c not in _DROPPED]
    if len(kept) == len(flat):
        return kept
    sources: list[int] = []
    for index, char in enumerate(text):
        sources.extend([index] * len(flatten_sentence_text(char)))
    return sources


def raw_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of ``text`` that flattened characters ``start`` to ``end`` came from."""
    sources = _sources(text)
    if start >= end or end > len(sources):
        return 0, len(text)
    return sources[start], sources[end - 1] + 1


def counts_the_year(flat: str, year: int | None) -> bool:
    """Does a lead say that the report counts from the first day of ``year`` to the last (统计期限自2012年1月1日起至...)?"""
    lead = _COUNTED_FROM.search(flat)
    days = _FULL.match(lead["days"]) if lead else None
    return days is not None and year is not None and str(year) in (days["a"], days["b"])


def _longest(words: Words, flat: str, at: int) -> tuple[str, Word] | None:
    held = words.get(flat[at : at + 2]) or words.get(flat[at : at + 1])
    if held is not None:
        lengths, known = held
        for length in lengths:
            word = flat[at : at + length]
            if word in known:
                return word, known[word]
    return None


def _counted(match: re.Match[str], flat: str, lexicon: Lexicon) -> tuple[Number, int] | None:
    """The number with its unit and where it ends; None where it is no figure (an id, a range, 数百)."""
    number, scale, at = match["n"], match["scale"], match.start()
    before = flat[at - 1 : at]
    if before.isdigit() or before == "第" or (before in _RANGE and flat[at - 2 : at - 1].isdigit()):
        return None
    many = (
        number in ("百", "千", "万") and scale[:1] in ("余", "多") and before not in ("数", "几", "上", "成")
    )
    if (
        before == "〔"
        or (number[0] in "百千万" and not many)
        or (number[0] == "十" and before in ("数", "几"))
    ):
        return None
    if _STRING.fullmatch(number) or len(number) > 12:
        return None
    if number.isdigit() and (len(number) > _MAX_DIGITS or (number[0] == "0" and len(number) > 1)):
        return None
    end = match.end()
    unit = _longest(lexicon.units, flat, end)
    word = _longest(lexicon.words, flat, end) if unit else None
    if unit and word and len(word[0]) > len(unit[0]) and (word[1].value == "join" or word[1].kind == "sub"):
        unit = None  # 87分别为
    if unit is None and match["scale"] and match["scale"][-1] in "余多几" and not number[0].isdigit():
        return None
    value, approx = parse_figure(f"一{number}" if many else number, scale)
    if value is None:
        return None
    name, kind = (unit[0], unit[1].value) if unit else ("", "")
    scaled = "万" in scale and number.isdigit() and len(number) > 3
    return Number(value, approx, name, kind, scaled), end + len(name)


def _digit_token(flat: str, at: int, lexicon: Lexicon) -> Token | None:
    """What begins with a digit: a year, a date, a percentage, a figure."""
    if not _COUNT.match(flat, at):
        if token := _time_token(flat, at):
            return token
    elif (not at or flat[at - 1] in PUNCTUATION) and (found := _BARE_YEAR.match(flat, at)):
        return Token("time", "year", at, found.end(), year=int(found[1]))
    if (found := _NUMBER.match(flat, at)) and (read := _counted(found, flat, lexicon)):
        return _number_token(found[0], at, read)
    return None


def _time_token(flat: str, at: int) -> Token | None:
    """What begins with a digit and counts nothing: the number of an item, a time, a percentage."""
    if (found := _ENUMERATION.match(flat, at)) and (not at or flat[at - 1] in PUNCTUATION):
        return Token("fill", "", at, found.end())
    if (found := _STAMP.match(flat, at) or _CLOCK.match(flat, at)) and not flat[at - 1 : at].isdigit():
        return Token("fill", "", at, found.end())
    if found := _FULL.match(flat, at):
        year = int(found["b"] or found["a"] or 0)
        return Token("time", "full" if found["m"] == "1" else "first", at, found.end(), year=year)
    if found := _YEAR.match(flat, at):
        return Token("time", "year", at, found.end(), year=int(found[1]))
    if (found := _MONTHS.match(flat, at)) and not flat[at - 1 : at].isdigit():
        return Token("time", "full", at, found.end())
    if found := _YEAR_END.match(flat, at):
        return Token("time", "yearend", at, found.end())
    if (found := _PART.match(flat, at)) and not flat[at - 1 : at].isdigit():
        return Token("time", "period", at, found.end())
    if found := _PERCENT.match(flat, at):
        return Token("percent", found[0], at, found.end())
    return None


def _number_token(printed: str, at: int, read: tuple[Number, int]) -> Token:
    number, end = read
    if number.unit.startswith("年") and len(number.unit) > 1:
        return Token("time", "since", at, end)
    return Token("number", printed, at, end, number=number)


_SPECIAL = PUNCTUATION | frozenset(_ITEM_FIRST) | {HIDDEN}
_MORE = re.compile(r"[.,]?\d")
"""What makes a nought the beginning of another number."""
_SKIP = re.compile(r"[\d.,\-~—/]*\d(?:(?::[0-5]\d){1,2}(?!\d))?")


def _special(flat: str, at: int, char: str) -> Token | None:
    """The number of an item, a hidden name, a mark."""
    if char in _ITEM_FIRST and (not at or flat[at - 1] in _BEFORE_ITEM) and (item := _ITEM.match(flat, at)):
        return Token("fill", "", at, item.end())
    if char == HIDDEN:
        end = at + 1
        while flat[end : end + 1] == HIDDEN:
            end += 1
        return Token("name", "", at, end)
    return Token("punct", char, at, at + 1) if char in PUNCTUATION else None


_CLOSING = PUNCTUATION - _ITEM_FIRST
"""Marks that begin nothing else."""
_MARKED = _SPECIAL | frozenset(_CJK) | frozenset("0123456789")
_new = tuple.__new__  # a token for every second character: Token(...) itself takes twice as long


def tokens(flat: str, lexicon: Lexicon, names: Words) -> list[Token]:
    """The tokens of flat text, all of it. ``names`` are the reporting body's own."""
    found: list[Token] = []
    append = found.append
    at, unknown, length = 0, -1, len(flat)
    known_at = lexicon.words.get
    while at < length:
        char, pair, step = flat[at], flat[at : at + 2], 1
        token: Token | None = None
        if char in _CLOSING:
            token = _new(Token, ("punct", char, at, at + 1, "", None, 0))
        elif char in _MARKED or pair in names:
            token = _marked(flat, at, char, lexicon, names)
        elif held := known_at(pair) or known_at(char):
            lengths, known = held
            for size in lengths:
                if word := known.get(flat[at : at + size]):
                    kind, value, topic, is_open = word
                    if kind == "unknown":
                        step = size
                        break
                    token = _new(Token, (kind, value, at, at + size, topic, None, 0))
                    if is_open:
                        token = _word(flat, at, lexicon, names)
                    break
        if token is None and char.isdigit():
            token = _marked(flat, at, char, lexicon, names)
        if token is None:
            if unknown < 0:
                unknown = at
            at += step
            continue
        if unknown >= 0:
            append(_new(Token, ("unknown", flat[unknown:at], unknown, at, "", None, 0)))
            unknown = -1
        append(token)
        at = token.end
    if unknown >= 0:
        append(_new(Token, ("unknown", flat[unknown:], unknown, length, "", None, 0)))
    return found


def _word(flat: str, at: int, lexicon: Lexicon, names: Words) -> Token | None:
    """The longest word that begins here: the body's own first."""
    word = _longest(names, flat, at) or _longest(lexicon.words, flat, at)
    if word and word[0][-1] == "0" and _MORE.match(flat, at + len(word[0])):
        word = _longest(lexicon.words, flat[: at + len(word[0]) - 1], at)  # 为0 is no nil in 为0.59万元
    if not word:
        return None
    surface, (kind, value, topic, _) = word
    end = at + len(surface)
    if value == "zero" and (unit := _longest(lexicon.units, flat, end)):
        end += len(unit[0])
    return Token(kind, value, at, end, topic)


def _marked(flat: str, at: int, char: str, lexicon: Lexicon, names: Words) -> Token | None:
    """What begins with a mark, a digit, a Chinese numeral or the body's own name."""
    if char.isdigit():
        token = _digit_token(flat, at, lexicon) or _word(flat, at, lexicon, names)
        if token is None and (run := _SKIP.match(flat, at)):
            return Token("id", run[0], at, run.end())
        return token
    token = (_special(flat, at, char) if char in _SPECIAL else None) or _word(flat, at, lexicon, names)
    if token is None and char in _CJK and (match := _WORD_NUMBER.match(flat, at)):
        read = _counted(match, flat, lexicon)
        if read and (read[0].unit or _ends(flat, read[1])):
            return _number_token(match[0], at, read)
        if flat[at - 1 : at] == "第":
            return Token("id", match[0], at, match.end())
    return token


def _ends(flat: str, at: int) -> bool:
    return at >= len(flat) or flat[at] in PUNCTUATION


@lru_cache(maxsize=4096)
def tokens_of_heading(flat: str, lexicon: Lexicon) -> Sequence[Token]:
    """The tokens of a heading without a name of the reporting body: most reports have the same headings."""
    return tokens(flat, lexicon, {})


@lru_cache(maxsize=256)
def own_words(names: tuple[str, ...]) -> Words:
    """The reporting body's names as words of its own."""
    return _index([(n, ("body", "own", "")) for n in names if len(n) > 1])
