"""The files and pictures that belong to an article, as its page names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from pipeline.chinese.titles import is_report_title
from pipeline.clean.formats import endings
from pipeline.crawl.frontier import Step

ATTACHMENTS = endings("file", "archive")
PICTURES = endings("picture")
_DECORATION = re.compile(
    r"icon|logo|qr|erweima|ewm|share|weixin|wechat|weibo|print|banner|button|btn|arrow"
    r"|close|file_?type|fileTypeImages",
    re.IGNORECASE,
)


def files_of(soup: BeautifulSoup, article: Tag) -> Iterator[Step]:
    """The files and pictures that belong to a page's article: linked in it or by a report's title, framed,
    shown."""
    inside = {id(link) for link in article.find_all("a", href=True)}
    for link in soup.find_all("a", href=True):
        href, text = str(link["href"]), link.get_text(" ", strip=True)
        if not _names_file(href, text):
            continue
        if id(link) in inside or is_report_title(text) or re.match(r"附件", text):
            yield Step(href, "attachment", "attachment", text)
    for frame in soup.find_all(["iframe", "embed", "object"]):
        if file := _framed_file(str(frame.get("src") or frame.get("data") or "")):
            yield Step(file, "attachment", "attachment")
    for picture in article.find_all("img"):
        source = str(picture.get("src") or picture.get("data-src") or picture.get("oldsrc") or "")
        if source.startswith("data:") or not source or _DECORATION.search(source.rpartition("/")[2]):
            continue
        if urlsplit(source).path.lower().endswith(PICTURES) and not _is_small(picture):
            yield Step(source, "attachment", "picture", str(picture.get("alt") or ""))


def _framed_file(source: str) -> str:
    """The file that a frame shows, itself or by a viewer (viewer.html?file=/a/2023.pdf); "" where it shows
    none."""
    parts = urlsplit(source.strip())
    shown = [parts.path, *(value for values in parse_qs(parts.query).values() for value in values)]
    named = [n for n, value in enumerate(shown) if value.strip().lower().endswith(ATTACHMENTS)]
    return "" if not named else source if named[0] == 0 else shown[named[0]]


def _names_file(href: str, text: str) -> bool:
    parts = urlsplit(href.strip())
    values = [value for values in parse_qs(parts.query).values() for value in values]
    return any(name.strip().lower().endswith(ATTACHMENTS) for name in (parts.path, text, *values))


def _is_small(picture: Tag) -> bool:
    for name in ("width", "height"):
        size = re.match(r"\d+", str(picture.get(name) or ""))
        if size and int(size.group()) < 80:
            return True
    return False
