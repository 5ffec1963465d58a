"""Reader of Word files (.docx): paragraphs, tables and pictures in the order of the body.

Knows the format and nothing of what the tables say. Statuses other than ``ok``: ``encrypted``,
``truncated``, ``broken_word``, ``too_large``, ``empty``. Older .doc and .wps files go through
``office.convert_batch`` first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from lxml import etree

from pipeline.clean.html import mhtml
from pipeline.clean.html import reader as html
from pipeline.clean.html.formats import is_saved_page
from pipeline.clean.line_tables import blocks_of, may_hold_tables
from pipeline.clean.lines import Lines
from pipeline.clean.office.formats import DOCX
from pipeline.clean.office.word_looks import (
    PLAIN,
    Field,
    Look,
    Styles,
    has_ground,
    look_of,
    read_styles,
    shown_without_result,
    sign_of,
)
from pipeline.clean.office.word_numbering import Numbering, read_numbering
from pipeline.clean.package import Package, child, chosen, is_on, local, open_package, through_wrappers, value
from pipeline.clean.page.note_marks import in_brackets
from pipeline.clean.refused import Refused
from pipeline.document import UNREAD, Block, Cell, Document, Image, Paragraph, Table

READER = "word"
MAIN = "word/document.xml"
MAX_NESTING = 12
MAX_COLUMNS = 1_000
MAX_CELLS = 500_000
_MAX_FILES = 2
"""Files inside of each other."""
_MIN_TABBED = 3
"""Paragraphs with tabs that may be the rows of a table."""


def read(data: bytes, *, sha256: str, media_type: str = DOCX.media_type) -> Document:
    """A .docx file's bytes as a ``Document``; never raises for bad bytes.

    Numbers that Word prints before list paragraphs are part of the text. Tracked deletions, hidden text
    and field codes are not. A table inside a cell follows its outer table as a table of its own; a table
    of a single cell is only a frame and gives its content. Text boxes follow the paragraph they hang on.
    """
    try:
        blocks = _blocks(data, 0)
    except Refused as error:
        status = "broken_word" if error.status == "broken_package" else error.status
        return Document(sha256, media_type, READER, (), status=status, detail=error.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail="The document holds no text.")
    return Document(sha256, media_type, READER, blocks)


def _blocks(data: bytes, inside: int) -> tuple[Block, ...]:
    """The blocks of a file that stands inside of so many others."""
    package = open_package(data, MAIN)
    body = child(package.xml(package.main), "body")
    if body is None:
        raise Refused("broken_package", "The document has no body.")
    styles = package.main.rpartition("/")[0] + "/styles.xml"
    root = package.xml(styles) if styles in package.names else None
    return _Reader(package, read_numbering(package, root), read_styles(root), inside).blocks(body)


def pictures(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The embedded pictures that ``Image.source`` of this reader's documents names, with their bytes;
    nothing for a file that cannot be read."""
    try:
        package: Package = open_package(data, MAIN)
        for name in sorted(package.names):
            if "/media/" in name:
                yield name, package.part(name)
    except Refused:
        return


@dataclass(slots=True)
class _Found:
    """What a paragraph holds: its text, and what hangs on it; ``struck`` are the parts of its text that are
    struck through."""

    text: str = ""
    struck: set[int] = field(default_factory=set)
    images: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


class _RawCell:
    __slots__ = ("col", "colspan", "element", "merge", "row", "rowspan")

    def __init__(self, row: int, col: int, colspan: int, merge: str, element: etree._Element) -> None:
        self.row, self.col, self.colspan, self.merge, self.element = row, col, colspan, merge, element
        self.rowspan = 1


