"""Cutting a document into reports: titles, sections, and what belongs to no report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.chinese.numbers import chinese_number
from pipeline.chinese.text import squeeze
from pipeline.document import Block, Document, Image, Paragraph, Table

_CORE = re.compile(
    r"(?:政府|政务)?信息(?:与政务|和政务)?公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:总结)?(?:报告|年报)"
    r"|政务公开(?:工作)?(?:年度报告|年报)"
)
_YEAR = re.compile(r"(?:(20[0-2]\d)|(二[〇○零0]{1,2}[〇○零一二三四五六七八九0]{1,2}))(?:年度|年|度)?")
_NOT_TITLE = re.compile(
    r"通知|要求|编制|下载|目录|点击|上一篇|下一篇|来源|如下|附件|相关|《|本报告|关于做好|解读|查看|更多|统计表$"
)
_SECTION = re.compile(r"^\s*([一二三四五六七八九十]{1,2})\s*[、.．,，]\s*(\S.{0,44})$")
_NO_BODY = re.compile(r"^(?:关于报送|关于)|关于报送|\(.*?\)|的$")
_BODY_BEHIND = re.compile(
    r"^[(（]([^()（）]{3,20}(?:政府|局|委|委员会|办|办公室|厅|处|中心|院|镇|乡|街道))[)）]$"
)
_TWO_SENTENCES = re.compile(r"[。;；]\s*\S")
_MARKS = re.compile(r"[,，;；:：!！?？]|。.")
_NUMERALS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)}
_FRAGMENT_TEXT = 120
_INFO_CELLS = 40


class Title(NamedTuple):
    """A title line: the text as printed, the body it names (may be empty) and the year (may be None)."""

    text: str
    body: str
    year: int | None


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


def read_title(text: str) -> Title | None:
    """The title that a line is, or None: ``磐石市人民政府2018年政府信息公开工作年度报告`` and its many kin (NOTES 4)."""
    return _titled(text) if len(text) <= 90 else None


@lru_cache(maxsize=4096)
def _titled(text: str) -> Title | None:
    flat = squeeze(text).strip("。.*#>-—_ ")
    if len(flat) > 72 or "公开" not in flat:
        return None
    core = _CORE.search(flat)
    if core is None or _NOT_TITLE.search(flat) or _MARKS.search(flat):
        return None
    after = flat[core.end() :]
    if len(after) > 14:
        return None
    before = flat[: core.start()]
    year, body = None, before
    found = _YEAR.search(before)
    if found:
        year = int(found[1]) if found[1] else _written_year(found[2])
        body = before[: found.start()] + before[found.end() :]
    body = _NO_BODY.sub("", body)
    if not body and (named := _BODY_BEHIND.match(after)):
        body = named[1]
    return Title(" ".join(text.split()).strip("*# "), body.strip("-—_·|"), year)


def _written_year(text: str) -> int | None:
    value = chinese_number(text.replace("0", "〇"))
    return value if value is not None and 2007 < value < 2030 else None


def section_of(text: str) -> tuple[int, str] | None:
    """(number, heading) where the paragraph is a main heading such as ``三、收到和处理…情况``."""
    match = _SECTION.match(text) if len(text) <= 60 else None
    if match is None or _TWO_SENTENCES.search(match[2]):
        return None
    number = _NUMERALS.get(match[1]) or (10 + _NUMERALS.get(match[1][1:], 0) if match[1][0] == "十" else 0)
    return (number, match[2].rstrip("。:：").strip()) if number else None


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


def cut(document: Document) -> tuple[list[Piece], list[str]]:
    """Cut a document into its reports. Gives the pieces in order, and the titles of fragments that are no
    report."""
    pieces: list[Piece] = [Piece(None, [], "")]
    for block in document.blocks:
        title = read_title(block.text) if isinstance(block, Paragraph) else None
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
    if not whole:
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
    if len(whole) == 1 and whole[0].title is None and document.title:
        whole[0].title = read_title(document.title)
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
