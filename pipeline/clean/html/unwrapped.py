"""Parts of a page's source that a browser shows in another way than its tags say: kept line breaks, articles
in wrappers."""

from __future__ import annotations

import re
from html import unescape

_PRE = re.compile(r"<pre\b[^>]*>(.*?)(?:</pre\s*>|$)", re.I | re.S)
_BREAKS = re.compile(r"\r\n|\r|\n")
_TEXTAREA = re.compile(r"<textarea\b[^>]*>(.*?)(?:</textarea\s*>|$)", re.I | re.S)
_SRCDOC = re.compile(
    r"<iframe\b[^>]*?\bsrcdoc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*>(?:.*?</iframe\s*>)?", re.I | re.S
)
_MARKUP = re.compile(r"<(?:table|p|div|br)\b", re.I)
_ARTICLE = 200
_WORDS = ("<pre", "<PRE", "<textarea", "<TEXTAREA", "srcdoc")


def unwrapped(source: str) -> str:
    """The source with line breaks of ``pre`` as tags, and with the article taken out of a ``textarea`` or a
    frame's ``srcdoc`` where the rest of the page has no table."""
    if not any(word in source for word in _WORDS):
        return source
    source = _SRCDOC.sub(lambda m: f"<div>{unescape(m[1] or m[2] or '')}</div>", source)
    inner = max(_TEXTAREA.findall(source), key=len, default="")
    markup = inner if _MARKUP.search(inner) else unescape(inner)
    if (
        len(markup) > _ARTICLE
        and _MARKUP.search(markup)
        and "<table" not in source.replace(inner, "", 1).lower()
    ):
        source = _TEXTAREA.sub(lambda m: f"<div>{markup}</div>" if m[1] == inner else m[0], source)
    return _PRE.sub(lambda m: f"<div>{_BREAKS.sub('<br>', m[1])}</div>", source)