class _Reader:
    def __init__(self, package: Package, numbering: Numbering, styles: Styles, inside: int) -> None:
        self.package = package
        self.inside = inside
        self.targets = package.targets()
        self.numbering = numbering
        self.styles = styles
        self.paragraphs = self.tables = self.images = self.cells = 0

    def blocks(self, body: etree._Element) -> tuple[Block, ...]:
        return tuple(_with_line_tables(self._container(body, "", 0)))

    def _container(self, element: etree._Element, within: str, depth: int) -> Iterator[Block]:
        if depth > MAX_NESTING:
            raise Refused("too_deep", f"Tables are nested more than {MAX_NESTING} deep.")
        for inner in through_wrappers(element):
            name = local(inner)
            if name == "p":
                yield from self._paragraph(inner, within, depth)
            elif name == "tbl":
                yield from self._table(inner, within, depth)
            elif name == "altChunk":
                yield from self._other_file(inner, within)

    def _other_file(self, element: etree._Element, within: str) -> Iterator[Block]:
        """The blocks of a page or document that the file carries inside, where its kind is known; else a
        picture stands for it."""
        name = self.targets.get(value(element, "id") or "", "")
        data = self.package.part(name) if name in self.package.names else b""
        blocks: tuple[Block, ...] = ()
        if data[:2] == b"PK" and self.inside < _MAX_FILES:
            blocks = _blocks(data, self.inside + 1)
        elif is_saved_page(data):
            blocks = mhtml.read(data, sha256="").blocks
        elif data[:2] != b"PK" and b"<" in data[:4096]:
            blocks = html.read(data, sha256="").blocks
        for block in blocks or (Image(name, "file"),):
            yield replace(block, locator=f"{within}{name}, {block.locator}")

    def _paragraph(self, element: etree._Element, within: str, depth: int) -> Iterator[Block]:
        found = self._found(element)
        text = found.text.strip()
        if text:
            self.paragraphs += 1
            yield Paragraph(text, f"{within}paragraph {self.paragraphs}")
        yield from self._hanging(found, within, depth)

    def _hanging(self, found: _Found, within: str, depth: int) -> Iterator[Block]:
        for source, alt in found.images:
            self.images += 1
            yield Image(source, f"{within}picture {self.images}", alt)
        for box in found.boxes:
            yield from self._container(box, f"{within}text box, ", depth + 1)

    def _found(self, paragraph: etree._Element, grounded: bool = False) -> _Found:
        """``grounded``: the paragraph stands on a ground that is not white."""
        found = _Found()
        properties = child(paragraph, "pPr")
        label = self.numbering.label(properties)
        look = self.styles.looks.get(value(child(properties, "pStyle")) or "", PLAIN).over(
            self.styles.all_text
        )
        if grounded or has_ground(child(properties, "shd")):
            look = look._replace(white=False)
        parts: list[str] = []
        fields: list[Field] = []
        for inner in through_wrappers(paragraph):
            name = local(inner)
            if name == "r":
                self._run(inner, parts, found, fields, look)
            elif name in ("oMath", "oMathPara"):
                parts.extend(str(t.text) for t in inner.iter() if local(t) == "t" and t.text)
        left = "".join(part for n, part in enumerate(parts) if n not in found.struck)
        text = left if left.strip() else "".join(parts)
        found.text = label + text if text.strip() else ""
        return found

    def _run(
        self, run: etree._Element, parts: list[str], found: _Found, fields: list[Field], around: Look
    ) -> None:
        properties = child(run, "rPr")
        look = look_of(properties)
        if self.styles.looks and (style := value(child(properties, "rStyle"))):
            look = look.over(self.styles.looks.get(style, PLAIN))
        white = look.white and around.white is not False
        look = look.over(around)
        first = len(parts)
        for inner in run:
            name = local(inner)
            if name == "fldChar":
                _follow(inner, fields, parts)
            elif name == "instrText" and fields:
                fields[-1] = fields[-1]._replace(instruction=fields[-1].instruction + (inner.text or ""))
            elif name == "AlternateContent":
                choice = chosen(inner)
                if choice is not None:
                    self._drawing(choice, found)
            elif name in ("drawing", "pict", "object"):
                self._drawing(inner, found)
            elif look.hidden or white or any(not field.result for field in fields):
                continue
            elif name == "t":
                parts.append(inner.text or "")
            elif name == "tab":
                parts.append("\t")
            elif name == "cr" or (name == "br" and value(inner, "type") not in ("page", "column")):
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "sym":
                parts.append(sign_of(inner) or UNREAD)
        if look.struck:
            found.struck.update(range(first, len(parts)))
        elif look.raised:
            parts[first:] = [in_brackets("".join(parts[first:]))]

    def _drawing(self, element: etree._Element, found: _Found) -> None:
        alt = ""
        stack = [element]
        while stack:
            inner = stack.pop()
            name = local(inner)
            if name == "txbxContent":
                found.boxes.append(inner)
                continue
            if name == "docPr":
                alt = value(inner, "descr") or ""
            elif name in ("blip", "imagedata"):
                target = self.targets.get(value(inner, "embed") or value(inner, "id") or "")
                if target:
                    found.images.append((target, alt))
            if name == "AlternateContent":
                choice = chosen(inner)
                stack.extend([choice] if choice is not None else [])
            else:
                stack.extend(reversed([part for part in inner if isinstance(part.tag, str)]))

    def _table(self, element: etree._Element, within: str, depth: int) -> Iterator[Block]:
        raw, n_rows, n_cols = _grid(element)
        self.cells += len(raw)
        if self.cells > MAX_CELLS:
            raise Refused("too_large", f"The tables have more than {MAX_CELLS} cells.")
        if len(raw) == 1:
            yield from self._container(raw[0].element, within, depth + 1)
            return
        if not raw:
            return
        self.tables += 1
        locator = f"{within}table {self.tables}"
        cells: list[Cell] = []
        after: list[Block] = []
        properties = child(element, "tblPr")
        grounded = has_ground(child(properties, "shd")) or (
            (value(child(properties, "tblStyle")) or "") in self.styles.grounds
        )
        for cell in raw:
            place = f"row {cell.row + 1}, column {cell.col + 1}"
            text, hanging = self._cell(cell.element, f"{locator}, {place}, ", depth, grounded)
            after.extend(hanging)
            cells.append(Cell(cell.row, cell.col, cell.rowspan, cell.colspan, text, place))
        if any(cell.text for cell in cells) or not after:
            yield Table(tuple(cells), n_rows, n_cols, locator)
        else:
            self.tables -= 1
        yield from after

    def _cell(
        self, element: etree._Element, within: str, depth: int, grounded: bool
    ) -> tuple[str, list[Block]]:
        """A cell's own text, its paragraphs parted by line breaks, and the blocks that hang in it. A text box
        over a cell without text is its text."""
        grounded = grounded or has_ground(child(element, "tcPr", "shd"))
        lines: list[str] = []
        after: list[Block] = []
        for inner in through_wrappers(element):
            if local(inner) == "p":
                found = self._found(inner, grounded)
                lines.append(found.text.strip())
                after.extend(self._hanging(found, within, depth))
            elif local(inner) == "tbl":
                if depth >= MAX_NESTING:
                    raise Refused("too_deep", f"Tables are nested more than {MAX_NESTING} deep.")
                own, self.tables = self.tables, 0
                after.extend(self._table(inner, within, depth + 1))
                self.tables = own
        text = "\n".join(lines).strip()
        if not text and after and all(isinstance(block, Paragraph) for block in after):
            return "\n".join(block.text for block in after if isinstance(block, Paragraph)), []
        return text, after


