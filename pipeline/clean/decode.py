"""Bytes to text: strict utf-8, then strict gb18030, then what the page declares or a detector says; the step
is recorded."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.I)
_BIG5 = frozenset({"big5", "big5-hkscs", "cp950"})


_USUAL = re.compile("[的一是不在有人年政府公月日上中大工作本]")


class Decoded(NamedTuple):
    """``replaced`` counts the characters that could not be decoded (U+FFFD)."""

    text: str
    encoding: str
    step: str
    replaced: int


def decode(data: bytes) -> Decoded:
    """Decode a file's bytes. Never raises: what cannot be decoded becomes U+FFFD and is counted."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, errors="replace")
            return Decoded(text, name.replace("-sig", ""), "bom", text.count("�"))
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "strict", 0)
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(data[:4096])
    declared = found.group(1).decode("ascii").lower() if found else ""
    if declared in _BIG5:  # nearly every Big5 text is also valid gb18030, as other characters
        try:
            return Decoded(data.decode(declared), declared, "declared", 0)
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and not declared and (other := _big5(data)) and _usual(other) > 3 * _usual(text):
        return Decoded(other, "big5", "detected", 0)
    if text:
        return Decoded(text, "gb18030", "strict", 0)
    # a text that is utf-8 or gb18030 but for a few damaged bytes: the one that loses less
    tries = [(data.decode(name, errors="replace"), name) for name in ("utf-8", "gb18030")]
    text, name = min(tries, key=lambda pair: pair[0].count("�"))
    damaged = text.count("�")
    if damaged * 200 <= len(text):
        return Decoded(text, name, "damaged", damaged)
    import chardet

    guess = str(chardet.detect(data[:200_000]).get("encoding") or "utf-8")
    try:
        text = data.decode(guess, errors="replace")
    except LookupError:
        guess, text = "utf-8", data.decode("utf-8", errors="replace")
    return Decoded(text, guess.lower(), "detected", text.count("�"))


def _big5(data: bytes) -> str:
    try:
        return data.decode("big5-hkscs")
    except UnicodeDecodeError:
        return ""


def _usual(text: str) -> int:
    """How many of the commonest characters of Chinese, alike in both scripts, a text holds."""
    return len(_USUAL.findall(text[:20_000]))
