"""How a printed label is brought to the form in which labels are compared (NOTES section 12)."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.chinese.text import nfkc

_DROP = re.compile(r"[\s\"'“”‘’「」『』《》<>〈〉【】\[\]、,，:：;；.。·…_~*|—–-]+")
_NUMBERING = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}[、.．,，](?!\d)|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]|\d{1,2}[、.．](?!\d)"
    r"|[①②③④⑤⑥⑦⑧⑨⑩]|其中[:：]?)+"
)
_UNIT_NOTE = re.compile(
    r"[(（](?:单位[:：]?)?(?:万元|元|件|条|次|个|人|人次|篇|项|件次)[)）]$|[(（]单位[^)）]*[)）]$"
)
_CIRCLED = re.compile("^\\s*[\u2460-\u2473\u2474-\u249b\u2776-\u277f]")
_BRACKETS = str.maketrans("", "", "()（）")
_FOLD = str.maketrans({"它": "他"})


@lru_cache(maxsize=65536)
def normalise_label(text: str) -> str:
    """Bring a label to compared form: NFKC, no white space, quotes, brackets, numbering, 其中, unit notes.

    ``(三)不予公开`` -> ``不予公开``; ``其中：涉及国家秘密`` -> ``涉及国家秘密``; empty text -> empty.
    """
    flat = nfkc(_CIRCLED.sub("", text))
    flat = "".join(flat.split())
    flat = flat.lstrip("-—－*·.、 ")
    for _ in range(3):
        shorter = _NUMBERING.sub("", flat)
        if shorter == flat:
            break
        flat = shorter
    flat = _UNIT_NOTE.sub("", flat.rstrip(":"))
    flat = _DROP.sub("", flat).translate(_BRACKETS).translate(_FOLD)
    if len(flat) > 4 and flat.endswith("数"):
        flat = flat[:-1]
    return flat
