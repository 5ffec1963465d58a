"""What a fetched page leads to: report links, further pages of the list, attachments of an article.

Every step carries the name of the rule that found it. Nothing is configured per site: each rule is tried on
each page, and a page that no rule fits leads nowhere, which the completeness checks then tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from pipeline.chinese.days import YEAR, day_in
from pipeline.chinese.titles import (
    is_column_name,
    is_cut,
    is_report_title,
    leads_towards_column,
    may_be_report,
    year_of_folder,
    year_of_title,
)
from pipeline.clean.html.containers import CONTAINERS
from pipeline.crawl.addresses import BadAddress, normalise_url
from pipeline.crawl.attached import files_of
from pipeline.crawl.frontier import Step
from pipeline.crawl.paging import next_pages
from pipeline.crawl.portals import is_data, portal_steps, read_data

MAX_TAGS = 80_000
"""Reading costs some 40 microseconds a tag, so this bounds it to seconds; real lists have a tenth of it."""

REPORT_TEXT = 400
"""A page that shows a report has at least so many characters of running text."""

_LONGEST_TITLE = 300
_CONTAINERS = (
    *CONTAINERS,
    ".detail-content",
    ".content-body",
    ".content-text",
    ".j-fontContent",
    "#vsb_content",
    ".v_news_content",
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_SCRIPT_JUMP = re.compile(
    r"""(?:window\.|self\.|top\.|document\.)?location(?:\.href)?\s*=\s*["']([^"'+]+)["']"""
    r"""|location\.replace\(\s*["']([^"']+)["']"""
)
_WAITING = re.compile(
    r"请稍[候等后]|排队|正在(?:跳转|加载|检测|验证)|Just a moment|Checking your browser|Please wait",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:页面|网页|文件|内容|信息|文章|栏目)[^。]{0,6}(?:不存在|已(?:被)?删除|没有找到|未找到|找不到|已下线)"
    r"|(?:没有找到|未找到|找不到)[^。]{0,10}(?:页面|网页|文件|内容|信息)|\b404\b|page not found",
    re.IGNORECASE,
)
"""An error page that its server sends as if all were well."""
_FENCE = re.compile(
    r"安全验证|访问验证|人机|验证码|访问被|拦截|防火墙|禁止访问|访问过于频繁|Access Denied|Forbidden|WAF"
    r"|请开启\s*JavaScript|enable JavaScript",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


class Reading(NamedTuple):
    """What one page says about itself and where it leads.

    ``status``: ``ok`` or why the page is no real one (``empty_page``, ``script_shell``, ``waiting_room``,
    ``fence``, ``too_complex``). ``title`` is the page's own, ``shows_report`` whether the page itself is one,
    ``is_list`` whether it was read as a list. ``reports`` counts the report links.
    """

    status: str
    detail: str
    title: str
    shows_report: bool
    steps: tuple[Step, ...]
    is_list: bool = False

    @property
    def reports(self) -> int:
        """How many steps lead to reports."""
        return sum(step.kind in ("report", "candidate") for step in self.steps)


def read_page(data: bytes, url: str, kind: str, media_type: str = "text/html") -> Reading:
    """Reads a fetched page of ``kind`` (a ``Step``'s, or ``named``) and tells its steps.

    A ``named`` page, one that a person gave, is a report where it shows one, else a list.

    ``data`` are the page's bytes, ``url`` the address that answered, perhaps with the fragment it was asked
    with. HTML, JSON and XML answers of list services are understood; any other media type leads nowhere.
    """
    if not data.strip():
        return Reading("empty_page", "the body is empty", "", False, ())
    text, encoding = decode(data)
    if text.count("<") > MAX_TAGS:
        return Reading("too_complex", f"more than {MAX_TAGS} tags", "", False, ())
    if is_data(text, media_type):
        rows, further = read_data(text, url)
        steps: list[Step] = []
        for row in rows:
            if row.html:
                steps += _row_steps(BeautifulSoup(row.html, "lxml"), url, f"{row.rule}_row")
            else:
                steps += _title_step(row.title[:_LONGEST_TITLE], row.href, row.date, url, f"{row.rule}_row")
        return Reading("ok", "", "", False, _distinct([*steps, *(further if rows else ())], url, encoding))
    if "html" not in media_type and not text.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
        return Reading("ok", "", "", False, ())
    soup = BeautifulSoup(text, "lxml")
    jump = _jump(soup, text, url, kind)
    portal = list(portal_steps(soup, text, url)) if kind not in ("report", "candidate") else []
    # A shell whose rows come from a service that is understood is as good as a page.
    status, detail = ("ok", "") if jump or portal else _nature(soup)
    title = _own_title(soup)
    article = _article(soup)
    shows_report = status == "ok" and is_report_title(title) and _shows_report(article)
    if status != "ok":
        return Reading(status, detail, title, False, ())
    if jump:
        return Reading("ok", "", title, False, _distinct(jump, url, encoding))
    if kind == "named":
        kind = "report" if shows_report else "list"
    steps = []
    listing = list(_row_steps(soup, url, "title_link"))
    if kind in ("report", "candidate"):
        steps += files_of(soup, article)
        if not shows_report and not steps and sum(step.kind == "report" for step in listing) >= 2:
            kind = "list"
    if kind in ("list", "site"):
        steps += listing
        # A report's own page links its neighbours; only a list goes on.
        if kind == "list" or listing:
            steps += next_pages(soup, text, url)
        for found in portal:
            steps += (
                [found]
                if isinstance(found, Step)
                else _row_steps(BeautifulSoup(found.html, "lxml"), url, f"{found.rule}_row")
            )
        steps += _column_steps(soup, url, kind)
        if shows_report:
            steps += files_of(soup, article)
    return Reading("ok", "", title, shows_report, _distinct(steps, url, encoding), kind == "list")


def decode(data: bytes) -> tuple[str, str]:
    """Gives a page's text for finding links, and in which encoding it is written: strict UTF-8, else what
    the page declares, else GB 18030."""
    for name in ("utf-8", *(found.decode("ascii", "ignore") for found in _CHARSET.findall(data[:4096])[:1])):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", "replace"), "gb18030"


def _row_steps(soup: BeautifulSoup, url: str, rule: str) -> Iterator[Step]:
    rows: dict[int, str] = {}
    for link in soup.find_all("a", href=True):
        shown = link.get_text(" ", strip=True)
        title = str(link.get("title") or "").strip()
        if max(len(title), len(shown)) > _LONGEST_TITLE:
            continue
        if not is_report_title(title):
            title = shown if not is_cut(shown) or len(title) < len(shown) else title
        if is_report_title(title) or is_cut(title):
            yield from _title_step(title, str(link["href"]), _row_text(link, rows), url, rule)


def _title_step(title: str, href: str, row: str, url: str, rule: str) -> Iterator[Step]:
    year = year_of_title(title)
    if is_cut(title):
        if may_be_report(title):
            yield Step(href, "candidate", "cut_title", title, year)
    elif is_report_title(title):
        if year is None:
            day = day_in(row)  # reports are published in the year after theirs
            year = day.year - 1 if day else _year_of_address(href)
        yield Step(href, "report", rule, title, year)


def _row_text(link: Tag, rows: dict[int, str]) -> str:
    """The text of the list row that the link stands in; ``rows`` keeps it for the row's other links."""
    row = link.find_parent(["li", "tr", "dd", "p"])
    if row is None:
        return ""
    if id(row) not in rows:
        text = row.get_text(" ", strip=True)
        rows[id(row)] = text if len(text) < 400 else ""
    return rows[id(row)]


def _year_of_address(href: str) -> int | None:
    given = parse_qs(urlsplit(href).query).get("fbtime", [""])[0]
    if re.fullmatch(YEAR, given):
        return int(given)
    found = re.search(rf"/t?({YEAR})[01]\d[0-3]\d_", href)
    return int(found.group(1)) - 1 if found else None


def _column_steps(soup: BeautifulSoup, url: str, kind: str) -> Iterator[Step]:
    host = urlsplit(url).hostname
    for link in soup.find_all("a", href=True):
        text = str(link.get("title") or "") or link.get_text(" ", strip=True)
        href = str(link["href"])
        if year_of_folder(text) is not None and kind == "list" and _is_below(href, url):
            yield Step(href, "list", "year_folder", text, year_of_folder(text))
        elif kind == "site" and is_column_name(text):
            yield Step(href, "list", "column_name", text)
        elif kind == "site" and leads_towards_column(text):
            try:
                if urlsplit(normalise_url(href, url)).hostname == host:
                    yield Step(href, "site", "towards_column", text)
            except BadAddress:
                continue
    for frame in soup.find_all(["iframe", "frame"], src=True):
        source = str(frame["src"])
        if kind in ("list", "site") and re.search(r"nb|ndbg|annual|xxgk|list", source, re.IGNORECASE):
            yield Step(source, "list", "frame")


def _is_below(href: str, url: str) -> bool:
    """A year's folder lies under the list's own folder; a calendar's years lie anywhere."""
    try:
        target, here = urlsplit(normalise_url(href, url)), urlsplit(url)
    except BadAddress:
        return False
    if target.hostname != here.hostname:
        return False
    folder = here.path.rpartition("/")[0].rstrip("/")
    parts = folder.split("/")
    top = (
        "/".join(parts[:-1])
        if re.fullmatch(rf"(?:nb_?|n)?{YEAR}(?:n|nb|niann|nnb|_nd)?", parts[-1])
        else folder
    )
    return bool(top) and target.path.startswith(top + "/")


def _article(soup: BeautifulSoup) -> Tag:
    """The box that holds the article: by the common systems' names, else that with most text in its own
    paragraphs. One walk over the page; CSS selectors cost ten times as much."""
    named: dict[str, Tag] = {}
    for box in soup.find_all(["div", "td", "section", "article", "ucapcontent"]):
        if box.get("id"):
            named.setdefault(f"#{box['id']}", box)
        for name in box.get("class") or ():
            named.setdefault(f".{name}", box)
    for selector in _CONTAINERS:
        if selector in named:
            return named[selector]
    lengths: dict[int, int] = {}
    best: Tag | None = soup.find("article")
    most = 0
    for paragraph in soup.find_all("p") if best is None else ():
        holder = paragraph.parent
        if holder is not None and holder.name in ("div", "td"):
            lengths[id(holder)] = lengths.get(id(holder), 0) + len(paragraph.get_text())
            if lengths[id(holder)] > most:
                best, most = holder, lengths[id(holder)]
    return best or soup.body or soup


def _own_title(soup: BeautifulSoup) -> str:
    candidates = [
        str(meta.get("content") or "") for meta in soup.find_all("meta", attrs={"name": "ArticleTitle"})
    ]
    candidates += [tag.get_text(" ", strip=True) for tag in soup.find_all(["h1", "h2"])[:3]]
    if soup.title is not None:
        candidates += re.split(r"[-_|—]{1,2}", soup.title.get_text(" ", strip=True))
        candidates.append(soup.title.get_text(" ", strip=True))
    candidates = [candidate.strip() for candidate in candidates if candidate.strip()]
    return next(
        (title for title in candidates if is_report_title(title)), candidates[0] if candidates else ""
    )


def _shows_report(article: Tag) -> bool:
    linked = sum(len(link.get_text()) for link in article.find_all("a"))
    text = len(re.sub(r"\s+", "", article.get_text())) - linked
    return text >= REPORT_TEXT or bool(article.find("table") and text >= 100)


def _jump(soup: BeautifulSoup, text: str, url: str, kind: str) -> list[Step]:
    """A page of a few bytes that only sends the reader on."""
    refresh = soup.find("meta", attrs={"http-equiv": re.compile(r"^refresh$", re.IGNORECASE)})
    target = ""
    if refresh is not None:
        found = _REFRESH.search(str(refresh.get("content") or ""))
        target = found.group(1) if found else ""
    elif len(text) < 1500 and len(_visible(soup)) < 40:
        found = _SCRIPT_JUMP.search(text)
        target = (found.group(1) or found.group(2)) if found else ""
    if not target or len(_visible(soup)) > 200:
        return []
    try:
        if normalise_url(target, url) == normalise_url(url):
            return []
    except BadAddress:
        return []
    return [Step(target, kind, "page_jump")]


def _visible(soup: BeautifulSoup) -> str:
    parts = [
        string
        for string in (soup.body or soup).find_all(string=True)
        if string.parent is not None
        and string.parent.name not in ("script", "style", "noscript", "title")
        and type(string).__name__ == "NavigableString"
    ]
    return re.sub(r"\s+", "", "".join(parts))


def _nature(soup: BeautifulSoup) -> tuple[str, str]:
    visible = _visible(soup)
    if len(visible) >= 400:
        return "ok", ""
    whole = (
        visible
        + " "
        + (soup.title.get_text() if soup.title is not None else "")
        + " ".join(tag.get_text() for tag in soup.find_all("noscript"))
    )
    links = soup.find_all("a", href=True)
    if _GONE.search(whole) and not is_report_title(_own_title(soup)):
        return "soft_404", "the server answered 200 and the page says that there is none"
    if len(links) < 5 and _WAITING.search(whole):
        return "waiting_room", "the page asks to wait and shows nothing else"
    if len(links) < 5 and _FENCE.search(whole):
        return "fence", "the page asks for a check or refuses the visitor"
    shows = soup.find(["img", "iframe", "frame", "embed", "object"]) is not None or bool(links)
    data = soup.find("script", attrs={"type": re.compile(r"text/xml|application/json")}) is not None
    if len(visible) < 60 and not shows and not data:
        if soup.find("script") is not None:
            return "script_shell", "the page is a script's shell without content"
        if not visible:
            return "empty_page", "the page shows nothing"
    return "ok", ""


def _distinct(steps: list[Step] | tuple[Step, ...], url: str, encoding: str) -> tuple[Step, ...]:
    """Spells the addresses out, queries in the page's own encoding as browsers send them; the first step to
    an address stays, the page itself is left out."""
    try:
        here = normalise_url(url)
    except BadAddress:
        here = url
    found: dict[str, Step] = {}
    for step in steps:
        address, mark, form = step.url.partition("#form=")
        if re.match(r"(?:javascript|mailto|tel|data):|#", address.strip(), re.IGNORECASE):
            continue
        try:
            spelled = normalise_url(address, url, encoding=encoding)
        except BadAddress:
            continue
        if mark:
            spelled += mark + form
        if spelled != here:
            found.setdefault(spelled, step._replace(url=spelled))
    return tuple(found.values())
