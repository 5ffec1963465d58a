"""Cutting a document into reports: titles, sections, and what belongs to no report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.chinese.numbering import section_of
from pipeline.chinese.text import squeeze
from pipeline.chinese.titles import Title, read_title
from pipeline.document import Block, Document, Image, Paragraph, Table
from pipeline.places import Registry, names_a_body

_FRAGMENT_TEXT = 120
_INFO_CELLS = 40


@dataclass
class Section:
    """A numbered part of a report: its heading, its place, and the blocks under it."""

    number: int
    heading: str
    locator: str
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Piece:
    """One report's share of a document. ``attached`` are blocks of files that belong to it: tables, lines
    between them."""

    title: Title | None
    blocks: list[Block]
    place: str
    attached: list[Block] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [b for b in self.blocks if isinstance(b, Paragraph)]

    @property
    def tables(self) -> list[Table]:
        return [b for b in self.blocks if isinstance(b, Table)]


def _bare(body: str) -> str:
    return re.sub(r"人民政府|政府|本级", "", re.split(r"[-—_·|]", body)[-1])


def _same(a: Title, b: Title) -> bool:
    """Whether two title lines can head one report: no two years, and one body or a shortened name of it."""
    if a.year and b.year and a.year != b.year:
        return False
    one, other = _bare(a.body), _bare(b.body)
    return not one or not other or one.endswith(other) or other.endswith(one)


def _has_content(blocks: Sequence[Block]) -> bool:
    if any(isinstance(b, Table) for b in blocks):
        return True
    sections = sum(1 for b in blocks if isinstance(b, Paragraph) and section_of(b.text))
    length = sum(len(b.text) for b in blocks if isinstance(b, Paragraph))
    return sections >= 2 or (length >= 400 and bool(sections)) or any(isinstance(b, Image) for b in blocks)


_HEADER = re.compile(r"^\s*(?:标\s*题|文章标题|题\s*名|名\s*称|信息名称)(?:\s*[:：]\s*|\s+)")
_LINE = 40
_COLUMN = 6
_MENU = re.compile(r"[-•·*|>»]")
"""Lines of a page's menu: short names of columns, items of a list."""
_BREAKS_OFF = re.compile(r"[。;；!！?？]|[,，:：]$")


def headline(document: Document, piece: Piece) -> str:
    """The line that says what a page is: the piece's own title (a column's name is none), the page's, or
    its first short line."""
    if piece.title is not None and (piece.title.year or piece.title.body):
        return piece.title.text
    for text in (document.meta.get("ArticleTitle", ""), document.title):
        if text and "公开" in text:
            return text
    if piece.title is not None:
        return piece.title.text
    lines: list[str] = []
    for block in piece.blocks[:4]:
        line = _HEADER.sub("", block.text.strip()) if isinstance(block, Paragraph) else ""
        if len(line) > 60 or _BREAKS_OFF.search(line) or section_of(line):
            break
        if "公开" in line or not (_MENU.match(line) or len(line) <= _COLUMN):
            lines.append(line)
    return next((line for line in lines if "公开" in line), next(filter(None, lines), ""))


def titles_of(blocks: Sequence[Block], registry: Registry | None = None) -> dict[int, Title]:
    """The titles among blocks by their position: on one line, on up to three, or behind the label 标题:."""
    found: dict[int, Title] = {}
    lines = [_HEADER.sub("", b.text.strip()) if isinstance(b, Paragraph) else "" for b in blocks]
    own = [read_title(line) if line else None for line in lines]
    fits = [0 < len(p) <= _LINE and not _BREAKS_OFF.search(p) for p in lines]
    at = 0
    while at < len(lines):
        step = 1
        for size in (3, 2):
            parts = lines[at : at + size]
            if len(parts) == size and all(fits[at : at + size]):
                joined = read_title("".join(parts))
                if joined and _is_one(parts, own[at : at + size], joined, registry):
                    found[at], step = joined, size
                    break
        else:
            if title := own[at]:
                found[at] = title
        at += step
    return found


def _is_one(
    parts: Sequence[str], own: Sequence[Title | None], joined: Title, registry: Registry | None
) -> bool:
    """Whether lines are one title set over several: none is one before the last, and the first names a
    body, or none is a title by itself."""
    if any(own[:-1]) or section_of(parts[0]):
        return False
    if last := own[-1]:
        longer = len(parts) > 2 and names_a_body(parts[-2], registry)
        return not last.body and not longer and names_a_body("".join(parts[:-1]), registry)
    return all(not section_of(p) for p in parts) and bool(joined.year or joined.body)


