"""Reader of OFD files (GB/T 33190-2016), the national fixed-layout format: their pages, read as those of
PDFs.

Knows the format and nothing of what the tables say. Statuses other than ``ok``: ``encrypted``, ``truncated``,
``broken_ofd``, ``too_large``, ``too_deep``, ``empty``. Nothing is unpacked to disk and no path leads out of
the package.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.clean.ofd.formats import OFD
from pipeline.clean.ofd.objects import POINTS, Drawn, numbers, own_matrix, read_objects
from pipeline.clean.package import Package, child, children, local, open_package, parse, value
from pipeline.clean.page.blocks import PageBlock
from pipeline.clean.page.layout import unread_picture
from pipeline.clean.page.paged import area, blocks_of
from pipeline.clean.page.shapes import Matrix, PageContent, Picture
from pipeline.clean.refused import Refused
from pipeline.document import Block, Document

READER = "ofd"
MAX_BYTES = 200_000_000
MAX_UNPACKED = 400_000_000
MAX_GLYPHS = 2_000_000
"""Characters of a whole file."""
MAX_DEPTH = 16
_A4 = (0.0, 0.0, 210.0, 297.0)


def read(data: bytes, *, sha256: str, media_type: str = OFD.media_type) -> Document:
    """An OFD file's bytes as a ``Document``, its pages put together by ``page.paged``; pictures are
    recognised where their format is known and stand as ``Image`` else. Never raises for bad bytes."""
    try:
        blocks = _read(data)
    except Refused as refusal:
        status = "broken_ofd" if refusal.status == "broken_package" else refusal.status
        return Document(sha256, media_type, READER, (), status=status, detail=refusal.detail)
    if not blocks:
        return Document(sha256, media_type, READER, (), status="empty", detail="No text found.")
    return Document(sha256, media_type, READER, blocks)


def _read(data: bytes) -> tuple[Block, ...]:
    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"The file has {len(data)} bytes; the limit is {MAX_BYTES}.")
    parts = _Parts(open_package(data, "OFD.xml"))
    bodies = [body for body in parts.xml("OFD.xml") if local(body) == "DocBody"]
    pages = _Pages(parts)
    for body in bodies:
        root = child(body, "DocRoot")
        pages.add(_target("OFD.xml", None if root is None else root.text))
    return blocks_of(pages)


def _target(source: str, path: str | None) -> str:
    """The part that a path in another one names: from the package's root or from beside that part."""
    path = (path or "").strip().replace("\\", "/")
    name = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path)).lstrip("/")
    if not path:
        raise Refused("broken_ofd", f"The part {source} names a part without a path.")
    return name


class _Parts:
    """The parts of the package, with a limit on what they unpack to all together."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.left = MAX_UNPACKED

    def bytes(self, name: str) -> bytes:
        if name not in self.package.names:
            raise Refused("broken_ofd", f"The package holds no {name}.")
        data = self.package.part(name)
        self.left -= len(data)
        if self.left < 0:
            raise Refused("too_large", f"The file unpacks to more than {MAX_UNPACKED} bytes.")
        return data

    def xml(self, name: str) -> etree._Element:
        return parse(self.bytes(name), name)


class _Pages:
    """The pages of all documents of the file: a ``PagedDocument``."""

    def __init__(self, parts: _Parts) -> None:
        self.parts = parts
        self.pages: list[tuple[str, int]] = []
        self.files: list[_File] = []
        self.glyphs = 0
        self.shown: dict[int, dict[Picture, str]] = {}

    def add(self, root: str) -> None:
        """The pages of one document, by the part that is its root."""
        file = _File(self.parts, root)
        self.files.append(file)
        self.pages += [(name, len(self.files) - 1) for name in file.pages]

    def __len__(self) -> int:
        return len(self.pages)

    def page(self, number: int) -> PageContent:
        name, file = self.pages[number]
        content, self.shown[number] = self.files[file].page(name)
        self.glyphs += len(content.glyphs)
        if self.glyphs > MAX_GLYPHS:
            raise Refused("too_large", f"The file has more than {MAX_GLYPHS} characters.")
        return content

    def recognised(self, number: int, content: PageContent, picture: Picture | None) -> Sequence[PageBlock]:
        """A picture's own pixels; a page that is a scan has one picture that fills it."""
        from pipeline.clean.scan.picture import blocks_of_pixels, pages_in

        scan = picture or max(content.pictures, key=area, default=None)
        if scan is None:
            return ()
        try:
            name = self.files[self.pages[number][1]].media[self.shown[number][scan]]
            pixels = next(iter(pages_in(self.parts.bytes(name))))
        except (KeyError, Refused):
            return () if picture else [unread_picture(scan, 1)]
        blocks = blocks_of_pixels(pixels, unit=pixels.shape[1] / (scan.x1 - scan.x0), left=scan.x0)
        return blocks or ([] if picture else [unread_picture(scan, 1)])


