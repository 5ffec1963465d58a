"""The short lines beside an article in its page: readers cut the article out, and its line of facts
(发布日期:...) stays outside."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_MAX_LINE = 240
_MAX_LEVELS = 8
_MAX_BESIDE = 12


def lines_beside(article: LexborNode) -> Iterator[str]:
    """Short texts that stand before the article in its page, nearest first."""
    node: LexborNode | None = article
    for _ in range(_MAX_LEVELS):
        if node is None or node.tag in ("body", "html"):
            return
        beside = node.prev
        for _ in range(_MAX_BESIDE):
            if beside is None:
                break
            if beside.is_element_node:
                text = " ".join(beside.text(deep=True).split())
                if 8 <= len(text) <= _MAX_LINE:
                    yield text
            beside = beside.prev
        node = node.parent
