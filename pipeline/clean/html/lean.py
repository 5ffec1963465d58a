"""A page's source made light before it is parsed: without what no reader here looks at, and with marks where
lines end.

Word processors write ten bytes of style for one of text. Comments, scripts, styles and attributes of looks
go; block tags get a line break before them. Where a page's tags are not all well formed, what repairs them
needs every quote: then only the line breaks are put in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_TAG = re.compile(rb"(<[a-zA-Z/!?][^>]*>)")
_NO_BRACKET = bytes(c for c in range(256) if c not in b"<>")
_VALUE = rb"(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'=<>`]++)"
_ATTRIBUTE = rb"[\s/]*+([^\s\"'<>/=]++)(?:\s*+=\s*+(" + _VALUE + rb"))?+"
_WHOLE = re.compile(rb"(/?)([a-zA-Z][^\s\"'<>/=]*+)((?:" + _ATTRIBUTE + rb")*+)([\s/]*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_DECLARATION = re.compile(rb"[!?](?!-)[^<>]*")
_BLOCK = re.compile(
    rb"/?(?:p|div|li|h[1-6]|ul|ol|dl|dd|dt|section|article|center|blockquote|table|tr|caption|br|hr|form|fieldset)\b",
    re.I,
)
_LOOKED_AT = frozenset({
    b"class", b"id", b"hidden", b"colspan", b"rowspan", b"data-colspan", b"href", b"title", b"src", b"alt", b"name", b"content",
    b"value", b"type", b"start", b"selected",
})  # fmt: skip
_HIDES = re.compile(rb"display|hidden|mso-hide|line-through|:\s?super|font-size:\s?0|&(?!quot;)", re.I)
_LOOKS = re.compile(
    rb"opacity\s*:\s*0?\.?0(?![.\d]*[1-9])|(?:left|top|text-indent|margin-left)\s*:\s*-\s*\d{3}|clip(?:-path)?\s*:|scale\(\s*0"
    rb"|(?:^|[^-\w])color\s*[:=]\s*[\"']?\s*(?:#?(?:[ef][0-9a-f]){3}|#[ef]{3}\b|white|transparent|rgba?\(\s*2[3-5]\d)",
    re.I,
)
_RAW = frozenset({"textarea", "xmp", "noembed", "noframes", "plaintext", "script", "style", "svg", "math"})
_OPEN_TITLE = re.compile(rb"<title\b[^<>]*+>[^<]*+<(?!/title)", re.I)
_ASIDE = re.compile(rb"<(?:!--|[sS](?:cript|CRIPT|tyle|TYLE)\b)")
_ASIDE_ENDS = {name: re.compile(rb"</" + name + rb"\b[^>]*>", re.I) for name in (b"script", b"style")}
_LONG = 600
_BREAK = b"\x00"
_MARKS = ("\ue000".encode(), "\ue001".encode())
_LINES = bytes.maketrans(b"\r\n" + _BREAK, b"  \n")


class Lean(NamedTuple):
    """A page's source, ready to parse: ``names`` are those of its tags in small letters (None: not sure);
    ``hides`` says whether some tag's style or attribute may hide what it holds. ``tags`` are its different
    tags in small letters, one after another."""

    text: bytes
    names: frozenset[str] | None
    hides: bool
    tags: bytes
    looks: bool
    """Whether some tag's looks may hide what it holds, which only all of its attributes can tell."""

    def may_hold(self, *names: str) -> bool:
        """Whether the page can have an element of one of these names."""
        if self.names is None:
            return any(f"<{name}".encode() in self.tags for name in names)
        return not self.names.isdisjoint(names)

    def may_match(self, selector: str) -> bool:
        """Whether the page can have an element of this name, ``.class`` or ``#id``."""
        return selector.lstrip(".#").lower().encode() in self.tags


