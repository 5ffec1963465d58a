"""A page's source made light before it is parsed: without what no reader here looks at, and with marks where lines end.

Word processors write ten bytes of style for one of text. Comments, scripts, styles and attributes of looks go; block tags get a
line break before them. Where a page's tags are not all well formed, what repairs them needs every quote: then only the line
breaks are put in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_TAG = re.compile(r"(<[a-zA-Z/!?][^>]*>)")
_VALUE = r"(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'=<>`]++)"
_ATTRIBUTE = rf"[\s/]*+([^\s\"'<>/=]++)(?:\s*+=\s*+({_VALUE}))?+"
_WHOLE = re.compile(rf"<(/?)([a-zA-Z][^\s\"'<>/=]*+)((?:{_ATTRIBUTE})*+)([\s/]*+)>")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_DECLARATION = re.compile(r"<[!?](?!-)[^<>]*>")
_BLOCK = re.compile(
    r"</?(?:p|div|li|h[1-6]|ul|ol|dl|dd|dt|section|article|center|blockquote|table|tr|caption|br|hr|form|fieldset)\b", re.I
)
_LOOKED_AT = frozenset({
    "class", "id", "hidden", "colspan", "rowspan", "data-colspan", "href", "title", "src", "alt", "name", "content", "value", "type",
})  # fmt: skip
_HIDES = re.compile(r"display|hidden|mso-hide|font-size:\s?0|&(?!quot;)", re.I)
_RAW = frozenset({"textarea", "xmp", "noembed", "noframes", "plaintext", "script", "style", "svg", "math"})
_OPEN_TITLE = re.compile(r"<title\b[^>]*>[^<]*<(?!/title)", re.I)
_ASIDE = re.compile(r"<(?:!--|[sS](?:cript|CRIPT|tyle|TYLE)\b)")
_ASIDE_ENDS = {name: re.compile(rf"</{name}\b[^>]*>", re.I) for name in ("script", "style")}
_LONG = 600
_BREAK = "\x00"


class Lean(NamedTuple):
    """A page's source, ready to parse: ``names`` are those of its tags in small letters (None: not sure); ``hides`` says whether
    some tag's style or attribute may hide what it holds."""

    text: str
    names: frozenset[str] | None
    hides: bool

    def may_hold(self, *names: str) -> bool:
        """Whether the page can have an element of one of these names."""
        return self.names is None or not self.names.isdisjoint(names)


class _Tag(NamedTuple):
    """A tag as written (``broken``) and with what is looked at alone (``lean``); no name: no well-formed tag."""

    broken: str
    lean: str
    name: str
    hides: bool


def lean(source: str) -> Lean:
    """Make a page's source light. What the parser makes of its text and of the attributes that are looked at is the same."""
    if _BREAK in source:
        source = source.replace(_BREAK, "")
    pieces = _TAG.split(_without_asides(source))
    seen = _Seen()
    tags = pieces[1::2]
    pieces[1::2] = map(seen.__getitem__, tags)
    text = "".join(pieces)
    names: frozenset[str] | None = frozenset(tag.name for tag in seen.tags)
    if not names or "" in names or names & _RAW or _OPEN_TITLE.search(text):
        names = None
        seen.update((written, tag.broken) for written, tag in zip(list(seen), seen.tags, strict=True))
        pieces[1::2] = map(seen.__getitem__, tags)
        text = "".join(pieces)
    for mark, instead in (("\r", " "), ("\n", " "), ("\ue000", ""), ("\ue001", ""), (_BREAK, "\n")):
        if mark in text:
            text = text.replace(mark, instead)
    return Lean(text, names, any(tag.hides for tag in seen.tags))


class _Seen(dict[str, str]):
    """What stands for each different tag of a page; ``tags`` holds them in the order of the keys."""

    def __init__(self) -> None:
        self.tags: list[_Tag] = []

    def __missing__(self, written: str) -> str:
        tag = _known(written) if len(written) < _LONG else _read(written)
        self.tags.append(tag)
        self[written] = tag.lean
        return tag.lean


def _read(written: str) -> _Tag:
    mark = _BREAK if _BLOCK.match(written) else ""
    whole = _WHOLE.fullmatch(written)
    if whole is None:
        name = "!" if _DECLARATION.fullmatch(written) else ""
        return _Tag(mark + written, mark + written, name, bool(_HIDES.search(written)))
    end, name, attributes = whole[1], whole[2], whole[3]
    slash = " /" if "/" in whole[6] else ""
    values: dict[str, re.Match[str]] = {}
    for found in _ATTRIBUTES.finditer(attributes):
        values.setdefault(found[1].lower(), found)  # of an attribute written twice the first holds
    hiding = {key for key, found in values.items() if key == "hidden" or (key == "style" and _HIDES.search(found[2] or ""))}
    kept = "".join(f" {found[0].strip()}" for key, found in values.items() if key in _LOOKED_AT or key in hiding)
    return _Tag(mark + written, f"{mark}<{end}{name}{kept}{slash}>", name.lower(), bool(hiding))


_known = lru_cache(maxsize=8192)(_read)


def _without_asides(source: str) -> str:
    """The page without its comments, scripts and styles; what is not closed stays for the parser to judge."""
    out: list[str] = []
    at = 0
    while opening := _ASIDE.search(source, at):
        start = opening.start()
        if opening[0] == "<!--":
            end = source.find("-->", start + 2) + 3  # <!--> is a whole comment too
            end = end if end > 2 else -1
        else:
            closed = _ASIDE_ENDS[opening[0][1:].lower()].search(source, start)
            end = closed.end() if closed else -1
        if end <= 0:
            break
        out.append(source[at:start])
        at = end
    if not out:
        return source
    out.append(source[at:])
    return "".join(out)
