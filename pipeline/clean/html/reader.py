"""HTML pages: decode, find the article among navigation, side lists and footers, and give its blocks.

The whole page is parsed once by lexbor; block ends are marked as line breaks before parsing, data tables are
taken out and replaced by marks, and the article's text is then read in one call, so that the cost is the
parser's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.chinese.days import stated_day
from pipeline.clean.decode import decode
from pipeline.clean.html import styles
from pipeline.clean.html.article import find_article, weight_of
from pipeline.clean.html.article_lines import lines_beside
from pipeline.clean.html.div_table import div_rows
from pipeline.clean.html.lean import Lean, lean
from pipeline.clean.html.table import (
    grid_table,
    inside_taken,
    is_data_despite_nesting,
    one_line,
    read_table,
    rows_below,
)
from pipeline.clean.html.unwrapped import unwrapped
from pipeline.clean.line_tables import blocks_of, may_hold_tables
from pipeline.clean.lines import Lines
from pipeline.clean.page.note_marks import in_brackets
from pipeline.document import UNREAD, Block, Document, Image, Link, Paragraph, Table

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 4_000
_DRAWN_FIGURES = 3
_META = {
    "sitename": "SiteName",
    "sitedomain": "SiteDomain",
    "siteidcode": "SiteIDCode",
    "articletitle": "ArticleTitle",
    "pubdate": "PubDate",
    "columnname": "ColumnName",
    "contentsource": "ContentSource",
}
_OPEN_CLOSE = re.compile(
    rb"<(/?)(?!(?:br|hr|img|input|meta|link|col|wbr|area|base|embed|param|source)\b)[a-zA-Z][^>]*?(/?)>"
)
_DROP = [
    "script",
    "style",
    "noscript",
    "iframe",
    "svg",
    "select",
    "button",
    "nav",
    "footer",
    "aside",
    "template",
    "object",
    "del",
    "s",
    "strike",
]
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d]*[1-9])|text-decoration[^;]*line-through",
    re.I,
)
_HIDING = "[hidden]," + ",".join(
    f'[style*="{word}" i]'
    for word in ("display", "mso-hide", "font-size:0", "font-size: 0", "hidden", "line-through")
)
_RUNS = frozenset({"span", "font", "b", "i", "em", "strong", "u", "label", "small", "big"})
_RAISED = 'sup,[style*=": super" i],[style*=":super" i]'
_MARK = re.compile("\ue000(\\d+)\ue001")


def read(data: bytes, *, sha256: str, media_type: str = "text/html") -> Document:
    """Read an HTML page. Gives a Document whose blocks are the article's; never raises for bad input."""
    if len(data) > MAX_BYTES:
        return _failed(
            sha256, media_type, "too_large", f"the page has {len(data)} bytes; the limit is {MAX_BYTES}"
        )
    decoded = decode(data)
    source = decoded.text
    rules = styles.rules_of(source) if "<style" in source else []
    written = data if decoded.encoding == "utf-8" and decoded.step == "strict" else _utf8(source)
    page = lean(written, whole=bool(rules))
    if page.looks and not rules:
        page, rules = lean(written, whole=True), styles.rules_of(source, closely=True)
    if page.may_hold("pre", "textarea", "iframe") and (opened := unwrapped(source)) is not source:
        page = lean(_utf8(opened), whole=bool(rules) or page.looks)
    if _too_deep(page.text):
        return _failed(sha256, media_type, "too_deep", f"tags are nested deeper than {MAX_DEPTH}")
    tree = LexborHTMLParser(page.text)
    meta = _meta(tree)
    named = tree.css_first("title")
    page_title = one_line(named.text()) if named is not None else ""
    if page.may_hold("select", "svg", "ol") and tree.body is not None:
        _fill_cells(tree.body)
    if page.may_hold("iframe", "embed") and (frame := tree.css_first("iframe[src]:not([src='']),embed[src]")):
        meta["Frame"] = frame.attributes.get("src") or ""
    if dropped := [name for name in _DROP if page.may_hold(name)]:
        tree.strip_tags(dropped, recursive=True)
    body = tree.body
    if body is None:
        return _failed(sha256, media_type, "empty", "the page has no body")
    heading = (
        next((h for h in (one_line(n.text()) for n in tree.css("h1")[:3]) if h), "")
        if page.may_hold("h1")
        else ""
    )
    title = meta.get("ArticleTitle") or heading or page_title
    if page.hides:
        _drop_hidden(body)
    asked = styles.looked_at(rules, page.text.count(b"<"))
    if rules or page.looks:
        styles.apply(body, asked, scripted="<script" in source)
    article, path = find_article(body, page)
    if "PubDate" not in meta and (day := stated_day(lines_beside(article))):
        meta["PubDate"] = day
    links = tuple(
        Link(href, one_line(node.attributes.get("title") or "") or one_line(node.text()))
        for node in article.css("a")
        if (href := node.attributes.get("href") or "") and not href.startswith(("javascript", "#"))
    )
    blocks = tuple(_blocks(article, path, page))
    status, detail = "ok", ""
    if not blocks:
        status, detail = "empty", "the page shows no text"
    elif _is_cut(source):
        status, detail = "truncated", "the page breaks off before its end"
    elif decoded.replaced:
        detail = f"{decoded.replaced} characters could not be decoded as {decoded.encoding}"
    elif left := len(rules) - len(asked):
        detail = f"at least {left} declarations of its style sheets were not looked at: what they hide is read as shown"
    return Document(
        sha256=sha256,
        media_type=media_type,
        reader="html",
        blocks=blocks,
        title=title,
        encoding=decoded.encoding,
        encoding_step=decoded.step,
        meta=meta,
        links=links,
        status=status,
        detail=detail,
    )


