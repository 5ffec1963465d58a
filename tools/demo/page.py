"""HTML pages as content management systems publish them: the article among navigation, lists and scripts.

``plain`` articles have clean tags; ``word`` articles are what a word processor's paste leaves: spans that cut
words and numbers, ``<o:p>``, fonts, and style blocks, up to 110 KB.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from random import Random
from typing import NamedTuple

from tools.demo.bodies import Body
from tools.demo.forms import FormTable, Td, tables_after
from tools.demo.prose import Part


class Head(NamedTuple):
    """What stands around the article."""

    title: str
    published_on: str
    index_number: str
    other_years: tuple[tuple[str, str], ...]
    previous_table: str = ""


_CONTAINERS = ('<div class="TRS_Editor">', '<div class="article-content" id="zoom">', '<div id="UCAP-CONTENT">',
               '<div class="xxgk-content">')  # fmt: skip
_SPAN = (
    '<span style="font-size:16.0pt;font-family:仿宋_GB2312;mso-hansi-font-family:仿宋_GB2312;color:black">',
    '<span lang="EN-US" style="font-size:16.0pt;font-family:&quot;Times New Roman&quot;,serif;mso-fareast-font-family:仿宋_GB2312">',
    '<font face="仿宋_GB2312">',
)
_CLOSE = ("</span>", "</span>", "</font>")
_CELL_SPAN = (
    '<span style="font-size:10.5pt;font-family:宋体;mso-font-kerning:0pt">',
    '<span lang="EN-US" style="font-size:10.5pt;font-family:宋体;mso-bidi-font-family:宋体">',
    '<font size="2" face="宋体">',
)
_WORD_P = '<p class="MsoNormal" style="margin:0cm 0cm 0pt;line-height:28.0pt;text-indent:32.0pt;mso-char-indent-count:2.0">'
_WORD_TD = (
    '<td width="{w}" valign="center" style="width:{w}.0pt;border:solid windowtext 1.0pt;'
    'padding:0cm 5.4pt"{spans}><p class="MsoNormal" align="center" style="text-align:center">'
)
_LATENT = (
    '<w:LsdException Locked="false" Priority="{n}" SemiHidden="false" Name="Grid Table {n} Accent {m}"/>\n'
)
_SMALL, _LARGE = 64_000, 104_000


def _spans(td: Td) -> str:
    text = f' rowspan="{td.rowspan}"' if td.rowspan > 1 else ""
    return text + (f' colspan="{td.colspan}"' if td.colspan > 1 else "")


def plain_table(table: FormTable) -> str:
    """A table with clean tags."""
    rows = (
        "<tr>" + "".join(f"<td{_spans(td)}>{escape(td.text)}</td>" for td in row) + "</tr>"
        for row in table.rows
    )
    return '<table border="1" cellspacing="0">\n' + "\n".join(rows) + "\n</table>\n"


def _runs(rng: Random, text: str, tags: Sequence[str]) -> str:
    """The text cut anywhere, also inside a number, each piece in a tag of its own."""
    if not text:
        return f"{tags[0]}<o:p>&nbsp;</o:p></span>"
    pieces = []
    at = 0
    while at < len(text):
        length = rng.randint(1, 24) if len(text) > 12 else rng.choice((1, len(text), len(text), len(text)))
        kind = rng.randrange(3)
        pieces.append(f"{tags[kind]}{escape(text[at : at + length])}{_CLOSE[kind]}")
        at += length
    return "".join(pieces)


def word_table(table: FormTable, rng: Random) -> str:
    """A table as pasted from a word processor."""
    widths = (46, 52, 58, 63, 71)
    out = ['<table class="MsoTableGrid" border="1" cellspacing="0" cellpadding="0" style="border-collapse:collapse;'
           'mso-yfti-tbllook:1184;mso-padding-alt:0cm 5.4pt 0cm 5.4pt">\n']  # fmt: skip
    for at, row in enumerate(table.rows):
        out.append(f'<tr style="mso-yfti-irow:{at};height:19.85pt">\n')
        for td in row:
            out.append(_WORD_TD.format(w=widths[len(td.text) % 5], spans=_spans(td)))
            out.append(_runs(rng, td.text, _CELL_SPAN))
            out.append("</p></td>\n")
        out.append("</tr>\n")
    out.append("</table>\n")
    return "".join(out)


def _article(
    parts: Sequence[Part], tables: Sequence[FormTable], rng: Random, word: bool, images: bool
) -> str:
    out: list[str] = []

    def paragraph(text: str) -> None:
        out.append(f"{_WORD_P}{_runs(rng, text, _SPAN)}</p>\n" if word else f"<p>　　{escape(text)}</p>\n")

    last = parts[-1].number
    for part in parts:
        if part.heading:
            out.append(f"{_WORD_P}<b>{_runs(rng, part.heading, _SPAN)}</b></p>\n" if word
                       else f"<p><strong>　　{escape(part.heading)}</strong></p>\n")  # fmt: skip
        for text in part.paragraphs:
            paragraph(text)
        for number, table in enumerate(tables_after(tables, part.number, last), start=1):
            if images:
                out.append(
                    f'<p style="text-align:center"><img src="./W02{part.number}{number}.png" alt=""></p>\n'
                )
                continue
            if table.title:
                paragraph(table.title)
            out.append(word_table(table, rng) if word else plain_table(table))
    return "".join(out)


def _latent_styles(size: int) -> str:
    """The style list that the word processor leaves in a comment, about ``size`` bytes of it."""
    count = max(0, size // len(_LATENT))
    lines = "".join(_LATENT.format(n=n % 99, m=n % 7) for n in range(count))
    return f'<!--[if gte mso 9]><xml><w:LatentStyles DefLockedState="false">\n{lines}</w:LatentStyles></xml><![endif]-->\n'


def _side(head: Head) -> str:
    items = "".join(f'<li><a href="{href}" title="{escape(text)}">{escape(text[:18])}...</a></li>\n'
                    for href, text in head.other_years)  # fmt: skip
    return f'<div class="side">\n<h3>历年年报</h3>\n<ul class="list">\n{items}</ul>\n{head.previous_table}</div>\n'


def _info(head: Head, body: Body, rng: Random) -> str:
    pairs = (("索 引 号", head.index_number), ("发布机构", body.name), ("发文日期", head.published_on),
             ("主题分类", "政府信息公开年报"))  # fmt: skip
    if rng.random() < 0.5:
        rows = "".join(f"<tr><th>{k}：</th><td>{v}</td></tr>" for k, v in pairs)
        return f'<table class="xxgk-info">{rows}</table>\n'
    return '<ul class="xxgk-info">' + "".join(f"<li><b>{k}：</b>{v}</li>" for k, v in pairs) + "</ul>\n"


def html_page(body: Body, head: Head, parts: Sequence[Part], tables: Sequence[FormTable], rng: Random, *,
              charset: str, word: bool, images: bool, large: bool) -> str:  # fmt: skip
    """The whole page as text. ``large`` brings it to 60-110 KB; ``images`` puts pictures where tables
    stood."""
    article = _article(parts, tables, rng, word, images)
    site = body.site_name
    title = escape(head.title)
    meta = "".join(
        f'<meta name="{name}" content="{escape(value)}">\n'
        for name, value in (("SiteName", site), ("SiteDomain", "yunze.example"), ("SiteIDCode", body.site_code),
                            ("ColumnName", "政府信息公开年报"), ("ColumnType", "信息公开年报"),
                            ("ArticleTitle", head.title), ("PubDate", f"{head.published_on} 09:{rng.randint(10, 59)}"),
                            ("ContentSource", body.name))
    )  # fmt: skip
    nav = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in (
        ("/", "首页"), ("/zjyz/", f"走进{body.place[:-1]}"), ("/zwgk/", "政务公开"), ("/bsfw/", "办事服务"),
        ("/hdjl/", "互动交流")))  # fmt: skip
    front = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{title}_{site}</title>\n{meta}"
        '<link rel="stylesheet" href="/css/common.css">\n<script src="/js/jquery.min.js"></script>\n'
        f'<script>var articleId = "{rng.randint(1000000, 9999999)}", columnId = {rng.randint(100, 999)};</script>\n'
        "<style>.side{float:left;width:220px}.article{margin-left:240px}</style>\n</head>\n<body>\n"
        f'<div class="header"><div class="logo">{site}</div><ul class="nav">{nav}</ul>'
        '<form action="/search"><input name="q" value="请输入关键词"><button>搜索</button></form></div>\n'
        '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; '
        '<a href="./">政府信息公开年报</a></div>\n'
    )
    container = _CONTAINERS[body.style % len(_CONTAINERS)]
    main = (
        f'<div class="article">\n{_info(head, body, rng)}<h1>{title}</h1>\n'
        f'<div class="source">来源：{body.name}　发布日期：{head.published_on}　字体：[<a href="#">大</a> <a href="#">中</a>]　'
        f'浏览次数：<span id="hits">{rng.randint(20, 4000)}</span></div>\n{container}\n'
    )
    foot = (
        '</div>\n<div class="share"><a href="#">打印</a> <a href="#">关闭</a></div>\n</div>\n'
        f'<div class="footer"><p>主办单位：{body.name}　网站标识码：{body.site_code}</p>'
        f"<p>版权所有　云网备9900{body.style % 10000:04d}号</p></div>\n"
        "<script>(function(){var t=document.getElementById('hits');if(t){t.className='n';}})();</script>\n</body>\n</html>\n"
    )
    padding = ""
    if word:
        size = len((front + main + article).encode(charset if charset == "utf-8" else "gb18030"))
        padding = _latent_styles(rng.randint(_SMALL, _LARGE) - size if large else 1500)
    return f"{front}{_side(head)}{main}{padding}{article}{foot}"
