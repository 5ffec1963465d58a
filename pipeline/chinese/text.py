"""Text in the form in which it is compared: NFKC in simplified characters, with or without its white space.

What a report shows (``raw``, ``title``) is never brought to this form: it is for matching alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from pipeline.chinese.script import SIMPLE, simplified

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_WIDE = {
    chr(code): unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), 0x3000, 0xA0)
}
_WIDE_SIGN = re.compile(f"[{re.escape(''.join(_WIDE))}]")
_LONG = 2_000


def _unusual() -> re.Pattern[str]:
    """One sign that more has to be done about than to narrow it. 覆 and 於 are turned in some words."""
    turned = sorted(ord(sign) for sign in {*SIMPLE, "覆", "於"} if "\u4e00" <= sign <= "\u9fff")
    usual = (
        f"\\u{before + 1:04x}-\\u{sign - 1:04x}"
        for before, sign in pairwise((0x4DFF, *turned, 0xA000))
        if before + 1 < sign
    )
    return re.compile(f"[^\\x00-\\x7f、。《》“”‘’{re.escape(''.join(_WIDE))}{''.join(usual)}]")


_UNUSUAL = _unusual()


def compared(text: str) -> str:
    """The text in NFKC and simplified characters. Where it holds but the usual signs, full-width ones are
    replaced one by one, which is much quicker."""
    if text.isascii():
        return text
    return _compared(text) if len(text) < _LONG else _compared.__wrapped__(text)


@lru_cache(maxsize=2048)
def _compared(text: str) -> str:
    if _UNUSUAL.search(text):
        return simplified(unicodedata.normalize("NFKC", text))
    return _WIDE_SIGN.sub(_narrow, text)


def _narrow(sign: re.Match[str]) -> str:
    return _WIDE[sign[0]]


def squeeze(text: str) -> str:
    """Compared text without white space."""
    return _squeezed(text) if len(text) < _LONG else "".join(compared(text).split())


@lru_cache(maxsize=2048)
def _squeezed(text: str) -> str:
    return "".join(compared(text).split())


def flatten(text: str) -> str:
    """Compared text without white space and signs of no width."""
    return "".join(c for c in compared(text) if not c.isspace() and c not in INVISIBLE)


_SOUNDS = re.compile(r"(?<=[一-鿿])[(（][a-zà-ǜ]{1,6}[)）]")


def without_sounds(text: str) -> str:
    """Text without the sounds that some copied pages print behind characters: 報(bào)告 is 報告."""
    return _SOUNDS.sub("", text) if "(" in text or "（" in text else text
