"""Traditional characters as simplified ones, one for one, so that positions stay: for comparing only."""

from __future__ import annotations

import re
from importlib.resources import files

_TODAY = frozenset("乾於磑濛氾洩篢塚鴜")
"""Signs of the table that names of places carry in simplified text too (乾县, 於潜镇): never turned."""
_GB2312_TURNED = frozenset("後徵夥麽")
"""Signs that the simplified standard holds as well, and that only traditional text uses."""
_IN_WORDS = (("覆", "复", "答回批"), ("於", "于", "属由关对至位基等低高少大过截限止现"))
"""(sign, simplified sign, signs before it) of what is turned within words alone: 答覆, 屬於."""
_WORDS = (("資訊", "信息"),)
"""Words of traditional text for which simplified text has others, of the same length."""


def _simplified_sign(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _read_table() -> dict[str, str]:
    table: dict[str, str] = {}
    path = files("opencc").joinpath("dictionary", "TSCharacters.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        first = new.split(" ")[0]
        if not len(old) == len(first) == 1 or old == first or old in _TODAY:
            continue
        if old in _GB2312_TURNED or not _simplified_sign(old):
            table[old] = first
    return table


SIMPLE = _read_table()
"""Traditional character -> simplified one; what simplified text uses itself is not in it."""
_TURN = str.maketrans(SIMPLE)
_NEAR = "".join(sign for sign in (*SIMPLE, *(old for old, _, _ in _IN_WORDS)) if sign <= "\uffff")
_TURNED = re.compile(f"[{_NEAR}\U00010000-\U0010ffff]")  # signs that lie far apart make a slow class


def simplified(text: str) -> str:
    """The text in simplified characters, of the same length: ``屬於國家秘密`` -> ``属于国家秘密``."""
    if not _TURNED.search(text):
        return text
    for word, usual in _WORDS:
        text = text.replace(word, usual)
    text = text.translate(_TURN)
    for old, new, before in _IN_WORDS:
        if old in text:
            for sign in before:
                text = text.replace(sign + old, sign + new)
    return text
