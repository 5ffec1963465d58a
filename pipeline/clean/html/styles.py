"""What a page's own style sheets and style attributes show: parts that are hidden go, text that they print
is put in.

Only looked at closely where a sheet holds, or a tag's attributes hold, something that may hide or print text.
Sheets of other files are not fetched: what they do to a page is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from selectolax.lexbor import LexborNode

from pipeline.document import UNREAD

MAX_RULES = 200
"""Rules of a page's sheets that are looked at; what is left is told."""
_MOST_PARSED = 20 * MAX_RULES
_MOST_WORK = 500_000_000
"""Elements that all selectors of a page may look at, as ``_work`` counts them: about a second."""
_MAX_NODES = 20_000
_DESKTOP = 1280
"""Pixels that a window is wide, for rules that ask."""
_FAR = 200
"""Pixels off the page from which something is out of sight."""
_NEAR = 60
"""How far two colours may differ, all three channels together, to be one to the eye."""
_INTEREST = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0|line-through|font-size\s*:\s*0"
    r"|(?:left|top|text-indent|margin-left)\s*:\s*-\s*\d{3}|content\s*:|clip(?:-path)?\s*:|scale\(0"
    r"|(?<![-\w])color\s*:\s*(?:#(?:[ef]{3}\b|(?:[ef][0-9a-f]){3})|white|transparent|rgba?\(\s*2[3-5]\d|rgba\([^)]*,\s*0\))",
    re.I,
)
_SHEET = re.compile(r"<style\b([^<>]*)>", re.I)
_SHEET_END = re.compile(r"</style", re.I)
_PRINT = re.compile(r"\bmedia\s*=\s*[\"']?\s*print", re.I)
_PSEUDO = re.compile(r"::?(before|after)\s*$", re.I)
_STATE = re.compile(
    r":(?:hover|active|focus|visited|target|checked|disabled|link|selection|placeholder)|::", re.I
)
_PARTS = re.compile(r"(#[\w-]+)|(\.[\w-]+|\[[^\]]*\]|:(?!:)[\w-]+)|([a-z][\w-]*)", re.I)
_KEPT = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "text-decoration",
        "text-decoration-line",
        "font-size",
        "left",
        "top",
        "text-indent",
        "margin-left",
        "position",
        "color",
        "background",
        "background-color",
        "content",
        "clip",
        "clip-path",
        "transform",
    ]
)
_RUNS = frozenset(
    {
        "span",
        "font",
        "b",
        "i",
        "em",
        "strong",
        "u",
        "label",
        "small",
        "big",
        "a",
        "s",
        "del",
        "sup",
        "sub",
        "ins",
    }
)
_IN_TABLE = frozenset({"td", "th", "tr", "tbody", "thead", "tfoot", "col"})
_CONTENT = re.compile(r"([\"'])(.*?)\1|attr\(\s*([\w-]+)\s*\)|([a-z-]+(?:\([^)]*\))?)", re.I)
_NUMBER = re.compile(r"-?\s*\d*\.?\d+")

Rank = tuple[bool, tuple[int, int, int], int]


class Rule(NamedTuple):
    """A selector with one declaration; ``rank`` orders what is declared twice, the greatest holds."""

    selector: str
    pseudo: str
    name: str
    value: str
    rank: Rank


def _sheets(source: str) -> Iterator[str]:
    """A page's sheets but those for print; one that has no end is none, and is not looked for again and
    again."""
    at = 0
    while (opening := _SHEET.search(source, at)) and (end := _SHEET_END.search(source, opening.end())):
        if not _PRINT.search(opening[1]):
            yield source[opening.end() : end.start()]
        at = end.end()


def rules_of(source: str, *, closely: bool = False) -> list[Rule]:
    """The rules of a page's own sheets, where some of them may hide or print text, or the page itself may
    (``closely``); else none."""
    sheets = list(_sheets(source))
    if not closely and not any(_INTEREST.search(sheet) for sheet in sheets):
        return []
    import tinycss2

    rules: list[Rule] = []
    for sheet in sheets:
        text = sheet.replace("<!--", " ").replace("-->", " ")
        for rule in _style_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)):
            rules += _declared(rule, len(rules))
            if len(rules) > _MOST_PARSED:
                return rules
    return rules


def _work(selector: str, elements: int) -> int:
    """How many elements a selector looks at: all; for each its siblings behind ~, and again to count places."""
    behind, counted = "~" in selector, ":nth" in selector.lower()
    return elements * (elements if behind else 1) * (elements if counted else 1)