class _Tag(NamedTuple):
    """A tag as written (``broken``) and with what is looked at alone (``lean``); no name: no well-formed
    tag."""

    broken: bytes
    lean: bytes
    name: str
    hides: bool
    looks: bool = False


def lean(source: bytes, *, whole: bool = False) -> Lean:
    """Make a page's source (UTF-8) light. What the parser makes of its text and of the attributes that are
    looked at is the same; ``whole`` keeps all attributes."""
    pieces = _cut(_without_asides(source.replace(_BREAK, b"")))
    written = pieces[1::2]
    different = {tag: _known(tag) if len(tag) < _LONG else _read(tag) for tag in set(written)}
    instead_of = {tag: read.broken if whole else read.lean for tag, read in different.items()}
    names: frozenset[str] | None = frozenset([read.name for read in different.values()])
    pieces[1::2] = map(instead_of.__getitem__, written)
    text = b"".join(pieces)
    if not names or "" in names or names & _RAW or _OPEN_TITLE.search(text):
        names = None
        instead_of = {tag: read.broken for tag, read in different.items()}
        pieces[1::2] = map(instead_of.__getitem__, written)
        text = b"".join(pieces)
    for mark in _MARKS:
        text = text.replace(mark, b"")
    return Lean(
        text.translate(_LINES),
        names,
        any(read.hides for read in different.values()),
        b"".join(instead_of.values()).lower(),
        any(read.looks for read in different.values()),
    )


def _cut(source: bytes) -> list[bytes]:
    """Text and what stands within tags' brackets by turns."""
    brackets = source.translate(None, _NO_BRACKET)
    if brackets == b"<>" * (len(brackets) // 2):  # no bracket stands alone: twice as quick
        return source.replace(b">", b"<").split(b"<")
    end = source.rfind(b">") + 1  # what opens behind it would be looked for an end again and again
    pieces = _TAG.split(source[:end])
    pieces[-1] += source[end:]
    pieces[1::2] = [tag[1:-1] for tag in pieces[1::2]]
    return pieces


def _read(written: bytes) -> _Tag:
    """A tag from what stands within its brackets."""
    mark = _BREAK if _BLOCK.match(written) else b""
    broken = b"%b<%b>" % (mark, written)
    whole = _WHOLE.fullmatch(written)
    if whole is None:
        return _Tag(
            broken, broken, "!" if _DECLARATION.fullmatch(written) else "", bool(_HIDES.search(written))
        )
    end, name, attributes = whole[1], whole[2], whole[3]
    slash = b" /" if b"/" in whole[6] else b""
    values: dict[bytes, re.Match[bytes]] = {}
    for found in _ATTRIBUTES.finditer(attributes):
        values.setdefault(found[1].lower(), found)  # of an attribute written twice the first holds
    hiding = {
        key
        for key, found in values.items()
        if key == b"hidden" or (key == b"style" and _HIDES.search(found[2] or b""))
    }
    kept = b"".join(
        b" " + found[0].strip() for key, found in values.items() if key in _LOOKED_AT or key in hiding
    )
    short = b"%b<%b%b%b%b>" % (mark, end, name, kept, slash)
    looks = _LOOKS.search(attributes) is not None
    return _Tag(broken, short, name.lower().decode(errors="replace"), bool(hiding), looks)


_known = lru_cache(maxsize=8192)(_read)


def _without_asides(source: bytes) -> bytes:
    """The page without its comments, scripts and styles; what is not closed stays for the parser to judge."""
    out: list[bytes] = []
    at = 0
    while opening := _ASIDE.search(source, at):
        start = opening.start()
        if opening[0] == b"<!--":
            end = source.find(b"-->", start + 2) + 3  # <!--> is a whole comment too
            end = end if end > 2 else -1
        else:
            closed = _ASIDE_ENDS[opening[0][1:].lower()].search(source, start)
            end = closed.end() if closed else -1
        if end <= 0:
            break
        out.append(source[at:start])
        at = end
    out.append(source[at:])
    return b"".join(out)
