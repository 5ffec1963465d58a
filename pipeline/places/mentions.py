"""Finds the places that running text names, without reading the whole registry against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.places.registry import Registry

TEXT_LIMIT = 6000
_ENDING = re.compile(r"[省市州盟县区旗]")
_AFTER_SHORT_NAME = re.compile(r"(?:人民政府|政府|县委|委|政办|办|政务|各|辖|$|[,，。;；、:：\s《(])")
_SELF = re.compile(r"(?:我|本|全)(省|自治区|市|州|盟|县|区|旗|镇|乡|街道|局|委|厅|办|处|机关|单位|中心)")
_PHONE = re.compile(r"(?<!\d)0(?:10|2\d|[3-9]\d{2})(?=[-—－–)）]?\d{7,8}(?!\d))")
_DASHES = str.maketrans("－—–―─", "-----")


@dataclass(frozen=True, slots=True)
class Mentions:
    """``names``: full names of known places with their counts; ``self_words``: 县 for 我县, 本县, 全县, and so
    on, with counts; ``phones``: telephone area codes with counts."""

    names: Counter[str]
    self_words: Counter[str]
    phones: Counter[str]


def find_mentions(texts: Iterable[str], registry: Registry) -> Mentions:
    """Looks through at most ``TEXT_LIMIT`` characters of the texts, in the order given."""
    parts: list[str] = []
    left = TEXT_LIMIT
    for text in texts:
        if left <= 0:
            break
        parts.append(text[:left])
        left -= len(text)
    whole = "\n".join(parts)
    names = (_name_ending_at(whole, m.end(), registry) for m in _ENDING.finditer(whole))
    return Mentions(
        Counter(n for n in names if n),
        Counter(_SELF.findall(whole)),
        Counter(_PHONE.findall(whole.translate(_DASHES))),
    )


def _name_ending_at(text: str, end: int, registry: Registry) -> str:
    """The longest known name that ends here; a two-sign name (和县, 城区) needs a sign that it is one."""
    for size in registry.name_sizes.get(text[max(end - 2, 0) : end], ()):
        name = text[max(end - size, 0) : end]
        if not registry.by_name(name):
            continue
        if size == 2:
            before = text[end - 3 : end - 2] if end >= 3 else ""
            if before in (
                "市",
                "区",
                "州",
                "县",
                "乡",
                "各",
                "全",
                "城",
                "主",
            ) or not _AFTER_SHORT_NAME.match(text[end : end + 4]):
                return ""
        if text[end : end + 1] in ("镇", "乡") or text[end : end + 2] in ("街道", "场监"):
            return ""
        return name
    return ""
