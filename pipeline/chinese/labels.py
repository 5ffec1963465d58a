"""How a printed label is brought to the form in which labels are compared (NOTES section 12)."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.chinese.numbering import without_number
from pipeline.chinese.units import UNIT_NOTE

_DROP = re.compile(r"[\s\"'“”‘’「」『』《》<>〈〉【】\[\]、,，:：;；.。·…_~*|—–-]+")
_UNIT_NOTE_LAST = re.compile(f"{UNIT_NOTE}$")
_BRACKETS = str.maketrans("", "", "()（）")
_FOLD = str.maketrans({"它": "他"})


@lru_cache(maxsize=65536)
def normalise_label(text: str) -> str:
    """Bring a label to compared form: no white space, quotes, brackets, numbering, 其中, unit notes.

    ``(三)不予公开`` -> ``不予公开``; ``其中：涉及国家秘密`` -> ``涉及国家秘密``; empty text -> empty.
    """
    flat = _UNIT_NOTE_LAST.sub("", without_number(text).rstrip(":"))
    flat = _DROP.sub("", flat).translate(_BRACKETS).translate(_FOLD)
    if len(flat) > 4 and flat.endswith("数"):
        flat = flat[:-1]
    return flat
