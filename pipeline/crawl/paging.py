"""How a list goes on: the further pages of one list, in the styles of the common systems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from pipeline.chinese.titles import plain
from pipeline.crawl.addresses import BadAddress, normalise_url
from pipeline.crawl.frontier import Step

MAX_PAGES = 100
"""A list that says it has more pages than this is followed so far."""

PAGE_PARAMETERS = (
    "page",
    "p",
    "pageIndex",
    "pageNo",
    "pageNum",
    "pageno",
    "pagenum",
    "currentPage",
    "curPage",
    "pageindex",
    "PageIndex",
    "pn",
)

_NEXT = re.compile(r"下一?页|后一?页|下一页[>›»]*|[>›»]{1,2}|next(?:page)?[>›»]*", re.IGNORECASE)
_TRS = re.compile(
    r"createPage(?:HTML|html)?\w*\(\s*['\"]?(\d+)['\"]?\s*,\s*['\"]?(\d+)['\"]?\s*,"
    r"\s*['\"]([\w./-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_TOTAL = re.compile(
    r"(?:countPage|totalPages?|pageCount|page_count|maxPage|pageTotal|allPage)\s*[=:]\s*['\"]?(\d{1,4})"
    r"|共\s*(\d{1,4})\s*页"
)
_NUMBERED = re.compile(r"^(?P<head>.*?[^/\d])(?P<mark>[_-])(?P<number>\d{1,4})(?P<tail>\.[a-z]+)$")
_BARE = re.compile(r"^(?P<head>.*/)(?P<number>\d{1,3})(?P<tail>\.[a-z]+)$")


def next_pages(soup: BeautifulSoup, text: str, url: str) -> Iterator[Step]:
    """Yields the further pages that a list page names or promises.

    Rules, in order: ``next_link`` (a link 下一页), ``page_link`` (links with a number that are spelled like
    the page itself), ``create_page`` (TRS's createPageHTML call), ``page_total`` (a stated count of pages and
    an address whose numbering style is known).
    """
    sure = False
    for link in soup.find_all("a"):
        label = plain(link.get_text() or str(link.get("title") or ""))
        href = str(link.get("href") or "")
        if not href or href.startswith("#") or href.lower().startswith("javascript"):
            href = str(link.get("tagname") or link.get("data-href") or "")
            if not href or href.startswith("["):
                continue
        if _NEXT.fullmatch(label) and _same_list(href, url):
            sure = True
            yield Step(href, "list", "next_link", deeper=False)
        elif re.fullmatch(r"\d{1,3}", label) and _same_list(href, url):
            sure = True
            yield Step(href, "list", "page_link", deeper=False)
    script = _TRS.search(text)
    if script:
        total, name, suffix = int(script.group(1)), script.group(3), script.group(4)
        for number in range(1, min(total, MAX_PAGES)):
            yield Step(f"{name}_{number}.{suffix}", "list", "create_page", deeper=False)
        return
    if not sure:
        total = max((int(a or b) for a, b in _TOTAL.findall(text)), default=0)
        for number in range(2, min(total, MAX_PAGES) + 1):
            address = page_address(url, number)
            if address is not None:
                yield Step(address, "list", "page_total", deeper=False)


def page_address(url: str, number: int) -> str | None:
    """Gives the address of page ``number`` (from 1) of the list whose first page is at ``url``.

    ``index.html`` and a folder go on with ``index_1.html`` (page 2), ``index.jhtml`` with ``index_2.jhtml``,
    ``list.shtml`` with ``list_2.shtml``, ``list-1.shtml`` with ``list-2.shtml``, ``page_1.html`` with
    ``page_2.html``, ``1.html`` with ``2.html``, ``?page=1`` with ``?page=2``. Null where ``url`` is not a
    first page of a known style.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for at, (name, value) in enumerate(query):
        if name in PAGE_PARAMETERS and value in ("0", "1"):
            query[at] = (name, str(number - 1 + int(value)))
            return urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    folder, _, name = parts.path.rpartition("/")
    name = name or "index.html"
    stem, dot, suffix = name.rpartition(".")
    new: str | None = None
    numbered = re.fullmatch(r"(.*?)([_-]?)(1)", stem)
    if stem == "index" and suffix in ("html", "htm", "shtml"):
        new = f"index_{number - 1}"
    elif stem == "index" or re.fullmatch(r"\w*list\w*|zfxxgk\w*", stem, re.IGNORECASE):
        new = f"{stem}_{number}"
    elif numbered and (numbered.group(2) or not numbered.group(1)):
        new = f"{numbered.group(1)}{numbered.group(2)}{number}"
    if new is None or not dot:
        return None
    return urlunsplit(parts._replace(path=f"{folder}/{new}.{suffix}", query="", fragment=""))


def _same_list(href: str, url: str) -> bool:
    """A further page of a list differs from it in a number at the end of the name or in a parameter."""
    try:
        there, here = urlsplit(normalise_url(href, url)), urlsplit(normalise_url(url))
    except BadAddress:
        return False
    if there.hostname != here.hostname or there == here:
        return False
    if there.path == here.path:
        return there.query != here.query
    return _list_stem(there.path) == _list_stem(here.path)


def _list_stem(path: str) -> str:
    if path.endswith("/"):
        return path
    numbered = _NUMBERED.match(path)
    if numbered:
        stem = numbered["head"]
    elif bare := _BARE.match(path):
        stem = bare["head"]
    else:
        stem = path.rpartition(".")[0] or path
    return stem.removesuffix("index") if stem.endswith("/index") else stem.rstrip("/") + "/"
