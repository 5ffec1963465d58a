"""Reads ``corpus.tar.xz``: the portal's pages by path, and the files that lie beside a corpus."""

from __future__ import annotations

import tarfile
from importlib.resources import files
from typing import NamedTuple

_TYPES = {"html": "text/html", "txt": "text/plain", "png": "image/png"}
_BESIDE, _SITE = "beside/", "site"
BASE = "{base}"
"""Where ``sources.csv`` leaves room for the portal's address."""


class Corpus(NamedTuple):
    """``site``: path -> media type and bytes, as ``crawl.portal.serve_site`` takes it. ``beside``: the truth
    of every report (``truth.json``), the invented places (``divisions.csv``, ``division_events.csv``), the
    source registry (``sources.csv``)."""

    site: dict[str, tuple[str, bytes]]
    beside: dict[str, bytes]

    @property
    def reports(self) -> int:
        """How many reports there are: the truth has one a line, after its head."""
        return sum(1 for line in self.beside["truth.json"].splitlines() if line.startswith(b'{"file_name"'))

    def sources(self, base_url: str) -> str:
        """The source registry of the portal, as CSV, where it stands at ``base_url``."""
        return self.beside["sources.csv"].decode().replace(BASE, base_url)


def shipped_corpus() -> Corpus:
    """The corpus that the package ships."""
    site: dict[str, tuple[str, bytes]] = {}
    beside: dict[str, bytes] = {}
    with (
        files("pipeline.demo").joinpath("corpus.tar.xz").open("rb") as file,
        tarfile.open(fileobj=file, mode="r:xz") as archive,
    ):
        for member in archive:
            held = archive.extractfile(member)
            if held is None:
                continue
            if member.name.startswith(_BESIDE):
                beside[member.name.removeprefix(_BESIDE)] = held.read()
            else:
                path = member.name.removeprefix(_SITE).removesuffix("#")
                ending = path.rpartition(".")[2]
                site[path] = (_TYPES.get(ending, _TYPES["html"]), held.read())
    return Corpus(site, beside)
