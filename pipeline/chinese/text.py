"""Text in the form in which it is compared: NFKC, with or without its white space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WIDE = {
    chr(code): unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), 0x3000, 0xA0)
}
_WIDE_SIGN = re.compile(f"[{re.escape(''.join(_WIDE))}]")
_UNUSUAL = re.compile(f"[^\x00-\x7f\u4e00-\u9fff、。《》“”‘’{re.escape(''.join(_WIDE))}]")
_LONG = 2_000


def nfkc(text: str) -> str:
    """The text in NFKC. Where it holds but the usual signs, full-width ones are replaced one by one, which is
    much quicker."""
    if text.isascii():
        return text
    if _UNUSUAL.search(text):
        return unicodedata.normalize("NFKC", text)
    return _WIDE_SIGN.sub(_narrow, text)


def _narrow(sign: re.Match[str]) -> str:
    return _WIDE[sign[0]]


def squeeze(text: str) -> str:
    """NFKC text without white space."""
    return _squeezed(text) if len(text) < _LONG else "".join(nfkc(text).split())


@lru_cache(maxsize=2048)
def _squeezed(text: str) -> str:
    return "".join(nfkc(text).split())