class _File:
    """One document of the package: the parts of its pages, templates, pictures and graphic units by id."""

    def __init__(self, parts: _Parts, root: str) -> None:
        self.parts = parts
        document = parts.xml(root)
        common = child(document, "CommonData")
        self.size = _page_size(common, "PageArea") or _A4
        self.pages = [_target(root, value(page, "BaseLoc")) for page in children(document, "Pages")]
        self.templates: dict[str, str | etree._Element] = {}
        self.media: dict[str, str] = {}
        self.units: dict[str, etree._Element] = {}
        for part in common if common is not None else ():
            if local(part) == "TemplatePage":
                self.templates[value(part, "ID") or ""] = _target(root, value(part, "BaseLoc"))
            elif local(part) in ("PublicRes", "DocumentRes"):
                self._read_resources(_target(root, part.text))

    def _read_resources(self, name: str) -> None:
        if name not in self.parts.package.names:
            return
        resources = self.parts.xml(name)
        base = posixpath.join(posixpath.dirname(name), value(resources, "BaseLoc") or "", "x")
        for media in children(resources, "MultiMedias"):
            file = child(media, "MediaFile")
            if file is not None:
                self.media[value(media, "ID") or ""] = _target(base, file.text)
        for unit in children(resources, "CompositeGraphicUnits"):
            self.units[value(unit, "ID") or ""] = unit

    def page(self, name: str) -> tuple[PageContent, dict[Picture, str]]:
        page = self.parts.xml(name)
        for part in page:
            if local(part) == "PageRes":
                self._read_resources(_target(name, part.text))
        x, y, wide, high = _page_size(page, "Area") or self.size
        content = PageContent(wide * POINTS, high * POINTS)
        space = (POINTS, 0.0, 0.0, POINTS, -x * POINTS, -y * POINTS)
        return content, read_objects(self._drawn(page, space), content)

    def _drawn(self, page: etree._Element, space: Matrix) -> Iterator[Drawn]:
        """The objects of a page and of the templates under and over it, in the order in which they are
        drawn."""
        used = [part for part in page if local(part) == "Template"]
        under = [part for part in used if value(part, "ZOrder") != "Foreground"]
        for part in (*under, page, *(part for part in used if part not in under)):
            sheet = page if part is page else self._template(value(part, "TemplateID") or "")
            for layer in children(sheet, "Content"):
                yield from self._inside(layer, space, 0)

    def _template(self, key: str) -> etree._Element | None:
        found = self.templates.get(key)
        if isinstance(found, str):
            found = self.templates[key] = self.parts.xml(found)
        return found

    def _inside(self, holder: etree._Element, space: Matrix, depth: int) -> Iterator[Drawn]:
        if depth > MAX_DEPTH:
            raise Refused("too_deep", f"Objects stand more than {MAX_DEPTH} deep inside of each other.")
        for element in holder:
            kind = local(element)
            if kind in ("PageBlock", "Content"):
                yield from self._inside(element, space, depth + 1)
            elif kind == "CompositeObject":
                unit = self.units.get(value(element, "ResourceID") or "")
                if unit is not None and value(element, "Visible") not in ("false", "0"):
                    yield from self._inside(unit, own_matrix(element, space), depth + 1)
            elif kind in ("TextObject", "PathObject", "ImageObject"):
                yield element, space


def _page_size(holder: etree._Element | None, name: str) -> tuple[float, float, float, float] | None:
    box = child(holder, name, "PhysicalBox")
    sides = numbers(None if box is None else box.text)
    if len(sides) != 4 or min(sides[2:]) <= 0:
        return None
    return sides[0], sides[1], sides[2], sides[3]