def looked_at(rules: list[Rule], elements: int) -> list[Rule]:
    """The rules that a page of so many elements can be asked for within the bounds, in their order."""
    kept: list[Rule] = []
    spent = 0
    for rule in rules[:MAX_RULES]:
        work = _work(rule.selector, elements)
        if spent + work <= _MOST_WORK:
            spent += work
            kept.append(rule)
    return kept


def _style_rules(nodes: list[Any]) -> Iterator[Any]:
    import tinycss2

    for node in nodes:
        kind = getattr(node, "type", "")
        if kind == "qualified-rule":
            yield node
        elif kind == "at-rule" and getattr(node, "lower_at_keyword", "") in ("media", "supports", "layer"):
            query = tinycss2.serialize(node.prelude).lower()
            content = getattr(node, "content", None)
            if content is not None and _applies(query):
                yield from _style_rules(
                    tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True)
                )


def _applies(query: str) -> bool:
    """Whether a media query holds on the screen of a desk."""
    if "print" in query and "screen" not in query and "all" not in query:
        return False
    widest = re.search(r"max-width\s*:\s*(\d+)", query)
    narrowest = re.search(r"min-width\s*:\s*(\d+)", query)
    return not (widest and int(widest[1]) < _DESKTOP) and not (narrowest and int(narrowest[1]) > _DESKTOP)


def _declared(rule: Any, order: int) -> Iterator[Rule]:
    import tinycss2

    content = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
    selectors = tinycss2.serialize(rule.prelude).strip()
    kept = [d for d in content if d.type == "declaration" and d.lower_name in _KEPT]
    if not kept:
        return
    for selector in _split(selectors):
        pseudo = _PSEUDO.search(selector)
        bare = _PSEUDO.sub("", selector).strip() or "*"
        if _STATE.search(bare):
            continue
        for declaration in kept:
            value = tinycss2.serialize(declaration.value).strip()
            rank = (declaration.important, specificity(bare), order)
            yield Rule(bare, pseudo[1].lower() if pseudo else "", declaration.lower_name, value, rank)


def _split(selectors: str) -> list[str]:
    """A list of selectors at its commas outside of brackets."""
    parts, depth, begun = [], 0, 0
    for at, sign in enumerate(selectors):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append(selectors[begun:at].strip())
            begun = at + 1
    return [part for part in (*parts, selectors[begun:].strip()) if part]


def specificity(selector: str) -> tuple[int, int, int]:
    """How many ids, classes and names a selector asks for."""
    found = _PARTS.findall(selector)
    return (
        sum(1 for a, _, _ in found if a),
        sum(1 for _, b, _ in found if b),
        sum(1 for _, _, c in found if c),
    )


Styles = dict[int, tuple[LexborNode, dict[str, tuple[Rank, str]]]]


def apply(body: LexborNode, rules: list[Rule], *, scripted: bool) -> None:
    """Take out of a page what its styles (``looked_at``) do not show, and put in what they print before or after an
    element.

    Whole parts of a page outside of tables that a sheet never displays stay where the page has scripts
    (``scripted``): one may show them.
    """
    styles: Styles = {}
    printed: dict[int, tuple[LexborNode, dict[str, Rule]]] = {}
    whole = 0
    for rule in rules:
        try:
            nodes = body.css(rule.selector)
        except Exception:  # lexbor refuses a selector that it does not know
            continue
        for node in nodes[:_MAX_NODES]:
            if rule.pseudo:
                if rule.name == "content" and _cell_of(node) is not None:
                    _, texts = printed.setdefault(node.mem_id, (node, {}))
                    if rule.pseudo not in texts or texts[rule.pseudo].rank <= rule.rank:
                        texts[rule.pseudo] = rule
            else:
                _set(styles, node, rule.name, rule.value, rule.rank)
    inline: Rank = (False, (1 << 20, 0, 0), 0)
    own: set[int] = set()
    for node in body.css("[style],[color],[bgcolor]")[:_MAX_NODES]:
        attributes = node.attributes
        if color := attributes.get("color"):
            _set(styles, node, "color", color, (False, (0, 0, 0), 0))
        if ground := attributes.get("bgcolor"):
            _set(styles, node, "background-color", ground, (False, (0, 0, 0), 0))
        for part in (attributes.get("style") or "").split(";"):
            name, colon, value = part.partition(":")
            if colon and (name := name.strip().lower()) in _KEPT:
                important = "!important" in value.lower()
                own.add(node.mem_id)
                _set(
                    styles,
                    node,
                    name,
                    re.sub(r"(?i)\s*!important", "", value).strip(),
                    (important, *inline[1:]),
                )
    for node, declared in list(styles.values()):
        style = {name: value.lower() for name, (_, value) in declared.items()}
        gone = style.get("display") == "none"
        if not gone and not _is_out_of_sight(style) and not _is_ground_coloured(node, style, styles):
            continue
        small = node.tag in _RUNS or node.tag in _IN_TABLE or _cell_of(node) is not None
        if not small and (whole := whole or _letters(body)) <= 2 * _letters(node):
            continue  # a page that only a script shows
        if small or node.mem_id in own or not scripted:
            if gone or node.tag not in _IN_TABLE:
                node.replace_with("")  # no blank: it may stand inside a figure
            else:
                for cell in [node] if node.tag in ("td", "th") else node.css("td,th"):
                    _empty(cell)
    for node, texts in printed.values():
        _put_in(node, texts)


