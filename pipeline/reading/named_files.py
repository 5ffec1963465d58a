"""Which files a page names: by links, by pictures shown, and by file names in its text. Nothing is parsed for
this."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

from pipeline.clean.formats import endings

FILES = frozenset(endings("file", "picture"))
MAX_LINKED = 12
"""More files than this make a page a list of files, not an article with attachments."""
MAX_PICTURES = 60
MAX_BYTES = 8 * 2**20

_ADDRESS = re.compile(
    r"""\b(href|src)\s*=\s*(?:"([^"<>]{1,400})"|'([^'<>]{1,400})'|([^\s"'<>]{1,400}))""", re.I
)
_NAMED = re.compile(
    r"[^\s\"'<>/\\:：,，;；、|*?]{1,120}?(?:" + "|".join(map(re.escape, sorted(FILES))) + r")\b", re.I
)


class Named(NamedTuple):
    """Files that a page names, in the plain form of ``plain_name``: those linked or named, and the pictures
    it shows."""

    linked: frozenset[str]
    shown: frozenset[str]


class Attachment(NamedTuple):
    """A file that belongs to an article: its key, and whether the article shows it as a picture."""

    key: str
    shown: bool


def plain_name(address: str) -> str:
    """The last part of a path or address, unquoted, in one spelling: NFKC, lower case, no white space."""
    last = unquote(address.split("?")[0].split("#")[0].replace("\\", "/").replace("!", "/")).rsplit("/", 1)[
        -1
    ]
    return "".join(unicodedata.normalize("NFKC", last).lower().split())


def own_name(path: str) -> str:
    """A file's own name, without the folders and archives that it lies in."""
    return path.replace("!", "/").rpartition("/")[2]


def named_files(data: bytes) -> Named:
    """What the bytes of a page or text name."""
    text = _text(data[:MAX_BYTES])
    linked: set[str] = set()
    shown: set[str] = set()
    for match in _ADDRESS.finditer(text):
        name = plain_name(match[2] or match[3] or match[4] or "")
        if PurePosixPath(name).suffix in FILES:
            (shown if match[1].lower() == "src" else linked).add(name)
    for match in _NAMED.finditer(text):
        linked.add(plain_name(match[0]))
    return Named(frozenset(linked - shown), frozenset(shown))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def folder_of(path: str) -> str:
    """The folder, or the archive, that a file lies in."""
    return path.replace("!", "/").rpartition("/")[0]


def pair(names: Mapping[str, str], bytes_of: Callable[[str], bytes]) -> dict[str, tuple[Attachment, ...]]:
    """Which files belong to which page, among files that lie together.

    ``names`` maps a file's key to its path; ``bytes_of`` gives a page's bytes (asked only where files lie
    beside it). Gives, for each page that names files of its own folder, these files in the order of their
    paths. Pages that name more than ``MAX_LINKED`` files are lists and have none.
    """
    return pair_named(names, lambda key: named_files(bytes_of(key)))


def pair_named(
    names: Mapping[str, str], named_of: Callable[[str], Named]
) -> dict[str, tuple[Attachment, ...]]:
    """As ``pair``, from what each page names."""
    folders: dict[str, tuple[list[str], list[str]]] = {}
    for key, path in sorted(names.items(), key=lambda pair: (pair[1], pair[0])):
        is_file = PurePosixPath(plain_name(path)).suffix in FILES
        folders.setdefault(folder_of(path), ([], []))[1 if is_file else 0].append(key)
    found: dict[str, tuple[Attachment, ...]] = {}
    for pages, files in folders.values():
        by_name: dict[str, list[tuple[int, str]]] = {}
        for place, key in enumerate(files):
            by_name.setdefault(plain_name(names[key]), []).append((place, key))
        for page in pages if files else ():
            own = _belonging(named_of(page), by_name)
            if own:
                found[page] = own
    return found


def _belonging(named: Named, by_name: Mapping[str, list[tuple[int, str]]]) -> tuple[Attachment, ...]:
    """Of a folder's files those that a page names, in the order of their paths; none where it names too many
    to be an article. ``by_name`` gives place and key of the files of each plain name."""
    own, shown = (
        [
            Attachment(key, as_picture)
            for _, key in sorted(hit for name in wanted for hit in by_name.get(name, ()))
        ]
        for wanted, as_picture in ((named.linked, False), (named.shown, True))
    )
    return () if len(own) > MAX_LINKED else (*own, *shown[:MAX_PICTURES])