def _follow(mark: etree._Element, fields: list[Field], parts: list[str]) -> None:
    """Follow the begin, the parting and the end of a field; one that keeps no result prints what it says."""
    kind = value(mark, "fldCharType")
    if kind == "begin":
        fields.append(Field(form=child(mark, "ffData")))
    elif kind == "separate" and fields:
        fields[-1] = fields[-1]._replace(result=True)
    elif kind == "end" and fields:
        field = fields.pop()
        if not field.result and all(outer.result for outer in fields):
            shown = shown_without_result(field)
            parts.append(UNREAD if shown is None else shown)


def _with_line_tables(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, paragraphs that keep a table in their lines, its columns parted by tabs, as that table."""
    for place, run in groupby(
        blocks,
        key=lambda block: block.locator.rpartition("paragraph ")[0] if isinstance(block, Paragraph) else None,
    ):
        lines = list(run)
        texts = [block.text for block in lines if isinstance(block, Paragraph)]
        if place is None or sum("\t" in text for text in texts) < _MIN_TABBED or not may_hold_tables(texts):
            yield from lines
            continue
        numbers = [int(block.locator.rpartition(" ")[2]) for block in lines]
        yield from blocks_of(Lines(texts, numbers, "paragraph", place, apart=True))


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


def _grid(table: etree._Element) -> tuple[list[_RawCell], int, int]:
    """The table's cells with their spans, on the columns at which a cell begins."""
    cells: list[_RawCell] = []
    above: dict[int, _RawCell] = {}
    row = 0
    for element in through_wrappers(table):
        properties = child(element, "trPr")
        if (
            local(element) != "tr"
            or child(properties, "del") is not None
            or is_on(child(properties, "hidden"))
        ):
            continue
        col = _number(value(child(element, "trPr", "gridBefore")), 0)
        current: dict[int, _RawCell] = {}
        for inner in through_wrappers(element):
            if local(inner) != "tc" or child(inner, "tcPr", "cellDel") is not None:
                continue
            properties = child(inner, "tcPr")
            colspan = max(1, _number(value(child(properties, "gridSpan")), 1))
            down = child(properties, "vMerge")
            across = child(properties, "hMerge")
            if across is not None and (value(across) or "continue") == "continue" and current:
                last = current[max(current)]
                if last.row == row:
                    last.colspan += colspan
                col += colspan
                continue
            goes_on = down is not None and (value(down) or "continue") == "continue"
            upper = above.get(col)
            if goes_on and upper is not None and upper.colspan == colspan and upper.merge:
                upper.rowspan = row - upper.row + 1
                current[col] = upper
            else:
                cell = _RawCell(row, col, colspan, "merge" if down is not None else "", inner)
                cells.append(cell)
                current[col] = cell
            col += colspan
            if col > MAX_COLUMNS:
                raise Refused("too_large", f"A table has more than {MAX_COLUMNS} columns.")
        if current:
            above = current
            row += 1
    starts = sorted({cell.col for cell in cells})
    position = {col: index for index, col in enumerate(starts)}
    for cell in cells:
        end = bisect_left(starts, cell.col + cell.colspan)
        cell.col, cell.colspan = position[cell.col], end - position[cell.col]
    return cells, row, len(starts)
