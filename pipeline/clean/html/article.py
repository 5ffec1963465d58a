"""Which element of a page holds the article: the box that the usual systems put it in, else the one that
holds most of the text that is no link; side lists and footers in it go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from pipeline.clean.html.containers import CONTAINERS
from pipeline.clean.html.div_table import draws_table
from pipeline.clean.html.lean import Lean

_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav|side|sidebar|sidelist|aside|foot|footer|menu|crumb|crumbs|breadcrumb|copyright|related|share|"
    r"recommend|rank|toolbar|pagination|pager|search|login|banner|topbar|ewm|qrcode)(?:[-_\s\d]|$)",
    re.I,
)
_FURNITURE_WORDS = ("side", "nav", "menu", "foot", "relat")
_NAMED_FURNITURE = ",".join(
    f'{tag}[{name}*="{word}" i]'
    for tag in ("div", "td", "ul")
    for name in ("class", "id")
    for word in _FURNITURE_WORDS
)
_LITTLE_TEXT = 400
"""Characters: an article with less text than this may be one of pictures."""


def find_article(body: LexborNode, page: Lean) -> tuple[LexborNode, str]:
    """The element that holds the article, and its path for locators."""
    whole = weight_of(body)
    if not whole:
        return body, "body"
    for selector in filter(page.may_match, (*CONTAINERS, "article")):
        node = body.css_first(selector)
        if node is not None and weight_of(node) >= 0.6 * whole and not _tables_left_out(body, node):
            return node, selector
    node, path, held = body, "body", whole
    while True:
        best: LexborNode | None = None
        best_weight = 0
        children = list(_children(node))
        alone = len(children) == 1 and not node.text(deep=False).strip(" \n")
        for child in children:
            if child.tag in ("table", "tbody", "tr", "p"):
                continue
            weight = held if alone else weight_of(child)
            if weight > best_weight:
                best, best_weight = child, weight
        if best is None or best_weight < 0.8 * held or draws_table(best):
            break
        if not alone and _tables_left_out(node, best):
            break
        if not alone and best_weight < _LITTLE_TEXT and _pictures_left_out(node, best):
            break
        node, path, held = best, f"{path}>{best.tag}{_name(best)}", best_weight
    for inner in node.css(_NAMED_FURNITURE) if any(map(page.may_match, _FURNITURE_WORDS)) else ():
        names = f"{inner.attributes.get('class') or ''} {inner.attributes.get('id') or ''}"
        if (
            _FURNITURE.search(names)
            and inner.css_first("table") is not None
            and weight_of(inner) * 4 < weight_of(node)
        ):
            inner.replace_with(" ")
    for child in list(_children(node)):
        names = f"{child.attributes.get('class') or ''} {child.attributes.get('id') or ''}"
        furniture = bool(_FURNITURE.search(names))
        if not furniture and child.css_first("a") is None:
            continue
        total = _length(child)
        weight = weight_of(child)
        linky = (
            total > 40 and weight < 0.35 * total and child.tag != "table" and child.css_first("table") is None
        )
        if (furniture or linky) and weight * 2 < weight_of(node):
            child.decompose()
    return node, path


def _length(*nodes: LexborNode) -> int:
    text = "".join([node.text(deep=True) for node in nodes])
    return len(text) - text.count(" ") - text.count("\n")


def weight_of(node: LexborNode) -> int:
    """Characters of text outside links (white space does not count)."""
    total = _length(node)
    return max(total - _length(*node.css("a")), 0) if total else 0


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _tables_left_out(outer: LexborNode, inner: LexborNode) -> bool:
    """Whether descending would leave out a table that stands beside the text and not in page furniture."""
    tables = outer.css("table")
    inside = {n.mem_id for n in inner.css("table")} if tables else set()
    for table in tables if len(tables) > len(inside) else ():
        if table.mem_id in inside or table.css_first("table") is not None:
            continue
        if len(table.css("td,th")) < 9 or not any(c.isdigit() for c in table.text(deep=True)):
            continue
        parent = table.parent
        while parent is not None and parent.mem_id != outer.mem_id:
            names = f"{parent.attributes.get('class') or ''} {parent.attributes.get('id') or ''}"
            if _FURNITURE.search(names) or parent.mem_id == inner.mem_id:
                break
            parent = parent.parent
        else:
            # an info box (索引号 ...) is a table too: only one with several rows of three or more cells counts
            if sum(1 for row in table.css("tr") if len(row.css("td,th")) >= 3) >= 3:
                return True
    return False


def _pictures_left_out(outer: LexborNode, inner: LexborNode) -> bool:
    """Whether descending would leave out pictures that stand beside the text, neither links nor in page
    furniture."""
    inside = {n.mem_id for n in inner.css("img")}
    for picture in outer.css("img"):
        if picture.mem_id in inside:
            continue
        parent = picture.parent
        while parent is not None and parent.mem_id != outer.mem_id:
            if parent.tag == "a" or _FURNITURE.search(
                f"{parent.attributes.get('class') or ''} {parent.attributes.get('id') or ''}"
            ):
                break
            parent = parent.parent
        else:
            return True
    return False


def _name(node: LexborNode) -> str:
    if ident := node.attributes.get("id"):
        return f"#{ident}"
    names = (node.attributes.get("class") or "").split()
    return f".{names[0]}" if names else ""
