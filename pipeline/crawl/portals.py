"""List services of the common portal systems: rows that do not stand in the page's own links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from pipeline.crawl.frontier import Step
from pipeline.crawl.paging import MAX_PAGES, PAGE_PARAMETERS

MAX_ROWS = 6000
"""Rows of one answer that are read; no portal gives so many at once."""

_HREF = re.compile(r"href\s*=\s*[\"']([^\"']+)[\"']")
_DATA_PROXY = re.compile(r"[\"']([^\"']*dataproxy\.jsp[^\"']*)[\"']")
_TOTAL_RECORD = re.compile(
    r"totalRecord\s*[=:]\s*['\"]?(\d+)|<totalrecord>(\d+)</totalrecord>", re.IGNORECASE
)
_PER_PAGE = re.compile(r"perPage\s*[=:]\s*['\"]?(\d+)", re.IGNORECASE)
_GKMLPT_SID = re.compile(r"\bSID\s*[:=]\s*['\"]?(\w+)")
_GKMLPT_COLUMN = re.compile(r"/gkmlpt/\w+/?$")

_TITLE_KEYS = ("title", "docTitle", "doctitle", "name", "subject", "infoTitle", "articleTitle", "bt", "TITLE")
_URL_KEYS = (
    "url",
    "link",
    "href",
    "docUrl",
    "docPubUrl",
    "docpuburl",
    "pubUrl",
    "infoUrl",
    "linkUrl",
    "htmlUrl",
    "URL",
)
_DATE_KEYS = (
    "publish_time",
    "date",
    "pubDate",
    "publishTime",
    "created_at",
    "docRelTime",
    "fbsj",
    "display_publish_time",
)


class Row(NamedTuple):
    """A row of a list service: a piece of HTML, or title, address and date."""

    rule: str
    html: str = ""
    title: str = ""
    href: str = ""
    date: str = ""


def is_data(text: str, media_type: str) -> bool:
    """Tells whether an answer is a list service's data rather than a page."""
    head = text.lstrip("\ufeff \t\r\n")[:200]
    if "json" in media_type or head[:1] in ("{", "["):
        return True
    return "<datastore" in head or "<recordset" in head or ("<?xml" in head and "<record>" in text[:5000])


def read_data(text: str, url: str) -> tuple[list[Row], list[Step]]:
    """Reads a list service's answer: its rows, and the steps to its further pages."""
    if "<record>" in text:
        rows = [Row("dataproxy", html=record) for record in _parts(text, "record")]
        return rows, list(_next_group(text, url))
    try:
        value = json.loads(_without_callback(text))
    except (ValueError, RecursionError):
        return [], []
    rows = list(islice(_json_rows(value, 0), MAX_ROWS))
    further = (
        [Step(address, "list", "json_page", deeper=False) for address in _counted_on(url)] if rows else []
    )
    return rows, further


def portal_steps(soup: BeautifulSoup, text: str, url: str) -> Iterator[Row | Step]:
    """Yields the rows that a column page carries in a script, and the services it calls for its rows.

    ``dataproxy``: Hanweb's ``<datastore>`` in a ``text/xml`` script and its dataproxy.jsp. ``gkmlpt``: the
    Guangdong platform's JSON service, the column being the address's fragment.
    """
    for record in _parts(text, "record"):
        yield Row("dataproxy", html=record)
    yield from _next_group(text, url)
    yield from _data_proxy(text, url)
    yield from _gkmlpt(text, url)


def _parts(text: str, name: str) -> list[str]:
    """What stands between ``<name>`` and ``</name>``, out of its CDATA. By cutting, not by a pattern: a page
    of opening tags alone would keep a pattern busy for hours."""
    parts = []
    for piece in text.split(f"<{name}>")[1 : MAX_ROWS + 1]:
        body, end, _ = piece.partition(f"</{name}>")
        if end:
            parts.append(body.strip().removeprefix("<![CDATA[").removesuffix("]]>"))
    return parts


def _next_group(text: str, url: str) -> Iterator[Step]:
    for group in _parts(text, "nextgroup"):
        for href in _HREF.findall(group[:5000])[:1]:
            yield Step(urljoin(url, href.replace("&amp;", "&")), "list", "dataproxy_group", deeper=False)


def _data_proxy(text: str, url: str) -> Iterator[Step]:
    if "<nextgroup>" in text:
        return
    found = _DATA_PROXY.search(text)
    total = max((int(a or b) for a, b in _TOTAL_RECORD.findall(text)), default=0)
    if found is None or not total:
        return
    shown = len(_parts(text, "record"))
    service = urlsplit(urljoin(url, found.group(1).replace("&amp;", "&")))
    form = [
        (name, value)
        for name, value in parse_qsl(service.query, keep_blank_values=True)
        if name not in ("page", "startrecord", "endrecord", "perpage")
    ]
    per_page = int(found.group(1)) if (found := _PER_PAGE.search(text)) else 20
    step = max(per_page, 1) * 3  # a group of pages, as the portal's own script asks for
    for start in list(range(shown + 1, total + 1, step))[:MAX_PAGES]:
        place = urlencode(
            {"startrecord": start, "endrecord": min(start + step - 1, total), "perpage": per_page}
        )
        address = urlunsplit(service._replace(query=place, fragment=""))
        yield Step(f"{address}#form={urlencode(form)}", "list", "dataproxy_post", deeper=False)


def _gkmlpt(text: str, url: str) -> Iterator[Step]:
    parts = urlsplit(url)
    sid = _GKMLPT_SID.search(text)
    column = re.match(r"\d+", parts.fragment)
    if sid and column and _GKMLPT_COLUMN.search(parts.path):
        head = parts.path[: parts.path.index("/gkmlpt/")]
        address = f"{parts.scheme}://{parts.netloc}{head}/gkmlpt/api/all/{column.group()}"
        yield Step(f"{address}?page=1&sid={sid.group(1)}", "list", "gkmlpt_api", deeper=False)


def _without_callback(text: str) -> str:
    wrapped = re.fullmatch(r"\s*[\w.$]+\s*\((.*)\)\s*;?\s*", text, re.DOTALL)
    return wrapped.group(1) if wrapped else text.lstrip("\ufeff")


def _json_rows(value: Any, depth: int) -> Iterator[Row]:
    if depth > 12:
        return
    if isinstance(value, list):
        for item in value:
            yield from _json_rows(item, depth + 1)
    elif isinstance(value, dict):
        title = _first_text(value, _TITLE_KEYS)
        href = _first_text(value, _URL_KEYS)
        if title and href:
            plain_title = BeautifulSoup(title, "lxml").get_text() if "<" in title else title
            yield Row("json", title=plain_title, href=href, date=_first_text(value, _DATE_KEYS))
        else:
            for item in value.values():
                yield from _json_rows(item, depth + 1)
    elif isinstance(value, str) and "<a " in value:
        yield Row("json", html=value)


def _first_text(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if isinstance(text := value.get(key), str) and text.strip()), "")


def _counted_on(url: str) -> Iterator[str]:
    """The same service's next page, where the address names a page."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for at, (name, value) in enumerate(query):
        if name in PAGE_PARAMETERS and value.isascii() and value.isdigit() and int(value) < MAX_PAGES:
            query[at] = (name, str(int(value) + 1))
            yield urlunsplit(parts._replace(query=urlencode(query), fragment=""))
            return