def _letters(node: LexborNode) -> int:
    return len("".join(node.text(deep=True).split()))


def _empty(cell: LexborNode) -> None:
    while (inner := cell.child) is not None:
        inner.remove()


def _set(styles: Styles, node: LexborNode, name: str, value: str, rank: Rank) -> None:
    _, declared = styles.setdefault(node.mem_id, (node, {}))
    if name not in declared or declared[name][0] <= rank:
        declared[name] = (rank, value)


def _number(value: str) -> float | None:
    found = _NUMBER.match(value)
    return float(found[0].replace(" ", "")) if found else None


def _is_out_of_sight(style: dict[str, str]) -> bool:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        return True
    for name in ("opacity", "font-size"):
        if name in style and _number(style[name]) == 0:
            return True
    away = any((_number(style.get(name, "")) or 0) <= -_FAR for name in ("left", "top"))
    if style.get("position") in ("absolute", "fixed", "relative") and away:
        return True
    if any((_number(style.get(name, "")) or 0) <= -_FAR for name in ("text-indent", "margin-left")):
        return True
    if re.search(
        r"rect\(\s*(?:0\w*[\s,]*){4}\)|inset\(\s*(?:50|100)%",
        style.get("clip", "") + style.get("clip-path", ""),
    ):
        return True
    return "scale(0)" in style.get("transform", "").replace(" ", "")


def _is_ground_coloured(node: LexborNode, style: dict[str, str], styles: Styles) -> bool:
    """Whether text has the colour of what it stands on: that of the first element around it that has one,
    else white."""
    if "color" not in style:
        return False
    ink = colour(style["color"])
    if ink is None:
        return False
    if ink[3] == 0:
        return True
    around: LexborNode | None = node
    while around is not None and around.tag != "html":
        _, declared = styles.get(around.mem_id, (around, {}))
        for name in ("background-color", "background"):
            if name in declared:
                value = declared[name][1].lower()
                if "url(" in value or "gradient" in value:
                    return False
                ground = colour(value)
                if ground is not None and ground[3] > 0:
                    return _apart(ink, ground) < _NEAR
        around = around.parent
    return _apart(ink, (255.0, 255.0, 255.0, 1.0)) < _NEAR


def _apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True))


def colour(value: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue to 255 and alpha to 1 of a colour as style sheets write it, the first in a
    ``background``; None for one that is not known."""
    import tinycss2.color3

    for word in re.findall(r"(?:rgba?|hsla?)\([^)]*\)|[#\w-]+", value):
        found = tinycss2.color3.parse_color(word)
        if found is not None and not isinstance(found, str):
            return found.red * 255, found.green * 255, found.blue * 255, found.alpha
        if re.fullmatch(r"[0-9a-f]{6}", word, re.I):
            return colour("#" + word)
    return None


def _cell_of(node: LexborNode) -> LexborNode | None:
    """The cell of a table that an element is or stands in."""
    around: LexborNode | None = node
    while around is not None and around.tag not in ("td", "th"):
        around = around.parent
    return around


def _put_in(node: LexborNode, printed: dict[str, Rule]) -> None:
    """Put what sheets print before and after an element of a cell into it."""
    before, after = (
        _printed(printed[side].value, node) if side in printed else "" for side in ("before", "after")
    )
    if not any(c.isalnum() or c == UNREAD for c in before + after):
        return
    first = node.child
    if first is None:
        node.insert_child(before + after)
        return
    if before:
        first.insert_before(before)
    if after:
        node.insert_child(after)


def _printed(value: str, node: LexborNode) -> str:
    """The text of a ``content``: strings and attributes; what else there is stands there unread."""
    text = ""
    for _, string, attribute, other in _CONTENT.findall(value):
        if attribute:
            text += node.attributes.get(attribute) or ""
        elif other:
            text += UNREAD if other.lower().startswith(("counter", "url", "image")) else ""
        else:
            text += UNREAD if "\\" in string else string
    return text