def cut(document: Document, registry: Registry | None = None) -> tuple[list[Piece], list[str]]:
    """Cut a document into its reports. Gives the pieces in order, and the titles of fragments that are no
    report."""
    pieces: list[Piece] = [Piece(None, [], "")]
    titles = titles_of(document.blocks, registry)
    for at, block in enumerate(document.blocks):
        title = titles.get(at)
        piece = pieces[-1]
        if title is not None:
            if piece.title is not None and _same(piece.title, title):
                if not piece.title.year and title.year:
                    piece.title = title
            elif piece.title is None and not _has_content(piece.blocks):
                piece.title = title
            elif (
                piece.title is not None
                and not _has_content(piece.blocks)
                and _text_length(piece) < _FRAGMENT_TEXT
            ):
                piece.title, piece.blocks = title, []  # a list of titles: only the last may head a report
            else:
                pieces.append(Piece(title, [], ""))
                piece = pieces[-1]
        piece.blocks.append(block)
    for piece in pieces:
        if piece.blocks:
            piece.place = f"{piece.blocks[0].locator} to {piece.blocks[-1].locator}"
    whole = [p for p in pieces if _has_content(p.blocks)]
    if not whole or all(_is_furniture(p) for p in whole):
        longest = max(pieces, key=_text_length)
        titled = [p for p in pieces if p.title is not None] or [longest]
        whole = [max(titled, key=_text_length)]
    loose: list[str] = []
    if (
        len(whole) > 1
        and _is_loose(whole[0])
        and (_is_info_box(whole[0]) or any(p.tables for p in whole[1:]))
    ):
        loose = [f"tables before the title, {whole[0].place}"]
        whole = whole[1:]
    fragments = loose + [
        p.title.text
        for p in pieces
        if p.title is not None and p not in whole and _text_length(p) >= _FRAGMENT_TEXT
    ]
    if len(whole) == 1 and whole[0].title is None:
        whole[0].title = (read_title(document.title) if document.title else None) or _card_title(whole[0])
    elif len(whole) == 1 and (own := whole[0].title) and (page := read_title(document.title)):
        fuller = (page.year and not own.year) or len(page.body) > len(own.body)
        if fuller and _same(page, own):
            whole[0].title = Title(page.text, page.body or own.body, page.year or own.year)
    return whole, fragments


def _is_loose(piece: Piece) -> bool:
    """Whether a piece is tables alone, without title, heading or text: no report stands there."""
    return (
        piece.title is None
        and _text_length(piece) < 200
        and not any(section_of(p.text) for p in piece.paragraphs)
        and not any(isinstance(b, Image) for b in piece.blocks)
    )


def _is_furniture(piece: Piece) -> bool:
    """Whether a piece is a page's small tables of links and index cards, which hold no figure."""
    cells = [c for t in piece.tables for c in t.cells]
    small = len(cells) <= _INFO_CELLS and _is_loose(piece)
    return small and not any(squeeze(c.text).isdigit() for c in cells)


def _card_title(piece: Piece) -> Title | None:
    """The title that a page's card gives (名称 | 磐石市2018年政府信息公开工作年度报告), where no line of it is one."""
    cards = (t for t in piece.tables[:1] if len(t.cells) <= _INFO_CELLS)
    titles = (read_title(c.text) for t in cards for c in t.cells if "公开" in c.text)
    return next((t for t in titles if t and t.year and t.body), None)


def _is_info_box(piece: Piece) -> bool:
    """Whether a piece's tables say what the page is (索引号, 发布机构, ...) and nothing of a report."""
    texts = [squeeze(c.text) for t in piece.tables for c in t.cells]
    return len(texts) <= _INFO_CELLS and any(text.startswith("索引号") for text in texts)


def _text_length(piece: Piece) -> int:
    return sum(len(b.text) for b in piece.blocks if isinstance(b, Paragraph))


def sections(blocks: Sequence[Block]) -> list[Section]:
    """The main sections of a report, in order, each with its blocks; what stands before the first has number
    0."""
    found = [Section(0, "", blocks[0].locator if blocks else "")]
    for block in blocks:
        head = section_of(block.text) if isinstance(block, Paragraph) else None
        if head is not None and isinstance(block, Paragraph):
            found.append(Section(head[0], head[1], block.locator))
        else:
            found[-1].blocks.append(block)
    return found
