"""The demo corpus as a small website, so that a crawl can be shown from a portal on loopback.

List pages in the commonest system's style (``index.html``, ``index_1.html`` is page two, 下一页 and numbers,
titles cut with the whole title in ``title``), news that is no report among the links, and the articles
under the file names of the corpus, byte for byte.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zlib
from html import escape

from tools.demo.bodies import Body, iter_bodies
from tools.demo.corpus import DEMO_YEARS, iter_pages
from tools.demo.truth import ReportTruth

ROOT = "/zwgk/zfxxgknb"
_HTML, _TEXT = "text/html", "text/plain"
_NEWS = (
    "{place}举办政府信息公开业务培训班", "关于征集{place}政务公开监督员的通知", "{place}政务新媒体改版上线",
)  # fmt: skip
_SOURCE_COLUMNS = ("source_id", "division_code", "issuer", "level", "url", "kind", "note")

Site = dict[str, tuple[str, bytes]]


def portal_path(file_name: str, slugs: dict[str, str]) -> str:
    """The address of a corpus file on the portal; ``slugs`` as ``body_slugs`` gives it."""
    folder, name = file_name.split("/")
    return f"{ROOT}/{slugs[folder]}/{name}"


def body_slugs(bodies: int = 8) -> dict[str, str]:
    """Folder of a body in the corpus -> its short name in addresses."""
    return {body.folder: f"b{index:03d}" for index, body in enumerate(iter_bodies(bodies), start=1)}


def _shell(title: str, body: Body | None, main: str) -> bytes:
    name = body.site_name if body else "云泽省政府信息公开平台"
    code = body.site_code if body else "9900000001"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="SiteName" content="{name}"><meta name="SiteIDCode" content="{code}">'
        f'<meta name="ColumnName" content="政府信息公开年报"></head>\n<body><div class="header"><a href="/">首页</a></div>\n'
        f'{main}\n<div class="footer">主办单位：{name}　网站标识码：{code}</div></body></html>\n'
    ).encode()


def _list_name(page: int) -> str:
    return "index.html" if page == 0 else f"index_{page}.html"


def _list_pages(body: Body, slug: str, reports: list[ReportTruth], page_size: int) -> Site:
    """A body's list of reports, newest first, with one news item a page."""
    reports = sorted(reports, key=lambda r: (r.published_on, r.file_name), reverse=True)
    pages = [reports[at : at + page_size] for at in range(0, len(reports), page_size)]
    site: Site = {}
    for number, page in enumerate(pages):
        items = [
            f'<li><a href="./{r.file_name.split("/")[1]}" title="{escape(r.title)}">{escape(r.title[:16])}...</a>'
            f"<span>{r.published_on}</span></li>"
            for r in page
        ]
        news = _NEWS[number % len(_NEWS)].format(place=body.place)
        path = f"{ROOT}/{slug}/news_{number}.html"
        items.insert(
            1,
            f'<li><a href="./news_{number}.html" title="{news}">{news}</a><span>{page[0].published_on}</span></li>',
        )
        site[path] = (
            _HTML,
            _shell(news, body, f"<h1>{news}</h1><p>{news}。活动由经办科室组织，欢迎群众参加。</p>"),
        )
        links = "".join(
            f'<a href="./{_list_name(n)}">{n + 1}</a> ' if n != number else f"<span>{n + 1}</span> "
            for n in range(len(pages))
        )
        if number + 1 < len(pages):
            links += f'<a href="./{_list_name(number + 1)}">下一页</a>'
        script = f'<script>createPageHTML({len(pages)}, {number}, "index", "html");</script>'
        main = (f'<h2>政府信息公开年报</h2><ul class="list">\n{chr(10).join(items)}\n</ul>\n'
                f'<div class="page">{links}{script}</div>')  # fmt: skip
        site[f"{ROOT}/{slug}/{_list_name(number)}"] = (
            _HTML,
            _shell(f"{body.name} 政府信息公开年报", body, main),
        )
    first = f"{ROOT}/{slug}/{_list_name(0)}"
    if first in site:
        site[f"{ROOT}/{slug}/"] = site[first]
    return site


def _picture() -> bytes:
    """A small white PNG: the picture that stands where a table should."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * 40) * 20, 9)
    head = struct.pack(">IIBBBBB", 40, 20, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def portal_pages(
    *,
    bodies: int = 8,
    years: range = DEMO_YEARS,
    seed: int = 1,
    editor_noise: bool = False,
    page_size: int = 6,
) -> Site:
    """Path -> (content type, bytes) of the whole site: home page, robots.txt, lists, articles, pictures."""
    slugs = body_slugs(bodies)
    listed: dict[str, list[ReportTruth]] = {}
    site: Site = {"/robots.txt": (_TEXT, b"User-agent: *\nDisallow: /admin/\n")}
    for name, data, report in iter_pages(bodies=bodies, years=years, seed=seed, editor_noise=editor_noise):
        site[portal_path(name, slugs)] = (_TEXT if name.endswith(".txt") else _HTML, data)
        listed.setdefault(name.split("/")[0], []).append(report)
        for picture in re.findall(rb'<img src="\./(\w+\.png)"', data):
            site[portal_path(f"{name.split('/')[0]}/{picture.decode()}", slugs)] = ("image/png", _picture())
    home = []
    for body in iter_bodies(bodies):
        if body.folder in listed:
            slug = slugs[body.folder]
            site |= _list_pages(body, slug, listed[body.folder], page_size)
            home.append(
                f'<li><a href="{ROOT}/{slug}/" title="{body.name}政府信息公开年报">{body.name}</a></li>'
            )
    front = _shell("云泽省政府信息公开平台", None, f"<ul>{''.join(home)}</ul>")
    return site | {"/": (_HTML, front), "/index.html": (_HTML, front)}


def portal_sources(base_url: str, *, bodies: int = 8) -> str:
    """The source registry of the portal as CSV: one list per body. ``base_url`` like
    ``http://127.0.0.1:8000``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_SOURCE_COLUMNS)
    for body, slug in zip(iter_bodies(bodies), body_slugs(bodies).values(), strict=True):
        url = f"{base_url}{ROOT}/{slug}/index.html"
        writer.writerow((f"demo-{slug}", body.division_code, body.name, body.level, url, "list", "invented"))
    return out.getvalue()
