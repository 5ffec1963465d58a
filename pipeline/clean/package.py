"""The parts of a .docx, .xlsx or .ofd package as parsed XML, with limits and without entities.

Elements are compared by their local names, so that the transitional and the strict dialect of the format
read alike.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.clean.refused import Refused

MAX_PART_BYTES = 64_000_000
MAX_DEPTH = 512


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package: the parts by name, and where the main document stands."""

    archive: zipfile.ZipFile
    names: frozenset[str]
    main: str

    def part(self, name: str) -> bytes:
        """A part's bytes, at most ``MAX_PART_BYTES``; ``Refused`` beyond, or where it is damaged."""
        try:
            with self.archive.open(name) as stream:
                data = stream.read(MAX_PART_BYTES + 1)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise Refused("truncated", f"The part {name} is damaged: {error}") from None
        except RuntimeError:
            raise Refused("encrypted", "The package asks for a password.") from None
        except Exception as error:  # zlib.error and lzma.LZMAError share no base class
            raise Refused("truncated", f"The part {name} is damaged: {error}") from None
        if len(data) > MAX_PART_BYTES:
            raise Refused("too_large", f"The part {name} unpacks to more than {MAX_PART_BYTES} bytes.")
        return data

    def xml(self, name: str) -> etree._Element:
        """A part's root element."""
        return parse(self.part(name), name)

    def targets(self) -> dict[str, str]:
        """Relations of the main part: id -> name of the part (or address) it points to."""
        folder, _, file = self.main.rpartition("/")
        name = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        if name not in self.names:
            return {}
        found = {}
        for relation in self.xml(name):
            if not isinstance(relation.tag, str):
                continue
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and not target.startswith("/"):
                target = f"{folder}/{target}" if folder else target
            found[relation.get("Id", "")] = target.lstrip("/")
        return found


def open_package(data: bytes, kind: str) -> Package:
    """Opens the package whose main part is of ``kind`` (``word/document.xml``, say, by its usual name)."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused("encrypted", "The package is locked with a password (an OLE container).")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        status = "truncated" if data[:2] == b"PK" else "broken_package"
        raise Refused(status, f"The file is not a whole package: {error}") from None
    if kind in names:
        return Package(archive, names, kind)
    package = Package(archive, names, kind)
    if "_rels/.rels" in names:
        for relation in package.xml("_rels/.rels"):
            target = relation.get("Target", "").lstrip("/")
            if relation.get("Type", "").endswith("/officeDocument") and target in names:
                return Package(archive, names, target)
    raise Refused("broken_package", f"The package holds no {kind}.")


def parse(data: bytes, name: str) -> etree._Element:
    """XML without document type: entities are neither resolved nor passed over in silence."""
    if b"<!DOCTYPE" in data[:65_536].replace(b"\0", b""):
        raise Refused("broken_package", f"The part {name} declares a document type, which is refused.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("broken_package", f"The part {name} is not well-formed XML: {error.msg}") from None


def local(element: etree._Element) -> str:
    """Tag without its namespace; empty for processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by local name."""
    if element is None:
        return None
    for key, content in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(content)
    return None


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def children(element: etree._Element | None, *path: str) -> list[etree._Element]:
    """The elements inside the one at a path of local names; none where there is no such path."""
    found = child(element, *path)
    return [] if found is None else [inner for inner in found if isinstance(inner.tag, str)]


def is_on(element: etree._Element | None) -> bool:
    """A switch property: present and not set to off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def chosen(alternates: etree._Element) -> etree._Element | None:
    """Of alternates that show the same the one to read: the first choice that holds something, else the
    fallback."""
    return next(
        (inner for inner in alternates if local(inner) in ("Choice", "Fallback") and len(inner)), None
    )


def through_wrappers(element: etree._Element) -> Iterator[etree._Element]:
    """Children, looking through content controls, smart tags and tracked insertions; what a tracked
    change deleted or moved away is left out."""
    stack = [iter(element)]
    while stack:
        inner = next(stack[-1], None)
        if inner is None:
            stack.pop()
            continue
        name = local(inner)
        if name in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "hyperlink", "fldSimple",
                    "ruby", "rubyBase", "dir", "bdo"):  # fmt: skip
            if len(stack) < MAX_DEPTH:
                stack.append(iter(inner))
        elif name == "AlternateContent":
            choice = chosen(inner)
            if choice is not None and len(stack) < MAX_DEPTH:
                stack.append(iter(choice))
        elif name not in ("del", "moveFrom", "sdtPr", "sdtEndPr", "rt", "rubyPr", ""):
            yield inner