def _failed(sha256: str, media_type: str, status: str, detail: str) -> Document:
    return Document(
        sha256=sha256, media_type=media_type, reader="html", blocks=(), status=status, detail=detail
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _too_deep(source: bytes) -> bool:
    """Whether tags nest deeper than MAX_DEPTH; looks closely only where so many tags are left open."""
    tags = source.count(b"<")
    if tags < MAX_DEPTH or (tags < 2 * MAX_DEPTH and tags - 2 * source.count(b"</") < MAX_DEPTH):
        return False
    depth = deepest = 0
    for match in _OPEN_CLOSE.finditer(
        source, 0, source.rfind(b">") + 1
    ):  # beyond it no tag is looked for an end
        if match[1]:
            depth = max(0, depth - 1)
        elif not match[2]:
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > MAX_DEPTH * 3:
                    return True
    return deepest > MAX_DEPTH and source.count(b"</") * 4 < source.count(b"<")


def _is_cut(source: str) -> bool:
    """Whether the page stops in mid-tag, or lacks its end with a table still open."""
    tail = source[-2000:]
    if tail.rfind("<") > tail.rfind(">"):
        return True
    low = tail.lower()
    if "<html" not in source[:2000].lower() or "</html" in low or "</body" in low:
        return False
    whole = source.lower()
    return whole.count("<table") > whole.count("</table") and "</html" not in whole


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[name]"):
        name = _META.get((node.attributes.get("name") or "").strip().lower())
        content = (node.attributes.get("content") or "").strip()
        if name and content and name not in found:
            found[name] = content
    return found


def _drop_hidden(body: LexborNode) -> None:
    """Take out what is not shown, or struck out."""
    hiding = [
        node
        for node in body.css(_HIDING)
        if "hidden" in (attributes := node.attributes) or _HIDDEN.search(attributes.get("style") or "")
    ]
    whole = weight_of(body) if hiding else 0
    for node in hiding:
        if weight_of(node) * 2 < whole:
            node.replace_with("")  # no blank: it may stand inside a figure


def _fill_cells(body: LexborNode) -> None:
    """Put what a cell shows by a list of choices, a drawing or a numbered list without words into its
    text."""
    for choice in body.css("td select"):
        options = choice.css("option")
        chosen = [option for option in options if "selected" in option.attributes][-1:] or options[:1]
        choice.replace_with(chosen[0].text(deep=True) if chosen else UNREAD)
    for drawing in body.css("td svg"):
        words = "".join(node.text(deep=True) for node in drawing.css("text"))
        drawing.replace_with(words.strip() or UNREAD)
    for items in body.css("td ol"):
        first = items.attributes.get("start") or "1"
        for number, item in enumerate(items.css("li"), start=int(first) if first.isdigit() else 1):
            if not item.text(deep=True).strip():
                item.insert_child(item.attributes.get("value") or str(number))


def _blocks(article: LexborNode, path: str, page: Lean) -> Iterator[Block]:
    held: list[Table | Image] = []
    number = 0
    joined: set[int] = set()
    for mark in article.css(_RAISED) if page.may_hold("sup") or page.hides else ():
        if (mark.tag == "sup" or mark.tag in _RUNS) and (
            noted := in_brackets(text := mark.text(deep=True))
        ) != text:
            mark.replace_with(noted)  # a note's mark is no digit of the figure
    for box in article.css("td input[value]") if page.may_hold("input") else ():
        if (box.attributes.get("type") or "text").lower() in ("text", "number"):
            box.replace_with(box.attributes.get("value") or "")
    for inner in article.css("td table"):
        if len(inner.css("td,th")) == 1 and len(text := inner.text(deep=True)) < 60:
            inner.replace_with(text)  # a cell's figure in a table of its own
    for node in article.css("table"):
        own = node.css("table")
        number += 1
        if len(own) > 1 and not is_data_despite_nesting(node):
            continue  # a layout table: its cells are read as text and inner tables
        if node.mem_id in joined or inside_taken(node):
            continue
        more = rows_below(node)
        table = read_table(node, f"{path} table[{number}]", more)
        if table is None:
            continue
        for row in more:
            joined.add(row.mem_id)
            row.replace_with(" ")
        held.append(table)
        node.replace_with(f"\n\ue000{len(held) - 1}\ue001\n")
    for rows, node, place in div_rows(article) if _may_draw_tables(article) else ():
        drawn = grid_table(rows, f"{path} {place}")
        if drawn is not None:
            held.append(drawn)
            node.replace_with(f"\n\ue000{len(held) - 1}\ue001\n")
    for node in article.css("img") if page.may_hold("img") else ():
        held.append(
            Image(
                node.attributes.get("src") or "",
                f"{path} img[{len(held)}]",
                one_line(node.attributes.get("alt")),
            )
        )
        node.replace_with(f"\ue000{len(held) - 1}\ue001")
    count = 0
    run: list[str] = []  # the lines since the last block that was taken out, and their numbers
    numbers: list[int] = []
    for raw in article.text(deep=True).split("\n"):
        if not raw or raw.isspace():
            if "\xa0" in raw or "\u3000" in raw:  # a blank that was meant: it may be a cell
                run.append(" ")
                numbers.append(count)
            continue
        at = 0
        for match in _MARK.finditer(raw):
            if text := _line(raw[at : match.start()]):
                count += 1
                run.append(text)
                numbers.append(count)
            yield from _text_blocks(run, numbers, path)
            run, numbers = [], []
            yield held[int(match[1])]
            at = match.end()
        if text := _line(raw[at:]):
            count += 1
            run.append(text)
            numbers.append(count)
    yield from _text_blocks(run, numbers, path)


def _line(raw: str) -> str:
    """A line of text; tabs around words that tabs set apart stay, because they may be the edges of blank
    cells."""
    text = raw.strip()
    return raw.strip(" ") if "\t" in text else text


def _text_blocks(run: list[str], numbers: list[int], path: str) -> Iterator[Block]:
    """Lines of text as paragraphs, and as the tables that they may hold."""
    if may_hold_tables(run):
        yield from blocks_of(Lines(run, numbers, "paragraph", f"{path} ", apart=True))
        return
    for text, number in zip(run, numbers, strict=True):
        if text != " ":
            yield Paragraph(one_line(text), f"{path} paragraph {number}")


def _may_draw_tables(article: LexborNode) -> bool:
    """Whether what stands outside the tables has short lines that end in a figure, or in a note behind it, as
    rows drawn without a table have."""
    lines = (line.rstrip() for line in article.text(deep=True).split("\n") if len(line) < 120)
    ended = sum(
        1
        for line in lines
        if line[-1:].isdigit() or (line[-1:] in ("）", ")") and any(map(str.isdigit, line)))
    )
    return ended >= _DRAWN_FIGURES
