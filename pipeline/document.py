"""The one type between reading and understanding: ``Document`` -> ``Block``.

A reader in ``clean/`` turns the bytes of one file format into a ``Document`` and knows nothing of the
forms; an extractor in ``extract/`` turns a ``Document`` into reports and knows nothing of file formats.
All values are immutable and hold text exactly as the file shows it (entities resolved, nothing else).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

UNREAD = "\ufffc"
"""The text of a cell in which something stands that was not read: a picture, a formula without its result, a
sign of an unknown font, a figure that is half covered. No part of such a cell's figure is told: it could be
taken for the whole."""


class Cell(NamedTuple):
    """One cell of a table.

    ``row`` and ``col`` are 0-based positions in the grid; ``text`` is the cell's text as shown, with line
    breaks kept as ``\\n``; ``locator`` tells a person where it is, relative to the table's locator.
    ``readings`` holds other possible texts where reading was doubtful (OCR), best first, else empty.
    """

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    locator: str
    readings: tuple[str, ...] = ()


Layout = Literal["grid", "stream"]
"""``grid``: row and col mean what they say. ``stream``: cells stand in reading order (``row`` counts them,
``col`` is 0) because the file lost where rows end or dropped its blank cells."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text: a paragraph, a heading, a list item. ``locator`` names its place in the file."""

    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a grid of cells with their spans, in reading order.

    ``method`` is ``ocr`` where the text was recognised from pixels. ``caption`` is text that the format
    itself ties to the table (an HTML caption, a sheet's name), else empty. ``joints`` are the rows with which
    a new page of the file begins: the row above may be cut there.
    """

    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    locator: str
    layout: Layout = "grid"
    method: Literal["table", "ocr"] = "table"
    caption: str = ""
    joints: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that stands in the text; ``source`` is its address or embedded name."""

    source: str
    locator: str
    alt: str = ""


Block = Paragraph | Table | Image


class Link(NamedTuple):
    """A link out of the article: ``href`` as written, ``text`` as shown."""

    href: str
    text: str


Status = str
"""``ok``, or what went wrong, one snake_case word: ``empty``, ``truncated``, ``unknown_format``,
``not_a_report``, ``too_large``, ``too_deep``, ``timeout``, ``needs_libreoffice``, ``encrypted``, ..."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, in reading order.

    ``reader`` names the module of ``clean/`` that read it; ``encoding`` and ``encoding_step`` tell how text
    was decoded (``utf-8`` by ``strict``, ``gb18030`` by ``strict``, a name by ``declared`` or ``detected``);
    ``meta`` holds the page's standard meta tags (SiteName, SiteIDCode, ArticleTitle, PubDate, ColumnName);
    ``status`` is ``ok`` or what went wrong, ``detail`` one English sentence about it.
    """

    sha256: str
    media_type: str
    reader: str
    blocks: tuple[Block, ...]
    title: str = ""
    encoding: str | None = None
    encoding_step: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    status: Status = "ok"
    detail: str = ""
